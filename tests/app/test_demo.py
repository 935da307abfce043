"""The demonstration's story, told once, and what must hold of it."""

import re
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from campaign.app import assess, replay, whatif
from campaign.app.explain import Explained, explain
from campaign.app.handle import Who, handle
from campaign.app.registers import registers
from campaign.app.session import Session, Settings, open_session
from campaign.demo.perform import perform, shipped_config
from campaign.domain.commands import MovePhase
from campaign.domain.periods import begun, key
from campaign.files import folder as folders
from campaign.files import roster as rosters
from campaign.problems import Problems, Text
from campaign.readmodels.reporting import row

FINAL = "final-2005"


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"

    def say(text: Text) -> None:
        told.append(str(text))

    perform(str(path), say).close()
    return path


@pytest.fixture
def session(store: Path) -> Iterator[Session]:
    opened = open_session(Settings(str(store)))
    yield opened
    opened.close()


def test_the_story_tells_of_everything_that_the_issue_names(session: Session, told: list[str]) -> None:
    """Late and missing reports, a correction, a dispute, an exit, a restart, a veto, a revision, held entities."""
    states = session.entities()
    assert any(state.exit for state in states.values())
    assert any(state.restarted_on for state in states.values())
    assert sum(line.corrections for state in states.values() for line in state.reports.values()) == 1
    assert sum(line.revisions for state in states.values() for line in state.targets.values()) == 1
    assert {line.status for state in states.values() for line in state.findings.values()} == {"corrected", "confirmed"}
    said = [line.statement for state in states.values() for line in state.findings.values()]
    assert not any(re.search("[a-z{]", text) for text in said), "in the language of its data"
    assert any("held at a gate" in line and not line.endswith(" 0 held at a gate") for line in told)
    individuals = session.campaign().individuals.values()
    assert [entry.status for entry in individuals] == ["granted", "granted"]
    assert {len(meeting.dates) for meeting in session.campaign().meetings.values()} == {2}


def test_two_reports_are_late_and_two_never_come(session: Session) -> None:
    context, today = session.context(), session.today()
    tallies = [row(state, context.definition, duty.id, today).tally for state in session.entities().values()
               for duty in context.definition.obligations if duty.act != "check"]  # type: ignore[arg-type, union-attr] # fmt: skip
    assert (sum(tally.late for tally in tallies), sum(tally.missing for tally in tallies)) == (2, 2)


def test_ticks_opened_and_closed_every_period_once(session: Session, told: list[str]) -> None:
    definition, campaign = session.context().definition, session.campaign()
    assert definition is not None
    periods = {key(owed.obligation, owed.period) for owed in begun(definition)}
    assert set(campaign.periods_opened) == set(campaign.periods_closed) == periods
    topics = [record.topic for record in session.log.read(session.stream)]
    assert topics.count("period_opened.v1") == topics.count("period_closed.v1") == len(periods)
    assert any("closes monthly_report 2005-09: 2 late, 0 missing" in line for line in told)
    assert sum(" 0 late, 1 missing" in line for line in told) == 2


def test_the_plans_registers_are_kept(session: Session, told: list[str]) -> None:
    """A support belongs to an issue, an issue to a visit; the table named one responsible and left one to be named."""
    states = session.entities()
    listed, absent = registers(session, states, session.today())
    entries = {(line.entity, line.entry.register): line.entry for line in listed}
    kept = {register for _, register in entries}
    assert kept == {"visit", "issue", "support", "loss", "measure", "exemplar", "publicity", "reminder"}
    assert not absent
    assert {line.entry.status for line in listed if line.entry.register == "issue"} == {"done"}
    assert sum(line.done_on > line.due_on for line in entries.values() if line.register == "issue") == 1  # type: ignore[operator] # both have both
    assert [
        (entry.responsible, bool(entry.rules)) for (_, register), entry in entries.items() if register == "loss"
    ] == [
        ("220500", True),
        ("turnaround-office", False),
    ]
    reminded = [name for name, register in entries if register == "reminder"]
    assert len(reminded) == 3
    assert any("lag behind by the criterion, 3 are reminded" in line for line in told)


def test_an_inspector_saw_everybody_twice_a_month_and_one_again(session: Session) -> None:
    checks = [line for state in session.entities().values() for line in state.checks.values()]
    assert len({line.period for line in checks}) == 8
    assert sum(line.followed_up > 0 for line in checks) == 1
    assert {line.outcome for line in checks} == {"sound"}, "what was deficient was found sound when looked at again"


def test_the_awards_lie_within_the_pool_to_the_cent(session: Session) -> None:
    _, result = assess.shown(session, FINAL)
    (pool,) = result.pools
    awards = session.campaign().awards.values()
    assert sum(award.amount_yuan for award in awards) == pool.paid == pool.pool
    assert pool.claimed > pool.pool
    assert {award.status for award in awards} == {"approved"}
    assert all(award.proposed_by != award.decided_by for award in awards)


def test_the_falsifier_has_the_best_score_and_no_award(session: Session) -> None:
    _, result = assess.shown(session, FINAL)
    (cheat,) = [name for name, state in session.entities().items() if _confirmed(state.findings)]
    group = result.entities[cheat].group
    scores = {name: Decimal(str(entry.score)) for name, entry in result.entities.items() if entry.group == group}
    growth = {name: Decimal(str(entry.values["growth_points"])) for name, entry in result.entities.items()}
    assert growth[cheat] == max(growth[name] for name in scores)
    assert result.entities[cheat].rank is None
    assert result.entities[cheat].award == 0
    assert [stop.kind for stop in result.entities[cheat].stopped] == ["veto"]


def _confirmed(findings: dict[str, object]) -> bool:
    return any(getattr(line, "status", "") == "confirmed" for line in findings.values())


def test_views_equal_a_fold_from_zero(session: Session) -> None:
    checked = replay.check(session)
    assert checked.differences == ()
    assert checked.position == session.log.head()


@pytest.mark.parametrize("run", ["provisional-2005", FINAL])
def test_a_result_comes_out_again_to_the_byte(session: Session, run: str) -> None:
    assert assess.reproduced(session, run)


def test_the_log_holds_as_many_events_as_its_last_position(store: Path, session: Session) -> None:
    assert sum(1 for _ in session.log.scan()) == session.log.head()
    with sqlite3.connect(store) as raw:
        (count,) = raw.execute("SELECT count(*) FROM events").fetchone()
    raw.close()
    assert count == session.log.head()


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'p-x'", "DELETE FROM events WHERE position = 1"])
def test_the_events_table_refuses_change(store: Path, statement: str) -> None:
    raw = sqlite3.connect(store)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    raw.close()


def test_no_person_is_named_anywhere_in_the_store(store: Path) -> None:
    """Names and contacts stay out of every event, and stand encrypted in the erasable table."""
    config = shipped_config()
    persons = rosters.load(config, folders.load(config).definition).persons
    raw = sqlite3.connect(store)
    bodies = [body for table in ("events", "persons") for (body,) in raw.execute(f"SELECT body FROM {table}")]  # noqa: S608 -- two constants
    (kept,) = raw.execute("SELECT count(*) FROM persons").fetchone()
    raw.close()
    text = b"\n".join(bytes(body) for body in bodies)
    assert kept == len(persons) > 100
    assert not [person.id for person in persons if person.name.encode() in text]


def test_every_award_is_explained_down_to_events(session: Session) -> None:
    for name in session.campaign().awards:
        steps = list(_walk(explain(session, f"award:{name}")))
        positions = {position for step in steps for position in step.positions}
        assert len(positions) > 5
        assert any("jilin-2005-example.yaml:" in step.where for step in steps)


def _walk(step: Explained) -> Iterator[Explained]:
    yield step
    for inner in step.because:
        yield from _walk(inner)


OTHERS = (
    "gate:220100",
    "figure:220100/profit",
    "target:220400/value_added_growth",
    "report:key-07/monthly_report-2005-09",
    "event:17",
)


@pytest.mark.parametrize("what", OTHERS)
def test_other_results_are_explained_too(session: Session, what: str) -> None:
    assert str(explain(session, what).what)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("prize:1", "unknown-result"),
        ("award:aw-none", "award-unknown"),
        ("rank:none/220100", "run-unknown"),
        (f"rank:{FINAL}/shell-01", "not-assessed"),
        ("gate:nobody", "not-enrolled"),
        ("figure:220100/none", "figure-unknown"),
        ("target:220100/none", "target-unknown"),
        ("report:220100/none", "report-unknown"),
        ("event:0", "no-such-position"),
    ],
)
def test_what_is_not_there_is_named(session: Session, what: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        explain(session, what)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_correction_is_explained_with_what_it_superseded(session: Session) -> None:
    steps = explain(session, "report:key-07/monthly_report-2005-09").because
    topics = [str(step.what).split()[1] for step in steps]
    assert topics == [
        "report_submitted.v1", "report_verified.v1", "finding_raised.v1", "report_corrected.v1", "report_verified.v1",
    ]  # fmt: skip


def test_a_closed_campaign_refuses_everything(store: Path) -> None:
    session = open_session(Settings(str(store)), write=True)
    reply = handle(session, [MovePhase("220100")], Who("p-office-1"), dry_run=True)
    session.close()
    assert reply.refusal is not None
    assert reply.refusal.reasons[0].code == "campaign-closed"


def test_a_lower_target_is_played_through_without_touching_the_log(session: Session) -> None:
    head = session.log.head()
    played = whatif.what_if(session, settings=["target.value_added_growth=-1"], scope="prefecture", basis="final")
    changed = {line.entity for line in played.lines if line.differs}
    assert changed
    assert {line.group for line in played.lines if line.score[0] != line.score[1]} == {"prefecture"}
    assert session.log.head() == head


def test_nothing_supposed_changes_nothing(session: Session) -> None:
    assert not any(line.differs for line in whatif.what_if(session, basis="final").lines)


def test_two_runs_are_compared(session: Session) -> None:
    compared = whatif.compare_runs(session, "provisional-2005", FINAL)
    assert any(line.differs for line in compared.lines)
    assert compared.cost == (Decimal("3000000.00"), Decimal("3000000.00"))


@pytest.mark.parametrize(
    ("settings", "scope", "codes"),
    [
        (["target.value_added_growth"], "", ["setting-unreadable"]),
        (["target.growht=14", "figure.profit=x"], "", ["setting-unknown", "setting-unreadable"]),
        (["target.profit=14"], "nowhere", ["scope-unknown"]),
    ],
)
def test_a_bad_supposition_is_named(session: Session, settings: list[str], scope: str, codes: list[str]) -> None:
    with pytest.raises(Problems) as caught:
        whatif.what_if(session, settings=settings, scope=scope)
    assert [problem.code for problem in caught.value.problems] == codes


def test_a_store_that_exists_is_not_touched(store: Path) -> None:
    before = store.read_bytes()
    with pytest.raises(Problems) as caught:
        perform(str(store), lambda _: None)
    assert caught.value.problems[0].code == "store-exists"
    assert store.read_bytes() == before


def test_the_story_is_the_same_every_time(store: Path, tmp_path: Path) -> None:
    """Same seed, same clock, same ids: the same events, to the byte."""
    again = perform(str(tmp_path / "again.db"), lambda _: None, short=True)
    head = again.log.head()
    again.close()
    rows = []
    for path in (store, tmp_path / "again.db"):
        raw = sqlite3.connect(path)
        rows.append(raw.execute("SELECT * FROM events WHERE position <= ?", (head - 200,)).fetchall())
        raw.close()
    assert len(rows[0]) == head - 200
    assert rows[0][:1000] == rows[1][:1000]
