"""Figures, reports, findings and targets of an entity: what holds, the cells and values it rests on, and the events."""

from collections.abc import Iterator

from campaign.app.session import Session
from campaign.app.steps import Explained, about_report, event_line, missing, proven_entity, some, stream_of
from campaign.domain.events import Recorded
from campaign.domain.reports import Key, Standing, current_figures
from campaign.domain.state import EntityState, FindingLine
from campaign.problems import T, Text


def figure(session: Session, name: str) -> Explained:
    """Explain the figures that hold of ENTITY/INDICATOR, or all of ENTITY. Raises Problems (`figure-unknown`)."""
    entity, _, indicator = name.partition("/")
    state = proven_entity(session, entity)
    holding = current_figures(state)
    found = {key: value for key, value in holding.items() if indicator in {"", key[0]}}
    if not found:
        message = T("{entity} has no figure {name}", entity=entity, name=indicator)
        raise missing("figure-unknown", message, indicator, {key[0] for key in holding})
    records = session.log.read(stream_of(session, entity))
    steps = (_holds(session, records, key, standing) for key, standing in found.items())
    return Explained(T("figures of {entity}", entity=state.name), because=tuple(steps))


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
    state = proven_entity(session, entity)
    if wanted not in state.reports:
        message = T("{entity} has no report {name}", entity=entity, name=wanted)
        raise missing("report-unknown", message, wanted, state.reports)
    line = state.reports[wanted]
    title = T("report {report} of {entity}: {status}", report=wanted, entity=state.name, status=line.status)
    records = session.log.read(stream_of(session, entity))
    return Explained(title, positions=(line.position,), because=tuple(about_report(session, records, wanted)))


def finding(session: Session, name: str) -> Explained:
    """Explain what ENTITY/FINDING compared, and what became of it. Raises Problems (`finding-unknown`)."""
    entity, _, wanted = name.partition("/")
    state = proven_entity(session, entity)
    if wanted not in state.findings:
        message = T("{entity} has no finding {name}", entity=entity, name=wanted)
        raise missing("finding-unknown", message, wanted, state.findings)
    line = state.findings[wanted]
    title = T("finding {name} of {entity}: {statement}", name=wanted, entity=state.name, statement=line.statement)
    records = session.log.read(stream_of(session, entity))
    own = (event_line(session, record) for record in records if getattr(record.event, "finding", "") == wanted)
    steps = (*_compared(session, line), *own)
    return Explained(title, f"{entity}/{line.report}" if line.report else "", (line.position,), steps)


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
    state = proven_entity(session, entity)
    if wanted not in state.targets:
        message = T("{entity} has no target {name}", entity=entity, name=wanted)
        raise missing("target-unknown", message, wanted, state.targets)
    records = session.log.read(stream_of(session, entity))
    steps = tuple(event_line(session, record) for record in records if _names(record, wanted))
    return Explained(_stands(state, wanted), positions=(state.targets[wanted].position,), because=steps)


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
