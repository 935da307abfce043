"""Figures, reports, findings and targets of an entity: what holds, the cells and values it rests on, and the events."""

from collections.abc import Iterator
from typing import NamedTuple

from campaign.app.session import Session
from campaign.app.steps import Explained, about_report, event_line, missing, proven_entity, some, stream_of
from campaign.domain.events import Recorded
from campaign.domain.reports import Key, Standing, current_figures
from campaign.domain.state import EntityState, FindingLine
from campaign.problems import T, Text


class Look(NamedTuple):
    """An entity that is looked at, as its events alone tell it, with their records."""

    session: Session
    state: EntityState
    records: list[Recorded]


def look(session: Session, entity: str) -> Look:
    """Look at ENTITY. Raises Problems (`not-enrolled`, `integrity-view`)."""
    return Look(session, proven_entity(session, entity), session.log.read(stream_of(session, entity)))


def results(at: Look) -> Iterator[tuple[str, str, Explained]]:
    """Yield everything of an entity that is explained here: what it is, how it stands, and why."""
    entity, state = at.state.entity, at.state
    for indicator in dict.fromkeys(name for name, _ in current_figures(state)):
        yield f"figure:{entity}/{indicator}", "", _figures(at, indicator)
    for name, line in state.targets.items():
        yield f"target:{entity}/{name}", line.status, _target(at, name)
    for name, reported in state.reports.items():
        yield f"report:{entity}/{name}", reported.status, _report(at, name)
    for name, raised in state.findings.items():
        yield f"finding:{entity}/{name}", raised.status, _finding(at, name)


def figure(session: Session, name: str) -> Explained:
    """Explain the figures that hold of ENTITY/INDICATOR, or all of ENTITY. Raises Problems (`figure-unknown`)."""
    entity, _, indicator = name.partition("/")
    at = look(session, entity)
    known = {key[0] for key in current_figures(at.state)}
    if not known & {indicator or key for key in known}:
        message = T("{entity} has no figure {name}", entity=entity, name=indicator)
        raise missing("figure-unknown", message, indicator, known)
    return _figures(at, indicator)


def _figures(at: Look, indicator: str) -> Explained:
    found = {key: value for key, value in current_figures(at.state).items() if indicator in {"", key[0]}}
    steps = (_holds(at.session, at.records, key, standing) for key, standing in found.items())
    return Explained(T("figures of {entity}", entity=at.state.name), because=tuple(steps))


def _holds(session: Session, records: list[Recorded], key: Key, standing: Standing) -> Explained:
    held, period, report, position = standing
    title = T(
        "{indicator} ({scope}, {period}) = {value} {unit}, {status}",
        indicator=key[0],
        scope=key[1],
        period=period,
        value=held.value,
        unit=held.unit,
        status=held.status,
    )
    return Explained(title, report, (position,), tuple(about_report(session, records, report, key)))


def report(session: Session, name: str) -> Explained:
    """Explain how ENTITY/REPORT came to stand as it does. Raises Problems (`report-unknown`)."""
    entity, _, wanted = name.partition("/")
    at = look(session, entity)
    if wanted not in at.state.reports:
        message = T("{entity} has no report {name}", entity=entity, name=wanted)
        raise missing("report-unknown", message, wanted, at.state.reports)
    return _report(at, wanted)


def _report(at: Look, name: str) -> Explained:
    line = at.state.reports[name]
    title = T("report {report} of {entity}: {status}", report=name, entity=at.state.name, status=line.status)
    return Explained(title, positions=(line.position,), because=tuple(about_report(at.session, at.records, name)))


def finding(session: Session, name: str) -> Explained:
    """Explain what ENTITY/FINDING compared, and what became of it. Raises Problems (`finding-unknown`)."""
    entity, _, wanted = name.partition("/")
    at = look(session, entity)
    if wanted not in at.state.findings:
        message = T("{entity} has no finding {name}", entity=entity, name=wanted)
        raise missing("finding-unknown", message, wanted, at.state.findings)
    return _finding(at, wanted)


def _finding(at: Look, name: str) -> Explained:
    line, entity = at.state.findings[name], at.state
    title = T("finding {name} of {entity}: {statement}", name=name, entity=entity.name, statement=line.statement)
    own = (event_line(at.session, record) for record in at.records if getattr(record.event, "finding", "") == name)
    steps = (*_compared(at.session, line), *own)
    return Explained(title, f"{entity.entity}/{line.report}" if line.report else "", (line.position,), steps)


def _compared(session: Session, line: FindingLine) -> Iterator[Explained]:
    definition = session.context().definition
    for check in definition.checks if definition else ():
        if check.id == line.check:
            yield Explained(T("raised by the check {check}", check=check.label), check.clause)
    yield from (Explained(T("it compared {value}", value=value)) for value in line.values)
    if line.threshold:
        yield Explained(T("against {threshold}", threshold=line.threshold))
    if line.events:
        yield Explained(T("it rests on"), positions=line.events, because=tuple(some(session, line.events)))


def target(session: Session, name: str) -> Explained:
    """Explain how ENTITY/TARGET came to stand as it does. Raises Problems (`target-unknown`)."""
    entity, _, wanted = name.partition("/")
    at = look(session, entity)
    if wanted not in at.state.targets:
        message = T("{entity} has no target {name}", entity=entity, name=wanted)
        raise missing("target-unknown", message, wanted, at.state.targets)
    return _target(at, wanted)


def _target(at: Look, name: str) -> Explained:
    steps = tuple(event_line(at.session, record) for record in at.records if _names(record, name))
    return Explained(_stands(at.state, name), positions=(at.state.targets[name].position,), because=steps)


def _stands(state: EntityState, name: str) -> Text:
    line = state.targets[name]
    return T(
        "target {target} of {entity}: {operator} {value} {unit}, {status}",
        target=name,
        entity=state.name,
        operator=line.target.operator,
        value=line.target.value if line.target.value is not None else line.target.text,
        unit=line.target.unit,
        status=line.status,
    )


def _names(record: Recorded, target: str) -> bool:
    named = getattr(record.event, "target", "")
    return target == getattr(named, "target", named)
