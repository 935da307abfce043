"""Every exit code, with what stands on stderr beside it."""

import errno
import gc
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import CONFIG, Run, head, invoke

from campaign.problems import Problem, Problems, Refused, T
from campaign.store.log import Conflict
from campaign_cli import main
from campaign_cli.exits import BY_CODE, MEANING, Exit, code_of, of_file

MEETING = ("meeting", "schedule", "m-1", "--kind", "mobilization", "--title", "动员大会", "--convener", "p-1")
CALLED = (*MEETING, "--scheduled-on", "2005-08-25", "--as", "p-government-1")


def test_0_done(run: Run, store: Path) -> None:
    before = head(store)
    result = run(*CALLED)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"done: position {before + 1} (command c-")
    assert head(store) == before + 1


def test_1_refused_with_every_reason_gate_and_remedy(run: Run, store: Path) -> None:
    before = head(store)
    result = run("phase", "advance", "220200", "--as", "p-office-1")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert [line.partition(":")[0] for line in lines] == ["survey-recorded", "outputs-recorded"]
    assert all(line.endswith(")") and "(" in line for line in lines), "every reason has its remedy"
    assert head(store) == before


def test_2_usage_names_what_is_missing_all_at_once(run: Run) -> None:
    result = run("letter", "sign", "220200")
    assert result.exit_code == 2
    missing = [line.partition(":")[0] for line in result.stderr.splitlines()]
    assert missing == ["LETTER", "--signer", "--on-behalf-of", "--countersigner", "--signed-on"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lettr"], "there is no command lettr (did you mean letter?)"),
        (["letter", "sgin"], "there is no command sgin (did you mean sign?)"),
        (["letter", "xyzzy"], "(choose one of issue, "),
        (["show", "--colour"], "there is no option --colour"),
        (["show", "--on"], "the option --on needs a value"),
        (["show", "--on", "2005-13-01"], "--on: usage-date 2005-13-01 is not a day (write it as 2005-08-17)"),
        (["show", "--at", "yesterday"], "--at: usage-instant yesterday is not an instant"),
        (["show", "--at", "2005-08-17T09:00"], "write it with its offset"),
        (["show", "--format", "xml"], "--format: usage-choice"),
        (["show", "--format", "xml"], "(choose one of table, json, jsonl, csv)"),
        (["log", "list", "--last", "0"], "--last: usage-value"),
        (["show", "more"], "usage "),
        (
            ["meeting", "hold", "m", "--held-on", "2005-08-25"],
            "nobody is named who asks (name a person with --as ACTOR",
        ),
    ],
)
def test_2_usage_says_what_and_what_to_do(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [[], ["letter"]])
def test_2_nothing_named_shows_the_help(arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout.startswith("Usage: campaign")


def test_3_no_store(tmp_path: Path) -> None:
    result = invoke("--store", tmp_path / "none.db", "show")
    assert result.exit_code == 3
    assert "store-missing there is no store" in result.stderr
    assert "campaign demo" in result.stderr


def test_3_bad_folder_names_file_and_line(tmp_path: Path) -> None:
    broken = shutil.copytree(CONFIG, tmp_path / "config")
    path = broken / "phases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("from: 2005-08-17", "from: 2005-31-08"), encoding="utf-8")
    result = invoke("config", "validate", "--config", broken)
    assert result.exit_code == 3
    assert f"{path}:" in result.stderr


def test_3_a_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    result = run("show", "-o", tmp_path / "none" / "show.txt")
    assert result.exit_code == 3
    assert result.stderr == (
        f"{tmp_path / 'none' / 'show.txt'}: folder-missing there is no folder {tmp_path / 'none'} "
        "(make it first, or name another)\n"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "x"), "file-missing there is no file {path} (correct the path)"),
        (IsADirectoryError(errno.EISDIR, "x"), "file {path} is a folder (name a file)"),
        (
            PermissionError(errno.EACCES, "x"),
            "file {path} may not be read or written (ask its owner, or name another)",
        ),
        (
            OSError(errno.ENOSPC, "x"),
            "file there is no room for {path} (make room on the disk, or name another place)",
        ),
        (OSError(errno.EROFS, "x"), "file {path} lies on a disk that may not be written (name another place)"),
        (OSError(errno.EIO, "x"), "file the disk failed under {path} (check the disk, then try again)"),
        (OSError(errno.ELOOP, "it goes round"), "file {path}: it goes round (check the path, and who may read"),
    ],
)
def test_3_what_is_wrong_with_a_file_is_said_in_words_of_ours(tmp_path: Path, error: OSError, said: str) -> None:
    """The system's own words are in its own language, whatever --lang says."""
    path = tmp_path / "plan.json"
    error.filename = str(path)
    problem = of_file(error)
    assert str(problem).startswith(f"{path}: {said.format(path=path)}")
    assert code_of([problem]) == Exit.INVALID


def test_4_the_store_is_busy_with_somebody_elses_write() -> None:
    assert code_of([Problem("store-busy", T("busy"))]) == Exit.CONFLICT


def test_4_a_stale_plan(tmp_path: Path) -> None:
    folder, store, plan = tmp_path / "config", tmp_path / "c.db", tmp_path / "plan.json"
    shutil.copytree(CONFIG, folder)
    common = ("--store", store, "--config", folder, "--at", "2005-08-16T09:00+08:00", "--as", "p-wei-lichang", "--yes")
    assert invoke(*common, "plan", "-o", plan).exit_code == 0
    assert invoke(*common, "apply", "--rehearsal", plan).exit_code == 0
    result = invoke(*common, "apply", plan)
    assert result.exit_code == 4
    assert "stale-plan" in result.stderr


def test_5_a_read_model_that_is_not_what_the_events_say(run: Run, store: Path) -> None:
    damaged = sqlite3.connect(store)
    body = damaged.execute("SELECT body FROM views WHERE key LIKE '%220200'").fetchone()[0]
    changed = body.replace("吉林".encode(), "长春".encode())
    assert changed != body
    damaged.execute("UPDATE views SET body = ? WHERE key LIKE '%220200'", (changed,))
    damaged.commit()
    damaged.close()
    result = run("replay")
    assert result.exit_code == 5
    assert "吉林" in result.stdout


def test_6_not_permitted(run: Run) -> None:
    result = run(*CALLED[:-1], "p-auditor-1")
    assert result.exit_code == 6
    assert "not-permitted" in result.stderr


def test_7_differences_only_where_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(CONFIG, tmp_path / "config")
    text = (folder / "phases.yaml").read_text(encoding="utf-8")
    (folder / "phases.yaml").write_text(text.replace("快走变快跑", "快跑"), encoding="utf-8")
    assert run("plan", "--exit-code").exit_code == 0
    assert run("plan", "--config", folder).exit_code == 0
    changed = run("plan", "--config", folder, "--exit-code")
    assert changed.exit_code == 7
    assert "campaign.slogan" in changed.stdout
    assert run("replay", "--diff", 1, 3).exit_code == 0
    assert run("replay", "--diff", 1, 3, "--exit-code").exit_code == 7


def test_8_and_every_other_code_has_its_problems_and_its_meaning() -> None:
    assert code_of([Problem("store-io", T("x"))]) == Exit.UNKNOWN
    assert code_of([Problem("integrity-result", T("x"))]) == Exit.INTEGRITY
    assert code_of([Problem("yaml-syntax", T("x"))]) == Exit.INVALID
    assert set(MEANING) == set(Exit)
    assert set(BY_CODE.values()) <= set(Exit)


def test_130_interrupted(finished: Path) -> None:
    """A reader that stops reading holds the program in its output, where the interrupt finds it."""
    command = [sys.executable, "-m", "campaign_cli", "--store", str(finished), "log", "list", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"")


def test_a_command_id_given_for_something_else(run: Run) -> None:
    assert run(*CALLED, "--command-id", "k-1").exit_code == 0
    other = run(*[word.replace("m-1", "m-2") for word in CALLED], "--command-id", "k-1")
    assert other.exit_code == 1
    assert "--command-id: command-reused" in other.stderr


def test_problems_as_json(run: Run) -> None:
    result = run(*CALLED[:-1], "p-auditor-1", "--format", "json")
    told = json.loads(result.stderr)
    assert (told["schema"], told["exit_code"]) == (1, 6)
    problem = told["problems"][0]
    assert problem["code"] == "not-permitted"
    assert problem["values"]["actor"] == "p-auditor-1"
    assert set(problem) == {"code", "message", "fix", "place", "rule", "template", "values"}


def test_a_fault_of_ours_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr("campaign_cli.nouns.show.defined", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("show")


def test_refusals_say_whether_the_actor_might_have_asked() -> None:
    assert Refused((Problem("not-permitted", T("x")),)).permitted is False
    assert str(Problems([Problem("a", T("b"))])) == "a b"


def test_130_whenever_somebody_presses_the_keys(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("campaign_cli.nouns.show.defined", interrupted)
    assert run("show").exit_code == 130


def test_4_somebody_else_kept_writing_first(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def conflict(_: object) -> None:
        raise Conflict("entity:k/x", 1, 2)

    monkeypatch.setattr("campaign_cli.nouns.show.defined", conflict)
    result = run("show")
    assert result.exit_code == 4
    assert "conflict somebody else kept writing to entity:k/x first; nothing was written (try again; " in result.stderr


def test_the_console_script_ends_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    before = gc.get_threshold()
    monkeypatch.setattr(os, "_exit", ended.append)
    for arguments in (["--version"], ["xyzzy"]):
        monkeypatch.setattr(sys, "argv", ["campaign", *arguments])
        main.cli()
    gc.set_threshold(*before)
    assert ended == [0, 2]
