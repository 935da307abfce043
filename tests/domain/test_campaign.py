"""Given events, when a command, then events or every reason: the campaign's opening, adoptions, runs and end."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from domain.playing import (
    ADOPTED,
    DEFINITION,
    OPENED,
    SCHEME,
    TEXT,
    TODAY,
    Given,
    answer,
    by,
    campaign_after,
    codes,
    remedied,
)

from campaign.domain.commands import (
    AdoptDefinition,
    AdoptScheme,
    CloseCampaign,
    Command,
    OpenCampaign,
    RecordAssessment,
    RecordSummary,
)
from campaign.domain.definition import canonical, sha256
from campaign.domain.events import (
    AssessmentRecorded,
    AwardApproved,
    AwardProposed,
    AwardRejected,
    CampaignClosed,
    CampaignOpened,
    DefinitionAdopted,
    Event,
    IndividualDecided,
    IndividualNominated,
    IndividualReviewed,
    SchemeAdopted,
    SummaryRecorded,
)
from campaign.domain.state import Adoption
from campaign.problems import Refused

HASH = "ab" * 32
OTHER_SCHEME = SCHEME.text.replace("100.50", "90")
RESULT = f'{{"entities":{{}},"scheme":"prizes","sha256":"{SCHEME.sha256}"}}'
OTHER = canonical(msgspec.structs.replace(DEFINITION, selection_criterion="the smaller ones"))
ELSEWHERE = canonical(
    msgspec.structs.replace(DEFINITION, campaign=msgspec.structs.replace(DEFINITION.campaign, key="autumn"))
)
TORN = canonical(msgspec.structs.replace(DEFINITION, phases=(), obligations=(), meetings=()))
RUNNING = (OPENED, ADOPTED, SCHEME)
ENDING = (*RUNNING, SummaryRecorded("Summary", HASH, "well done"))
AWARD = (
    *ENDING,
    AssessmentRecorded("r1", "prizes", SCHEME.sha256, 1, "final", RESULT, sha256(RESULT)),
    AwardProposed("a1", "r1", "t1", "towns", 1, Decimal("100.50")),
)
NOMINATED = (*ENDING, IndividualNominated("n1", "zhu", "t1", "saved the plant"))


def adopt(text: str, replaces: str = "", stated: str = "") -> AdoptDefinition:
    return AdoptDefinition(stated or sha256(text), text, (), replaces=replaces)


def assess(**changes: object) -> RecordAssessment:
    command = RecordAssessment("r1", SCHEME.sha256, 7, "provisional", RESULT)
    return msgspec.structs.replace(command, **changes)


ACCEPTED = [
    ("opens", (), OpenCampaign("spring", "Spring", rehearsal=True), CampaignOpened("spring", "Spring", rehearsal=True)),
    ("adopts the first definition", (OPENED,), adopt(TEXT), DefinitionAdopted(sha256(TEXT), TEXT, ())),
    (
        "replaces it",
        (OPENED, ADOPTED),
        adopt(OTHER, ADOPTED.sha256),
        DefinitionAdopted(sha256(OTHER), OTHER, ()),
    ),
    (
        "adopts a scheme",
        (OPENED, ADOPTED),
        AdoptScheme("prizes", sha256(OTHER_SCHEME), OTHER_SCHEME, document="d2"),
        SchemeAdopted("prizes", sha256(OTHER_SCHEME), OTHER_SCHEME, document="d2"),
    ),
    (
        "adopts a scheme's second text",
        RUNNING,
        AdoptScheme("prizes", sha256(OTHER_SCHEME), OTHER_SCHEME),
        SchemeAdopted("prizes", sha256(OTHER_SCHEME), OTHER_SCHEME),
    ),
    (
        "records a run",
        RUNNING,
        assess(),
        AssessmentRecorded("r1", "prizes", SCHEME.sha256, 7, "provisional", RESULT, sha256(RESULT)),
    ),
    (
        "records a run of the first position there is",
        RUNNING,
        assess(log_position=1),
        AssessmentRecorded("r1", "prizes", SCHEME.sha256, 1, "provisional", RESULT, sha256(RESULT)),
    ),
    ("records the summary", RUNNING, RecordSummary("S", HASH, "c"), SummaryRecorded("S", HASH, "c")),
    ("records a later summary", ENDING, RecordSummary("S", "cd" * 32, "c"), SummaryRecorded("S", "cd" * 32, "c")),
    ("closes", ENDING, CloseCampaign("done"), CampaignClosed("done")),
    ("closes once the award is approved", (*AWARD, AwardApproved("a1")), CloseCampaign("x"), CampaignClosed("x")),
    ("closes once it is rejected", (*AWARD, AwardRejected("a1", "no")), CloseCampaign("x"), CampaignClosed("x")),
    (
        "closes after an unfavourable review",
        (*NOMINATED, IndividualReviewed("n1", favourable=False, opinion="luck")),
        CloseCampaign("x"),
        CampaignClosed("x"),
    ),
    (
        "closes once the nomination is decided",
        (*NOMINATED, IndividualDecided("n1", granted=False, reason="luck")),
        CloseCampaign("x"),
        CampaignClosed("x"),
    ),
]


@pytest.mark.parametrize(("given", "command", "then"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepted(given: Given, command: Command, then: Event) -> None:
    assert answer(given, command) == (then,)


REFUSED = [
    ("opens twice", (OPENED,), OpenCampaign("spring", "Spring"), ["campaign-open"]),
    ("opens without a title or a key", (), OpenCampaign("Spring!", " "), ["text-missing", "campaign-key"]),
    ("adopts before opening", (), adopt(TEXT), ["campaign-not-open"]),
    ("adopts the same again", (OPENED, ADOPTED), adopt(TEXT, ADOPTED.sha256), ["nothing-changes"]),
    ("states another hash", (OPENED,), adopt(TEXT, stated=HASH), ["hash-mismatch"]),
    ("made against another", (OPENED, ADOPTED), adopt(OTHER, HASH), ["definition-replaced"]),
    ("made against one, none is there", (OPENED,), adopt(TEXT, HASH), ["definition-replaced"]),
    ("adopts what is no definition", (OPENED,), adopt("{}"), ["definition-unreadable"]),
    (
        "everything wrong with an unreadable one",
        (OPENED, ADOPTED),
        adopt("no", stated=HASH),
        ["hash-mismatch", "definition-replaced", "definition-unreadable"],
    ),
    ("adopts spaced text", (OPENED,), adopt(" " + TEXT), ["definition-not-canonical"]),
    ("adopts what contradicts itself", (OPENED,), adopt(TORN), ["no-phases"]),
    ("adopts another campaign's", (OPENED,), adopt(ELSEWHERE), ["definition-of-another-campaign"]),
    ("adopts the same scheme", RUNNING, AdoptScheme("prizes", SCHEME.sha256, SCHEME.text), ["nothing-changes"]),
    ("states another scheme hash", RUNNING, AdoptScheme("prizes", HASH, OTHER_SCHEME), ["hash-mismatch"]),
    (
        "adopts a nameless scheme",
        RUNNING,
        AdoptScheme("", sha256(OTHER_SCHEME), OTHER_SCHEME),
        ["text-missing", "scheme-name"],
    ),
    ("adopts it under another name", RUNNING, AdoptScheme("pay", SCHEME.sha256, SCHEME.text), ["scheme-name"]),
    ("assesses without a scheme", (OPENED, ADOPTED), assess(), ["no-scheme"]),
    (
        "assesses by another scheme",
        RUNNING,
        assess(scheme_sha256=HASH),
        ["scheme-not-adopted", "result-of-another-scheme"],
    ),
    (
        "everything wrong with a run",
        RUNNING,
        assess(run="", log_position=0, scheme_sha256=HASH, result="?"),
        ["text-missing", "position-impossible", "scheme-not-adopted", "result-unreadable"],
    ),
    (
        "records another scheme's result",
        RUNNING,
        assess(result=RESULT.replace(SCHEME.sha256, HASH)),
        ["result-of-another-scheme"],
    ),
    ("records the same summary", ENDING, RecordSummary("S", HASH, "c"), ["nothing-changes"]),
    (
        "an empty summary",
        RUNNING,
        RecordSummary("", "AB", ""),
        ["text-missing", "text-missing", "hash-malformed"],
    ),
    ("closes without a summary", RUNNING, CloseCampaign("done"), ["summary-missing"]),
    ("closes without a reason", ENDING, CloseCampaign(""), ["text-missing"]),
    ("closes with nothing", RUNNING, CloseCampaign(""), ["summary-missing", "text-missing"]),
    ("closes before an award is decided", AWARD, CloseCampaign("done"), ["awards-undecided"]),
    ("closes before a review", NOMINATED, CloseCampaign("done"), ["nominations-undecided"]),
    (
        "closes before a decision",
        (*NOMINATED, IndividualReviewed("n1", favourable=True, opinion="brave")),
        CloseCampaign("done"),
        ["nominations-undecided"],
    ),
    ("anything after the close", (*ENDING, CampaignClosed("done")), RecordSummary("S", HASH, "c"), ["campaign-closed"]),
    ("opens after the close", (*ENDING, CampaignClosed("done")), OpenCampaign("spring", "S"), ["campaign-open"]),
]


@pytest.mark.parametrize(("given", "command", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_every_reason_and_its_remedy(given: Given, command: Command, why: list[str]) -> None:
    outcome = answer(given, command)
    assert codes(outcome) == why
    assert remedied(outcome)


def test_a_run_keeps_the_earlier_ones_and_its_id_is_used_once() -> None:
    first = answer(RUNNING, assess())
    given = (*RUNNING, *first)
    assert codes(answer(given, assess(basis="final"))) == ["run-exists"]
    second = answer(given, assess(run="r2", basis="final"))
    assert list(campaign_after(*given, *second).runs) == ["r1", "r2"]


def test_nothing_is_recorded_before_it_happened() -> None:
    outcome = answer(ENDING, CloseCampaign("done"), by("ann", on=date(2031, 5, 21)))
    assert codes(outcome) == ["not-yet-true"]
    assert str(outcome) == (
        "occurred_on: not-yet-true occurred_on 2031-05-21 lies after today, 2031-05-20 (record it once it has happened)"
    )


def test_assessing_without_a_scheme_says_what_to_do() -> None:
    outcome = answer((OPENED, ADOPTED), assess())
    assert "no assessment scheme has been adopted" in str(outcome)
    assert "campaign scheme adopt FILE" in str(outcome)
    assert outcome.reasons[0].rule == "R-22"


def test_adoptions_are_kept_with_the_last_text() -> None:
    state = campaign_after(OPENED, ADOPTED, DefinitionAdopted(sha256(OTHER), OTHER, (), "d", "clearer"))
    assert state.adoptions == (
        Adoption(sha256(TEXT), 20, 2, TODAY),
        Adoption(sha256(OTHER), 30, 3, TODAY, "d", "clearer"),
    )
    assert state.definition == OTHER
    assert state.version == 3
    assert state.earlier == {sha256(TEXT): TEXT}
    assert campaign_after(OPENED, ADOPTED).earlier == {}


def test_a_definition_may_come_back_after_another() -> None:
    given = (OPENED, ADOPTED, DefinitionAdopted(sha256(OTHER), OTHER, ()))
    assert codes(answer(given, adopt(TEXT, sha256(OTHER)))) == []


def test_closing_is_the_end() -> None:
    state = campaign_after(*ENDING, CampaignClosed("done"))
    assert (state.closed, state.summary, state.key, state.title) == (True, HASH, "spring", "Spring")


def test_a_scheme_that_cannot_be_read_is_refused_with_its_place() -> None:
    text = SCHEME.text.replace("≥ 100%", "≥ 90%")
    outcome = answer(RUNNING, AdoptScheme("prizes", sha256(text), text))
    assert isinstance(outcome, Refused)
    assert [(reason.code, reason.place.line) for reason in outcome.reasons] == [("table-overlap", 13)]
