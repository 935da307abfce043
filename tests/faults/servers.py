"""PostgreSQL servers that the fault suites may crash, and pairs of a primary and a standby."""

import sys
from functools import cache

from store.cluster import OWNER, Cluster

RECOVERY = ("recovery_init_sync_method=syncfs",) if sys.platform == "linux" else ()
"""After a crash of the server alone the files need no sync one by one, which takes seconds."""


@cache
def crashing() -> Cluster:
    """Return a server that syncs as in the office and comes back from a crash in half a second."""
    return Cluster(*RECOVERY)


def crash(server: Cluster) -> None:
    """End every process of the server where it stands, and start it again."""
    server.stop("immediate")
    server.start()


class Standby(Cluster):
    """A copy of a primary that follows it, by way of any port."""

    def __init__(self, primary: Cluster, port: int) -> None:
        """Copy PRIMARY and follow it by PORT of this machine."""
        self._primary, self._by = primary, port
        super().__init__(*RECOVERY)

    def run(self, program: str, *arguments: str, check: bool = True) -> object:  # type: ignore[override]
        """Run a program; where another server would be made from nothing, copy the primary."""
        if program != "initdb":
            return super().run(program, *arguments, check=check)
        where = ("--host=127.0.0.1", f"--port={self._primary.port}", f"--username={OWNER}", "--no-sync")
        made = super().run("pg_basebackup", "--pgdata", str(self.data), "--checkpoint=fast", *where)
        way = f"host=127.0.0.1 port={self._by} user={OWNER} application_name=second"
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = '{way}'\n")
        (self.data / "standby.signal").touch()
        return made

    def promote(self) -> None:
        """Make it the primary."""
        self.run("pg_ctl", "promote", "--wait", "--pgdata", str(self.data))


def heed(primary: Cluster, standby: str) -> None:
    """Let the primary's commits wait for a standby by name; for none when it is ""."""
    primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
    primary.sql("SELECT pg_reload_conf()")
