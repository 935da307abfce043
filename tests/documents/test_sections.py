"""Every section of a bulletin, and that each form says the whole of it, cell by cell, in its order."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO

import msgspec
import pytest
from documents.pages import HOSTILE, bulletin, laid_out
from python_calamine import CalamineWorkbook

from campaign.documents.bulletin import CELLS, WORDS, Issue, page
from campaign.documents.forms import render
from campaign.documents.page import Column, Page, Section, clean, words
from campaign.problems import Text
from campaign.readmodels.bulletin_parts import EntryItem, LateLine, TrendLine

DAY = date(2005, 9, 30)


def rows(page: Page, heading: str) -> list[list[str]]:
    section = next(entry for entry in page.sections if entry.heading.startswith(heading))
    return [[str(cell) for cell in row] for row in section.rows]


def sentences(page: Page, heading: str) -> tuple[str, ...]:
    return next(entry.sentences for entry in page.sections if entry.heading.startswith(heading))


# --- what stands in each ---------------------------------------------------------------------------------------------


def test_a_goal_says_what_was_reached_and_whether_that_is_enough() -> None:
    assert rows(laid_out(), "The campaign's targets") == [
        ["吉林", "吉林", "150.00", "142.11", "吉林", "94.74", "not met"],
        ["吉林", "吉林", "15.00", "—", "吉林", "—", "no figures"],
    ]
    (first, _) = bulletin().goals
    met = msgspec.structs.replace(first, met=True, tree="nowhere", indicator="unknown")
    assert rows(laid_out(goals=(met,)), "The campaign's targets")[0][:2] == ["unknown", "nowhere"], "their ids"
    assert rows(laid_out(goals=(met,)), "The campaign's targets")[0][-1] == "attained"


def test_progress_is_held_against_the_time_that_has_passed() -> None:
    assert rows(laid_out(), "Progress") == [["吉林", "吉林", "吉林", "3.00", "4.00", "75.00", "0.00"]]
    (line,) = bulletin().progress
    behind, ahead = (msgspec.structs.replace(line, ahead_pct=Decimal(value)) for value in ("-3.456", "3.456"))
    assert [row[-1] for row in rows(laid_out(progress=(behind, ahead)), "Progress")] == ["-3.46", "+3.46"]


def test_whoever_has_no_figure_is_named_below_the_mean() -> None:
    first, second = (entry for entry in laid_out().sections if entry.heading.startswith("Growth of"))
    assert first.sentences == ("Mean, weighted by last year's levels: 1.50%", "Without a figure: 吉林")
    assert (second.sentences, second.rows) == ((), ())


@pytest.mark.parametrize("cell", CELLS)
def test_every_trend_has_a_word(cell: str) -> None:
    made = laid_out(trends=(TrendLine(cell, ("a", "stranger")),))
    assert rows(made, "Growth and benefit") == [[str(CELLS[cell]), "2", "吉林, stranger"]]


@pytest.mark.parametrize("standing", ["late", "missing"])
def test_who_is_late_and_who_is_missing_are_told_apart(standing: str) -> None:
    made = laid_out(late=(LateLine("a", "四平", "weekly", "周报", "2005-W36", DAY, standing),))
    assert rows(made, "Reports late") == [["四平", "周报", "2005-W36", "2005-09-30", standing]]
    assert sentences(made, "Reports late") == ("Corrected since: 吉林",)
    assert sentences(laid_out(late=(), corrected=()), "Reports late") == ("All reports came in time",)


@pytest.mark.parametrize("status", ["open", "assigned", "done"])
@pytest.mark.parametrize(("due", "shown"), [(DAY, "2005-09-30"), (None, "")])
def test_an_entry_says_how_it_stands(status: str, due: date | None, shown: str) -> None:
    made = laid_out(entries=(EntryItem("issue", "问题", "a", "四平", "缺煤", due, status),))
    assert rows(made, "Exemplars") == [["问题", "四平", "缺煤", shown, str(WORDS[status])]]


def test_whoever_left_the_statistics_is_named_once() -> None:
    (line,) = bulletin().totals
    twice = laid_out(totals=(line, msgspec.structs.replace(line, indicator="profit")))
    assert sentences(twice, "Sums") == ("Left the statistics: 吉林",)
    none = laid_out(totals=(msgspec.structs.replace(line, left=()),))
    assert sentences(none, "Sums") == ()


# --- in the reader's language ----------------------------------------------------------------------------------------


def quoted(text: Text) -> str:
    return f"‹{text}›"


def texts(page: Page) -> Iterator[str]:
    yield from (page.title, *page.lines, *page.foot)
    for section in page.sections:
        yield from (section.heading, *section.sentences, *(column.heading for column in section.columns))


def test_every_word_of_ours_is_said_in_the_readers_language_and_no_datum_is() -> None:
    made = page(bulletin(), Issue("0" * 64, 1, "recount"), quoted, "zh")
    assert all(re.fullmatch("‹.*›", text) for text in texts(made))
    cells = {str(cell) for section in made.sections for row in section.rows for cell in row}
    said = {cell for cell in cells if cell.startswith("‹")}
    assert said == {
        "‹not met›", "‹no figures›", "‹provisional›", "‹final›", "‹as reported›", "‹like for like›", "‹two up›",
        "‹missing›", "‹open›",
    }  # fmt: skip


def test_chinese_names_are_joined_by_a_mark_of_their_own() -> None:
    told = page(bulletin(), Issue("0" * 64), str, "zh")
    assert rows(told, "Growth and benefit")[1] == ["no figures", "2", "吉林、吉林"]


# --- every form says the whole ---------------------------------------------------------------------------------------

Told = list[tuple[str, list[list[str]]]]


def told(page: Page) -> Told:
    """Return the page's sections as headings with the texts of their tables, headings of the columns first."""
    return [
        (
            section.heading,
            [[column.heading for column in section.columns]][: bool(section.columns)]
            + [[str(cell) for cell in row] for row in section.rows],
        )
        for section in page.sections
    ]


def from_markdown(made: bytes) -> Told:
    found: Told = []
    for line in made.decode().splitlines():
        if line.startswith("## "):
            found.append((_plain(line[3:]), []))
        elif line.startswith("|") and not re.fullmatch(r"[|: -]+", line):
            found[-1][1].append([_plain(cell) for cell in re.split(r"(?<!\\) \| ", line[2:-2])])
    return found


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


class Tables(HTMLParser):
    """Reads headings and tables as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Told = []
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the library's own signature
        self.within = tag
        if tag == "h2":
            self.found.append(("", []))
        elif tag == "tr":
            self.found[-1][1].append([])
        elif tag in {"td", "th"}:
            self.found[-1][1][-1].append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- the library's own signature
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within == "h2":
            self.found[-1] = (self.found[-1][0] + data, self.found[-1][1])
        elif self.within in {"td", "th"}:
            self.found[-1][1][-1][-1] += data


def from_html(made: bytes) -> Told:
    reader = Tables()
    reader.feed(made.decode())
    return reader.found


@pytest.mark.parametrize("name", ["吉林", *HOSTILE])
@pytest.mark.parametrize(("form", "read"), [("md", from_markdown), ("html", from_html)])
def test_a_form_that_is_read_back_says_every_cell_where_it_stood(
    form: str, read: Callable[[bytes], Told], name: str
) -> None:
    made = laid_out(name)
    assert read(render(made, form)) == told(made)


def test_a_workbook_has_a_sheet_for_each_section_with_its_numbers_as_numbers() -> None:
    made = laid_out()
    book = CalamineWorkbook.from_filelike(BytesIO(render(made, "xlsx")))
    assert len(book.sheet_names) == 1 + len(made.sections)
    for name, section in zip(book.sheet_names[1:], made.sections, strict=True):
        lines = [list(row) for row in book.get_sheet_by_name(name).iter_rows()]
        assert lines[0][0] == section.heading
        body = lines[1 + len(section.sentences) + bool(section.columns) :]
        for line, row in zip(body, section.rows, strict=True):
            shown = [cell.text if cell.number is None else float(str(cell)) for cell in row]
            assert line == shown


def test_a_section_of_sentences_alone_has_no_table_in_any_form() -> None:
    bare = Page("en", "t", (), (Section("only", ("a sentence",)),))
    assert b"|" not in render(bare, "md")
    assert b"<table>" not in render(bare, "html")
    book = CalamineWorkbook.from_filelike(BytesIO(render(bare, "xlsx")))
    assert [list(row) for row in book.get_sheet_by_name("only").iter_rows()] == [["only"], ["a sentence"]]


def test_a_long_text_is_cut_where_a_spreadsheet_would_refuse_the_file() -> None:
    long = Page("en", "t", (), (Section("s", (), (Column("c"),), ((words("x" * 40_000),),)),))
    book = CalamineWorkbook.from_filelike(BytesIO(render(long, "xlsx")))
    (_, _, (cell,)) = book.get_sheet_by_name("s").iter_rows()
    assert 30_000 < len(str(cell)) <= 32_767
    assert len(render(long, "md")) > 40_000


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_lost_by_cleaning_but_what_steers(text: str) -> None:
    kept = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    assert clean(text).replace("\ufffd", "") == kept
