"""What a person who had never seen the program stumbled over, each said plainly now."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import CONFIG, Run, head, invoke

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


@pytest.mark.parametrize("moment", ["x", "2005-08-18T09:00", "2005-13-01", "-1"])
def test_a_moment_that_is_none_is_answered_with_what_one_is(run: Run, moment: str) -> None:
    result = run("replay", "--diff", "2005-08-18", moment)
    assert result.exit_code == 2
    assert result.stderr == (
        f"--diff: usage-moment {moment} is neither a position, nor an instant with its offset, nor a day "
        "(write it as 1500, 2005-08-17T09:00+08:00 or 2005-08-17)\n"
    )


# --- where the output goes ---------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_written_is_named_as_it_was_given(run: Run) -> None:
    result = run("show", "-o", "/nonexistent/x.txt")
    assert result.exit_code == 3
    assert result.stderr.startswith("/nonexistent/x.txt: folder-missing there is no folder /nonexistent (")


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
        "--at: clock-behind the clock of this rehearsal stands at 2005-08-16T09:00:00+08:00 and does not run backwards "
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


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("entity history xyzzy", "ENTITY"),
        ("entity show xyzzy", "ENTITY"),
        ("replay --to 9 --entity xyzzy", "--entity"),
        ("replay --diff 1 9 --entity xyzzy", "--entity"),
        ("report status --entity xyzzy", "--entity"),
        ("calendar export --entity xyzzy", "--entity"),
    ],
)
def test_an_entity_that_is_not_there_is_named_where_it_was_typed(run: Run, line: str, where: str) -> None:
    said = f"{where}: unknown-entity there is no entity xyzzy (see `campaign entity list`)"
    refused = run(*line.split())
    assert (refused.exit_code, refused.stderr.strip()) == (3, said)


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


# --- how it reads ------------------------------------------------------------------------------------------------


def test_adoptions_are_listed_in_the_zone_of_the_campaign(run: Run) -> None:
    assert "2005-08-16 09:00:00+08:00" in run("config", "history").stdout
    assert json.loads(run("config", "history", "--format", "json").stdout)["rows"][0]["recorded_at"].endswith("+08:00")


def test_who_lacks_something_is_named_shortly_to_a_person_and_wholly_to_a_program(run: Run) -> None:
    line = next(line for line in run("show").stdout.splitlines() if line.startswith("survey_recorded"))
    assert re.search(r"  (\S+, ){5}… and \d+ more$", line)
    whole = json.loads(run("show", "--format", "json").stdout)["lacking"][0]["entities"]
    assert len(whole) == 5 + int(line.split()[-2])


def test_entities_moved_one_by_one_are_told_the_remedies_and_each_is_moved_once(run: Run) -> None:
    each = run("phase", "advance", "220200", "220200", "--each", "--as", "p-office-1")
    assert each.exit_code == 1
    assert "(" in each.stdout.splitlines()[2], "the remedy stands behind the reason"
    assert "0 of 1 done, 1 held" in each.stdout
    together = run("phase", "advance", "220200", "220200", "--as", "p-office-1").stderr.splitlines()
    assert len(together) == len(set(together)) == 2


def test_no_differences_are_said_in_one_line(run: Run) -> None:
    assert run("replay").stdout.startswith("folded ")
    assert run("plan").stdout.splitlines() == ["no changes", "the folder is what is adopted; nothing would change"]
    assert run("config", "diff").stdout == "no differences\n"
    assert run("config", "drift").stdout == "the folder is what was adopted\n"


def test_a_plan_whose_text_alone_is_another_says_so_as_drift_does(run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    phases = folder / "phases.yaml"
    phases.write_text("# a remark\n" + phases.read_text("utf-8"), "utf-8")
    planned = run("plan", "--config", folder)
    assert planned.stdout.splitlines() == [
        "no changes",
        "only the text of phases.yaml differs: comments, order or layout",
    ]
    assert json.loads(run("plan", "--config", folder, "--format", "json").stdout)["texts"] == ["phases.yaml"]
    assert run("config", "drift", "--config", folder).exit_code == 7
    assert run("plan", "--config", folder, "--exit-code").exit_code == 0


def test_the_first_plan_says_what_the_campaign_consists_of(tmp_path: Path) -> None:
    first = invoke("--store", tmp_path / "none.db", "plan").stdout.splitlines()[0]
    assert re.fullmatch(r"a new campaign: \d+ phases, \d+ gates, \d+ obligations, \d+ groups", first)


def test_a_survey_and_its_tasks_read_well_for_none_and_for_one(run: Run) -> None:
    assert run("survey", "record", "220200", "--participant", "p-office-1", "--as", "p-office-1").exit_code == 0
    told = run("entity", "history", "220200").stdout
    assert "recorded the survey, without figures" in told


def test_an_explanation_says_that_the_campaign_is_a_rehearsal_as_every_view_does(run: Run) -> None:
    told = run("explain", "gate:220200").stdout.splitlines()
    assert "rehearsal: the clock of this campaign is simulated" in told[-2:]
    machine = json.loads(run("explain", "gate:220200", "--format", "json").stdout)
    assert machine["rehearsal"] is True
    assert "synthetic" in machine


def test_a_commended_entity_is_listed_with_what_for_and_by_which_event(run: Run, store: Path) -> None:
    line = ("commend", "entity", "c-1", "220200", "--citation", "first to reach capacity", "--as", "p-wei-lichang")
    assert run(*line).exit_code == 0
    (row,) = json.loads(run("commend", "list", "--format", "json").stdout)["rows"]
    assert (row["entity"], row["citation"], row["by"]) == ("220200", "first to reach capacity", "p-wei-lichang")
    assert row["position"] == head(store)
    assert re.search(
        rf"220200 .*first to reach capacity .* {head(store)}$", run("commend", "list").stdout, re.MULTILINE
    )


def test_the_help_of_a_survey_says_that_participants_are_not_looked_up() -> None:
    assert "taken as written, and not looked up" in " ".join(invoke("survey", "record", "--help").stdout.split())


def test_a_replay_of_a_group_is_of_that_group(ask: Run) -> None:
    """A group there is not was answered with everything, and so was one made of others, or empty."""
    wrong = ask("replay", "--group", "prefectures")
    assert (wrong.exit_code, "unknown-group there is no group prefectures" in wrong.stderr) == (3, True)
    sizes = {"prefecture": 9, "focus_enterprise": 63, "loss_maker": 0}
    for group, size in sizes.items():
        listed = ask("entity", "list", "--group", group, "--format", "json")
        told = json.loads(ask("replay", "--group", group, "--format", "json").stdout)
        assert set(told["entities"]) == {row["entity"] for row in json.loads(listed.stdout)["rows"]}
        assert (len(told["entities"]) == size) or size == 0


def test_a_difference_of_an_entity_or_a_group_names_no_other(ask: Run) -> None:
    words = ("replay", "--diff", "1500", "2200", "--format", "json")
    every = {row["stream"] for row in json.loads(ask(*words).stdout)["rows"]}
    one = {row["stream"] for row in json.loads(ask(*words, "--entity", "220200").stdout)["rows"]}
    group = {row["stream"] for row in json.loads(ask(*words, "--group", "prefecture").stdout)["rows"]}
    assert one == {"entity:jilin-2005/220200"} < group < every
    assert len(group) == 9
    assert ask(*words, "--entity", "nobody").exit_code == 3


def test_interventions_are_counted_among_all_that_was_done(ask: Run) -> None:
    done = len(json.loads(ask("entity", "history", "220200", "--format", "json").stdout)["rows"])
    assert f"0 of {done} bend the ordinary course" in ask("entity", "history", "220200", "--interventions").stdout


def test_an_auditor_is_told_of_every_intervention_without_naming_whom_it_was_about(ask: Run) -> None:
    """Of any entity and of the campaign itself, in the order of the log; the stream says whose each was."""
    rows = json.loads(ask("entity", "history", "--interventions", "--format", "json").stdout)["rows"]
    assert [(row["stream"].partition(":")[2].partition("/")[2], row["topic"]) for row in rows] == [
        ("", "meeting_rescheduled.v1"),
        ("increment-47", "gate_waived.v1"),
        ("increment-47", "phase_moved.v1"),
        ("shell-01", "statistical_exit_recorded.v1"),
        ("key-07", "report_corrected.v1"),
        ("", "bulletin_corrected.v1"),
        ("220400", "target_revised.v1"),
        ("220400", "responsibility_letter_issued.v1"),
        ("increment-09", "gate_waived.v1"),
        ("key-09", "gate_waived.v1"),
        ("increment-09", "phase_moved.v1"),
        ("key-09", "phase_moved.v1"),
    ]
    table = ask("entity", "history", "--interventions").stdout
    assert "entity:jilin-2005/shell-01" in table
    assert f"12 of {rows[-1]['position'] + 396} bend the ordinary course" in table
    assert "entity:jilin-2005/220400" not in ask("entity", "history", "220400").stdout, "of one it goes without saying"


@pytest.mark.parametrize("words", [("log", "list"), ("log", "follow", "--for", "0")], ids=" ".join)
def test_a_topic_with_which_none_begins_is_no_empty_list_and_nobody_waits_for_it(
    ask: Run, words: tuple[str, ...]
) -> None:
    refused = ask(*words, "--topic", "reprot")
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert refused.stderr == "--topic: no-such-topic no topic begins with reprot (did you mean report?)\n"
    assert "(choose one of assessment, award, " in ask(*words, "--topic", "xyzzy").stderr
    for known in ("report", "report_submitted.v1", ""):
        assert ask(*words, "--topic", known).exit_code == 0
