"""Addresses, encryption, schemas and what a database says when it does not let one in."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from store.cluster import database, free_port, quick
from store.kit import Clock, OnPostgres, batch, status, write

from campaign.problems import Problems
from campaign.store import migrations
from campaign.store.dsn import database as database_of
from campaign.store.dsn import encrypted, is_dsn, redacted
from campaign.store.postgres import PostgresLog

E1 = "entity:jl2005/faw"


@pytest.fixture
def blank() -> Iterator[str]:
    yield from database(empty=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OnPostgres]:
    made = OnPostgres(tmp_path)
    yield made
    made.close()


def refused(dsn: str, **options: bool) -> Problems:
    with pytest.raises(Problems) as caught:
        PostgresLog(dsn, [], Clock(), **options)  # type: ignore[arg-type] # read_only alone
    return caught.value


# --- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("postgresql://li:geheim@db/campaign", "postgresql://li:***@db/campaign"),
        ("postgres://li:ge@heim@db/campaign", "postgres://li:***@db/campaign"),
        ("postgresql://li:ge/heim@db/campaign", "postgresql://li:***@db/campaign"),
        ("postgresql://li@db/campaign?password=geheim&sslmode=require", "postgresql://li@db/campaign?password=***&sslmode=require"),
        ("host=db password='ge heim' user=li", "host=db password=*** user=li"),
        ("host=db sslpassword = geheim", "host=db sslpassword = ***"),
        ("postgresql://li@[::1]:5432/campaign", "postgresql://li@[::1]:5432/campaign"),
        ("PostgreSQL://li:geheim@db/campaign", "PostgreSQL://li:***@db/campaign"),
        ("postgresql+psycopg://li:geheim@db/campaign", "postgresql+psycopg://li:***@db/campaign"),
        ("mysql://li:geheim@db/campaign", "mysql://li:***@db/campaign"),
        ("campaign.db", "campaign.db"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_password(text: str, safe: str) -> None:
    assert redacted(f"error near {text}") == f"error near {safe}"


def test_a_database_is_told_from_a_file() -> None:
    assert is_dsn("postgresql://db/x")
    assert is_dsn("PostgreSQL://db/x"), "an address that is none is no file either"
    assert not any(map(is_dsn, ("campaign.db", "/srv/a:b/campaign.db", "C:/campaign.db")))
    assert database_of("postgresql://li@db:5432/jilin?sslmode=require") == "jilin"
    assert database_of("postgresql://li@db") == "campaign"


@pytest.mark.parametrize(
    "parameters",
    [
        {"host": "db.example"},
        {"host": "localhost,db.example"},
        {"host": "localhost", "hostaddr": "10.0.0.7"},
        {"hostaddr": "127.0.0.1,10.0.0.7"},
    ],
)
def test_the_way_to_another_machine_is_encrypted(monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str]) -> None:
    for name in ("PGSSLMODE", "PGSERVICE", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    assert encrypted(parameters, "postgresql://x")["sslmode"] == "require"
    assert encrypted({**parameters, "sslmode": "verify-full"}, "postgresql://x")["sslmode"] == "verify-full"
    for mode in ("disable", "allow", "prefer"):
        with pytest.raises(Problems, match="store-tls"):
            encrypted({**parameters, "sslmode": mode}, "postgresql://x")
    monkeypatch.setenv("PGSSLMODE", "prefer")
    with pytest.raises(Problems, match="store-tls"):
        encrypted(parameters, "postgresql://x")


def test_this_machine_needs_no_encryption_and_a_service_file_is_left_to_say_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PGSSLMODE", "PGSERVICE", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    for parameters in ({}, {"host": "/run/postgresql"}, {"host": "localhost,127.0.0.2"}, {"hostaddr": "::1"}):
        assert encrypted(parameters, "postgresql://") == parameters
    assert "sslmode" not in encrypted({"host": "db.example", "service": "province"}, "postgresql://")
    monkeypatch.setenv("PGHOST", "db.example")
    assert encrypted({}, "postgresql://")["sslmode"] == "require"


def test_what_the_address_leaves_out_comes_from_the_service_file(
    store: OnPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "services"
    file.write_text(f"[province]\nhost=127.0.0.1\nport={store.server.port}\nuser=owner\ndbname={store.database}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    PostgresLog("postgresql://?service=province", [], Clock()).close()
    monkeypatch.setenv("PGSERVICE", "province")
    PostgresLog("postgresql://", [], Clock()).close()


def test_of_several_servers_the_one_that_may_be_written_is_found(store: OnPostgres) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{store.server.port}"
    log = PostgresLog(f"postgresql://owner@{hosts}/{store.database}?target_session_attrs=read-write", [], Clock())
    log.append(batch("c1", write(E1, 0, status())))
    assert log.head() == 1
    log.close()


# --- who is not let in ---------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    problems = refused(f"postgresql://li:geheim@127.0.0.1:{free_port()}/x")
    assert problems.problems[0].code == "store-unreachable"
    assert "geheim" not in str(problems)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://li:geheim@db/x?nonsense=1",
        "PostgreSQL://li:geheim@db/x",
        "postgresql+psycopg://li:geheim@db/x",
        "mysql://li@db/x?password=geheim",
    ],
)
def test_an_address_that_is_none_is_named_without_the_password(dsn: str) -> None:
    problems = refused(dsn)
    assert problems.problems[0].code == "store-address"
    assert "geheim" not in str(problems)


def test_a_password_that_is_missing_or_wrong_is_told_as_such(store: OnPostgres) -> None:
    server = store.server
    rules = server.data / "pg_hba.conf"
    trusted = rules.read_text()
    server.sql("CREATE ROLE secretive LOGIN PASSWORD 'richtig'")
    rules.write_text(f"host all secretive 127.0.0.1/32 scram-sha-256\n{trusted}")
    server.sql("SELECT pg_reload_conf()")
    try:
        for user in ("secretive", "secretive:falsch"):
            problems = refused(server.dsn(store.database, user))
            assert problems.problems[0].code == "store-authentication"
            assert "falsch" not in str(problems)
        server.sql("GRANT SELECT ON migrations TO secretive", store.database)
        PostgresLog(server.dsn(store.database, "secretive:richtig"), [], Clock()).close()
        server.sql("REVOKE SELECT ON migrations FROM secretive", store.database)
    finally:
        rules.write_text(trusted)
        server.sql("SELECT pg_reload_conf()")
        server.sql("DROP ROLE secretive")


def test_what_the_account_may_not_do_is_not_permitted(store: OnPostgres) -> None:
    server = store.server
    server.sql("CREATE ROLE nobody_here LOGIN")
    try:
        assert refused(server.dsn(store.database, "nobody_here")).problems[0].code == "not-permitted"
        server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO nobody_here", store.database)
        server.sql("GRANT EXECUTE ON FUNCTION log_tip TO nobody_here", store.database)
        log = PostgresLog(server.dsn(store.database, "nobody_here"), [], Clock())
        assert log.head() == 0
        for act in (
            lambda: log.append(batch("c1", write(E1, 0, status()))),
            lambda: log.put_person("p1", b"x"),
            lambda: log.tree().rebuild(),
        ):
            with pytest.raises(Problems, match="not-permitted"):
                act()
        log.close()
    finally:
        server.sql("DROP OWNED BY nobody_here", store.database)
        server.sql("DROP ROLE nobody_here")


# --- schemas -------------------------------------------------------------------------------------------------------


def test_a_database_without_a_store_is_told_how_to_get_one(blank: str) -> None:
    problems = refused(blank)
    assert problems.problems[0].code == "store-missing"
    assert "campaign store migrate" in str(problems)


def test_migrating_makes_the_tables_once(blank: str) -> None:
    first, second = migrations.migrate(blank), migrations.migrate(blank)
    assert (first.found, first.now, first.steps) == (0, migrations.SCHEMA, migrations.MIGRATIONS)
    assert (second.found, second.now, second.steps) == (migrations.SCHEMA, migrations.SCHEMA, ())
    PostgresLog(blank, [], Clock()).close()


MIGRATE = "import sys; from campaign.store.migrations import migrate; print(len(migrate(sys.argv[1]).steps))"


def test_ten_may_migrate_at_once_and_one_does_it(blank: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, blank], stdout=subprocess.PIPE, text=True) for _ in range(10)
    ]
    done = sorted(int(process.communicate()[0]) for process in started)
    assert [process.returncode for process in started] == [0] * 10
    assert done == [0] * 9 + [len(migrations.MIGRATIONS)]


def test_a_schema_of_another_version_stops_every_program_but_the_migration(
    store: OnPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "SCHEMA", migrations.SCHEMA + 1)
        problems = refused(store.dsn)
        assert problems.problems[0].code == "store-too-old"
        assert "campaign store migrate" in str(problems)
    store.server.sql("INSERT INTO migrations (version, name) VALUES (99, 'of later')", store.database)
    assert refused(store.dsn).problems[0].code == "store-too-new"
    with pytest.raises(Problems, match="store-too-new"):
        migrations.migrate(store.dsn)


def test_two_logs_may_share_a_database_by_schemas_of_their_own(store: OnPostgres) -> None:
    store.server.sql('CREATE SCHEMA "Jilin 2006"', store.database)
    other = f"{store.dsn}?options=-csearch_path%3D%22Jilin%5C%202006%22"
    assert migrations.migrate(other).found == 0
    log, second = store.open(), PostgresLog(other, [], Clock())
    log.append(batch("c1", write(E1, 0, status()), write("entity:jl2005/x", 0, status())))
    second.append(batch("c1", write(E1, 0, status())))
    assert (log.head(), second.head(), second.streams()) == (2, 1, [E1])
    second.close()


def test_a_schema_that_is_not_there_is_told_to_be_made(blank: str) -> None:
    with pytest.raises(Problems, match=r"store-missing.*CREATE SCHEMA"):
        migrations.migrate(f"{blank}?options=-csearch_path%3Dnowhere")


@pytest.mark.parametrize("name", ["database", "role"])
def test_a_name_that_the_server_does_not_know_is_not_called_a_server_that_is_down(blank: str, name: str) -> None:
    dsn = f"{blank}_not" if name == "database" else blank.replace("owner@", "nobody_such@")
    [problem] = refused(dsn).problems
    assert problem.code == "store-unreachable"
    assert str(problem.fix).startswith("check the names in the address")


def test_a_database_of_another_encoding_is_refused() -> None:
    server = quick()
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    try:
        with pytest.raises(Problems, match="store-encoding"):
            migrations.migrate(server.dsn("latin"))
    finally:
        server.drop("latin")


def test_an_older_server_is_refused(store: OnPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.store.postgres_connect.OLDEST_SERVER", 990000)
    assert refused(store.dsn).problems[0].code == "store-server-old"
