"""What goes out: tables with right widths, hostile text made harmless, machine forms, files that appear whole."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from cli.program import Run, invoke
from hypothesis import given
from hypothesis import strategies as st

from campaign.problems import T
from campaign_cli.call import Call
from campaign_cli.output import Column, Sheet, Table, document, flat, save, to_csv, to_json
from campaign_cli.table import printed, printed_fields
from campaign_cli.text import HOSTILE, harmless, pad, width, wrap

NAMES = Table(
    "names",
    (Column("name", T("name")), Column("value", T("value"), right=True)),
    [{"name": "长春", "value": Decimal("1.50")}, {"name": "Jilin", "value": Decimal(-20)}],
)
ESCAPES = "\x1b[31mred\x07 \u202eevil\u202c a\nb\x9b1m"


# --- width and wrapping --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("吉林", 4), ("ＡＢ", 4), ("e\u0301", 1), ("一汽FAW", 7), ("（", 2), ("…", 1), ("—", 1)],
)
def test_a_chinese_sign_takes_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_goes_by_columns_on_either_side() -> None:
    assert pad("吉林", 6) == "吉林  "
    assert pad("吉林", 6, right=True) == "  吉林"


@given(st.text(alphabet="ab 吉林，。、x1", max_size=80), st.integers(10, 40))
def test_wrapping_loses_nothing_and_stays_within_the_columns(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert width(line.rstrip("，。、 ")) <= columns or " " not in line.strip(), (
            "stops may hang over, a word may be long"
        )


def test_chinese_wraps_without_blanks_and_no_line_begins_with_a_stop() -> None:
    lines = wrap("吉林省人民政府，办公厅。转发省经委", 14)
    assert lines == ["吉林省人民政府，", "办公厅。转发省", "经委"]


def test_cells_stand_under_their_headings_in_columns() -> None:
    lines = printed(Call(), NAMES, colour=False).splitlines()
    assert lines == ["name   value", "-----  -----", "长春    1.50", "Jilin    -20"]
    assert {width(line) for line in lines} == {12}


@given(st.lists(st.text(alphabet="a吉ｅ\u0301（…\u202e\n", max_size=12), min_size=1, max_size=6))
def test_every_line_of_a_table_is_equally_wide(names: list[str]) -> None:
    rows = [{"name": name, "value": 1} for name in names]
    lines = printed(Call(), Table("t", NAMES.columns, rows), colour=False).splitlines()
    assert len(lines) == len(names) + 2
    assert len({width(line) for line in lines}) == 1


def test_an_empty_table_says_so_and_a_long_fraction_is_cut_not_rounded() -> None:
    assert printed(Call(), Table("t", NAMES.columns, []), colour=False) == "nothing\n"
    rows = [{"name": "x", "value": Decimal("14.99999999")}, {"name": "y", "value": Decimal("14.999999")}]
    assert "14.9999…" in printed(Call(), Table("t", NAMES.columns, rows), colour=False)
    assert "14.999999\n" in printed(Call(), Table("t", NAMES.columns, rows), colour=False)


def test_a_sheet_leaves_out_what_is_empty() -> None:
    fields = ((Column("a", T("name")), ""), (Column("b", T("value")), False))
    assert printed_fields(Call(), Sheet("s", fields), colour=False) == "value  no\n"


# --- hostile text --------------------------------------------------------------------------------------------------


@given(st.text())
def test_nothing_hostile_is_left_in_any_form(text: str) -> None:
    table = Table("t", NAMES.columns, [{"name": text, "value": text}])
    shown = printed(Call(), table, colour=False)
    for form in (harmless(text), *shown.split("\n"), *to_csv(Call(), table).split("\n")):
        assert not HOSTILE.search(form)


def test_escapes_are_shown_not_obeyed() -> None:
    assert harmless(ESCAPES) == "\\x1b[31mred\\x07 \\u202eevil\\u202c a\\nb\\x9b1m"
    assert json.loads(to_json({"x": ESCAPES})) == {"x": ESCAPES}, "JSON keeps the value, escaped"
    assert not HOSTILE.search(to_json({"x": ESCAPES}))


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_never_takes_text_for_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(Call(), Table("t", NAMES.columns, [{"name": text, "value": -1}])))))
    assert not rows[1][0].startswith(("=", "+", "-", "@"))
    assert rows[1][1] == "-1", "a number stays a number"


def test_a_formula_through_the_whole_program(run: Run) -> None:
    words = ("meeting", "schedule", "m-1", "--kind", "x", "--title", "=HYPERLINK(1)", "--convener", "c")
    assert run(*words, "--scheduled-on", "2005-08-25", "--as", "p-government-1").exit_code == 0
    assert ",'=HYPERLINK(1)," in run("meeting", "list", "--format", "csv").stdout
    assert json.loads(run("meeting", "list", "--format", "json").stdout)["rows"][0]["title"] == "=HYPERLINK(1)"


def test_hostile_arguments_come_back_harmless(run: Run) -> None:
    result = run("entity", "show", "\x1b[2J")
    assert result.exit_code == 3
    assert "\\x1b[2J" in result.stderr
    assert "\x1b" not in result.stderr


# --- machines ------------------------------------------------------------------------------------------------------


def test_json_has_a_schema_iso_days_and_decimals_as_text() -> None:
    table = Table("t", (), [{"a": Decimal("1.10"), "b": date(2005, 8, 17), "c": datetime(2005, 8, 17, tzinfo=UTC)}])
    told = json.loads(to_json(document(table)))
    assert told["schema"] == 1
    assert told["rows"] == [{"a": "1.10", "b": "2005-08-17", "c": "2005-08-17T00:00:00Z"}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (Decimal("1E+3"), "1000"),
        (datetime(2005, 8, 17, 9, tzinfo=UTC), "2005-08-17 09:00:00+00:00"),
        (date(2005, 8, 17), "2005-08-17"),
        (("a", "b"), "a, b"),
        ({"a": date(2005, 8, 17)}, "a: 2005-08-17"),
        (3.5 + 1j, "(3.5+1j)"),
    ],
)
def test_values_on_one_line(value: object, text: str) -> None:
    assert flat(value) == text


READS = [
    "show",
    "entity list",
    "entity show 220200",
    "entity history 220200",
    "officer list",
    "letter list",
    "letter list --open",
    "letter list --lacking",
    "meeting list",
    "phase list",
    "phase list --board",
    "phase check --all",
    "phase graph",
    "report status",
    "report status --standing missing",
    "report mine key-09 --all",
    "finding list --open",
    "project list --selected",
    "target reconcile",
    "scheme show",
    "scheme history",
    "assess show",
    "award list --status approved",
    "commend list",
    "log list --last 5",
    "log show 7",
    "replay",
    "replay --to 100",
    "replay --as-of 2005-09-01T00:00+08:00",
    "replay --diff 100 110",
    "explain event:7",
    "store info",
    "doctor",
    "config validate",
    "plan",
    "person show p-220200-liaison",
]


@pytest.mark.parametrize("line", READS)
def test_every_reading_command_speaks_every_form(ask: Run, line: str) -> None:
    table = ask(*line.split())
    assert table.exit_code == 0, table.stderr
    assert table.stdout
    told = json.loads(ask(*line.split(), "--format", "json").stdout)
    assert (told["schema"], isinstance(told["kind"], str)) == (1, True)
    for one in ask(*line.split(), "--format", "jsonl").stdout.splitlines():
        assert json.loads(one)["schema"] == 1
    if not line.startswith("scheme show"):
        for number, part in enumerate(ask(*line.split(), "--format", "csv").stdout.split("\n\n# ")):
            rows = list(csv.reader(io.StringIO(part.partition("\n")[2] if number else part)))
            assert len({len(row) for row in rows}) == 1
    chinese = ask(*line.split(), "--lang", "zh")
    assert chinese.exit_code == 0


@pytest.mark.parametrize("line", READS)
def test_views_of_a_rehearsal_with_made_up_figures_say_so(ask: Run, line: str) -> None:
    told = json.loads(ask(*line.split(), "--format", "json").stdout)
    if told["kind"] not in {"doctor", "config", "plan", "explanation"}:
        assert (told["rehearsal"], told["synthetic"]) == (True, True)


def test_json_lines_of_the_log_are_as_many_as_its_last_position(ask: Run) -> None:
    lines = ask("log", "list", "--format", "jsonl").stdout.splitlines()
    last = json.loads(ask("store", "info", "--format", "json").stdout)["position"]
    assert len(lines) == last
    assert json.loads(lines[-1])["position"] == last
    assert ask("log", "export").stdout.splitlines() == lines


def test_csv_for_a_spreadsheet_has_its_mark(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "entities.csv"
    assert ask("entity", "list", "--format", "csv", "-o", file).stdout == ""
    assert file.read_bytes().startswith(b"\xef\xbb\xbfentity,name,")
    assert ask("entity", "list", "--format", "csv").stdout.startswith("entity,name,")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("before", encoding="utf-8")
    save(file, b"after")
    assert file.read_bytes() == b"after"
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        save(folder, b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "out.json"], "nothing is left lying about"


def test_the_note_about_a_file_goes_to_stderr_and_q_silences_it(ask: Run, tmp_path: Path) -> None:
    told = ask("show", "-o", tmp_path / "a.txt")
    assert (told.stdout, told.stderr) == ("", f"written: {tmp_path / 'a.txt'}\n")
    assert ask("show", "-o", tmp_path / "b.txt", "-q").output == ""


def test_json_lines_into_a_file(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    assert ask("log", "list", "--last", "3", "--format", "jsonl", "-o", file).stdout == ""
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


# --- terminals -----------------------------------------------------------------------------------------------------


def program(
    *arguments: str, env: dict[str, str] | None = None, **settings: object
) -> subprocess.CompletedProcess[bytes]:
    own = {"PATH": os.environ["PATH"], "LC_ALL": "C", **(env or {})}
    command = [sys.executable, "-m", "campaign_cli", *arguments]
    return subprocess.run(command, env=own, capture_output=True, check=False, timeout=60, **settings)  # type: ignore[call-overload,no-any-return]  # subprocess's own settings


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_no_terminal_makes_it_crash(finished: Path, encoding: str) -> None:
    result = program("--store", str(finished), "show", env={"PYTHONIOENCODING": encoding})
    assert (result.returncode, result.stderr) == (0, b"")
    assert ("全省".encode(encoding, "backslashreplace")) in result.stdout


def test_a_reader_that_has_enough_ends_it_quietly(finished: Path) -> None:
    command = f"{sys.executable} -m campaign_cli --store {finished} log list --format jsonl | head -1"
    result = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command], capture_output=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert len(result.stdout.splitlines()) == 1


def on_a_terminal(finished: Path, *arguments: str, env: dict[str, str]) -> bytes:
    """Run the program on a terminal of its own and return what it wrote there."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "campaign_cli", "--store", str(finished), *arguments]
    own = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TERM": "xterm", **env}
    with subprocess.Popen(command, stdout=follower, stderr=follower, env=own) as process:
        process.wait(timeout=60)
    os.close(follower)
    written = b""
    while True:
        try:
            written += os.read(leader, 65536)
        except OSError:
            break
    os.close(leader)
    return written


@pytest.mark.parametrize(
    ("arguments", "env", "coloured"),
    [
        (["phase", "graph"], {}, True),
        (["phase", "graph"], {"NO_COLOR": "1"}, False),
        (["phase", "graph"], {"TERM": "dumb"}, False),
        (["phase", "graph", "--no-color"], {}, False),
    ],
)
def test_colours_only_where_they_are_wanted(
    finished: Path,
    arguments: list[str],
    env: dict[str, str],
    coloured: bool,  # noqa: FBT001 -- what the row says
) -> None:
    written = on_a_terminal(finished, *arguments, env=env)
    assert b"survey" in written
    assert (b"\x1b[" in written) == coloured


def test_no_colours_in_a_pipe() -> None:
    assert "\x1b" not in invoke("--help").stdout


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_file_that_is_written_is_as_private_as_the_umask_asks(ask: Run, tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        assert ask("store", "info", "-o", tmp_path / "info.txt").exit_code == 0
        assert os.umask(mask) == mask, "the umask stays as it was"
    finally:
        os.umask(before)
    assert (tmp_path / "info.txt").stat().st_mode & 0o777 == mode


def test_the_lists_of_a_sheet_are_not_left_out_of_csv() -> None:
    listed = Table("entries", NAMES.columns, [{"name": "=1+1", "value": 2}])
    sheet = Sheet(
        "register", ((Column("as_of", T("as of")), date(2005, 9, 5)),), (Table("none", NAMES.columns, []), listed)
    )
    assert to_csv(Call(), sheet) == "field,value\nas_of,2005-09-05\n\n# entries\nname,value\n'=1+1,2\n"


def test_the_entries_of_a_register_come_as_csv(ask: Run) -> None:
    told = json.loads(ask("register", "list", "--format", "json").stdout)
    lines = ask("register", "list", "--format", "csv").stdout.splitlines()
    assert len(lines) > sum(len(value) for value in told.values() if isinstance(value, list)) > 10
