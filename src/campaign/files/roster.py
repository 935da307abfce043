"""The roster: who takes part, which projects there are, and the persons, out of three CSV files (R-18, R-35, R-59).

Names and contacts leave this room only as Person values, which go into the erasable table and never into an event.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from campaign.domain.commands import AppointOfficer, EnrolEntity, RegisterProject
from campaign.domain.definition import Definition, Identifier, Label, Team, expand
from campaign.domain.teams import file_of
from campaign.files.folder import read_part
from campaign.files.reading import read_text
from campaign.files.table import Column, Row, Table, choice, harmless, listed, open_table, truth
from campaign.problems import Place, Problem, Problems, T, Text, nearest
from campaign.shape import Wrong, scalar


class Person(msgspec.Struct, frozen=True):
    """A person's particulars, kept where they can be erased."""

    id: str
    name: str
    contact: str = ""
    post: str = ""


class Roster(msgspec.Struct, frozen=True):
    """Everything the roster files say, as values of commands.

    selected: ids of the projects chosen for direct dispatch.  appointments: officers and liaisons.
    """

    entities: tuple[EnrolEntity, ...]
    projects: tuple[RegisterProject, ...] = ()
    selected: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    appointments: tuple[AppointOfficer, ...] = ()


def label(text: str) -> str:
    """Read a text that a person wrote: bounded, without control characters, not a formula."""
    value: str = scalar(Label)(harmless(text))
    return value


def identifier(text: str) -> str:
    """Read an identifier."""
    value: str = scalar(Identifier)(text)
    return value


def amount(text: str) -> Decimal:
    """Read an amount that is not negative."""
    value: Decimal = scalar(Decimal)(text)
    if value < 0:
        raise Wrong("config-range", T("{text} is negative", text=text), T("write 0 or more"))
    return value


KINDS = {"prefecture": "市州", "enterprise": "企业", "department": "部门"}
"""Kinds with a Chinese name; the definition's groups may name others."""

ENTITIES = (
    Column("id", "编号", identifier, needed=True),
    Column("title", "名称", label, needed=True),
    Column("kind", "类别", choice(**KINDS), needed=True),
    Column("groups", "分组", listed(identifier), ()),
    Column("parent", "上级单位", identifier, ""),
    Column("prefecture", "所在市州", identifier, ""),
    Column("ownership", "所有制", label, ""),
    Column("supervision", "监管单位", label, ""),
    Column("sector", "行业", label, ""),
    Column("tags", "标签", listed(identifier), ()),
    Column("named_in_source", "方案点名", truth, blank=True),
    Column("voluntary", "自愿参加", truth, blank=False),
    Column("has_conditions", "具备两增条件", truth, blank=False),
)

PROJECTS = (
    Column("id", "编号", identifier, needed=True),
    Column("title", "名称", label, needed=True),
    Column("entity", "企业", identifier, needed=True),
    Column("kind", "类别", choice(new="新建", expansion="扩能"), needed=True),
    Column("investment_yuan", "总投资（元）", amount),
    Column("named_in_source", "方案点名", truth, blank=True),
    Column("selected", "直接调度", truth, blank=False),
)

PERSONS = (
    Column("id", "编号", identifier, needed=True),
    Column("name", "姓名", label, needed=True),
    Column("contact", "联系方式", label, ""),
    Column("post", "职务", label, ""),
    Column("entity", "单位", identifier, ""),
    Column("duty", "职责", choice(accountable_officer="第一责任人", liaison="专人"), ""),
)


def entity_columns(definition: Definition) -> tuple[Column, ...]:
    """Return the columns of entities.csv, with the kinds that DEFINITION's groups name beside ours."""
    kinds = {group.kind: group.kind for group in definition.groups if group.kind} | KINDS
    return tuple(
        Column("kind", "类别", choice(**kinds), needed=True) if column.name == "kind" else column for column in ENTITIES
    )


Progress: TypeAlias = Callable[[int, int], None]
"""Told now and then how many lines of how many are read."""

STEP = 5000
"""Lines between two words on progress."""


def load(folder: Path, definition: Definition, progress: Progress | None = None) -> Roster:
    """Read the roster files of FOLDER against DEFINITION; projects.csv and persons.csv may be absent.

    Raises Problems with every problem of the three files at once, each as file:line:column with its field.
    """
    reading = _Reading(definition, progress)
    entities = reading.take(folder / "entities.csv", entity_columns(definition))
    projects = reading.take(folder / "projects.csv", PROJECTS, absent=True)
    persons = reading.take(folder / "persons.csv", PERSONS, absent=True)
    reading.entities(*entities)
    reading.projects(*projects)
    reading.persons(*persons)
    reading.assignments(folder)
    if reading.problems:
        raise Problems(reading.problems)
    return Roster(
        tuple(EnrolEntity(**_renamed(row, "entity")) for row in entities[1]),
        tuple(RegisterProject(**_renamed(row, "project", without="selected")) for row in projects[1]),
        tuple(row.values["id"] for row in projects[1] if row.values.get("selected")),
        tuple(Person(**{field: row.values[field] for field in Person.__struct_fields__}) for row in persons[1]),
        tuple(_appointment(row) for row in persons[1] if row.values.get("duty")),
    )


def _renamed(row: Row, id_name: str, without: str = "") -> dict[str, Any]:
    values = {name: value for name, value in row.values.items() if name not in {"id", without}}
    return {id_name: row.values["id"], **values}


def _appointment(row: Row) -> AppointOfficer:
    values = row.values
    return AppointOfficer(entity=values["entity"], duty=values["duty"], person=values["id"], post=values["post"])


class _Reading:
    """Reads the three files and looks for what does not fit together."""

    def __init__(self, definition: Definition, progress: Progress | None = None) -> None:
        self.definition = definition
        self.progress = progress
        self.problems: list[Problem] = []
        self.kinds: dict[str, str] = {}
        """Each entity's kind, "" where it could not be read; empty while the ids are not all known."""
        self.people: set[str] = set()

    def take(self, path: Path, columns: tuple[Column, ...], *, absent: bool = False) -> tuple[Table | None, list[Row]]:
        """Read one file; the rows hold only what could be read."""
        if absent and not path.exists():
            return None, []
        try:
            table = open_table(path, columns)
            rows = list(self._told(table))
        except Problems as found:
            self.problems.extend(found.problems)
            return None, []
        return table, rows

    def _told(self, table: Table) -> Iterator[Row]:
        for row in table.rows():
            if self.progress and row.line % STEP == 0:
                self.progress(row.line, table.lines)
            yield row

    def finish(self, table: Table, found: Iterator[tuple[Row, str, str, Text, Text]]) -> None:
        """Note what was FOUND in the rows of TABLE beside its own problems, in the order of lines."""
        try:
            for row, name, code, message, fix in found:
                table.complain(row.line, name, code, message, fix)
        except Problems:
            pass
        table.problems.sort(key=lambda problem: (problem.place.line, problem.place.column))
        self.problems.extend(table.problems)

    def entities(self, table: Table | None, rows: list[Row]) -> None:
        """Look at the entities, and at the sizes of groups (R-18) once nothing else is wrong with them."""
        if table is None:
            return
        if not table.torn and all(row.values.get("id") for row in rows):
            self.kinds = {row.values["id"]: row.values.get("kind") or "" for row in rows}
        self.finish(table, _entity_problems(self.definition, rows, self.kinds))
        if not table.problems:
            self.problems.extend(_sizes(self.definition, table, rows))

    def projects(self, table: Table | None, rows: list[Row]) -> None:
        """Look at the projects: each belongs to an enterprise of the roster (R-36)."""
        if table is not None:
            self.finish(table, _project_problems(rows, self.kinds))

    def persons(self, table: Table | None, rows: list[Row]) -> None:
        """Look at the persons and their duties."""
        if table is None:
            return
        if not table.torn and all(row.values.get("id") for row in rows):
            self.people = {row.values["id"] for row in rows}
        self.finish(table, _person_problems(rows, self.kinds))

    def assignments(self, folder: Path) -> None:
        """Look whether roles.yaml and the teams' files name persons and entities that the roster knows."""
        self._place(folder, "roles.yaml", [*self._strangers()])
        for team in self.definition.teams if self.kinds else ():
            self._place(folder, file_of(team.id), [*self._unenrolled(team)])

    def _place(self, folder: Path, name: str, found: list[Problem]) -> None:
        if found:
            file = str(folder / name)
            places = read_part(name, read_text(folder / name), file)
            self.problems.extend(problem.at(places.place(problem.place.field, file)) for problem in found)

    def _unenrolled(self, team: Team) -> Iterator[Problem]:
        named = [("prefecture", team.prefecture)] if team.prefecture else []
        named += [(f"entities[{place}]", entity) for place, entity in enumerate(team.entities)]
        for field, entity in named:
            if entity not in self.kinds:
                yield Problem("unknown-entity", _no_entity(entity), _near(entity, self.kinds), Place(field=field))

    def _strangers(self) -> Iterator[Problem]:
        for number, held in enumerate(self.definition.assignments):
            if self.people and held.person not in self.people:
                message = T("there is no person {name} in persons.csv", name=held.person)
                place = Place(field=f"assignments[{number}].person")
                yield Problem("unknown-person", message, _near(held.person, self.people), place)
            for at, entity in enumerate(held.entities):
                if self.kinds and entity not in self.kinds:
                    place = Place(field=f"assignments[{number}].entities[{at}]")
                    yield Problem("unknown-entity", _no_entity(entity), _near(entity, self.kinds), place)


def _no_entity(name: str) -> Text:
    return T("there is no entity {name} in entities.csv", name=name)


def _near(name: str, known: Any) -> Text:  # noqa: ANN401 -- any collection of names
    close = nearest(name, known)
    return close if "choice" in close.values else T("add it to the roster, or correct the name")


def _twice(rows: list[Row]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    first: dict[str, int] = {}
    for row in rows:
        id_ = row.values.get("id")
        if id_ in first:
            message = T("the id {id} stands twice; the first is on line {line}", id=id_, line=first[id_])
            yield row, "id", "roster-duplicate", message, T("give one of them another id")
        elif id_:
            first[id_] = row.line


def _entity_problems(
    definition: Definition, rows: list[Row], kinds: dict[str, str]
) -> Iterator[tuple[Row, str, str, Text, Text]]:
    groups = {group.id: group for group in definition.groups}
    parents: dict[str, str] = {}
    for row in rows:
        parents.setdefault(row.values.get("id", ""), row.values.get("parent", ""))
    yield from _twice(rows)
    for row in rows:
        for name in row.values.get("groups") or ():
            group = groups.get(name)
            if group is None:
                fix = nearest(name, groups)
                yield row, "groups", "unknown-group", T("there is no group {name}", name=name), fix
            elif group.union_of:
                message = T("{name} is made of other groups", name=name)
                fix = T("name one of {choices}", choices=", ".join(group.union_of))
                yield row, "groups", "roster-union", message, fix
            elif group.kind and row.values.get("kind") not in {None, group.kind}:
                message = T("{name} is a group of kind {kind}", name=name, kind=group.kind)
                yield row, "groups", "roster-kind", message, T("correct the kind or the group")
        yield from _relations(row, kinds, parents)


def _relations(row: Row, kinds: dict[str, str], parents: dict[str, str]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    parent, prefecture = row.values.get("parent", ""), row.values.get("prefecture", "")
    if parent and kinds and parent not in kinds:
        yield row, "parent", "unknown-entity", _no_entity(parent), _near(parent, kinds)
    elif parent and _circles(row.values.get("id", ""), parents):
        message = T("{name} is its own parent in the end", name=row.values["id"])
        yield row, "parent", "roster-circle", message, T("correct the parent")
    if prefecture and kinds and kinds.get(prefecture) not in {"", "prefecture"}:
        message = T("there is no prefecture {name} in entities.csv", name=prefecture)
        fix = nearest(prefecture, [id_ for id_, kind in kinds.items() if kind == "prefecture"])
        yield row, "prefecture", "unknown-prefecture", message, fix


def _circles(entity: str, parents: dict[str, str]) -> bool:
    seen = {entity}
    above = parents.get(entity, "")
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above, "")
    return bool(above)


def _sizes(definition: Definition, table: Table, rows: list[Row]) -> Iterator[Problem]:
    """Compare how many each group has with how many it is to have (R-18)."""
    expanded: dict[tuple[str, ...], frozenset[str]] = {}
    sizes: Counter[str] = Counter()
    for row in rows:
        named = row.values.get("groups") or ()
        if named not in expanded:
            expanded[named] = expand(definition, named)
        sizes.update(expanded[named])
    for group in definition.groups:
        if group.expected is not None and sizes[group.id] != group.expected:
            message = T(
                "{group} has {count} members, {expected} are expected",
                group=group.id,
                count=sizes[group.id],
                expected=group.expected,
            )
            fix = T("correct the roster, or `expected` in phases.yaml")
            yield Problem("group-size", message, fix, table.place(1, "groups"))


def _project_problems(rows: list[Row], kinds: dict[str, str]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    yield from _twice(rows)
    for row in rows:
        owner = row.values.get("entity")
        if owner and kinds and owner not in kinds:
            yield row, "entity", "unknown-entity", _no_entity(owner), _near(owner, kinds)
        elif owner and kinds.get(owner) not in {None, "", "enterprise"}:
            message = T("{name} is not an enterprise", name=owner)
            yield row, "entity", "roster-kind", message, T("a project belongs to an enterprise")


def _person_problems(rows: list[Row], kinds: dict[str, str]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    yield from _twice(rows)
    held: dict[tuple[str, str], str] = {}
    for row in rows:
        entity, duty = row.values.get("entity", ""), row.values.get("duty", "")
        if entity and kinds and entity not in kinds:
            yield row, "entity", "unknown-entity", _no_entity(entity), _near(entity, kinds)
        if duty and not (entity and row.values.get("post", "")):
            message = T("a duty needs the entity it is for and the person's post")
            yield row, "duty", "roster-duty", message, T("fill in entity and post")
        if duty and (entity, duty) in held:
            message = T("{person} holds this duty already", person=held[entity, duty])
            yield row, "duty", "roster-duty", message, T("name one person per entity and duty")
        held.setdefault((entity, duty), row.values.get("id", ""))
