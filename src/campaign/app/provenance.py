"""Who stands behind the records: whether each account spoke for its person at that moment, and two did what takes two.

Over the log alone, beside the fold that a verification makes anyway.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from campaign.app.session import read_definition
from campaign.domain.access import stranger
from campaign.domain.definition import Definition
from campaign.domain.events import DefinitionAdopted, Recorded
from campaign.domain.eyes import alone
from campaign.domain.governing import governing
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.verifier import Finding

Rows = Mapping[tuple[str, str], Any]
"""Every row as folded so far, by view and key."""


class Watch:
    """Looks at each record before it is folded, and keeps what is to be doubted."""

    def __init__(self) -> None:
        """Begin before the first record."""
        self.findings: list[Finding] = []
        self._command = ""
        self._in_force: dict[str, Definition | None] = {}
        """By campaign: the definition by which the command under way was decided."""

    def __call__(self, rows: Rows, record: Recorded) -> None:
        """Look at RECORD, which follows on ROWS; a definition that cannot be read is told of elsewhere."""
        with suppress(msgspec.MsgspecError):
            self._look(rows, record)

    def _look(self, rows: Rows, record: Recorded) -> None:
        kind, _, name = record.stream.partition(":")
        key = name.partition("/")[0]
        campaign = rows.get(("campaign", key), CampaignState())
        if record.command_id != self._command:
            self._command = record.command_id
            self._in_force = {}
        if key not in self._in_force:
            self._in_force[key] = read_definition(campaign.definition)
        if self._in_force[key] is None and isinstance(record.event, DefinitionAdopted):
            self._in_force[key] = read_definition(record.event.definition)  # the first one speaks for itself
        definition = self._in_force[key]
        if definition is not None:
            self.findings += _account(record, definition)
            self.findings += _eyes(record, rows.get((kind, name)), Context(definition, campaign))


def _account(record: Recorded, definition: Definition) -> Iterator[Finding]:
    doubt = stranger(definition, record.account, record.actor)
    if doubt is not None:
        yield Finding(record.position, "account", f"{record.actor}: {doubt.message}")


def _eyes(record: Recorded, state: object, context: Context) -> Iterator[Finding]:
    if not isinstance(state, EntityState | CampaignState):
        return
    held = governing(context, state) if isinstance(state, EntityState) else context.definition
    if held is not None and alone(record, state, held.four_eyes):
        yield Finding(record.position, "four-eyes", f"{record.actor} began it and concluded it with {record.topic}")
