"""From an empty folder to the last screen: the verbs that set up, adopt, assess and end a campaign."""

import json
import shutil
from pathlib import Path

import pytest
from cli.program import CONFIG, DAY_ONE, Run, head, invoke

from campaign.app.session import Settings, open_session

SCHEME = CONFIG / "schemes" / "jilin-2005-example.yaml"


def test_the_demonstration_ends_with_its_last_screen(tmp_path: Path) -> None:
    store = tmp_path / "demo.db"
    result = invoke("demo", store)
    assert result.exit_code == 0, result.stderr
    for title in ("Where everyone stands", "Ranking", "Awards", "Why the first award", "Replay:", "The store"):
        assert title in result.stdout
    assert "0 differences" in result.stdout
    assert str(store) in result.stdout
    assert "campaign closed" in result.stderr, "progress goes to stderr"
    again = invoke("demo", store)
    assert again.exit_code == 3
    assert "exists already (name another path, or remove it)" in again.stderr


def test_the_first_stage_alone_has_no_ranking_yet(tmp_path: Path) -> None:
    result = invoke("demo", tmp_path / "short.db", "--short", "--lang", "zh")
    assert result.exit_code == 0, result.stderr
    assert "各单位所处环节" in result.stdout
    assert "考核排名" not in result.stdout


def test_a_folder_to_edit_is_valid_as_it_comes(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert invoke("init", folder, "--dry-run").exit_code == 0
    assert not folder.exists()
    made = invoke("init", folder)
    assert made.exit_code == 0, made.stderr
    assert "campaign config validate" in (folder / "README.md").read_text(encoding="utf-8")
    assert invoke("config", "validate", "--config", folder).exit_code == 0
    again = invoke("init", folder)
    assert again.exit_code == 3
    assert "folder-exists" in again.stderr


def test_doctor_names_what_is_pending_with_its_remedy(tmp_path: Path) -> None:
    well = invoke("--store", tmp_path / "none.db", "doctor")
    assert well.exit_code == 0
    assert "there is no store" in well.stdout
    assert "make one with `campaign demo` or `campaign apply`" in well.stdout
    assert invoke("--store", tmp_path / "none.db", "doctor", "--check").exit_code == 7


# --- adopting --------------------------------------------------------------------------------------------------------


def test_apply_asks_first_and_a_dry_run_makes_no_store(tmp_path: Path) -> None:
    store = tmp_path / "c.db"
    words = ("--store", store, "--at", DAY_ONE, "apply", "--rehearsal", "--as", "p-wei-lichang")
    asked = invoke(*words)
    assert asked.exit_code == 2
    assert "needs-yes this needs a yes: adopt " in asked.stderr
    store.unlink(missing_ok=True)
    tried = invoke(*words, "--dry-run")
    assert tried.exit_code == 0, tried.stderr
    assert "definition_adopted" in tried.stdout
    assert not store.exists()


@pytest.mark.parametrize("text", ["[]", "{}", '{"rows": 5}', "no JSON", '{"rows": [{"kind": "x"}]}'])
def test_a_file_that_is_no_plan(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    result = invoke("--store", tmp_path / "c.db", "apply", file, "--as", "p-wei-lichang", "--yes")
    assert result.exit_code == 3
    assert f"{file}: plan-unreadable" in result.stderr
    assert "make one with `campaign plan -o FILE`" in result.stderr


def test_a_plan_says_when_nothing_would_change(run: Run) -> None:
    assert "nothing would change" in run("plan").stdout


def test_what_needs_a_definition_says_how_to_get_one(tmp_path: Path) -> None:
    """A store whose campaign was opened without a definition does not come about by the program; an empty one does."""
    store = tmp_path / "c.db"
    open_session(Settings(str(store)), write=True, create=True).close()
    shown = invoke("--store", store, "phase", "list")
    assert shown.exit_code == 3
    assert "no-definition no definition is adopted yet (adopt one with `campaign apply`)" in shown.stderr
    enrolled = invoke("--store", store, "entity", "enrol", "--file", CONFIG / "entities.csv", "--as", "p-office-1")
    assert enrolled.exit_code == 3
    assert "no-definition" in enrolled.stderr
    history = invoke("--store", store, "entity", "list")
    assert history.exit_code == 0


# --- schemes and results ---------------------------------------------------------------------------------------------


def test_a_scheme_is_validated_adopted_and_shown(run: Run, store: Path, tmp_path: Path) -> None:
    assert run("scheme", "validate", SCHEME).exit_code == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(SCHEME.read_text(encoding="utf-8").replace("rounding:", "roundings:"), encoding="utf-8")
    wrong = run("scheme", "validate", broken)
    assert wrong.exit_code == 3
    assert f"{broken}:" in wrong.stderr
    none = run("scheme", "show")
    assert none.exit_code == 3
    assert "no-scheme" in none.stderr
    refused = run("assess", "run", "run-1", "--as", "p-wei-lichang")
    assert refused.exit_code == 1
    before = head(store)
    assert run("scheme", "adopt", SCHEME, "--as", "p-wei-lichang", "--dry-run").exit_code == 0
    assert head(store) == before
    assert run("scheme", "adopt", SCHEME, "--as", "p-wei-lichang").exit_code == 0
    assert run("scheme", "show").stdout.startswith("scheme: jilin-2005-example\n")
    assert json.loads(run("scheme", "show", "--format", "json").stdout)["scheme"] == "jilin-2005-example"
    assert "no-scheme" in run("scheme", "show", "xyzzy").stderr


def test_a_result_comes_out_again_to_the_byte(ask: Run) -> None:
    result = ask("assess", "show", "--reproduce")
    assert result.exit_code == 0
    assert "the result comes out again, to the byte" in result.stderr


def test_an_explanation_goes_as_deep_as_asked_and_knows_what_it_may_be_asked(ask: Run) -> None:
    award = json.loads(ask("award", "list", "--format", "json").stdout)["rows"][0]["award"]
    shallow = ask("explain", f"award:{award}", "--depth", "0").stdout
    deep = ask("explain", f"award:{award}").stdout
    assert len(shallow.splitlines()) == 1 + 2, "what it is, and the two notes below every view"
    assert len(deep.splitlines()) > 20
    assert deep.startswith(shallow.splitlines()[0])
    told = json.loads(ask("explain", f"award:{award}", "--format", "json").stdout)
    assert told["positions"]
    assert told["because"]
    unknown = ask("explain", "award")
    assert unknown.exit_code == 3
    assert "write one of award:ID" in unknown.stderr


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("log show 999999", "the log has no position 999999"),
        ("replay --to 999999", "the log ends at position"),
        ("entity show xyzzy", "see `campaign entity list`"),
        ("entity list --group xyzzy", "choose one of prefecture, "),
        ("report status --obligation xyzzy", "choose one of weekly_report, "),
        ("report mine xyzzy", "there is no entity xyzzy"),
        ("assess show xyzzy", "there is no run xyzzy"),
        ("explain event:999999", "there is no position 999999"),
        ("person show p-xyzzy", "p-xyzzy"),
    ],
)
def test_what_is_not_there_says_what_there_is(ask: Run, line: str, said: str) -> None:
    result = ask(*line.split())
    assert result.exit_code == 3
    assert said in result.stderr


def test_replay_takes_one_question_at_a_time(ask: Run) -> None:
    result = ask("replay", "--to", "5", "--diff", "1", "2")
    assert result.exit_code == 2
    assert "--to, --as-of and --diff exclude one another" in result.stderr


def test_the_past_is_folded_to_a_position_or_an_instant(ask: Run) -> None:
    then = json.loads(ask("replay", "--to", "100", "--format", "json").stdout)
    assert then["position"] == 100
    assert {state["phase"] for state in then["entities"].values()} == {"survey"}
    by_instant = json.loads(ask("replay", "--as-of", "2005-08-30T00:00+08:00", "--format", "json").stdout)
    assert by_instant["position"] > 100
    assert by_instant["recorded_at"] < "2005-08-30"
    by_day = json.loads(ask("replay", "--as-of", "2005-08-29", "--format", "json").stdout)
    assert by_day == by_instant, "a day stands for its end, in the campaign's time zone"
    for neither in ("yesterday", "1500", "2005-08-30T00:00"):
        refused = ask("replay", "--as-of", neither)
        assert (refused.exit_code, "--as-of: usage-instant" in refused.stderr) == (2, True), neither


def test_gates_that_are_shut_can_fail_a_script(run: Run) -> None:
    assert run("phase", "check", "220100").exit_code == 0
    shut = run("phase", "check", "--group", "prefecture", "--shut", "--check")
    assert shut.exit_code == 7
    assert "18 gates are shut" in shut.stdout


def test_the_graph_can_be_drawn(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "graph.mmd"
    assert run("phase", "graph", "--mermaid", "-o", file).exit_code == 0
    assert file.read_text(encoding="utf-8").startswith("stateDiagram-v2\n")


def test_lists_can_be_narrowed(ask: Run) -> None:
    def rows(line: str) -> list[dict[str, object]]:
        return list(json.loads(ask(*line.split(), "--format", "json").stdout)["rows"])

    assert len(rows("entity list --group prefecture")) == 9
    assert len(rows("entity list --group focus_enterprise")) == 63
    assert {row["phase"] for row in rows("entity list --phase implementation")} == {"implementation"}
    assert len(rows("project list --selected")) == 47
    assert len(rows("project list --entity faw-group")) < 148
    assert all(row["lacking"] for row in rows("officer list --missing"))
    assert len(rows("log list --last 7")) == len(rows("log list --after 5 --to 12")) == 7
    assert {row["topic"] for row in rows("log list --topic meeting --last 3")} <= {
        "meeting_scheduled.v1",
        "meeting_rescheduled.v1",
        "meeting_held.v1",
    }
    assert all(str(row["stream"]).endswith("/220200") for row in rows("log list --stream entity:jilin-2005/220200"))


def test_several_campaigns_in_one_store_must_be_told_apart(tmp_path: Path) -> None:
    store, folder = tmp_path / "c.db", tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    first = ("--store", store, "--at", DAY_ONE, "--as", "p-wei-lichang", "--yes", "apply", "--rehearsal")
    assert invoke(*first).exit_code == 0
    path = folder / "phases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("key: jilin-2005", "key: other-2005"), encoding="utf-8")
    second = invoke(*first, "--campaign", "other-2005", "--config", folder)
    assert second.exit_code == 0, second.stderr
    unnamed = invoke("--store", store, "show")
    assert unnamed.exit_code == 3
    assert "name one with --campaign" in unnamed.stderr
    named = invoke("--store", store, "--campaign", "other-2005", "show", "--format", "json")
    assert json.loads(named.stdout)["campaign"] == "other-2005"
