"""Strict YAML: what is read, what is refused and where, and attacks that end quickly in a typed problem."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.problems import Problem, Problems
from campaign.source import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, Node, parse


def problems(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(Problems) as caught:
        parse(text, "a.yaml")
    return [(problem.code, problem.place.line, problem.place.column) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("010", "010"),
        ("1.10", "1.10"),
        ("17:30", "17:30"),
        ("2005-08-41", "2005-08-41"),
        ('"2005"', "2005"),
        ("'~'", "~"),
        ("~", None),
        ("null", None),
        ("", None),
        ("一汽集团", "一汽集团"),
        ("[a, [b]]", ["a", ["b"]]),
        ("{a: b, c: }", {"a": "b", "c": None}),
    ],
)
def test_every_scalar_stays_the_text_it_is(written: str, value: object) -> None:
    assert parse(f"key: {written}\n").plain() == {"key": value}


def test_every_value_and_key_knows_its_place() -> None:
    root = parse("a: 1\nb:\n  - x\n  - c: 2\n")
    assert isinstance(root.value, dict)
    assert root.keys == {"a": (1, 1), "b": (2, 1)}
    listed = root.value["b"].value
    assert isinstance(listed, list)
    assert [(node.line, node.column) for node in listed] == [(3, 5), (4, 5)]


def test_block_text_is_literal_and_quoted_text_is_not() -> None:
    root = parse("a: |\n  one\n  two\nb: 'x'\n")
    assert isinstance(root.value, dict)
    assert root.value["a"].value == "one\ntwo\n"
    assert (root.value["a"].literal, root.value["b"].literal) == (True, False)


def test_a_byte_order_mark_at_the_start_is_passed_over() -> None:
    assert parse("\ufeffa: 1\n").plain() == {"a": "1"}


def test_line_ends_of_windows_change_nothing() -> None:
    assert parse("a: 1\r\nb:\r\n  - 2\r\n").plain() == parse("a: 1\nb:\n  - 2\n").plain()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\na: 2\na: 3", [("yaml-duplicate-key", 2, 1), ("yaml-duplicate-key", 3, 1)]),
        ("a: &x 1\nb: *x", [("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)]),
        ("a: !!python/object:os.system x\nb: !mine y", [("yaml-tag", 1, 4), ("yaml-tag", 2, 4)]),
        ("a:\n  <<: {b: 1}", [("yaml-merge", 2, 3)]),
        ("a: 1\n---\nb: 2", [("yaml-documents", 2, 1)]),
        ("? [a]\n: 1", [("yaml-key", 1, 3)]),
        ("b: 1\n" + "a" * 201 + ": 1", [("yaml-key", 2, 1)]),
        ("*x : 1", [("yaml-alias", 1, 1)]),
        ("a: [1, 2", [("yaml-syntax", 2, 1)]),
        ("a: 1\n\tb: 2", [("yaml-syntax", 2, 1)]),
        ("a: \0", [("yaml-character", 1, 4)]),
        ("a: 1\nb: \ud800", [("yaml-character", 2, 4)]),
        ("标题: 一\nb: 😀\x07", [("yaml-character", 2, 5)]),
        ("a: \ufeff", [("yaml-character", 1, 4)]),
        ("", [("yaml-empty", 1, 1)]),
        ("# only a comment\n", [("yaml-empty", 1, 1)]),
        ("[" * (MAX_DEPTH + 1), [("yaml-too-deep", 1, MAX_DEPTH + 1)]),
    ],
)
def test_what_is_refused_is_found_at_its_place(text: str, found: list[tuple[str, int, int]]) -> None:
    assert problems(text) == found


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("from：2005-12-20\n\nb: 2\n", (1, 5), "write : instead of the full-width ："),
        ("a: 1\nfrom：2005-12-20\n\n# a remark\n\nb: 2\n", (2, 5), "write : instead of the full-width ："),
        ("a: 1\n- b：2\n", (2, 4), "write : instead of the full-width ："),
        ("a: [1，2］\nb: 3\n", (1, 6), "write , instead of the full-width ，"),
        ("a:\n\tb: 1\n", (2, 1), "indent with blanks instead of a tab"),
        ("a:\n  b: 1\n  \tc: 2\n", (3, 3), "indent with blanks instead of a tab"),
        ("title: 甲：乙\nkey:value\nb: 2\n", (2, 4), "write a blank after the colon: `key: …`"),
        ("a:\n  b:1\n\n  c: 2\n", (2, 4), "write a blank after the colon: `b: …`"),
        ("a: [1, 2\nb: 3\n", (2, 2), "close the bracket that opens on line 1, and part its values by commas"),
        ("a: {b: 1\nc: 2\n", (2, 2), "close the bracket that opens on line 1, and part its values by commas"),
        ("a: 'x\nb: 2\n", (3, 1), "close the quotation mark that opens on line 1"),
        ("a: 1\n  - 17:30\nb\n", (4, 1), ""),
        ("a: 1\nhttp://x\nb: 2\n", (3, 1), ""),
    ],
)
def test_a_syntax_error_lies_where_it_was_made_and_says_what_to_write(
    text: str, place: tuple[int, int], hint: str
) -> None:
    with pytest.raises(Problems) as raised:
        parse(text)
    (found,) = raised.value.problems
    assert (found.code, str(found.fix)) == ("yaml-syntax", hint)
    assert (found.place.line, found.place.column) == place


LAUGHS = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
ATTACKS = {
    "deep nesting": ("[" * 100_000, "yaml-too-deep"),
    "deep mappings": ("{a: " * 100_000, "yaml-too-deep"),
    "billion laughs": (LAUGHS, "yaml-anchor"),
    "10 MB scalar": ("a: " + "x" * 10_000_000, "yaml-too-large"),
    "many values": ("[" + "a," * (MAX_NODES + 1) + "]", "yaml-too-large"),
    "many characters": ("#" * (MAX_CHARACTERS + 1), "yaml-too-large"),
    "nothing but NUL": ("\0" * 1_000_000, "yaml-character"),
    "python object": ("a: !!python/object/apply:os.system ['true']", "yaml-tag"),
    "unclosed quote": ("a: '" + "x\n" * 100_000, "yaml-syntax"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_quickly_in_a_typed_problem(name: str) -> None:
    text, code = ATTACKS[name]
    began = time.process_time()
    found = problems(text)
    assert found[0][0] == code
    assert time.process_time() - began < 10


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_makes_the_reader_raise_anything_but_problems(text: str) -> None:
    found: tuple[Problem, ...] = ()
    try:
        assert isinstance(parse(text), Node)
    except Problems as raised:
        found = raised.problems
    assert all(problem.place.line > 0 for problem in found)


YAML = st.recursive(
    st.none() | st.text(alphabet="abc一：-0.5", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


def write(value: object) -> str:
    match value:
        case None:
            return "~"
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(map(write, value)) + "]"
        case dict():
            return "{" + ", ".join(f'"{key}": {write(inner)}' for key, inner in value.items()) + "}"
        case _:
            raise AssertionError(value)


@given(YAML)
def test_what_was_written_is_read_back(value: object) -> None:
    assert parse(write(value)).plain() == value
