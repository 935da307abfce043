"""What stands in a sheet's XML beside the values is found however it is written."""

import pytest

from campaign.files.markup import tags_in

STYLES = frozenset({3, 12})


def cell(inner: str, attributes: str = 'r="B7"') -> bytes:
    return f'<row r="7"><c r="A7"><v>1</v></c><c {attributes}>{inner}</c><c r="C7" s="1"/></row>'.encode()


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    ("inner", "empty"),
    [
        ("<f>A1</f>", True),
        ("<f>A1</f><v></v>", True),
        ("<f>A1</f><v/>", True),
        ("\n <f>A1</f>\n <v />\n", True),
        ('<f t="shared" si="0"/>', True),
        ("<f>A1</f><v>0</v>", False),
        ("\n <f>A1</f>\n <v>0</v>\n", False),
        ('<f t="shared" ref="B7:B9" si="0">A1&lt;2</f><v>1</v>', False),
        ('<f t="shared" si="0"/><v xml:space="preserve">1</v>', False),
        ("<v>1</v>", False),
        ("", False),
    ],
)
def test_a_formula_that_was_never_calculated_has_no_value(inner: str, empty: bool, prefix: str) -> None:  # noqa: FBT001 -- a column of the table
    xml = cell(inner)
    for name in (b"c", b"f", b"v", b"row"):
        for end in (b" ", b">", b"/"):
            xml = xml.replace(b"<%b%b" % (name, end), b"<%b%b%b" % (prefix.encode(), name, end))
        xml = xml.replace(b"</%b>" % name, b"</%b%b>" % (prefix.encode(), name))
    tags = tags_in(xml)
    assert list(tags.unvalued(xml)) == (["B7"] if empty else [])
    assert len(tags.cell.findall(xml)) == 3
    assert tags.numbers(xml) == [7]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ('r="B7" s="3"', True),
        ('s="12" r="B7" t="n"', True),
        ("r='B7' s='3'", True),
        ('r = "B7" s = "12"', True),
        ('r="B7" s="33"', False),
        ('r="B7" ss="3"', False),
        ('r="B7"', False),
        ('s="3"', False),
    ],
)
def test_a_cell_of_a_style_is_found_by_its_address(attributes: str, found: bool) -> None:  # noqa: FBT001 -- a column of the table
    xml = cell("<v>0.5</v>", attributes)
    assert tags_in(xml).styled(xml, STYLES) == (frozenset({"B7"}) if found else frozenset())
    assert tags_in(xml).styled(xml, frozenset()) == frozenset()


@pytest.mark.parametrize(
    ("attributes", "inner", "used"),
    [
        ('r="B7" t="s"', "<v>14</v>", [14]),
        ('t="s" s="3"', " <v> 14 </v>", [14]),
        ('r="B7" t="str"', "<v>14</v>", []),
        ('r="B7"', "<v>14</v>", []),
    ],
)
def test_shared_texts_are_counted_where_cells_use_them(attributes: str, inner: str, used: list[int]) -> None:
    xml = cell(inner, attributes)
    assert list(tags_in(xml).shared(xml)) == used
