"""A progress bar: on a terminal only, on stderr, and gone when the work is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from campaign_cli.call import Call

Progress: TypeAlias = Callable[[int, int], None]
"""Told how much is done, and of how much."""


@contextmanager
def progress(call: Call) -> Iterator[Progress | None]:
    """Show a bar, and that work goes on once all is read; None where nobody would see it."""
    if call.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, no_color=not call.colour)
    with Bar(BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        reading, rest = bar.add_task(""), bar.add_task("", total=None, visible=False)

        def told(done: int, of: int) -> None:
            bar.update(reading, completed=done, total=of, visible=done < of)
            bar.update(rest, visible=done >= of)

        yield told
