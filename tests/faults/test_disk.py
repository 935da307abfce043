"""A disk that is full, fails, may not be written, or holds garbage is safe (P-05), by the program itself.

Whatever breaks: no traceback, a message with a remedy, an exit code that tells what is known, nothing half-written, and
the same command with the same id succeeds afterwards, once.  `CAMPAIGN_LONG=1` fails every storage system call.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from faults.crowd import prepare
from faults.history import amiss
from faults.nursery import TESTS, Nursery
from faults.stores import clock, open_log
from faults.writer import command
from faults.writing import torn_or_lost
from store import powercut
from store.cluster import quick

from campaign.problems import Problems
from campaign.store.engine import Engine
from campaign.store.sqlite import SqliteLog

LONG = bool(os.environ.get("CAMPAIGN_LONG"))
INJECTED = 400 if LONG else 14
LIMITS, ROOMS, PAGES = 40, 20, 20
DONE, PROBLEM, BUSY, DAMAGED, UNKNOWN = 0, 3, 4, 5, 8
PAGE = 4096
LINE = re.compile(r"^\S.*\(.+\)$", re.MULTILINE)
"""A problem as it is shown, with its remedy in brackets at the end."""
CALLS = (
    "openat",
    "newfstatat",
    "pread64",
    "pwrite64",
    "fdatasync",
    "fsync",
    "ftruncate",
    "fcntl",
    "mmap",
    "unlink",
    "lseek",
)
"""The storage system calls that SQLite and our own code make."""


class Told(msgspec.Struct, frozen=True):
    """How the program ended, and what it said."""

    code: int
    said: str


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the harvest campaign in it, not to be written to."""
    home = tmp_path_factory.mktemp("pristine")
    path = home / "campaign.db"
    SqliteLog(path, (), clock(0)).close()
    prepare(str(path), home / "folder")
    return path


def words(store: Path) -> list[object]:
    """The arguments of a command that writes."""
    statement = "x" * 3_000  # more than one page
    raised = ("finding", "raise", "north", "f1", "--kind", "omission", "--statement", statement)
    return ["--store", store, "--as", "p-ada", "--lang", "en", *raised, "--command-id", "once"]


def given(nursery: Nursery, store: Path, said: Path, largest: int = 0) -> Told:
    """Give the command."""
    child = nursery.start("faults.command", largest, said, *words(store))
    code = child.wait(60)
    assert code is not None
    return Told(code, said.read_text())


def outcome(store: Path, told: Told) -> str:
    """Hold what was told against what the store holds; return the code of the problem, "" when there was none."""
    assert "Traceback" not in told.said
    with_log = open_log(str(store), clock(0), read_only=False)
    records = list(with_log.scan())
    outcomes = {each.command_id: each for each in with_log.tree().outcomes()}
    with_log.close()
    assert amiss([], records, outcomes) == []
    recorded = "once" in outcomes
    if told.code == DONE:
        assert recorded
        return ""
    assert LINE.search(told.said), told.said
    assert told.code in (PROBLEM, BUSY, DAMAGED, UNKNOWN), told
    code = re.search(r"^(?:\S+: )?(file|store-[a-z-]+|outcome-unknown|integrity-[a-z]+)", told.said)
    assert code is not None, told.said
    if told.code != UNKNOWN:
        assert not recorded, told
    return code[0]


def test_files_that_may_not_grow(nursery: Nursery, pristine: Path, tmp_path: Path) -> None:
    """`ulimit -f` at 40 sizes, from nothing to enough."""
    found: Counter[str] = Counter()
    for number in range(1, LIMITS + 1):
        store = tmp_path / f"{number}.db"
        shutil.copy(pristine, store)
        found[outcome(store, given(nursery, store, tmp_path / "said", number * 2_048))] += 1
        if number % 4 == 0:
            assert outcome(store, given(nursery, store, tmp_path / "said")) == ""
    assert set(found) <= {"", "store-full", "store-io"}
    assert min(found[""], found.total() - found[""]) > 5


@contextmanager
def mounted(place: Path, size: str) -> Iterator[Path]:
    """Have a disk of its own, of SIZE, at PLACE."""
    place.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    if os.getuid() or subprocess.run(order, capture_output=True, check=False).returncode:
        pytest.skip("not run: mount not permitted")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 -- the system's


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    with mounted(tmp_path / "small", "1m") as place:
        yield place


def test_a_disk_that_is_full(nursery: Nursery, pristine: Path, small: Path, tmp_path: Path) -> None:
    """20 times, with room for less than the command needs up to more than enough."""
    found: Counter[str] = Counter()
    store, ballast = small / "campaign.db", small / "ballast"
    for number in range(ROOMS):
        for old in small.iterdir():
            old.unlink()
        shutil.copy(pristine, store)
        free = shutil.disk_usage(small).free
        ballast.write_bytes(bytes(max(free - number * 2 * PAGE, 0)))
        told = given(nursery, store, tmp_path / "said")
        ballast.unlink()
        found[outcome(store, told)] += 1
        assert outcome(store, given(nursery, store, tmp_path / "said")) == ""
    assert found["store-full"] > 3
    assert found[""] > 3


def test_a_disk_that_may_not_be_written(nursery: Nursery, pristine: Path, small: Path, tmp_path: Path) -> None:
    store = small / "campaign.db"
    shutil.copy(pristine, store)
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)  # noqa: S607 -- the system's
    told = given(nursery, store, tmp_path / "said")
    assert told.code == PROBLEM
    assert re.match(r"store-read-only .*\(have the disk and the folder made writable", told.said), told.said


def write_on(log: Engine, told: list[str]) -> None:
    """Write until that fails."""
    for number in range(1, 10_000):
        log.append(command(log, number))
        told.append(f"c{number}")


def test_a_server_whose_disk_is_full() -> None:
    """On PostgreSQL: a database on a disk of its own; what it says was not recorded was not, and later it can be."""
    server = quick()
    with mounted(server.directory / "small", "24m") as place:
        if server.user is not None:
            os.chown(place, server.user.pw_uid, server.user.pw_gid)
        name = server.fresh()
        server.sql(f"CREATE TABLESPACE small LOCATION '{place}'")
        server.sql(f"ALTER DATABASE {name} SET TABLESPACE small")
        ballast = place / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(place).free - 40 * PAGE))
        told: list[str] = []
        with closing(open_log(server.dsn(name), clock(0), ())) as log:
            with pytest.raises(Problems, match=r"store-full .*nothing was recorded"):
                write_on(log, told)
            assert torn_or_lost(server.dsn(name), [*told, f"c{len(told) + 1}"]) == ([f"c{len(told) + 1}"], [])
            ballast.unlink()
            log.append(command(log, len(told) + 1))
        assert torn_or_lost(server.dsn(name), [*told, f"c{len(told) + 1}"]) == ([], [])
        server.drop(name)
        server.sql("DROP TABLESPACE small")


def test_pages_that_hold_garbage(nursery: Nursery, pristine: Path, tmp_path: Path) -> None:
    """Each page of the file in turn: the program notices, or did not need that page; it never writes on regardless."""
    whole = pristine.read_bytes()
    found: Counter[int] = Counter()
    chance = random.Random(3)  # noqa: S311 -- a seed, not a secret
    for page in range(0, len(whole) // PAGE, max(1, len(whole) // PAGE // PAGES)):
        store = tmp_path / f"{page}.db"
        store.write_bytes(whole[: page * PAGE] + chance.randbytes(PAGE) + whole[(page + 1) * PAGE :])
        told = given(nursery, store, tmp_path / "said")
        assert "Traceback" not in told.said, (page, told.said)
        assert told.code in (DONE, PROBLEM, DAMAGED), (page, told)
        assert told.code == DONE or LINE.search(told.said), (page, told)
        found[told.code] += 1
    assert found[DAMAGED] > 3


# --- every storage system call -----------------------------------------------------------------------------------

needs_strace = pytest.mark.skipif(not powercut.available(), reason="not run: strace missing or not permitted")


def traced(store: Path, directory: Path, fault: str = "") -> tuple[Told, list[str]]:
    """Give the command under strace, with FAULT injected; return what was told and the calls made on the store."""
    trace, said = directory / "trace", directory / "said"
    files = [option for suffix in ("", "-wal", "-shm", "-journal") for option in ("-P", f"{store}{suffix}")]
    options = [*files, "-e", f"trace={','.join(CALLS)}", *(["-e", f"inject={fault}"] if fault else [])]
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    line = ["strace", "-o", trace, *options, sys.executable, "-m", "faults.command", "0", said, *words(store)]
    run = subprocess.run(list(map(str, line)), env=os.environ | {"PYTHONPATH": path}, check=False)
    return Told(run.returncode, said.read_text()), trace.read_text().splitlines()


@needs_strace
def test_every_storage_call_that_fails(nursery: Nursery, pristine: Path, tmp_path: Path) -> None:
    """An error in the place of each call on the store's files, one at a time."""
    store = tmp_path / "campaign.db"
    shutil.copy(pristine, store)
    told, calls = traced(store, tmp_path)
    assert told.code == DONE
    made = Counter(line.partition("(")[0] for line in calls if "(" in line)
    assert made["pwrite64"] > 3
    faults = [
        f"{call}:error={error}:when={number}"
        for call, times in sorted(made.items())
        for error in (("EIO", "ENOSPC") if call in ("pwrite64", "ftruncate", "openat") else ("EIO",))
        for number in range(1, times + 1)
    ]
    chance = random.Random(11)  # noqa: S311 -- a seed, not a secret
    found: Counter[str] = Counter()
    for fault in chance.sample(faults, min(INJECTED, len(faults))):
        for suffix in ("-wal", "-shm"):
            Path(f"{store}{suffix}").unlink(missing_ok=True)
        shutil.copy(pristine, store)
        told, calls = traced(store, tmp_path, fault)
        assert any("INJECTED" in line for line in calls), fault
        found[outcome(store, told)] += 1
        assert outcome(store, given(nursery, store, tmp_path / "said")) == "", fault
    assert len(found) > 1
