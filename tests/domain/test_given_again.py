"""Every command given a second time, at once: it changes nothing, and says what there is already."""

import msgspec
from domain.changing import changed
from domain.scenario import Life
from domain.test_nothing_lost import RULES, told
from domain.test_nothing_lost_of_a_campaign import stories

from campaign.domain import commands as c
from campaign.domain.situation import Decision
from campaign.problems import Refused

NAMED: dict[str, list[str]] = {
    "EnrolEntity": ["already-enrolled"],
    "IssueResponsibilityLetter": ["letter-in-force"],
    "AmendResponsibilityLetter": ["letter-superseded"],
    "SubmitReport": ["report-exists"],
    "ReopenPeriod": ["not-signed-off"],
    "ExtendPeriod": ["not-later"],
    "RaiseFinding": ["finding-exists"],
    "RecordCheck": ["check-exists"],
    "OpenEntry": ["entry-exists"],
    "CompleteEntry": ["entry-done"],
    "RestartOperation": ["not-stopped"],
    "ExitStatistics": ["entity-exited"],
    "OpenCampaign": ["campaign-open"],
    "ScheduleMeeting": ["meeting-exists"],
    "HoldMeeting": ["meeting-held"],
    "RecordAssessment": ["run-exists"],
    "ProposeAward": ["award-exists", "award-twice"],
    "ApproveAward": ["already-decided"],
    "RejectAward": ["already-decided"],
    "CommendEntity": ["commendation-exists"],
    "NominateIndividual": ["commendation-exists"],
    "ReviewIndividual": ["already-reviewed"],
    "DecideIndividual": ["already-decided"],
    "PublishBulletin": ["bulletin-published"],
    "TakeNotice": ["notice-number"],
    "CloseCampaign": ["campaign-closed"],
    "ErasePerson": ["person-unknown"],
    "RegisterProject": ["project-exists"],
    "SelectProject": ["already-selected"],
    "ReachMilestone": ["milestone-reached"],
}
"""What is said where something of that name, or of that state, is there; of all others that nothing would change."""

TWICE = {"FollowUpCheck", "ExplainFinding"}
"""Somebody may look again on the same day, and answer a finding once more in the same words."""


def said(answer: Decision) -> list[str]:
    return [reason.code for reason in answer.reasons] if isinstance(answer, Refused) else []


def expected(command: c.Command) -> list[str]:
    kind = type(command).__name__
    return [] if kind in TWICE else NAMED.get(kind, ["nothing-changes"])


def test_a_command_about_an_entity_given_again_changes_nothing() -> None:
    for life, by in told():
        again = Life(RULES)
        again.state, again.records = life.state, list(life.records)
        again.do(by)
        assert said(again.ask(by)) == expected(by.command), by


def test_a_command_of_a_campaign_or_a_project_given_again_changes_nothing() -> None:
    before = None
    for story, (actor, command) in stories():
        if before and before[0] is story:
            assert said(story.answer(*before[1])) == expected(before[1][1]), before
        before = (story, (actor, command))
    assert before is not None
    assert said(before[0].answer(*before[1])) == expected(before[1][1])


UNHEARD = {
    "AppointOfficer": {"reason"},
    "AssignEntry": {"reason"},
    "ChangeOperatingStatus": {"reason"},
    "CorrectReport": {"cells", "reason", "source", "source_sha256"},
    "IssueTaskStatement": {"due_on", "letter"},
    "MovePhase": {"reason"},
    "ProposeTarget": {"rationale"},
    "ReceiveTaskStatement": {"received_on"},
    "ReopenEntry": {"due_on", "reason"},
    "ResolveFinding": {"reason"},
    "ReturnReport": {"reason"},
    "ReviewTarget": {"opinion"},
    "ReviseTarget": {"document", "reason"},
    "SignResponsibilityLetter": {"countersigner", "on_behalf_of", "signed_on", "signer"},
    "WaiveGate": {"reason"},
    "WaivePeriod": {"approver", "reason"},
}
"""Words that do not tell a second command from the first: why, by whom and from which file what is there was said."""


def test_given_again_with_another_word_it_is_another_command() -> None:
    """What is said to change nothing changes nothing because all of it is there, not because something like it is."""
    found: dict[str, set[str]] = {}
    for life, by in told():
        again = Life(RULES)
        again.state, again.records = life.state, list(life.records)
        again.do(by)
        for other in changed(by.command):
            if said(again.ask(msgspec.structs.replace(by, command=other))) == ["nothing-changes"]:
                found.setdefault(type(other).__name__, set()).update(_words(by.command, other))
    assert {kind: words for kind, words in found.items() if words} == UNHEARD


def _words(before: c.Command, other: c.Command) -> set[str]:
    """Return the fields that say something else; what is left out stays as it was, and the entity is the stream's."""
    fields = {name: getattr(other, name) for name in other.__struct_fields__ if name != "entity"}
    return {name for name, value in fields.items() if value not in (getattr(before, name), ())}
