"""The owner as the page has one made: a login that owns the database and is no superuser."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from store.cluster import quick
from store.kit import DAY, Clock, batch, refusal, status, write

from campaign.domain.events import TOPIC_OF, OperatingStatusChanged
from campaign.store.log import Outcome, Row
from campaign.store.migrations import migrate
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_arrays import teach
from campaign.store.postgres_turn import Appending, Command

E1, E2 = "entity:jl2005/faw", "entity:jl2005/oilfield"
COPY_OF_THE_LAST = """INSERT INTO events (position, stream, version, topic, recorded_at, occurred_on, actor, role,
    command_id, command_index, account, body) SELECT {position}, stream, {version}, topic, recorded_at, occurred_on,
    actor, role, 'raw', 0, account, body FROM events ORDER BY position DESC LIMIT 1"""


def row(stream: str, version: int) -> Row:
    topic = TOPIC_OF[OperatingStatusChanged]
    return (0, stream, version, topic, "", DAY.isoformat(), "li.wei", "statistician", "one", None, "", b"{}")


@pytest.fixture
def plain() -> Iterator[str]:
    """A migrated database of a plain owner."""
    server = quick()
    server.sql("CREATE ROLE plain_owner LOGIN")
    server.sql("CREATE DATABASE of_a_plain_owner OWNER plain_owner TEMPLATE template0")
    dsn = server.dsn("of_a_plain_owner", "plain_owner")
    migrate(dsn)
    yield dsn
    server.drop("of_a_plain_owner")
    server.sql("DROP ROLE plain_owner")


def test_a_plain_owner_makes_the_store_and_works_with_it(plain: str) -> None:
    with closing(PostgresLog(plain, [], Clock())) as log:
        log.append(batch("one", write(E1, 0, status())))
        log.append(batch("many", write(E1, 1, status(), status()), write(E2, 0, status())))
        log.refuse(refusal("no"))
        assert [record.position for record in log.scan()] == [1, 2, 3, 4]
        assert log.amiss() == []


@pytest.mark.parametrize("size", [1, 2])
def test_what_a_plain_owner_inserts_behind_an_append_is_looked_at(plain: str, size: int) -> None:
    """In the transaction of the append, too: only the functions' own rows are not looked at a second time."""
    seen: list[str] = []
    for position, version in ((size + 1, size + 1), (size + 9, size + 1), (size + 1, size + 9)):
        raw = COPY_OF_THE_LAST.format(position=position, version=version)
        with psycopg.connect(plain) as connection:
            teach(connection.adapters)
            rows = [row(E1, number + 1) for number in range(size)]
            query, values = Appending(
                (Command(Outcome("one", "d", accepted=True, result=b"{}"), "", rows),)
            ).statement()
            assert connection.execute(query, values).fetchone() is not None  # type: ignore[arg-type] # a constant of the program
            try:
                connection.execute(raw)  # type: ignore[arg-type] # a constant of this test
                seen.append("inserted")
            except psycopg.errors.RestrictViolation as error:
                seen.append(str(error.diag.message_primary))
            connection.rollback()
    grows = "the log only grows"
    assert seen[0] == "inserted"
    assert [text.partition(":")[0] for text in seen[1:]] == [grows, grows]
