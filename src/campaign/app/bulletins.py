"""Bulletins: made up to a cutoff, published by their hash, corrected under a number, made again to the byte."""

import hashlib
from collections.abc import Callable
from datetime import date

import msgspec

from campaign.app import evidence
from campaign.app.access import whole
from campaign.app.handle import Reply, Who, handle
from campaign.app.replay import Past, past
from campaign.app.session import Session
from campaign.domain import bulletins
from campaign.domain.commands import CorrectBulletin, PublishBulletin
from campaign.domain.definition import Definition
from campaign.domain.events import TreeHead
from campaign.domain.state import Edition
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text, nearest
from campaign.readmodels.bulletin import bulletin
from campaign.readmodels.bulletin_parts import Bulletin, canonical


class Made(msgspec.Struct, frozen=True):
    """A bulletin and the hash of its canonical text."""

    bulletin: Bulletin
    sha256: str


class Shown(msgspec.Struct, frozen=True):
    """An edition made again from the log; as_published: whether it has the hash that was recorded.

    checkpoint: printed on it; of an edition the one that was, of a draft the last one.
    """

    made: Made
    edition: Edition | None
    as_published: bool
    checkpoint: TreeHead | None = None


class Cutoff(msgspec.Struct, frozen=True):
    """Up to where a bulletin looks: a position of the log, and the day on which duties are judged."""

    position: int
    on: date


def make(session: Session, period: str, obligation: str = "", cutoff: Cutoff | None = None) -> Made:
    """Make the bulletin of PERIOD up to CUTOFF, by default from all that is recorded, as of today.

    Raises Problems: no-definition, bulletin-not-named, unknown-bulletin, unknown-period, no-such-position.
    """
    seen = past(session, cutoff.position if cutoff else None)
    definition = _defined(seen.context.definition)
    on = cutoff.on if cutoff else session.today(definition)
    return make_of(seen, _named(definition, obligation, period), period, on)


def make_of(seen: Past, obligation: str, period: str, on: date) -> Made:
    """Make a bulletin that there is from what was SEEN at its cutoff."""
    made = bulletin(seen.entities, seen.context, (obligation, period), seen.position, on)
    assert made is not None  # noqa: S101 -- whoever asks has looked
    return Made(made, hashlib.sha256(canonical(made)).hexdigest())


def _now(session: Session, who: Who) -> Cutoff:
    return Cutoff(session.log.head(), who.on or session.today())


def cutoff_of(edition: Edition) -> Cutoff:
    """Return up to where an edition looked."""
    return Cutoff(edition.cutoff_position, edition.published_on)


def _defined(definition: Definition | None) -> Definition:
    if definition is None:
        message = T("the campaign has no definition")
        raise Problems([Problem("no-definition", message, T("adopt its folder with `campaign apply`"))])
    return definition


def _named(definition: Definition, obligation: str, period: str) -> str:
    known = bulletins.duties(definition)
    named = obligation or (next(iter(known)) if len(known) == 1 else "")
    if not known:
        fix = T("give phases.yaml an obligation with `act: bulletin`")
        raise Problems(
            [Problem("bulletin-not-named", T("the definition has no bulletin"), fix, Place(field="obligation"))]
        )
    if not named:
        message = T("the definition has several bulletins: {choices}", choices=", ".join(known))
        raise Problems([Problem("bulletin-not-named", message, T("name one"), Place(field="obligation"))])
    if named not in known:
        message = T("there is no bulletin {name}", name=named)
        raise Problems([Problem("unknown-bulletin", message, nearest(named, known), Place(field="obligation"))])
    periods = bulletins.periods(definition, named)
    if period not in periods:
        message = T("there is no period {period}", period=period)
        raise Problems([Problem("unknown-period", message, nearest(period, periods), Place(field="period"))])
    return named


def publish(
    session: Session, period: str, who: Who, obligation: str = "", *, dry_run: bool = False
) -> tuple[Made, Reply]:
    """Publish the bulletin of PERIOD as the log now stands. Raises Problems (`not-permitted` for who sees a part)."""
    whole(session.log, session.key)
    made = make(session, period, obligation, _now(session, who))
    value = made.bulletin
    head = evidence.sealed(session, value.cutoff_position)
    command = PublishBulletin(value.obligation, period, value.cutoff_position, made.sha256, head)
    return made, handle(session, [command], who, dry_run=dry_run)


class Correction(msgspec.Struct, frozen=True):
    """Which bulletin is corrected, and why."""

    period: str
    reason: str
    obligation: str = ""


def correct(session: Session, asked: Correction, who: Who, *, dry_run: bool = False) -> tuple[Made, Reply]:
    """Publish a numbered correction where later facts changed what the bulletin says. Raises as `publish` does."""
    whole(session.log, session.key)
    made = make(session, asked.period, asked.obligation, _now(session, who))
    value = made.bulletin
    earlier = session.campaign().bulletins.get(bulletins.key(value.obligation, asked.period), ())
    if earlier and not changed(session, earlier[-1], made):
        made = make(session, asked.period, asked.obligation, cutoff_of(earlier[-1]))
    cutoff = made.bulletin.cutoff_position
    head = evidence.sealed(session, cutoff)
    command = CorrectBulletin(value.obligation, asked.period, cutoff, made.sha256, asked.reason, head)
    return made, handle(session, [command], who, dry_run=dry_run)


def changed(session: Session, edition: Edition, now: Made) -> bool:
    """Whether NOW says anything else than EDITION did, the cutoff itself apart."""
    value = now.bulletin
    before = make(session, value.period, value.obligation, cutoff_of(edition)).bulletin
    same = msgspec.structs.replace(value, cutoff_position=before.cutoff_position, cutoff_on=before.cutoff_on)
    return canonical(same) != canonical(before)


def editions(session: Session) -> list[tuple[str, Edition]]:
    """Return every edition of every bulletin, by `obligation/period`, in order of publication."""
    found = [(name, edition) for name, listed in session.campaign().bulletins.items() for edition in listed]
    return sorted(found, key=lambda entry: entry[1].position)


def show(session: Session, period: str, obligation: str = "", number: int | None = None) -> Shown:
    """Make an edition again from the log: NUMBER, by default the last; a draft where none is published.

    Raises Problems: unknown-edition, those of make, and `not-permitted` for a login that sees too little to make it.
    """
    named, edition = found(session, period, obligation, number)
    if edition is None:
        whole(session.log, session.key)
        draft = make(session, period, named)
        head = evidence.sealed(session, draft.bulletin.cutoff_position)
        return Shown(draft, None, as_published=True, checkpoint=head)
    made = make(session, period, named, cutoff_of(edition))
    if made.sha256 != edition.sha256:
        whole(session.log, session.key)  # what is hidden from this login is no change of what was published
    return Shown(made, edition, made.sha256 == edition.sha256, edition.checkpoint)


def found(session: Session, period: str, obligation: str = "", number: int | None = None) -> tuple[str, Edition | None]:
    """Return which bulletin is meant, and its edition NUMBER, by default the last; None where none is published.

    Raises Problems: unknown-edition, and those of make.
    """
    named = _named(_defined(session.context().definition), obligation, period)
    listed = session.campaign().bulletins.get(bulletins.key(named, period), ())
    if not listed and number is None:
        return named, None
    if not listed:
        message = T("the bulletin of {period} is not published", period=period)
        fix = T("publish it with `campaign bulletin publish`")
        raise Problems([Problem("unknown-edition", message, fix, Place(field="number"))])
    if number is not None and not 0 <= number < len(listed):
        message = T("the bulletin of {period} has editions 0 to {last}", period=period, last=len(listed) - 1)
        raise Problems([Problem("unknown-edition", message, T("name one of them"), Place(field="number"))])
    return named, listed[-1 if number is None else number]


def render(shown: Shown, form: str, say: Callable[[Text], str], lang: str) -> bytes:
    """Write an edition in FORM (md, html, xlsx, pdf); the same edition in the same language has the same bytes.

    Raises Problems for a form that is unknown or whose extra is not installed.
    """
    from campaign.documents.bulletin import Issue, page
    from campaign.documents.forms import FORMS
    from campaign.documents.forms import render as written

    if form not in FORMS:
        message = T("there is no form {form}", form=form)
        raise Problems([Problem("unknown-form", message, nearest(form, FORMS), Place(field="form"))])
    edition = shown.edition
    number, reason = (edition.number, edition.reason) if edition else (None, "")
    seal = evidence.printed(shown.checkpoint) if shown.checkpoint else NOTHING
    issue = Issue(shown.made.sha256, number, reason, seal)
    return written(page(shown.made.bulletin, issue, say, lang), form)
