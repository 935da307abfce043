"""What an intruder or a bad disk leaves behind on PostgreSQL, and how it is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from store.cluster import Cluster, quick
from store.kit import OnPostgres, Tally, batch, status, write

from campaign.problems import Problems
from campaign.store import postgres_shape

E1 = "entity:jl2005/faw"
PAGE = 8192


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OnPostgres]:
    made = OnPostgres(tmp_path)
    yield made
    made.close()


def test_the_shape_on_file_is_what_the_migrations_make(store: OnPostgres, capsys: pytest.CaptureFixture[str]) -> None:
    postgres_shape.main([store.dsn])
    made = Path(postgres_shape.__file__).with_name("pg") / postgres_shape.FILE
    remedy = f"python -m campaign.store.postgres_shape DSN > {made.name}, with a fresh store at DSN"
    assert capsys.readouterr().out == made.read_text(encoding="utf-8"), remedy


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DROP TRIGGER events_refuse ON events", "trigger events_refuse is gone"),
        ("ALTER TABLE events DISABLE TRIGGER events_refuse", "trigger events_refuse was changed"),
        ("ALTER TABLE commands ADD COLUMN note text", "table commands was changed"),
        ("DROP TABLE persons", "table persons is gone"),
        ("ALTER TABLE commands DROP CONSTRAINT commands_pkey", "constraint commands_pkey is gone"),
        ("CREATE RULE quiet AS ON INSERT TO commands DO INSTEAD NOTHING", "rule quiet was added"),
        (
            "CREATE OR REPLACE FUNCTION lock_log() RETURNS void LANGUAGE sql AS 'SELECT'",
            "function lock_log was changed",
        ),
        ("CREATE POLICY hide ON events USING (actor <> 'li.wei')", "policy hide was added"),
        ("ALTER TABLE events DISABLE ROW LEVEL SECURITY", "table events was changed"),
    ],
)
def test_what_was_dropped_changed_or_added_is_named(store: OnPostgres, statement: str, what: str) -> None:
    log = store.open()
    assert log.amiss() == []
    store.server.sql(statement, store.database)
    assert what in log.amiss()


def test_a_store_in_a_schema_of_its_own_has_the_same_shape(store: OnPostgres) -> None:
    from campaign.store.migrations import migrate  # noqa: PLC0415 -- an extra
    from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

    store.server.sql("CREATE SCHEMA jilin", store.database)
    dsn = f"{store.dsn}?options=-csearch_path%3Djilin"
    migrate(dsn)
    log = PostgresLog(dsn, [], store.clock)
    assert log.amiss() == []
    log.close()


def test_a_table_that_is_gone_is_damage_and_not_a_traceback(store: OnPostgres) -> None:
    log = store.open()
    store.server.sql("DROP TABLE persons", store.database)
    with pytest.raises(Problems, match="store-damaged"):
        log.person("p1")


def test_every_record_beside_a_damaged_page_can_still_be_read(tmp_path: Path) -> None:
    """P-12: what cannot be read is named by its position."""
    server = Cluster("fsync=off", "full_page_writes=off")
    try:
        store = OnPostgres(tmp_path, lambda: server)
        log = store.open([Tally()])
        log.append(batch("c1", write(E1, 0, *[status(str(number)) for number in range(200)])))
        log.tree().seal()
        (found,) = server.sql("SELECT pg_relation_filepath('events')", store.database)
        per_page = server.sql("SELECT count(*) FROM events WHERE ctid < '(1,0)'", store.database)[0][0]
        server.sql("CHECKPOINT", store.database)
        log.close()
        server.stop("fast")
        with (server.data / str(found[0])).open("r+b") as file:
            file.seek(PAGE)
            file.write(b"\xff" * PAGE)
        server.start()
        log = store.open([Tally()])
        kept = [row for rows in log.tree().raw() for row in rows]
        lost = [row for row in kept if isinstance(row, int)]
        assert lost[0] == int(str(per_page)) + 1
        assert lost == list(range(lost[0], lost[-1] + 1))
        assert [row if isinstance(row, int) else row[0] for row in kept] == list(range(1, 201))
        with pytest.raises(Problems, match="store-damaged"):
            list(log.scan())
        log.close()
    finally:
        server.close()


def test_a_damaged_first_page_and_a_missing_table_still_leave_an_end(store: OnPostgres) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status())))
    store.server.sql("DROP TABLE tree", store.database)
    assert log._tables._end() == 1


def test_another_failure_while_reading_raw_is_told_as_it_is(store: OnPostgres) -> None:
    quick().sql("CREATE ROLE blind LOGIN")
    store.server.sql("GRANT SELECT ON migrations TO blind", store.database)
    from campaign.store.postgres_tables import PostgresTables  # noqa: PLC0415 -- an extra

    try:
        tables = PostgresTables(store.server.dsn(store.database, "blind"))
        with pytest.raises(Problems, match="not-permitted"):
            tables.raw_rows(0, 10)
        tables.close()
    finally:
        store.server.sql("DROP OWNED BY blind", store.database)
        store.server.sql("DROP ROLE blind")
