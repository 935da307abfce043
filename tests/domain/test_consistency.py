"""What a well-formed definition may have wrong: each thing alone, everything at once, and what is not wrong at all."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.commands import COMMANDS
from campaign.domain.consistency import check, notices
from campaign.domain.definition import Definition

WRONG = Path(__file__).with_name("wrong_definitions.txt")
SOUND: dict[str, Any] = {
    "campaign": {
        "key": "k",
        "title": "t",
        "window": {"from": "2005-08-01", "to": "2005-12-31"},
        "metric_period": "2005",
    },
    "documents": [{"id": "plan", "number": "1", "title": "The plan", "sha256": "0" * 64}],
    "stages": [{"id": "one", "label": "One", "from": "2005-08-01", "to": "2005-08-31", "clause": "plan:3"}],
    "phases": [
        {
            "id": "survey",
            "label": "Survey",
            "stage": "one",
            "from": "2005-08-17",
            "to": "2005-08-22",
            "gates": [
                {"id": "fixed", "check": "target_fixed", "indicators": ["profit"], "groups": ["all"]},
                {"id": "met", "check": "obligations_met", "obligations": ["weekly"], "clause": "plan:2"},
                {"id": "held", "check": "meeting_held", "meeting": "kick-off"},
                {"id": "begun", "check": "date_reached", "on": "2005-08-31"},
            ],
        },
        {"id": "work", "label": "Work", "from": "2005-09-01", "to": "2005-12-31", "back_to": ["survey"]},
        {"id": "judge", "label": "Judge", "from": "2005-12-01", "to": "2005-12-31"},
    ],
    "groups": [
        {"id": "city", "label": "Cities", "expected": 9},
        {"id": "firm", "label": "Firms", "expected": 63},
        {"id": "all", "label": "All", "union_of": ["city", "firm"], "expected": 72},
    ],
    "obligations": [
        {"id": "weekly", "label": "Weekly", "cadence": "weekly", "groups": ["all"], "indicators": ["profit"]},
        {"id": "half", "label": "Half", "cadence": "half_monthly", "days": [15, 31]},
        {"id": "monthly", "label": "Monthly", "cadence": "monthly", "days": [5]},
        {"id": "once", "label": "Once", "cadence": "once", "on": "2005-08-31"},
    ],
    "meetings": [{"id": "kick-off", "title": "Kick-off", "on": "2005-08-25", "clause": "1.3"}],
    "indicators": [
        {"id": "profit", "label": "Profit", "unit": "yuan"},
        {"id": "growth", "label": "Growth", "unit": "%", "completion": "ratio_of_growth", "base": "profit"},
    ],
    "scopes": [{"id": "local", "label": "Local"}],
    "targets": [
        {"id": "profit", "indicator": "profit", "value": "150", "unit": "yuan", "scope": "local"},
        {"id": "growth", "indicator": "growth", "text": "as fast as last year", "strength": "soft"},
    ],
    "trend": {"growth": "growth", "benefit": "profit"},
    "reconciliations": [{"id": "tree", "label": "Tree", "groups": ["city"]}],
    "roles": [
        {"id": "office", "label": "Office", "commands": ["*"]},
        {"id": "writer", "label": "Writer", "commands": ["report.*", "finding.explain"]},
    ],
    "assignments": [{"person": "p-1", "role": "office", "from": "2005-08-01", "to": "2005-12-31"}],
    "calendar": {
        "version": "1",
        "published_years": [2005, 2006],
        "rest_days": [{"from": "2005-10-01", "to": "2005-10-07"}],
        "work_days": ["2005-10-08", "2005-10-07"],
    },
}


def define(**changes: Any) -> Definition:  # noqa: ANN401 -- plain values by `__` path
    """Make the sound definition with values put at paths such as `phases__0__stage`; None takes one away."""
    plain = copy.deepcopy(SOUND)
    for path, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split("__")]
        inner: Any = plain
        for step in way:
            inner = inner[step]
        if value is None:
            del inner[last]
        elif isinstance(inner, list) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return msgspec.convert(plain, Definition, strict=False)


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(problem.code, problem.place.field) for problem in check(definition)]


def test_a_sound_definition_has_no_problem_and_nothing_to_note() -> None:
    assert check(define()) == []
    assert notices(define()) == []


def test_phases_may_overlap() -> None:
    assert found(define(phases__2__from="2005-09-15")) == []


def cases() -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Read what is changed in the sound definition, and what is said of it: path, code, message and remedy."""
    for block in WRONG.read_text().split("\n\n")[1:]:
        lines = block.strip("\n").split("\n")
        changes = dict(line.split(" = ", 1) for line in lines if not line.startswith(" "))
        yield (
            {path.replace(".", "__"): json.loads(value) for path, value in changes.items()},
            [line.strip() for line in lines if line.startswith(" ")],
        )


@pytest.mark.parametrize(("changes", "said"), [*cases()])
def test_everything_that_is_wrong_is_said_at_its_path_with_a_remedy(changes: dict[str, Any], said: list[str]) -> None:
    assert [str(problem) for problem in check(define(**changes))] == said


def test_a_campaign_without_phases_is_told_so_and_nothing_more() -> None:
    assert found(define(phases=[])) == [("no-phases", "phases")]


def test_a_union_of_groups_without_stated_sizes_is_not_summed() -> None:
    assert found(define(groups__0__expected=None)) == []


def test_a_trend_is_not_needed() -> None:
    assert found(define(trend=None)) == []


def test_everything_wrong_is_said_at_once() -> None:
    definition = define(
        phases__0__stage="two", groups__2__expected=1, roles__1__commands=["x.y"], meetings__0__on="2004-01-01"
    )
    assert {problem.code for problem in check(definition)} == {
        "unknown-stage",
        "unknown-command",
        "outside-window",
        "union-size",
    }


def test_years_without_a_published_calendar_are_noted_and_not_refused() -> None:
    definition = define(calendar__published_years=[2005])
    assert check(definition) == []
    (noted,) = notices(definition)
    assert str(noted) == (
        "calendar.published_years: calendar-provisional the calendar of 2006 is not published yet: dates in it are"
        " provisional (adopt calendar.yaml again once it is)"
    )


@pytest.mark.parametrize(
    ("published", "years"),
    [([2005, 2006], []), ([2005], ["2006"]), ([2006], ["2005"]), ([], ["2005", "2006"])],
)
def test_every_year_of_the_window_is_noted_though_nothing_is_due_in_it(published: list[int], years: list[str]) -> None:
    window = {"from": "2005-08-01", "to": "2006-01-31"}
    calendar = {"version": "1", "published_years": published}
    bare = define(obligations=[], calendar=calendar, campaign__window=window)
    noted = [problem for problem in notices(bare) if problem.code == "calendar-provisional"]
    assert [problem.message.values["year"] for problem in noted] == years


def test_commands_that_nobody_may_give_are_noted() -> None:
    (noted,) = notices(define(roles__0__commands=[name for name in COMMANDS if name != "phase.waive"]))
    assert str(noted) == (
        "roles: command-without-role no role may give these commands: phase.waive (add them to a role)"
    )
    assert notices(define(roles=[], assignments=[])) == []
    nouns = sorted({f"{name.partition('.')[0]}.*" for name in COMMANDS})
    assert notices(define(roles__0__commands=nouns)) == []


@pytest.mark.parametrize(
    ("noun", "used"),
    [
        ("check", {"obligations__0__act": "check"}),
        ("bulletin", {"obligations__0__act": "bulletin"}),
        ("register", {"registers": [{"id": "issue", "label": "Issues"}]}),
        ("notice", {"notices": [{"id": "late", "label": "Late", "channels": ["mail"]}]}),
    ],
)
def test_a_command_that_nobody_may_give_is_no_matter_where_the_campaign_has_no_use_for_it(
    noun: str, used: dict[str, Any]
) -> None:
    rest = [name for name in COMMANDS if not name.startswith(f"{noun}.")]
    assert notices(define(roles__0__commands=rest)) == []
    (noted,) = notices(define(roles__0__commands=rest, **used))
    assert set(noted.message.values["commands"].split(", ")) == set(COMMANDS) - set(rest)


PATHS = [path for path in SOUND if path not in {"campaign", "trend", "calendar"}]


@given(st.sets(st.sampled_from(PATHS)), st.booleans())
def test_no_definition_makes_the_check_fail(emptied: set[str], shuffled: bool) -> None:  # noqa: FBT001 -- drawn
    plain = {key: [] if key in emptied else value for key, value in copy.deepcopy(SOUND).items()}
    if shuffled:
        plain["phases"] = list(reversed(plain["phases"]))
    for problem in check(msgspec.convert(plain, Definition, strict=False)):
        assert problem.fix.template
        assert problem.place.field
