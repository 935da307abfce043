"""Guesses at what a mistaken word was meant to be."""

from collections.abc import Iterable

from campaign.problems import NOTHING, T, Text


def closest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most like WORD, or nothing where none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only mistakes need it

    close = get_close_matches(word, sorted(choices), 1)
    return close[0] if close else ""


def near(word: str, choices: Iterable[str]) -> Text:
    """Suggest the choice WORD was meant to be, else list them in their own order."""
    listed = list(choices)
    close = closest(word, listed)
    if close:
        return T("did you mean {choice}?", choice=close)
    return T("choose one of {choices}", choices=", ".join(listed)) if listed else NOTHING
