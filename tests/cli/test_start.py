"""Starting: what a command may load, how TAB completes, how the language is chosen."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from cli.program import Run, invoke

from campaign.problems import T
from campaign_cli.call import Call
from campaign_cli.commands import Branch, Noun, Verb, load
from campaign_cli.tree import TREE

LOADED = """
import json, sys
from campaign_cli.root import root
try:
    root.main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
HEAVY = {"eventsourcing", "pydantic", "yaml", "transitions", "rich", "babel", "csv", "tempfile"}
OF_THE_STORE = {"sqlite3", "campaign.app.session", "campaign.domain", "campaign.store"}


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a call of the program has loaded at its end."""
    own = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    command = [sys.executable, "-c", LOADED, *arguments]
    ended = subprocess.run(command, env=own, capture_output=True, check=False, timeout=60)
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "line",
    [
        "log list --last 3",
        "log list --last 3 --format json",
        "log show 7",
        "entity list",
        "entity show 220200",
        "meeting list",
        "award list",
        "project list",
        "phase list",
        "store info",
        "officer list",
        "letter list",
    ],
)
def test_reading_loads_nothing_heavy(finished: Path, line: str) -> None:
    modules = loaded("--store", str(finished), *line.split())
    assert "sqlite3" in modules, "it did read"
    assert not HEAVY & modules


@pytest.mark.parametrize("line", ["--help", "--version", "letter --help", "entity --help"])
def test_help_touches_no_store_and_loads_nothing_heavy(line: str) -> None:
    assert not (HEAVY | OF_THE_STORE) & loaded(*line.split())


def test_help_of_a_write_touches_no_store() -> None:
    assert not (HEAVY | {"sqlite3", "campaign.store"}) & loaded("letter", "sign", "--help")


def test_a_noun_loads_no_other_nouns() -> None:
    nouns = {module for module in loaded("store", "info", "--help") if module.startswith("campaign_cli.nouns.")}
    assert nouns == {"campaign_cli.nouns.info"}


def test_the_console_script_spares_an_import_and_leaves_no_trace() -> None:
    script = (
        "import os, sys; from campaign_cli.main import cli\n"
        "os._exit = lambda code: print(code, 'typing_extensions' in sys.modules)\n"
        "cli()"
    )
    ended = subprocess.run([sys.executable, "-c", script, "--version"], capture_output=True, check=False, timeout=60)
    assert ended.stdout.startswith(b"campaign ")
    assert ended.stdout.splitlines()[-1] == b"0 False"


# --- TAB -----------------------------------------------------------------------------------------------------------


def complete(words: str, shell: str = "bash") -> list[str]:
    """Return what TAB offers after WORDS, the last of which is not complete."""
    env = {"_CAMPAIGN_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    ended = subprocess.run(
        [sys.executable, "-m", "campaign_cli"],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", **env},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return ended.stdout.decode().splitlines()


def test_tab_completes_nouns_verbs_options_and_choices() -> None:
    assert complete("campaign ent") == ["plain,entity"]
    assert complete("campaign letter is") == ["plain,issue", "plain,issue-statement"]
    assert "plain,--signer" in complete("campaign letter sign --si")
    assert complete("campaign finding raise e f --kind om") == ["plain,omission"]
    assert "plain,--store" in complete("campaign --st")


def test_tab_after_global_options() -> None:
    assert complete("campaign --store x.db lett") == ["plain,letter"]


def test_tab_loads_no_command_and_no_store() -> None:
    script = LOADED.replace("sys.argv[1:]", "[]")
    env = {"_CAMPAIGN_COMPLETE": "bash_complete", "COMP_WORDS": "campaign entity ", "COMP_CWORD": "2"}
    own = {"PATH": os.environ["PATH"], "LC_ALL": "C", **env}
    ended = subprocess.run([sys.executable, "-c", script], env=own, capture_output=True, check=False, timeout=60)
    modules = set(json.loads(ended.stderr.splitlines()[-1]))
    assert not (HEAVY | OF_THE_STORE) & modules
    assert not any(module.startswith("campaign_cli.nouns") for module in modules)


# --- language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "env", "chinese"),
    [
        (["--lang", "zh"], {}, True),
        (["--lang=zh"], {}, True),
        ([], {"LC_ALL": "zh_CN.UTF-8"}, True),
        ([], {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US"}, True),
        ([], {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.GBK"}, True),
        (["--lang", "en"], {"LC_ALL": "zh_CN.UTF-8"}, False),
        ([], {"LC_ALL": "de_DE"}, False),
        (["--lang", "fr"], {}, False),
    ],
)
def test_the_language_is_chosen_by_option_then_by_locale(
    arguments: list[str],
    env: dict[str, str],
    chinese: bool,  # noqa: FBT001 -- what the row says
) -> None:
    told = invoke("lettr", *arguments, env=env).stderr
    assert ("没有" in told) == chinese


def test_help_and_usage_errors_speak_it_wherever_the_option_stands() -> None:
    assert invoke("--help", "--lang", "zh").stdout.startswith("用法: campaign")
    assert invoke("letter", "sign", "--lang", "zh", "--xyzzy").stderr.startswith("usage-unknown-option 没有")
    assert invoke("lettr", "--", "--lang", "zh").stderr.startswith("usage-unknown-command there is")


def test_refusals_and_tables_speak_it(run: Run) -> None:
    refused = run("phase", "advance", "220200", "--as", "p-office-1", "--lang", "zh").stderr
    assert refused.startswith("survey-recorded: gate-shut ")
    assert "调研" in refused
    listed = run("entity", "list", "--lang", "zh").stdout.splitlines()
    assert "单位" in listed[0]
    assert "市州" in listed[2]


# --- the tree ------------------------------------------------------------------------------------------------------


def test_every_leaf_loads_as_a_verb_of_its_name() -> None:
    for noun, entry in TREE.items():
        for name, leaf in entry.verbs.items() if isinstance(entry, Branch) else [(noun, entry)]:
            verb = load(name, leaf)
            assert isinstance(verb, Verb)
            assert verb.name == name


def test_no_option_of_a_verb_hides_a_global_one() -> None:
    for noun, entry in TREE.items():
        for name, leaf in entry.verbs.items() if isinstance(entry, Branch) else [(noun, entry)]:
            names = [option for param in load(name, leaf).params for option in param.opts]
            assert len(names) == len(set(names)), f"{noun} {name}"


def test_tab_offers_names_with_their_help_in_the_readers_language() -> None:
    root = Noun("campaign", TREE, T("x"))
    ctx = click.Context(root, info_name="campaign", obj=Call(lang="zh"))
    offered = {item.value: item.help for item in root.shell_complete(ctx, "aw")}
    assert offered == {"award": "考核后的奖励"}
    assert root.list_commands(ctx) == list(TREE)
    assert root.get_command(ctx, "xyzzy") is None


def test_a_yes_can_be_given_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Asked("y\n"))
    Call().confirm(T("sure?"))
    monkeypatch.setattr("sys.stdin", Asked("n\n"))
    with pytest.raises(click.Abort):
        Call().confirm(T("sure?"))


class Asked(io.StringIO):
    """A terminal at which somebody answers."""

    def isatty(self) -> bool:
        return True
