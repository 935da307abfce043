"""Which store is named: a file or a PostgreSQL database; whether it is there, and bringing its schema up to date."""

from pathlib import Path

import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign.store.dsn import database, is_dsn, redacted


class Migrated(msgspec.Struct, frozen=True):
    """What a migration did: the schema found (0 = none), the one that stands now, and the steps taken."""

    found: int
    now: int
    steps: tuple[str, ...] = ()


def present(store: str) -> bool:
    """Whether there is a store to open; of a database only opening it tells."""
    return is_dsn(store) or Path(store).exists()


def shown(store: str) -> str:
    """Return how a store is named to a reader: an address without its password."""
    return redacted(store)


KEYS = "~/.campaign"
"""Where the keys of databases lie: a server has no folder of ours, and the working directory is another every day."""


def beside(store: str, suffix: str) -> Path:
    """Return the path of what belongs to a store: beside its file, or in KEYS under the database's name."""
    return Path(KEYS).expanduser() / f"{database(store)}{suffix}" if is_dsn(store) else Path(f"{store}{suffix}")


def make_room(path: Path) -> None:
    """Make the folder KEYS, for its owner only, where PATH lies in it; any other folder is for its owner to make."""
    keys = Path(KEYS).expanduser()
    if path.parent == keys:
        keys.mkdir(mode=0o700, exist_ok=True)


def absent(store: str) -> Problem:
    """Say that there is no file of that name."""
    path = shown(store)  # whoever wrote it as libpq's `host=… password=…` meant a database
    message = T("there is no store {path}", path=path)
    fix = T("name it with --store, or make one with `campaign demo` or `campaign apply`")
    return Problem("store-missing", message, fix, Place(file=path))


def migrate(store: str) -> Migrated:
    """Bring the schema of a store up to date, making the tables of a database that has none; several may start at once.

    Raises Problems (codes `store-…`, `not-permitted`).
    """
    if is_dsn(store):
        from campaign.store import migrations

        made = migrations.migrate(store)
        return Migrated(made.found, made.now, made.steps)
    if not Path(store).exists():
        raise Problems([absent(store)])
    from campaign.store.schema import lift

    found, now = lift(Path(store))
    return Migrated(found, now, tuple(f"{version} → {version + 1}" for version in range(found, now)))
