"""A page of hostile texts, and a bulletin with something in every section, for the forms to write."""

from datetime import date
from decimal import Decimal

from campaign.documents.bulletin import Issue, page
from campaign.documents.page import Page
from campaign.readmodels.bulletin_parts import (
    Bulletin,
    EntryItem,
    GoalLine,
    GrowthLine,
    GrowthTable,
    LateLine,
    ProgressLine,
    Sums,
    TotalLine,
    TrendLine,
)

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil","x")',
    "+1+1|cmd",
    "@SUM(A1)",
    "-2+3",
    "[click](javascript:alert(1))",
    "![x](http://evil/x.png)",
    "**bold** `code` | cell | ~~gone~~",
    "#strong[x] #panic() $x^2$ \\n",
    "a\nb\r\nc\td",
    "\u202egnp.exe\u2066",
    "\x1b[31mred\x07",
    "http://evil.example www.evil.example mailto:a@b.c",
    "{{ 7*7 }} {% raw %}",
    "- item",
    "1. item",
    "# heading",
)


def bulletin(name: str = "吉林", **changes: object) -> Bulletin:
    """Return a bulletin that has something in every section, all of it called NAME."""
    sums = Sums(Decimal("12.345"), Decimal("10.0000"), Decimal("23.4500"), 2)
    none = Sums(Decimal(1), Decimal(0), None, 1)
    day = date(2005, 9, 30)
    whole: dict[str, object] = {
        "key": "k",
        "title": name,
        "rehearsal": True,
        "synthetic": True,
        "obligation": "bulletin",
        "label": name,
        "period": "2005-09",
        "opens_on": date(2005, 9, 1),
        "closes_on": day,
        "cutoff_position": 7,
        "cutoff_on": date(2005, 10, 10),
        "elapsed_pct": Decimal("75.0000"),
        "indicators": {"output": name, "profit": name},
        "growth": (
            GrowthTable(
                "territory",
                name,
                "output",
                Decimal("1.5000"),
                (
                    GrowthLine("a", name, Decimal("2.00"), 1, 2, Decimal("0.5000"), Decimal("3.00"), "provisional"),
                    GrowthLine("b", name, Decimal("-1.00"), 2, None, Decimal("-2.5000"), None, "final"),
                ),
                ("c",),
            ),
            GrowthTable("enterprise", name, "output", None, (), ()),
        ),
        "progress": (
            ProgressLine("a", name, "profit", name, Decimal(3), Decimal(4), Decimal("75.0000"), Decimal("0.0000")),
        ),
        "totals": (TotalLine("territory", name, "output", name, 1, sums, none, ("c",)),),
        "goals": (
            GoalLine("g", "profit", "territory", ">=", Decimal(150), name, Decimal("142.11"), False, Decimal("94.74")),
            GoalLine("h", "output", "enterprise", ">=", Decimal(15), name, None, None, None),
        ),
        "trends": (TrendLine("both_up", ("a",)), TrendLine("unknown", ("b", "c"))),
        "late": (LateLine("a", name, "weekly", name, "2005-W36", day, "missing"),),
        "corrected": ("b",),
        "entries": (EntryItem("reminder", name, "a", name, name, day, "open"),),
        "names": {"a": name, "b": name, "c": name},
    }
    return Bulletin(**(whole | changes))  # type: ignore[arg-type]  # fields by name


def laid_out(name: str = "吉林", number: int | None = 0, reason: str = "", **changes: object) -> Page:
    """Return it as a page in English."""
    return page(bulletin(name, **changes), Issue("0" * 64, number, reason), str, "en")
