"""The `campaign` command, as the console script finds it."""

import gc
import os
import sys

LITTLE_GARBAGE = 200_000
"""Objects before a collection: a command lives shorter than the collections that its imports would set off."""


def cli() -> None:
    """Run the program on the arguments of the process, and end it with an exit code."""
    gc.set_threshold(LITTLE_GARBAGE)
    _spare_an_import()
    from campaign_cli.root import root

    try:
        root.main(prog_name="campaign")
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else 0)


def _leave(code: int) -> None:
    """End at once: stores are closed and the output is out, and taking every object apart is an eighth of the time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _spare_an_import() -> None:
    """Let msgspec take from typing what it would look for in typing_extensions first: a tenth of the start-up time."""
    if "typing_extensions" not in sys.modules and "msgspec" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # Python's own way to say: not here
        import msgspec  # noqa: F401 -- for its side effect, once

        del sys.modules["typing_extensions"]
