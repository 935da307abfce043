"""The last screen of the demonstration: board, ranking, awards, one explanation, the replay check, the store."""

from typing import TYPE_CHECKING

import click

from campaign.problems import T, Text
from campaign_cli.call import Call
from campaign_cli.commands import Leaf, load
from campaign_cli.output import bold
from campaign_cli.tree import TREE

if TYPE_CHECKING:
    from campaign.app.session import Session


def show_all(call: Call, session: "Session") -> None:
    """Show what the story came to, each part with the command that shows it alone."""
    state = session.campaign()
    best = [line for line in state.awards.values() if line.status == "approved"]
    _screen(call, T("Where everyone stands"), "phase", "list")
    _screen(call, T("Who reported, and how"), "report", "status", group=_first_group(session))
    _screen(call, T("What the registers hold"), "register", "list")
    _screen(call, T("The bulletins"), "bulletin", "list")
    if state.runs:
        _screen(call, T("Ranking"), "assess", "show", run="")
        _screen(call, T("Awards"), "award", "list")
        _screen(call, T("Commendations"), "commend", "list")
    if best:
        _screen(call, T("Why the first award"), "explain", "", result=f"award:{best[0].award}", depth=3)
    _screen(call, T("Replay: the events folded from zero, against the stored read models"), "replay", "")
    _screen(
        call,
        T("Evidence: every byte against the signed checkpoints"),
        "audit",
        "verify",
        key=(),
        against=(),
        quick=False,
    )
    _screen(call, T("The store"), "store", "info")


def _first_group(session: "Session") -> str:
    definition = session.context().definition
    return definition.groups[0].id if definition else ""


def _screen(call: Call, title: Text, noun: str, verb: str, **given: object) -> None:
    entry = TREE[noun]
    leaf = entry if isinstance(entry, Leaf) else entry.verbs[verb]
    command = f"campaign {noun} {verb}".rstrip()
    click.echo("\n" + bold(call, f"{call.say(title)}  ({command})"))
    click.get_current_context().invoke(load(verb or noun, leaf), **given)
