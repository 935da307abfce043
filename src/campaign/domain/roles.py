"""Who may ask for what (R-03, R-57): the roles a person holds today, and the commands that these roles may give."""

from collections.abc import Iterator

import msgspec

from campaign.domain.access import may, stranger
from campaign.domain.adoption import read
from campaign.domain.commands import AdoptDefinition, Asked, Command, OpenCampaign
from campaign.domain.definition import Assignment, Definition
from campaign.domain.state import Context, EntityState
from campaign.problems import NOT_PERMITTED, Refused, T, refuse


def authorise(command: Command, state: EntityState | None, context: Context, asked: Asked) -> str | Refused:
    """Return the role by which the person may give COMMAND, or refuse with `not-permitted` and the roles that may.

    state: the entity the command is about, if any; its accountable officer and its liaison hold the roles of those
    names.  A campaign without a definition has no roles: opening it binds nobody, so the role is left open ("") and
    decided with the first definition, whose own roles, and accounts, say who may adopt it.  Whether the account speaks
    for the person is asked first: `account-unknown`, `account-of-another`.
    """
    if isinstance(command, OpenCampaign) and context.definition is None:
        return asked.role
    definition = _definition(command, context)
    if isinstance(definition, Refused):
        return definition
    unknown = stranger(definition, asked.account, asked.actor)
    if unknown:
        return Refused((unknown,))
    claim = _Claim(command, state, definition, asked)
    first = isinstance(command, AdoptDefinition) and context.definition is None
    opening = _granted(claim, OpenCampaign.name) if first else ()
    adopting = _granted(claim, command.name)
    if adopting and (opening or not first):
        return adopting[0]
    return _denied(claim, OpenCampaign.name if adopting else command.name)


def _definition(command: Command, context: Context) -> Definition | Refused:
    if context.definition is not None:
        return context.definition
    if isinstance(command, AdoptDefinition):
        return read(command.definition)
    message = T("no definition is adopted, so nobody holds a role yet")
    return refuse("definition-missing", message, T("adopt one with `campaign apply`"))


class _Claim(msgspec.Struct, frozen=True):
    """A person's claim to give a command."""

    command: Command
    state: EntityState | None
    definition: Definition
    asked: Asked

    @property
    def entity(self) -> str:
        """The entity the command is about, "" if none."""
        named: str = getattr(self.command, "entity", "")
        return named or (self.state.entity if self.state else "")

    def within(self, scope: str) -> set[str]:
        """Return what may be assigned for the command to lie within SCOPE: the entity, or what it lies in."""
        around = {self.state.prefecture, self.state.parent} if self.state and scope == "prefecture" else set()
        return {self.entity} | (around - {""})


def _granted(claim: _Claim, command: str) -> tuple[str, ...]:
    held = frozenset(_held(claim))
    return tuple(
        role.id
        for role in claim.definition.roles
        if role.id in held and claim.asked.role in {"", role.id} and may(role, command)
    )


def _held(claim: _Claim) -> Iterator[str]:
    duties = frozenset(_duties(claim))
    yield from duties
    scopes = {role.id: role.scope for role in claim.definition.roles}
    for assignment in claim.definition.assignments:
        if assignment.person == claim.asked.actor and _valid(assignment, claim.asked):
            scope = scopes.get(assignment.role, "all")
            everywhere = not assignment.entities and (bool(duties) or scope == "all")
            if everywhere or claim.within(scope) & set(assignment.entities):
                yield assignment.role


def _duties(claim: _Claim) -> Iterator[str]:
    if claim.state is not None:
        for duty, holder in claim.state.duties.items():
            if holder.person == claim.asked.actor:
                yield duty


def _valid(assignment: Assignment, asked: Asked) -> bool:
    begun = assignment.from_ is None or assignment.from_ <= asked.today
    return begun and (assignment.to is None or asked.today <= assignment.to)


def _denied(claim: _Claim, command: str) -> Refused:
    able = [role for role in claim.definition.roles if may(role, command)]
    capable, actor, role = [one.id for one in able], claim.asked.actor, claim.asked.role
    lines = (line for line in claim.definition.assignments if line.person == actor and line.role in capable)
    elsewhere = any(one.scope != "all" for one in able) or any(line.entities for line in lines)
    if role:
        message = T("{actor} may not give {command} as {role}", actor=actor, command=command, role=role)
    elif elsewhere and claim.entity:
        message = T("{actor} may not give {command} for {entity}", actor=actor, command=command, entity=claim.entity)
    else:
        message = T("{actor} may not give {command}", actor=actor, command=command)
    fix = (
        T(
            "it is for whoever holds one of the roles {roles}; `campaign access show` tells yours",
            roles=", ".join(capable),
        )
        if capable
        else T("no role may; roles.yaml would have to say so")
    )
    return refuse(NOT_PERMITTED, message, fix, rule=", ".join(capable))
