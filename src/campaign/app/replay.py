"""Replay: the views folded from the events alone, up to any position, and compared with the stored ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from campaign.app.changes import differences
from campaign.app.session import Session, read_definition
from campaign.domain.events import Recorded
from campaign.domain.state import CampaignState, Context, EntityState, ProjectState
from campaign.problems import Place, Problem, Problems, T
from campaign.readmodels.views import ALL
from campaign.store.codec import Made
from campaign.store.folding import REBUILD, step
from campaign.store.log import View

Watch: TypeAlias = Callable[[Mapping[tuple[str, str], Any], Recorded], None]

FEW = 4
"""Differences of one row that are named; where there are more, the row is another one."""


class Past(msgspec.Struct, frozen=True):
    """Everything as it stood at a position of the log, folded from the events and from nothing else."""

    position: int
    campaign: CampaignState
    entities: dict[str, EntityState]
    projects: dict[str, ProjectState]
    recorded_at: datetime | None = None

    @property
    def context(self) -> Context:
        """What decisions looked at then."""
        return Context(read_definition(self.campaign.definition), self.campaign)


class Difference(msgspec.Struct, frozen=True):
    """Where a stored row is not what the events say."""

    view: str
    key: str
    path: str
    stored: str
    folded: str


class Checked(msgspec.Struct, frozen=True):
    """What comparing the stored views with the EVENTS seen, up to a position, came to."""

    position: int
    events: int
    rows: int
    differences: tuple[Difference, ...]


def resolve(session: Session, to: int | None = None, as_of: datetime | None = None) -> int:
    """Return the position that TO or AS_OF names; the head if neither does. Raises Problems beyond the head."""
    head = session.log.head()
    position = session.log.position_at(as_of) if as_of is not None else head if to is None else to
    if not 0 <= position <= head:
        message = T("the log ends at position {head}", head=head)
        raise Problems([Problem("no-such-position", message, T("name one from 0 to it"), Place(field="to"))])
    return position


def past(session: Session, to: int | None = None, as_of: datetime | None = None, *, watch: Watch | None = None) -> Past:
    """Fold the log up to a position (TO), or up to what was known at an instant (AS_OF).

    watch: is shown each record, with all that was folded before it.
    """
    (then,) = pasts(session, [resolve(session, to, as_of)], watch=watch)
    return then


def pasts(session: Session, positions: Iterable[int], *, watch: Watch | None = None) -> Iterator[Past]:
    """Fold the log once, and yield how everything stood at each of POSITIONS, in ascending order."""
    last: datetime | None = None
    rows: dict[tuple[str, str], Any] = {}
    done = 0
    for position in sorted(set(positions)):
        for record in session.log.scan(done, position):
            last = record.recorded_at
            if watch is not None:
                watch(rows, record)
            _fold(rows, record)
        done = position
        campaign = rows.get(("campaign", session.key), CampaignState())
        prefix = f"{session.key}/"
        yield Past(position, campaign, _of(rows, "entity", prefix), _of(rows, "project", prefix), last)


def fold(records: Iterable[Recorded]) -> dict[tuple[str, str], Any]:
    """Fold RECORDS into the rows of every view, by (view, key)."""
    rows: dict[tuple[str, str], Any] = {}
    for record in records:
        _fold(rows, record)
    return rows


def _fold(rows: dict[tuple[str, str], Any], record: Recorded) -> None:
    row = _ROWS[record.stream]
    view = _VIEWS.get(row[0])
    if view is not None:
        rows[row] = step(view, rows.get(row), record)


def _row_of(stream: str) -> tuple[str, str]:
    view, _, key = stream.partition(":")
    return view, key


_ROWS = Made(_row_of)
"""View and key of each stream's row: a log of years has some thousand streams."""
_VIEWS: dict[str, View] = {view.name: view for view in ALL}


def _of(rows: dict[tuple[str, str], Any], view: str, prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): row for (name, key), row in sorted(rows.items()) if name == view}


def check(session: Session) -> Checked:
    """Fold the whole log from zero and compare every row with the stored one, byte by byte."""
    found = list(_ahead(session))
    position = session.log.head()
    folded: dict[tuple[str, str], Any] = {}
    events = count = 0
    for record in session.log.scan(0, position):
        _fold(folded, record)
        events += 1
    for view in ALL:
        mine = {key: row for (name, key), row in folded.items() if name == view.name}
        stored = session.log.rows(view.name)
        count += len(mine)
        for key in sorted(mine.keys() | stored.keys()):
            found += _row_differences(view, key, stored.get(key), mine.get(key))
    return Checked(position, events, count, tuple(found))


def _ahead(session: Session) -> Iterator[Difference]:
    """Name the views that are folded up to a position where the log does not end; 0 is a fold still to be made."""
    for view in ALL:
        before = session.log.head()
        position = session.log.checkpoint(view.name)
        if position and not before <= position <= session.log.head():
            yield Difference(view.name, "", "position", str(position), str(before))


def proven(session: Session, view: View, key: str) -> Any:  # noqa: ANN401 -- the row's type is the view's own
    """Return the row KEY as its stream's events alone give it, or None.

    Raises Problems (code `integrity-view`) where the stored row is another one: then somebody wrote to the file.
    """
    stream = f"{view.name}:{key}"
    due = session.log.version(stream)
    stored = session.log.row(view.name, key)
    folded = None
    for record in session.log.read(stream, to=max(due, stored.version if stored else 0)):
        folded = step(view, folded, record)
    problems = [_tampered(line) for line in _row_differences(view, key, stored, folded)]
    if problems:
        raise Problems(problems[:FEW])
    return folded


def _tampered(line: Difference) -> Problem:
    message = T(
        "{view} {key} {path}: stored is {stored}, but the events say {folded}",
        view=line.view,
        key=line.key,
        path=line.path,
        stored=line.stored or "-",
        folded=line.folded or "-",
    )
    return Problem("integrity-view", message, REBUILD)


def _row_differences(view: Any, key: str, stored: Any, folded: Any) -> list[Difference]:  # noqa: ANN401 -- a view's own rows
    left = view.dump(stored) if stored is not None else b"null"
    right = view.dump(folded) if folded is not None else b"null"
    if left == right:
        return []
    changes = differences(msgspec.json.decode(left), msgspec.json.decode(right))
    return [Difference(view.name, key, change.path, change.before, change.after) for change in changes]
