"""Any sequence of commands, permitted or not: histories stay valid, folds never fail, and the promises hold."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
from domain.playing import DEFINITION, KEY, SCHEME, TEXT, by, recorded
from domain.refusals import held
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain import campaign, project
from campaign.domain import commands as c
from campaign.domain.assessment import assess
from campaign.domain.definition import Definition, from_canonical, sha256
from campaign.domain.events import CampaignClosed, Recorded
from campaign.domain.state import CampaignState, Context
from campaign.problems import Refused

RESULT = assess(
    SCHEME.text,
    {
        "t1": {"group": "towns", "completion": Decimal("1.2"), "falsified": False},
        "t2": {"group": "towns", "completion": Decimal("0.9"), "falsified": False},
        "f1": {"group": "firms", "completion": Decimal(1), "falsified": False},
    },
)
IDS = st.sampled_from(["x", "y"])
DAYS = st.sampled_from([date(2031, 5, 1), date(2031, 5, 2)])
ENTITIES = st.sampled_from(["t1", "t2", "f1"])
TEXTS = st.sampled_from(["", "why"])
HASHES = st.sampled_from([SCHEME.sha256, "ab" * 32])

COMMANDS = st.one_of(
    st.just(c.OpenCampaign(KEY, "Spring")),
    st.builds(c.AdoptDefinition, sha256=st.just(sha256(TEXT)), definition=st.just(TEXT), files=st.just(())),
    st.builds(c.AdoptScheme, scheme=st.just("prizes"), sha256=HASHES, text=st.just(SCHEME.text)),
    st.builds(c.ScheduleMeeting, meeting=IDS, kind=TEXTS, title=TEXTS, scheduled_on=DAYS, convener=TEXTS),
    st.builds(c.RescheduleMeeting, meeting=IDS, scheduled_on=DAYS, reason=TEXTS),
    st.builds(c.HoldMeeting, meeting=IDS, held_on=DAYS),
    st.builds(
        c.RecordAssessment,
        run=IDS,
        scheme_sha256=HASHES,
        log_position=st.integers(0, 2),
        basis=st.just("final"),
        result=st.just(RESULT),
    ),
    st.builds(c.ProposeAward, award=IDS, run=IDS, entity=ENTITIES),
    st.builds(c.ApproveAward, award=IDS),
    st.builds(c.RejectAward, award=IDS, reason=TEXTS),
    st.builds(c.CommendEntity, commendation=IDS, entity=ENTITIES, citation=TEXTS),
    st.builds(c.NominateIndividual, commendation=IDS, person=st.just("zhu"), entity=ENTITIES, citation=TEXTS),
    st.builds(c.ReviewIndividual, commendation=IDS, favourable=st.booleans(), opinion=TEXTS),
    st.builds(c.DecideIndividual, commendation=IDS, granted=st.booleans(), reason=TEXTS),
    st.builds(c.RecordSummary, title=TEXTS, sha256=HASHES, conclusion=TEXTS),
)
ASKED = st.tuples(COMMANDS, st.sampled_from(["ann", "bob", "zhu"]))
START = [(c.OpenCampaign(KEY, "Spring"), "ann"), (c.AdoptScheme("prizes", SCHEME.sha256, SCHEME.text), "ann")]


def play(asked: Sequence[tuple[c.CampaignCommand, str]]) -> tuple[CampaignState, list[Recorded]]:
    """Give every command; what is accepted happens, what is refused does not."""
    state = CampaignState()
    history: list[Recorded] = []
    for command, actor in asked:
        answer = held(command, campaign.decide(command, state, Context(DEFINITION, state), by(actor)))
        for event in () if isinstance(answer, Refused) else answer:
            history.append(recorded(event, len(history) + 1, actor))
            state = campaign.evolve(state, history[-1])
    return state, history


@given(st.lists(ASKED, max_size=25))
@settings(max_examples=60, deadline=None)
def test_every_valid_history_folds_and_keeps_its_promises(asked: list[tuple[c.CampaignCommand, str]]) -> None:
    state, history = play([*START, *asked])
    assert state.version == len(history)
    again = CampaignState()
    for record in history:
        again = campaign.evolve(again, record)
    assert again == state
    for line in state.awards.values():
        assert line.status != "approved" or line.decided_by != line.proposed_by
    live = [line.entity for line in state.awards.values() if line.status != "rejected"]
    assert len(live) == len(set(live))
    for nominee in state.individuals.values():
        assert nominee.reviewed_by not in {nominee.nominated_by, nominee.person}
        assert nominee.status != "granted" or nominee.reviewed_by
    for meeting in (meeting for meeting in state.meetings.values() if meeting.held_on):
        assert meeting.held_on == meeting.dates[-1]


@given(st.lists(ASKED, max_size=25), ASKED)
@settings(max_examples=40, deadline=None)
def test_nothing_is_accepted_after_the_close_but_custody_and_who_may_come_in(
    asked: list[tuple[c.CampaignCommand, str]], last: tuple[c.CampaignCommand, str]
) -> None:
    state, history = play([*START, *asked])
    closed = campaign.evolve(state, recorded(CampaignClosed("done"), len(history) + 1))
    command, actor = last
    answer = held(command, campaign.decide(command, closed, Context(DEFINITION, closed), by(actor)))
    if isinstance(command, c.AdoptDefinition) and not isinstance(answer, Refused):
        assert but_access(from_canonical(command.definition)) == but_access(DEFINITION)
    else:
        assert isinstance(answer, Refused) or isinstance(command, campaign.AFTER_THE_END)


def but_access(definition: Definition) -> Definition:
    return msgspec.structs.replace(definition, accounts=(), access_keys=(), assignments=())


PROJECTS = st.one_of(
    st.builds(
        c.RegisterProject,
        project=st.just("p"),
        title=TEXTS,
        entity=ENTITIES,
        kind=st.sampled_from(["new", "expansion"]),
    ),
    st.builds(c.SelectProject, project=st.just("p"), criterion=TEXTS),
    st.builds(c.ReachMilestone, project=st.just("p"), milestone=st.sampled_from(project.MILESTONES), reached_on=DAYS),
)


@given(st.lists(PROJECTS, max_size=15))
@settings(max_examples=60, deadline=None)
def test_milestones_come_in_order_whatever_is_asked(asked: list[c.ProjectCommand]) -> None:
    context = Context(DEFINITION, play(START)[0])
    state, number = project.INITIAL, 0
    for command in asked:
        answer = held(command, project.decide(command, state, context, by("ann")))
        for event in () if isinstance(answer, Refused) else answer:
            number += 1
            state = project.evolve(state, recorded(event, number, stream=f"project:{KEY}/p"))
    assert state.version == number
    assert tuple(state.milestones) == project.MILESTONES[: len(state.milestones)]
    assert list(state.milestones.values()) == sorted(state.milestones.values())
    assert state.version == 0 or state.name == "why"
