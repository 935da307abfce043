"""Reading an explanation: every step of it as a line, with where it is written."""

from collections.abc import Iterator

from campaign.app.explain import Explained


def walk(step: Explained) -> Iterator[Explained]:
    yield step
    for inner in step.because:
        yield from walk(inner)


def told(step: Explained) -> list[str]:
    """Return what every step says, from the result down."""
    return [str(inner.what) for inner in walk(step)]


def placed(step: Explained, begins: str) -> list[str]:
    """Return where the steps are written that begin so."""
    return [inner.where for inner in walk(step) if str(inner.what).startswith(begins)]


def resting(step: Explained, begins: str) -> set[int]:
    """Return the positions of the steps that begin so."""
    return {place for inner in walk(step) if str(inner.what).startswith(begins) for place in inner.positions}
