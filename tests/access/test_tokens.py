"""Tokens: what they grant, until when, and every way in which one is worth nothing."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from access.test_accounts import FINDING, ROLES
from app.drives import begun, drive, must, refused
from cli.program import Run, invoke
from domain.playing import DEFINITION
from hypothesis import given
from hypothesis import strategies as st

from campaign.app import tokens
from campaign.app.access import account_of, machine_account
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain.definition import Definition
from campaign.problems import Problems
from campaign.store import notes
from campaign.verifier import COSIGN

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=1)
LIST = "accounts: [{account: 'token:ada', person: p-ada}, {account: 'os:desk', person: p-ben}]\n"


class Office:
    """A campaign whose roles.yaml names one access key, and the holder of that key."""

    def __init__(self, tmp_path: Path) -> None:
        self.key_file = tmp_path / "access-key"
        self.public = tokens.public_key(self.key_file)
        self.folder = drive(tmp_path / "harvest")
        self.store = tmp_path / "store.db"
        (self.folder / "roles.yaml").write_text(ROLES + LIST + f"access_keys: ['{self.public}']\n")
        self.session = begun(self.folder, str(self.store), who=Who("p-ben", account="os:desk"))
        self.session.clock = lambda: NOW

    def token(self, account: str = "token:ada", until: datetime = SOON) -> str:
        return tokens.issue(self.session, account, self.key_file, until)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def trusting(key: str) -> Definition:
    """Return a definition whose only access key is KEY."""
    campaign = msgspec.structs.replace(DEFINITION.campaign, key="k")
    return msgspec.structs.replace(DEFINITION, campaign=campaign, access_keys=(key,))


def said(session: Session, token: str) -> str:
    """Return why TOKEN is refused."""
    with pytest.raises(Problems) as caught:
        account_of(session, "os:desk", token)
    (problem,) = caught.value.problems
    assert problem.code == "token-refused"
    assert problem.fix.template
    return str(problem.message)


def test_a_token_speaks_in_the_place_of_the_machines_account(office: Office) -> None:
    ada = Who("p-ada", account="os:desk", token=office.token())
    must(handle(office.session, [FINDING], ada))
    record = office.session.log.read("entity:harvest-2031/north")[-1]
    assert (record.actor, record.account) == ("p-ada", "token:ada")
    assert refused(handle(office.session, [FINDING], msgspec.structs.replace(ada, actor="p-ben"))) == [
        "account-of-another"
    ]


def test_a_token_that_is_refused_is_noted_under_the_machines_account_without_a_trace_of_it(office: Office) -> None:
    token = office.token()[:-4] + "AAAA"
    reply = handle(office.session, [FINDING], Who("p-ada", account="os:desk", token=token))
    assert refused(reply) == ["token-refused"]
    (attempt,) = office.session.log.attempts()
    assert (attempt.account, attempt.actor, attempt.reason) == ("os:desk", "p-ada", "token-refused")
    assert token[-60:-4].encode() not in office.store.read_bytes()
    assert token not in str(reply.refusal)


def test_a_token_ends_on_the_instant(office: Office) -> None:
    token = office.token()
    office.session.clock = lambda: SOON - timedelta(microseconds=1)
    assert account_of(office.session, "", token) == "token:ada"
    office.session.clock = lambda: SOON
    assert said(office.session, token) == "the token expired at 2031-03-02T12:00:00+00:00"


def forged(office: Office, signer: notes.Signer | None = None, **changes: object) -> str:
    """Return a token that says otherwise, signed by the office's key or another."""
    signer = signer or notes.load_signer(office.key_file)
    grant = {"campaign": "harvest-2031", "account": "token:ada", "expires": SOON}
    payload = msgspec.json.encode({**grant, **changes})
    signature = signer.sign(tokens.FORM.encode() + payload)
    return ".".join(
        [tokens.FORM[:-1], *(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (payload, signature))]
    )


def test_a_token_made_by_hand_is_as_good_as_one_that_was_issued(office: Office) -> None:
    assert account_of(office.session, "", forged(office)) == "token:ada"


NOT_SIGNED = "the token is not signed by an access key of the campaign"
WRONG = [
    ({"campaign": "spring"}, "the token is for the campaign spring"),
    ({"expires": NOW}, "the token expired at 2031-03-01T12:00:00+00:00"),
    ({"account": "os:desk"}, "this is no token"),
    ({"account": "db:owner"}, "this is no token"),
    ({"account": "ada"}, "this is no token"),
    ({"expires": "tomorrow"}, "this is no token"),
    ({"expires": "2031-03-02T12:00:00"}, "this is no token"),
    ({"role": "steward"}, "this is no token"),
]


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_a_token_is_refused_for_what_it_says(office: Office, changes: dict[str, object], why: str) -> None:
    assert said(office.session, forged(office, **changes)) == why


def test_a_token_is_refused_for_who_signed_it(office: Office) -> None:
    stranger = notes.new_signer("access/stranger")
    assert said(office.session, forged(office, stranger)) == NOT_SIGNED
    witness = notes.new_signer("access/witness", COSIGN)
    for definition in (trusting("desk+0a1b2c3d+AbC="), trusting(str(witness.key)), None):
        with pytest.raises(Problems, match="not signed"):
            tokens.read(definition, forged(office, witness), NOW)


@pytest.mark.parametrize(
    "text",
    ["", "x", "campaign-token.v1", "campaign-token.v2.e30.e30", "campaign-token.v1." + "é" * 40 + "." + "A" * 86],
)
def test_what_is_no_token_is_refused(office: Office, text: str) -> None:
    with pytest.raises(Problems, match="this is no token"):
        tokens.read(office.session.context().definition, text, NOW)


@given(st.data())
def test_no_token_with_a_changed_bit_is_good(data: st.DataObject) -> None:
    signer = notes.Signer("access/desk", 1, bytes(range(32)))
    payload = b'{"campaign":"k","account":"token:ada","expires":"2031-03-02T12:00:00Z"}'
    parts = [payload, signer.sign(tokens.FORM.encode() + payload)]
    number = data.draw(st.integers(0, 1))
    bit = data.draw(st.integers(0, len(parts[number]) * 8 - 1))
    changed = bytearray(parts[number])
    changed[bit // 8] ^= 1 << bit % 8
    parts[number] = bytes(changed)
    text = ".".join([tokens.FORM[:-1], *(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)])
    with pytest.raises(Problems):
        tokens.read(trusting(str(signer.key)), text, NOW)


# --- issuing -----------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_its_public_half_printed_again(tmp_path: Path) -> None:
    first = tokens.public_key(tmp_path / "desk")
    assert first.startswith("access/desk+")
    assert tokens.public_key(tmp_path / "desk", "another") == first
    assert (tmp_path / "desk").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("os:desk", "token-account os:desk is no account that a token can be for (write token:NAME)"),
        ("token:", "token-account token: is no account"),
        ("token:eve", "token-account the account token:eve is not listed"),
    ],
)
def test_a_token_that_would_be_worth_nothing_is_not_issued(office: Office, account: str, said: str) -> None:
    with pytest.raises(Problems) as caught:
        office.token(account)
    assert said.replace("os:desk is", "'os:desk' is").replace("token: is", "'token:' is") in str(caught.value)


def test_a_token_is_issued_with_a_listed_key_only(office: Office, tmp_path: Path) -> None:
    tokens.public_key(tmp_path / "other")
    with pytest.raises(Problems) as caught:
        tokens.issue(office.session, "token:eve", tmp_path / "other", SOON)
    assert [problem.code for problem in caught.value.problems] == ["token-account", "token-key"]


# --- at the command line -----------------------------------------------------------------------------------------


@pytest.fixture
def run(office: Office) -> Run:
    return lambda *arguments, **settings: invoke(
        "--store", office.store, "--config", office.folder, *arguments, **settings
    )


RAISE = ("finding", "raise", "north", "f-1", "--kind", "omission", "--statement", "none came")
CLOCK = ("--at", "2031-03-02T12:00+00:00")


def test_a_token_is_issued_checked_and_used_without_ever_being_shown(office: Office, run: Run) -> None:
    issued = run("access", "issue", "token:ada", "--key-file", office.key_file)
    assert issued.exit_code == 0, issued.output
    token = issued.stdout.strip()
    checked = run("access", "check", "--format", "json", env={"CAMPAIGN_TOKEN": token})
    assert json.loads(checked.stdout)["account"] == "token:ada"
    assert json.loads(checked.stdout)["persons"] == ["p-ada"]
    used = run(*RAISE, *CLOCK, "--verbose", env={"CAMPAIGN_TOKEN": token})
    assert used.exit_code == 0, used.output
    shown = run("access", "show", env={"CAMPAIGN_TOKEN": token})
    assert "token:ada" in shown.stdout
    wrong = run(*RAISE, *CLOCK, "--as", "p-ben", env={"CAMPAIGN_TOKEN": token})
    assert wrong.exit_code == 6
    assert token not in checked.output + used.output + shown.output + wrong.output


def test_a_token_may_lie_in_a_file_of_its_owners_only(office: Office, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert (
        run("access", "issue", "token:ada", "--key-file", office.key_file, "--until", until, "-o", path).exit_code == 0
    )
    assert run("access", "check", "--token-file", path).exit_code == 0, "as it was issued"
    path.chmod(0o644)
    assert "token-exposed" in run(*RAISE, *CLOCK, "--token-file", path).stderr
    path.chmod(0o600)
    assert run(*RAISE, *CLOCK, "--token-file", path).exit_code == 0
    assert run("access", "check", env={"CAMPAIGN_TOKEN_FILE": str(path)}).exit_code == 0
    assert "token-missing" in run("access", "check", "--token-file", tmp_path / "none").stderr


@pytest.mark.parametrize("named", [(), ("--as", "p-ada")])
def test_a_bad_token_ends_with_6_and_is_noted_whether_or_not_somebody_is_named(
    run: Run, named: tuple[str, ...]
) -> None:
    result = run(*RAISE, *CLOCK, *named, env={"CAMPAIGN_TOKEN": "campaign-token.v1.secret"})
    assert result.exit_code == 6
    assert "token-refused this is no token" in result.stderr
    assert "secret" not in result.output
    (row,) = json.loads(run("access", "list", "--format", "json").stdout)["rows"]
    assert (row["account"], row["actor"], row["reason"]) == (machine_account(), "".join(named[1:]), "token-refused")
    assert run("access", "check", env={"CAMPAIGN_TOKEN": "campaign-token.v1.secret"}).exit_code == 6


def test_the_key_is_printed_for_roles_yaml(office: Office, run: Run, tmp_path: Path) -> None:
    assert run("access", "key", "--key-file", office.key_file).stdout == office.public + "\n"
    fresh = run("access", "key", "--key-file", tmp_path / "fresh", "--name", "access/fresh")
    assert fresh.stdout.startswith("access/fresh+")


def test_nothing_is_issued_before_a_definition_is_adopted(office: Office) -> None:
    with pytest.raises(Problems, match="definition-missing"):
        tokens.issue(open_session(Settings(":memory:")), "token:ada", office.key_file, SOON)
