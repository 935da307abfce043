"""What each fact says in one sentence, as an auditor reads it in the ledger: the stories of the tests, retold."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from domain.scenario import figure, target
from domain.test_nothing_lost import folded
from domain.test_nothing_lost_of_a_campaign import folds

from campaign.domain import events as e
from campaign.domain.events import TOPICS, Event, GateOutcome, KeptDuty, MarkChange, Shift
from campaign.readmodels.summaries import summary

HASH = re.compile(r"\b[0-9a-f]{12}\b")
"""How much of a hash is told; which one it is depends on every word of a definition."""

OF_THE_CAMPAIGN = """\
opened the campaign Spring as a rehearsal
adopted the definition #
proposed the definition #
adopted the definition #
adopted the definition #
adopted the scheme prizes #
adopted the scheme prizes #
called the meeting Rally for 2031-05-06
moved the meeting m1 from 2031-05-06 to 2031-05-08: storm
held the meeting m1 on 2031-05-08 with 1 attending
assessed by prizes as of position 9, on provisional figures, as r1
assessed by prizes as of position 12, on final figures, as r2
put t1 forward for 50.25 yuan, rank 1, as a1
approved the award a1
put t2 forward for 50.25 yuan, rank 1, as a2
rejected the award a2: too much
commended t1: steady
nominated zhu: tireless
agreed to i1: agreed
granted the commendation i1: deserved
published the bulletin of 2031-03, made up to position 20
published correction 1 of the bulletin of 2031-03, made up to position 22: a slip
opened weekly 2031-W20, due on 2031-05-16
closed weekly 2031-W19: 1 in time, 1 late, 1 missing, 2 waived
took notice 1 of late to send it over mail; it tells of 1
notice 1 of late got there over mail
took notice 2 of late to send it over mail; it tells of 1
notice 2 of late did not get there over mail: not-accepted
took notice 1 of late to send it over radio; it tells of 1
recorded the summary The spring
closed the campaign: all is done
the log is signed with spring+1+aaaa from here on
the log is signed with spring+2+bbbb from here on
kept the particulars of zhu, encrypted
erased the particulars of zhu: asked to be
registered the project A press of t1
selected the project: large
reached started on 2031-04-01
"""

OF_AN_ENTITY = """\
enrolled 一汽集团 in key, others
recorded the survey: profit 100 亿元
broke down the indicators growth
tasks defined: 1
measures drawn up: 1
proposed the target growth >= 15 %
agreed to growth: sound
fixed the target growth >= 15 %
revised the target growth >= 12 %: 重组
handed down task statement s
received task statement s
issued responsibility letter l
vice-governor signed responsibility letter l for 省政府 with p-1
revised the target growth >= 11 %: 停产
issued responsibility letter l-2 in place of l: 新目标
advance from survey to mobilization (提前)
waived the gate officer: 空缺
appointed p-1 as accountable_officer
accountable_officer went from p-1 to p-2: 退休
set up the task force 办公室
advance from mobilization to implementation (就绪)
reported weekly 2005-W36: profit 12 亿元
verified r-1
sent r-1 back: 口径不符
corrected r-1 to profit 13 亿元: 漏报
verified r-1
signed off weekly 2005-W36
reopened weekly 2005-W36: 漏报
extended weekly 2005-W37 to 2005-10-01: 洪水
waived weekly 2005-W38: 停产
raised f-0, omission: 缺页
checked visit 2005-09-H1 as k, deficient: 缺页
followed up k, deficient: 仍缺
opened i in the register issue: 缺煤
assigned i to 经委
settled i: 已调运
reopened i: 又缺煤
raised f, omission: 漏报
explained f: 说明
resolved f as confirmed: 属实
is suspended now: 无订单
started again for 出口
left the statistics on 2005-09-30 as shell_enterprise: 壳企业
"""

KEPT = KeptDuty(
    obligation="weekly",
    period="2005-W36",
    opens_on=date(2005, 9, 3),
    closes_on=date(2005, 9, 9),
    due_on=date(2005, 9, 9),
    last_on=date(2005, 9, 9),
    deciding="recorded",
    time_zone="Asia/Shanghai",
    standing="late",
)
AGAIN = MarkChange(obligation="weekly", period="2005-W36", before="late", after="on_time")
GATES = tuple(
    GateOutcome(gate=name, verdict=verdict)  # type: ignore[arg-type] # one of the verdicts
    for name, verdict in (("surveyed", "met"), ("outputs", "warned"), ("officer", "waived"))
)
SHA256 = "0123456789abcdef" * 4

OTHERWISE: list[tuple[Event, str]] = [
    (e.CampaignOpened("k", "提速增效"), "opened the campaign 提速增效"),
    (e.DefinitionAdopted(SHA256, "{}", ()), "adopted the definition 0123456789ab"),
    (e.DefinitionBound(SHA256), "is under the definition 0123456789ab"),
    (e.DefinitionBound(SHA256, (KEPT,)), "is under the definition 0123456789ab; 1 marks given before stay"),
    (
        e.DefinitionBound(SHA256, (KEPT,), (AGAIN, AGAIN), "改为周一"),
        "is under the definition 0123456789ab; 2 marks judged again: 改为周一",
    ),
    (e.DefinitionBound(SHA256, (KEPT,), (AGAIN,), "x", True), "stays on the earlier definition 0123456789ab"),
    (
        e.ObligationRescheduled(
            "weekly",
            (
                Shift(period="2005-W36", was_on=date(2005, 9, 9), due_on=date(2005, 9, 5)),
                Shift(period="2005-W37", was_on=date(2005, 9, 16)),
                Shift(period="2005-W38", due_on=date(2005, 9, 19)),
            ),
        ),
        "moved weekly: 2005-W36 2005-09-09 → 2005-09-05, 2005-W37 2005-09-16 → -, 2005-W38 - → 2005-09-19",
    ),
    (
        e.AwardProposed("a-1", "r-1", "f1", "firms", 0, Decimal("80.00")),
        "put f1 forward for 80.00 yuan, rank -, as a-1",
    ),
    (e.IndividualReviewed("i-1", favourable=False, opinion="太早"), "objected to i-1: 太早"),
    (e.IndividualDecided("i-1", granted=False, reason="明年"), "declined the commendation i-1: 明年"),
    (e.TargetReviewed("growth", favourable=False, opinion="过高"), "objected to growth: 过高"),
    (
        e.TargetProposed(target(None, "order", text="秩序好转"), "按方案"),
        "proposed the target order: 秩序好转",
    ),
    (e.PhaseMoved("survey", "mobilization", "advance"), "advance from survey to mobilization"),
    (
        e.PhaseMoved("survey", "mobilization", "advance", GATES),
        "advance from survey to mobilization (outputs warned, officer waived)",
    ),
    (
        e.PhaseMoved("survey", "mobilization", "skip", GATES, "无此步"),
        "skip from survey to mobilization (无此步; outputs warned, officer waived)",
    ),
    (
        e.ReportSubmitted("r-1", "weekly", "2005-W36", (figure("1E+2"), figure("-0.50", "loss"))),
        "reported weekly 2005-W36: profit 100 亿元, loss -0.50 亿元",
    ),
]
"""What the stories do not come by: the other side of each choice."""


def retold(events: Iterable[Event]) -> list[str]:
    return [HASH.sub("#", str(summary(event))) for event in events]


def test_the_story_of_a_campaign_and_of_a_project_retold() -> None:
    assert retold(record.event for *_, record, _ in folds()) == OF_THE_CAMPAIGN.splitlines()


def test_the_life_of_an_entity_retold() -> None:
    assert retold(record.event for _, record, _ in folded()) == OF_AN_ENTITY.splitlines()


@pytest.mark.parametrize(("event", "said"), OTHERWISE)
def test_what_is_said_otherwise(event: Event, said: str) -> None:
    assert str(summary(event)) == said


def test_every_fact_is_told_somewhere_here() -> None:
    told = {type(record.event) for *_, record, _ in folds()} | {type(record.event) for _, record, _ in folded()}
    assert told | {type(event) for event, _ in OTHERWISE} == set(TOPICS.values())
