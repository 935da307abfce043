"""Reports of figures: submitted, corrected, verified, returned (R-25, R-37, R-46, R-47, R-58)."""

from datetime import date
from decimal import Decimal

import pytest
from domain.scenario import OTHER, REPORT, By, Life, Step, codes, definition, figure, given, outcome

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import FourEyes, Obligation
from campaign.domain.reports import current_figures
from campaign.domain.state import Context
from campaign.problems import Refused

CORRECT = c.CorrectReport("faw", "r-1", (figure("13"),), "漏报")
VERIFY = c.VerifyReport("faw", "r-1")
RETURN = c.ReturnReport("faw", "r-1", "口径不符")
AGAIN = e.ReportSubmitted("r-1", "weekly", "2005-W36", (figure("12"),), "统计局")
PLAN = c.SubmitReport("faw", "p-1", "plan", "once", ())


def submit(*figures: e.Figure, report: str = "r-1", period: str = "2005-W36", on: str = "weekly") -> c.SubmitReport:
    return c.SubmitReport("faw", report, on, period, figures, "统计局")


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        (
            (),
            submit(figure("12"), figure("1", scope="group")),
            (e.ReportSubmitted("r-1", "weekly", "2005-W36", (figure("12"), figure("1", scope="group")), "统计局"),),
        ),
        ((), PLAN, (e.ReportSubmitted("p-1", "plan", "once", ()),)),
        ((), submit(), ["no-figures"]),
        ((), submit(figure("1"), report=" "), ["text-missing"]),
        ((REPORT,), submit(figure("1")), ["report-exists"]),
        ((REPORT, RETURN), submit(figure("12")), (AGAIN,)),
        ((REPORT, RETURN), submit(figure("1"), period="2005-W37"), ["report-exists"]),
        ((REPORT,), submit(figure("1"), report="r-2"), ["period-covered"]),
        ((REPORT,), submit(figure("1"), period="2005-W37"), ["report-exists"]),
        ((), submit(figure("1"), on="daily"), ["unknown-obligation"]),
        ((), submit(figure("1"), on="visit"), ["unknown-obligation"]),
        ((), submit(figure("1"), period="2005-W34"), ["unknown-period"]),
        ((), submit(figure("1"), period="2005-W40"), ["period-not-begun"]),
        (
            (),
            By(submit(figure("1"), period="2005-W40"), on=date(2005, 10, 1)),
            (e.ReportSubmitted("r-1", "weekly", "2005-W40", (figure("1"),), "统计局"),),
        ),
        ((), submit(figure("1", "steel")), ["unknown-indicator"]),
        ((), submit(figure("1", unit="万元")), ["unit-slip"]),
        ((), submit(figure("1", scope="")), ["unknown-scope"]),
        ((), submit(figure("1"), figure("2")), ["figure-twice"]),
        ((), submit(figure("1", adjustments=(e.Adjustment(amount=Decimal(1), reason=""),))), ["adjustment-reason"]),
        (
            (REPORT,),
            submit(figure("1", unit="万元", scope="x"), figure("1", "steel"), period="W1"),
            ["report-exists", "unknown-period", "unit-slip", "unknown-scope", "unknown-indicator"],
        ),
        ((REPORT,), CORRECT, (e.ReportCorrected("r-1", (figure("13"),), "漏报"),)),
        ((REPORT, RETURN), CORRECT, (e.ReportCorrected("r-1", (figure("13"),), "漏报"),)),
        ((REPORT,), c.CorrectReport("faw", "r-1", (figure("12.0"),), "x"), ["nothing-changes"]),
        ((REPORT,), c.CorrectReport("faw", "r-1", (), "x"), ["no-figures"]),
        ((REPORT,), c.CorrectReport("faw", "r-1", (figure("12", unit="万元"),), ""), ["text-missing", "unit-slip"]),
        ((REPORT,), c.CorrectReport("faw", "r-1", (figure("12"), figure("12")), "x"), ["figure-twice"]),
        ((), CORRECT, ["unknown-report"]),
        ((REPORT,), By(VERIFY), (e.ReportVerified("r-1"),)),
        ((REPORT,), VERIFY, ["four-eyes"]),
        ((REPORT, By(CORRECT)), By(VERIFY), ["four-eyes"]),
        ((REPORT, By(CORRECT)), VERIFY, ["four-eyes"]),
        ((REPORT, By(CORRECT)), By(VERIFY, "third"), (e.ReportVerified("r-1"),)),
        ((REPORT, By(VERIFY)), By(VERIFY), ["nothing-changes"]),
        ((REPORT, RETURN), By(VERIFY), ["report-returned"]),
        ((REPORT, RETURN), VERIFY, ["report-returned", "four-eyes"]),
        ((), VERIFY, ["unknown-report"]),
        ((REPORT,), RETURN, (e.ReportReturned("r-1", "口径不符"),)),
        ((REPORT, By(VERIFY)), RETURN, (e.ReportReturned("r-1", "口径不符"),)),
        ((REPORT, RETURN), RETURN, ["nothing-changes"]),
        ((REPORT,), c.ReturnReport("faw", "r-1", ""), ["text-missing"]),
        ((), RETURN, ["unknown-report"]),
    ],
)
def test_the_life_of_a_report(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(given(*before), when) == then


def test_a_duty_of_other_groups_is_refused_with_the_groups_it_is_for() -> None:
    life = Life().do(c.EnrolEntity("faw", "prefecture", "长春", ("prefecture",)))
    answer = life.ask(REPORT)
    assert codes(answer) == ["not-its-duty"]
    assert str(answer.reasons[0].fix) == "it is for the groups: focus"  # type: ignore[union-attr]


def test_a_voluntary_joiner_may_report_what_it_does_not_owe() -> None:
    life = Life().do(c.EnrolEntity("faw", "enterprise", "小厂", ("others",), voluntary=True))
    life.do(submit(figure("1"), on="monthly", period="2005-09"))
    assert "r-1" in life.state.reports


@pytest.mark.parametrize("abolished", [(), (Obligation("weekly", "周检", "weekly", act="check", weekday=5),)])
def test_a_report_keeps_its_figures_though_its_duty_was_abolished(abolished: tuple[Obligation, ...]) -> None:
    life = given(REPORT)
    life.context = Context(definition(obligations=abolished), life.context.campaign)
    assert codes(life.ask(c.CorrectReport("faw", "r-1", (), "x", source_sha256="0" * 64))) == ["no-figures"]
    assert life.ask(CORRECT) == (e.ReportCorrected("r-1", (figure("13"),), "漏报"),)


def test_an_identical_correction_in_another_order_changes_nothing() -> None:
    life = given(submit(figure("12"), figure("1", scope="group")))
    same = c.CorrectReport("faw", "r-1", (figure("1", scope="group"), figure("12.00")), "x")
    assert outcome(life, same) == ["nothing-changes"]


@pytest.mark.parametrize(
    ("named", "then"),
    [
        ((figure("13"),), (figure("13"), figure("1", scope="group"))),
        ((figure("2", scope="group"),), (figure("2", scope="group"), figure("12"))),
        (
            (figure("5", "growth", unit="%"),),
            (figure("5", "growth", unit="%"), figure("12"), figure("1", scope="group")),
        ),
        ((figure("12"),), ["nothing-changes"]),
    ],
)
def test_a_person_corrects_the_figures_that_are_named_and_the_others_stand(
    named: tuple[e.Figure, ...], then: list[str] | tuple[e.Figure, ...]
) -> None:
    life = given(submit(figure("12"), figure("1", scope="group")))
    wanted = then if isinstance(then, list) else (e.ReportCorrected("r-1", then, "漏报"),)
    assert outcome(life, c.CorrectReport("faw", "r-1", named, "漏报")) == wanted


def test_a_file_is_the_whole_report_so_that_what_it_leaves_out_stands_no_longer() -> None:
    life = given(submit(figure("12"), figure("1", scope="group")))
    life.do(c.CorrectReport("faw", "r-1", (figure("12"),), "误列", "九月.xlsx", "ab" * 32, ("数据!G2",)))
    assert life.state.reports["r-1"].figures == (figure("12"),)


def test_without_declared_scopes_none_may_be_given() -> None:
    bare = definition(scopes=(), targets=())
    life = given(rules=bare)
    assert outcome(life, submit(figure("1"))) == ["unknown-scope"]
    assert isinstance(outcome(life, submit(figure("1", scope=""))), tuple)


def test_a_correction_of_a_duty_that_was_abolished_is_still_possible() -> None:
    life = given(REPORT)
    life.context = type(life.context)(definition(obligations=()), life.context.campaign)
    assert isinstance(outcome(life, CORRECT), tuple)


def test_four_eyes_on_reports_may_be_switched_off() -> None:
    alone = definition(four_eyes=FourEyes(report_verification=False))
    assert outcome(given(REPORT, rules=alone), VERIFY) == (e.ReportVerified("r-1"),)


def test_an_adjustment_with_its_reason_is_kept() -> None:
    adjusted = figure("12", adjustments=(e.Adjustment(amount=Decimal("-0.5"), reason="剔除划转资产"),))
    assert given(submit(adjusted)).state.reports["r-1"].figures == (adjusted,)


def test_a_problem_says_in_which_figure_and_field_it_lies() -> None:
    answer = given().ask(submit(figure("1"), figure("1", "growth", unit="亿元", scope="x")))
    fields = [reason.place.field for reason in answer.reasons]  # type: ignore[union-attr]
    assert fields == ["figures[1].unit", "figures[1].scope"]


def test_a_correction_reopens_a_verified_report_and_keeps_its_first_day() -> None:
    life = given(By(REPORT, "clerk", date(2005, 9, 9)), By(VERIFY)).do(By(CORRECT, "third"))
    line = life.state.reports["r-1"]
    assert (line.status, line.verified_by, line.corrections) == ("submitted", "", 1)
    assert (line.entered_by, line.corrected_by, line.occurred_on) == ("clerk", ("third",), date(2005, 9, 9))
    assert (line.position, line.figures_position) == (102, 104)
    assert line.corrected_at == life.records[-1].recorded_at
    assert line.recorded_at == life.records[1].recorded_at


def test_who_verified_and_a_return_withdraws_it() -> None:
    life = given(REPORT, By(VERIFY))
    assert (life.state.reports["r-1"].status, life.state.reports["r-1"].verified_by) == ("verified", OTHER)
    life.do(RETURN)
    assert (life.state.reports["r-1"].status, life.state.reports["r-1"].verified_by) == ("returned", "")


PROFIT = ("profit", "provincial")


def test_the_latest_period_holds_even_when_an_earlier_one_comes_in_late() -> None:
    life = given(submit(figure("20"), report="r-2", period="2005-W37"), submit(figure("12")))
    assert current_figures(life.state)[PROFIT] == (figure("20"), "2005-W37", "r-2", 102)


def test_between_duties_the_report_of_the_later_day_holds() -> None:
    month = submit(figure("30"), report="m-1", period="2005-09", on="monthly")
    early, late = date(2005, 9, 9), date(2005, 9, 20)
    first = given(By(REPORT, "clerk", early), By(month, "clerk", late))
    second = given(By(REPORT, "clerk", late), By(month, "clerk", early))
    assert current_figures(first.state)[PROFIT][2] == "m-1"
    assert current_figures(second.state)[PROFIT][2] == "r-1"


def test_between_duties_on_one_day_the_report_that_came_last_holds() -> None:
    month = submit(figure("30"), report="m-1", period="2005-09", on="monthly")
    for steps, last in (((REPORT, month), "m-1"), ((month, REPORT), "r-1")):
        assert current_figures(given(*steps).state)[PROFIT][2] == last


@pytest.mark.parametrize(("act", "then"), [("report", ["period-not-begun"]), ("document", [])])
def test_a_document_may_be_handed_in_before_its_time_and_figures_may_not(act: str, then: list[str]) -> None:
    later = Obligation(
        id="later",
        label="年终",
        cadence="once",
        from_=date(2005, 11, 1),
        on=date(2005, 12, 1),
        act=act,  # type: ignore[arg-type] # one of the acts
    )
    answer = given(rules=definition(obligations=(later,))).ask(submit(figure("1"), on="later", period="once"))
    assert ([reason.code for reason in answer.reasons] if isinstance(answer, Refused) else []) == then


def test_a_corrected_figure_holds_from_its_own_position_and_scopes_stay_apart() -> None:
    life = given(submit(figure("12"), figure("1", scope="group")))
    life.do(c.CorrectReport("faw", "r-1", (figure("13"), figure("1", scope="group")), "漏报"))
    assert current_figures(life.state) == {
        PROFIT: (figure("13"), "2005-W36", "r-1", 103),
        ("profit", "group"): (figure("1", scope="group"), "2005-W36", "r-1", 103),
    }


def test_figures_of_a_returned_report_do_not_hold() -> None:
    life = given(REPORT, submit(figure("20"), report="r-2", period="2005-W37"))
    life.do(c.ReturnReport("faw", "r-2", "口径不符"))
    assert current_figures(life.state)[PROFIT][2] == "r-1"


def test_what_comes_again_after_a_return_is_a_new_receipt_of_the_same_report() -> None:
    """The first receipt still decides whether it was on time; the files taken in before no longer count as known."""
    first = c.SubmitReport("faw", "r-1", "weekly", "2005-W36", (figure("12"),), "a.csv", "a" * 64, ("G2",))
    life = given(first)
    once = life.state.reports["r-1"]
    assert (once.source, once.source_sha256, once.cells, once.files) == ("a.csv", "a" * 64, ("G2",), ("a" * 64,))
    life.do(RETURN)
    assert life.state.reports["r-1"].files == ()
    again = life.do(By(first)).state.reports["r-1"]
    assert (again.status, again.corrections, again.files) == ("submitted", 0, ("a" * 64,))
    assert (again.recorded_at, again.entered_by) == (once.recorded_at, once.entered_by)
    assert again.figures_position == once.figures_position
    assert again.corrected_by == (OTHER,)
    other = life.do(RETURN, submit(figure("13"))).state.reports["r-1"]
    assert (other.corrections, other.figures_position) == (1, life.records[-1].position)
