"""Names in a definition: who is called what, and whether everything that is named exists."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from campaign.domain.commands import COMMANDS
from campaign.domain.definition import Definition
from campaign.problems import Place, Problem, T, Text, nearest

LISTS = (
    "documents",
    "stages",
    "phases",
    "groups",
    "obligations",
    "meetings",
    "indicators",
    "scopes",
    "targets",
    "reconciliations",
    "roles",
    "registers",
    "tables",
    "checks",
    "notices",
)
"""The lists whose items have an id of their own."""

UNKNOWN: dict[str, Text] = {
    "document": T("there is no document {name}"),
    "stage": T("there is no stage {name}"),
    "phase": T("there is no phase {name}"),
    "group": T("there is no group {name}"),
    "obligation": T("there is no obligation {name}"),
    "meeting": T("there is no meeting {name}"),
    "indicator": T("there is no indicator {name}"),
    "scope": T("there is no scope {name}"),
    "role": T("there is no role {name}"),
    "register": T("there is no register {name}"),
    "table": T("there is no table {name}"),
    "command": T("there is no command {name}"),
}
"""What is said of a name that nothing bears, by kind."""


OUTSIDE = frozenset({"project"})
"""What the entries of a register may be linked to beside those of another register."""


class Mention(msgspec.Struct, frozen=True):
    """A name at a path, and the kind of thing it should be."""

    kind: str
    name: str
    path: str


def duplicates(definition: Definition) -> Iterator[Problem]:
    """Find ids and names that stand twice in one list."""
    for name in LISTS:
        yield from _twice([(item.id, f"{name}[{place}].id") for place, item in enumerate(getattr(definition, name))])
    for number, phase in enumerate(definition.phases):
        yield from _twice([(gate.id, f"phases[{number}].gates[{place}].id") for place, gate in enumerate(phase.gates)])
    days = definition.calendar.work_days
    yield from _twice([(day.isoformat(), f"calendar.work_days[{place}]") for place, day in enumerate(days)])


def _twice(named: list[tuple[str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, path in named:
        if name in seen:
            message, fix = T("{name} stands twice in this list", name=name), T("rename or remove one of them")
            yield Problem("duplicate-id", message, fix, Place(field=path))
        seen.add(name)


def unknowns(definition: Definition) -> Iterator[Problem]:
    """Find every mention of something that does not exist."""
    known = {kind: {item.id for item in getattr(definition, f"{kind}s")} for kind in UNKNOWN if kind != "command"}
    known["command"] = {"*", *COMMANDS} | {f"{name.partition('.')[0]}.*" for name in COMMANDS}
    for mention in mentions(definition):
        if mention.name not in known[mention.kind]:
            message = Text(UNKNOWN[mention.kind].template, {"name": mention.name})
            fix = nearest(mention.name, known[mention.kind]) if known[mention.kind] else T("define it, or leave it out")
            yield Problem(f"unknown-{mention.kind}", message, fix, Place(field=mention.path))


def mentions(definition: Definition) -> Iterator[Mention]:
    """Yield everything that DEFINITION names elsewhere than where it is defined; empty names mean none."""
    every = chain(
        _of_phases(definition),
        _of_duties(definition),
        _of_figures(definition),
        _of_roles(definition),
        _of_registers(definition),
        _of_checks(definition),
        _of_laggards(definition),
    )
    return (mention for mention in chain(every, _of_clauses(definition)) if mention.name)


def _listed(kind: str, names: Iterable[str], path: str) -> Iterator[Mention]:
    return (Mention(kind, name, f"{path}[{place}]") for place, name in enumerate(names))


def _of_phases(definition: Definition) -> Iterator[Mention]:
    for number, phase in enumerate(definition.phases):
        path = f"phases[{number}]"
        yield Mention("stage", phase.stage, f"{path}.stage")
        yield from _listed("phase", phase.next or (), f"{path}.next")
        yield from _listed("phase", phase.back_to, f"{path}.back_to")
        for place, gate in enumerate(phase.gates):
            inner = f"{path}.gates[{place}]"
            yield from _listed("group", gate.groups, f"{inner}.groups")
            yield from _listed("indicator", gate.indicators, f"{inner}.indicators")
            yield from _listed("obligation", gate.obligations, f"{inner}.obligations")
            yield Mention("meeting", gate.meeting, f"{inner}.meeting")


def _of_duties(definition: Definition) -> Iterator[Mention]:
    for number, group in enumerate(definition.groups):
        yield from _listed("group", group.union_of, f"groups[{number}].union_of")
    for number, duty in enumerate(definition.obligations):
        yield from _listed("group", duty.groups, f"obligations[{number}].groups")
        yield from _listed("indicator", duty.indicators, f"obligations[{number}].indicators")
    for number, tree in enumerate(definition.reconciliations):
        yield from _listed("group", tree.groups, f"reconciliations[{number}].groups")


def _of_figures(definition: Definition) -> Iterator[Mention]:
    for number, indicator in enumerate(definition.indicators):
        yield Mention("indicator", indicator.base, f"indicators[{number}].base")
    for number, target in enumerate(definition.targets):
        yield Mention("indicator", target.indicator, f"targets[{number}].indicator")
        yield Mention("scope", target.scope, f"targets[{number}].scope")
    if definition.trend:
        yield Mention("indicator", definition.trend.growth, "trend.growth")
        yield Mention("indicator", definition.trend.benefit, "trend.benefit")


def _of_roles(definition: Definition) -> Iterator[Mention]:
    for number, role in enumerate(definition.roles):
        yield from _listed("command", role.commands, f"roles[{number}].commands")
    for number, held in enumerate(definition.assignments):
        yield Mention("role", held.role, f"assignments[{number}].role")


def _of_registers(definition: Definition) -> Iterator[Mention]:
    for number, register in enumerate(definition.registers):
        path = f"registers[{number}]"
        yield from _listed("group", register.groups, f"{path}.groups")
        yield from _listed("role", register.roles, f"{path}.roles")
        yield Mention("table", register.table, f"{path}.table")
        if register.link not in OUTSIDE:
            yield Mention("register", register.link, f"{path}.link")


def _of_checks(definition: Definition) -> Iterator[Mention]:
    for number, check in enumerate(definition.checks):
        path = f"checks[{number}]"
        yield from _listed("obligation", check.obligations, f"{path}.obligations")
        yield from _listed("indicator", check.indicators, f"{path}.indicators")
        yield from _listed("scope", check.scopes, f"{path}.scopes")


def _of_laggards(definition: Definition) -> Iterator[Mention]:
    if definition.laggards:
        yield Mention("obligation", definition.laggards.obligation, "laggards.obligation")
        yield Mention("register", definition.laggards.register, "laggards.register")


def _of_clauses(definition: Definition) -> Iterator[Mention]:
    """Yield the documents that clauses cite: `DOCUMENT:SECTION`, or a section alone."""
    cited: list[tuple[str, Any]] = [
        (f"{name}[{place}]", item) for name in LISTS for place, item in enumerate(getattr(definition, name))
    ]
    for number, phase in enumerate(definition.phases):
        cited.extend((f"phases[{number}].gates[{place}]", gate) for place, gate in enumerate(phase.gates))
    if definition.laggards:
        cited.append(("laggards", definition.laggards))
    for path, item in cited:
        document, colon, _ = getattr(item, "clause", "").partition(":")
        if colon:
            yield Mention("document", document, f"{path}.clause")
