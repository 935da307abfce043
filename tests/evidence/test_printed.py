"""What was printed on a bulletin stands in the log too: it must be what the records come to (P-09)."""

from pathlib import Path

import msgspec
import pytest
from evidence.kit import CLERK, Office, told
from store.kit import batch, write

from campaign import verifier
from campaign.app import evidence, export
from campaign.domain.events import BulletinCorrected, BulletinPublished, TreeHead
from campaign.verifier import Finding, Record, Walk, papers, unasked

STREAM = "campaign:jilin-2005"


def publish(office: Office, *, size: int | None = None) -> int:
    """Publish a bulletin that prints the last checkpoint, and its correction; return the first one's position.

    size: where the checkpoint printed claims another one.
    """
    session = office.session(write=True)
    head = evidence.sealed(session)
    assert head is not None
    head = msgspec.structs.replace(head, size=size or head.size)
    at = session.log.head()
    first = BulletinPublished("monthly_bulletin", "2005-09", at, "0" * 64, head)
    second = BulletinCorrected("monthly_bulletin", "2005-09", 1, at + 1, "1" * 64, "a sheet was late", None)
    made = write(STREAM, session.log.version(STREAM), first, second)
    session.log.append(msgspec.structs.replace(batch("c-bulletin", made), actor=CLERK.actor))
    return at + 1


def said(office: Office, *against: str) -> list[tuple[int, str]]:
    """What the lone verifier says of the store, and that it says the same of an export."""
    return [finding[:2] for finding in office.alone(*against)]


def forge(office: Office, change: str, *values: object) -> None:
    """Change the file, throw away what vouches for it, and make tree and read models anew."""
    with office.intruder() as db:
        db.execute(change, values)
        for table in ("checkpoints", "tree", "views", "view_positions"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 -- the names above


def exported(office: Office, tmp_path: Path) -> list[tuple[int, str]]:
    """What the lone verifier says of an export, whatever the program that makes it says."""
    export.export(office.session(), tmp_path / "export")
    return [finding[:2] for finding in verifier.verify(tmp_path / "export")[1]]


def test_what_was_printed_is_compared_and_holds(office: Office, tmp_path: Path) -> None:
    publish(office)
    assert not office.audit().problems
    assert exported(office, tmp_path) == []
    lines, findings = verifier.verify(office.store)
    assert not findings
    assert "checkpoints printed on bulletins and compared with the records: 1" in lines


def test_a_change_before_the_bulletin_is_named_by_it_when_nothing_else_vouches(office: Office, tmp_path: Path) -> None:
    """Tree, checkpoints and read models are thrown away: only the events are left, and one of them was printed."""
    position = publish(office)
    forge(office, "UPDATE events SET occurred_on = '2005-08-01' WHERE position = 300")
    assert told(office.audit()) == [(f"position {position}", "published")]
    assert said(office) == [(position, "published")]
    office.session(write=True).log.tree().rebuild()
    assert told(office.audit()) == [(f"position {position}", "published")]
    assert exported(office, tmp_path) == [(position, "published")]


def test_a_printed_root_put_in_the_place_of_another_is_named(office: Office) -> None:
    position = publish(office)
    root = office.second.split("\n")[2]
    other = office.first.split("\n")[2]
    change = "UPDATE events SET body = CAST(REPLACE(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE position = ?"
    forge(office, change, root, other, position)
    assert told(office.audit()) == [(f"position {position}", "published")]
    assert said(office) == [(position, "published")]


def test_a_bulletin_that_printed_more_than_there_was_is_named(office: Office) -> None:
    position = publish(office, size=10_000)
    assert told(office.audit()) == [(f"position {position}", "published")]
    assert said(office) == [(position, "published")]


def test_the_signed_checkpoint_is_printed_so_that_no_second_reading_is_needed(office: Office) -> None:
    publish(office)
    session = office.session()
    walk = Walk([note.size for note in session.log.tree().notes()])
    walk.take(verifier.of_store(office.store).records)
    assert [line.size for line in walk.printed] == [office.sizes[1]]
    assert unasked(walk) == frozenset()


HEAD = TreeHead(origin="log", size=1, root="AAAA")


@pytest.mark.parametrize("body", [b'{"checkpoint":{"size":1}}', b'{"checkpoint":7}', b'{"checkpoint":{"size":"x"}}'])
def test_a_checkpoint_that_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    walk = Walk()
    walk.take([Record(1, b"x", "campaign:a", 1, "bulletin_published.v1", "2005", body)])
    assert [finding[:2] for finding in walk.findings] == [(1, "unreadable")]
    assert walk.printed == []


def test_what_lies_behind_a_gap_is_compared_as_far_as_there_are_roots() -> None:
    """Of three records the second is gone: a root over the first is known, one over two is not, and nothing is said."""
    body = msgspec.json.encode(BulletinPublished("m", "p", 1, "", HEAD))
    later = msgspec.json.encode(BulletinPublished("m", "q", 3, "", msgspec.structs.replace(HEAD, size=3)))
    walk = Walk()
    walk.take(
        [
            Record(1, b"x", "campaign:a", 1, "opened.v1", "2005"),
            Record(3, b"y", "campaign:a", 2, "bulletin_published.v1", "2005", body),
            Record(4, b"z", "campaign:a", 3, "bulletin_corrected.v1", "2005", later),
        ]
    )
    assert unasked(walk) == {1}
    right = Finding(3, "published", "the bulletin m of p printed another root over the first 1 records")
    assert papers(walk, {1: b"another"}) == [right]
    assert papers(walk, {}) == []
