"""What registers, tables and checks of a definition may have wrong, and what a definition may do without."""

from datetime import date

import pytest
from domain.scenario import definition
from domain.test_registers import TABLE

from campaign.domain.consistency import check, notices
from campaign.domain.definition import (
    Definition,
    Laggards,
    Obligation,
    Register,
    ResponsibilityTable,
    Role,
    VerificationCheck,
)

BARE = definition()


def table(text: str) -> Definition:
    return definition(tables=(ResponsibilityTable(id="who", label="责任", text=text),))


def told(made: Definition) -> list[tuple[str, str]]:
    """Return what is wrong with MADE beside what the small campaign of these tests leaves out on purpose."""
    found = [
        [(problem.place.field, f"{problem.code} {problem.message}") for problem in check(any_)] for any_ in (made, BARE)
    ]
    return [entry for entry in found[0] if entry not in found[1]]


TWO = TABLE + TABLE.partition("decisions:\n")[2].replace("  body:", "  other:", 1)


@pytest.mark.parametrize(
    ("made", "problems"),
    [
        (table(TABLE), []),
        (
            table(TABLE.replace("supervision", "weather")),
            [("tables[0].text", "table-unreadable the table asks for weather and decides 1 things")],
        ),
        (
            table(TWO),
            [("tables[0].text", "table-unreadable the table asks for - and decides 2 things")],
        ),
        (
            table(TABLE.replace("COLLECT", "SOME")),
            [("tables[0].text", "table-unreadable line 7 of the table: SOME is not a choice for hit")],
        ),
        (
            definition(checks=(VerificationCheck(id="a", label="a", test="scopes_cross", scopes=("provincial",)),)),
            [("checks[0].test", "check-incomplete the test scopes_cross compares two scopes")],
        ),
        (
            definition(checks=(VerificationCheck(id="a", label="a", test="jump"),)),
            [("checks[0].test", "check-incomplete the test jump compares with a threshold")],
        ),
        (
            definition(registers=(Register(id="a", label="a", due_on=date(2006, 1, 1)),)),
            [("registers[0].due_on", "outside-window 2006-01-01 lies outside the campaign's window")],
        ),
        (
            definition(registers=(Register(id="a", label="a", link="project"), Register(id="a", label="a"))),
            [("registers[1].id", "duplicate-id a stands twice in this list")],
        ),
        (
            definition(
                registers=(Register(id="a", label="a", groups=("none",), roles=("no",), table="x", link="y"),),
                checks=(VerificationCheck(id="c", label="c", test="jump", obligations=("o",), indicators=("i",)),),
            ),
            [
                ("registers[0].groups[0]", "unknown-group there is no group none"),
                ("registers[0].roles[0]", "unknown-role there is no role no"),
                ("registers[0].table", "unknown-table there is no table x"),
                ("registers[0].link", "unknown-register there is no register y"),
                ("checks[0].obligations[0]", "unknown-obligation there is no obligation o"),
                ("checks[0].indicators[0]", "unknown-indicator there is no indicator i"),
                ("checks[0].test", "check-incomplete the test jump compares with a threshold"),
            ],
        ),
    ],
)
def test_what_is_wrong_with_registers_tables_and_checks(made: Definition, problems: list[tuple[str, str]]) -> None:
    assert told(made) == problems


LAGGING = """\
scheme: laggards
inputs:
  missed_in_a_row: {type: integer}
  growth_pct: {type: "number?"}
decisions:
  reason:
    hit: COLLECT
    rules: |
      | # | missed_in_a_row | growth_pct || reason |
      | 1 | ≥ 2             | -          || silent |
      | 2 | -               | ≥ 5        || slow   |
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("integer}", "integer}", []),
        ("integer}", 'integer, allowed: "≥ 0"}', []),
        ("integer}", 'integer, allowed: "≥ 1"}', ["missed_in_a_row: 0 is outside >= 1 (check the figure)"]),
        ('"number?"}', '"number?", allowed: "≥ 0"}', []),
        ('"number?"}', '"number?", allowed: "≥ 1"}', ["growth_pct: 0 is outside >= 1 (check the figure)"]),
        ('"number?"', "number", ["growth_pct: it is missing, and number was declared (write a number)"]),
    ],
)
def test_the_table_of_laggards_must_judge_everybody(before: str, after: str, said: list[str]) -> None:
    """Whoever missed nothing, and whoever's growth is nothing or not known; each thing is said once."""
    laggards = Laggards(label="后进", obligation="weekly", register="issue", text=LAGGING.replace(before, after, 1))
    found = [text for place, text in told(definition(laggards=laggards)) if place == "laggards.text"]
    assert found == [f"table-unreadable the table cannot judge everybody: {text.partition(' (')[0]}" for text in said]


def test_commands_for_which_a_campaign_has_no_use_need_no_role() -> None:
    """No checks asked for, no bulletins, no registers: nobody has to be allowed what is never done."""
    role = Role(id="all", label="all", commands=("report.submit",))
    weekly = Obligation(id="weekly", label="周报", cadence="weekly")
    bare = definition(roles=(role,), obligations=(weekly,), registers=())
    full = definition(roles=(role,))
    nouns = [{name.partition(".")[0] for name in _unheld(made)} for made in (bare, full)]
    assert nouns[1] - nouns[0] == {"check", "register"}
    assert not nouns[1] & {"tick", "audit", "person", "bulletin"}


def _unheld(made: Definition) -> list[str]:
    (notice,) = [problem for problem in notices(made) if problem.code == "command-without-role"]
    return notice.message.values["commands"].split(", ")
