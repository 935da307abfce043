"""One page in four forms: always the same bytes, and no text of anybody's acts in any of them."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from documents.pages import HOSTILE, laid_out
from python_calamine import CalamineWorkbook

from campaign.documents import pdf
from campaign.documents.forms import FORMS, render
from campaign.documents.markdown import escaped, inline
from campaign.documents.page import SHOWN, Cell, clean, numeral
from campaign.problems import EXTRAS, Problems

SCRIPT = """
import hashlib
from documents.pages import laid_out
from campaign.documents.forms import FORMS, render
print([hashlib.sha256(render(laid_out(), form)).hexdigest() for form in FORMS])
"""


class Tags(HTMLParser):
    """Collects tags and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


def tags(text: str) -> Tags:
    found = Tags()
    found.feed(text)
    return found


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_page_has_the_same_bytes_in_every_process(seed: str) -> None:
    here = [hashlib.sha256(render(laid_out(), form)).hexdigest() for form in FORMS]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/Lima", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == str(here)


@pytest.mark.parametrize("form", FORMS)
def test_another_page_has_other_bytes(form: str) -> None:
    assert render(laid_out(), form) != render(laid_out("松原"), form)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_the_same_tags_whatever_the_texts_are(text: str) -> None:
    plain, hostile = (tags(render(laid_out(name), "html").decode()) for name in ("x", text))
    assert hostile.tags == plain.tags
    assert clean(text) in hostile.said
    assert not [tag for tag, names in hostile.tags if tag in {"script", "img", "a", "link"} or "onclick" in names]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_workbook_has_neither_formulas_nor_links(text: str) -> None:
    made = render(laid_out(text), "xlsx")
    with zipfile.ZipFile(BytesIO(made)) as parts:
        content = b"".join(parts.read(name) for name in parts.namelist() if name.endswith((".xml", ".rels")))
    assert b"<f>" not in content
    assert b"<hyperlink" not in content
    assert b"relationships/hyperlink" not in content
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    cells = {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).iter_rows() for cell in row}
    assert clean(text) in cells
    assert {12.3, 142.11, -2.5} <= cells


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_keeps_its_lines_and_cells_whatever_the_texts_are(text: str) -> None:
    plain, hostile = (render(laid_out(name), "md").decode() for name in ("x", text))
    assert [_shape(line) for line in hostile.splitlines()] == [_shape(line) for line in plain.splitlines()]
    assert not re.search(r"(?<!\\)[*_`\[\]<>](?![-:])", hostile)
    assert not re.search(r"(?<!\\)(https?:|www\.)", hostile.replace("http\\:", ""))


def _shape(line: str) -> tuple[int, str]:
    """Return how many cells a line has, and how it begins."""
    return len(re.findall(r"(?<!\\)\|", line)), re.match(r"[#|-]*", line)[0]  # type: ignore[index]  # it always matches


@pytest.mark.parametrize("text", ["- x", "+ x", "1. x", "12) x", "= x"])
def test_no_text_begins_a_list_in_markdown(text: str) -> None:
    assert re.match(r"(\\[-+=]|\d+\\[.)])", escaped(text))
    assert inline(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_pdf_is_set_whatever_the_texts_are(text: str) -> None:
    made = render(laid_out(text), "pdf")
    assert made.startswith(b"%PDF-")
    assert b"/CreationDate" not in made
    assert b"/JavaScript" not in made
    assert b"/URI" not in made


def test_pdf_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FONT", "no_such_typeface")
    monkeypatch.setitem(EXTRAS, "no_such_typeface", "documents")
    with pytest.raises(Problems) as found:
        pdf.render(laid_out())
    assert str(found.value) == (
        "extra-missing no_such_typeface is not installed (pip install campaign[documents], if you need it)"
    )


def test_sheets_of_the_same_name_are_told_apart() -> None:
    made = render(laid_out("很长的名称" * 20), "xlsx")
    names = CalamineWorkbook.from_filelike(BytesIO(made)).sheet_names
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 for name in names)
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert "2000-01-01" in ET.fromstring(parts.read("docProps/core.xml")).findtext(".//{*}created", "")  # noqa: S314 -- our own file


def test_what_steers_is_shown_and_lines_are_joined() -> None:
    assert clean("a\nb \t c\u202ed\x07") == f"a b c{SHOWN}d{SHOWN}"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (numeral(2, 0), "2"),
        (numeral(None), "—"),
        (Cell(number=numeral(1).number, signed=True), "+1.00"),
        (numeral(0, 0, signed=True), "0"),
        (numeral(-1, 1, signed=True), "-1.0"),
    ],
)
def test_numbers_are_shown_with_their_places_and_sign(cell: Cell, shown: str) -> None:
    assert str(cell) == shown
