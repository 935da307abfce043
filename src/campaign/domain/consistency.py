"""What a well-formed definition may still have wrong: every problem at once, each at its path.

`check` finds what makes a definition unusable; `notices` finds what is allowed but should be known.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise

from campaign.domain import account_rules, register_rules
from campaign.domain.calendar import SATURDAY, calendar_of
from campaign.domain.commands import COMMANDS
from campaign.domain.definition import Check, Definition, Gate, Group, Obligation, Phase, Window
from campaign.domain.references import duplicates, unknowns
from campaign.domain.schedule import scheduled, window_of
from campaign.problems import Place, Problem, T, Text

FIRST_YEAR, LAST_YEAR = 1949, 2200
"""The years that a calendar can be published for."""

LONGEST_DAYS = 3660
"""A limit of the software: no campaign lasts ten years, so a longer window is a slip of the pen."""

SECOND_HALF = 28
"""Days from here on do not exist in every month, so only the second of two may lie there."""

PARAMETERS: dict[Check, str] = {
    Check.TARGET_FIXED: "indicators",
    Check.OBLIGATIONS_MET: "obligations",
    Check.MEETING_HELD: "meeting",
    Check.DATE_REACHED: "on",
}
"""The one key that each of these checks reads, where it is given."""

HEX = frozenset("0123456789abcdef")
SHA256_DIGITS = 64


def check(definition: Definition) -> list[Problem]:
    """Return everything that makes DEFINITION unusable, each with the path of its place in `place.field`."""
    found = list(chain(duplicates(definition), unknowns(definition), *(part(definition) for part in _PARTS)))
    if not found:
        found.extend(_schedules(definition))
    return found


def notices(definition: Definition) -> list[Problem]:
    """Return what is allowed but should be known: provisional years (R-60) and commands that nobody may give (R-03)."""
    return [*_provisional(definition), *_nobody(definition), *account_rules.notices(definition)]


def problem(code: str, message: Text, fix: Text, path: str) -> Problem:
    """Make a problem of the definition's PATH."""
    return Problem(code, message, fix, Place(field=path))


# --- dates -------------------------------------------------------------------------------------------------------


def _window(definition: Definition) -> Iterator[Problem]:
    window = definition.campaign.window
    strange = [(name, day) for name, day in (("from", window.from_), ("to", window.to)) if not _sensible(day.year)]
    for name, day in strange:
        message = T("the year of {day} lies outside {first} to {last}", day=day, first=FIRST_YEAR, last=LAST_YEAR)
        yield problem("window-year", message, T("correct the year"), f"campaign.window.{name}")
    if not strange and (window.to - window.from_).days > LONGEST_DAYS:
        message = T("the window has more than {limit} days", limit=LONGEST_DAYS)
        yield problem("window-too-long", message, T("correct the year"), "campaign.window.to")


def _sensible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _spans(definition: Definition) -> Iterator[tuple[str, date | None, date | None]]:
    """Yield every pair of dates with its path."""
    yield "campaign.window", definition.campaign.window.from_, definition.campaign.window.to
    for path, days in _bounded(definition):
        yield path, days["from"], days["to"]
    for number, rest in enumerate(definition.calendar.rest_days):
        yield f"calendar.rest_days[{number}]", rest.from_, rest.to
    for number, held in enumerate(definition.assignments):
        yield f"assignments[{number}]", held.from_, held.to


def _bounded(definition: Definition) -> Iterator[tuple[str, dict[str, date | None]]]:
    """Yield what has to lie within the campaign's window: stages, phases, obligations."""
    for number, stage in enumerate(definition.stages):
        yield f"stages[{number}]", {"from": stage.from_, "to": stage.to}
    for number, phase in enumerate(definition.phases):
        yield f"phases[{number}]", {"from": phase.from_, "to": phase.to}
    for number, duty in enumerate(definition.obligations):
        yield f"obligations[{number}]", {"from": duty.from_, "to": duty.to}


def _single_days(definition: Definition) -> Iterator[tuple[str, date | None]]:
    """Yield every other day that has to lie within the campaign's window."""
    for number, duty in enumerate(definition.obligations):
        yield f"obligations[{number}].on", duty.on
    for number, meeting in enumerate(definition.meetings):
        yield f"meetings[{number}].on", meeting.on
    for path, gate in _gates(definition):
        yield f"{path}.on", gate.on
    for number, register in enumerate(definition.registers):
        yield f"registers[{number}].due_on", register.due_on


def _reversed(definition: Definition) -> Iterator[Problem]:
    for path, first, last in _spans(definition):
        if first and last and last < first:
            message = T("{last} comes before {first}", last=last, first=first)
            yield problem("dates-reversed", message, T("exchange the two dates"), f"{path}.to")


def _outside(definition: Definition) -> Iterator[Problem]:
    window = definition.campaign.window
    days = chain(
        ((f"{path}.{end}", day) for path, ends in _bounded(definition) for end, day in ends.items()),
        _single_days(definition),
    )
    for path, day in days:
        if day and not window.from_ <= day <= window.to:
            message = T("{day} lies outside the campaign's window", day=day)
            fix = T("choose a day from {first} to {last}, or widen the window", first=window.from_, last=window.to)
            yield problem("outside-window", message, fix, path)


def _stages(definition: Definition) -> Iterator[Problem]:
    stages = {stage.id: stage for stage in definition.stages}
    for number, phase in enumerate(definition.phases):
        stage = stages.get(phase.stage)
        if stage is None:
            continue
        for name, day in (("from", phase.from_), ("to", phase.to)):
            if not stage.from_ <= day <= stage.to:
                message = T("{day} lies outside the stage {stage}", day=day, stage=stage.id)
                fix = T("choose a day from {first} to {last}", first=stage.from_, last=stage.to)
                yield problem("outside-stage", message, fix, f"phases[{number}].{name}")


# --- phases and gates --------------------------------------------------------------------------------------------


def _gates(definition: Definition) -> Iterator[tuple[str, Gate]]:
    for number, phase in enumerate(definition.phases):
        for place, gate in enumerate(phase.gates):
            yield f"phases[{number}].gates[{place}]", gate


def _ways(phases: tuple[Phase, ...]) -> dict[str, tuple[str, ...]]:
    """Return where each phase leads: what it names, or else the phase listed after it."""
    following = {phase.id: (after.id,) for phase, after in pairwise(phases)}
    return {phase.id: following.get(phase.id, ()) if phase.next is None else phase.next for phase in phases}


def _phases(definition: Definition) -> Iterator[Problem]:
    phases = definition.phases
    if not phases:
        yield problem("no-phases", T("there is no phase"), T("list at least one"), "phases")
        return
    if len({phase.id for phase in phases}) < len(phases):
        return
    leads = _ways(phases)
    reached = _reach([phases[0].id], leads)
    for number, phase in enumerate(phases):
        if phase.id not in reached:
            message = T("no phase leads to {phase}", phase=phase.id)
            yield problem("phase-unreachable", message, T("name it in `next` of another phase"), f"phases[{number}].id")
        if phase.id in _reach(leads[phase.id], leads):
            message = T("the way on from {phase} leads back to it", phase=phase.id)
            fix = T("name the way back in `back_to`, which asks for a reason")
            yield problem("phase-cycle", message, fix, f"phases[{number}].next")


def _reach(starts: Iterable[str], leads: dict[str, tuple[str, ...]]) -> set[str]:
    reached: set[str] = set()
    open_ = list(starts)
    while open_:
        phase = open_.pop()
        if phase not in reached:
            reached.add(phase)
            open_.extend(leads.get(phase, ()))
    return reached


def _gate_keys(definition: Definition) -> Iterator[Problem]:
    for path, gate in _gates(definition):
        wanted = PARAMETERS.get(gate.check, "")
        for key in PARAMETERS.values():
            if key != wanted and getattr(gate, key):
                message = T("the check {check} does not look at {key}", check=gate.check, key=key)
                yield problem("key-without-effect", message, T("remove it, or choose another check"), f"{path}.{key}")


# --- obligations -------------------------------------------------------------------------------------------------


def _cadences(definition: Definition) -> Iterator[Problem]:
    for number, duty in enumerate(definition.obligations):
        path = f"obligations[{number}]"
        lack = _cadence_lacks(duty)
        if lack is not None:
            yield problem("cadence-incomplete", T("a day is missing or not possible"), lack, f"{path}.cadence")
        if duty.on and duty.cadence != "once":
            message = T("a {cadence} duty does not look at {key}", cadence=duty.cadence, key="on")
            yield problem("key-without-effect", message, T("remove it"), f"{path}.on")
        if duty.days and duty.cadence in {"once", "weekly"}:
            message = T("a {cadence} duty does not look at {key}", cadence=duty.cadence, key="days")
            yield problem("key-without-effect", message, T("remove it"), f"{path}.days")


def _cadence_lacks(duty: Obligation) -> Text | None:
    match duty.cadence:
        case "once" if duty.on is None:
            return T("write its day: `on: 2005-08-31`")
        case "monthly" if len(duty.days) != 1:
            return T("write one day of the following month: `days: [5]`")
        case "half_monthly" if len(set(duty.days)) != 2 or min(duty.days) >= SECOND_HALF:  # noqa: PLR2004 -- two halves
            return T("write two days, the first before the 28th: `days: [15, 31]`")
        case _:
            return None


def _schedules(definition: Definition) -> Iterator[Problem]:
    """Look for duties without a single period; asked only of a definition that is sound otherwise."""
    for number, duty in enumerate(definition.obligations):
        if not scheduled(definition, duty):
            window = window_of(definition, duty)
            message = T(
                "no period of {duty} ends from {first} to {last}", duty=duty.id, first=window.from_, last=window.to
            )
            yield problem("obligation-empty", message, T("widen its dates"), f"obligations[{number}].cadence")


# --- groups, indicators, documents -------------------------------------------------------------------------------


def _unions(definition: Definition) -> Iterator[Problem]:
    groups = {group.id: group for group in definition.groups}
    for number, group in enumerate(definition.groups):
        parts = [groups[part] for part in group.union_of if part in groups]
        if any(part.union_of for part in parts):
            message = T("{group} is a union of unions", group=group.id)
            yield problem("union-nested", message, T("name the groups themselves"), f"groups[{number}].union_of")
        yield from _union_size(group, parts, f"groups[{number}].expected")


def _union_size(group: Group, parts: list[Group], path: str) -> Iterator[Problem]:
    sizes = [part.expected for part in parts if part.expected is not None]
    if group.expected is None or not parts or len(sizes) < len(parts):
        return
    if group.expected != sum(sizes):
        message = T(
            "{group} is to have {size}, but its parts sum to {sum}", group=group.id, size=group.expected, sum=sum(sizes)
        )
        yield problem("union-size", message, T("correct one of the sizes"), path)


def _indicators(definition: Definition) -> Iterator[Problem]:
    for number, indicator in enumerate(definition.indicators):
        if indicator.completion == "ratio_of_growth" and not indicator.base:
            message = T("{indicator} compares growth but names no base", indicator=indicator.id)
            fix = T("write `base:` with the indicator whose levels it compares")
            yield problem("indicator-base-missing", message, fix, f"indicators[{number}].completion")
        if indicator.base == indicator.id:
            message = T("{indicator} is its own base", indicator=indicator.id)
            yield problem("indicator-base-itself", message, T("name the levels"), f"indicators[{number}].base")


def _targets(definition: Definition) -> Iterator[Problem]:
    units = {indicator.id: indicator.unit for indicator in definition.indicators}
    for number, target in enumerate(definition.targets):
        if target.value is None and not target.text:
            message = T("{target} has neither a value nor a text", target=target.id)
            yield problem("target-empty", message, T("write `value:` or `text:`"), f"targets[{number}].id")
        unit = units.get(target.indicator, target.unit)
        if target.unit not in {"", unit}:
            message = T(
                "{target} is in {unit}, its indicator in {other}", target=target.id, unit=target.unit, other=unit
            )
            yield problem("unit-mismatch", message, T("write {unit}", unit=unit), f"targets[{number}].unit")
    if definition.trend and definition.trend.tolerance_pct < Decimal(0):
        yield problem("tolerance-negative", T("a tolerance is not negative"), T("write 0"), "trend.tolerance_pct")


def _documents(definition: Definition) -> Iterator[Problem]:
    if not definition.documents:
        message = T("there is no basis document")
        yield problem("no-documents", message, T("list the document that orders the campaign"), "documents")
    for number, document in enumerate(definition.documents):
        if document.sha256 and (len(document.sha256) != SHA256_DIGITS or set(document.sha256) - HEX):
            message = T("the sha256 of {document} is not 64 digits 0-9a-f", document=document.id)
            yield problem(
                "sha256-form", message, T("write what `sha256sum FILE` prints"), f"documents[{number}].sha256"
            )


# --- calendar ----------------------------------------------------------------------------------------------------


def _calendar(definition: Definition) -> Iterator[Problem]:
    part = definition.calendar
    published = set(part.published_years)
    for number, rest in enumerate(part.rest_days):
        for name, day in (("from", rest.from_), ("to", rest.to)):
            if day.year not in published:
                message = T("the calendar of {year} is not among the published years", year=day.year)
                fix = T("add the year to `published_years`, or correct the date")
                yield problem("calendar-year", message, fix, f"calendar.rest_days[{number}].{name}")
    resting = [Window(rest.from_, rest.to) for rest in part.rest_days]
    for number, day in enumerate(part.work_days):
        if day.weekday() < SATURDAY and not any(span.from_ <= day <= span.to for span in resting):
            message = T("{day} is a working day as it is", day=day)
            yield problem("work-day-ordinary", message, T("remove it, or correct it"), f"calendar.work_days[{number}]")


def _provisional(definition: Definition) -> Iterator[Problem]:
    calendar = calendar_of(definition.calendar)
    due = {entry.due_on.year for duty in definition.obligations for entry in scheduled(definition, duty)}
    window = definition.campaign.window
    for year in sorted(due | set(range(window.from_.year, window.to.year + 1))):
        if calendar.provisional(year):
            message = T("the calendar of {year} is not published yet: dates in it are provisional", year=year)
            fix = T("adopt calendar.yaml again once it is")
            yield problem("calendar-provisional", message, fix, "calendar.published_years")


SPARE = frozenset({"audit", "person", "tick"})
"""Nouns of commands that a campaign may do without: it signs no checkpoints, keeps no particulars, records no days."""


def _nobody(definition: Definition) -> Iterator[Problem]:
    granted = {pattern for role in definition.roles for pattern in role.commands}
    spare = SPARE | _without(definition)
    needed = [name for name in COMMANDS if name.partition(".")[0] not in spare]
    left = [name for name in needed if not granted & {name, f"{name.partition('.')[0]}.*", "*"}]
    if definition.roles and left:
        message = T("no role may give these commands: {commands}", commands=", ".join(left))
        yield problem("command-without-role", message, T("add them to a role"), "roles")


def _without(definition: Definition) -> frozenset[str]:
    """Return the nouns for which the definition has no use: checks, bulletins, registers, notices that it has not."""
    acts = {duty.act for duty in definition.obligations}
    uses = {"check": "check" in acts, "bulletin": "bulletin" in acts, "register": bool(definition.registers)}
    uses["notice"] = bool(definition.notices)
    return frozenset(noun for noun, used in uses.items() if not used)


_PARTS: tuple[Callable[[Definition], Iterator[Problem]], ...] = (
    _window,
    _reversed,
    _outside,
    _documents,
    _stages,
    _phases,
    _gate_keys,
    _unions,
    _cadences,
    _indicators,
    _targets,
    _calendar,
    register_rules.check,
    account_rules.check,
)
"""In the order of the files and of what a reader meets in them."""
