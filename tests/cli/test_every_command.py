"""Every command of the tree by its own example: on no store, on an empty one, after the end, among two campaigns."""

import csv
import io
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.folders import harvest
from cli.program import CONFIG, DAY_ONE, head, invoke
from cli.test_output import READS
from cli.test_writes import DERIVED, leaves, words_of

from campaign.app.session import Settings, open_session
from campaign_cli.commands import Branch, Verb, load
from campaign_cli.exits import Exit
from campaign_cli.tree import TREE

SHELL = frozenset({"||", "|", ">"})
"""What ends a command in an example that goes on in the shell."""
EVERY = tuple(words for words in leaves() if words[0] not in {"demo", "init"})
BESIDE = {
    ("config", "schema"),
    ("config", "validate"),
    ("config", "calendar"),
    ("scheme", "validate"),
    ("scheme", "test"),
    ("scheme", "export"),
    ("scheme", "import"),
    ("store", "migrate"),
    ("store", "info"),
    ("store", "copy"),
    ("store", "restore"),
    ("access", "key"),
    ("doctor",),
}
"""Commands that ask no store, or whose example names one of its own."""
OWN_WRITES = {("assess", "run"), ("person", "keep"), ("person", "erase"), ("entity", "enrol"), ("project", "register")}
FIGURES = {("survey", "record"), ("report", "submit"), ("report", "correct")}
WRITING = {words_of(name) for name in DERIVED} | OWN_WRITES
REGISTERS = ("register", "visit", "issue", "support", "measure", "loss", "exemplar", "publicity", "reminder")
WRITING |= {(noun, verb) for noun in REGISTERS for verb in ("open", "assign", "done", "reopen")}


def example(words: tuple[str, ...]) -> list[str]:
    """Return the command's own example as arguments, with an end where it would go on for ever."""
    entry = TREE[words[0]]
    verb = load(words[-1], entry.verbs[words[1]] if isinstance(entry, Branch) else entry)
    assert isinstance(verb, Verb)
    line = shlex.split(verb.example)[1:]
    ends = [number for number, word in enumerate(line) if word in SHELL]
    return [*line[: ends[0] if ends else None], *(["--for", "0"] if words == ("log", "follow") else [])]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let each command write where nothing else lies, and find nothing of what its example names."""
    place = tmp_path / "desk"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def ends(text: str) -> Iterator[str]:
    return (line[-1:] for line in text.splitlines())


@pytest.mark.parametrize("words", [words for words in EVERY if words not in BESIDE], ids=" ".join)
def test_without_a_store_every_command_says_so_or_what_else_is_not_there(words: tuple[str, ...], desk: Path) -> None:
    result = invoke("--store", desk / "none.db", "--yes", *example(words))
    assert result.exit_code == Exit.INVALID, result.output
    assert result.stdout == ""
    assert "-missing" in result.stderr
    assert set(ends(result.stderr)) <= {")", "}"}, "a remedy in every line, or a JSON document"
    assert list(desk.iterdir()) == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("empty") / "s.db"
    open_session(Settings(str(store)), write=True, create=True).close()
    return store


READABLE = {
    "access list",
    "access show",
    "audit keys",
    "award list",
    "bulletin list",
    "check list",
    "commend list",
    "config history",
    "entity list",
    "finding list",
    "letter list",
    "log export",
    "log follow",
    "log list",
    "meeting list",
    "notice list",
    "officer list",
    "project list",
    "replay",
    "scheme history",
    "store rebuild",
    "target reconcile",
}
"""What can be said of a log without a record: that there is nothing."""


@pytest.mark.parametrize("words", [words for words in EVERY if words not in BESIDE], ids=" ".join)
def test_on_an_empty_store_there_is_nothing_to_see_and_nobody_may_write(words: tuple[str, ...], empty: Path) -> None:
    result = invoke("--store", empty, "--yes", *example(words))
    if words in WRITING - FIGURES:
        assert (result.exit_code, "definition-missing" in result.stderr) == (Exit.REFUSED, True), result.output
    elif " ".join(words) in READABLE:
        assert result.exit_code == Exit.DONE, result.output
    else:
        assert result.exit_code == Exit.INVALID, result.output
        assert set(ends(result.stderr)) <= {")", "}"}, "a remedy in every line"
    assert head(empty) == 0


# --- after the end -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def over(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the campaign that is over, to be written to in vain."""
    return Path(shutil.copy(finished, tmp_path_factory.mktemp("over") / "over.db"))


CUSTODY = {("person", "keep"), ("person", "erase")}
"""Names and contacts are looked after when the campaign is over, too."""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", sorted(WRITING - CUSTODY), ids=" ".join)
def test_after_the_end_nothing_is_written_any_more(words: tuple[str, ...], over: Path, lang: str) -> None:
    before = head(over)
    result = invoke("--store", over, "--yes", "--lang", lang, *example(words))
    assert result.exit_code == Exit.REFUSED, result.output
    assert "campaign-closed" in result.stderr
    assert ("已结束" in result.stderr) == (lang == "zh")
    assert head(over) == before


# --- in either language --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [words for words in EVERY if words not in BESIDE], ids=" ".join)
def test_either_language_ends_with_the_same_code_for_the_same_reasons(words: tuple[str, ...], begun: Path) -> None:
    told = {}
    for lang in ("en", "zh"):
        line = [*example(words), "--dry-run", "--yes", "--lang", lang, "--at", "2005-08-16T09:00+08:00"]
        result = invoke("--store", begun, *line, *(() if words == ("log", "follow") else ("--format", "json")))
        try:
            codes = [problem["code"] for problem in json.loads(result.stderr)["problems"]]
        except ValueError:
            codes = []
        told[lang] = (result.exit_code, codes)
    assert told["en"] == told["zh"]


LISTS = [words for words in EVERY if words[-1] in {"list", "history", "reconcile", "laggards", "keys"}]


@pytest.mark.parametrize(("lang", "nothing"), [("en", "nothing"), ("zh", "（无）")])
@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_without_an_entry_says_so(words: tuple[str, ...], lang: str, nothing: str, begun: Path) -> None:
    """The campaign has begun and nothing has happened yet: a list shows its headings, or that there is nothing."""
    result = invoke("--store", begun, *words, "--lang", lang)
    assert result.exit_code == Exit.DONE, result.output
    lines = result.stdout.splitlines()
    assert nothing in lines or any(line.startswith("--") for line in lines) or words[-1] == "laggards", result.stdout


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_without_an_entry_is_a_whole_document_and_csv_has_its_heading(
    words: tuple[str, ...], begun: Path
) -> None:
    named = ["220200"] if words == ("entity", "history") else []
    document = json.loads(invoke("--store", begun, *words, *named, "--format", "json").stdout)
    assert document["schema"] == 1
    assert any(isinstance(value, list) for value in document.values()), "an empty list is there, too"
    for line in invoke("--store", begun, *words, *named, "--format", "jsonl").stdout.splitlines():
        assert json.loads(line)["schema"] == 1
    first, *_ = csv.reader(io.StringIO(invoke("--store", begun, *words, *named, "--format", "csv").stdout))
    assert first
    assert all(re.fullmatch("[a-z_0-9]+", name) for name in first), "the fields' names, not the headings for persons"


# --- two in one store ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two campaigns, the one that has begun and another; rehearsals in one log share its clock."""
    folder = tmp_path_factory.mktemp("both")
    store = Path(shutil.copy(begun, folder / "both.db"))
    common = ("--store", store, "--config", harvest(folder / "farm"), "--campaign", "harvest-2031")
    done = invoke(*common, "--at", DAY_ONE, "--as", "p-ada", "apply", "--rehearsal", "--yes")
    assert done.exit_code == 0, done.output
    return store


OF_ALL = {("log", "list"), ("log", "follow"), ("store", "rebuild")}
"""Commands about the log, whosever campaign is in it."""


@pytest.mark.parametrize("words", [words for words in EVERY if words not in BESIDE | OF_ALL], ids=" ".join)
def test_of_two_campaigns_one_is_named(words: tuple[str, ...], both: Path) -> None:
    result = invoke("--store", both, "--yes", *example(words), "--config", CONFIG)
    if "-missing" in result.stderr:
        assert words[0] in {"apply", "audit", "store"}, "it looks first for the file that is handed in"
    elif words != ("store", "backup"):
        assert result.exit_code == Exit.INVALID, result.output
        assert "campaign-not-named" in result.stderr
        assert "--campaign" in result.stderr


@pytest.mark.parametrize(
    "line", ["log list", "log follow --after 0 --for 0", "log show 1", "store info", "store rebuild --yes"]
)
def test_the_log_of_two_campaigns_is_looked_at_as_one(line: str, both: Path) -> None:
    """It says that a clock is simulated where any is; and of one campaign, where one is named."""
    result = invoke("--store", both, *line.split())
    assert result.exit_code == Exit.DONE, result.output
    assert "rehearsal: the clock of this campaign is simulated" in result.output or line.startswith("store rebuild")
    assert "synthetic: the figures of this campaign" in result.output or line.startswith("store rebuild")
    assert invoke("--store", both, *line.split(), "--campaign", "harvest-2031").exit_code == Exit.DONE


def test_what_both_campaigns_wrote_is_listed_in_one_order(both: Path) -> None:
    rows = json.loads(invoke("--store", both, "log", "list", "--format", "json").stdout)["rows"]
    assert [row["position"] for row in rows] == list(range(1, head_of_both(both) + 1))
    assert {row["stream"] for row in rows} >= {"campaign:jilin-2005", "campaign:harvest-2031"}
    assert {row["recorded_at"][-6:] for row in rows} == {"+00:00"} or {row["recorded_at"][-1] for row in rows} == {"Z"}


def head_of_both(both: Path) -> int:
    with closing(open_session(Settings(str(both), "harvest-2031"))) as session:
        return session.log.head()


OF_THE_LOG = ("show", "log ", "store ", "replay", "doctor", "explain event", "config ", "plan")


@pytest.mark.parametrize("line", [line for line in READS if not line.startswith(OF_THE_LOG)])
def test_a_campaign_sees_nothing_of_its_neighbour(line: str, begun: Path, both: Path) -> None:
    words = line.split()
    alone = invoke("--store", begun, *words)
    beside = invoke("--store", both, "--campaign", "jilin-2005", *words)
    assert (beside.exit_code, beside.stdout, beside.stderr) == (alone.exit_code, alone.stdout, alone.stderr)


@pytest.mark.parametrize("words", ["show", "entity list", "phase advance --all --as p-ada", "tick --as p-ada"])
def test_a_campaign_that_there_is_not_is_no_empty_one(words: str, both: Path) -> None:
    result = invoke("--store", both, "--campaign", "harvest-2013", *words.split())
    assert result.exit_code == Exit.INVALID
    assert result.stderr == (
        "--campaign: unknown-campaign there is no campaign harvest-2013 in the store (did you mean harvest-2031?)\n"
    )


def test_in_a_store_without_a_campaign_the_remedy_is_to_open_it(empty: Path) -> None:
    result = invoke("--store", empty, "--campaign", "x", "show")
    assert "(open it with `campaign apply`)" in result.stderr
