"""The history checker itself, on histories of a few calls: what it must object to, and what it must let pass."""

from collections.abc import Callable, Sequence

import pytest
from faults.alone import Pending, refused
from faults.history import Answer, Call, doubled, misanswered, out_of_order

from campaign.store.log import Outcome

NO = ("finding-exists",)


def yes(name: str, asked: int, heard: int | None, position: int) -> Call:
    """A call that was accepted and wrote one event; unheard, nobody was told."""
    answers = [] if heard is None else [Answer(accepted=True, first=position, last=position)]
    return Call(name, name, asked, heard, answers)


def no(name: str, asked: int, heard: int) -> Call:
    """A call that was refused."""
    return Call(name, name, asked, heard, [Answer(accepted=False, reasons=NO)])


def right_at(*heads: int) -> Callable[[int], Callable[[str], tuple[str, ...]]]:
    """Return what a decision alone says by where the log stands: NO at HEADS, nothing elsewhere."""
    return lambda head: lambda _: NO if head in heads else ()


@pytest.mark.parametrize(
    ("calls", "right", "left"),
    [
        pytest.param([no("r", 1, 2)], [0], [], id="before everything"),
        pytest.param([yes("a", 1, 2, 1), no("r", 3, 4)], [1], [], id="after what it knew of"),
        pytest.param([yes("a", 1, 2, 1), no("r", 3, 4)], [0], ["r"], id="right only before what was answered already"),
        pytest.param([yes("a", 1, 4, 1), no("r", 2, 3)], [0], [], id="beside another, as if before it"),
        pytest.param([yes("a", 1, 4, 1), no("r", 2, 3)], [1], [], id="beside another, as if behind it"),
        pytest.param([no("r", 1, 2), yes("a", 3, 4, 1)], [1], ["r"], id="right only by what was asked for afterwards"),
        pytest.param([no("r", 1, 2), yes("a", 2, 4, 1)], [1], [], id="asked for at the moment of the answer"),
        pytest.param([yes("a", 1, 2, 1), yes("b", 3, 9, 2), no("r", 4, 5), yes("c", 6, 7, 3)], [2], [], id="between"),
        pytest.param(
            [yes("a", 1, 2, 1), yes("b", 3, 9, 2), no("r", 4, 5), yes("c", 6, 7, 3)], [3], ["r"], id="too far"
        ),
        pytest.param([no("r", 1, 2)], [], ["r"], id="never"),
    ],
)
def test_a_refusal_has_its_moment_between_question_and_answer(
    calls: Sequence[Call], right: Sequence[int], left: Sequence[str]
) -> None:
    pending = Pending(refused(calls), calls)
    says = right_at(*right)
    for head in range(max((call.answers[0].last for call in calls), default=0) + 1):
        pending.strike(head, says(head))
    assert [call.command_id for call in pending.left()] == list(left)


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        ([yes("a", 1, 2, 1), yes("b", 3, 4, 2)], []),
        ([yes("a", 1, 2, 2), yes("b", 3, 4, 1)], ["a was answered before b was asked for, but stands behind it"]),
        ([yes("a", 1, 4, 2), yes("b", 3, 5, 1)], []),
        ([yes("a", 1, None, 2), yes("b", 3, 4, 1)], []),
        ([no("a", 1, 2), yes("b", 3, 4, 1)], []),
    ],
    ids=["in order", "turned round", "side by side", "never heard", "refused"],
)
def test_what_was_answered_first_stands_first(calls: Sequence[Call], found: Sequence[str]) -> None:
    assert out_of_order(calls) == list(found)


def kept(name: str, accepted: bool, position: int = 0) -> Outcome:  # noqa: FBT001 -- as an outcome has it
    return Outcome(name, "", accepted, b"", position, position)


def test_an_answer_is_what_the_log_remembers() -> None:
    told = yes("a", 1, 2, 1)
    assert misanswered(told, {"a": kept("a", True, 1)}) == []
    for outcomes in ({}, {"a": kept("a", True, 2)}, {"a": kept("a", False)}):
        assert len(misanswered(told, outcomes)) == 1


def test_what_is_wanted_once_happens_once() -> None:
    once, again = yes("a", 1, 2, 1), Call("a", "a-again", 3, 4, [Answer(accepted=True, first=2, last=2)])
    both = {"a": kept("a", True, 1), "a-again": kept("a-again", True, 2)}
    assert doubled([once], both) == []
    assert doubled([once, again], both) == ["a happened 2 times"]
    turned_away = Call("a", "a-again", 3, 4, [Answer(accepted=False, reasons=NO)])
    assert doubled([once, turned_away], {"a": kept("a", True, 1)}) == ["a happened, and was refused"]
