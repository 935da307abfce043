"""One command from the outside to the log: load → decide → append."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeAlias, assert_never

import msgspec

from campaign.app import access, journal
from campaign.app.session import Session, look, new_id, read_definition
from campaign.domain import campaign as campaigns
from campaign.domain import entity as entities
from campaign.domain import project as projects
from campaign.domain.commands import (
    AdoptDefinition,
    AdoptTeamFile,
    Asked,
    BindDefinition,
    CampaignCommand,
    Command,
    EntityCommand,
    OpenCampaign,
    ProjectCommand,
    stream_of,
)
from campaign.domain.events import TOPIC_OF, DefinitionAdopted, Event, Recorded
from campaign.domain.roles import authorise
from campaign.domain.state import CampaignState, Context, EntityState, ProjectState
from campaign.problems import FORBIDDEN, NOT_PERMITTED, Place, Problem, Problems, Refused, T, refuse
from campaign.store.log import Attempt, Batch, Conflict, Draft, Guard, Hints, Outcome, Write

ATTEMPTS = 20
DECIDED_ON = frozenset({"definition_adopted.v1", "meeting_held.v1", "campaign_closed.v1"})
"""The campaign's facts that decisions about entities and projects look at; only these make such a command try again."""
ANSWERED_FOR = frozenset({"officer_appointed.v1", "officer_handed_over.v1"})
"""An entity's facts by which somebody may speak for its projects."""

State: TypeAlias = CampaignState | EntityState | ProjectState


class Reply(msgspec.Struct, frozen=True):
    """What a command came to.

    refusal: None when accepted.  repeated: the command was given before, this is its first outcome.  first..last: the
    positions written; 0 for a refusal and for a dry run, whose would-be events stand in `events` as (stream, topic).
    """

    command_id: str
    refusal: Refused | None = None
    repeated: bool = False
    first: int = 0
    last: int = 0
    events: tuple[tuple[str, str], ...] = ()


class Who(msgspec.Struct, frozen=True):
    """Who asks: a person id, the role to use ("" = whichever may), when it was true (None = today), under which id.

    attempt: tells programs apart that give the same command under the same id at once; the outcome keeps whose it was.
    """

    actor: str
    role: str = ""
    on: date | None = None
    command_id: str = ""
    account: str = ""
    """Of the operating system, as the edge found it."""
    token: str = ""
    """In the place of that account: signed, and never shown."""
    attempt: str = ""


class _Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    reasons: tuple[Problem, ...] = ()
    events: tuple[tuple[str, str], ...] = ()
    attempt: str = ""


_ENCODE = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode
_DECODE = msgspec.json.Decoder(_Remembered).decode


def handle(
    session: Session, commands: Sequence[Command], who: Who, *, dry_run: bool = False, intent: object = None
) -> Reply:
    """Carry out COMMANDS as one: all are written in one atomic append, or none is, with every reason.

    The same command id again gives the first outcome and writes nothing.  intent: what was asked for, where COMMANDS
    made of it again would be others.  Raises Conflict when others wrote first in every attempt, CommandReused when the
    id was given before for something else, Problems for values that may not be stored and `clock-behind`.
    """
    command_id = who.command_id or new_id()
    digest = _digest(commands, who) if intent is None else _intended(intent, who)
    for attempt in range(ATTEMPTS):
        with session.log.glancing(look(session, commands, command_id)):
            if known := session.log.outcome(command_id, digest):
                return _reply(known)
            _not_behind(session)
            decision = _Decision(session, who, command_id)
            refusal = decision.take(commands)
        if dry_run:
            return Reply(command_id, refusal, events=() if refusal else decision.summary())
        if session.unwritable is not None and not decision.attempts:
            raise session.unwritable
        try:
            return _record(session, decision, refusal, digest)
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError  # pragma: no cover -- the loop returns or raises


def before(session: Session, who: Who, intent: object) -> Reply | None:
    """Return what the command came to whose id WHO gives again, for the same intent. Raises CommandReused."""
    known = who.command_id and session.log.outcome(who.command_id, _intended(intent, who))
    return _reply(known) if known else None


def possible(session: Session, command: Command, who: Who, *, dry_run: bool = False) -> bool:
    """Try COMMAND without giving it: a refusal must not be remembered under an id that stands for a period or a notice.

    Raises Problems when the person may not, which the access journal keeps unless this is a dry run.
    """
    _not_behind(session)
    decision = _Decision(session, who, new_id())
    refusal = decision.take([command])
    if refusal is None or refusal.permitted:
        return refusal is None
    raise journal.noted(session, () if dry_run else decision.attempts, refusal.reasons)


def _not_behind(session: Session) -> None:
    """Object to a chosen instant before the last: only the day would move back. Raises Problems (`clock-behind`)."""
    chosen, last = session.settings.at, session.log.last_recorded_at()
    if chosen is None or last is None or chosen >= last:
        return
    stands = last.astimezone(session.zone()).isoformat()
    message = T("the clock of this rehearsal stands at {stands} and does not run backwards", stands=stands)
    fix = T("give that instant or a later one; for a fact of an earlier day give the day with --on")
    raise Problems([Problem("clock-behind", message, fix, Place(field="at"))])


def _intended(intent: object, who: Who) -> str:
    return hashlib.sha256(_ENCODE([intent, who.actor, who.role, who.on])).hexdigest()


def _digest(commands: Sequence[Command], who: Who) -> str:
    """Hash `[[[name, command], …], actor, role, on]` piece by piece: there may be a hundred thousand commands."""
    digest = hashlib.sha256(b"[[")
    for number, command in enumerate(commands):
        digest.update((b"," if number else b"") + _ENCODE([command.name, command]))
    digest.update(b"]," + _ENCODE([who.actor, who.role, who.on])[1:])
    return digest.hexdigest()


def _record(session: Session, decision: "_Decision", refusal: Refused | None, digest: str) -> Reply:
    if refusal is not None:
        unnoted = journal.note(session, decision.attempts)
        if unnoted is not None:
            return Reply(decision.command_id, Refused((*refusal.reasons, unnoted)))
        return _remember(session, decision, refusal, digest)
    account = access.recorded_as(decision.context(), decision.account)
    batch = msgspec.structs.replace(decision.batch(digest), account=account)
    try:
        outcome = session.log.append(batch, decision.hints())
    except Problems as found:  # a database has roles of its own
        refused = decision.refused_by_store(found)
        if not refused:
            raise
        raise journal.noted(session, refused, found.problems) from found
    return _reply(outcome, decision.who.attempt)


def _remember(session: Session, decision: "_Decision", refusal: Refused, digest: str) -> Reply:
    """Remember a refusal; whoever may only read is refused all the same, though nothing is remembered of it."""
    result = _ENCODE(_Remembered(reasons=refusal.reasons, attempt=decision.who.attempt))
    try:
        before = session.log.refuse(
            Outcome(decision.command_id, digest, accepted=False, result=result), decision.read()
        )
    except Problems as found:
        if not decision.attempts or found.problems[0].code not in FORBIDDEN:
            raise
        return Reply(decision.command_id, refusal)
    return _reply(before, decision.who.attempt)


def _reply(outcome: Outcome, attempt: str | None = None) -> Reply:
    """Read an outcome; it is a repetition where it was there before, or where another ATTEMPT was faster."""
    remembered = _DECODE(outcome.result)
    repeated = remembered.attempt != attempt
    refusal = None if outcome.accepted else Refused(remembered.reasons)
    return Reply(outcome.command_id, refusal, repeated, outcome.first, outcome.last, remembered.events)


def _subject(command: Command) -> str:
    match command:
        case EntityCommand():
            return command.entity
        case ProjectCommand():
            return command.project
        case _:
            return ""


def _about(command: Command, reason: Problem) -> Problem:
    """Name in a reason's place whom it is about: one command of many is refused."""
    subject = _subject(command)
    if not subject:
        return reason
    field = f"{subject}.{reason.place.field}" if reason.place.field else subject
    return reason.at(msgspec.structs.replace(reason.place, field=field))


class _Stream:
    """A stream as loaded, and as it will stand after what has been decided so far."""

    def __init__(self, kind: str, row: str, state: State) -> None:
        self.kind, self.row = kind, row
        self.loaded: State = state
        self.state: State = state
        self.events: list[Event] = []


class _Decision:
    """Decides commands in turn over states that carry what was decided before, without writing anything."""

    def __init__(self, session: Session, who: Who, command_id: str) -> None:
        self.session, self.who, self.command_id = session, who, command_id
        self.streams: dict[str, _Stream] = {}
        self.role = who.role
        self.campaign = session.campaign()
        self.instant = session.instant()
        self.today = session.day_of(self.instant, read_definition(self.campaign.definition))
        self.account = who.account
        self.owners: dict[str, int] = {}
        self.barred: Refused | None = None
        """Why whoever asks is not let in at all."""
        try:
            self.account = access.account_of(session, who.account, who.token)
        except Problems as found:
            self.barred = Refused(found.problems)
        self.commands: Sequence[Command] = ()
        self.attempts: list[Attempt] = []
        """What was refused because the actor may not ask for it."""

    def take(self, commands: Sequence[Command]) -> Refused | None:
        self.commands = commands
        reasons: list[Problem] = []
        for command in commands:
            refused = self._one(command)
            found = refused.reasons if refused else ()
            self._attempted(command, found)
            reasons += (_about(command, reason) for reason in found) if len(commands) > 1 else found
            if found and isinstance(command, AdoptDefinition | AdoptTeamFile):
                break  # what follows in the batch rests on the adoption
        return Refused(tuple(reasons)) if reasons else None

    def _attempted(self, command: Command, reasons: Sequence[Problem]) -> None:
        named = (self.account, self.who.actor, command.name, _subject(command))
        self.attempts += journal.attempts(named, reasons, self.command_id)

    def refused_by_store(self, found: Problems) -> list[Attempt]:
        """Return what the journal is to say of commands that were decided and that the store would not take."""
        for command in self.commands:
            self._attempted(command, found.problems)
        return self.attempts

    def _one(self, command: Command) -> Refused | None:
        if self.barred is not None:
            return self.barred
        if isinstance(command, OpenCampaign):
            self.session.key = command.key
        stream = self._stream(command)
        context = self.context()
        on = self.who.on or self.today
        asked = Asked(self.who.actor, self.role, on, self.today, self.command_id, self.account)
        entity = self._about(command, stream.state)
        role = self._adopter() if isinstance(command, BindDefinition) else authorise(command, entity, context, asked)
        if isinstance(role, Refused):
            return role
        self.role = self.role or role
        events = _decide(command, stream.state, context, asked)
        if isinstance(events, Refused):
            return events
        for event in events:
            self._evolve(stream, event, asked)
        return None

    def _about(self, command: Command, state: State) -> EntityState | None:
        """Return the entity that COMMAND is about: its own, or the one whose project it is."""
        match state:
            case EntityState():
                return state
            case ProjectState():
                owner = state.entity or getattr(command, "entity", "")
                entity = self.session.entity(owner) if owner else None
                if entity is not None:
                    self.owners.setdefault(f"entity:{self.session.key}/{owner}", entity.version)
                return entity
            case CampaignState():
                return None
            case _:
                assert_never(state)

    def _adopter(self) -> str | Refused:
        """Return the role that adopted the definition just now: bindings are part of an adoption."""
        own = self.streams.get(self.session.stream)
        if own and any(isinstance(event, DefinitionAdopted) for event in own.events):
            return self.role
        message = T("entities are brought under a definition by its adoption only")
        return refuse(NOT_PERMITTED, message, T("adopt it with `campaign apply`"))

    def context(self) -> Context:
        own = self.streams.get(self.session.stream)
        state = own.state if own else self.campaign
        assert isinstance(state, CampaignState)  # noqa: S101 -- the campaign's stream holds a CampaignState
        return Context(read_definition(state.definition), state)

    def _stream(self, command: Command) -> _Stream:
        name = stream_of(command, self.session.key)
        if name not in self.streams:
            kind, _, row = name.partition(":")
            self.streams[name] = _Stream(kind, row, self.session.log.row(kind, row) or _INITIAL[kind]())
        return self.streams[name]

    def _evolve(self, stream: _Stream, event: Event, asked: Asked) -> None:
        record = Recorded(
            position=0,
            stream=f"{stream.kind}:{stream.row}",
            version=stream.state.version + 1,
            topic=TOPIC_OF[type(event)],
            recorded_at=self.instant,
            occurred_on=asked.occurred_on,
            actor=asked.actor,
            role=self.role,
            command_id=self.command_id,
            causation=None,
            event=event,
        )
        stream.events.append(event)
        stream.state = _EVOLVE[stream.kind](stream.state, record)

    def summary(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, TOPIC_OF[type(event)]) for name, stream in self.streams.items() for event in stream.events)

    def batch(self, digest: str) -> Batch:
        on = self.who.on or self.today
        writes = tuple(
            Write(name, stream.loaded.version, tuple(Draft(event, on) for event in stream.events))
            for name, stream in self.streams.items()
            if stream.events
        )
        return Batch(
            self.command_id,
            digest,
            self.who.actor,
            self.role,
            writes,
            self._guards(),
            _ENCODE(_Remembered(events=self.summary(), attempt=self.who.attempt)),
        )

    def _guards(self) -> tuple[Guard, ...]:
        """Return what must stand of the streams that were only looked at."""
        looked = {self.session.stream: (self.campaign.version, DECIDED_ON)}
        looked |= {name: (version, ANSWERED_FOR) for name, version in self.owners.items()}
        return tuple(Guard(name, *seen) for name, seen in looked.items() if name not in self.streams)

    def read(self) -> tuple[Guard, ...]:
        """Return what must stand for a refusal to be right; of what a login does not see it cannot know."""
        seen = {name: stream.loaded.version for name, stream in self.streams.items()}
        if not all(seen.values()) and self.session.log.partial(self.session.key):
            seen = {name: version for name, version in seen.items() if version}
        return (*self._guards(), *(Guard(name, version) for name, version in seen.items()))

    def hints(self) -> Hints:
        return {(stream.kind, stream.row): stream.loaded for stream in self.streams.values() if stream.loaded.version}


_INITIAL: dict[str, Callable[[], State]] = {"campaign": CampaignState, "entity": EntityState, "project": ProjectState}
_EVOLVE: dict[str, Callable[[Any, Recorded], State]] = {
    "campaign": campaigns.evolve,
    "entity": entities.evolve,
    "project": projects.evolve,
}


def _decide(command: Command, state: Any, context: Context, asked: Asked) -> tuple[Event, ...] | Refused:  # noqa: ANN401 -- the stream kind decides the state
    match command:
        case EntityCommand():
            return entities.decide(command, state, context, asked)
        case ProjectCommand():
            return projects.decide(command, state, context, asked)
        case CampaignCommand():
            return campaigns.decide(command, state, context, asked)
        case _:
            raise TypeError(command)
