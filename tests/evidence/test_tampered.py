"""What replay, explain, doctor and the audit say of a store that somebody wrote to: a line and a remedy."""

import json
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from cli.program import invoke
from evidence.kit import Office, told

from campaign.app import doctor, replay
from campaign.app.session import Settings

Attack = Callable[[sqlite3.Connection], object]


def statement(sql: str) -> Attack:
    return lambda db: db.execute(sql)


def said(office: Office, *arguments: object, code: int = 5) -> str:
    """What the program says on either channel; a traceback would end it with 1."""
    office.close()
    result = invoke("--store", office.store, *arguments)
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout + result.stderr


SIGNED = "(SELECT MIN(position) FROM events WHERE topic LIKE 'responsibility_letter_signed%')"
LETTER = f"""UPDATE events SET body = CAST(REPLACE(CAST(body AS TEXT), '"letter":"', '"letter":"x') AS BLOB)
    WHERE position = {SIGNED}"""  # noqa: S608 -- a constant
YESTERDAY = "UPDATE events SET recorded_at = 'yesterday' WHERE position > 900"
NO_ROWS = "UPDATE views SET body = x'00'"

WRONG = [
    (LETTER, "replay", "integrity-fold"),
    (LETTER, "replay --to {last}", "integrity-fold"),
    (LETTER, "explain gate:{entity}", "integrity-fold"),
    (LETTER, "audit verify", "integrity-history"),
    (YESTERDAY, "replay", "unreadable-event"),
    (YESTERDAY, "log show 950", "unreadable-event"),
    (YESTERDAY, "audit verify", "integrity-unreadable"),
    (NO_ROWS, "replay", "integrity-view"),
    (NO_ROWS, "show", "integrity-view"),
    (NO_ROWS, "phase list", "integrity-view"),
    (NO_ROWS, "audit verify", "integrity-read-model"),
]


@pytest.mark.parametrize(("attack", "command", "code"), WRONG)
def test_a_damaged_store_is_told_with_a_line_and_a_remedy(office: Office, attack: str, command: str, code: str) -> None:
    with office.intruder() as db:
        db.execute(attack)
    query = f"SELECT name FROM streams WHERE id = (SELECT stream FROM events WHERE position = {SIGNED})"  # noqa: S608 -- a constant
    with sqlite3.connect(office.store) as db:
        ((name,),) = db.execute(query).fetchall()
    db.close()
    words = command.format(last=office.sizes[0], entity=name.rpartition("/")[2]).split()
    text = said(office, *words, "--format", "json")
    (problem,) = [item for item in json.loads(text)["problems"] if item["code"] == code][:1]
    assert "campaign " in problem["fix"] or "backup" in problem["fix"]
    if attack != NO_ROWS:
        assert "position" in str(problem["place"])


def test_views_that_cannot_be_read_are_folded_anew_on_request(office: Office) -> None:
    with office.intruder() as db:
        db.execute(NO_ROWS)
    assert "needs-yes" in said(office, "store", "rebuild", "--no-input", code=2)
    assert str(office.sizes[1]) in said(office, "store", "rebuild", "--yes", code=0)
    assert "0 differences" in said(office, "replay", code=0)
    assert "integrity-fold" in _after(office, LETTER)


def _after(office: Office, attack: str) -> str:
    with office.intruder() as db:
        db.execute(attack)
    return said(office, "store", "rebuild", "--yes")


def test_a_log_cut_short_is_a_difference_and_the_views_are_said_to_be_ahead(office: Office) -> None:
    with office.intruder() as db:
        db.execute("DELETE FROM events WHERE position > 1000")
    found = replay.check(office.session()).differences
    assert [(line.view, line.path, line.folded) for line in found] == [
        (view, "position", "1000") for view in ("campaign", "entity", "project")
    ]
    said(office, "replay")
    (line,) = [line for line in doctor.findings(Settings(str(office.store)), Path("none")) if "ahead" in str(line.what)]
    assert not line.ok
    assert "campaign audit verify" in str(line.remedy)
    assert told(office.audit())[0] == ("position 1001", "missing")
    assert {code for _, code in told(office.audit())} == {"missing"}


def test_a_log_cut_short_of_which_no_tree_is_kept_is_not_taken_for_a_read_model_to_be_rebuilt(office: Office) -> None:
    with office.intruder() as db:
        for table, where in (("events", "position > 1000"), ("tree", "1"), ("checkpoints", "1")):
            db.execute(f"DELETE FROM {table} WHERE {where}")  # noqa: S608 -- constants
    assert told(office.audit()) == [("position 1001", "missing")] * 3


def test_a_table_dropped_is_no_traceback_where_it_is_written(office: Office) -> None:
    with office.intruder() as db:
        db.execute("DROP TABLE views")
    assert "store-damaged" in said(office, "store", "rebuild", "--yes")


def test_events_that_are_covered_are_not_said_to_be_after_the_last_checkpoint(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE events SET actor = 'p-other' WHERE position = 300")
    assert not any("after the last checkpoint" in str(note) for note in office.audit().notes)


def test_a_guard_dropped_is_named_by_the_audit_and_by_doctor(office: Office) -> None:
    office.close()
    with sqlite3.connect(office.store) as db:
        db.execute("DROP TRIGGER events_no_delete")
    db.close()
    (problem,) = office.audit().problems
    assert (problem.code, "events_no_delete is gone" in str(problem)) == ("integrity-schema", True)
    lines = [line for line in doctor.findings(Settings(str(office.store)), Path("none")) if not line.ok]
    assert any("events_no_delete" in str(line.what) for line in lines)


def test_an_award_edited_in_the_read_model_is_not_explained_as_if_it_were_so(whole: Office) -> None:
    campaign = whole.session().campaign()
    award = next(line for line in campaign.awards.values() if line.amount_yuan > 0)
    assert f"{award.amount_yuan}" in said(whole, "explain", f"award:{award.award}", code=0)
    more = award.amount_yuan + Decimal(10000)
    old, new = f'"amount_yuan":"{award.amount_yuan}"', f'"amount_yuan":"{more}"'
    with whole.intruder() as db:
        db.execute("UPDATE views SET body = CAST(REPLACE(CAST(body AS TEXT), ?, ?) AS BLOB)", (old, new))
    text = said(whole, "explain", f"award:{award.award}")
    assert "integrity-view" in text
    assert f"{more}" in text
    assert "campaign store rebuild" in text


def test_a_run_edited_in_the_read_model_is_not_blamed_on_the_records(whole: Office) -> None:
    with whole.intruder() as db:
        db.execute("""UPDATE views SET body = CAST(REPLACE(CAST(body AS TEXT), '"rank":4', '"rank":1') AS BLOB)
            WHERE name = 'campaign'""")
        db.execute("""UPDATE views SET body = CAST(REPLACE(CAST(body AS TEXT), '"basis":"final"', '"basis":"first"')
            AS BLOB) WHERE name = 'campaign'""")
    found = whole.audit(results=True).problems
    assert {problem.code for problem in found} == {"integrity-read-model"}
    assert all("campaign store rebuild" in str(problem.fix) for problem in found)
