"""Every exit code by the whole program, with its reasons in either language."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.program import CONFIG, DAY_ONE, invoke
from click.testing import Result

from campaign.problems import Problem, T
from campaign_cli.call import Call
from campaign_cli.exits import MEANING, Exit, code_of, tell

CHINESE = re.compile("[\u4e00-\u9fff]")
Ask = Callable[..., Result]


def done(ask: Ask, _store: Path) -> Result:
    return ask("entity", "list")


def refused(ask: Ask, _store: Path) -> Result:
    return ask("phase", "advance", "220200", "--as", "p-office-1")


def misused(ask: Ask, _store: Path) -> Result:
    return ask("letter", "sign", "220200")


def invalid(ask: Ask, _store: Path) -> Result:
    return ask("entity", "show", "22020")


def stale(ask: Ask, store: Path) -> Result:
    """Another folder is adopted between a plan and its application."""
    plan, other = store.with_name("plan.json"), store.with_name("other")
    shutil.copytree(CONFIG, other)
    text = (other / "phases.yaml").read_text(encoding="utf-8")
    (other / "phases.yaml").write_text(text.replace("快走变快跑", "快跑"), encoding="utf-8")
    assert ask("plan", "--config", other, "-o", plan, "-q", "--format", "table").exit_code == 0
    who = ("--as", "p-wei-lichang", "--yes", "--at", DAY_ONE)
    assert ask("apply", "--config", other, *who).exit_code == 0
    return ask("apply", plan, "--config", other, *who)


def damaged(ask: Ask, store: Path) -> Result:
    """Somebody changed an event behind the program's back."""
    with sqlite3.connect(store) as connection:
        connection.executescript("DROP TRIGGER events_no_update; UPDATE events SET actor = 'p-eve' WHERE position = 2")
    return ask("audit", "verify")


def forbidden(ask: Ask, _store: Path) -> Result:
    return ask("target", "fix", "220200", "profit", "--as", "p-auditor-1")


def different(ask: Ask, _store: Path) -> Result:
    return ask("phase", "check", "220200", "--check")


WAYS: dict[Exit, Callable[[Ask, Path], Result]] = {
    Exit.DONE: done,
    Exit.REFUSED: refused,
    Exit.USAGE: misused,
    Exit.INVALID: invalid,
    Exit.CONFLICT: stale,
    Exit.INTEGRITY: damaged,
    Exit.NOT_PERMITTED: forbidden,
    Exit.DIFFERENCES: different,
}


def reasons(code: Exit, lang: str, store: Path) -> list[dict[str, str]]:
    """Come to CODE in LANG, and return the problems that were told."""

    def ask(*words: object) -> Result:
        return invoke("--store", store, "--format", "json", "--lang", lang, *words)

    result = WAYS[code](ask, store)
    assert result.exit_code == code, result.output
    if not result.stderr.startswith("{"):
        return []
    document = json.loads(result.stderr.splitlines()[-1])
    assert document["exit_code"] == code
    return list(document["problems"])


@pytest.mark.parametrize("code", WAYS)
def test_every_code_has_its_reasons_in_either_language(code: Exit, begun: Path, tmp_path: Path) -> None:
    """The codes and the templates, by which programs tell reasons apart, are the same in both."""
    told = {}
    for lang in ("en", "zh"):
        (tmp_path / lang).mkdir()
        told[lang] = reasons(code, lang, Path(shutil.copy(begun, tmp_path / lang / "s.db")))
    english, chinese = told["en"], told["zh"]
    assert [problem["code"] for problem in english] == [problem["code"] for problem in chinese]
    assert [problem["template"] for problem in english] == [problem["template"] for problem in chinese]
    assert not any(CHINESE.search(problem["fix"]) for problem in english)
    assert all(CHINESE.search(problem["message"] + problem["fix"]) for problem in chinese)
    assert bool(english) == (code in {1, 2, 3, 4, 6}), "what was found is no reason: it stands on stdout"


def test_no_code_is_left_out_but_those_that_only_a_failing_machine_or_a_person_brings_about() -> None:
    """8 is brought about in test_postgres.py, 130 in test_exits.py and test_follow.py."""
    assert set(Exit) - set(WAYS) == {Exit.UNKNOWN, Exit.INTERRUPTED}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_unknown_outcome_says_to_ask_again_in_either_language(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    message = T("the disk failed under {path}; the command may or may not have been recorded", path="s.db")
    fix = T("check the disk, then give the same command again with the same command id")
    problem = Problem("store-io", message, fix)
    code = code_of([problem])
    assert code == Exit.UNKNOWN
    tell(Call(lang=lang), [problem], code)
    said = capsys.readouterr().err
    assert said.startswith("store-io ")
    assert bool(CHINESE.search(said)) == (lang == "zh")


@pytest.mark.parametrize("code", Exit)
def test_every_code_means_something_in_either_language(code: Exit) -> None:
    meaning = MEANING[code]
    assert not CHINESE.search(str(meaning))
    assert CHINESE.search(Call(lang="zh").say(meaning))
