"""Plan and apply: what adopting the campaign folder would change, and adopting it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.domain.commands import AdoptDefinition, Command, OpenCampaign
from campaign.files import folder as folders
from campaign.problems import Place, Problem, Problems, T


class Change(msgspec.Struct, frozen=True):
    """One value that adopting the folder would add, change or remove; the path names list items by their id."""

    kind: Literal["added", "changed", "removed"]
    path: str
    before: str = ""
    after: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What adopting a folder would do, and what it was computed from."""

    campaign: str
    new: bool
    log_position: int
    adopted_sha256: str
    folder_sha256: str
    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        """Return how many changes are of KIND."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def empty(self) -> bool:
        """Whether adopting would change nothing."""
        return self.adopted_sha256 == self.folder_sha256


class Stale(Problems):
    """The plan was made from an adopted definition that is no longer the adopted one: conflict, exit code 4."""


def plan(session: Session, config: Path) -> Plan:
    """Compare the folder CONFIG with the adopted definition. Raises Problems for all that is wrong in the folder."""
    folder = folders.load(config)
    state = session.campaign()
    before = msgspec.json.decode(state.definition) if state.definition else {}
    after = msgspec.json.decode(folder.text)
    return Plan(
        campaign=folder.definition.campaign.key,
        new=state.version == 0,
        log_position=session.log.head(),
        adopted_sha256=state.adoptions[-1].sha256 if state.adoptions else "",
        folder_sha256=folder.sha256,
        changes=tuple(differences(before, after)),
    )


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
) -> Reply:
    """Adopt the folder as one recorded event; a new campaign is opened by the same append.

    Raises Stale if MADE was computed from another adopted definition or another folder than there is now.
    """
    current = plan(session, config)
    if made is not None:
        _still_holds(made, current)
    folder = folders.load(config)
    about = folder.definition.campaign
    commands: list[Command] = [OpenCampaign(about.key, about.title, rehearsal)] if current.new else []
    commands.append(
        AdoptDefinition(
            sha256=folder.sha256,
            definition=folder.text,
            files=folder.files,
            document=document,
            reason=reason,
            replaces=current.adopted_sha256,
        )
    )
    return handle(session, commands, who, dry_run=dry_run)


def _still_holds(made: Plan, current: Plan) -> None:
    if made.adopted_sha256 != current.adopted_sha256:
        message = T("the adopted definition changed since the plan was made at position {at}", at=made.log_position)
        raise Stale([Problem("stale-plan", message, T("make a new plan"), Place(field="plan"))])
    if made.folder_sha256 != current.folder_sha256:
        message = T("the folder changed since the plan was made")
        raise Stale([Problem("stale-plan", message, T("make a new plan"), Place(field="plan"))])


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:  # noqa: ANN401 -- plain JSON values
    """Yield what differs between two plain values; items of lists are matched by their `id`, else by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else key
            yield from _pair(before, after, key, inner)
    elif isinstance(before, list) and isinstance(after, list):
        left, right = _by_id(before), _by_id(after)
        for key in [*left, *(key for key in right if key not in left)]:
            yield from _pair(left, right, key, f"{path}[{key}]")
    elif before != after:
        yield Change("changed", path, _short(before), _short(after))


def _pair(before: dict[str, Any], after: dict[str, Any], key: str, path: str) -> Iterator[Change]:
    if key not in after:
        yield Change("removed", path, before=_short(before[key]))
    elif key not in before:
        yield Change("added", path, after=_short(after[key]))
    else:
        yield from differences(before[key], after[key], path)


def _by_id(items: list[Any]) -> dict[str, Any]:
    named = {item["id"]: item for item in items if isinstance(item, dict) and "id" in item}
    return named if len(named) == len(items) else {str(place): item for place, item in enumerate(items)}


def _short(value: Any) -> str:  # noqa: ANN401 -- plain JSON values
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    limit = 60
    return text if len(text) <= limit else text[: limit - 1] + "…"
