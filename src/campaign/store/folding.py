"""From entries to records, and one step of a read model; what is said when a row or a history is not what it can be."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from campaign.domain.events import Recorded
from campaign.problems import Place, Problem, Problems, T
from campaign.store.log import Batch, Row, View

if TYPE_CHECKING:
    from campaign.store.entries import Entry

VERIFY = T("see what is wrong with `campaign audit verify`")
REBUILD = T("verify the log with `campaign audit verify`, then fold the views anew with `campaign store rebuild`")
BRIEF = 200
"""Characters of an error's own words."""
NEVER = "1970-01-01T00:00:00.000000Z"
"""Stands for an instant that is not known yet."""


def placed(batch: Batch, entries: Sequence["Entry"], head: int, at: str) -> list[Row]:
    """Give each entry the position after HEAD, its version and the instant."""
    versions = {write.stream: write.expected for write in reversed(batch.writes)}
    actor, role, command_id, account = batch.actor, batch.role, batch.command_id, batch.account
    rows: list[Row] = []
    for position, (stream, topic, body, _, on, causation) in enumerate(entries, head + 1):
        version = versions[stream] = versions[stream] + 1
        names = (actor, role, command_id, causation, account)
        rows.append((position, stream, version, topic, at, on.isoformat(), *names, body))
    return rows


def recorded(row: Row, entry: "Entry") -> Recorded:
    """Return the record that reading ROW would give, without decoding it again."""
    position, stream, version, topic, at, _, actor, role, command_id, causation, account, _ = row
    instant, event, day = datetime.fromisoformat(at), entry[3], entry[4]
    return Recorded(position, stream, version, topic, instant, day, actor, role, command_id, causation, event, account)


def step(view: View, row: Any, record: Recorded) -> Any:  # noqa: ANN401 -- the row's type is the view's own
    """Fold RECORD into ROW. Raises Problems (code `integrity-fold`) when no history can be like that."""
    try:
        return view.evolve(row, record)
    except Exception as error:
        message = T(
            "{topic} cannot follow what stands before it in {stream}: {error}",
            topic=record.topic,
            stream=record.stream,
            error=repr(error)[:BRIEF],
        )
        place = Place(field=f"position {record.position}")
        raise Problems([Problem("integrity-fold", message, VERIFY, place)]) from error


def loaded(view: View, key: str, data: bytes) -> Any:  # noqa: ANN401 -- the row's type is the view's own
    """Read the row KEY as it is kept. Raises Problems (code `integrity-view`) for bytes that are none."""
    try:
        return view.load(data)
    except (msgspec.MsgspecError, ValueError) as error:
        message = T(
            "the row {key} of the read model {view} cannot be read: {error}", key=key, view=view.name, error=error
        )
        raise Problems([Problem("integrity-view", message, REBUILD)]) from error


def cut_short(view: View, position: int, head: int) -> Problem:
    """Say that VIEW holds events that the log no longer has: writing on would cover up that they are gone."""
    message = T(
        "{view} was folded up to {position}, but the log ends at {head}", view=view.name, position=position, head=head
    )
    fix = T("see what is gone with `campaign audit verify`, and restore a backup")
    return Problem("integrity-missing", message, fix, Place(field=f"position {head + 1}"))


class Fold(msgspec.Struct):
    """Rows of one view in memory, folded up to a position."""

    position: int
    rows: dict[str, Any]
