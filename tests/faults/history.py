"""What clients saw of the log, and whether one log can explain it: the history checker (P-01, P-03, P-06, P-07).

Times are in any one unit on one clock; a call that got no answer has none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from campaign.domain.events import Recorded
from campaign.store.log import Attempt, Outcome


class Answer(msgspec.Struct, frozen=True):
    """What a client was told: accepted, as the positions first..last (0 for a refusal), or why not."""

    accepted: bool
    first: int = 0
    last: int = 0
    reasons: tuple[str, ...] = ()


class Call(msgspec.Struct):
    """One request of a client: when it was first made, when it was first answered, and every answer it got.

    request: what the client wants, once.  command_id: under which it asks, again and again.
    """

    request: str
    command_id: str
    invoked: int
    answered: int | None = None
    answers: list[Answer] = []


def amiss(calls: Sequence[Call], records: Sequence[Recorded], outcomes: Mapping[str, Outcome]) -> list[str]:
    """Say everything that no correct log could have shown these clients."""
    written = Counter(record.command_id for record in records)
    return [
        *gaps(records),
        *(line for call in calls for line in misanswered(call, outcomes)),
        *(line for outcome in outcomes.values() for line in torn(outcome, records, written[outcome.command_id])),
        *(f"{name} was written without an outcome" for name in written if name not in outcomes),
        *doubled(calls, outcomes),
        *out_of_order(calls),
    ]


def gaps(records: Sequence[Recorded]) -> list[str]:
    """Positions and the versions of each stream count from 1, and time does not run back."""
    found: list[str] = []
    versions: Counter[str] = Counter()
    for due, record in enumerate(records, start=1):
        versions[record.stream] += 1
        if (record.position, record.version) != (due, versions[record.stream]):
            found.append(f"at {due} stands {record.position}, {record.stream} {record.version}")
    instants = [record.recorded_at for record in records]
    if instants != sorted(instants):
        found.append("time runs back")
    return found


def misanswered(call: Call, outcomes: Mapping[str, Outcome]) -> list[str]:
    """Every answer is the first one, and what the log remembers."""
    kept = outcomes.get(call.command_id)
    due = Answer(kept.accepted, kept.first, kept.last, call.answers[0].reasons) if kept and call.answers else None
    return [f"{call.command_id} was answered {said}, the log has {kept}" for said in call.answers if said != due]


def torn(outcome: Outcome, records: Sequence[Recorded], written: int) -> list[str]:
    """The events of a command are all there, side by side, and nowhere else; of a refusal there are none."""
    span = range(outcome.first, outcome.last + 1) if outcome.accepted else range(0)
    there = [records[position - 1].command_id for position in span if 0 < position <= len(records)]
    if there == [outcome.command_id] * len(span) and written == len(span):
        return []
    return [f"{outcome.command_id} says {outcome.first}..{outcome.last}; there are {there}, {written} in all"]


def doubled(calls: Sequence[Call], outcomes: Mapping[str, Outcome]) -> list[str]:
    """What a client wanted once happened once, under whatever ids it asked."""
    accepted = Counter(call.request for call in calls if given(call.command_id, outcomes))
    refused = [call.request for call in calls if call.answers and not call.answers[0].accepted]
    return [
        *(f"{request} happened {times} times" for request, times in accepted.items() if times > 1),
        *(f"{request} happened, and was refused" for request in refused if request in accepted),
    ]


def given(command_id: str, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether the log has a command as accepted."""
    return command_id in outcomes and outcomes[command_id].accepted


def out_of_order(calls: Iterable[Call]) -> list[str]:
    """What was answered before another was asked for stands before it in the log."""
    placed = sorted((call.answers[0].first, call.command_id, call) for call in calls if acknowledged(call))
    found, latest = [], None
    for _, name, call in placed:
        if latest is not None and call.answered is not None and call.answered < latest.invoked:
            found.append(f"{name} was answered before {latest.command_id} was asked for, but stands behind it")
        if latest is None or call.invoked > latest.invoked:
            latest = call
    return found


def acknowledged(call: Call) -> bool:
    """Whether the client was told that its command was recorded."""
    return bool(call.answers) and call.answers[0].accepted and call.answers[0].first > 0


def missed(seen: Sequence[tuple[int, str]], records: Sequence[Recorded]) -> list[str]:
    """A reader at the tail saw every position once and in order, with the command that stands there for good."""
    due = [(record.position, record.command_id) for record in records]
    if list(seen) == due:
        return []
    lacking = [position for position, _ in sorted(set(due) - set(seen))]
    return [f"a reader missed {lacking[:5]} of {len(due)}; it saw {list(seen)[-5:]} last"]


def unnoted(calls: Sequence[Call], attempts: Sequence[Attempt]) -> list[str]:
    """Whoever was told that they may not stands in the access journal."""
    noted = {attempt.command_id for attempt in attempts}
    told = {call.command_id for call in calls for said in call.answers if "not-permitted" in said.reasons}
    return [f"{name} was not permitted, and nobody noted it" for name in sorted(told - noted)]
