"""Which part of the definition stands in which file, and who may change it (roles.yaml: owners)."""

from collections.abc import Iterator

from campaign.domain.definition import Definition, Owner
from campaign.domain.teams import file_of
from campaign.problems import NOT_PERMITTED, Place, Problem, T, nearest

FILES: dict[str, tuple[str, ...]] = {
    "phases.yaml": (
        "campaign",
        "documents",
        "stages",
        "phases",
        "groups",
        "obligations",
        "meetings",
        "four_eyes",
        "timeliness",
        "watched_sectors",
        "laggard_criterion",
        "selection_criterion",
    ),
    "registers.yaml": ("registers", "tables", "checks", "laggards", "notices"),
    "indicators.yaml": ("indicators", "scopes", "targets", "trend", "reconciliations"),
    "roles.yaml": ("roles", "assignments", "owners", "accounts", "access_keys"),
    "calendar.yaml": ("calendar",),
}
"""Which part of the definition stands in which file; each team has a file of its own beside them."""

OPTIONAL = frozenset({"registers.yaml"})
"""Files that a campaign may do without: it keeps no registers and screens no figures."""

FILE_OF = {key: name for name, keys in FILES.items() for key in keys}

TEAM_KEYS = ("label", "prefecture", "groups", "entities", "phases", "duties", "obligations")
"""The keys of a team's file beside its id."""


def check(definition: Definition) -> Iterator[Problem]:
    """Find owners of files, keys and roles that do not exist."""
    files = FILES | {file_of(team.id): TEAM_KEYS for team in definition.teams}
    roles = [role.id for role in definition.roles]
    for number, owner in enumerate(definition.owners):
        path = f"owners[{number}]"
        if owner.file not in files:
            message = T("there is no file {path}", path=owner.file)
            yield Problem("unknown-file", message, nearest(owner.file, files), Place(field=f"{path}.file"))
        for place, name in enumerate(owner.roles):
            if name not in roles:
                message = T("there is no role {name}", name=name)
                yield Problem("unknown-role", message, nearest(name, roles), Place(field=f"{path}.roles[{place}]"))
        for place, key in enumerate(owner.keys):
            if key not in files.get(owner.file, (key,)):
                message = T("{file} has no key {key}", file=owner.file, key=key)
                fix = nearest(key, files[owner.file])
                yield Problem("unknown-key", message, fix, Place(field=f"{path}.keys[{place}]"))


def trespasses(before: Definition, after: Definition, roles: frozenset[str]) -> Iterator[Problem]:
    """Object to every change of a file, or key, whose owners hold none of ROLES; BEFORE says who they are."""
    for file, key in changed(before, after):
        owners = [owner for owner in before.owners if owner.file == file and (not owner.keys or key in owner.keys)]
        if owners and not any(roles & set(owner.roles) for owner in owners):
            named = ", ".join(sorted({role for owner in owners for role in owner.roles}))
            message = T("{key} in {file} is not yours to change", key=key, file=file)
            fix = T("it is for whoever holds one of the roles {roles}; `campaign access show` tells yours", roles=named)
            yield Problem(NOT_PERMITTED, message, fix, Place(field=key), named)


def changed(before: Definition, after: Definition) -> Iterator[tuple[str, str]]:
    """Yield each (file, key) in which the two differ."""
    for key, file in FILE_OF.items():
        if getattr(before, key) != getattr(after, key):
            yield file, key
    mine, theirs = ({team.id: team for team in definition.teams} for definition in (before, after))
    for name in sorted(mine.keys() | theirs.keys()):
        for key in TEAM_KEYS:
            if getattr(mine.get(name), key, None) != getattr(theirs.get(name), key, None):
                yield file_of(name), key


def owners_of(definition: Definition, file: str) -> tuple[Owner, ...]:
    """Return who owns FILE, or some of its keys."""
    return tuple(owner for owner in definition.owners if owner.file == file)
