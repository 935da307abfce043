"""One story, told into every kind of store: whatever anyone can ask of it has the same answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from store import cluster

from campaign.app import replay
from campaign.app.session import Session
from campaign.demo.perform import perform
from campaign.readmodels.views import ALL


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Session]]:
    """Tell the first stage of 2005 into a store, once for each kind; give it back, still open."""
    kept: dict[str, Session] = {}
    places = {
        "memory": lambda: ":memory:",
        "sqlite": lambda: str(tmp_path_factory.mktemp("told") / "story.db"),
        "postgres": lambda: cluster.quick().dsn(cluster.quick().fresh()),
    }

    def tell(kind: str) -> Session:
        if kind not in kept:
            kept[kind] = perform(places[kind](), lambda _: None, short=True)
        return kept[kind]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))  # where the keys of a database lie
        yield tell
    for session in kept.values():
        session.close()


def records(session: Session) -> list[Any]:
    """Return what was recorded, without the command ids that are drawn and the account that a server adds."""
    return [row[:8] + row[9:10] + row[11:] for row in session.log.scan_rows()]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_same_story_gives_the_same_records_and_the_same_rows_of_every_view(
    told: Callable[[str], Session], kind: str
) -> None:
    mine, theirs = told("memory"), told(kind)
    assert records(theirs) == records(mine)
    for view in ALL:
        assert theirs.log.rows(view.name) == mine.log.rows(view.name)
        assert theirs.log.checkpoint(view.name) == mine.log.head()


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
def test_the_views_are_what_a_fold_from_zero_gives_and_the_tree_covers_the_whole_log(
    told: Callable[[str], Session], kind: str
) -> None:
    session = told(kind)
    assert replay.check(session).differences == ()
    assert session.log.tree().seal() == session.log.head()


def test_a_server_names_the_account_that_wrote_and_the_others_name_none(told: Callable[[str], Session]) -> None:
    assert {row[10] for row in told("postgres").log.scan_rows()} == {"db:owner"}
    assert {row[10] for row in told("memory").log.scan_rows()} == {""}
