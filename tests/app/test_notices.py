"""Notices go out once for what is due, over a real service on loopback; what does not arrive is sent again (R-37)."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app.conftest import STEWARD
from app.folders import harvest
from app.postbox import SECRET, Postbox, postbox
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.app import notices
from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.notices import Sent, deliver, read_targets, send, waiting
from campaign.app.session import Session, Settings, open_session
from campaign.domain.commands import CloseCampaign, EnrolEntity, ExtendPeriod, RecordSummary, TakeNotice, WaivePeriod
from campaign.problems import Problems
from campaign.readmodels.notices import about

NIGHT = datetime(2031, 9, 16, 12, tzinfo=UTC)
"""The day after the farms' count was due."""
RULES = """
notices:
  - {id: late, label: Late, channels: [office], what: [report], from_days: 1}
  - {id: soon, label: Soon, channels: [office, mail], from_days: -2, until_days: 0}
"""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return _begun(tmp_path)


def _begun(place: Path) -> Path:
    """Return a rehearsal of the harvest campaign with two farms, of whom nobody has counted anything."""
    folder = harvest(place / "harvest")
    (folder / "registers.yaml").write_text(RULES, encoding="utf-8")
    path = place / "notices.db"
    session = open_session(Settings(str(path), at=datetime(2031, 3, 1, 8, tzinfo=UTC)), write=True, create=True)
    assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
    farms = [EnrolEntity(name, "farm", f"{name} farm", ("farm",)) for name in ("north", "south")]
    assert handle(session, farms, STEWARD).refusal is None
    session.close()
    return path


@pytest.fixture
def session(store: Path) -> Iterator[Session]:
    with_time = on(store, NIGHT)
    yield with_time
    with_time.close()


def on(store: Path, instant: datetime) -> Session:
    return open_session(Settings(str(store), at=instant), write=True)


def sent(session: Session, box: Postbox, *, dry_run: bool = False) -> list[Sent]:
    return list(send(session, STEWARD, {"office": box.url}, str, dry_run=dry_run))


def test_what_is_overdue_is_told_once_with_everybody_in_one_notice(session: Session, box: Postbox) -> None:
    (notice,) = sent(session, box)
    assert (notice.rule, notice.channel, notice.number, notice.count, notice.outcome) == (
        "late", "office", 1, 2, "delivered",
    )  # fmt: skip
    (kept,) = box.kept
    assert kept["title"] == "rehearsal: Harvest drive: Late"
    assert kept["message"] == "report Count once, due on 2031-09-15: north farm, south farm"
    head = session.log.head()
    assert sent(session, box) == []
    assert (session.log.head(), box.asked) == (head, 1)


def test_a_service_that_fails_is_asked_again_and_nothing_is_lost(store: Path, box: Postbox) -> None:
    box.broken = True
    for number in (1, 2):
        session = on(store, NIGHT + timedelta(hours=number))
        assert [(entry.number, entry.outcome) for entry in sent(session, box)] == [(number, "not-accepted")]
        line = session.campaign().notices["late@office"]
        assert (line.status, line.failures) == ("failed", number)
        session.close()
    box.broken = False
    session = on(store, NIGHT + timedelta(hours=3))
    assert [(entry.number, entry.outcome) for entry in sent(session, box)] == [(3, "delivered")]
    line = session.campaign().notices["late@office"]
    assert (line.status, line.failures) == ("delivered", 0)
    assert next(entry.told for entry in waiting(session) if entry.rule.id == "late") == 2
    assert (box.asked, len(box.kept)) == (3, 1)
    assert not [entry for entry in waiting(session) if entry.reminders]
    session.close()


def test_a_service_that_is_not_there_fails_like_one_that_refuses(session: Session, box: Postbox) -> None:
    box.server_close()
    assert [entry.outcome for entry in sent(session, box)] == ["not-accepted"]


def test_what_became_due_since_goes_into_the_next_notice_alone(store: Path, box: Postbox) -> None:
    session = on(store, NIGHT)
    extended = ExtendPeriod("south", "count", "once", datetime(2031, 9, 20, tzinfo=UTC).date(), "flood", "p-ada")
    assert handle(session, [extended], STEWARD).refusal is None
    assert [entry.count for entry in sent(session, box)] == [1]
    session.close()
    session = on(store, datetime(2031, 9, 21, 12, tzinfo=UTC))
    assert [(entry.number, entry.count) for entry in sent(session, box)] == [(2, 1)]
    assert [kept["message"].rpartition(": ")[2] for kept in box.kept] == ["north farm", "south farm"]
    session.close()


def test_a_rule_counts_its_days_and_each_of_its_channels_is_told(store: Path, box: Postbox) -> None:
    seen = []
    for day in (12, 13, 15, 16):
        session = on(store, datetime(2031, 9, day, 12, tzinfo=UTC))
        found = send(session, STEWARD, {"office": box.url, "mail": box.url}, str)
        seen.append([(entry.rule, entry.channel) for entry in found])
        session.close()
    assert seen == [[], [("soon", "office"), ("soon", "mail")], [], [("late", "office")]]


def test_a_channel_that_leads_nowhere_is_listed_and_nothing_is_written(session: Session, box: Postbox) -> None:
    head = session.log.head()
    (notice,) = send(session, STEWARD, {"mail": box.url}, str)
    assert (notice.outcome, notice.count, session.log.head()) == ("no-target", 2, head)


def test_a_target_that_apprise_cannot_read_is_a_failure_and_never_shown(
    store: Path, session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    found = send(session, STEWARD, {"office": f"bogus://{SECRET}@nowhere"}, str)
    assert [entry.outcome for entry in found] == ["target-unusable"]
    assert session.campaign().notices["late@office"].reason == "target-unusable"
    assert _clean(store, capfd)


def test_a_secret_stands_in_no_event_and_in_no_output(
    store: Path, session: Session, box: Postbox, capfd: pytest.CaptureFixture[str]
) -> None:
    box.broken = True
    sent(session, box)
    box.broken = False
    sent(session, box)
    assert _clean(store, capfd)


def _clean(store: Path, capfd: pytest.CaptureFixture[str]) -> bool:
    raw = sqlite3.connect(store)
    dump = "\n".join(raw.iterdump())
    raw.close()
    out, err = capfd.readouterr()
    assert "notice_taken.v1" in dump
    return SECRET not in dump and (out, err) == ("", "")


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(session: Session, box: Postbox) -> None:
    head = session.log.head()
    assert [(entry.outcome, entry.count) for entry in sent(session, box, dry_run=True)] == [("waiting", 2)]
    assert (session.log.head(), box.asked) == (head, 0)


def test_whoever_may_not_send_is_told_so_without_harm(session: Session, box: Postbox) -> None:
    with pytest.raises(Problems) as refused:
        send(session, Who("p-stranger"), {"office": box.url}, str)
    assert [problem.code for problem in refused.value.problems] == ["not-permitted"]
    assert [attempt.command for attempt in session.log.attempts()] == ["notice.take"], "the journal keeps it"
    assert [entry.outcome for entry in sent(session, box)] == ["delivered"]


def test_what_another_has_taken_is_left_to_it_until_it_has_had_its_time(store: Path, box: Postbox) -> None:
    """The other one may be sending at this moment; if it went down, its notice goes out again."""
    session = on(store, NIGHT)
    (late, _, _) = waiting(session)
    taken = TakeNotice("late", "office", 1, tuple(map(about, late.reminders)))
    assert handle(session, [taken], STEWARD).refusal is None
    assert [entry.outcome for entry in sent(session, box)] == ["under-way"]
    session.close()
    session = on(store, NIGHT + notices.LEASE)
    assert [(entry.number, entry.outcome) for entry in sent(session, box)] == [(2, "delivered")]
    session.close()


@pytest.mark.parametrize("meanwhile", [(), (WaivePeriod("south", "count", "once", "flood"),)])
def test_one_of_two_that_take_the_same_notice_sends_it(
    session: Session, store: Path, box: Postbox, meanwhile: tuple[WaivePeriod, ...]
) -> None:
    """Both have read the log before either has written; the second finds its number taken when it comes to write.

    The other one saw the same, or that something is no longer due: then it sends another text under that number.
    """
    other = on(store, NIGHT)
    take = session.log.append
    overtaken: list[list[Sent]] = []

    def late(*batch: object) -> object:
        if not overtaken:
            overtaken.append([])
            for command in meanwhile:
                assert handle(other, [command], STEWARD).refusal is None
            overtaken[0] = sent(other, box)
        return take(*batch)  # type: ignore[arg-type] # handed on as it came

    session.log.append = late  # type: ignore[method-assign, assignment] # the moment in which the other one is faster
    assert [entry.outcome for entry in sent(session, box)] == ["under-way"]
    assert [entry.outcome for entry in overtaken[0]] == ["delivered"]
    assert box.asked == 1
    other.close()


def test_much_that_is_due_goes_out_in_several_notices(
    session: Session, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MOST", 1)
    assert [(entry.number, entry.count) for entry in sent(session, box)] == [(1, 1), (2, 1)]
    assert len(box.kept) == 2


@pytest.mark.parametrize(("more", "posts"), [("", 2), ("?overflow=truncate", 1)])
def test_a_text_too_long_for_the_service_is_split_unless_its_url_says_otherwise(
    session: Session, box: Postbox, more: str, posts: int
) -> None:
    farms = [EnrolEntity(f"farm-{number}", "farm", f"{number} {'long ' * 38}", ("farm",)) for number in range(190)]
    assert handle(session, farms, STEWARD).refusal is None
    (notice,) = send(session, STEWARD, {"office": box.url + more}, str)
    assert (notice.count, notice.outcome, box.asked) == (192, "delivered", posts)


def test_a_closed_campaign_and_one_without_a_definition_send_nothing(
    tmp_path: Path, session: Session, box: Postbox
) -> None:
    handle(session, [RecordSummary("end", "a" * 64, "done")], STEWARD)
    assert handle(session, [CloseCampaign("over")], STEWARD).refusal is None
    assert sent(session, box) == []
    empty = open_session(Settings(str(tmp_path / "empty.db")), write=True, create=True)
    assert sent(empty, box) == []
    empty.close()


@pytest.mark.parametrize(
    ("text", "then"),
    [
        (
            "# of the office\noffice json://a@b/c\n\n mail   mailto://x \n",
            {"office": "json://a@b/c", "mail": "mailto://x"},
        ),
        ("office\n", "targets-unreadable"),
        ("json://secret@host\n", "targets-unreadable"),
        ("json://secret@host and more\n", "targets-unreadable"),
        ("office json://a\noffice json://b\n", "targets-unreadable"),
        ("name mailto://secret\n\x00\xff", "targets-unreadable"),
        (None, "targets-missing"),
    ],
)
def test_targets_are_lines_of_a_channel_and_a_url(tmp_path: Path, text: str | None, then: object) -> None:
    path = tmp_path / "targets"
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    if isinstance(then, dict):
        assert read_targets(path) == then
        return
    with pytest.raises(Problems) as caught:
        read_targets(path)
    (problem,) = caught.value.problems
    assert problem.code == then
    assert "secret" not in str(problem)


def test_targets_that_others_may_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets"
    path.write_text("office json://secret@host\n", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(Problems) as caught:
        read_targets(path)
    assert [problem.code for problem in caught.value.problems] == ["targets-exposed"]


def test_a_folder_is_no_file_of_targets(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        read_targets(tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["targets-missing"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(["works", "broken", "crash"]), max_size=5))
def test_however_the_service_and_the_machine_fail_everything_is_told_and_without_a_crash_once(
    tmp_path_factory: pytest.TempPathFactory, days: list[str]
) -> None:
    """A crash is one after the notice was taken: whether it was sent is known to nobody, so it is sent again."""
    path = _begun(tmp_path_factory.mktemp("notices"))
    with postbox() as box:
        for number, day in enumerate([*days, "works"]):
            session = on(path, NIGHT + timedelta(days=number))
            box.broken = day == "broken"
            if day == "crash":
                _taken_and_never_settled(session, box)
            else:
                sent(session, box)
            session.close()
    told = [name for kept in box.kept for name in kept["message"].rpartition(": ")[2].split(", ")]
    assert set(told) == {"north farm", "south farm"}
    assert 2 <= len(told) <= 2 + 2 * days.count("crash")


def _taken_and_never_settled(session: Session, box: Postbox) -> None:
    """Send as a machine does that goes down before it records the answer."""
    waits = [entry for entry in waiting(session) if entry.reminders]
    for entry in waits:
        taken = TakeNotice(entry.rule.id, entry.channel, entry.number, tuple(map(about, entry.reminders)))
        assert handle(session, [taken], STEWARD).refusal is None
        names = ", ".join(reminder.name for reminder in entry.reminders)
        assert deliver(box.url, "lost", f"x: {names}") == ("not-accepted" if box.broken else "delivered")
