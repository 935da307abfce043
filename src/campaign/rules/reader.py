"""A scheme's text to its model: everything declared, checked, ordered and proven, or every problem at once."""

from collections.abc import Iterable

from campaign.problems import Problem, Problems, T
from campaign.rules import formulas, grouping, tables
from campaign.rules.casework import cases
from campaign.rules.draft import Draft
from campaign.rules.findings import prove
from campaign.rules.kinds import normal
from campaign.rules.model import Headings, Model, Stage, Step, Table
from campaign.rules.order import cycle, reads, staged
from campaign.rules.written import Fields, Sheet
from campaign.source import parse

KEYS = (
    "scheme",
    "title",
    "source",
    "clause",
    "version",
    "notice",
    "rounding",
    "inputs",
    "constants",
    "functions",
    "calculations",
    "decisions",
    "columns",
    "rankings",
    "prizes",
    "vetoes",
    "gates",
    "assessment",
    "cases",
)
MAX_STEPS = 300


def read(text: str, file: str) -> Model:
    """Read a scheme. Raises Problems with everything wrong."""
    sheet = Sheet(text, file)
    draft = Draft(sheet)
    fields = sheet.fields(parse(text, file), KEYS, ("scheme", "inputs"))
    _rounding(draft, fields)
    _declare(draft, fields)
    shown = sheet.fields(fields.get("assessment"), ("group", "score", "rank", "grade", "award"))
    headings = grouping.headings(draft, shown)
    grouping.prizes(draft, fields.get("prizes"))
    steps = _finish(draft)
    award = grouping.award(draft, shown.get("award"))
    _money_stated(draft, fields)
    title, source, clause = (_line(sheet, fields, key) for key in ("title", "source", "clause"))
    model = Model(
        _line(sheet, fields, "scheme"),
        title,
        source,
        clause,
        _line(sheet, fields, "version"),
        _line(sheet, fields, "notice"),
        file,
        draft.inputs,
        draft.constants,
        _staged(draft, steps, headings),
        headings,
        award,
        cases(draft, fields.get("cases")),
    )
    if not sheet.problems:
        prove(draft, model)
    if sheet.problems:
        raise Problems(_in_order(sheet.problems))
    return model


def _in_order(problems: list[Problem]) -> Iterable[Problem]:
    """Return the problems by their places, each once: some parts are read for more than one purpose."""
    ordered = sorted(problems, key=lambda problem: (problem.place.line, problem.place.column))
    return {(problem.place, problem.code, str(problem.message)): problem for problem in ordered}.values()


def _line(sheet: Sheet, fields: Fields, key: str) -> str:
    return " ".join(sheet.word(fields, key).split())


def _rounding(draft: Draft, fields: Fields) -> None:
    """Read how amounts of money are rounded."""
    if "rounding" in fields:
        inner = draft.sheet.fields(fields["rounding"], ("money", "digits"), ("money", "digits"))
        draft.money = draft.rounded(inner, "money")


def _money_stated(draft: Draft, fields: Fields) -> None:
    node = draft.money_used
    if node is not None and "rounding" not in fields:
        fix = T("write `rounding: {money: half_even, digits: 2}` at the top")
        draft.sheet.complain("rounding-unstated", T("how money is rounded must be stated"), fix, node.line, node.column)


def _declare(draft: Draft, fields: Fields) -> None:
    formulas.inputs(draft, fields.get("inputs"))
    formulas.constants(draft, fields.get("constants"))
    formulas.functions(draft, fields.get("functions"))
    formulas.calculations(draft, fields.get("calculations"))
    for name, node in draft.sheet.entries(fields.get("decisions")).items():
        tables.declare(draft, normal(name), node)
    grouping.columns(draft, fields.get("columns"))
    grouping.rankings(draft, fields.get("rankings"))
    grouping.conditions(draft, fields.get("vetoes"), "veto")
    grouping.conditions(draft, fields.get("gates"), "gate")


def _finish(draft: Draft) -> list[Step]:
    if len(draft.later) > MAX_STEPS:
        message = T("more than {limit} calculations and decisions", limit=MAX_STEPS)
        draft.sheet.complain("scheme-too-large", message, T("part the scheme"), 1, 1)
        return []
    return [step for finish in draft.later if (step := finish()) is not None]


def _staged(draft: Draft, steps: list[Step], headings: Headings) -> tuple[Stage, ...]:
    always = {headings.group} if headings.group else set()
    stoppers = {step.name for step in steps if step.name.startswith(("veto.", "gate."))}
    needs: dict[str, set[str]] = {}
    for step in steps:
        names = {output.name for output in step.outputs} if isinstance(step, Table) else {step.name}
        needs.update(dict.fromkeys(names, reads(step, always, stoppers)))
    path = cycle(needs)
    if path:
        line, column = draft.places[path[0]]
        message = T("{path} need each other", path=" → ".join(path))
        draft.sheet.complain("cycle", message, T("break the circle"), line, column)
        return ()
    return staged(steps, always, stoppers)
