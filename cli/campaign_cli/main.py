"""The `campaign` command, as the console script finds it."""

import gc

LITTLE_GARBAGE = 200_000
"""Objects before a collection: a command lives shorter than the collections that its imports would set off."""


def cli() -> None:
    """Run the program on the arguments of the process, and end it with an exit code."""
    gc.set_threshold(LITTLE_GARBAGE)
    from campaign_cli.root import root

    root.main(prog_name="campaign")
