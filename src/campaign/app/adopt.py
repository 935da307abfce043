"""Plan and apply: what adopting the campaign folder would change and bring about, and adopting it.

A plan is made from a log position, an adopted hash and a folder's hash; it holds only as long as it says what would
happen now.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from campaign.app.changes import Change, differences
from campaign.app.handle import Reply, Who, before, handle
from campaign.app.session import Session
from campaign.app.versions import adopted
from campaign.domain.commands import (
    AdoptDefinition,
    AdoptTeamFile,
    BindDefinition,
    Command,
    OpenCampaign,
    ProposeDefinition,
)
from campaign.domain.definition import canonical, from_canonical
from campaign.domain.events import DefinitionAdopted, Held
from campaign.domain.ownership import FILES
from campaign.domain.state import CampaignState
from campaign.domain.teams import file_of
from campaign.files import folder as folders
from campaign.files.folder import Folder
from campaign.files.reading import read_text
from campaign.problems import Place, Problem, Problems, T, Text, like_entity, nearest
from campaign.readmodels.consequences import Consequence, Proposal, Totals, consequences, totals

__all__ = ["Change", "Choice", "Consequence", "Plan", "Stale", "Totals", "apply", "differences", "plan", "propose"]


class Choice(msgspec.Struct, frozen=True):
    """How a folder is to be adopted.

    keep: entities that stay on the definition they are under.  reassess: judge marks already given again, with a
    reason.  team: adopt this team's file alone.
    """

    keep: tuple[str, ...] = ()
    reassess: bool = False
    team: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What adopting a folder would do, and what it was computed from."""

    campaign: str
    new: bool
    log_position: int
    adopted_sha256: str
    folder_sha256: str
    changes: tuple[Change, ...]
    consequences: tuple[Consequence, ...] = ()
    choice: Choice = Choice()
    texts: tuple[str, ...] = ()
    """Files whose text alone differs: what they say is what is adopted."""
    contents: dict[str, int] = {}
    """How many parts of each kind a new campaign has."""

    def count(self, kind: str) -> int:
        """Return how many changes are of KIND."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def dates(self) -> int:
        """How many dates of the definition move."""
        return sum(change.moves_a_date for change in self.changes)

    @property
    def totals(self) -> Totals:
        """How much would change over all entities."""
        return totals(self.consequences)

    @property
    def empty(self) -> bool:
        """Whether adopting would change nothing."""
        return not (self.new or self.changes)


class Stale(Problems):
    """The plan no longer says what would happen: conflict, exit code 4. `current` is what would happen now."""

    def __init__(self, problems: Iterable[Problem], current: Plan) -> None:
        """Take what changed since, and the plan as it would be made now."""
        super().__init__(problems)
        self.current = current


def plan(session: Session, config: Path, choice: Choice = Choice()) -> Plan:  # noqa: B008 -- a frozen value
    """Compare the folder CONFIG with the adopted definition. Raises Problems for all that is wrong in the folder."""
    return _plan(session, _folder(session, config, choice.team), choice)


def _folder(session: Session, config: Path, team: str) -> Folder:
    """Read the folder; for one team's file, what is adopted with that file in its place."""
    if not team:
        return folders.load(config)
    sources: dict[str, str | Problems] = {file.name: file.text for file in adopted(session).files}
    name = file_of(team)
    known = [file.removeprefix("teams/").removesuffix(".yaml") for file in (*sources, *folders.names(config))]
    if not (config / name).exists() and name not in sources:
        message = T("there is no team {team}", team=team)
        others = {other for other in known if file_of(other) in {*sources, *folders.names(config)}}
        raise Problems([Problem("unknown-team", message, nearest(team, others), Place(field="team"))])
    if (config / name).exists():
        sources[name] = read_text(config / name)
    else:
        del sources[name]
    order = [*(file for file in FILES if file in sources), *sorted(sources.keys() - FILES.keys())]
    return folders.compose({file: sources[file] for file in order}, config)


def _plan(session: Session, folder: Folder, choice: Choice) -> Plan:
    state = session.campaign()
    states = session.entities()
    _known(choice.keep, states, state)
    today = session.today(folder.definition if state.version == 0 else None)
    proposal = Proposal(folder.definition, today, frozenset(choice.keep), choice.reassess)
    changes = tuple(differences(_before(state), msgspec.json.decode(folder.text)))
    found = consequences(states, session.context(), proposal) if changes else ()
    return Plan(
        campaign=folder.definition.campaign.key,
        new=state.version == 0,
        log_position=session.log.head(),
        adopted_sha256=state.adoptions[-1].sha256 if state.adoptions else "",
        folder_sha256=folder.sha256,
        changes=changes,
        consequences=found,
        choice=choice,
        texts=_texts(session, folder) if state.adoptions and not changes else (),
        contents={} if state.version else _contents(folder),
    )


def _texts(session: Session, folder: Folder) -> tuple[str, ...]:
    """Return the files of FOLDER whose text is not the one adopted, and those that came or went."""
    recorded = {file.name: file.text for file in adopted(session).files}
    lying = {file.name: file.text for file in folder.files}
    return tuple(name for name in {**recorded, **lying} if recorded.get(name) != lying.get(name))


def _contents(folder: Folder) -> dict[str, int]:
    found = folder.definition
    return {
        "phases": len(found.phases),
        "gates": sum(len(phase.gates) for phase in found.phases),
        "obligations": len(found.obligations),
        "groups": len(found.groups),
    }


def _before(state: CampaignState) -> Any:  # noqa: ANN401 -- plain JSON values
    """Return the adopted definition as today's program writes it: fields that are new to it are no change."""
    return msgspec.json.decode(canonical(from_canonical(state.definition))) if state.definition else {}


def _known(keep: tuple[str, ...], states: Iterable[str], state: CampaignState) -> None:
    names = set(states)
    problems = [
        Problem(
            "unknown-entity",
            T("there is no entity {name} to keep", name=name),
            like_entity(name, names) if state.adoptions else T("nothing is adopted yet that it could stay on"),
            Place(field="keep"),
        )
        for name in keep
        if name not in names
    ]
    if problems:
        raise Problems(problems)


def size(made: Plan) -> tuple[Text, ...]:
    """Say how much would change, most telling first; nothing for a plan that changes nothing."""
    if made.empty:
        return ()
    if made.contents:
        text = T(
            "a new campaign: {phases} phases, {gates} gates, {obligations} obligations, {groups} groups",
            **made.contents,
        )
        return (text,)
    count = made.totals
    other = len(made.changes) - made.dates
    parts = (
        (made.dates, T("1 date moves"), T("{count} dates move", count=made.dates)),
        (count.moved, T("1 obligation shifts"), T("{count} obligations shift", count=count.moved)),
        (count.begun, T("1 obligation begins"), T("{count} obligations begin", count=count.begun)),
        (count.ended, T("1 obligation ends"), T("{count} obligations end", count=count.ended)),
        (count.marks, T("1 mark would change"), T("{count} marks would change", count=count.marks)),
        (count.gates, T("1 gate would stand otherwise"), T("{count} gates would stand otherwise", count=count.gates)),
        (count.letters, T("1 letter needs amendment"), T("{count} letters need amendment", count=count.letters)),
        (count.stuck, T("1 entity has no phase left"), T("{count} entities have no phase left", count=count.stuck)),
        (other, T("1 other setting changes"), T("{count} other settings change", count=other)),
    )
    return tuple(one if number == 1 else many for number, one, many in parts if number)


def apply(  # noqa: PLR0913 -- each is a separate choice of the admin
    session: Session,
    config: Path,
    who: Who,
    *,
    made: Plan | None = None,
    document: str = "",
    reason: str = "",
    rehearsal: bool = False,
    dry_run: bool = False,
    choice: Choice = Choice(),  # noqa: B008 -- a frozen value
) -> Reply:
    """Adopt the folder in one append: the definition, and for every entity what it is now under.

    A new campaign is opened by the same append.  The same command id again gives its first outcome.  Raises Stale if
    MADE no longer says what would happen, or somebody else adopted first; its choice is then the one that counts.
    """
    choice = made.choice if made else choice
    folder = _folder(session, config, choice.team)
    intent = ("apply", folder.sha256, folder.files, choice, document, reason, rehearsal)
    known = before(session, who, intent)
    if known is not None:
        return known
    current = _plan(session, folder, choice)
    if made is not None:
        _still_holds(session, made, current)
    commands: list[Command] = [OpenCampaign(current.campaign, folder.definition.campaign.title, rehearsal)]
    commands = [*(commands if current.new else ()), _adoption(session, folder, current, document, reason)]
    commands += [
        BindDefinition(entity, entity in choice.keep, choice.reassess, reason)
        for entity in (session.entities() if current.adopted_sha256 and not session.campaign().closed else ())
    ]
    reply = handle(session, commands, who, dry_run=dry_run, intent=intent)
    if reply.refusal and any(reason.code == "definition-replaced" for reason in reply.refusal.reasons):
        _still_holds(session, current, _plan(session, folder, choice))
    return reply


def _adoption(session: Session, folder: Folder, current: Plan, document: str, reason: str) -> Command:
    held = session.campaign().held
    team = next((team for team in folder.definition.teams if team.id == current.choice.team), None)
    common: dict[str, Any] = {
        "sha256": folder.sha256,
        "definition": folder.text,
        "files": folder.files,
        "document": document,
        "reason": reason,
        "replaces": current.adopted_sha256,
        "diff": tuple(map(str, current.changes)) if current.adopted_sha256 else (),
        "held": tuple(Held(entity=name, sha256=held.get(name, current.adopted_sha256)) for name in current.choice.keep),
    }
    if not current.choice.team:
        return AdoptDefinition(**common)
    entity = team.prefecture or next(iter(team.entities), "") if team else ""
    return AdoptTeamFile(current.choice.team, entity, **common)


def propose(  # noqa: PLR0913 -- each is a separate choice
    session: Session, config: Path, who: Who, *, document: str = "", reason: str = "", dry_run: bool = False
) -> Reply:
    """Propose the folder for another person to adopt (R-58). Raises Problems for all that is wrong in it."""
    current = plan(session, config)
    command = ProposeDefinition(current.folder_sha256, current.adopted_sha256, document, reason)
    return handle(session, [command], who, dry_run=dry_run)


# --- a plan that no longer holds ---------------------------------------------------------------------------------


def _still_holds(session: Session, made: Plan, current: Plan) -> None:
    problems = [*_adopted_since(session, made, current), *_folder_since(made, current)]
    problems = problems or list(_facts_since(made, current))
    if problems:
        raise Stale(problems, current)


def _stale(message: Text) -> Problem:
    return Problem("stale-plan", message, T("make a new plan"), Place(field="plan"))


def _adopted_since(session: Session, made: Plan, current: Plan) -> Iterator[Problem]:
    if made.adopted_sha256 == current.adopted_sha256:
        return
    for record in session.log.scan(made.log_position, prefix=session.stream):
        if isinstance(record.event, DefinitionAdopted):
            lines = "; ".join(record.event.diff) or record.event.sha256
            message = T(
                "since the plan was made, {actor} adopted another definition at position {position}: {changes}",
                actor=record.actor,
                position=record.position,
                changes=lines,
            )
            yield _stale(message)


def _folder_since(made: Plan, current: Plan) -> Iterator[Problem]:
    if made.folder_sha256 == current.folder_sha256:
        return
    lines = [line for line in current.changes if line not in made.changes]
    gone = [line for line in made.changes if line not in current.changes]
    changes = "; ".join([*map(str, lines), *(f"({line})" for line in gone)])
    yield _stale(T("since the plan was made, the folder changed: {changes}", changes=changes))


def _facts_since(made: Plan, current: Plan) -> Iterator[Problem]:
    """Object when events since then change what adopting would bring about; other events do not matter."""
    then, now = ({item.entity: item for item in side.consequences} for side in (made, current))
    names = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    if names:
        message = T(
            "since position {position}, the consequences for {entities} are others",
            position=made.log_position,
            entities=", ".join(names),
        )
        yield _stale(message)
