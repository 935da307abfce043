"""Every field counts in the campaign's own stream and in a project's, as in an entity's (test_nothing_lost.py).

One rich life of a campaign, from its opening to what is still recorded after its close, and one of a project.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import msgspec
from domain.changing import COLUMNS, changed, difference, filled
from domain.playing import DEFINITION, SCHEME, SCHEME_TEXT, by, recorded
from domain.refusals import held, typed

from campaign.domain import campaign, project
from campaign.domain import commands as c
from campaign.domain.assessment import assess
from campaign.domain.definition import (
    Definition,
    FourEyes,
    NoticeRule,
    Obligation,
    Owner,
    Role,
    Team,
    TeamPhase,
    canonical,
    from_canonical,
    sha256,
)
from campaign.domain.events import Held, Recorded, SourceText, TreeHead
from campaign.domain.state import CampaignState, Context, ProjectState
from campaign.problems import Refused

Step = tuple[str, c.Command]
State = CampaignState | ProjectState
ONE, TWO = "1" * 64, "2" * 64

WINDOW = DEFINITION.campaign.window
TOWN = Team(id="town", label="Town", prefecture="t1")
FIRST = msgspec.structs.replace(
    DEFINITION,
    phases=tuple(msgspec.structs.replace(phase, bounds=WINDOW) for phase in DEFINITION.phases),
    obligations=(
        Obligation(id="weekly", label="Weekly", cadence="weekly", weekday=5, from_=WINDOW.from_),
        Obligation(id="news", label="News", cadence="monthly", days=(10,), act="bulletin", from_=WINDOW.from_),
    ),
    notices=(NoticeRule(id="late", label="Late", channels=("mail", "radio"), what=("report",)),),
    teams=(TOWN,),
    roles=(*DEFINITION.roles, Role(id="townsman", label="Townsman", commands=("definition.adopt-team",))),
    owners=(Owner(file="teams/town.yaml", roles=("office",)),),
    four_eyes=FourEyes(definitions=True),
)
SECOND = msgspec.structs.replace(FIRST, selection_criterion="the oldest", four_eyes=FourEyes())
THIRD = msgspec.structs.replace(
    SECOND, teams=(msgspec.structs.replace(TOWN, phases=(TeamPhase(id="first", to=date(2031, 6, 1)),)),)
)
RESULT = assess(
    SCHEME.text,
    {
        name: {"group": "towns", "completion": Decimal(share), "falsified": False}
        for name, share in (("t1", "1.2"), ("t2", "1.2"))
    },
)
LATER = SCHEME_TEXT.replace("100.50", "90")
AGAIN = RESULT.replace(SCHEME.sha256, sha256(LATER))


def adopting(rules: Definition, before: Definition | None, *entities: str) -> dict[str, Any]:
    """Return what an adoption of RULES states, with ENTITIES held on the definition BEFORE."""
    earlier = sha256(canonical(before)) if before else ""
    return {
        "sha256": sha256(canonical(rules)),
        "definition": canonical(rules),
        "files": (SourceText(name="phases.yaml", text="phases: …"),),
        "document": "No. 2",
        "reason": "clearer",
        "replaces": earlier,
        "diff": ("phases: longer",),
        "held": tuple(Held(entity=name, sha256=earlier) for name in entities),
    }


HELD = (Held(entity="t1", sha256=sha256(canonical(FIRST))),)
LIFE: tuple[Step, ...] = (
    ("ann", c.OpenCampaign("spring", "Spring", rehearsal=True)),
    ("ann", c.AdoptDefinition(**adopting(FIRST, None))),
    ("ann", c.ProposeDefinition(sha256(canonical(SECOND)), sha256(canonical(FIRST)), "No. 2", "clearer")),
    ("bob", c.AdoptDefinition(**adopting(SECOND, FIRST, "t1", "t2"))),
    ("ann", c.AdoptTeamFile("town", "t1", **{**adopting(THIRD, SECOND), "held": HELD})),
    ("ann", c.AdoptScheme("prizes", SCHEME.sha256, SCHEME.text, "No. 3", "as usual")),
    ("ann", c.AdoptScheme("prizes", sha256(LATER), LATER, "No. 4", "less money")),
    ("ann", c.ScheduleMeeting("m1", "mobilization", "Rally", date(2031, 5, 6), "the office", "hall")),
    ("ann", c.RescheduleMeeting("m1", date(2031, 5, 8), "storm")),
    ("ann", c.HoldMeeting("m1", date(2031, 5, 8), ("t1",), ("go",))),
    ("ann", c.RecordAssessment("r1", SCHEME.sha256, 9, "provisional", RESULT)),
    ("ann", c.RecordAssessment("r2", sha256(LATER), 12, "final", AGAIN)),
    ("ann", c.ProposeAward("a1", "r1", "t1")),
    ("bob", c.ApproveAward("a1", "No. 5")),
    ("ann", c.ProposeAward("a2", "r1", "t2")),
    ("bob", c.RejectAward("a2", "too much")),
    ("ann", c.CommendEntity("h1", "t1", "steady")),
    ("ann", c.NominateIndividual("i1", "zhu", "t1", "tireless")),
    ("bob", c.ReviewIndividual("i1", True, "agreed")),
    ("bob", c.DecideIndividual("i1", True, "deserved", "No. 6")),
    ("ann", c.PublishBulletin("news", "2031-03", 20, ONE, TreeHead(origin="log", size=7, root="cm9vdA=="))),
    ("ann", c.CorrectBulletin("news", "2031-03", 22, TWO, "a slip", TreeHead(origin="log", size=8, root="cm9vdA=="))),
    ("clock", c.OpenPeriod("weekly", "2031-W20")),
    ("clock", c.ClosePeriod("weekly", "2031-W19", 25, 1, 2, 3, ("t1",), ("t2",))),
    ("clock", c.TakeNotice("late", "mail", 1, ("report/weekly/2031-W19/t1",))),
    ("clock", c.SettleNotice("late", "mail", 1, "delivered")),
    ("clock", c.TakeNotice("late", "mail", 2, ("report/weekly/2031-W20/t1",))),
    ("clock", c.SettleNotice("late", "mail", 2, "not-accepted")),
    ("clock", c.TakeNotice("late", "radio", 1, ("report/weekly/2031-W20/t1",))),
    ("ann", c.RecordSummary("The spring", ONE, "well done")),
    ("ann", c.CloseCampaign("all is done")),
    ("ann", c.RotateLogKey("spring+1+aaaa")),
    ("ann", c.RotateLogKey("spring+2+bbbb", "spring+1+aaaa", "c2ln", "a year is over")),
    ("ann", c.KeepPerson("zhu", ONE)),
    ("ann", c.ErasePerson("zhu", "asked to be")),
)
PROJECT: tuple[Step, ...] = (
    ("ann", c.RegisterProject("p1", "A press", "t1", "new", Decimal("12.50"))),
    ("ann", c.SelectProject("p1", "large")),
    ("ann", c.ReachMilestone("p1", "started", date(2031, 4, 1))),
)

LOG_ALONE = {
    "AwardApproved.document",
    "AwardRejected.reason",
    "CampaignClosed.reason",
    "DefinitionAdopted.approver",
    "DefinitionAdopted.diff",
    "DefinitionAdopted.files",
    "DefinitionAdopted.proposed_by",
    "DefinitionAdopted.team",
    "DefinitionProposed.document",
    "DefinitionProposed.reason",
    "IndividualDecided.document",
    "IndividualDecided.reason",
    "IndividualReviewed.opinion",
    "LogKeyRotated.endorsement",
    "LogKeyRotated.reason",
    "LogKeyRotated.replaces",
    "MeetingRescheduled.reason",
    "MeetingRescheduled.was_on",
    "MeetingScheduled.place",
    "NoticeDelivered.number",
    "NoticeFailed.number",
    "NoticeTaken.about",
    "PeriodClosed.extended",
    "PeriodClosed.last_on",
    "PeriodClosed.late",
    "PeriodClosed.log_position",
    "PeriodClosed.missing",
    "PeriodClosed.on_time",
    "PeriodClosed.waived",
    "PeriodOpened.due_on",
    "PersonErased.reason",
    "SchemeAdopted.reason",
    "SummaryRecorded.conclusion",
    "SummaryRecorded.title",
}
"""What no decision and no list looks at: the history tells it from the log."""

KEPT = {
    "DefinitionAdopted": "occurred_on position",
    "DefinitionProposed": "actor position",
    "SchemeAdopted": "position",
    "MeetingScheduled": "position",
    "AssessmentRecorded": "position",
    "AwardProposed": "actor position",
    "AwardApproved": "actor position",
    "AwardRejected": "actor position",
    "EntityCommended": "actor position",
    "IndividualNominated": "actor position",
    "IndividualReviewed": "actor",
    "BulletinPublished": "occurred_on position",
    "BulletinCorrected": "occurred_on position",
    "PeriodOpened": "position",
    "PeriodClosed": "position",
    "NoticeTaken": "position recorded_at",
    "NoticeDelivered": "position recorded_at",
    "NoticeFailed": "position recorded_at",
    "ProjectRegistered": "position",
}
"""Which columns of a record its fold keeps."""


class Story:
    """A stream told step by step, each decided under what is in force by then."""

    def __init__(self, initial: State, decide: Callable[..., Any], evolve: Callable[..., Any], around: State) -> None:
        self.state, self.decide, self.evolve, self.around = initial, decide, evolve, around
        self.records: list[Recorded] = []
        self.folds: list[tuple[State, Recorded, State]] = []

    def answer(self, actor: str, command: c.Command) -> Any:  # noqa: ANN401 -- a decision
        campaign_ = self.state if isinstance(self.state, CampaignState) else self.around
        assert isinstance(campaign_, CampaignState)
        rules = from_canonical(campaign_.definition) if campaign_.definition else None
        return self.decide(command, self.state, Context(rules, campaign_), by(actor))

    def tell(self, actor: str, command: c.Command) -> None:
        events = held(command, self.answer(actor, command))
        assert not isinstance(events, Refused), f"{command}: {events}"
        for event in events:
            record = recorded(event, len(self.records) + 1, actor)
            before, self.state = self.state, self.evolve(self.state, record)
            self.records.append(record)
            self.folds.append((before, record, self.state))


def stories() -> Iterator[tuple[Story, Step]]:
    """Yield the stories of the campaign and of a project as they stand before each step, and the step."""
    told = Story(campaign.INITIAL, campaign.decide, campaign.evolve, campaign.INITIAL)
    for step in LIFE:
        yield told, step
        told.tell(*step)
    opened = campaign.evolve(campaign.INITIAL, recorded(told.records[0].event, 1))
    own = Story(project.INITIAL, project.decide, project.evolve, opened)
    for step in PROJECT:
        yield own, step
        own.tell(*step)


def folds() -> Iterator[tuple[Story, State, Recorded, State]]:
    """Yield every record of both stories with the state before and after it."""
    for story in dict.fromkeys(story for story, _ in stories()):
        yield from ((story, *fold) for fold in story.folds)


def same(story: Story, state: State, record: Recorded, after: State) -> bool:
    """Whether folding RECORD gives AFTER; what cannot even be folded is told apart, too."""
    try:
        return bool(story.evolve(state, record) == after)
    except KeyError:
        return False


def test_the_stories_tell_of_every_command_and_event_with_every_field_filled() -> None:
    told = [command for _, command in (*LIFE, *PROJECT)]
    kinds = [kind for kind in c.COMMANDS.values() if issubclass(kind, c.CampaignCommand | c.ProjectCommand)]
    said = {name for command in told for name in filled(command)}
    assert {f"{kind.__name__}.{name}" for kind in kinds for name in kind.__struct_fields__} == said
    events = (*get_args(campaign.CampaignEvent), *get_args(project.ProjectEvent))
    said = {name for *_, record, _ in folds() for name in filled(record.event)}
    assert {f"{kind.__name__}.{name}" for kind in events for name in kind.__struct_fields__} == said


def test_every_field_of_a_command_counts_in_what_is_decided() -> None:
    lost = {
        difference(command, other)
        for answer, story, actor, command in ((story.answer(*step), story, *step) for story, step in stories())
        for other in changed(command)
        if story.answer(actor, other) == answer
    }
    assert {name for name in lost if not name.endswith(".project")} == set()


def test_every_field_of_an_event_counts_in_what_is_folded() -> None:
    lost = {
        difference(record.event, other)
        for story, state, record, after in folds()
        for other in changed(record.event)
        if same(story, state, msgspec.structs.replace(record, event=other), after)
    }
    assert lost == LOG_ALONE


def test_every_state_of_the_stories_holds_what_its_types_say() -> None:
    for *_, after in folds():
        typed(after)


def test_every_fold_keeps_the_columns_that_it_is_known_to_keep() -> None:
    found: dict[str, set[str]] = {}
    for story, state, record, after in folds():
        kept = found.setdefault(type(record.event).__name__, set())
        for name, other in COLUMNS.items():
            if not same(story, state, msgspec.structs.replace(record, **{name: other}), after):
                kept.add(name)
    assert {name: " ".join(sorted(kept)) for name, kept in found.items() if kept} == KEPT
