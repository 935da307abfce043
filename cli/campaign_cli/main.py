"""The `campaign` command."""

import click


@click.group()
def cli() -> None:
    """Run target-responsibility campaigns on an event log."""
