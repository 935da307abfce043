"""The template whole: what an office gets to fill in, and that the lists of choices end where spreadsheets end them."""

import pytest
from files.template_text import FILE, ORDER, lines, parts
from msgspec.structs import replace

from campaign.domain.definition import Scope
from campaign.files import template


def test_the_template_is_what_it_always_was() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_nothing_that_was_written_is_a_formula_a_link_or_a_number() -> None:
    made = parts(template.write(ORDER))
    sheet = made["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<v>7</v>" not in sheet.replace(' t="s"><v>7</v>', "")
    assert all(f">{text}<" in made["xl/sharedStrings.xml"] for text in ("=HYPERLINK(1)", "http://b.example/", "007"))


@pytest.mark.parametrize(("length", "listed"), [(250, True), (253, True), (254, False)])
def test_a_list_of_choices_is_as_long_as_a_spreadsheet_takes_it(length: int, listed: bool) -> None:  # noqa: FBT001 -- a column of the table
    scopes = (Scope("one", "一" * 2), Scope("two", "二" * (length - 2)))
    made = parts(template.write(replace(ORDER, definition=replace(ORDER.definition, scopes=scopes))))
    assert (f"一一,{'二' * (length - 2)}" in made["xl/worksheets/sheet1.xml"]) is listed


def test_without_entities_there_is_a_header_and_one_row_to_choose_in() -> None:
    sheet = parts(template.write(replace(ORDER, entities=())))["xl/worksheets/sheet1.xml"]
    assert sheet.count("<row ") == 1
    assert '<autoFilter ref="A1:N2"/>' in sheet
    assert 'sqref="G2"' in sheet
