"""A standby that is waited for: failover loses nothing (P-08), and what is not known is not called done (P-04).

Short form: once; `CAMPAIGN_LONG=1` fails over ten times.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faults.crowd import prepare
from faults.nursery import Child, Nursery
from faults.proxy import between
from faults.servers import RECOVERY, Standby, heed
from faults.stores import clock, open_log
from faults.writer import command
from faults.writing import told, torn_or_lost, write_some
from store.cluster import Cluster

from campaign.problems import Problems

ROUNDS = 10 if os.environ.get("CAMPAIGN_LONG") else 1
CAMPAIGN = (sys.executable, "-c", "from campaign_cli.main import cli; cli()")


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    server = Cluster(*RECOVERY)
    yield server
    server.close()


def until(primary: Cluster, condition: str) -> None:
    """Wait until a query of the primary's finds something."""
    for _ in range(2_000):
        if primary.sql(f"SELECT pg_sleep(0.01), 1 WHERE EXISTS ({condition})"):
            return
        primary.sql("SELECT pg_sleep(0.01)")
    raise AssertionError(condition)


def failed_over(
    nursery: Nursery, primary: Cluster, directory: Path, *, synchronous: bool
) -> tuple[list[str], list[str]]:
    """Cut a primary off, wires first, and promote its standby; return what is lost there, and what is torn."""
    directory.mkdir()
    diary, name = directory / "told", primary.fresh()
    with between(primary.port) as road, between(primary.port) as wire:
        second = Standby(primary, wire.port)
        heed(primary, "second" if synchronous else "")
        state = "sync" if synchronous else "async"
        until(primary, f"SELECT FROM pg_stat_replication WHERE sync_state = '{state}' AND state = 'streaming'")
        hosts = f"127.0.0.1:{road.port},127.0.0.1:{second.port}"
        store = f"postgresql://owner@{hosts}/{name}?target_session_attrs=read-write"
        writer = write_some(nursery, store, diary, random.Random(5), 20)  # noqa: S311 -- a seed, not a secret
        wire.swallow()
        if synchronous:
            writer.wait(0.5)
        else:
            go_on(writer, diary)
        road.swallow()
        second.promote()
    go_on(writer, diary)
    writer.kill()
    heed(primary, "")
    found = torn_or_lost(second.dsn(name), told(diary))
    second.close()
    return found


def go_on(writer: Child, diary: Path) -> None:
    """Wait until the writer was told of five more."""
    before = len(told(diary))
    while len(told(diary)) < before + 5:
        assert writer.wait(0.01) is None


@pytest.mark.parametrize("number", range(ROUNDS))
def test_failover_to_a_standby_that_was_waited_for_loses_nothing(
    nursery: Nursery, primary: Cluster, tmp_path: Path, number: int
) -> None:
    """P-08: the primary is black-holed, first for its standby, then for the clients; these go on at the standby."""
    found = failed_over(nursery, primary, tmp_path / str(number), synchronous=True)
    assert found == ([], [])


def test_failover_to_a_standby_that_was_not_waited_for_loses_something(
    nursery: Nursery, primary: Cluster, tmp_path: Path
) -> None:
    """Control of P-08: asynchronous replication."""
    lost, torn = failed_over(nursery, primary, tmp_path / "once", synchronous=False)
    assert lost
    assert torn == []


def test_a_commit_that_the_standby_did_not_confirm_is_not_called_done(primary: Cluster, tmp_path: Path) -> None:
    """P-04: the wait is cancelled or ends, where PostgreSQL itself says that all went well and warns: exit code 8."""
    name = primary.fresh()
    prepare(primary.dsn(name), tmp_path / "folder")
    with between(primary.port) as wire:
        second = Standby(primary, wire.port)
        heed(primary, "second")
        until(primary, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")
        assert finding(primary.dsn(name), "f1")() == (0, "")
        wire.swallow()
        waiting = finding(primary.dsn(name), "f2")
        until(primary, "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        code, said = waiting()
        assert (code, "outcome-unknown" in said, "--command-id once-f2" in said) == (8, True, True)
        assert timed_out(primary.dsn(name)) == "outcome-unknown"
        wire.recover()
        assert finding(primary.dsn(name), "f2")() == (0, "")
    log = open_log(primary.dsn(name), clock(0), read_only=True)
    assert sorted(r.command_id for r in log.read("entity:harvest-2031/north", 1)) == ["once-f1", "once-f2"]
    log.close()
    heed(primary, "")
    second.close()


def timed_out(store: str) -> str:
    """Write with little patience, and return the code of the problem: the standby is waited for no longer."""
    from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

    with closing(PostgresLog(store, (), clock(0), timeout=0.3)) as log, pytest.raises(Problems) as caught:
        log.append(command(log, 1))
    return caught.value.problems[0].code


def finding(store: str, name: str) -> Callable[[], tuple[int, str]]:
    """Raise a finding by the program itself; the result is called for its exit code and what it said on stderr."""
    words = ("--store", store, "--as", "p-ada", "finding", "raise", "north", name, "--kind", "omission")
    line = [*CAMPAIGN, *words, "--statement", "x", "--command-id", f"once-{name}"]
    environment = os.environ | {"LC_ALL": "C", "CAMPAIGN_LANG": "en"}
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)

    def result() -> tuple[int, str]:
        _, said = process.communicate(timeout=60)
        return process.returncode, said

    return result
