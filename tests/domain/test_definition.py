"""A definition as it is adopted: one text for equal definitions, and no part of it in no file or in two."""

import hashlib
import json
import types
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from domain.playing import DEFINITION, TEXT
from domain.scenario import DEFINITION as SMALL
from domain.test_consistency import SOUND, define

from campaign.domain import references
from campaign.domain.definition import Definition, Group, Part, canonical, concerns, expand, from_canonical, sha256
from campaign.domain.ownership import FILE_OF, FILES, TEAM_KEYS

GROUPS = (
    Group(id="city", label="Cities"),
    Group(id="firm", label="Firms"),
    Group(id="mine", label="Mines"),
    Group(id="focus", label="Focus", union_of=("firm", "mine")),
    Group(id="all", label="All", union_of=("city", "firm")),
)
GROUPED = msgspec.structs.replace(DEFINITION, groups=GROUPS)


# --- one text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("definition", [DEFINITION, SMALL, define()], ids=["spring", "small", "sound"])
def test_a_definition_reads_back_as_it_was_and_is_written_again_alike(definition: Definition) -> None:
    text = canonical(definition)
    assert from_canonical(text) == definition
    assert canonical(from_canonical(text)) == text


def test_the_order_of_keys_makes_no_difference_to_the_text() -> None:
    shuffled = json.dumps(dict(reversed(json.loads(TEXT).items())))
    assert shuffled != TEXT
    assert canonical(from_canonical(shuffled)) == TEXT


def test_numbers_are_written_as_text_with_every_digit() -> None:
    exact = define(targets__0__value="150.10")
    assert '"150.10"' in canonical(exact)
    assert from_canonical(canonical(exact)).targets[0].value == exact.targets[0].value


@pytest.mark.parametrize("text", ["", "{}", "[]", TEXT[:-1], TEXT.replace('"campaign"', '"campain"', 1)])
def test_what_is_no_definition_is_not_read_as_one(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        from_canonical(text)


def test_the_hash_is_that_of_the_bytes_in_utf_8() -> None:
    assert sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256("提速") == hashlib.sha256(b"\xe6\x8f\x90\xe9\x80\x9f").hexdigest()


# --- groups ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "wider"),
    [
        ((), set()),
        (("city",), {"city", "all"}),
        (("firm",), {"firm", "focus", "all"}),
        (("mine",), {"mine", "focus"}),
        (("city", "mine"), {"city", "mine", "focus", "all"}),
        (("focus",), {"focus"}),
        (("unheard-of",), {"unheard-of"}),
    ],
)
def test_whoever_is_in_a_group_is_in_its_unions(groups: tuple[str, ...], wider: set[str]) -> None:
    assert expand(GROUPED, groups) == wider


@pytest.mark.parametrize(
    ("named", "groups", "holds"),
    [
        ((), (), True),
        ((), ("city",), True),
        (("city",), (), False),
        (("city",), ("city",), True),
        (("focus",), ("mine",), True),
        (("focus",), ("city",), False),
        (("mine", "city"), ("city",), True),
        (("mine",), ("focus",), False),
    ],
)
def test_what_names_no_group_holds_for_everyone(named: tuple[str, ...], groups: tuple[str, ...], holds: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert concerns(GROUPED, named, groups) is holds


# --- no part forgotten -------------------------------------------------------------------------------------------


def lists() -> Iterator[tuple[str, type]]:
    """Yield every list of the definition with the kind of its items."""
    for name, hint in get_type_hints(Definition).items():
        if get_origin(hint) is tuple and isinstance(get_args(hint)[0], type):
            yield name, get_args(hint)[0]


def test_every_part_stands_in_one_file() -> None:
    listed = [key for keys in FILES.values() for key in keys]
    assert len(listed) == len(set(listed))
    assert {*listed, "teams"} == set(Definition.__struct_fields__)
    assert {key: file for file, keys in FILES.items() for key in keys} == FILE_OF


def test_every_key_of_a_team_s_file_is_one_of_a_team() -> None:
    from campaign.domain.definition import Team  # noqa: PLC0415 -- beside what it is compared with

    assert {"id", *TEAM_KEYS} == set(Team.__struct_fields__)


def test_ids_are_looked_at_in_every_list_whose_items_have_one() -> None:
    named = {name for name, kind in lists() if issubclass(kind, Part) and "id" in kind.__struct_fields__}
    assert named - {"teams"} == set(references.LISTS), "a team is named by its file"


def test_every_kind_of_name_has_its_list_and_its_words() -> None:
    for kind, words in references.UNKNOWN.items():
        assert kind == "command" or f"{kind}s" in Definition.__struct_fields__
        assert words.template == f"there is no {kind} {{name}}"


def test_every_part_refuses_what_it_does_not_know() -> None:
    def unknown(plain: Any) -> Iterator[Any]:  # noqa: ANN401 -- plain values of any shape
        """Yield PLAIN with a key that nobody knows in one of its mappings after the other."""
        if isinstance(plain, dict):
            yield {**plain, "unheard_of": 1}
            for key, value in plain.items():
                for other in unknown(value):
                    yield {**plain, key: other}
        elif isinstance(plain, list):
            for place, value in enumerate(plain):
                for other in unknown(value):
                    yield [*plain[:place], other, *plain[place + 1 :]]

    made = list(unknown(SOUND))
    assert len(made) > len(SOUND)
    for plain in made:
        with pytest.raises(msgspec.ValidationError, match="unheard_of"):
            msgspec.convert(plain, Definition, strict=False)


def test_a_definition_can_be_a_key_of_what_is_computed_once() -> None:
    """Every part is frozen and every list a tuple."""
    assert hash(define()) == hash(define())
    for name, hint in get_type_hints(Definition).items():
        assert get_origin(hint) in (tuple, None, types.UnionType), name
