"""Bulletins: published once a period after it is over, corrected under a number, never overwritten (R-39)."""

from datetime import date

import msgspec
import pytest
from domain.refusals import said
from domain.scenario import codes, definition, opened, recorded

from campaign.domain import bulletins
from campaign.domain.campaign import decide, evolve
from campaign.domain.commands import Asked, CampaignCommand, CorrectBulletin, PublishBulletin
from campaign.domain.definition import Definition, Obligation
from campaign.domain.events import BulletinCorrected, BulletinPublished, Event, TreeHead
from campaign.domain.state import CampaignState, Context, Edition
from campaign.problems import Refused

BULLETIN = Obligation(
    id="bulletin", label="通报", cadence="monthly", days=(10,), act="bulletin", from_=date(2005, 9, 1)
)
RULES = definition(obligations=(*definition().obligations, BULLETIN))
ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64
PUBLISH = PublishBulletin("bulletin", "2005-09", 100, ONE)
PUBLISHED = BulletinPublished("bulletin", "2005-09", 100, ONE)
CORRECT = CorrectBulletin("bulletin", "2005-09", 120, TWO, "更正")
CORRECTED = BulletinCorrected("bulletin", "2005-09", 1, 120, TWO, "更正")


def sealed(size: int) -> TreeHead:
    return TreeHead(origin="log", size=size, root="cm9vdA==")


def after(*events: Event) -> CampaignState:
    state = opened()
    for number, event in enumerate(events, start=3):
        state = evolve(state, recorded(event, number, on=date(2005, 10, 10)))
    return state


def ask(
    state: CampaignState,
    command: CampaignCommand,
    *,
    rules: Definition | None = RULES,
    today: date = date(2005, 10, 10),
) -> tuple[Event, ...] | Refused:
    return said(command, decide(command, state, Context(rules, state), Asked("p-1", "", today, today)))


@pytest.mark.parametrize(
    ("given", "command", "then"),
    [
        ((), PUBLISH, PUBLISHED),
        ((PUBLISHED,), CORRECT, CORRECTED),
        (
            (PUBLISHED, CORRECTED),
            msgspec.structs.replace(CORRECT, cutoff_position=121, sha256=THREE),
            BulletinCorrected("bulletin", "2005-09", 2, 121, THREE, "更正"),
        ),
        (
            (PUBLISHED, CORRECTED),
            msgspec.structs.replace(CORRECT, cutoff_position=121, sha256=ONE),
            BulletinCorrected("bulletin", "2005-09", 2, 121, ONE, "更正"),
        ),
        (
            (),
            msgspec.structs.replace(PUBLISH, checkpoint=sealed(100)),
            msgspec.structs.replace(PUBLISHED, checkpoint=sealed(100)),
        ),
        (
            (PUBLISHED,),
            msgspec.structs.replace(CORRECT, checkpoint=sealed(1)),
            msgspec.structs.replace(CORRECTED, checkpoint=sealed(1)),
        ),
    ],
    ids=["published", "corrected", "corrected again", "back to what it first said", "sealed", "corrected, sealed"],
)
def test_accepted(given: tuple[Event, ...], command: CampaignCommand, then: Event) -> None:
    assert ask(after(*given), command) == (then,)


@pytest.mark.parametrize(
    ("given", "command", "why"),
    [
        ((PUBLISHED,), PUBLISH, ["bulletin-published"]),
        ((), msgspec.structs.replace(PUBLISH, obligation="weekly"), ["unknown-bulletin"]),
        ((), msgspec.structs.replace(PUBLISH, period="2005-08"), ["unknown-period"]),
        ((), msgspec.structs.replace(PUBLISH, period="2005-10", sha256="x"), ["hash-malformed", "period-not-over"]),
        ((), CORRECT, ["bulletin-not-published"]),
        ((PUBLISHED,), msgspec.structs.replace(CORRECT, obligation="x"), ["unknown-bulletin"]),
        ((PUBLISHED,), msgspec.structs.replace(CORRECT, sha256=ONE), ["nothing-changes"]),
        (
            (PUBLISHED,),
            msgspec.structs.replace(CORRECT, reason=" ", sha256="x", cutoff_position=100),
            ["text-missing", "hash-malformed", "cutoff-not-later"],
        ),
        ((), msgspec.structs.replace(PUBLISH, checkpoint=sealed(101)), ["checkpoint-beyond-cutoff"]),
        ((), msgspec.structs.replace(PUBLISH, checkpoint=sealed(0)), ["checkpoint-beyond-cutoff"]),
        ((PUBLISHED,), msgspec.structs.replace(CORRECT, checkpoint=sealed(121)), ["checkpoint-beyond-cutoff"]),
    ],
)
def test_refused(given: tuple[Event, ...], command: CampaignCommand, why: list[str]) -> None:
    assert codes(ask(after(*given), command)) == why


def test_nothing_is_published_before_a_definition_is_adopted() -> None:
    assert codes(ask(opened(), PUBLISH, rules=None)) == ["no-definition"]


def test_it_may_be_published_from_the_day_after_its_period() -> None:
    assert codes(ask(opened(), PUBLISH, today=date(2005, 9, 30))) == ["period-not-over"]
    assert ask(opened(), PUBLISH, today=date(2005, 10, 1)) == (PUBLISHED,)


def test_every_edition_stays() -> None:
    printed = msgspec.structs.replace(CORRECTED, checkpoint=sealed(110))
    editions = after(PUBLISHED, printed).bulletins[bulletins.key("bulletin", "2005-09")]
    day = date(2005, 10, 10)
    assert editions == (Edition(0, 100, ONE, day, 103), Edition(1, 120, TWO, day, 104, "更正", sealed(110)))
