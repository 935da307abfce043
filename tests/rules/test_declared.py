"""What is declared: every choice means what it says, and whatever is read anywhere is not declared in vain."""

import pytest
from rules.support import dec, load_text, scheme, table, whole_problem

from campaign.problems import Problems
from campaign.rules import load
from campaign.rules.model import Aggregate, Formula, Prize, Ranking, Table

INPUTS = "n: number, g: {type: text, values: [a, b]}, m: money, day: date"
COUNTED = "columns:\n  c: {count: n}\n"
PLACED = "rankings:\n  r: {by: n, ties: dense}\n"


def vain(body: str, inputs: str = INPUTS) -> list[str]:
    """Return the names that are declared in vain, in a scheme that is sound otherwise."""
    try:
        scheme(body, inputs)
    except Problems as error:
        return [problem.message.values.get("name", problem.code) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ("columns:\n  x: {mean: n}\n", "g m day"),
        ('columns:\n  x: {count: n, among: g = "a"}\n', "m day"),
        ("rankings:\n  r: {by: n, ties: dense}\n", "g m day"),
        ("rankings:\n  r: {by: [lowest n, day], ties: dense, among: m > 0}\n", "g"),
        ("assessment: {score: n}\n", "g m day"),
        ("assessment: {group: g}\n", "n m day"),
        ("assessment: {grade: g}\n", "n m day"),
        ("assessment: {award: {of: m, combine: add}}\n", "n g day"),
        ("assessment: {award: {of: m, combine: add, pool: n * 1元}}\n", "g day"),
        ("vetoes:\n  - {when: n > 1, because: x}\n", "g m day"),
        ("gates:\n  - {needs: day > 2005-01-01, because: x}\n", "n g m"),
        (
            (
                "calculations:\n  y: {type: number, formula: f(n)}\nfunctions:\n"
                "  f: {of: {n: number}, type: number, formula: n}\n"
            ),
            "g m day",
        ),
        ("calculations:\n  y: {type: number, slices: {of: n, over: 'per 1 → 1, step'}}\n", "g m day"),
        (
            (
                "constants:\n  c: {type: number, by: day, values: [{from: 2005-01-01, value: 1, source: s}]}\n"
                "calculations:\n  y: {type: number, formula: c}\n"
            ),
            "n g m",
        ),
        ("decisions:\n  y:\n    rules: |\n      | n || y |\n      | - || 1 |\n", "g m day"),
        (
            (
                "decisions:\n  y:\n    type: number\n    default: 0\n    rules: |\n      | 1 || y |\n"
                "      | > n || = m / 1元 |\n"
            ),
            "g day",
        ),
        (
            (
                "decisions:\n  y:\n    values: [A, B]\n    rules: |\n      | g || y |\n      | - || A |\n"
                "    caps:\n      - {when: n > 1, at most: B}\n"
            ),
            "m day",
        ),
        (
            (
                "decisions:\n  y:\n    hit: FIRST\n    type: number\n    default: = n\n    rules: |\n"
                "      | g || y |\n      | a || 1 |\n"
            ),
            "m day",
        ),
        (
            PLACED + "prizes:\n  p:\n    ranking: r\n    ties: share\n    amounts: |\n"
            "      | g | rank || amount |\n      | a | 1 || = m |\n",
            "day",
        ),
        (
            (
                "constants:\n  c: {type: number, value: 1}\nfunctions:\n"
                "  f: {of: {n: number}, type: number, formula: n}\nassessment: {score: n}\n"
            ),
            "g m day c f",
        ),
    ],
)  # fmt: skip
def test_what_is_read_in_one_place_only_is_not_declared_in_vain(body: str, unread: str) -> None:
    assert vain(body) == unread.split()


def test_a_function_is_not_called_because_something_else_of_its_name_is_read() -> None:
    body = (
        "functions:\n  n: {of: {x: number}, type: number, formula: x}\ncalculations:\n  y: {type: number, formula: n}\n"
    )
    assert vain(body, "n: number") == ["n"]
    assert vain(body.replace("formula: n}", "formula: n(n)}"), "n: number") == []


def test_what_is_declared_in_vain_is_shown_where_it_is_declared() -> None:
    with pytest.raises(Problems) as raised:
        scheme(
            "constants:\n  c: {type: number, value: 1}\nfunctions:\n"
            "  f: {of: {n: number}, type: number, formula: n}\nassessment: {score: n}\n",
            "n: number, g: text",
        )
    assert [whole_problem(problem) for problem in raised.value.problems] == [
        "3:24 [] <> declared-unused g is declared and never used (use it or remove it)",
        "5:6 [] <> declared-unused c is declared and never used (use it or remove it)",
        "7:6 [] <> declared-unused the function f is never called (use it or remove it)",
    ]


# --- every choice ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "everywhere"), [("", False), (", over: group", False), (", over: all", True)])
def test_a_figure_or_ranking_is_of_the_group_unless_it_says_all(said: str, everywhere: bool) -> None:  # noqa: FBT001 -- a column of the table
    figure, ranking = scheme(
        f"columns:\n  c: {{mean: n{said}}}\nrankings:\n  r: {{by: n, ties: dense{said}}}\n", "n: number"
    ).model.steps
    assert isinstance(figure, Aggregate)
    assert isinstance(ranking, Ranking)
    assert (figure.everywhere, ranking.everywhere) == (everywhere, everywhere)


@pytest.mark.parametrize(("said", "meant"), [("", False), (", everyone: false", False), (", everyone: true", True)])
def test_a_ranking_is_of_everyone_only_where_it_says_so(said: str, meant: bool) -> None:  # noqa: FBT001 -- likewise
    (ranking,) = scheme(f"rankings:\n  r: {{by: n, ties: ordinal{said}}}\n", "n: number").model.steps
    assert isinstance(ranking, Ranking)
    assert (ranking.everyone, ranking.method) == (meant, "ordinal")


@pytest.mark.parametrize(("said", "optional"), [("", False), (", optional: false", False), (", optional: true", True)])
def test_a_value_is_not_applicable_only_where_it_is_declared_so(said: str, optional: bool) -> None:  # noqa: FBT001 -- likewise
    made = scheme(COUNTED, f"n: {{type: number{said}}}")
    assert made.inputs["n"].kind.optional == optional
    assert scheme(COUNTED, "n: 'number?'").inputs["n"].kind.optional


@pytest.mark.parametrize(
    ("combine", "pool", "highest", "everywhere"),
    [
        ("add", "5", False, True),
        ("highest", "{amount: 5}", True, True),
        ("add", "{amount: 5, within: all}", False, True),
        ("highest", "{amount: 5, within: group}", True, False),
    ],
)
def test_an_award_adds_or_takes_the_highest_from_one_pool_or_many(
    combine: str,
    pool: str,
    highest: bool,  # noqa: FBT001 -- likewise
    everywhere: bool,  # noqa: FBT001 -- likewise
) -> None:
    award = scheme(f"assessment: {{award: {{of: m, combine: {combine}, pool: {pool}}}}}\n", "m: money").model.award
    assert award is not None
    assert award.pool is not None
    assert (award.highest_only, award.pool.everywhere) == (highest, everywhere)


def test_a_prize_is_shared_or_each_gets_it() -> None:
    for ties in ("share", "each"):
        drawn = '"| rank || amount |\\n| 1 || 5 |"'
        made = scheme(PLACED + f"prizes:\n  p: {{ranking: r, ties: {ties}, amounts: {drawn}}}\n", "n: number")
        prize = made.model.steps[-1]
        assert isinstance(prize, Prize)
        assert prize.ties == ties


GATHERED = "COLLECT, COLLECT SUM, COLLECT MIN, COLLECT MAX, COLLECT COUNT"
HITS = f"UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER, {GATHERED}"
MODES = "half_even, half_up, half_down, up, down, floor, ceiling"


@pytest.mark.parametrize(
    ("body", "key", "word", "fix"),
    [
        ("columns:\n  c: {mean: n, over: al}\n", "over", "al", "did you mean all?"),
        ("columns:\n  c: {mean: n, over: x}\n", "over", "x", "choose one of group, all"),
        ("rankings:\n  r: {by: n, ties: dense, over: x}\n", "over", "x", "choose one of group, all"),
        ("rankings:\n  r: {by: n, ties: densest}\n", "ties", "densest", "did you mean dense?"),
        ("rankings:\n  r: {by: n, ties: 1224}\n", "ties", "1224", "choose one of competition, dense, ordinal"),
        ("rankings:\n  r: {by: n, ties: dense, everyone: yes}\n", "everyone", "yes", "choose one of true, false"),
        ("assessment: {award: {of: n, combine: most}}\n", "combine", "most", "choose one of add, highest"),
        (
            "assessment: {award: {of: n, combine: add, pool: {amount: 5, within: x}}}\n",
            "within",
            "x",
            "choose one of all, group",
        ),
        ("decisions:\n  y: {hit: ZZZ, rules: '| n || y |\n\n    | - || 1 |'}\n", "hit", "ZZZ", f"choose one of {HITS}"),
        (
            "calculations:\n  y: {type: money, formula: n, round: {digits: 1, mode: x}}\n",
            "mode",
            "x",
            f"choose one of {MODES}",
        ),
    ],
)
def test_a_word_that_is_no_choice_is_answered_by_what_was_meant_or_by_all_of_them(
    body: str, key: str, word: str, fix: str
) -> None:
    with pytest.raises(Problems) as raised:
        scheme(body, "n: money")
    found = [problem for problem in raised.value.problems if problem.code == "choice-unknown"]
    assert [(str(problem.message), str(problem.fix)) for problem in found] == [
        (f"{word} is not a choice for {key}", fix)
    ]


# --- roundings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "values"),
    [
        ("half_even", "-0.2 -0.1 -0.2 0.1 0.2 0.2"),
        ("half_up", "-0.2 -0.1 -0.3 0.1 0.3 0.2"),
        ("half_down", "-0.2 -0.1 -0.2 0.1 0.2 0.2"),
        ("up", "-0.2 -0.2 -0.3 0.2 0.3 0.2"),
        ("down", "-0.2 -0.1 -0.2 0.1 0.2 0.2"),
        ("floor", "-0.2 -0.2 -0.3 0.1 0.2 0.2"),
        ("ceiling", "-0.2 -0.1 -0.2 0.2 0.3 0.2"),
    ],
)
def test_each_way_of_rounding_is_what_it_is_called(mode: str, values: str) -> None:
    made = scheme(
        f"calculations:\n  y: {{type: number, formula: x, round: {{digits: 1, mode: {mode}}}}}\n", "x: number"
    )
    given = ("-0.2", "-0.11", "-0.25", "0.11", "0.25", "0.2")
    found = [made.evaluate({"x": dec(x)}).values["y"] for x in given]
    assert list(map(str, found)) == values.split()
    assert found == [made._slowly({"x": dec(x)}, {}).values["y"] for x in given]


def test_money_is_rounded_as_the_scheme_states_unless_a_value_says_otherwise() -> None:
    made = load_text(
        "inputs: {x: number}\ncalculations:\n  a: {type: money, formula: x * 1元}\n"
        "  b: {type: money, formula: x * 1元, round: {digits: 1, mode: up}}\n  c: {type: number, formula: x}\n"
    )
    steps = {step.name: step for step in made.model.steps if isinstance(step, Formula)}
    found = {name: step.rounding and (step.rounding.digits, step.rounding.mode) for name, step in steps.items()}
    assert found == {"a": (2, "half_even"), "b": (1, "up"), "c": None}
    assert made.evaluate({"x": dec("0.125")}).values == {"a": dec("0.12"), "b": dec("0.2"), "c": dec("0.125")}


def test_money_without_a_stated_rounding_is_shown_at_its_first_key() -> None:
    with pytest.raises(Problems) as raised:
        load(
            "scheme: t\ninputs: {x: number}\ncalculations:\n  a:\n    type: money\n    formula: x * 1元\n", "test.yaml"
        )
    fix = "write `rounding: {money: half_even, digits: 2}` at the top"
    assert [whole_problem(problem) for problem in raised.value.problems] == [
        f"5:11 [] <> rounding-unstated how money is rounded must be stated ({fix})"
    ]


# --- tables that say little --------------------------------------------------------------------------------------


@pytest.mark.parametrize("hit", ["UNIQUE", "FIRST", "ANY"])
def test_a_table_names_its_hit_policy_and_unique_is_meant_where_it_does_not(hit: str) -> None:
    keys = {} if hit == "UNIQUE" else {"hit": hit}
    (step,) = table("> 0 || 1\n <= 0 || 2", **keys).model.steps
    assert isinstance(step, Table)
    assert step.hit == hit
