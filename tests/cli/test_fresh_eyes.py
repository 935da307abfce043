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
