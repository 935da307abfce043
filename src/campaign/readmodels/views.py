"""The rows kept beside the log: one per stream, each the domain's own fold and nothing more.

A row's key is the stream's name without its kind: `jilin-2005/220100`.  Rows are written as JSON with decimals as text;
the order of keys is that in which the events brought them, because the domain reads "the last one" from it.
"""

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

import msgspec

from campaign.domain.events import Recorded
from campaign.domain.state import CampaignState, EntityState, ProjectState

S = TypeVar("S")
Fold: TypeAlias = Callable[[S, Recorded], S]

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class StreamView(Generic[S]):
    """The states of one kind of stream, by the stream's name after the kind (see store.log.View)."""

    def __init__(self, initial: S, fold: Callable[[], Fold[S]], *, name: str, version: int) -> None:
        """Keep what FOLD makes of INITIAL; VERSION is raised when the fold or the state's fields change.

        FOLD fetches the domain's own fold when the first record is folded: a command that only reads loads none.
        """
        self.name = name
        self.version = version
        self._initial = initial
        self._fetch = fold
        self._fold: Fold[S] | None = None
        self._prefix = f"{name}:"
        self._decode: Callable[[bytes], S] = msgspec.json.Decoder(type(initial)).decode

    def key(self, record: Recorded) -> str | None:
        """Return the stream's name after its kind, or None for a stream of another kind."""
        return record.stream.removeprefix(self._prefix) if record.stream.startswith(self._prefix) else None

    def evolve(self, row: S | None, record: Recorded) -> S:
        """Fold RECORD into ROW (None at first)."""
        fold = self._fold
        if fold is None:
            fold = self._fold = self._fetch()
        return fold(self._initial if row is None else row, record)

    def dump(self, row: S) -> bytes:
        """Write a row; the same row always gives the same bytes."""
        return _ENCODER.encode(row)

    def load(self, data: bytes) -> S:
        """Read a row back, equal to the one dumped."""
        return self._decode(data)


def _campaign() -> Fold[CampaignState]:
    from campaign.domain.campaign import evolve  # noqa: PLC0415 -- see StreamView

    return evolve


def _entity() -> Fold[EntityState]:
    from campaign.domain.entity import evolve  # noqa: PLC0415 -- likewise

    return evolve


def _project() -> Fold[ProjectState]:
    from campaign.domain.project import evolve  # noqa: PLC0415 -- likewise

    return evolve


CampaignView = StreamView(CampaignState(), _campaign, name="campaign", version=5)
EntityView = StreamView(EntityState(), _entity, name="entity", version=3)
ProjectView = StreamView(ProjectState(), _project, name="project", version=1)

ALL = (CampaignView, EntityView, ProjectView)
