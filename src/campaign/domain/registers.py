"""The plan's registers, one mechanism for all: an entry is opened, assigned, done (R-26…R-33, R-40, R-45, R-49, R-56).

Which registers there are, whom they are about, what an entry must state and when it is due stands in the definition.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from campaign.domain.adoption import held_roles
from campaign.domain.commands import AssignEntry, CompleteEntry, OpenEntry, ReopenEntry
from campaign.domain.definition import Definition, Register, concerns
from campaign.domain.events import EntryAssigned, EntryDone, EntryOpened, EntryReopened, Recorded
from campaign.domain.references import OUTSIDE
from campaign.domain.situation import Decision, Situation, blanks, nothing_changes, problem, settle, unknown
from campaign.domain.state import EntityState, EntryLine
from campaign.problems import Place, Problem, Problems, Refused, T, Text


class Answer(msgspec.Struct, frozen=True):
    """What a responsibility table says of a case: its answers, and the rules that gave them (R-29)."""

    answers: tuple[str, ...]
    rules: tuple[int, ...] = ()

    @property
    def body(self) -> str:
        """The one body that is responsible, "" where the case is ambiguous."""
        return self.answers[0] if len(self.answers) == 1 else ""


def register_of(definition: Definition, name: str) -> Register | None:
    """Return the register called NAME, or None."""
    return next((register for register in definition.registers if register.id == name), None)


def responsible(definition: Definition, register: Register, state: EntityState, kind: str) -> Answer:
    """Ask the register's table who is responsible for an entry of that KIND about the entity.

    No answer, for a case that the table does not name or cannot read, and several are both ambiguous.
    """
    from campaign.domain.assessment import answers  # noqa: PLC0415 -- only registers with a table need the rules engine

    text = next(table.text for table in definition.tables if table.id == register.table)
    given = {
        "kind": kind,
        "ownership": state.ownership,
        "supervision": state.supervision,
        "sector": state.sector,
        "group": state.groups[0] if state.groups else "",
    }
    try:
        found, rules = answers(text, given)
    except Problems:
        return Answer(())
    return Answer(tuple(dict.fromkeys(_named(body, state) for body in found)), rules)


def _named(body: str, state: EntityState) -> str:
    """Put the entity's own prefecture in the place of the word."""
    own = state.prefecture or (state.entity if state.kind == "prefecture" else "")
    return "+".join(own if part == "prefecture" and own else part for part in body.split("+"))


# --- decisions ---------------------------------------------------------------------------------------------------


def open_(command: OpenEntry, at: Situation) -> Decision:
    """Open an entry; where the register has a table, that names the responsible."""
    register = register_of(at.definition, command.register)
    if register is None:
        return Refused((_no_register(command.register, at),))
    answer = responsible(at.definition, register, at.state, command.kind) if register.table else Answer(())
    event = EntryOpened(
        command.register,
        command.entry,
        command.title,
        command.kind,
        command.due_on or _due(register, at.asked.occurred_on),
        command.responsible or answer.body,
        command.provider,
        command.from_on,
        command.until_on,
        command.link,
        command.value_before,
        () if command.responsible else answer.rules,
    )
    problems = [
        *blanks(entry=command.entry, title=command.title),
        *_may(register, at),
        *_subject(register, command, at),
        *_kind(register, command.kind),
        *_stated(register, event),
        *_days(event, at.asked.occurred_on),
        *_link(register, command.link, at.state),
    ]
    return settle(problems, event)


def assign(command: AssignEntry, at: Situation) -> Decision:
    """Give an entry to somebody, or another day or kind; a new kind needs a reason and asks the table again (R-27)."""
    found = _open_entry(command.register, command.entry, at)
    if isinstance(found, Refused):
        return found
    register, line = found
    kind = command.kind or line.kind
    anew = bool(register.table) and kind != line.kind and not command.responsible
    answer = responsible(at.definition, register, at.state, kind) if anew else Answer(())
    body = command.responsible or (answer.body if anew else line.responsible)
    if (body, command.due_on or line.due_on, kind) == (line.responsible, line.due_on, line.kind):
        return nothing_changes(T("{entry} stands so already", entry=line.entry))
    event = EntryAssigned(command.entry, body, command.due_on, command.kind, command.reason, answer.rules)
    problems = [*_may(register, at), *_kind(register, kind)]
    problems += blanks(reason=command.reason) if kind != line.kind else []
    return settle(problems, event)


def complete(command: CompleteEntry, at: Situation) -> Decision:
    """Settle an entry, with what came of it."""
    found = _open_entry(command.register, command.entry, at)
    if isinstance(found, Refused):
        return found
    register, _ = found
    problems = [*blanks(outcome=command.outcome), *_may(register, at)]
    if "value_after" in register.needs and command.value_after is None:
        problems.append(_lacking(register, "value_after"))
    return settle(problems, EntryDone(command.entry, command.outcome, command.value_after))


def reopen(command: ReopenEntry, at: Situation) -> Decision:
    """Open a settled entry again, with a reason."""
    register, line = register_of(at.definition, command.register), at.state.entries.get(command.entry)
    if register is None:
        return Refused((_no_register(command.register, at),))
    if line is None or line.register != register.id:
        return Refused((_no_entry(register, command.entry, at.state),))
    if line.status != "done":
        return nothing_changes(T("{entry} is open", entry=line.entry))
    event = EntryReopened(command.entry, command.reason, command.due_on)
    return settle([*blanks(reason=command.reason), *_may(register, at)], event)


def _open_entry(name: str, entry: str, at: Situation) -> tuple[Register, EntryLine] | Refused:
    register, line = register_of(at.definition, name), at.state.entries.get(entry)
    if register is None:
        return Refused((_no_register(name, at),))
    if line is None or line.register != register.id:
        return Refused((_no_entry(register, entry, at.state),))
    if line.status == "done":
        message = T("{entry} is done", entry=entry)
        return Refused((problem("entry-done", message, T("reopen it, or open another"), field="entry"),))
    return register, line


def _no_register(name: str, at: Situation) -> Problem:
    return unknown("unknown-register", "register", name, (register.id for register in at.definition.registers))


def _no_entry(register: Register, entry: str, state: EntityState) -> Problem:
    known = (line.entry for line in state.entries.values() if line.register == register.id)
    return unknown("unknown-entry", "entry", entry, known)


def _due(register: Register, opened_on: date) -> date | None:
    return None if register.due_days is None else opened_on + timedelta(days=register.due_days)


def _may(register: Register, at: Situation) -> Iterator[Problem]:
    held = {at.asked.role} if at.asked.role else held_roles(at.definition, at.asked) | _own_duties(at)
    if register.roles and not held & set(register.roles):
        message = T("{actor} may not write the register {register}", actor=at.asked.actor, register=register.id)
        fix = T(
            "it is for whoever holds one of the roles {roles}; `campaign access show` tells yours",
            roles=", ".join(register.roles),
        )
        yield problem("not-permitted", message, fix, rule=", ".join(register.roles))


def _own_duties(at: Situation) -> frozenset[str]:
    return frozenset(duty for duty, holder in at.state.duties.items() if holder.person == at.asked.actor)


def _subject(register: Register, command: OpenEntry, at: Situation) -> Iterator[Problem]:
    if command.entry in at.state.entries:
        message = T("entry {entry} was opened already", entry=command.entry)
        yield problem("entry-exists", message, T("give it an id of its own"), field="entry")
    if not concerns(at.definition, register.groups, at.state.groups):
        message = T("{register} is not about {entity}", register=register.id, entity=at.state.entity)
        fix = T("it is about the groups: {groups}", groups=", ".join(register.groups))
        yield problem("not-in-register", message, fix, field="entity")


def _kind(register: Register, kind: str) -> Iterator[Problem]:
    if register.kinds and kind and kind not in register.kinds:
        yield unknown("unknown-kind", "kind", kind, register.kinds)


def _stated(register: Register, event: EntryOpened) -> Iterator[Problem]:
    """Object to what the register asks for and the entry does not say; an ambiguous case may lack its responsible."""
    for name in register.needs:
        ambiguous = name == "responsible" and bool(register.table)
        if name not in {"outcome", "value_after"} and not ambiguous and getattr(event, name) in {"", None}:
            yield _lacking(register, name)


HOW: dict[str, Text] = {
    "due_on": T("give the day by which it is to be done, as 2005-10-14"),
    "responsible": T("name who sees to it, a person's id or a body, as economic-commission"),
    "provider": T("name who gives it, as power-company"),
    "from_on": T("give the day from which it holds, as 2005-09-01"),
    "link": T("name the entry or project that it belongs to, by its id"),
    "value_before": T("give what is to change, measured before, as 61.5"),
    "value_after": T("give what is to change, measured after, as 88"),
}
"""What an entry may have to state, and how; its kind is one of the register's."""


def _lacking(register: Register, field: str) -> Problem:
    message = T("the register {register} asks for {field}, which is missing", register=register.label, field=field)
    anyone = T("say of what kind it is, in a word, as coal")
    kind = T("choose one of {choices}", choices=", ".join(register.kinds)) if register.kinds else anyone
    return problem("entry-lacks", message, HOW.get(field, kind), field=field)


def _days(event: EntryOpened, opened_on: date) -> Iterator[Problem]:
    if event.due_on is not None and event.due_on < opened_on:
        message = T("{day} lies before the entry", day=event.due_on)
        yield problem("dates-reversed", message, T("name a later day"), field="due_on")
    if event.from_on and event.until_on and event.until_on < event.from_on:
        message = T("{last} comes before {first}", last=event.until_on, first=event.from_on)
        yield problem("dates-reversed", message, T("exchange the two dates"), field="until_on")


def _link(register: Register, link: str, state: EntityState) -> Iterator[Problem]:
    if not link or register.link in OUTSIDE:
        return
    if not register.link:
        message = T("entries of {register} belong to nothing else", register=register.id)
        yield Problem("no-link", message, T("leave out the link"), Place(field="link"))
    elif link not in (known := [line.entry for line in state.entries.values() if line.register == register.link]):
        yield unknown("unknown-entry", "link", link, known)


# --- folds -------------------------------------------------------------------------------------------------------


def opened(state: EntityState, record: Recorded, event: EntryOpened) -> EntityState:
    """Fold an opening."""
    line = EntryLine(
        register=event.register,
        entry=event.entry,
        title=event.title,
        opened_on=record.occurred_on,
        opened_by=record.actor,
        position=record.position,
        kind=event.kind,
        due_on=event.due_on,
        responsible=event.responsible,
        provider=event.provider,
        from_on=event.from_on,
        until_on=event.until_on,
        link=event.link,
        value_before=event.value_before,
        status="assigned" if event.responsible else "open",
        rules=event.rules,
        kinds=(event.kind,) if event.kind else (),
    )
    return _put(state, record, line)


def assigned(state: EntityState, record: Recorded, event: EntryAssigned) -> EntityState:
    """Fold an assignment."""
    before = state.entries[event.entry]
    line = replace(
        before,
        responsible=event.responsible,
        due_on=event.due_on or before.due_on,
        kind=event.kind or before.kind,
        kinds=(*before.kinds, event.kind) if event.kind not in {"", before.kind} else before.kinds,
        rules=event.rules,
        status="assigned" if event.responsible else "open",
    )
    return _put(state, record, line)


def done(state: EntityState, record: Recorded, event: EntryDone) -> EntityState:
    """Fold what came of an entry."""
    line = replace(
        state.entries[event.entry],
        status="done",
        outcome=event.outcome,
        value_after=event.value_after,
        done_on=record.occurred_on,
    )
    return _put(state, record, line)


def reopened(state: EntityState, record: Recorded, event: EntryReopened) -> EntityState:
    """Fold a reopening; what was measured after stays until it is measured again."""
    before = state.entries[event.entry]
    line = replace(
        before,
        status="assigned" if before.responsible else "open",
        outcome="",
        done_on=None,
        due_on=event.due_on or before.due_on,
    )
    return _put(state, record, line)


def _put(state: EntityState, record: Recorded, line: EntryLine) -> EntityState:
    return replace(state, version=record.version, entries={**state.entries, line.entry: line})
