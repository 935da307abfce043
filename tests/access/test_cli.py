"""Accounts at the command line: --as, exit 6, the journal, and a store that may only be read."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.folders import harvest
from cli.program import Run, head, invoke

from campaign.app.access import machine_account

ME = machine_account()
ROLES = """
roles:
  - {id: steward, label: Steward, commands: ["*"]}
  - {id: auditor, label: Auditor, commands: []}
assignments:
  - {person: p-ada, role: steward}
  - {person: p-ben, role: auditor}
"""
OF_ADA = f"accounts: [{{account: '{ME}', person: p-ada}}, {{account: 'os:ben', person: p-ben}}]\n"
OF_BOTH = f"accounts: [{{account: '{ME}', person: p-ada}}, {{account: '{ME}', person: p-ben}}]\n"
OF_BEN = "accounts: [{account: 'os:ada', person: p-ada}]\n"
CALL = ("meeting", "schedule", "m-1", "--kind", "kick-off", "--title", "Kick-off", "--convener", "p-ada")
CALLED = (*CALL, "--scheduled-on", "2031-06-01")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return harvest(tmp_path / "harvest")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


@pytest.fixture
def run(folder: Path, store: Path) -> Run:
    return lambda *arguments, **settings: invoke("--store", store, "--config", folder, *arguments, **settings)


def adopt(run: Run, folder: Path, lines: str) -> None:
    (folder / "roles.yaml").write_text(ROLES + lines)
    done = run("apply", "--yes", "--reason", "accounts", "--as", "p-ada")
    assert done.exit_code == 0, done.output


def codes(run: Run) -> list[tuple[str, str, str, str]]:
    listed = json.loads(run("access", "list", "--format", "json").stdout)["rows"]
    return [(row["account"], row["actor"], row["command"], row["reason"]) for row in listed]


def test_the_person_of_an_account_may_be_left_out_and_no_other_may_be_named(run: Run, folder: Path) -> None:
    adopt(run, folder, OF_ADA)
    assert run(*CALLED).exit_code == 0
    events = json.loads(run("log", "list", "--format", "json", "--last", "1").stdout)["rows"]
    assert events[0]["actor"] == "p-ada"
    refused = run(*CALLED, "--as", "p-ben")
    assert refused.exit_code == 6
    assert refused.stderr.startswith(f"account-of-another the account {ME} does not speak for p-ben")
    assert codes(run) == [(ME, "p-ben", "meeting.schedule", "account-of-another")]


def test_whoever_an_account_speaks_for_is_named_where_there_are_several(run: Run, folder: Path) -> None:
    adopt(run, folder, OF_BOTH)
    refused = run(*CALLED)
    assert refused.exit_code == 2
    assert "actor-not-named nobody is named who asks (name one of p-ada, p-ben)" in refused.stderr
    assert run(*CALLED, "--as", "p-ada").exit_code == 0


def test_an_account_that_is_not_listed_speaks_for_nobody(run: Run, folder: Path) -> None:
    adopt(run, folder, "")
    assert run(*CALLED, "--as", "p-ada").exit_code == 0
    (folder / "roles.yaml").write_text(ROLES + OF_BEN)
    assert run("apply", "--yes", "--reason", "accounts", "--as", "p-ada").exit_code == 0
    assert run(*CALLED, "--as", "p-ada").exit_code == 6
    unnamed = run(*CALLED)
    assert unnamed.exit_code == 2
    assert (
        f"actor-not-named nobody is named who asks, and the account {ME} is not listed in roles.yaml" in unnamed.stderr
    )
    assert "have it listed there under `accounts`, or bring a token with --token-file" in unnamed.stderr
    assert codes(run) == [(ME, "p-ada", "meeting.schedule", "account-unknown")]


def test_a_first_adoption_by_an_account_that_it_does_not_list_leaves_no_store(
    run: Run, folder: Path, store: Path
) -> None:
    (folder / "roles.yaml").write_text(ROLES + OF_BEN)
    assert run("apply", "--yes", "--as", "p-ada").exit_code == 6
    assert not store.exists()


def test_the_record_names_the_account(run: Run, folder: Path) -> None:
    adopt(run, folder, "")
    shown = json.loads(run("log", "show", "1", "--format", "json").stdout)
    assert shown["account"] == ME


def test_a_refused_role_is_noted_and_a_dry_run_is_not(run: Run, folder: Path, store: Path) -> None:
    adopt(run, folder, OF_BOTH)
    before = head(store)
    assert run(*CALLED, "--as", "p-ben", "--dry-run").exit_code == 6
    assert codes(run) == []
    assert run(*CALLED, "--as", "p-ben", "--command-id", "try").exit_code == 6
    assert run(*CALLED, "--as", "p-ben", "--command-id", "try").exit_code == 6
    assert codes(run) == [(ME, "p-ben", "meeting.schedule", "not-permitted")], "a repetition is the same attempt"
    assert run("target", "fix", "north", "yield", "--as", "p-ada").exit_code == 1
    assert len(codes(run)) == 1, "other refusals are no matter of access"
    assert head(store) == before


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;x\x07", "张三", "my password", "=1+1", "p-ada;DROP TABLE events", "x" * 300]
)
def test_what_is_no_id_is_not_kept(run: Run, folder: Path, hostile: str) -> None:
    adopt(run, folder, OF_ADA)
    assert run(*CALLED, "--as", hostile).exit_code == 6
    assert codes(run) == [(ME, "?", "meeting.schedule", "account-of-another")]
    assert hostile not in run("access", "list").output


FILTERS = [
    ((), 3),
    (("--account", ME), 3),
    (("--account", "os:other"), 0),
    (("--actor", "p-ben"), 2),
    (("--command", "meeting"), 2),
    (("--command", "finding.raise"), 1),
    (("--reason", "not-permitted"), 2),
    (("--since", "2031-01-01T00:00+00:00"), 0),
    (("--since", "2020-01-01T00:00+00:00"), 3),
    (("--last", "1"), 1),
]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_the_journal_is_listed_by_what_one_looks_for(run: Run, folder: Path, form: str) -> None:
    adopt(run, folder, OF_BOTH)
    raising = ("finding", "raise", "north", "f-1", "--kind", "omission", "--statement", "none came")
    for arguments in ((*CALLED, "--as", "p-ben"), (*raising, "--as", "p-ben"), (*CALLED, "--as", "p-eve")):
        assert run(*arguments).exit_code == 6
    for options, count in FILTERS:
        listed = run("access", "list", *options, "--format", form)
        assert listed.exit_code == 0
        assert listed.stdout.count(ME) == count, options


def test_a_reason_that_there_is_not_is_no_empty_list(run: Run, folder: Path) -> None:
    adopt(run, folder, OF_ADA)
    assert run("access", "list", "--reason", "account-unknown").exit_code == 0, "nobody was refused for it so far"
    wrong = run("access", "list", "--reason", "not-permited")
    assert wrong.exit_code == 2
    assert wrong.stderr == (
        "--reason: usage-choice nothing is refused for the reason not-permited (did you mean not-permitted?)\n"
    )


def test_an_account_is_shown_with_its_persons_and_their_roles(run: Run, folder: Path) -> None:
    adopt(run, folder, OF_ADA + "access_keys: []\n")
    mine = json.loads(run("access", "show", "--format", "json").stdout)["rows"]
    assert [(row["account"], row["person"], row["role"], row["scope"]) for row in mine] == [
        (ME, "p-ada", "steward", "all")
    ]
    everyone = json.loads(run("access", "show", "--all", "--format", "json").stdout)["rows"]
    assert [row["person"] for row in everyone] == ["p-ada", "p-ben"]


def test_where_everybody_is_believed_the_roles_of_a_person_are_shown(run: Run, folder: Path) -> None:
    adopt(run, folder, "")
    assert "whoever asks is believed; name a person with --as" in run("access", "show").output
    (row,) = json.loads(run("access", "show", "--as", "p-ben", "--format", "json").stdout)["rows"]
    assert (row["account"], row["person"], row["role"]) == (ME, "p-ben", "auditor")


def test_a_stranger_is_told_which_account_it_is(run: Run, folder: Path, tmp_path: Path) -> None:
    adopt(run, folder, "")
    (folder / "roles.yaml").write_text(ROLES + OF_BEN + "  - {person: p-eve, account: 'os:eve'}\n".replace("  - ", "#"))
    assert run("apply", "--yes", "--reason", "accounts", "--as", "p-ada").exit_code == 0
    assert f"you come as {ME}, which speaks for nobody" in run("access", "show").output
    nothing = invoke("--store", tmp_path / "none.db", "access", "show")
    assert nothing.exit_code == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "no accounts are listed: whoever may write the store is believed, as in an office of one user"),
        (OF_ADA, f"your account {ME} speaks for p-ada"),
    ],
)
def test_the_doctor_says_who_is_believed(run: Run, folder: Path, lines: str, said: str) -> None:
    adopt(run, folder, lines)
    assert said in run("doctor").output


# --- a store that may only be read -------------------------------------------------------------------------------


@pytest.fixture
def shelf() -> Iterator[Path]:
    """Give a directory that everyone may look into."""
    made = Path(tempfile.mkdtemp(prefix="campaign-shelf-"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


BOUND = """
import ctypes, os, sys
for capability in (1, 2):  # what lets root read and write whatever the permissions say
    os.getuid() or ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "campaign_cli", *sys.argv[1:]])
"""


def reader(store: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as somebody whom the permissions of files bind, root or not."""
    line = [sys.executable, "-c", BOUND, *arguments, "--store", str(store)]
    return subprocess.run(line, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.mark.parametrize("mode", [0o755, 0o555])
def test_who_may_only_read_is_refused_all_the_same_and_told_that_it_was_not_noted(
    run: Run, folder: Path, store: Path, shelf: Path, mode: int
) -> None:
    adopt(run, folder, "")
    kept = Path(shutil.copy(store, shelf / "campaign.db"))
    kept.chmod(0o444)
    shelf.chmod(mode)
    refused = reader(kept, *CALLED, "--as", "p-ben")
    assert refused.returncode == 6, refused.stderr
    assert "not-permitted p-ben may not give meeting.schedule" in refused.stderr
    assert "not-noted this attempt could not be noted in the access journal" in refused.stderr
    allowed = reader(kept, *CALLED, "--as", "p-ada")
    assert (allowed.returncode, allowed.stderr.partition(" ")[0]) == (3, "store-read-only"), allowed.stderr
    assert reader(kept, "access", "list", "--format", "json").returncode == 0


@pytest.mark.parametrize("mode", [0o755, 0o555])
def test_a_refusal_of_what_only_reads_changes_no_byte_of_a_store_that_may_only_be_read(
    run: Run, folder: Path, store: Path, shelf: Path, mode: int
) -> None:
    """An audit changes nothing (P-23), not even the journal; whoever asks is told so."""
    adopt(run, folder, OF_ADA)
    bad = {"CAMPAIGN_TOKEN": "campaign-token.v1.secret"}
    assert run("access", "check", env=bad).exit_code == 6
    assert codes(run) == [(ME, "", "access.check", "token-refused")], "the control: in the office it is noted"
    kept = Path(shutil.copy(store, shelf / "campaign.db"))
    kept.chmod(0o444)
    shelf.chmod(mode)
    before = kept.read_bytes()
    refused = reader(kept, "access", "check", **bad)
    assert refused.returncode == 6, refused.stderr
    assert "token-refused this is no token" in refused.stderr
    assert "not-noted this attempt could not be noted in the access journal" in refused.stderr
    assert kept.read_bytes() == before
    assert mode == 0o755 or [path.name for path in shelf.iterdir()] == ["campaign.db"]


@pytest.mark.parametrize(
    "line", ["store rebuild --yes", "audit prove 3 --key-file key", "audit checkpoint --key-file key"]
)
def test_what_would_write_into_a_store_that_may_only_be_read_says_what_is_in_the_way(
    run: Run, folder: Path, store: Path, shelf: Path, line: str
) -> None:
    """Not that it was opened for reading, which is no doing of whoever gave the command."""
    adopt(run, folder, "")
    kept = Path(shutil.copy(store, shelf / "campaign.db"))
    kept.chmod(0o444)
    shelf.chmod(0o555)
    refused = reader(kept, *line.split())
    assert (refused.returncode, refused.stdout) == (3, "")
    assert refused.stderr.startswith(f"store-read-only {kept} may not be written (check the permissions "), (
        refused.stderr
    )
