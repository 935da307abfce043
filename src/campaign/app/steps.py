"""The steps of an explanation, and what every kind of result needs: its events, its cells, and the entity by itself."""

from collections.abc import Iterable, Iterator

import msgspec

from campaign.app import replay
from campaign.app.access import whole
from campaign.app.session import Session
from campaign.domain.events import Event, Figure, Recorded, ReportCorrected, ReportSubmitted
from campaign.domain.reports import Key
from campaign.domain.state import CampaignState, EntityState
from campaign.files.cells import spread
from campaign.problems import Place, Problem, Problems, T, Text, like_entity, nearest
from campaign.readmodels.views import CampaignView, EntityView

FEW = 4
"""Of many events the first few are shown; every position is named."""


class Explained(msgspec.Struct, frozen=True):
    """One step: what holds, where that is written, the events it rests on, and the steps beneath it."""

    what: Text
    where: str = ""
    positions: tuple[int, ...] = ()
    because: tuple["Explained", ...] = ()


def rests_on(step: Explained) -> frozenset[int]:
    """Return the position of every event that STEP or a step beneath it rests on."""
    return frozenset(step.positions).union(*map(rests_on, step.because))


# --- events and the cells of files -------------------------------------------------------------------------------


def events(session: Session, positions: Iterable[int]) -> Iterator[Explained]:
    """Yield a step for each event at POSITIONS, in their order in the log."""
    for position in sorted(set(positions)):
        yield from (event_line(session, record) for record in session.log.scan(position - 1, position))


def some(session: Session, positions: tuple[int, ...]) -> Iterator[Explained]:
    """Yield the first of many events; the step above names every position."""
    shown = positions if len(positions) <= FEW else positions[: FEW - 1]
    yield from events(session, shown)
    if len(shown) < len(positions):
        yield Explained(T("… and {count} more", count=len(positions) - len(shown)))


def event_line(session: Session, record: Recorded, key: Key | None = None) -> Explained:
    """Return the step of one event: what was written, of which day, when, by whom, and from which file it came.

    key: a figure of a report, which is then shown with its own cell.
    """
    title = T(
        "#{position} {topic} on {day}, written {at} by {actor} as {role}",
        position=record.position,
        topic=record.topic,
        day=record.occurred_on,
        at=f"{record.recorded_at.astimezone(session.zone()):%Y-%m-%d %H:%M}",
        actor=record.actor,
        role=record.role,
    )
    event = record.event
    brought = _brought(event, key) if isinstance(event, ReportSubmitted | ReportCorrected) else ()
    return Explained(title, record.stream, (record.position,), (*_why(event), *brought))


def _why(event: Event) -> Iterator[Explained]:
    """Yield the reason that a person gave: of a correction, a return, an extension, what came of a finding."""
    reason: str = getattr(event, "reason", "")
    if reason:
        yield Explained(T("the reason given: {reason}", reason=reason))


def about_report(
    session: Session, records: Iterable[Recorded], report: str, key: Key | None = None
) -> Iterator[Explained]:
    """Yield every event of REPORT, with the file that it came in, and of the figure KEY the cell."""
    for record in records:
        if getattr(record.event, "report", "") == report:
            yield event_line(session, record, key)


def _brought(event: ReportSubmitted | ReportCorrected, key: Key | None) -> Iterator[Explained]:
    if key is None and event.source:
        where = " ".join((event.source, *event.cells))
        yield Explained(T("{count} figures came in a file", count=len(event.figures)), _hashed(where, event))
    for number, figure in enumerate(event.figures if key else ()):
        if (figure.indicator, figure.scope) == key:
            yield Explained(_said(figure), _cell_of(event, number), because=tuple(_adjusted(figure)))


def _said(figure: Figure) -> Text:
    return T("it said {value} {unit}, {status}", value=figure.value, unit=figure.unit, status=figure.status)


def _adjusted(figure: Figure) -> Iterator[Explained]:
    for adjustment in figure.adjustments:
        yield Explained(T("adjusted by {amount}: {reason}", amount=adjustment.amount, reason=adjustment.reason))


def _cell_of(event: ReportSubmitted | ReportCorrected, number: int) -> str:
    """Name the file and the cell in which figure NUMBER stood; only the file where a person had it on paper."""
    cells = spread(event.cells)
    sheet, _, cell = (cells[number] if number < len(cells) else "").rpartition("!")
    return _hashed(str(Place(event.source, sheet=sheet, cell=cell)), event)


def _hashed(where: str, event: ReportSubmitted | ReportCorrected) -> str:
    return f"{where} sha256 {event.source_sha256}" if event.source_sha256 else where


# --- looking things up -------------------------------------------------------------------------------------------


def stream_of(session: Session, entity: str) -> str:
    """Return the name of an entity's stream."""
    return f"entity:{session.key}/{entity}"


def proven_entity(session: Session, entity: str) -> EntityState:
    """Return the entity as its events alone tell it. Raises Problems (`not-enrolled`, `integrity-view`)."""
    if session.entity(entity) is None:
        whole(session.log, session.key)  # it may be hidden from this login
        message = T("{entity} is not enrolled", entity=entity)
        near = like_entity(entity, session.entity_ids())
        raise Problems([Problem("not-enrolled", message, near, Place(field="what"))])
    state: EntityState = replay.proven(session, EntityView, f"{session.key}/{entity}")
    return state


def proven_campaign(session: Session) -> CampaignState:
    """Return the campaign as its events alone tell it. Raises Problems where the stored row says otherwise."""
    return replay.proven(session, CampaignView, session.key) or CampaignState()


def name_of(session: Session, entity: str) -> str:
    """Return the entity's name, its id where it is not enrolled."""
    state = session.entity(entity)
    return state.name if state else entity


def missing(code: str, message: Text, word: str, known: Iterable[str]) -> Problems:
    """Return the problem that WORD, a part of what was asked for, is none of KNOWN."""
    choices = list(known)
    fix = nearest(word, choices) if choices else T("there is none yet")
    return Problems([Problem(code, message, fix, Place(field="what"))])
