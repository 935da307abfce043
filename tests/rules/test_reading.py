"""Reading a scheme file: what is optional, what is short, and what half-written files say."""

import pytest
from rules.support import codes, dec, load_text

from campaign.problems import Problems
from campaign.rules import load

HEAD = "scheme: t\nrounding: {money: half_even, digits: 2}\n"
ONE = "inputs: {x: number, g: {type: text, values: [a, b]}}\ncalculations:\n  y: {type: number, formula: x}\n"


def refused(text: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        load(HEAD + text)
    return codes(raised.value)


def test_an_input_is_a_type_or_a_mapping_with_one() -> None:
    made = load_text(
        "inputs:\n  x: {type: number, label: 数, optional: true}\ncalculations:\n  y: {type: number?, formula: x}\n"
    )
    assert made.inputs["x"].label == "数"
    assert made.inputs["x"].kind.optional
    assert made.evaluate({"x": None}).values["y"] is None
    assert refused("inputs: {x: {label: 数}}\n") == ["key-missing"]


def test_head_lines_are_joined_and_shown() -> None:
    made = load_text(
        "title: 甲\n  乙\nsource: 〔2005〕1号\nclause: 第一条\nversion: '2'\nnotice: >-\n  an\n  example\n"
        + ONE.replace(", g: {type: text, values: [a, b]}", "")
    )
    assert (made.model.title, made.model.version, made.model.notice) == ("甲 乙", "2", "an example")
    told = made.evaluate({"x": 1}).explain()
    assert (told.title, told.source, told.clause, told.version, told.notice) == (
        "甲 乙",
        "〔2005〕1号",
        "第一条",
        "2",
        "an example",
    )


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("constants:\n  c: {type: number, values: x}\n", "scheme-shape"),
        ("constants:\n  c: {type: number, value: [1]}\n", "scheme-shape"),
        ("functions:\n  f: {type: number}\n", "key-missing"),
        ("functions:\n  f: {of: {a: nmber}, type: number, formula: a}\n", "type-unknown"),
        ("calculations:\n  z: {type: number, formula: [x]}\n", "scheme-shape"),
        ("calculations:\n  z: {type: number, formula: x, adjust: {by: 省办}}\n", "key-missing"),
        (
            "calculations:\n  z: {type: number, formula: x, adjust: {by: 省办, at least: low, at most: 1}}\n",
            "value-kind",
        ),
        ("calculations:\n  z: {type: number, slices: {of: x}}\n", "key-missing"),
        ("calculations:\n  z: {type: number, slices: {of: x, over: [1]}}\n", "scheme-shape"),
        (
            "calculations:\n  z: {type: number, slices: {of: x, over: 'per 1 -> 1, step', under: sideways}}\n",
            "slice-line",
        ),
        ("decisions:\n  d: {hit: FIRST}\n", "key-missing"),
        ("decisions:\n  d: {rules: [x]}\n", "scheme-shape"),
        ("columns:\n  m: {mean: [x]}\n", "scheme-shape"),
        ("columns:\n  m: {mean: x, sum: x}\n", "column-how"),
        ("columns:\n  if: {mean: x}\n", "name-malformed"),
        ("rankings:\n  r: {by: x}\n", "key-missing"),
        ("rankings:\n  r: {by: {x: 1}, ties: dense}\n", "scheme-shape"),
        ("rankings:\n  r: {by: x, ties: olympic}\n", "choice-unknown"),
        ("rankings:\n  x: {by: x, ties: dense}\n", "name-twice"),
        ("prizes:\n  p: {ranking: r, ties: share}\n", "key-missing"),
        ("prizes:\n  x: {ranking: r, ties: share, amounts: z}\n", "name-twice"),
        ("vetoes:\n  - {because: x}\n", "key-missing"),
        ("gates:\n  - {needs: x > 1}\n", "key-missing"),
        ("assessment: {award: {of: y, combine: add}}\n", "kind-mismatch"),
        ("assessment: {award: {of: q, combine: add, pool: {within: all}}}\n", "key-missing"),
        ("assessment: {award: {of: [[q]], combine: add, pool: [1]}}\n", "scheme-shape"),
        ("cases:\n  - {given: {x: 1}}\n", "key-missing"),
        ("cases:\n  - {rows: {a: {x: 1}}}\n", "key-missing"),
        ("cases: [5]\n", "scheme-shape"),
        ("rounding: x\n", "yaml-duplicate-key"),
    ],
)
def test_a_half_written_section_says_what_it_lacks(section: str, code: str) -> None:
    assert code in refused(ONE + section.removeprefix("calculations:\n"))


def test_rules_that_overlap_in_words_and_dates_are_found() -> None:
    text = "inputs: {d: date, w: text}\ndecisions:\n  y:\n    default: 0\n    rules: |\n      | d | w || y |\n"
    rows = "      | ≥ 2005-01-01 | 甲, 乙 || 1 |\n      | < 2006-01-01 | 乙, 丙 || 2 |\n"
    with pytest.raises(Problems) as raised:
        load(HEAD + text + rows)
    assert "as for d = 2005-01-01, w = 乙" in str(raised.value)


def test_the_first_date_and_the_last_have_nothing_beside_them() -> None:
    text = "inputs: {d: date}\ndecisions:\n  y:\n    rules: |\n      | d || y |\n"
    rows = "      | ≤ 9999-12-31 || 1 |\n"
    assert load(HEAD + text + rows).name == "t"


def test_a_scheme_may_have_no_inputs_at_all() -> None:
    made = load("scheme: t\ninputs: {}\ncalculations:\n  y: {type: number, formula: 1 + 1}\n")
    assert made.evaluate({}).values == {"y": 2}
    assert made.assess({"a": {}}).standings["a"].values == {"y": 2}


def test_words_with_signs_are_written_in_quotation_marks() -> None:
    text = "inputs: {w: text}\ndecisions:\n  y:\n    type: number\n    rules: |\n      | w || y |\n"
    made = load(HEAD + text + '      | "a-b" || 1 |\n      | not("a-b") || 2 |\n')
    assert made.evaluate({"w": "a-b"}).values["y"] == 1


def test_full_width_signs_are_read_in_cells_and_formulas() -> None:
    text = "inputs: {x: percent}\ncalculations:\n  y: {type: number, formula: （ｘ＋１００％）×２}\n"
    assert load(HEAD + text).evaluate({"x": dec("0.5")}).values["y"] == 3
    head = "inputs: {x: percent}\ndecisions:\n  y:\n    rules: |\n      | x || y |\n"
    rows = "      | ＞＝１１５％ || A |\n      | ＜１１５％ || Ｂ |\n"
    assert load(HEAD + head + rows).evaluate({"x": dec("0.5")}).values["y"] == "B"


def test_problems_of_the_file_itself_come_first() -> None:
    with pytest.raises(Problems) as raised:
        load("scheme: t\nscheme: u\n")
    assert codes(raised.value) == ["yaml-duplicate-key"]
    with pytest.raises(Problems) as raised:
        load("")
    assert codes(raised.value) == ["yaml-empty"]
    with pytest.raises(Problems) as raised:
        load("- a\n- b\n")
    assert "scheme-shape" in codes(raised.value)
