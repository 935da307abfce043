"""The command line on a PostgreSQL store: it means what it means on a file, and its failures end as they should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.program import CONFIG, DAY_ONE, invoke
from click.testing import Result
from store.cluster import database, free_port, quick
from store.proxy import Proxy
from store.test_sqlite import build_first

from campaign.app.session import Settings, open_session
from campaign.app.stores import beside
from campaign.store import migrations

ENROL = (
    "--at",
    DAY_ONE,
    "--as",
    "p-office-1",
    "--command-id",
    "e1",
    "entity",
    "enrol",
    "--file",
    CONFIG / "entities.csv",
)
SECRET = "geheim"  # noqa: S105 -- what must not be shown


@pytest.fixture
def blank() -> Iterator[str]:
    for dsn in database(empty=True):
        yield dsn.replace("owner@", f"owner:{SECRET}@")


@pytest.fixture
def migrated(blank: str) -> str:
    assert run("store", "migrate", store=blank).exit_code == 0
    return blank


def run(*arguments: object, store: str) -> Result:
    """Run it; whatever happens, no password is shown."""
    done = invoke("--store", store, *arguments)
    assert SECRET not in done.output
    return done


def test_migrating_says_what_it_did_and_that_nothing_was_left_to_do(blank: str) -> None:
    first, second = run("store", "migrate", store=blank), run("store", "migrate", store=blank)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "0001_log.sql" in first.output
    assert f"schema 0 lifted to {migrations.SCHEMA}" in first.output
    assert f"schema {migrations.SCHEMA}: nothing to do" in second.output


def test_migrating_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    done = invoke("--store", tmp_path / "no.db", "store", "migrate")
    assert (done.exit_code, "store-missing" in done.output) == (3, True)
    assert not list(tmp_path.iterdir())


def test_migrating_a_file_of_today_leaves_it_as_it_is(begun: Path) -> None:
    done = invoke("--store", begun, "store", "migrate")
    assert (done.exit_code, "nothing to do" in done.output) == (0, True)


def test_migrating_a_file_of_the_first_schema_lifts_it_step_by_step(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    build_first(old)
    refused = invoke("--store", old, "log", "list")
    assert (refused.exit_code, "store-too-old" in refused.output) == (3, True)
    done = invoke("--store", old, "store", "migrate")
    assert (done.exit_code, "done: 1 → 2" in done.output) == (0, True)
    assert invoke("--store", old, "store", "info").exit_code == 0


def test_a_campaign_begins_and_goes_on_in_a_database(migrated: str) -> None:
    common = ("--at", DAY_ONE, "--as", "p-wei-lichang")
    assert run(*common, "apply", "--rehearsal", "--yes", store=migrated).exit_code == 0
    again = [run(*ENROL, store=migrated) for _ in range(2)]
    assert [done.exit_code for done in again] == [0, 0]
    last = _head(migrated)
    assert last > 80
    assert run("show", store=migrated).exit_code == 0
    assert run("doctor", store=migrated).output.count("lag 0 events") == 1
    info = run("store", "info", "--format", "json", store=migrated)
    assert (info.exit_code, f'"position":{last},' in info.output) == (0, True)
    listed = run("log", "list", "--format", "jsonl", store=migrated)
    assert listed.output.count("entity_enrolled") == 80
    assert run("audit", "verify", store=migrated).exit_code == 0


def _head(store: str) -> int:
    session = open_session(Settings(store))
    try:
        return session.log.head()
    finally:
        session.close()


def test_outside_a_rehearsal_the_servers_clock_records(migrated: str) -> None:
    assert run("--as", "p-wei-lichang", "apply", "--yes", store=migrated).exit_code == 0
    session = open_session(Settings(migrated))
    last = session.log.last_recorded_at()
    session.close()
    assert last is not None
    assert abs(datetime.now(UTC) - last) < timedelta(minutes=2)


def test_a_dry_run_writes_nothing_to_a_database(migrated: str) -> None:
    assert run("--as", "p-wei-lichang", "apply", "--yes", "--dry-run", store=migrated).exit_code == 0
    assert run("plan", store=migrated).exit_code == 0
    assert _head(migrated) == 0


def test_what_belongs_to_a_store_lies_beside_the_file_or_in_a_place_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert beside("data/c.db", ".log-key") == Path("data/c.db.log-key")
    dsn = f"postgresql://li:{SECRET}@db/jilin?sslmode=require"
    assert beside(dsn, ".log-key") == tmp_path / ".campaign" / "jilin.log-key"


def test_the_keys_of_a_database_lie_in_a_folder_for_their_owner_only(
    migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "desk").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "desk")
    assert run("--at", DAY_ONE, "--as", "p-wei-lichang", "apply", "--rehearsal", "--yes", store=migrated).exit_code == 0
    rotate = ("--at", DAY_ONE, "--as", "p-audit-admin-1", "audit", "rotate-key")
    assert run(*rotate, "--dry-run", store=migrated).exit_code == 0
    assert list((tmp_path / "home").iterdir()) == []
    assert run(*rotate, store=migrated).exit_code == 0
    keep = ("--at", DAY_ONE, "--as", "p-office-1", "person", "keep", "p-office-1", "--name", "王芳")
    assert run(*keep, store=migrated).exit_code == 0
    keys = tmp_path / "home" / ".campaign"
    assert sorted(path.suffix for path in keys.iterdir()) == [".log-key", ".person-keys"]
    assert keys.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "desk").iterdir()) == []


# --- how it ends when it fails -------------------------------------------------------------------------------------


def test_without_tables_or_a_server_or_permission_each_ends_with_its_code(blank: str) -> None:
    missing = run("show", store=blank)
    assert (missing.exit_code, "store-missing" in missing.output) == (3, True)
    gone = run("show", store=f"postgresql://li:{SECRET}@127.0.0.1:{free_port()}/x")
    assert (gone.exit_code, "store-unreachable" in gone.output) == (3, True)
    asked = run("phase", "advance", "220100", store=f"postgresql://li:{SECRET}@127.0.0.1:{free_port()}/x")
    assert (asked.exit_code, "store-unreachable" in asked.output) == (3, True), "who asks is told by the store alone"
    far = run("show", store=f"postgresql://li:{SECRET}@db.example.org/x?sslmode=disable")
    assert (far.exit_code, "store-tls" in far.output) == (3, True)
    assert run("store", "migrate", store=blank).exit_code == 0
    quick().sql("CREATE ROLE stranger LOGIN")
    try:
        refused = run("show", store=blank.replace("owner:", "stranger:"))
        assert (refused.exit_code, "not-permitted" in refused.output) == (6, True)
    finally:
        quick().sql("DROP ROLE stranger")


def test_a_commit_that_nobody_can_be_asked_about_ends_with_8_and_names_the_command_id(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.store.postgres_connect.Patience.pauses", lambda _: iter(()))
    proxy = Proxy(quick().port)
    proxy.lose_answer = b"COMMIT\0"
    through = migrated.replace(f":{quick().port}/", f":{proxy.port}/")
    assert run("--at", DAY_ONE, "--as", "p-wei-lichang", "apply", "--rehearsal", "--yes", store=migrated).exit_code == 0
    try:
        lost = run(*ENROL, store=through)
        assert (lost.exit_code, "outcome-unknown" in lost.output) == (8, True)
        assert "--command-id e1" in lost.output
    finally:
        proxy.close()
    before = _head(migrated)
    assert before > 80
    again = run(*ENROL, store=migrated)
    assert (again.exit_code, _head(migrated)) == (0, before)


@pytest.mark.parametrize(
    ("store", "code"),
    [(f"PostgreSQL://li:{SECRET}@db/x", "store-address"), (f"host=db password={SECRET} dbname=x", "store-missing")],
)
def test_what_only_looks_like_an_address_is_no_file_and_shows_no_password(
    store: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("store", "info"), ("store", "migrate"), ("log", "list"), ("store", "backup", "b.db")):
        done = run(*words, store=store)
        assert (done.exit_code, code in done.stderr) == (3, True), done.output
    assert list(tmp_path.iterdir()) == []
