"""explain and log show --used-by over the whole demonstration: every late mark, a prize to its cell, the totals."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cli.program import Run


def answer(ask: Run, *arguments: object) -> dict[str, Any]:
    result = ask(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def walk(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for inner in step["because"]:
        yield from walk(inner)


def late(ask: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer(ask, "report", "status", "--standing", "late")["rows"]
    return rows


def test_every_late_mark_is_explained_and_its_report_names_it(ask: Run) -> None:
    rows = late(ask)
    assert rows
    for row in rows:
        mark = f"mark:{row['entity']}/{row['obligation']}/{row['period']}"
        told = answer(ask, "explain", mark)
        assert told["what"].endswith("is late")
        assert told["positions"] == [row["position"]]
        assert f"what decides is the day on which it was received: {row['received_on']}" in str(told)
        uses = answer(ask, "log", "show", row["position"], "--used-by")["rows"]
        assert {"what": mark, "where": "late"} in uses


def test_a_mark_is_explained_as_it_stood_on_a_day(ask: Run) -> None:
    missing = answer(ask, "report", "status", "--standing", "missing")["rows"][0]
    mark = f"mark:{missing['entity']}/{missing['obligation']}/{missing['period']}"
    assert answer(ask, "explain", mark)["what"].endswith("is missing")
    assert answer(ask, "explain", mark, "--on", missing["due_on"])["what"].endswith("is not due yet")


@pytest.fixture
def places(ask: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer(ask, "assess", "show")["rows"]
    return rows


def said(ask: Run, entity: str) -> list[str]:
    return [step["what"] for step in walk(answer(ask, "explain", f"rank:/{entity}"))]


def test_a_rank_names_its_keys_and_who_is_ahead(ask: Run, places: list[dict[str, Any]]) -> None:
    (last, *better) = sorted(
        (row for row in places if row["group"] == "prefecture" and row["rank"]), key=lambda row: -row["rank"]
    )
    told = said(ask, last["entity"])
    assert f"rank {last['rank']} of {last['rank']}" in told
    assert f"by 综合得分 = {last['score']}" in told
    ahead = [line for line in told if line.startswith("ahead of it: ")]
    assert ahead == [f"ahead of it: {row['name']}, rank {row['rank']}" for row in reversed(better)][-4:]


def test_a_veto_and_a_shut_gate_say_why_there_is_no_rank(ask: Run, places: list[dict[str, Any]]) -> None:
    vetoed = next(row for row in places if row["stopped"] == ["弄虚作假，一票否决"])
    told = said(ask, vetoed["entity"])
    assert "veto: 弄虚作假，一票否决" in told
    assert any(line.startswith("not ranked; ") for line in told)
    shut = next(row for row in places if row["stopped"] == ["不符合奖励条件"] and row["group"] == "prefecture")
    told = said(ask, shut["entity"])
    assert {"gate shut: 不符合奖励条件", "stopped: 不符合奖励条件", "no veto: 弄虚作假，一票否决"} <= set(told)
    assert not any(line.startswith("ahead of it") for line in told)
    assert any(" would reach " in line for line in told)


def test_every_given_input_names_its_events_in_order(ask: Run, places: list[dict[str, Any]]) -> None:
    won = next(row for row in places if row["rank"] == 1)
    given = [step for step in walk(answer(ask, "explain", f"rank:/{won['entity']}")) if step["what"][:6] == "given "]
    assert given
    assert all(step["positions"] == sorted(step["positions"]) for step in given)
    assert any(step["positions"] for step in given)


def test_a_team_s_own_duty_names_the_team_s_file(ask: Run) -> None:
    told = answer(ask, "explain", "mark:220300/siping_site_check/2005-09")
    assert {"teams/siping.yaml siping_site_check"} == {
        step["where"] for step in walk(told) if step["what"].startswith("its cadence")
    }
    told = answer(ask, "explain", "mark:220400/weekly_report/2005-W40")
    assert {"weekly_report"} == {step["where"] for step in walk(told) if step["what"].startswith("its cadence")}


def test_a_prize_is_traced_to_the_cells_of_the_workbook(ask: Run) -> None:
    awards = answer(ask, "award", "list")["rows"]
    wheres = [
        step["where"]
        for award in awards
        for step in walk(answer(ask, "explain", f"award:{award['award']}"))
        if ".xlsx" in step["where"]
    ]
    assert wheres
    assert all("!" in where and " sha256 " in where for where in wheres)


def test_a_figure_is_traced_to_its_cell(ask: Run) -> None:
    told = answer(ask, "explain", "figure:220200/profit")
    (cell,) = {step["where"] for step in walk(told) if ".xlsx" in step["where"]}
    file, _, rest = cell.partition("[")
    assert file.startswith("220200-2005-")
    assert rest.partition(" ")[0].startswith("数据]!G")


def test_a_finding_of_a_check_names_the_check_and_the_events_that_it_compared(ask: Run) -> None:
    found = next(row for row in answer(ask, "finding", "list")["rows"] if row["check"])
    name = f"finding:{found['entity']}/{found['finding']}"
    told = answer(ask, "explain", name)
    said = [step["what"] for step in walk(told)]
    assert any(line.startswith("raised by the check ") for line in said)
    assert all(f"it compared {value}" in said for value in found["values"])
    (rests,) = [step for step in told["because"] if step["what"] == "it rests on"]
    assert rests["positions"]
    for position in rests["positions"]:
        uses = answer(ask, "log", "show", position, "--used-by")["rows"]
        assert {"what": name, "where": found["status"]} in uses


@pytest.mark.parametrize("number", [0, 1])
def test_every_total_of_a_bulletin_is_the_sum_of_what_is_named(ask: Run, number: int) -> None:
    shown = answer(ask, "bulletin", "show", "2005-09", "--number", number)
    assert shown["totals"]
    for total in shown["totals"]:
        told = answer(ask, "explain", f"bulletin:2005-09#{number}/{total['tree']}/{total['indicator']}")
        assert told["where"].startswith(f"sha256 {shown['sha256']} plan-73:")
        reported = total["reported"]
        said = f"this year: {reported['value']} {total['unit']}, of {reported['entities']} entities"
        (step,) = [step for step in walk(told["because"][1]["because"][0]) if step["what"] == said]
        assert len(step["because"]) == reported["entities"]


def test_the_events_behind_a_total_name_it(ask: Run) -> None:
    told = answer(ask, "explain", "bulletin:2005-09#0/territory/profit")
    _, total = told["because"]
    first, last = total["positions"][0], total["positions"][-1]
    for position in (first, last):
        uses = answer(ask, "log", "show", position, "--used-by")["rows"]
        assert "bulletin:monthly_bulletin/2005-09#0/territory/profit" in {use["what"] for use in uses}


def test_a_bulletin_says_in_machine_form_which_checkpoint_it_printed(ask: Run) -> None:
    assert "checkpoint" in answer(ask, "bulletin", "show", "2005-09")


def test_explanations_are_given_in_chinese_too(ask: Run) -> None:
    for what in ("mark:220400/weekly_report/2005-W40", "bulletin:2005-09", "figure:220200/profit"):
        result = ask("explain", what, "--lang", "zh")
        assert result.exit_code == 0, result.stderr
