"""Problems as values: texts with named values, places, refusals, and the nearest name."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from campaign.problems import (
    NOT_PERMITTED,
    NOTHING,
    Place,
    Problem,
    Problems,
    Refused,
    T,
    Text,
    nearest,
    plain,
    refuse,
)


def test_a_text_names_its_values_and_says_itself_in_english() -> None:
    text = T("{count} of {whole} on {day}", count=3, whole=Decimal("1E+1"), day=date(2005, 8, 17))
    assert str(text) == "3 of 10 on 2005-08-17"


def test_a_translation_is_filled_with_the_same_values_in_its_own_order() -> None:
    text = T("{count} of {whole}", count=3, whole=10)
    assert text.fill("{whole}户中的{count}户") == "10户中的3户"


def test_a_text_within_a_text_is_kept_beside_its_english_words() -> None:
    inner = T("{count} are open", count=3)
    outer = T("{who}: {reason}", who="一汽", reason=inner)
    assert outer.values == {"who": "一汽", "reason": "3 are open"}
    assert outer.texts == {"reason": inner}


def test_texts_without_others_within_are_stored_as_they_always_were() -> None:
    assert msgspec.json.encode(T("{who}", who="一汽")).decode() == '{"template":"{who}","values":{"who":"一汽"}}'
    nested = T("{reason}", reason=T("{count} are open", count=3))
    assert msgspec.json.decode(msgspec.json.encode(nested), type=Text) == nested


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("0.000001"), "0.000001"),
        (Decimal("-1E+3"), "-1000"),
        (date(2005, 8, 7), "2005-08-07"),
        ("一汽", "一汽"),
    ],
)
def test_values_are_written_as_a_person_reads_them(value: object, written: str) -> None:
    assert plain(value) == written


@pytest.mark.parametrize(
    ("place", "written"),
    [
        (Place(), ""),
        (Place("config/phases.yaml", 3, 7, field="phases[0].from"), "config/phases.yaml:3:7"),
        (Place("figures.xlsx", sheet="九月", cell="B7"), "figures.xlsx[九月]!B7"),
        (Place("figures.xlsx", cell="B7"), "figures.xlsx!B7"),
        (Place("roles.yaml", field="roles"), "roles.yaml: roles"),
        (Place(field="reason"), "reason"),
    ],
)
def test_a_place_is_written_as_exactly_as_it_is_known(place: Place, written: str) -> None:
    assert str(place) == written


def test_a_problem_says_where_what_and_what_to_do() -> None:
    problem = Problem("no-day", T("there is no day"), T("write one"), Place("a.yaml", 1, 2))
    assert str(problem) == "a.yaml:1:2: no-day there is no day (write one)"
    assert str(problem.at(Place())) == "no-day there is no day (write one)"
    assert str(Problem("no-day", T("there is no day"))) == "no-day there is no day"


def test_problems_are_raised_once_and_written_one_a_line() -> None:
    both = Problems([Problem("a", T("first")), Problem("b", T("second"))])
    assert str(both) == "a first\nb second"
    assert [problem.code for problem in both.problems] == ["a", "b"]


def test_a_refusal_tells_whether_the_actor_might_ask_at_all() -> None:
    allowed = refuse("gate-shut", T("the gate is shut"), T("open it"), rule="survey-recorded", field="to")
    assert allowed.permitted
    assert allowed.reasons[0].rule == "survey-recorded"
    assert str(allowed) == "to: gate-shut the gate is shut (open it)"
    assert not Refused((*allowed.reasons, Problem(NOT_PERMITTED, T("not for you")))).permitted


@pytest.mark.parametrize(
    ("word", "choices", "fix"),
    [
        ("surwey", ["survey", "work"], "did you mean survey?"),
        ("xyz", ["work", "survey"], "choose one of survey, work"),
        ("xyz", [], ""),
        ("xyz", [f"xy{number}" for number in range(1001)], ""),
    ],
)
def test_the_nearest_name_is_suggested_or_else_all_of_them_unless_there_are_too_many(
    word: str, choices: list[str], fix: str
) -> None:
    assert str(nearest(word, choices)) == fix
    assert (nearest(word, choices) == NOTHING) is (fix == "")
