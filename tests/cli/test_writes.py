"""Every command that writes: its help, its example, its wrong inputs, its dry run."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from cli.program import CONFIG, Run, head, invoke

from campaign.app.intents import COMMANDS, Field, fields_of
from campaign_cli.commands import Branch, Leaf
from campaign_cli.derive import option_name
from campaign_cli.tree import TREE
from campaign_cli.writes import FIELDS, WRITES

ROSTERS = {"entity.enrol", "project.register"}
"""Made from the same table, with a roster as the other way to give them."""


def leaves() -> list[tuple[str, ...]]:
    """Return every command as the words that call it."""
    return [
        (noun, verb) if verb else (noun,)
        for noun, entry in TREE.items()
        for verb in (entry.verbs if isinstance(entry, Branch) else [""])
    ]


def words_of(name: str) -> tuple[str, ...]:
    """Return the words that call the domain's command NAME, none if its verb is made by hand."""
    for words, source in sources().items():
        if source == f"derive:{name}" or (name in ROSTERS and words == tuple(name.split("."))):
            return words
    return ()


def sources() -> dict[tuple[str, ...], str]:
    """Return what stands behind each command's words."""
    found = {}
    for noun, entry in TREE.items():
        for verb, leaf in entry.verbs.items() if isinstance(entry, Branch) else [("", entry)]:
            found[(noun, verb) if verb else (noun,)] = leaf.source
    return found


DERIVED = [name for name in WRITES if words_of(name)]


def test_every_command_of_the_table_is_the_domains_and_has_its_words() -> None:
    """What is not in the table has a verb of its own hand: files to read, a hash to compute, a key."""
    assert set(WRITES) <= set(COMMANDS)
    assert set(WRITES) - set(DERIVED) <= {"phase.advance", "report.correct", "report.submit"}


def test_every_field_says_what_it_means_and_none_is_left_over() -> None:
    used = {field.name for name in WRITES for field in fields_of(name)}
    assert used == set(FIELDS) - {"figure_status"}


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_has_help_with_one_example(words: tuple[str, ...], lang: str) -> None:
    result = invoke(*words, "--help", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(("Usage: campaign " if lang == "en" else "用法: campaign ") + " ".join(words))
    assert (
        f"\n  campaign {words[0]}" in result.stdout or f" {words[-1]} " in result.stdout.partition("\n  campaign ")[2]
    )


@pytest.mark.parametrize("name", WRITES)
def test_the_example_of_every_write_is_understood(name: str, run: Run, store: Path) -> None:
    """It may be refused, for the campaign has just begun and nobody is appointed yet, but never as wrong use."""
    before = head(store)
    words = shlex.split(WRITES[name].example)[1:]
    result = run(*words, "--dry-run", "--on", "2005-08-16")
    assert result.exit_code in {0, 1, 6}, result.stderr
    assert head(store) == before


@pytest.mark.parametrize("name", DERIVED)
def test_nothing_given_names_everything_that_is_needed(name: str, run: Run, store: Path) -> None:
    before = head(store)
    result = run(*words_of(name), "--as", "p-office-1", "--no-input")
    assert result.exit_code == 2
    told = {line.partition(":")[0] for line in result.stderr.splitlines()}
    needed = {_shown(name, field) for field in fields_of(name) if field.required and not _from_file(name, field)}
    assert needed <= told
    assert head(store) == before


def _shown(name: str, field: Field) -> str:
    return field.name.upper() if field.name in WRITES[name].arguments else option_name(field)


def _from_file(name: str, field: Field) -> bool:
    return WRITES[name].file and field.name in {"figures", "period"}


WRONG = {
    "date": ("2005-02-30", "is not a day (write it as 2005-08-17)"),
    "decimal": ("1,5", "is not a number (write digits without separators, as in 1234.50)"),
    "choice": ("xyzzy", "choose one of "),
    "figures": ("profit:5", "is not a figure (write it as INDICATOR=VALUE[UNIT]@SCOPE"),
}


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for name in DERIVED for field in fields_of(name) if field.kind in WRONG],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_wrong_value_names_the_field_and_the_remedy(name: str, field: Field, run: Run, store: Path) -> None:
    before = head(store)
    wrong, said = WRONG[field.kind]
    arguments = {place: f"{place}-1" for place in WRITES[name].arguments}
    for other in fields_of(name):
        if other.name in arguments and other.choices:
            arguments[other.name] = other.choices[0]
    options = [
        text
        for other in fields_of(name)
        if other.required and other.name not in arguments and other.name != field.name
        for text in _right(other)
    ]
    if field.name in arguments:
        arguments[field.name] = wrong
    else:
        options += [option_name(field), wrong]
    result = run(*words_of(name), *arguments.values(), *options, "--as", "p-office-1", "--yes")
    assert result.exit_code == 2, result.output
    assert _shown(name, field) in result.stderr
    assert said in result.stderr
    assert head(store) == before


def _right(field: Field) -> list[str]:
    match field.kind:
        case "truth":
            return [option_name(field)]
        case "date":
            return [option_name(field), "2005-08-16"]
        case "choice":
            return [option_name(field), field.choices[0]]
        case "figures":
            return [option_name(field), "profit=1@provincial"]
        case "decimal":
            return [option_name(field), "1"]
        case _:
            return [option_name(field), "x"]


def test_every_wrong_value_is_told_at_once(run: Run) -> None:
    wrong = ("--first-half-actual", "a", "--second-half", "b", "--value", "c", "--rationale", "x")
    result = run("target", "propose", "220200", "profit", *wrong, "--as", "p-office-1")
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "--value",
        "--first-half-actual",
        "--second-half",
    ]


# --- what is written ----------------------------------------------------------------------------------------------


def test_a_target_is_written_exactly_with_the_indicators_own_unit(run: Run) -> None:
    words = (
        "target",
        "propose",
        "220200",
        "profit",
        "--value",
        "15.50",
        "--rationale",
        "调研",
        "--scope",
        "provincial",
    )
    result = run(*words, "--as", "p-office-1", "--format", "json")
    assert result.exit_code == 0, result.stderr
    reply = json.loads(result.stdout)
    assert [event["topic"] for event in reply["events"]] == ["target_proposed.v1"]
    event = json.loads(run("log", "show", reply["first"], "--format", "json").stdout)["event"]
    assert (event["target"]["value"], event["target"]["unit"]) == ("15.50", "亿元")


def test_a_figure_with_unit_adjustment_and_method(run: Run) -> None:
    words = ("survey", "record", "220200", "--participant", "p-office-1", "--participant", "p-office-2")
    figures = ("--baseline", "profit=-1.25[亿元]@provincial", "--baseline", "output=10@provincial")
    more = ("--adjustment", "output=-2.5:价格变动", "--method", "不变价", "--status", "final")
    result = run(*words, *figures, *more, "--as", "p-office-1", "--format", "json")
    assert result.exit_code == 0, result.stderr
    first = json.loads(result.stdout)["first"]
    event = json.loads(run("log", "show", first, "--format", "json").stdout)["event"]
    assert event["participants"] == ["p-office-1", "p-office-2"]
    assert [line["value"] for line in event["baseline"]] == ["-1.25", "10"]
    assert {line["status"] for line in event["baseline"]} == {"final"}
    assert event["baseline"][1]["adjustments"] == [{"amount": "-2.5", "reason": "价格变动"}]


@pytest.mark.parametrize("wrong", ["output:1:x", "output=x:y"])
def test_a_wrong_adjustment(run: Run, wrong: str) -> None:
    words = ("survey", "record", "220200", "--baseline", "output=10@provincial", "--adjustment", wrong)
    result = run(*words, "--as", "p-office-1")
    assert result.exit_code == 2
    assert "INDICATOR=AMOUNT:REASON" in result.stderr


def test_an_unknown_indicator_is_answered_with_those_that_there_are(run: Run) -> None:
    result = run("survey", "record", "220200", "--baseline", "xyzzy=1@provincial", "--as", "p-office-1")
    assert result.exit_code == 2
    assert "there is no indicator xyzzy (choose one of load_rate, " in result.stderr


def test_a_figure_needs_its_scope_where_there_are_several(run: Run) -> None:
    result = run("survey", "record", "220200", "--baseline", "profit=1", "--as", "p-office-1")
    assert result.exit_code == 2
    assert "the statistical scope of profit is missing" in result.stderr


CALLED = ("meeting", "schedule", "m-1", "--kind", "mobilization", "--title", "动员大会", "--convener", "p-1")
MEETING = (*CALLED, "--scheduled-on", "2005-08-25", "--as", "p-government-1")


def test_a_dry_run_writes_nothing(run: Run, store: Path) -> None:
    before = store.read_bytes()
    result = run(*MEETING, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout == "dry run: 1 events would be written (meeting_scheduled.v1); nothing was\n"
    assert store.read_bytes() == before


def test_the_same_command_id_gives_the_first_outcome(run: Run, store: Path) -> None:
    first = run(*MEETING, "--command-id", "k-1")
    at = head(store)
    again = run(*MEETING, "--command-id", "k-1")
    assert again.exit_code == 0
    assert again.stdout == f"done before, at position {at}; nothing new was written (command k-1)\n"
    assert first.stdout == f"done: position {at} (command k-1)\n"
    assert head(store) == at


def test_a_refusal_is_remembered_under_its_command_id(run: Run) -> None:
    refused = run("target", "fix", "220200", "profit", "--as", "p-wei-lichang", "--command-id", "k-2")
    again = run("target", "fix", "220200", "profit", "--as", "p-wei-lichang", "--command-id", "k-2")
    assert refused.exit_code == again.exit_code == 1
    assert refused.stderr == again.stderr


def test_quiet_says_nothing_when_all_is_well(run: Run) -> None:
    assert run(*MEETING, "-q").output == ""


def test_verbose_names_every_event(run: Run) -> None:
    said = run(*MEETING, "-v").stdout.splitlines()
    assert said[1:] == ["  campaign:jilin-2005  meeting_scheduled.v1"]


def test_options_hold_before_the_noun_and_after_the_verb(store: Path) -> None:
    after = invoke(*MEETING, "--store", store, "--dry-run")
    before = invoke("--store", store, "--dry-run", *MEETING)
    between = invoke("meeting", "--store", store, *MEETING[1:], "--dry-run")
    assert after.stdout == before.stdout == between.stdout
    assert after.exit_code == 0


def test_the_actor_may_come_from_the_environment_and_name_a_role(run: Run) -> None:
    assert run(*MEETING[:-2], env={"CAMPAIGN_ACTOR": "p-government-1"}).exit_code == 0
    assert run(*MEETING[:-1], "p-government-1:auditor", "--dry-run").exit_code == 6


def test_what_cannot_be_undone_asks_first(run: Run, store: Path) -> None:
    before = head(store)
    words = ("entity", "exit", "shell-01", "--exit-on", "2005-08-16", "--kind", "shell", "--reason", "壳企业")
    unasked = run(*words, "--as", "p-statistics-1")
    assert unasked.exit_code == 2
    assert "needs-yes this needs a yes: leave the statistics for good? (add --yes)" in unasked.stderr
    assert head(store) == before
    assert run(*words, "--as", "p-statistics-1", "--yes").exit_code == 0


# --- files -----------------------------------------------------------------------------------------------------------


def test_figures_from_a_file_with_the_line_of_what_is_wrong(run: Run, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    file.write_text("period,indicator,value,scope\n2005-W36,output,8x,provincial\n", encoding="utf-8")
    words = ("report", "submit", "220200", "w-36", "--obligation", "weekly_report", "--file", file)
    before = head(store)
    result = run(*words, "--as", "p-office-1")
    assert result.exit_code == 3
    assert "figures.csv!C2: " in result.stderr
    assert head(store) == before
    file.write_text("period,indicator,value,scope\n2005-W36,output,8,provincial\n", encoding="utf-8")
    for beside in (("--figure", "output=1@provincial"), ("--method", "不变价"), ("--adjustment", "output=1:x")):
        both = run(*words, *beside, "--as", "p-office-1")
        assert both.exit_code == 2
        assert f"(leave out --file, or {beside[0]})" in both.stderr
    other = run(*words, "--period", "2005-W37", "--as", "p-office-1")
    assert other.exit_code == 3
    assert "input-period the file holds the periods 2005-W36 (name one of them with --period)" in other.stderr
    read = run(*words, "--as", "p-office-1", "--at", "2005-09-09T09:00+08:00")
    assert read.exit_code == 0, read.stderr


def test_a_whole_roster_is_one_append(run: Run, store: Path) -> None:
    before = head(store)
    result = run("project", "register", "--file", CONFIG / "projects.csv", "--as", "p-office-1", "--format", "json")
    assert result.exit_code == 0, result.stderr
    reply = json.loads(result.stdout)
    assert (reply["first"], reply["last"]) == (before + 1, head(store))
    assert reply["last"] - reply["first"] + 1 == len(reply["events"]) == 148


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none/entities.csv"], 3, "there is no file"),
        (["others.csv"], 3, "is not called entities.csv"),
        (["entities.csv", "--title", "x"], 2, "one from the line, or a roster with --file, not both"),
        (["entities.csv"], 3, "entities.csv:2:11: "),
    ],
)
def test_a_wrong_roster(run: Run, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    folder = shutil.copytree(CONFIG, tmp_path / "config")
    for name in ("entities.csv", "others.csv"):
        (folder / name).write_text("id,title,kind\n220100,长春,xyzzy\n", encoding="utf-8")
    result = run("entity", "enrol", "--file", folder / arguments[0], *arguments[1:], "--as", "p-office-1")
    assert result.exit_code == code
    assert said in result.stderr


def test_targets_of_many_entities_from_a_file(run: Run, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    heading = "entity,indicator,value,scope,rationale\n"
    file.write_text(heading + "220100,profit,60.5,provincial,调研\n220200,profit,x,provincial,调研\n", encoding="utf-8")
    before = head(store)
    wrong = run("target", "breakdown", file, "--as", "p-office-1")
    assert wrong.exit_code == 3
    assert wrong.stderr.startswith(f"{file}:3:")
    assert "x is not a number" in wrong.stderr
    assert head(store) == before
    file.write_text(heading, encoding="utf-8")
    assert "there are no targets (write one line per target)" in run("target", "breakdown", file, "--as", "p-1").stderr
    file.write_text(heading + "220100,profit,60.5,provincial,调研\n220200,profit,3,provincial,调研\n", encoding="utf-8")
    assert run("target", "breakdown", file, "--as", "p-office-1").exit_code == 0
    assert head(store) == before + 2


# --- many at once ----------------------------------------------------------------------------------------------------


def test_each_lets_the_ready_go_and_names_the_gates_of_the_others(run: Run, store: Path) -> None:
    _survey(run, "220100")
    before = head(store)
    words = ("phase", "advance", "220100", "220200", "--as", "p-office-1", "--on", "2005-08-16")
    together = run(*words)
    assert together.exit_code == 1
    assert together.stderr.splitlines()[0].startswith("220200 survey-recorded: gate-shut "), "whom, which gate"
    assert head(store) == before
    result = run(*words, "--each")
    assert result.exit_code == 1
    assert "1 of 2 done, 1 held" in result.stdout
    assert head(store) == before + 1
    rows = json.loads(run(*words, "--each", "--dry-run", "--format", "json").stdout)["rows"]
    assert [row["outcome"] for row in rows] == ["refused", "refused"], "220100 has gone on to gates of its own"


def _survey(run: Run, entity: str) -> None:
    outputs = ("--indicator", "profit", "--task", "增产", "--measure", "每周调度")
    words = ("survey", "record", entity, "--participant", "p-office-1", "--baseline", "profit=1@provincial", *outputs)
    assert run(*words, "--as", "p-office-1", "--on", "2005-08-16").exit_code == 0


def test_nobody_permitted_ends_with_6(run: Run) -> None:
    result = run("phase", "advance", "--group", "prefecture", "--each", "--as", "p-auditor-1")
    assert result.exit_code == 6
    assert "0 of 9 done, 9 held" in result.stdout


def test_whom_must_be_said_once(run: Run) -> None:
    for words in ([], ["220100", "--all"], ["--group", "prefecture", "--all"]):
        result = run("phase", "advance", *words, "--as", "p-office-1")
        assert result.exit_code == 2
        assert "name entities, or a group, or all: one of the three" in result.stderr


def test_an_entity_or_group_there_is_not(run: Run) -> None:
    unknown = run("phase", "advance", "22010", "--as", "p-office-1")
    assert (unknown.exit_code, "did you mean 220100?" in unknown.stderr) == (3, True)
    group = run("phase", "advance", "--group", "prefectures", "--as", "p-office-1")
    assert (group.exit_code, "there is no group prefectures" in group.stderr) == (3, True)


def test_the_tree_names_what_it_loads() -> None:
    assert all(isinstance(entry, Leaf | Branch) for entry in TREE.values())
