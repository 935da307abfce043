"""What stands on a terminal: cells under their headings, in Chinese too, and an end when nobody reads."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.program import Run
from cli.test_output import READS

from campaign_cli.text import width

RULE = re.compile(r"-+(?:  -+)+")
MORE = ("report laggards", "register list", "bulletin list", "check list", "notice list", "finding list", "award list")
"""Commands that list, beside those of every form."""


def tables(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each table of TEXT: the rule below its headings, and all its other lines."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if RULE.fullmatch(line):
            body = lines[number + 1 :]
            ends = next((place for place, row in enumerate(body) if not row.strip()), len(body))
            yield line, [lines[number - 1], *body[:ends]]


def columns(line: str) -> str:
    """Return LINE as a terminal shows it, a sign a column: the right half of a Chinese sign is a dot."""
    return "".join(sign + "·" * (width(sign) - 1) if width(sign) else "" for sign in line)


def between(rule: str) -> list[int]:
    """Return the columns that separate the cells."""
    return [place for place, sign in enumerate(rule) if sign == " "]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("line", sorted({*READS, *MORE}))
def test_no_cell_stands_between_the_columns(ask: Run, line: str, lang: str) -> None:
    shown = ask(*line.split(), "--lang", lang).stdout
    for rule, rows in tables(shown):
        gaps = between(rule)
        count = 0
        for row in rows:
            seen = columns(row)
            if width(row) > width(rule) or any(seen[place : place + 1].strip() for place in gaps):
                break  # the notes stand directly below the last row
            count += 1
        notes = rows[count:]
        assert count >= 2, f"a heading and a row stand in columns:\n{rule}\n" + "\n".join(rows)
        assert not any("  " in note.strip() for note in notes), "what is below the rows is a sentence, no row"


def test_there_are_tables_among_them(ask: Run) -> None:
    """Else the test above would find nothing wrong in nothing."""
    found = [line for line in READS if any(tables(ask(*line.split(), "--lang", "zh").stdout))]
    assert len(found) > len(READS) / 2


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_reader_that_has_enough_ends_every_form_quietly(finished: Path, form: str) -> None:
    command = [sys.executable, "-m", "campaign_cli", "--store", str(finished), "log", "list", "--format", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("line", ["show", "entity list", "entity show 220200", "award list", "explain event:7"])
def test_a_file_says_what_the_terminal_says(ask: Run, tmp_path: Path, line: str, form: str) -> None:
    """A spreadsheet wants its mark and its own ends of lines; all else is the same to the byte."""
    piped = ask(*line.split(), "--format", form).stdout
    file = tmp_path / "out"
    assert ask(*line.split(), "--format", form, "-o", file, "-q").output == ""
    written = file.read_bytes().decode()
    assert written.removeprefix("\ufeff").replace("\r\n", "\n") == piped
    assert written.startswith("\ufeff") == (form == "csv")
