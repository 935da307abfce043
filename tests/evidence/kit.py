"""What the tests of evidence need: an office with a store and a key, and somebody who writes to its file."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign import verifier
from campaign.app import audit, evidence
from campaign.app.audit import Verdict
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain.commands import KeepPerson
from campaign.verifier import Asked, Finding

ADMIN = Who("p-audit-admin-1")
CLERK = Who("p-office-1")


def go_on(session: Session, count: int) -> None:
    """Write some more events, one command each, even after the campaign is closed."""
    done = len(session.campaign().kept_persons)
    for number in range(done, done + count):
        reply = handle(session, [KeepPerson(f"p-extra-{number}", "0" * 64)], CLERK)
        assert reply.refusal is None, reply.refusal


class Office:
    """A folder with a store, the office's key, and two checkpoints as they were published."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.key_file = folder, folder / "store.db", folder / "key"
        self.first, self.second = (folder / "first.txt").read_text(), (folder / "second.txt").read_text()
        self._sessions: list[Session] = []

    @property
    def sizes(self) -> tuple[int, int]:
        return verifier.read_checkpoint(self.first).size, verifier.read_checkpoint(self.second).size

    def session(self, *, write: bool = False) -> Session:
        session = open_session(Settings(str(self.store)), write=write)
        self._sessions.append(session)
        return session

    def close(self) -> None:
        for session in self._sessions:
            session.close()
        self._sessions.clear()

    def published(self) -> str:
        """The key as it was published, once."""
        keys = self.session().campaign().log_keys
        return keys[0]

    def audit(self, *against: str, keys: tuple[str, ...] = (), results: bool = False) -> Verdict:
        return audit.verify(self.session(), keys=evidence.keys_of(keys), against=against, results=results)

    def alone(self, *against: str, keys: tuple[str, ...] = ()) -> list[Finding]:
        """What the stand-alone verifier says of the same file."""
        asked = Asked(tuple(map(verifier.read_key, keys)), against)
        return verifier.verify(self.store, asked)[1]

    @contextmanager
    def intruder(self) -> Iterator[sqlite3.Connection]:
        """Full access to the file: every trigger dropped, every constraint switched off; put back to leave no trace."""
        self.close()
        connection = sqlite3.connect(self.store, isolation_level=None)
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
        for _, statement in guards:
            with suppress(sqlite3.Error):  # its table was dropped
                connection.execute(statement)
        connection.close()

    def copy(self, name: str) -> Path:
        """Set the file aside as it is now."""
        self.close()
        with sqlite3.connect(self.store) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return Path(shutil.copy(self.store, self.folder / name))


def told(verdict: Verdict) -> list[tuple[str, str]]:
    """Where and what, without the words."""
    return [(str(problem.place), problem.code.removeprefix("integrity-")) for problem in verdict.problems]
