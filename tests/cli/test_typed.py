"""A problem of a command names the option or the argument that was typed, never a field that nobody can see."""

import json
from pathlib import Path

import click
import pytest
from cli.program import CONFIG, Run, invoke
from cli.test_writes import DERIVED, WRITES, words_of

from campaign.app.intents import Field, fields_of
from campaign.problems import Place, Problem, T
from campaign_cli.call import Call
from campaign_cli.commands import Branch, load
from campaign_cli.derive import option_name
from campaign_cli.exits import name_of
from campaign_cli.tree import TREE
from campaign_cli.typed import as_typed


def verb_of(words: tuple[str, ...]) -> click.Command:
    entry = TREE[words[0]]
    return load(words[-1], entry.verbs[words[1]] if isinstance(entry, Branch) else entry)


def told(verb: click.Command, field: str, lies_in: str = "", **given: object) -> str:
    """Return the place of a problem of FIELD, raised while VERB is under way with what was GIVEN."""
    with click.Context(verb, obj=Call()) as context:
        context.params = given
        (problem,) = as_typed([Problem("x", T("x"), place=Place(file=lies_in, field=field))])
        return str(problem.place)


def shown(name: str, field: Field) -> str:
    return field.name.upper() if field.name in WRITES[name].arguments else option_name(field)


FIELDS = [(name, field) for name in DERIVED for field in fields_of(name)]


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=lambda value: getattr(value, "name", value))
def test_every_field_of_every_write_has_the_name_that_is_typed(name: str, field: Field) -> None:
    verb = verb_of(words_of(name))
    typed = told(verb, field.name)
    assert typed == shown(name, field)
    assert typed in {name_of(param) for param in verb.params}


FIGURES = [(name, field) for name, field in FIELDS if field.kind == "figures"]
BESIDE = {"method": "--method", "status": "--status", "adjustments[1].reason": "--adjustment"}


@pytest.mark.parametrize(("name", "field"), FIGURES, ids=lambda value: getattr(value, "name", value))
def test_a_part_of_a_figure_names_the_figure_as_it_was_typed(name: str, field: Field) -> None:
    verb, option = verb_of(words_of(name)), option_name(field)
    both = {field.name: ("profit=1[元]@x", "output=2@y")}
    for part in ("", ".unit", ".scope", ".indicator"):
        assert told(verb, f"{field.name}[1]{part}", **both) == f"{option} output=2@y"
        assert told(verb, f"{field.name}[0]{part}", **{field.name: ("profit=1@x",)}) == option
    for part, beside in BESIDE.items():
        assert told(verb, f"{field.name}[0].{part}", **both) == beside


def test_a_figure_out_of_a_file_names_the_file() -> None:
    verb = verb_of(("report", "submit"))
    assert told(verb, "figures[3].unit", figures=(), file=Path("w.csv")) == "--file"
    assert told(verb, "figures[3].unit", figures=()) == "figures[3].unit"


@pytest.mark.parametrize(
    ("words", "field", "shown"),
    [
        (("explain",), "what", "RESULT"),
        (("apply",), "plan", "FILE"),
        (("apply",), "at", "--at"),
        (("plan",), "keep", "--keep"),
        (("meeting", "hold"), "occurred_on", "--on"),
        (("bulletin", "correct"), "period", "PERIOD"),
        (("bulletin", "show"), "number", "--number"),
        (("replay",), "to", "--to"),
        (("phase", "advance"), "phase", "--to"),
        (("entity", "enrol"), "group", "--group"),
        (("survey", "record"), "indicator", "--indicator"),
        (("check", "record"), "finding", "--finding"),
        (("target", "propose"), "indicator", "INDICATOR"),
        (("assess", "what-if"), "set", "--set"),
    ],
)
def test_what_the_app_names_otherwise_is_named_as_it_was_typed(words: tuple[str, ...], field: str, shown: str) -> None:
    assert told(verb_of(words), field) == shown


@pytest.mark.parametrize("field", ["scheme_sha256", "220200.kind", "gates[0].id", "position 7", "campaign.key", ""])
def test_what_nobody_typed_keeps_its_name(field: str) -> None:
    assert told(verb_of(("entity", "enrol")), field) == field


def test_what_lies_in_a_file_stays_there() -> None:
    assert told(verb_of(("entity", "enrol")), "kind", lies_in="entities.csv") == "entities.csv: kind"


def test_a_refusal_leaves_out_a_field_that_nobody_can_type(run: Run) -> None:
    """It is the rule that says no, and its message says why; a hash that the program computed is nobody's mistake."""
    refused = run("assess", "run", "r-1", "--as", "p-wei-lichang")
    assert refused.stderr.startswith("R-22: no-scheme ")
    verb = verb_of(("assess", "run"))
    with click.Context(verb, obj=Call()) as context:
        context.params = {}
        kept = Problem("x", T("x"), place=Place(field="figures[0].unit"))
        assert as_typed([kept], hide=True) == (kept,)
        (hidden,) = as_typed([Problem("x", T("x"), place=Place(field="result"))], hide=True)
        assert str(hidden.place) == ""


def test_outside_of_a_command_nothing_is_typed() -> None:
    problem = Problem("x", T("x"), place=Place(field="kind"))
    assert as_typed([problem]) == (problem,)


def test_a_refusal_on_the_line_names_the_figure(run: Run) -> None:
    words = ("survey", "record", "220200", "--participant", "p-office-1", "--on", "2005-08-16", "--as", "p-office-1")
    result = run(*words, "--baseline", "profit=1@provincial", "--baseline", "output=2[万吨]@provincial")
    assert result.exit_code == 1
    assert result.stderr.startswith("--baseline output=2[万吨]@provincial: unit-slip output is counted in 亿元")
    one = run(*words, "--baseline", "output=2[万吨]@provincial", "--format", "json")
    assert json.loads(one.stderr)["problems"][0]["place"] == {"field": "--baseline"}


def test_the_other_refusals_name_their_options(run: Run) -> None:
    appoint = ("officer", "appoint", "220200", "liaison", "--person", "Li Ming", "--post", " ", "--as", "p-office-1")
    wrong = run(*appoint)
    assert {line.partition(": ")[0] for line in wrong.stderr.splitlines()} == {"--person", "--post"}
    assert run(*appoint, "--on", "2005-08-25").stderr.startswith("--on: not-yet-true ")
    assert run("explain", "what:x").stderr.startswith("RESULT: unknown-result ")
    assert run("replay", "--to", 9999).stderr.startswith("--to: no-such-position ")


def test_a_stale_plan_is_named_by_its_file(tmp_path: Path) -> None:
    plan, store = tmp_path / "plan.json", tmp_path / "c.db"
    common = ("--store", store, "--config", CONFIG, "--at", "2005-08-16T09:00+08:00", "--as", "p-wei-lichang", "--yes")
    assert invoke(*common, "plan", "-o", plan).exit_code == 0
    assert invoke(*common, "apply", "--rehearsal", plan).exit_code == 0
    assert invoke(*common, "apply", plan).stderr.startswith("FILE: stale-plan ")
