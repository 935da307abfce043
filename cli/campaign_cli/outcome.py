"""What a command that writes came to, for the person or the program that gave it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from campaign.problems import Problem, T, Text
from campaign_cli.call import Call
from campaign_cli.exits import SCHEMA, Exit, Stop, plain
from campaign_cli.output import Column, Table, give, to_json, write

if TYPE_CHECKING:
    from campaign.app.handle import Reply

EACH = (
    Column("subject", T("for")),
    Column("outcome", T("outcome"), word=True),
    Column("reasons", T("reasons")),
)
WORDS = (T("accepted"), T("refused"), T("would be accepted"))
"""Words of the column `outcome`, named here for the catalogue."""


def give_reply(call: Call, reply: "Reply") -> None:
    """Say what REPLY says; a refusal ends the program with 1 or 6."""
    if reply.refusal is not None:
        from campaign_cli.root import refused

        raise refused(call, reply.refusal)
    if call.format in {"json", "jsonl"}:
        write(call, to_json(plain_reply(call, reply)) + "\n")
    elif not call.quiet:
        events = [f"  {stream}  {topic}" for stream, topic in reply.events] if call.verbose else []
        write(call, "\n".join([call.say(sentence(call, reply)), *events, ""]))


def sentence(call: Call, reply: "Reply") -> Text:
    """Say an acceptance in one sentence."""
    if call.dry_run:
        topics = ", ".join(topic for _, topic in reply.events)
        return T(
            "dry run: {count} events would be written ({topics}); nothing was", count=len(reply.events), topics=topics
        )
    span = f"{reply.first}" if reply.first == reply.last else f"{reply.first}–{reply.last}"
    if reply.repeated:
        return T(
            "done before, at position {span}; nothing new was written (command {id})", span=span, id=reply.command_id
        )
    if reply.first == 0:
        return T("nothing was to be written (command {id})", id=reply.command_id)
    return T("done: position {span} (command {id})", span=span, id=reply.command_id)


def plain_reply(call: Call, reply: "Reply") -> dict[str, object]:
    """Return a reply as plain values."""
    return {
        "schema": SCHEMA,
        "kind": "reply",
        "command_id": reply.command_id,
        "accepted": reply.refusal is None,
        "dry_run": call.dry_run,
        "repeated": reply.repeated,
        "first": reply.first,
        "last": reply.last,
        "events": [{"stream": stream, "topic": topic} for stream, topic in reply.events],
        "problems": [plain(call, reason) for reason in reply.refusal.reasons] if reply.refusal else [],
    }


def give_each(call: Call, subjects: Sequence[str], replies: Sequence["Reply"]) -> None:
    """Say one line for each of SUBJECTS; any refusal ends the program with 1, and with 6 if none was permitted."""
    accepted = "would be accepted" if call.dry_run else "accepted"
    rows = [
        {
            "subject": subject,
            "outcome": accepted if reply.refusal is None else "refused",
            "reasons": [_reason(call, reason) for reason in _reasons(reply)],
            "first": reply.first,
            "last": reply.last,
            "command_id": reply.command_id,
        }
        for subject, reply in zip(subjects, replies, strict=True)
    ]
    held = sum(reply.refusal is not None for reply in replies)
    note = T("{done} of {all} done, {held} held", done=len(replies) - held, all=len(replies), held=held)
    give(call, Table("replies", EACH, rows, notes=(note,)))
    if held:
        permitted = any(reply.refusal is None or reply.refusal.permitted for reply in replies)
        raise Stop(Exit.REFUSED if permitted else Exit.NOT_PERMITTED)


def _reason(call: Call, reason: Problem) -> str:
    fix = f" ({call.say(reason.fix)})" if reason.fix.template else ""
    return f"{reason.code} {call.say(reason.message)}{fix}"


def _reasons(reply: "Reply") -> tuple[Problem, ...]:
    return reply.refusal.reasons if reply.refusal else ()
