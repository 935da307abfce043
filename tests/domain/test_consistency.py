"""What a well-formed definition may have wrong: each thing alone, everything at once, and what is not wrong at all."""

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.commands import COMMANDS
from campaign.domain.consistency import check, notices
from campaign.domain.definition import Definition

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


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"campaign__window__from": "1805-08-01"}, "window-year", "campaign.window.from"),
        ({"campaign__window__to": "9005-12-31"}, "window-year", "campaign.window.to"),
        ({"campaign__window__to": "2095-12-31"}, "window-too-long", "campaign.window.to"),
        ({"documents": []}, "no-documents", "documents"),
        ({"documents__0__sha256": "0" * 63}, "sha256-form", "documents[0].sha256"),
        ({"documents__0__sha256": "G" * 64}, "sha256-form", "documents[0].sha256"),
        ({"stages__0__to": "2005-07-31"}, "dates-reversed", "stages[0].to"),
        ({"phases__1__to": "2005-08-31"}, "dates-reversed", "phases[1].to"),
        (
            {"obligations__0__from": "2005-09-02", "obligations__0__to": "2005-09-01"},
            "dates-reversed",
            "obligations[0].to",
        ),
        ({"calendar__rest_days__0__to": "2005-09-30"}, "dates-reversed", "calendar.rest_days[0].to"),
        ({"assignments__0__to": "2005-07-31"}, "dates-reversed", "assignments[0].to"),
        ({"stages__0__from": "2005-07-31"}, "outside-window", "stages[0].from"),
        ({"phases__2__to": "2006-01-01"}, "outside-window", "phases[2].to"),
        ({"obligations__0__from": "2005-07-31"}, "outside-window", "obligations[0].from"),
        ({"obligations__3__on": "2006-01-01"}, "outside-window", "obligations[3].on"),
        ({"meetings__0__on": "2005-07-31"}, "outside-window", "meetings[0].on"),
        ({"phases__0__gates__3__on": "2006-01-01"}, "outside-window", "phases[0].gates[3].on"),
        ({"phases__0__from": "2005-09-01", "phases__0__to": "2005-09-01"}, "outside-stage", "phases[0].from"),
        ({"phases__0__to": "2005-09-01"}, "outside-stage", "phases[0].to"),
        ({"phases__0__next": []}, "phase-unreachable", "phases[1].id"),
        ({"phases__0__next": ["judge"]}, "phase-unreachable", "phases[1].id"),
        ({"phases__1__next": ["work"]}, "phase-cycle", "phases[1].next"),
        ({"phases__0__gates__2__on": "2005-08-25"}, "key-without-effect", "phases[0].gates[2].on"),
        ({"phases__0__gates__3__meeting": "kick-off"}, "key-without-effect", "phases[0].gates[3].meeting"),
        ({"obligations__0__days": [5]}, "key-without-effect", "obligations[0].days"),
        ({"obligations__1__on": "2005-09-01"}, "key-without-effect", "obligations[1].on"),
        ({"obligations__1__days": [15]}, "cadence-incomplete", "obligations[1].cadence"),
        ({"obligations__1__days": [29, 31]}, "cadence-incomplete", "obligations[1].cadence"),
        ({"obligations__2__days": None}, "cadence-incomplete", "obligations[2].cadence"),
        ({"obligations__3__on": None}, "cadence-incomplete", "obligations[3].cadence"),
        ({"obligations__0__from": "2005-12-31"}, "obligation-empty", "obligations[0].cadence"),
        ({"groups__2__expected": 71}, "union-size", "groups[2].expected"),
        ({"groups__3": {"id": "a", "label": "A", "union_of": ["all"]}}, "union-nested", "groups[3].union_of"),
        ({"indicators__1__base": None}, "indicator-base-missing", "indicators[1].completion"),
        ({"indicators__1__base": "growth"}, "indicator-base-itself", "indicators[1].base"),
        ({"targets__1__text": None}, "target-empty", "targets[1].id"),
        ({"targets__0__unit": "%"}, "unit-mismatch", "targets[0].unit"),
        ({"trend__tolerance_pct": "-0.01"}, "tolerance-negative", "trend.tolerance_pct"),
        ({"calendar__rest_days__0__from": "2004-10-01"}, "calendar-year", "calendar.rest_days[0].from"),
        ({"calendar__work_days__0": "2005-10-10"}, "work-day-ordinary", "calendar.work_days[0]"),
        ({"calendar__work_days__2": "2005-10-08"}, "duplicate-id", "calendar.work_days[2]"),
        ({"phases__2__id": "work"}, "duplicate-id", "phases[2].id"),
        ({"phases__0__gates__1__id": "fixed"}, "duplicate-id", "phases[0].gates[1].id"),
        ({"scopes__1": {"id": "local", "label": "L"}}, "duplicate-id", "scopes[1].id"),
        ({"phases__0__stage": "two"}, "unknown-stage", "phases[0].stage"),
        ({"phases__1__back_to": ["survay"]}, "unknown-phase", "phases[1].back_to[0]"),
        ({"phases__1__next": ["judge", "x"]}, "unknown-phase", "phases[1].next[1]"),
        ({"phases__0__gates__0__groups": ["x"]}, "unknown-group", "phases[0].gates[0].groups[0]"),
        ({"phases__0__gates__0__indicators": ["profit", "x"]}, "unknown-indicator", "phases[0].gates[0].indicators[1]"),
        ({"phases__0__gates__1__obligations": ["x"]}, "unknown-obligation", "phases[0].gates[1].obligations[0]"),
        ({"phases__0__gates__2__meeting": "x"}, "unknown-meeting", "phases[0].gates[2].meeting"),
        ({"groups__2__union_of": ["city", "x"]}, "unknown-group", "groups[2].union_of[1]"),
        ({"obligations__0__groups": ["x"]}, "unknown-group", "obligations[0].groups[0]"),
        ({"obligations__0__indicators": ["x"]}, "unknown-indicator", "obligations[0].indicators[0]"),
        ({"reconciliations__0__groups": ["x"]}, "unknown-group", "reconciliations[0].groups[0]"),
        ({"indicators__1__base": "x"}, "unknown-indicator", "indicators[1].base"),
        ({"targets__1__indicator": "x"}, "unknown-indicator", "targets[1].indicator"),
        ({"targets__0__scope": "x"}, "unknown-scope", "targets[0].scope"),
        ({"trend__growth": "x"}, "unknown-indicator", "trend.growth"),
        ({"trend__benefit": "x"}, "unknown-indicator", "trend.benefit"),
        ({"roles__1__commands": ["report.*", "reports.*"]}, "unknown-command", "roles[1].commands[1]"),
        ({"assignments__0__role": "x"}, "unknown-role", "assignments[0].role"),
        ({"stages__0__clause": "plam:3"}, "unknown-document", "stages[0].clause"),
        ({"phases__0__gates__1__clause": "x:2"}, "unknown-document", "phases[0].gates[1].clause"),
    ],
)
def test_what_is_wrong_is_found_at_its_path_with_a_remedy(changes: dict[str, Any], code: str, path: str) -> None:
    definition = define(**changes)
    assert (code, path) in found(definition)
    assert all(problem.fix.template for problem in check(definition))


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
    noted = notices(definition)
    assert [(problem.code, problem.message.values["year"]) for problem in noted] == [("calendar-provisional", "2006")]


def test_commands_that_nobody_may_give_are_noted() -> None:
    (noted,) = notices(define(roles__0__commands=[name for name in COMMANDS if name != "phase.waive"]))
    assert (noted.code, noted.message.values["commands"]) == ("command-without-role", "phase.waive")
    assert notices(define(roles=[], assignments=[])) == []


@pytest.mark.parametrize(
    ("noun", "used"),
    [
        ("check", {"obligations__0__act": "check"}),
        ("bulletin", {"obligations__0__act": "bulletin"}),
        ("register", {"registers": [{"id": "issue", "label": "Issues"}]}),
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
