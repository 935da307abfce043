"""What the offices of the reporting cycle stumbled over, each said plainly now."""

import json
import re
import shlex
from pathlib import Path

import pytest
from cli.program import CONFIG, ROOT, Run, head, invoke

from campaign.domain import schedule
from campaign.files import folder
from campaign_cli.writes import WRITES

AUTUMN = ("--at", "2005-09-20T09:00+08:00")
SIPING = (*AUTUMN, "--as", "p-220300-office")
WEEK = ("--obligation", "weekly_report", "--period")


@pytest.fixture
def siping(store: Path) -> Run:
    """Return the program as the office of Siping uses it, on 20 September."""
    return lambda *arguments, **settings: invoke("--store", store, *SIPING, *arguments, **settings)


# --- the way in --------------------------------------------------------------------------------------------------


def test_the_tutorial_can_be_typed_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of it ends with 0, but for the first advance, which it says is refused."""
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    lines = [shlex.split(line) for line in re.findall(r"^    (\S.*)$", page, flags=re.MULTILINE)]
    named = dict(pair.split("=", 1) for word, *rest in lines if word == "export" for pair in rest)
    ends = [(line[1:], invoke(*line[1:], env=named).exit_code) for line in lines if line[0] == "campaign"]
    assert [line for line, code in ends if code] == [["phase", "advance", "220100"]]
    assert len(ends) > 10


def test_the_examples_name_periods_that_the_shipped_campaign_has() -> None:
    definition = folder.load(CONFIG).definition
    periods = {
        obligation.id: [owed.period for owed in schedule.scheduled(definition, obligation)]
        for obligation in definition.obligations
    }
    examples = [re.search(r"--obligation (\S+) --period (\S+)", write.example) for write in WRITES.values()]
    named = [found.groups() for found in examples if found]
    assert len(named) >= 2
    assert [(obligation, period) for obligation, period in named if period not in periods[obligation]] == []


@pytest.mark.parametrize(("name", "code"), [("form.csv", "file-format"), ("filled.xlsx", "file-exists")])
def test_a_form_is_a_workbook_and_never_takes_the_place_of_a_filled_one(
    siping: Run, tmp_path: Path, name: str, code: str
) -> None:
    filled = tmp_path / "filled.xlsx"
    filled.write_bytes(b"filled in by hand")
    words = ("report", "template", "220300", "--obligation", "monthly_report", "--period", "2005-09")
    result = siping(*words, "-o", tmp_path / name)
    assert result.exit_code == 3
    assert f"{name}: {code} " in result.stderr
    assert filled.read_bytes() == b"filled in by hand"
    assert not (tmp_path / "form.csv").exists()


# --- figures on the line -----------------------------------------------------------------------------------------


def test_figures_may_be_typed_as_a_chinese_keyboard_writes_them(siping: Run) -> None:
    assert (
        siping(
            "report", "submit", "220300", "w-37", *WEEK, "2005-W37", "--figure", "ｏｕｔｐｕｔ＝８１３．５＠provincial"
        ).exit_code
        == 0
    )
    told = siping("explain", "figure:220300/output").stdout
    assert "output (provincial, 2005-W37) = 813.5 亿元" in told


def test_every_figure_that_is_wrong_is_named_at_once(siping: Run, store: Path) -> None:
    before = head(store)
    wrong = ("--figure", "outputs=1@provincial", "--figure", "output=2", "--figure", "profit")
    result = siping("report", "submit", "220300", "w-37", *WEEK, "2005-W37", *wrong)
    assert result.exit_code == 2
    assert [line.partition(" (")[0] for line in result.stderr.splitlines()] == [
        "--figure: input-figure there is no indicator outputs",
        "--figure: input-figure the statistical scope of output is missing",
        "--figure: input-figure profit is not a figure",
    ]
    assert "(did you mean output?)" in result.stderr
    assert head(store) == before


def test_a_correction_of_one_figure_lets_the_others_stand(siping: Run) -> None:
    both = ("--figure", "output=812.4@provincial", "--figure", "sales_ratio=97.5@provincial")
    assert siping("report", "submit", "220300", "w-37", *WEEK, "2005-W37", *both).exit_code == 0
    named = ("--figure", "output=798.1@provincial", "--reason", "counted twice")
    assert siping("report", "correct", "220300", "w-37", *named).exit_code == 0
    assert "= 798.1 亿元" in siping("explain", "figure:220300/output").stdout
    assert "= 97.5 %" in siping("explain", "figure:220300/sales_ratio").stdout


@pytest.mark.parametrize("verb", ["submit", "correct"])
def test_a_typed_slip_of_unit_is_doubted_as_in_a_file_until_it_is_accepted(siping: Run, store: Path, verb: str) -> None:
    """After 1.35 亿元 somebody writes 14000, which is 万元; and 0.97 for 97.5 percent."""
    first = ("--figure", "output=1.35@provincial", "--figure", "sales_ratio=97.5@provincial")
    assert siping("report", "submit", "220300", "w-36", *WEEK, "2005-W36", *first).exit_code == 0
    words = ("w-37", *WEEK, "2005-W37") if verb == "submit" else ("w-36", "--reason", "recount")
    slips = ("--figure", "output=14000@provincial", "--figure", "sales_ratio=0.97@provincial")
    before = head(store)
    doubted = siping("report", verb, "220300", *words, *slips)
    assert doubted.exit_code == 3
    assert [line.split()[:2] for line in doubted.stderr.splitlines()] == [
        ["--figure:", "unit-scale"],
        ["--figure:", "share-for-percent"],
    ]
    assert head(store) == before
    half = siping("report", verb, "220300", *words, *slips, "--accept", "unit-scale")
    assert (half.exit_code, "unit-scale" in half.stderr) == (3, False)
    both = ("--accept", "unit-scale", "--accept", "share-for-percent")
    assert siping("report", verb, "220300", *words, *slips, *both).exit_code == 0


def test_a_reminder_of_a_check_is_for_nobody_by_name(siping: Run) -> None:
    told = json.loads(siping("tick", "--as", "p-office-1", "--format", "json").stdout)["reminders"]
    checks = {(reminder["subject"], reminder["who"]) for reminder in told if reminder["what"] == "check"}
    assert checks == {("half_month_check", "")}


# --- what cannot be ----------------------------------------------------------------------------------------------


def test_a_period_that_has_not_begun_cannot_be_reported(siping: Run, store: Path) -> None:
    before = head(store)
    ahead = siping("report", "submit", "220300", "w-45", *WEEK, "2005-W45", "--figure", "output=800@provincial")
    assert ahead.exit_code == 1
    assert "--period: period-not-begun 2005-W45 begins on 2005-11-05 (" in ahead.stderr
    assert head(store) == before
    on_its_first_day = ("report", "submit", "220300", "w-38", *WEEK, "2005-W38", "--figure", "output=800@provincial")
    assert siping(*on_its_first_day).exit_code == 0


def test_an_office_that_reports_for_another_prefecture_is_told_for_whom_it_may_not(siping: Run) -> None:
    result = siping("report", "submit", "220400", "w-37", *WEEK, "2005-W37", "--figure", "output=1@provincial")
    assert result.exit_code == 6
    assert result.stderr.startswith("not-permitted p-220300-office may not give report.submit for 220400 (")


def test_an_explanation_says_why_a_report_was_sent_back_and_corrected(siping: Run) -> None:
    first = ("--figure", "output=8.5@provincial")
    assert siping("report", "submit", "220300", "w-36", *WEEK, "2005-W36", *first).exit_code == 0
    back = ("report", "return", "220300", "w-36", "--reason", "利润漏填", "--as", "p-statistics-1")
    assert siping(*back).exit_code == 0
    again = ("--figure", "output=8.6@provincial", "--reason", "抄错")
    assert siping("report", "correct", "220300", "w-36", *again).exit_code == 0
    told = siping("explain", "mark:220300/weekly_report/2005-W36").stdout
    assert re.findall(r"the reason given: (\S+)", told) == ["利润漏填", "抄错"]


# --- lists -------------------------------------------------------------------------------------------------------


def test_the_status_of_a_period_that_there_is_not_is_no_empty_list(siping: Run) -> None:
    result = siping("report", "status", "--period", "2005-W63")
    assert result.exit_code == 3
    assert result.stderr.startswith("--period: unknown-period there is no period 2005-W63 (did you mean 2005-W")


def test_a_list_of_what_is_overdue_leaves_out_what_is_expected_later(siping: Run) -> None:
    def lacking(*options: object) -> list[bool]:
        listed = json.loads(siping("measure", "list", *options, "--format", "json").stdout)["lacking"]
        return [row["overdue"] for row in listed]

    assert lacking() == [False] * 4
    assert lacking("--overdue") == []
    assert lacking("--overdue", "--on", "2005-10-01") == [True] * 4


def test_what_was_known_of_a_period_does_not_change_with_what_comes_in_later(ask: Run) -> None:
    """Two reports of September came on 12 October, after their last day, the 10th."""
    asked = ("report", "status", "--obligation", "monthly_report", "--period", "2005-09", "--format", "json")
    said = {
        day: json.loads(ask(*asked, "--standing", standing, "--as-of", f"{day}T20:00+08:00").stdout)
        for day, standing in (("2005-10-11", "missing"), ("2005-10-12", "late"))
    }
    for day, answer in said.items():
        assert [row["entity"] for row in answer["rows"]] == ["increment-04", "increment-08"]
        assert answer["as_of"] == day
    assert json.loads(ask(*asked, "--standing", "missing").stdout)["rows"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "bulletin show 2026-10",
            "the definition has no bulletin (give phases.yaml an obligation with `act: bulletin`)",
        ),
        ("issue list", "there is no register issue (declare it in registers.yaml)"),
    ],
)
def test_a_folder_without_bulletins_or_registers_says_how_to_have_them(tmp_path: Path, words: str, said: str) -> None:
    own, store = tmp_path / "own", ("--store", tmp_path / "own.db", "--as", "p-office")
    assert invoke("init", own, "--year", "2026").exit_code == 0
    assert invoke(*store, "apply", "--config", own, "--yes", "--reason", "x").exit_code == 0
    result = invoke(*store, *words.split())
    assert result.exit_code == 3
    assert said in result.stderr
