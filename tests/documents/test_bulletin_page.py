"""What stands on the page of a bulletin, edition by edition."""

from documents.pages import bulletin, laid_out

from campaign.app.evidence import printed
from campaign.documents.bulletin import Issue, page
from campaign.documents.page import SHOWN, Page
from campaign.domain.events import TreeHead


def lines(page: Page) -> list[str]:
    return list(page.lines)


def rows(page: Page, heading: str) -> list[list[str]]:
    section = next(entry for entry in page.sections if entry.heading.startswith(heading))
    return [[str(cell) for cell in row] for row in section.rows]


def test_a_page_says_which_edition_it_is() -> None:
    assert "Draft: not published" in lines(laid_out(number=None))
    assert "Correction 2: recount" in lines(laid_out(number=2, reason="recount"))
    assert not [line for line in lines(laid_out()) if line.startswith(("Draft", "Correction"))]


def test_a_page_says_what_it_is_made_of() -> None:
    page = laid_out()
    assert lines(page)[:2] == [
        "Rehearsal: the clock of this campaign is simulated",
        "Synthetic: the figures of this campaign are made by a generator",
    ]
    assert lines(page)[-1] == "75.00% of the year has passed"
    assert page.foot == (f"Made from the log up to position 7; sha256 {'0' * 64}",)
    plain = laid_out(rehearsal=False, synthetic=False)
    assert lines(plain)[0] == "2005-09-01 to 2005-09-30; known on 2005-10-10"


def test_the_checkpoint_stands_at_the_foot_and_steers_nothing() -> None:
    head = TreeHead(origin="log\u202e\x1b[31m", size=7, root="cm9vdA==")
    issue = Issue("0" * 64, 0, seal=printed(head))
    _, line = page(bulletin(), issue, str, "en").foot
    assert line == f"log log{SHOWN}{SHOWN}[31m: 7 records, root cm9vdA=="


def test_growth_is_listed_with_rank_moves_and_gaps() -> None:
    assert rows(laid_out(), "Growth of") == [
        ["1", "2", "+1", "吉林", "2.00", "+0.50", "3.00", "-1.00", "provisional"],
        ["2", "—", "—", "吉林", "-1.00", "-2.50", "—", "—", "final"],
    ]


def test_sums_are_given_both_ways() -> None:
    assert rows(laid_out(), "Sums") == [
        ["吉林", "吉林", "吉林", "as reported", "2", "12.3", "10.0", "+23.45"],
        ["吉林", "吉林", "吉林", "like for like", "1", "1.0", "0.0", "—"],
    ]


def test_what_is_not_there_is_left_out() -> None:
    empty = laid_out(growth=(), progress=(), totals=(), goals=(), trends=(), late=(), corrected=(), entries=())
    assert [(section.heading, section.sentences) for section in empty.sections] == [
        ("Reports late or missing", ("All reports came in time",))
    ]
    assert [section.heading for section in laid_out().sections] == [
        "The campaign's targets",
        "Growth of 吉林: 吉林",
        "Growth of 吉林: 吉林",
        "Progress against the time that has passed",
        "Sums, as reported and like for like",
        "Growth and benefit against last year",
        "Reports late or missing",
        "Exemplars, reminders and other entries of the period",
    ]
