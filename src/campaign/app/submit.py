"""Reports handed in as a file: all of it in one atomic append, or nothing with every problem at its cell.

The same file again brings nothing new, until one of its reports is returned: then that one is a new receipt.
"""

from collections.abc import Container, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.domain import entity as entities
from campaign.domain.commands import Asked, Command, CorrectReport, SubmitReport
from campaign.domain.definition import Definition
from campaign.domain.events import Figure
from campaign.domain.figures import indicator_of
from campaign.domain.reports import current_figures
from campaign.domain.schedule import OWN_ACTS, owed
from campaign.domain.state import EntityState, ReportLine
from campaign.problems import Place, Problem, Problems, Refused, T

if TYPE_CHECKING:
    from campaign.files.csvrows import Progress
    from campaign.files.submission import Filed, Filing

Act: TypeAlias = Literal["submit", "resubmit", "correct", "same", "known"]
"""submit: a new report.  resubmit: it was returned.  correct: other figures than before.  same: the same figures, which
came otherwise.  known: this file brought them."""

NOTHING_NEW = frozenset({"same", "known"})


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the asker says beside the file.

    entity, obligation, period: for rows that do not say it.  reason: of corrections.  accepted: codes of what looks
    wrong and is right.  large: the file is known to be larger than most.  dry_run: decide, but write nothing.
    """

    entity: str = ""
    obligation: str = ""
    period: str = ""
    reason: str = ""
    accepted: frozenset[str] = frozenset()
    large: bool = False
    dry_run: bool = False


class Line(msgspec.Struct, frozen=True):
    """What one report of the file comes to."""

    entity: str
    report: str
    obligation: str
    period: str
    act: Act
    figures: int
    cells: tuple[str, ...]


class Checked(msgspec.Struct, frozen=True):
    """A file that may be handed in: what each report comes to, and what the reader should know."""

    file: str
    sha256: str
    lines: tuple[Line, ...]
    notices: tuple[Problem, ...]
    commands: tuple[SubmitReport | CorrectReport, ...]


class Submitted(msgspec.Struct, frozen=True):
    """What handing in came to; reply is None where the file brings nothing new."""

    checked: Checked
    reply: Reply | None


def check(session: Session, path: Path, terms: Terms | None = None, progress: "Progress | None" = None) -> Checked:
    """Look at the file at PATH as handing it in would, writing nothing. Raises Problems, all at once."""
    filing = _read(session, path, terms or Terms(), progress)
    return _plan(session, filing, terms or Terms())


def submit(
    session: Session,
    path: Path,
    who: Who,
    terms: Terms | None = None,
    *,
    progress: "Progress | None" = None,
) -> Submitted:
    """Hand in the file at PATH. Raises Problems, all at once; a refusal in the reply concerns the asker."""
    terms = terms or Terms()
    filing = _read(session, path, terms, progress)
    checked = _plan(session, filing, terms)
    if not checked.commands:
        return Submitted(checked, None)
    reply = handle(session, checked.commands, who, dry_run=terms.dry_run)
    if reply.refusal is not None and reply.refusal.permitted:
        now = _plan(session, filing, terms)
        if not now.commands:
            return Submitted(now, None)
    return Submitted(checked, reply)


def _read(session: Session, path: Path, terms: Terms, progress: "Progress | None") -> "Filing":
    from campaign.files.csvrows import silent
    from campaign.files.rows import Known
    from campaign.files.submission import load

    campaign = session.campaign()
    definition = session.context().definition
    if definition is None:
        message = T("the campaign has no definition")
        raise Problems([Problem("no-definition", message, T("adopt its folder with `campaign apply`"))])
    states = session.entities()
    known = Known(
        definition=definition,
        definition_sha256=campaign.adoptions[-1].sha256,
        entities=frozenset(states),
        levels=_levels(states, definition),
        entity=terms.entity,
        obligation=terms.obligation,
        period=terms.period,
        accepted=terms.accepted,
    )
    return load(path, known, progress or silent, large=terms.large)


def _levels(states: Mapping[str, EntityState], definition: Definition) -> dict[tuple[str, str, str], Decimal]:
    """Return the figures that hold, else those of the survey: a slip of unit shows beside them."""
    units = {entry.id for entry in definition.indicators}
    levels: dict[tuple[str, str, str], Decimal] = {}
    for name, state in states.items():
        for figure in state.baseline:
            levels[name, figure.indicator, figure.scope] = figure.value
        for (indicator, scope), (figure, *_) in current_figures(state).items():
            if indicator in units:
                levels[name, indicator, scope] = figure.value
    return levels


def doubts(session: Session, command: Command, accepted: Container[str] = ()) -> list[Problem]:
    """Return what a unit would explain about figures that a person typed, beside those that hold before them.

    accepted: codes of doubts without ground.  The figures of a file are looked at where the file is read.
    """
    from campaign.files.numbers import out_of_scale

    if not isinstance(command, SubmitReport | CorrectReport):
        return []
    definition, state = session.context().definition, session.entity(command.entity)
    if definition is None or state is None:
        return []
    levels = _levels({command.entity: state}, definition)
    found = []
    for figure in command.figures:
        indicator = indicator_of(definition, figure.indicator)
        level = levels.get((command.entity, figure.indicator, figure.scope))
        wrong = out_of_scale(figure.value, level, indicator) if indicator and level is not None else None
        if wrong is not None and wrong.code not in accepted:
            found.append(Problem(wrong.code, wrong.message, wrong.fix, Place(field="figures")))
    return found


def report_id(obligation: str, period: str) -> str:
    """Return the id under which a file's report is kept."""
    return f"{obligation}-{period}"


def _plan(session: Session, filing: "Filing", terms: Terms) -> Checked:
    states, context = session.entities(), session.context()
    today = session.today(context.definition)
    asked = Asked("", "", today, today)
    lines: list[Line] = []
    commands: list[SubmitReport | CorrectReport] = []
    problems: list[Problem] = []
    for filed in filing.filed:
        state = states[filed.entity]
        earlier = _earlier(state, filed)
        act = _act(earlier, filed, filing.sha256)
        report = earlier.report if earlier else report_id(filed.obligation, filed.period)
        lines.append(_line(filed, report, act))
        if act in NOTHING_NEW:
            continue
        command = _command(filing, filed, report, act, terms.reason)
        answer = entities.decide(command, state, context, asked)
        if isinstance(answer, Refused):
            problems += [_at(filing, filed, reason, act) for reason in answer.reasons]
        commands.append(command)
    if problems:
        raise Problems(problems)
    return Checked(filing.file, filing.sha256, tuple(lines), filing.notices, tuple(commands))


def _line(filed: "Filed", report: str, act: Act) -> Line:
    return Line(filed.entity, report, filed.obligation, filed.period, act, len(filed.figures), filed.cells)


def _earlier(state: EntityState, filed: "Filed") -> ReportLine | None:
    wanted = (filed.obligation, filed.period)
    return next((line for line in state.reports.values() if (line.obligation, line.period) == wanted), None)


def _act(earlier: ReportLine | None, filed: "Filed", sha256: str) -> Act:
    if earlier is None:
        return "submit"
    if earlier.status == "returned":
        return "resubmit"
    if sha256 in earlier.files:
        return "known"
    return "same" if _by_key(earlier.figures) == _by_key(filed.figures) else "correct"


def _by_key(figures: tuple[Figure, ...]) -> dict[tuple[str, str], Figure]:
    return {(figure.indicator, figure.scope): figure for figure in figures}


def _command(filing: "Filing", filed: "Filed", report: str, act: Act, reason: str) -> SubmitReport | CorrectReport:
    if act == "correct":
        return CorrectReport(filed.entity, report, filed.figures, reason, filing.file, filing.sha256, filed.cells)
    return SubmitReport(
        filed.entity,
        report,
        filed.obligation,
        filed.period,
        filed.figures,
        filing.file,
        filing.sha256,
        filed.cells,
    )


def _at(filing: "Filing", filed: "Filed", reason: Problem, act: Act) -> Problem:
    """Bring a reason to the cell of its figure, or to the first one of its report."""
    from campaign.files.cells import spread

    if act == "correct" and reason.code == "text-missing":
        message = T("{entity} has handed in other figures for {period}", entity=filed.entity, period=filed.period)
        reason = Problem("report-exists", message, T("say with --reason why they are corrected"))
    cells = spread(filed.cells)
    sheet, _, cell = cells[_figure_number(reason.place.field)].rpartition("!")
    return reason.at(Place(filing.file, sheet=sheet, cell=cell, field=filed.entity))


def _figure_number(field: str) -> int:
    """Read the 3 of `figures[3].unit`."""
    inside = field.partition("[")[2].partition("]")[0]
    return int(inside) if field.startswith("figures[") and inside.isdecimal() else 0


def template(session: Session, entity: str, obligation: str, period: str, *, whole: bool = False) -> bytes:
    """Return the workbook for ENTITY, or, as a WHOLE, for a prefecture and everyone in it who owes the same.

    Raises Problems: no-definition, unknown-entity, unknown-obligation, unknown-period, not-its-duty.
    """
    from campaign.files import template as templates

    definition = session.context().definition
    if definition is None:
        message = T("the campaign has no definition")
        raise Problems([Problem("no-definition", message, T("adopt its folder with `campaign apply`"))])
    states = session.entities()
    chosen = _members(states, entity, whole=whole)
    own = {entry.id: entry for entry in definition.obligations if entry.act in OWN_ACTS}
    if obligation not in own:
        raise _unknown("obligation", obligation, own)
    listed = [name for name in chosen if period in _periods(states[name], definition, obligation)]
    if not listed:
        raise _not_owed(states[entity], definition, obligation, period)
    order = templates.Order(
        definition=definition,
        definition_sha256=session.campaign().adoptions[-1].sha256,
        obligation=own[obligation],
        period=period,
        entities=tuple((name, states[name].name) for name in listed),
    )
    return templates.write(order)


def _members(states: Mapping[str, EntityState], entity: str, *, whole: bool) -> list[str]:
    if entity not in states:
        raise _unknown("entity", entity, states)
    within = [name for name, state in states.items() if whole and state.prefecture == entity and state.exit is None]
    return [entity, *within]


def _periods(state: EntityState, definition: Definition, obligation: str) -> list[str]:
    listed = owed(definition, state.groups, state.voluntary)
    return [entry.period for entry in listed if entry.obligation == obligation]


def _not_owed(state: EntityState, definition: Definition, obligation: str, period: str) -> Problems:
    periods = _periods(state, definition, obligation)
    if periods:
        return _unknown("period", period, periods)
    message = T("{obligation} is not a duty of {entity}", obligation=obligation, entity=state.entity)
    return Problems([Problem("not-its-duty", message, T("look at `campaign report mine`"), Place(field="obligation"))])


def _unknown(what: str, name: str, known: "Mapping[str, object] | list[str]") -> Problems:
    from campaign.problems import like_entity, nearest

    near = like_entity if what == "entity" else nearest
    message = T("{what} {name} is not known", what=what, name=name)
    return Problems([Problem(f"unknown-{what}", message, near(name, known), Place(field=what))])
