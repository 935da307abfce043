"""Somebody has the database password, drops every trigger and changes the file: what is seen, and where (P-09)."""

# ruff: noqa: S608 -- the statements are built from the cases below

import json
import shutil
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import pytest
from evidence.kit import ADMIN, Office, go_on, told

from campaign import verifier
from campaign.app import evidence
from campaign.problems import Problems
from campaign.store import notes
from campaign.store.notes import load_signer
from campaign.verifier import Asked, endorsed

Attack = Callable[[sqlite3.Connection], object]


def body(position: int, old: str, new: str) -> Attack:
    return lambda db: db.execute(
        "UPDATE events SET body = CAST(REPLACE(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE position = ?",
        (old, new, position),
    )


def column(position: int, name: str, value: object) -> Attack:
    return lambda db: db.execute(f"UPDATE events SET {name} = ? WHERE position = ?", (value, position))


def swap(one: int, other: int) -> Attack:
    def attack(db: sqlite3.Connection) -> None:
        for old, new in ((one, -1), (other, one), (-1, other)):
            db.execute("UPDATE events SET position = ? WHERE position = ?", (new, old))

    return attack


def delete(where: str) -> Attack:
    return lambda db: db.execute(f"DELETE FROM events WHERE {where}")


def insert_at(position: int) -> Attack:
    """Move everything up by one and put a copy of the first event of another stream in between."""

    def attack(db: sqlite3.Connection) -> None:
        db.execute("UPDATE events SET position = -position - 1 WHERE position >= ?", (position,))
        db.execute("UPDATE events SET position = -position WHERE position < 0")
        db.execute("INSERT INTO streams VALUES (100000, 'entity:jilin-2005/ghost')")
        columns = "topic, recorded_at, occurred_on, actor, role, 'c-ghost', 0, NULL, body, account"
        db.execute(f"INSERT INTO events SELECT ?, 100000, 1, {columns} FROM events WHERE position = ?",
                   (position, position - 1))  # fmt: skip

    return attack


class Case(NamedTuple):
    attack: Attack
    position: int
    code: str


CASES = {
    "a figure in a body": Case(body(300, "厂长", "局长"), 300, "record"),
    "a day": Case(column(400, "occurred_on", "2005-08-01"), 400, "record"),
    "an instant": Case(column(401, "recorded_at", "2005-01-01T00:00:00.000000Z"), 401, "time"),
    "an actor": Case(column(402, "actor", "p-somebody"), 402, "record"),
    "a role": Case(column(403, "role", "leading_group"), 403, "record"),
    "a command": Case(column(404, "command_id", "c-other"), 404, "record"),
    "a topic": Case(column(405, "topic", "campaign_closed.v1"), 405, "record"),
    "a body that is no JSON": Case(column(406, "body", b"{"), 406, "record"),
    "a body with a blank": Case(body(407, "{", "{ "), 407, "record"),
    "two rows swapped": Case(swap(500, 600), 500, "record"),
    "a row in the middle deleted": Case(delete("position = 700"), 700, "missing"),
    "many rows deleted": Case(delete("position BETWEEN 700 AND 710"), 700, "missing"),
    "a row inserted in the past": Case(insert_at(800), 800, "record"),
    "a row before the first": Case(column(900, "position", 0), 0, "order"),
    "the rest renumbered": Case(
        lambda db: [db.execute("DELETE FROM events WHERE position = 900"),
                    db.execute("UPDATE events SET position = -position + 1 WHERE position > 900"),
                    db.execute("UPDATE events SET position = -position WHERE position < 0")],
        900, "record"),
    "a stream renamed": Case(
        lambda db: db.execute("UPDATE streams SET name = 'entity:jilin-2005/other' WHERE id = 3"), 0, "record"),
    "the name of a stream gone": Case(lambda db: db.execute("DELETE FROM streams WHERE id = 3"), 0, "version"),
}  # fmt: skip


def first_of(office: Office, query: str) -> int:
    with sqlite3.connect(office.store) as connection:
        (position,) = connection.execute(query).fetchone()
    connection.close()
    return int(position)


@pytest.mark.parametrize("name", CASES)
def test_a_change_of_the_events_is_seen_where_it_was_made(office: Office, name: str) -> None:
    case = CASES[name]
    position = case.position
    if "stream" in name:
        position = first_of(office, "SELECT MIN(position) FROM events WHERE stream = 3")
    with office.intruder() as db:
        case.attack(db)
    found = told(office.audit())
    place = f"position {position}" if position else ""
    assert (place, case.code) in found, found
    assert found[0][0] == place or not place
    assert (position, case.code) in {(finding.position, finding.code) for finding in office.alone()}


def test_the_last_event_deleted(office: Office) -> None:
    last = office.sizes[1]
    with office.intruder() as db:
        db.execute("DELETE FROM events WHERE position = ?", (last,))
    assert told(office.audit())[0] == (f"position {last}", "missing")
    assert [finding.position for finding in office.alone()] == [last]


def test_a_whole_stream_deleted(office: Office) -> None:
    first = first_of(office, "SELECT MIN(position) FROM events WHERE stream = 5")
    with office.intruder() as db:
        db.execute("DELETE FROM events WHERE stream = 5")
    assert told(office.audit())[0] == (f"position {first}", "missing")
    assert office.alone()[0][:2] == (first, "missing")


def test_a_file_rolled_back_to_an_older_copy_needs_the_newer_checkpoint_in_hand(office: Office) -> None:
    older = office.copy("older.db")
    session = office.session(write=True)
    go_on(session, 2)
    newer = evidence.checkpoint(session, office.key_file)
    office.close()
    shutil.copy(older, office.store)
    for suffix in ("-wal", "-shm"):
        office.store.with_name(office.store.name + suffix).unlink(missing_ok=True)
    missing = office.sizes[1] + 1
    assert not office.audit().problems
    assert told(office.audit(newer)) == [(f"position {missing}", "missing")]
    assert [finding[:2] for finding in office.alone(newer)] == [(missing, "missing")]


def test_a_kept_checkpoint_edited(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE checkpoints SET note = REPLACE(note, ?, ?) WHERE size = ?",
                   (f"\n{office.sizes[0]}\n", f"\n{office.sizes[0] - 1}\n", office.sizes[0]))  # fmt: skip
    where = office.sizes[0] - 1
    assert told(office.audit()) == [(f"position {where}", "signature")]
    assert [finding[:2] for finding in office.alone()] == [(where, "signature")]


def test_a_kept_checkpoint_that_is_none(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE checkpoints SET note = 'x' WHERE size = ?", (office.sizes[0],))
    assert told(office.audit()) == [("", "checkpoint")]
    assert [finding[:2] for finding in office.alone()] == [(0, "checkpoint")]


def test_a_leaf_of_the_tree_edited(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE tree SET hash = ? WHERE level = 0 AND place = 41", (bytes(32),))
    assert told(office.audit()) == [("position 42", "tree")]
    assert [finding[:2] for finding in office.alone()] == [(42, "tree")]


@pytest.mark.parametrize(("level", "position"), [(0, 41), (3, 321)])
def test_two_hashes_cut_at_another_place_are_not_what_they_were(office: Office, level: int, position: int) -> None:
    """One after the other they are the same bytes as before."""
    with office.intruder() as db:
        query = "SELECT hash FROM tree WHERE level = ? AND place IN (40, 41) ORDER BY place"
        whole = b"".join(kept for (kept,) in db.execute(query, (level,)))
        cut = [(whole[:31], level, 40), (whole[31:], level, 41)]
        db.executemany("UPDATE tree SET hash = ? WHERE level = ? AND place = ?", cut)
    assert told(office.audit())[0] == (f"position {position}", "tree")


def test_a_hash_inside_the_tree_edited(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE tree SET hash = ? WHERE level = 3 AND place = 5", (bytes(32),))
    assert told(office.audit()) == [("position 41", "tree")]


def test_a_hash_inside_the_tree_deleted(office: Office) -> None:
    with office.intruder() as db:
        db.execute("DELETE FROM tree WHERE level = 2 AND place = 5")
    assert told(office.audit())[0] == ("position 21", "tree")


def test_the_tree_can_be_made_again(office: Office) -> None:
    with office.intruder() as db:
        db.execute("DELETE FROM tree WHERE level > 1")
    session = office.session(write=True)
    assert (
        evidence.checkpoint(session, office.key_file, rebuild=True).splitlines()[:3] == office.second.splitlines()[:3]
    )
    assert not office.audit().problems


def test_all_events_dropped_is_told_from_the_first(office: Office) -> None:
    with office.intruder() as db:
        db.execute("DROP TABLE events")
    assert told(office.audit())[0] == ("position 1", "unreadable")


@pytest.mark.parametrize("table", ["tree", "checkpoints"])
def test_a_table_dropped_is_named(office: Office, table: str) -> None:
    with office.intruder() as db:
        db.execute(f"DROP TABLE {table}")
    with pytest.raises(Problems, match=f"store-damaged.*{table}"):
        office.audit()
    with pytest.raises(verifier.Unreadable):
        office.alone()


def test_a_history_that_cannot_have_been_is_told_where_it_breaks(office: Office) -> None:
    """A letter is signed that was never issued; there is neither a tree nor a checkpoint."""
    position = first_of(office, "SELECT MIN(position) FROM events WHERE topic LIKE 'responsibility_letter_signed%'")
    with office.intruder() as db:
        body(position, '"letter":"', '"letter":"x')(db)
        for table in ("checkpoints", "tree"):
            db.execute(f"DELETE FROM {table}")
    found = told(office.audit(results=True))
    assert (f"position {position}", "history") in found


@pytest.mark.parametrize("table", ["views", "view_positions"])
def test_a_read_model_edited(office: Office, table: str) -> None:
    with office.intruder() as db:
        if table == "views":
            db.execute("""UPDATE views SET body = CAST(REPLACE(CAST(body AS TEXT), '"running"', '"closed"') AS BLOB)
                WHERE name = 'entity' AND key LIKE '%/220200'""")
        else:
            db.execute("UPDATE view_positions SET position = 100 WHERE name = 'entity'")
    found = office.audit().problems
    assert [problem.code for problem in found] == ["integrity-read-model"]
    assert ("220200" if table == "views" else "100") in str(found[0].message)


def test_a_read_model_that_is_no_row(office: Office) -> None:
    with office.intruder() as db:
        db.execute("UPDATE views SET body = CAST('x' AS BLOB) WHERE name = 'entity'")
    assert told(office.audit()) == [("", "read-model")]


@pytest.mark.parametrize(("topic", "old"), [("definition_adopted", "survey"), ("scheme_adopted", "考核")])
def test_a_definition_text_replaced(whole: Office, topic: str, old: str) -> None:
    office = whole
    position = first_of(office, f"SELECT MIN(position) FROM events WHERE topic LIKE '{topic}%'")
    with office.intruder() as db:
        body(position, old, "x")(db)
    found = told(office.audit())
    assert (f"position {position}", "record") in found
    assert (f"position {position}", "text") in found
    assert {(position, "record"), (position, "text")} <= {finding[:2] for finding in office.alone()}


@pytest.mark.parametrize("changed", ["prize", "place", "scheme"])
def test_a_result_replaced_together_with_its_hash_does_not_come_out_again(whole: Office, changed: str) -> None:
    """The tree would say so as well; here there is neither a tree nor a checkpoint."""
    office = whole
    position = first_of(office, "SELECT MAX(position) FROM events WHERE topic LIKE 'assessment_recorded%'")
    with office.intruder() as db:
        (data,) = db.execute("SELECT CAST(body AS TEXT) FROM events WHERE position = ?", (position,)).fetchone()
        for table in ("checkpoints", "tree", "view_positions", "views"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE events SET body = ? WHERE position = ?", (falsified(data, changed), position))
    assert told(office.audit(results=True)) == [(f"position {position}", "result")]


def falsified(data: str, changed: str) -> bytes:
    """Give the first entity of a result another prize and the result its new hash; or a run another base."""
    event = json.loads(data)
    match changed:
        case "prize":
            event["result"] = event["result"].replace('"rank":4', '"rank":1', 1)
            event["result_sha256"] = sha256(event["result"].encode()).hexdigest()
        case "place":
            event["log_position"] = 999_999
        case _:
            event["scheme_sha256"] = "0" * 64
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


# --- with the tree recomputed -------------------------------------------------------------------------------------


def recompute(office: Office) -> None:
    office.session(write=True).log.tree().rebuild()
    office.close()


def test_a_change_with_the_tree_recomputed_lies_between_two_checkpoints(office: Office) -> None:
    first, second = office.sizes
    with office.intruder() as db:
        body(second, "p-extra", "p-axtra")(db)
    recompute(office)
    assert told(office.audit())[0] == (f"position {first + 1}", "checkpoint")
    assert office.alone()[0][:2] == (first + 1, "checkpoint")


def test_a_change_with_tree_and_checkpoints_thrown_away_needs_the_old_checkpoint_in_hand(office: Office) -> None:
    with office.intruder() as db:
        body(300, "厂长", "局长")(db)
        db.execute("DELETE FROM checkpoints")
        db.execute("DELETE FROM views")
        db.execute("DELETE FROM view_positions")
    recompute(office)
    assert not office.audit().problems
    assert told(office.audit(office.first))[0] == ("position 1", "checkpoint")
    assert office.alone(office.first)[0][:2] == (1, "checkpoint")


def test_the_holder_of_the_key_too_is_seen_by_an_old_checkpoint_or_a_receipt_only(office: Office) -> None:
    receipt = evidence.receipt(office.session(), 300)
    with office.intruder() as db:
        body(300, "厂长", "局长")(db)
        for table in ("checkpoints", "views", "view_positions"):
            db.execute(f"DELETE FROM {table}")
    recompute(office)
    note = evidence.checkpoint(office.session(write=True), office.key_file)
    assert not office.audit(keys=(office.published(),)).problems, "invisible: stated in the threat model"
    assert told(office.audit(office.second))[0] == ("position 1", "checkpoint")
    kept = verifier.verify_receipt(receipt, Asked(against=(note,)))[1]
    assert [finding.text for finding in kept] == ["two checkpoints of one size have different roots"]


def test_a_key_put_in_the_place_of_the_logs_own_is_not_the_published_one(office: Office) -> None:
    published = office.published()
    forged = notes.new_signer("campaign/jilin-2005")
    with office.intruder() as db:
        body(office.sizes[0], published, str(forged.key))(db)
        for table in ("checkpoints", "views", "view_positions"):
            db.execute(f"DELETE FROM {table}")
    recompute(office)
    office.key_file.unlink()
    notes.save_signer(office.key_file, forged)
    evidence.checkpoint(office.session(write=True), office.key_file)
    assert not office.audit().problems, "invisible to whoever brings nothing"
    assert told(office.audit(keys=(published,)))[0] == (f"position {office.sizes[0]}", "key")
    assert office.alone(keys=(published,))[0][:2] == (office.sizes[0], "key")


def test_a_new_key_that_the_old_one_does_not_vouch_for_is_in_doubt(office: Office) -> None:
    old = load_signer(office.key_file)
    office.key_file.unlink()
    session = office.session(write=True)
    assert evidence.rotate(session, office.key_file, ADMIN).refusal is not None
    reply = evidence.rotate(session, office.key_file, ADMIN, reason="the safe burnt")
    assert reply.refusal is None
    evidence.checkpoint(session, office.key_file)
    assert told(office.audit())[0] == (f"position {reply.last}", "key")
    assert endorsed(old.key) != endorsed(load_signer(office.key_file).key)
