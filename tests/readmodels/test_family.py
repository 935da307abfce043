"""Parents and children in one sum."""

import pytest

from campaign.readmodels.family import outermost


@pytest.mark.parametrize(
    ("members", "parents", "counted"),
    [
        (("a", "b"), {}, ("a", "b")),
        (("a", "b"), {"b": "a"}, ("a",)),
        (("b", "a"), {"b": "a"}, ("a",)),
        (("b",), {"b": "a"}, ("b",)),
        (("a", "c"), {"c": "b", "b": "a"}, ("a",)),
        (("a", "b", "c"), {"c": "b", "b": "a", "a": ""}, ("a",)),
        ((), {"b": "a"}, ()),
        (("a",), {"a": "a"}, ("a",)),
        (("c",), {"a": "b", "b": "a", "c": "a"}, ("c",)),
    ],
    ids=["strangers", "child", "child first", "parent absent", "grandchild", "line", "nobody", "itself", "circle"],
)
def test_only_the_outermost_count(members: tuple[str, ...], parents: dict[str, str], counted: tuple[str, ...]) -> None:
    assert outermost(members, parents) == counted
