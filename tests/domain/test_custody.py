"""Custody: the key that signs the log, and the hash of what is kept of a person - given, when, then."""

from datetime import date

import pytest
from domain.playing import recorded
from domain.refusals import said

from campaign.domain import campaign
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.commands import Asked, CampaignCommand
from campaign.domain.state import CampaignState, Context
from campaign.problems import Refused

DAY = date(2005, 8, 17)
OLD, NEW, HASH = "log+1+a", "log+2+b", "0" * 64
OPEN = CampaignState(version=1, key="jl")


def decide(state: CampaignState, command: CampaignCommand) -> object:
    asked = Asked("p-1", "r", DAY, DAY)
    decision = said(command, campaign.decide(command, state, Context(None, state), asked))
    return [reason.code for reason in decision.reasons] if isinstance(decision, Refused) else decision


CASES = {
    "the first key": (OPEN, c.RotateLogKey(OLD), (e.LogKeyRotated(OLD),)),
    "a key that the old one vouches for": (
        CampaignState(version=2, log_keys=(OLD,)),
        c.RotateLogKey(NEW, OLD, "sig"),
        (e.LogKeyRotated(NEW, OLD, "sig"),),
    ),
    "a key in the place of a lost one": (
        CampaignState(version=2, log_keys=(OLD,)),
        c.RotateLogKey(NEW, OLD, "", "burnt"),
        (e.LogKeyRotated(NEW, OLD, "", "burnt"),),
    ),
    "a key that nobody vouches for": (
        CampaignState(version=2, log_keys=(OLD,)),
        c.RotateLogKey(NEW, OLD),
        ["key-not-endorsed"],
    ),
    "a key in the place of another than the one in force": (
        CampaignState(version=2, log_keys=(OLD,)),
        c.RotateLogKey(NEW, "", "sig"),
        ["key-not-in-force"],
    ),
    "a key with a predecessor that never was": (OPEN, c.RotateLogKey(NEW, OLD, "sig"), ["key-not-in-force"]),
    "the key in force again": (
        CampaignState(version=2, log_keys=(OLD,)),
        c.RotateLogKey(OLD, OLD),
        ["nothing-changes"],
    ),
    "no key": (OPEN, c.RotateLogKey(" "), ["text-missing"]),
    "a person kept": (OPEN, c.KeepPerson("p", HASH), (e.PersonKept("p", HASH),)),
    "a person kept again": (
        CampaignState(version=2, kept_persons={"p": HASH}),
        c.KeepPerson("p", HASH),
        ["nothing-changes"],
    ),
    "a hash that is none": (OPEN, c.KeepPerson("p", "abc"), ["hash-malformed"]),
    "a person erased": (
        CampaignState(version=2, kept_persons={"p": HASH}),
        c.ErasePerson("p", "asked"),
        (e.PersonErased("p", "asked"),),
    ),
    "erased without a reason": (
        CampaignState(version=2, kept_persons={"p": HASH}),
        c.ErasePerson("p", ""),
        ["text-missing"],
    ),
    "a person of whom nothing is kept": (OPEN, c.ErasePerson("p", "asked"), ["person-unknown"]),
    "a campaign never opened": (CampaignState(), c.KeepPerson("p", HASH), ["campaign-not-open"]),
}


@pytest.mark.parametrize("name", CASES)
def test_custody(name: str) -> None:
    state, command, expected = CASES[name]
    found = decide(state, command)
    assert found == expected


@pytest.mark.parametrize("command", [c.RotateLogKey(OLD), c.KeepPerson("p", HASH), c.ErasePerson("q", "asked")])
def test_custody_goes_on_after_the_campaign_is_closed(command: CampaignCommand) -> None:
    closed = CampaignState(version=3, closed=True, kept_persons={"q": HASH})
    assert isinstance(decide(closed, command), tuple)


def test_the_folds_remember_keys_in_order_and_forget_the_erased() -> None:
    state = CampaignState()
    for version, event in enumerate(
        [e.LogKeyRotated(OLD), e.LogKeyRotated(NEW, OLD), e.PersonKept("p", HASH), e.PersonErased("p", "x")], start=1
    ):
        state = campaign.evolve(state, recorded(event, version))
    assert state.log_keys == (OLD, NEW)
    assert state.kept_persons == {}
