"""What a person who had never seen the program stumbled over, each said plainly now."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import Run, head

from campaign.store.entries import NAMES
from campaign_cli.call import COMMAND_ID

ADVANCE = ("phase", "advance", "220200", "--as", "p-office-1")


# --- the line as it is given -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "the command id is empty"), ("a b", "a b is no command id"), ("x" * 191, "is no command id")],
)
def test_a_command_id_that_none_can_be_is_a_wrong_use_and_says_which_signs_may_stand(
    run: Run, store: Path, given: str, said: str
) -> None:
    before = head(store)
    result = run(*ADVANCE, "--command-id", given)
    assert result.exit_code == 2
    assert result.stderr.startswith("--command-id: usage-command-id ")
    assert said in result.stderr
    assert "(begin with a letter A–Z or a digit, go on with those and . _ : / @ + -" in result.stderr
    assert head(store) == before


def test_a_command_id_that_the_line_takes_is_one_that_the_log_takes_with_a_number_behind_it() -> None:
    for sign in map(chr, range(0x20, 0x180)):
        longest = f"a{sign}" + "x" * 188
        if COMMAND_ID.fullmatch(longest):
            assert NAMES["command_id"].match(f"{longest}.999999999")


def test_an_option_that_is_like_none_is_answered_with_the_help(run: Run) -> None:
    assert run("show", "--bogus").stderr == "usage-unknown-option there is no option --bogus (see --help)\n"
    assert "(did you mean --verbose?)" in run("show", "--verbos").stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("log", "list", "--last", "x"), "--last takes a whole number of at least 1"),
        (("log", "list", "--last", "0"), "--last takes a whole number of at least 1"),
        (("replay", "--to", "x"), "--to takes a whole number of at least 0"),
        (("replay", "--diff", "1", "x"), "--diff takes 2 whole numbers"),
        (("init", "there", "--year", "5"), "--year takes a whole number from 1949 to 2200"),
        (("bulletin", "show", "b", "--number", "x"), "--number takes a whole number"),
    ],
)
def test_a_number_that_is_none_is_answered_with_the_numbers_that_are(
    run: Run, line: tuple[str, ...], said: str
) -> None:
    result = run(*line)
    assert result.exit_code == 2
    assert result.stderr == f"{said.partition(' ')[0]}: usage-value {said} (write it in digits, as 12)\n"


# --- where the output goes ---------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_written_is_named_as_it_was_given(run: Run) -> None:
    result = run("show", "-o", "/nonexistent/x.txt")
    assert result.exit_code == 3
    assert result.stderr.startswith("file /nonexistent/x.txt: No such file or directory (")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("line", [("--version",), ("log", "list")], ids=["little", "much"])
def test_an_output_that_takes_nothing_more_is_named_too(finished: Path, line: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "campaign_cli", "--store", finished, *line]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr.count("standard output cannot be written: No space left on device") == 1
    assert done.stderr.endswith("(make room, or write to a file with -o)\n")


# --- time --------------------------------------------------------------------------------------------------------


def test_a_clock_that_would_run_backwards_is_refused_and_says_where_it_stands(run: Run, store: Path) -> None:
    before = head(store)
    meeting = ("meeting", "schedule", "m-1", "--kind", "mobilization", "--title", "会", "--convener", "p-1")
    line = (*meeting, "--scheduled-on", "2005-08-25", "--as", "p-government-1")
    result = run(*line, "--at", "2005-08-10T09:00+08:00")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        "at: clock-behind the clock of this rehearsal stands at 2005-08-16T09:00:00+08:00 and does not run backwards "
        "(give that instant or a later one; for a fact of an earlier day give the day with --on)\n"
    )
    assert head(store) == before
    assert run(*line, "--at", "2005-08-16T09:00:00+08:00").exit_code == 0, "where it stands is not backwards"
    assert run("show", "--at", "2005-08-10T09:00+08:00").exit_code == 0, "looking at an earlier day is no writing"


# --- what is not there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        ("entity", "history"),
        ("entity", "show"),
        ("calendar", "export", "--entity"),
        ("plan", "--entity"),
        ("plan", "--keep"),
        ("replay", "--entity"),
    ],
    ids=" ".join,
)
def test_an_entity_that_is_none_gets_the_closest_name_or_the_list_everywhere(run: Run, line: tuple[str, ...]) -> None:
    assert run(*line, "220201").stderr.endswith("(did you mean 220200?)\n")
    assert run(*line, "xyzzy").stderr.endswith("(see `campaign entity list`)\n")


def test_so_does_an_entity_to_explain_or_to_make_a_workbook_for(run: Run, tmp_path: Path) -> None:
    assert run("explain", "gate:xyzzy").stderr.endswith("(see `campaign entity list`)\n")
    template = (
        "report",
        "template",
        "xyzzy",
        "--obligation",
        "weekly_report",
        "--period",
        "2005-W36",
        "-o",
        tmp_path / "w.xlsx",
    )
    assert run(*template).stderr.endswith("(see `campaign entity list`)\n")


def test_so_does_an_entity_in_a_file_of_figures(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    file.write_text("entity,obligation,period,indicator,value\nxyzzy,weekly_report,2005-W36,profit,1\n", "utf-8")
    result = run("report", "check", file)
    assert "unknown-entity there is no entity xyzzy (see `campaign entity list`)" in result.output


def test_where_there_is_no_run_or_award_yet_the_remedy_is_to_make_one(run: Run) -> None:
    proposed = run("award", "propose", "a-1", "--run", "run-1", "--entity", "220200", "--as", "p-office-1")
    assert "run-unknown there is no run run-1 (record one with `campaign assess run`)" in proposed.stderr
    explained = run("explain", "award:nope")
    assert "award-unknown there is no award nope (put one forward with `campaign award propose`)" in explained.stderr
