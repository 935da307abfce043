"""From a result down to clause, rule, figure and event: every step names the positions of the events behind it."""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from campaign.app import assess, replay
from campaign.app.session import Session
from campaign.domain import gates
from campaign.domain.events import Recorded
from campaign.domain.reports import current_figures
from campaign.domain.state import CampaignState, EntityState
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text, like_entity, nearest
from campaign.readmodels.views import CampaignView, EntityView
from campaign.rules.reasons import AwardSeen, Because, Explanation, Fact, RuleSeen

FEW = 4
LONG_FRACTION = re.compile(r"(\d\.\d{10})\d+")


class Explained(msgspec.Struct, frozen=True):
    """One step: what holds, where that is written, the events it rests on, and the steps beneath it."""

    what: Text
    where: str = ""
    positions: tuple[int, ...] = ()
    because: tuple["Explained", ...] = ()


def explain(session: Session, what: str) -> Explained:
    """Explain WHAT: award:ID, rank:RUN/ENTITY, gate:ENTITY, figure:ENTITY/INDICATOR, target:ENTITY/TARGET,
    report:ENTITY/REPORT or event:POSITION.

    Raises Problems (`unknown-result`, and of the part that is not there).
    """  # noqa: D205 -- the forms fill two lines
    kind, _, rest = what.partition(":")
    if kind not in _KINDS or not rest:
        forms = ", ".join(f"{name}:{form}" for name, (form, _) in _KINDS.items())
        message = T("{what} names no result", what=what)
        raise Problems(
            [Problem("unknown-result", message, T("write one of {forms}", forms=forms), Place(field="what"))]
        )
    return _KINDS[kind][1](session, rest)


# --- awards and ranks --------------------------------------------------------------------------------------------


def _award(session: Session, name: str) -> Explained:
    awards = _campaign(session).awards
    if name not in awards:
        message = T("there is no award {award}", award=name)
        fix = nearest(name, awards) if awards else T("put one forward with `campaign award propose`")
        raise Problems([Problem("award-unknown", message, fix, Place(field="what"))])
    award = awards[name]
    title = T(
        "award {award}: {amount} yuan to {entity}, {status}",
        award=name,
        amount=award.amount_yuan,
        entity=_name(session, award.entity),
        status=award.status,
    )
    decided = (award.decided_position,) if award.decided_position else ()
    steps = (
        *_events(session, (award.position, *decided)),
        _rank(session, f"{award.run}/{award.entity}"),
    )
    return Explained(title, positions=(award.position, *decided), because=steps)


def _rank(session: Session, name: str) -> Explained:
    run, _, entity = name.rpartition("/")
    _campaign(session)
    recorded = assess.run_of(session, run)
    found = assess.reasons(session, recorded, entity)
    title = T(
        "{entity} in run {run} ({basis} figures, log position {at})",
        entity=_name(session, entity),
        run=recorded.run,
        basis=recorded.basis,
        at=recorded.log_position,
    )
    where = f"{found.scheme} sha256 {found.sha256} {found.clause}"
    return Explained(title, where, (recorded.position,), tuple(_reasons(session, found)))


def _reasons(session: Session, found: Explanation) -> Iterator[Explained]:
    if found.notice:
        yield Explained(T("note: {notice}", notice=found.notice))
    if found.award is not None:
        yield _paid(found.award)
    for because in found.because:
        yield _because(because, found.scheme)
    for near in found.nearer:
        yield Explained(
            T(
                "{input} {change} would reach {what} {reaches}",
                input=near.input,
                change=near.change,
                what=near.decision,
                reaches=near.reaches,
            )
        )
    for fact in found.given:
        yield _fact(session, fact)


def _paid(award: AwardSeen) -> Explained:
    title = T("paid {award} of {claimed} claimed", award=award.award, claimed=award.claimed)
    steps = [Explained(T("{name} = {value}", name=fact.label or fact.name, value=fact.value)) for fact in award.of]
    if award.pool:
        steps.append(
            Explained(
                T(
                    "pool {pool}, claims {claims}, factor {factor}, remainder {remainder}",
                    pool=award.pool,
                    claims=award.pool_claimed,
                    factor=brief(award.factor or "1"),
                    remainder=award.remainder or "0",
                )
            )
        )
    steps += [Explained(T("stopped: {because}", because=because)) for because in award.stopped]
    return Explained(title, award.clause, because=tuple(steps))


def _because(because: Because, scheme: str) -> Explained:
    where = _where(scheme, because.line, because.clause)
    return Explained(_holds(because), where, because=tuple(_steps(because, scheme)))


def _holds(because: Because) -> Text:
    name, holds = because.label or because.name, because.value == "true"
    match because.how:
        case "veto" if holds:
            return T("veto: {name}", name=name)
        case "veto":
            return T("no veto: {name}", name=name)
        case "gate" if holds:
            return T("gate open: not {name}", name=name)
        case "gate":
            return T("gate shut: {name}", name=name)
        case _:
            return T("{name} = {value}", name=name, value=brief(because.value))


def _where(scheme: str, line: int, clause: str) -> str:
    """Name the line of the scheme's own text, whatever file it was once read from."""
    return f"{scheme}.yaml:{line} {clause}".strip() if line else clause


def brief(text: str) -> str:
    """Cut what lies beyond ten decimal places of a quotient, and mark the cut; machine output keeps every digit."""
    return LONG_FRACTION.sub(r"\1…", text)


def _steps(because: Because, scheme: str) -> Iterator[Explained]:
    if because.formula:
        yield Explained(T("{formula}  →  {reckoned}", formula=because.formula, reckoned=brief(because.reckoned)))
    for rule in because.matched:
        yield Explained(_matched(rule), _where(scheme, rule.line, rule.clause))
    if because.place is not None:
        yield Explained(T("rank {rank} of {of}", rank=because.place.rank, of=because.place.of))
    if because.rounding is not None:
        rounding = because.rounding
        yield Explained(
            T(
                "rounded from {before} to {digits} digits, {mode}",
                before=brief(rounding.before),
                digits=rounding.digits,
                mode=rounding.mode,
            )
        )
    for hand in because.by_hand:
        yield Explained(
            T(
                "adjusted by {amount}, by {authority}: {reason}",
                amount=hand.amount,
                authority=hand.authority,
                reason=hand.reason,
            )
        )


def _matched(rule: RuleSeen) -> Text:
    cells = "; ".join(f"{cell.column} {cell.test} ({brief(cell.value)})" for cell in rule.cells if cell.test != "-")
    if rule.note:
        return T("rule {number} ({note}): {cells}", number=rule.number, note=rule.note, cells=cells)
    return T("rule {number}: {cells}", number=rule.number, cells=cells)


def _fact(session: Session, fact: Fact) -> Explained:
    positions = tuple(int(mark.removeprefix("#")) for mark in fact.origin.split())
    title = T("given {name} = {value}", name=fact.label or fact.name, value=brief(fact.value))
    return Explained(title, positions=positions, because=tuple(_some(session, positions)))


def _some(session: Session, positions: tuple[int, ...]) -> Iterator[Explained]:
    """Show the first of many events; the step above names every position."""
    shown = positions if len(positions) <= FEW else positions[: FEW - 1]
    yield from _events(session, shown)
    if len(shown) < len(positions):
        yield Explained(T("… and {count} more", count=len(positions) - len(shown)))


# --- what one entity shows ---------------------------------------------------------------------------------------


def _gate(session: Session, entity: str) -> Explained:
    state = _entity(session, entity)
    context, today = session.context(), session.today()
    standings = gates.examine(state, context, state.phase, today, today)
    steps = tuple(
        Explained(
            T("{gate}: {verdict}", gate=standing.gate.label or standing.gate.id, verdict=standing.verdict),
            standing.gate.clause,
            because=tuple(Explained(text) for text in (standing.why, _remedy(standing)) if text.template),
        )
        for standing in standings
    )
    return Explained(T("{entity} stands in {phase}", entity=state.name, phase=state.phase), because=steps)


def _remedy(standing: gates.GateStanding) -> Text:
    return NOTHING if standing.verdict == "met" else standing.remedy


def _figure(session: Session, name: str) -> Explained:
    entity, _, indicator = name.partition("/")
    state = _entity(session, entity)
    found = {key: value for key, value in current_figures(state).items() if indicator in {"", key[0]}}
    if not found:
        known = {key[0] for key in current_figures(state)}
        raise _missing(
            "figure-unknown", T("{entity} has no figure {name}", entity=entity, name=indicator), indicator, known
        )
    steps = []
    for (key, scope), (figure, period, report, position) in found.items():
        title = T(
            "{indicator} ({scope}, {period}) = {value} {unit}, {status}",
            indicator=key,
            scope=scope,
            period=period,
            value=figure.value,
            unit=figure.unit,
            status=figure.status,
        )
        steps.append(Explained(title, report, (position,), tuple(_about_report(session, state, report))))
    return Explained(T("figures of {entity}", entity=state.name), because=tuple(steps))


def _report(session: Session, name: str) -> Explained:
    entity, _, report = name.partition("/")
    state = _entity(session, entity)
    if report not in state.reports:
        raise _missing(
            "report-unknown", T("{entity} has no report {name}", entity=entity, name=report), report, state.reports
        )
    line = state.reports[report]
    title = T("report {report} of {entity}: {status}", report=report, entity=state.name, status=line.status)
    return Explained(title, positions=(line.position,), because=tuple(_about_report(session, state, report)))


def _about_report(session: Session, state: EntityState, report: str) -> Iterator[Explained]:
    for record in session.log.read(_stream(session, state.entity)):
        if getattr(record.event, "report", "") == report:
            yield _event_line(session, record)


def _target(session: Session, name: str) -> Explained:
    entity, _, target = name.partition("/")
    state = _entity(session, entity)
    if target not in state.targets:
        raise _missing(
            "target-unknown", T("{entity} has no target {name}", entity=entity, name=target), target, state.targets
        )
    line = state.targets[target]
    title = T(
        "target {target} of {entity}: {operator} {value} {unit}, {status}",
        target=target,
        entity=state.name,
        operator=line.target.operator,
        value=line.target.value if line.target.value is not None else line.target.text,
        unit=line.target.unit,
        status=line.status,
    )
    records = session.log.read(_stream(session, entity))
    steps = tuple(_event_line(session, record) for record in records if _names_target(record, target))
    return Explained(title, positions=(line.position,), because=steps)


def _names_target(record: Recorded, target: str) -> bool:
    named = getattr(record.event, "target", "")
    return target == getattr(named, "target", named)


# --- events ------------------------------------------------------------------------------------------------------


def _event(session: Session, position: str) -> Explained:
    head = session.log.head()
    if not position.isdecimal() or not 1 <= int(position) <= head:
        message = T("there is no position {position}; the log ends at {head}", position=position, head=head)
        raise Problems([Problem("no-such-position", message, T("name one from 1 to it"), Place(field="what"))])
    return next(_events(session, (int(position),)))


def _events(session: Session, positions: Iterable[int]) -> Iterator[Explained]:
    for position in sorted(set(positions)):
        yield from (_event_line(session, record) for record in session.log.scan(position - 1, position))


def _event_line(session: Session, record: Recorded) -> Explained:
    title = T(
        "#{position} {topic} on {day}, written {at} by {actor} as {role}",
        position=record.position,
        topic=record.topic,
        day=record.occurred_on,
        at=f"{record.recorded_at.astimezone(session.zone()):%Y-%m-%d %H:%M}",
        actor=record.actor,
        role=record.role,
    )
    return Explained(title, record.stream, (record.position,))


# --- looking things up -------------------------------------------------------------------------------------------


def _stream(session: Session, entity: str) -> str:
    return f"entity:{session.key}/{entity}"


def _entity(session: Session, entity: str) -> EntityState:
    states = session.entities()
    if entity not in states:
        message = T("{entity} is not enrolled", entity=entity)
        raise Problems([Problem("not-enrolled", message, like_entity(entity, states), Place(field="what"))])
    state: EntityState = replay.proven(session, EntityView, f"{session.key}/{entity}")
    return state


def _campaign(session: Session) -> CampaignState:
    """Return the campaign as its events alone tell it. Raises Problems where the stored row says otherwise."""
    return replay.proven(session, CampaignView, session.key) or CampaignState()


def _name(session: Session, entity: str) -> str:
    state = session.entities().get(entity)
    return state.name if state else entity


def _missing(code: str, message: Text, word: str, known: Iterable[str]) -> Problems:
    return Problems([Problem(code, message, nearest(word, known), Place(field="what"))])


_KINDS: dict[str, tuple[str, Callable[[Session, str], Explained]]] = {
    "award": ("ID", _award),
    "rank": ("RUN/ENTITY", _rank),
    "gate": ("ENTITY", _gate),
    "figure": ("ENTITY/INDICATOR", _figure),
    "target": ("ENTITY/TARGET", _target),
    "report": ("ENTITY/REPORT", _report),
    "event": ("POSITION", _event),
}
