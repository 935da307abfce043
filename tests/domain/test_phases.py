"""The phase graph: any list of phases, compared with a naive reading of it."""

import itertools
from datetime import date

import pytest
from domain.scenario import DEFINITION, definition
from hypothesis import given as forall
from hypothesis import strategies as st

from campaign.domain import phases
from campaign.domain.definition import Phase


def phase(name: str, **changes: object) -> Phase:
    return Phase(id=name, label=name.upper(), from_=date(2005, 8, 1), to=date(2005, 8, 2), **changes)


def graph(*listed: Phase) -> phases.PhaseGraph:
    return phases.graph(definition(phases=listed))


def test_the_phases_follow_each_other_as_listed_and_the_last_has_no_next() -> None:
    found = graph(phase("a"), phase("b"), phase("c"))
    assert (found.initial, found.order) == ("a", ("a", "b", "c"))
    assert [found.next(name) for name in "abc"] == [("b",), ("c",), ()]
    assert found.move("a", "c") is None
    assert found.move("b", "a") is None


def test_a_skippable_phase_may_be_passed_over_and_so_may_several() -> None:
    found = graph(phase("a"), phase("b", skippable=True), phase("c", skippable=True), phase("d"))
    assert [found.move("a", to) for to in "bcd"] == ["advance", "skip", "skip"]
    assert found.move("b", "d") == "skip"
    assert found.ways("a") == ("b", "c", "d")


def test_a_way_back_is_a_move_of_its_own() -> None:
    found = graph(phase("a"), phase("b"), phase("c", back_to=("a", "b")))
    assert [found.move("c", to) for to in "ab"] == ["back", "back"]
    assert found.next("c") == ()


def test_named_next_phases_replace_the_order_and_win_over_skips_and_ways_back() -> None:
    listed = (
        phase("a", next=("b", "c")),
        phase("b", skippable=True, next=("c", "d"), back_to=("c",)),
        phase("c", next=()),
        phase("d", next=("a",)),
    )
    found = graph(*listed)
    assert found.next("a") == ("b", "c")
    assert (found.move("a", "c"), found.move("a", "d")) == ("advance", "skip")
    assert found.move("b", "c") == "advance"
    assert found.next("c") == ()
    assert found.next("d") == ("a",)


def test_it_is_compiled_once_for_one_list_of_phases() -> None:
    assert phases.graph(DEFINITION) is phases.graph(definition(obligations=()))


def test_a_phase_knows_its_stage() -> None:
    assert phases.stage(DEFINITION, "implementation") == "two"
    assert phases.stage(DEFINITION, "nowhere") == ""


def test_the_drawing_names_every_phase_and_move() -> None:
    assert phases.graph(DEFINITION).to_mermaid() == (
        "stateDiagram-v2\n"
        '    state "survey: 调研摸底" as p1\n'
        '    state "mobilization: 动员" as p2\n'
        '    state "implementation: 组织实施" as p3\n'
        "    [*] --> p1\n"
        "    p1 --> p2\n"
        "    p1 --> p3: skip\n"
        "    p2 --> p1: back\n"
        "    p2 --> p3\n"
        "    p3 --> p1: back\n"
        "    p3 --> p2: back\n"
        "    p3 --> [*]\n"
    )


def test_a_quotation_mark_in_a_label_does_not_break_the_drawing() -> None:
    odd = Phase(id="a.b-c", label='the "first"', from_=date(2005, 8, 1), to=date(2005, 8, 2))
    assert "state \"a.b-c: the 'first'\" as p1" in graph(odd).to_mermaid()


# --- against a naive reading -------------------------------------------------------------------------------------


@st.composite
def phase_lists(draw: st.DrawFn) -> tuple[Phase, ...]:
    names = draw(st.lists(st.sampled_from(["调", "b.1", "c-2", "d", "e", "f_3"]), min_size=1, unique=True))
    some = st.lists(st.sampled_from(names), unique=True).map(tuple)
    return tuple(
        phase(name, skippable=draw(st.booleans()), next=draw(st.none() | some), back_to=draw(some)) for name in names
    )


def naive(listed: tuple[Phase, ...], origin: str, to: str) -> str | None:
    """Read one move off the list by the words of the definition, without any machine."""
    by_name = {entry.id: entry for entry in listed}
    follower = {before.id: after.id for before, after in itertools.pairwise(listed)}

    def leads(name: str) -> tuple[str, ...]:
        named = by_name[name].next
        return named if named is not None else tuple(filter(None, [follower.get(name)]))

    def passes(name: str, seen: frozenset[str]) -> bool:
        over = [entry for entry in leads(name) if by_name[entry].skippable and entry not in seen]
        return any(to in leads(entry) or passes(entry, seen | {entry}) for entry in over)

    if to in leads(origin):
        return "advance"
    if to != origin and passes(origin, frozenset()):
        return "skip"
    return "back" if to in by_name[origin].back_to else None


@forall(phase_lists())
def test_the_machine_equals_a_naive_reading(listed: tuple[Phase, ...]) -> None:
    found = graph(*listed)
    names = [entry.id for entry in listed]
    assert found.initial == names[0]
    assert {(a, b): found.move(a, b) for a in names for b in names} == {
        (a, b): naive(listed, a, b) for a in names for b in names
    }
    for name in names:
        assert set(found.next(name)) == {to for to in names if naive(listed, name, to) == "advance"}


@pytest.mark.parametrize("number", [1, 3, 6, 40])
def test_any_number_of_phases_works(number: int) -> None:
    found = graph(*(phase(f"p{index}") for index in range(number)))
    assert len(found.order) == number
    assert sum(len(found.next(name)) for name in found.order) == number - 1


@forall(phase_lists())
def test_reading_follows_the_same_ways_as_the_machine(listed: tuple[Phase, ...]) -> None:
    found, read = graph(*listed), definition(phases=listed)
    for name in found.order:
        assert set(phases.following(read, name)) == set(found.next(name))
        assert phases.label(read, name) == found.labels[name]
    assert phases.following(read, "nowhere") == ()
    assert phases.label(read, "nowhere") == "nowhere"
