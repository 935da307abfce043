"""Sending notices of what is due: taken, delivered by `apprise`, settled - each attempt recorded, none lost (R-37).

The folder names channels only.  Where a channel leads, with its secrets, stands in a file of the machine that sends:
one line a channel, its name and an apprise URL.  Nothing of that file is ever printed, logged or recorded.
"""

import logging
import stat
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from campaign.app.handle import Reply, Who, handle, possible
from campaign.app.session import Session, new_id
from campaign.domain.commands import Command, SettleNotice, TakeNotice
from campaign.domain.definition import Definition
from campaign.problems import Place, Problem, Problems, T, Text, need
from campaign.readmodels.notices import Pending, about, ahead, pending, told
from campaign.readmodels.reminders import Reminder, reminders
from campaign.store.log import CommandReused

__all__ = ["Pending", "Sent", "read_targets", "send", "waiting"]

MOST = 200
"""Reminders in one notice; what is more goes into the next."""
LEASE = timedelta(minutes=10)
"""How long a notice that was taken is left to whoever took it; a service answers, or not, within seconds."""

Arrival: TypeAlias = Literal["delivered", "not-accepted", "target-unusable"]
Say: TypeAlias = Callable[[Text], str]


class Sent(msgspec.Struct, frozen=True):
    """What became of one notice; waiting: of a dry run; under-way: somebody else is at it."""

    rule: str
    channel: str
    number: int
    count: int
    outcome: Literal["delivered", "not-accepted", "target-unusable", "no-target", "under-way", "waiting"]
    position: int = 0


def read_targets(path: Path) -> dict[str, str]:
    """Read where each channel leads: lines of `CHANNEL URL`, and comments after `#` at the beginning of a line.

    Raises Problems (`targets-missing`, `targets-exposed`, `targets-unreadable`), which never show what stands there.
    """
    place = Place(str(path))
    try:
        exposed = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        message = T("the file of targets {path} cannot be read", path=path)
        raise Problems([Problem("targets-missing", message, HOW, place)]) from None
    if exposed:
        message = T("others than its owner may read the file of targets {path}", path=path)
        raise Problems([Problem("targets-exposed", message, T("chmod 600 it, and change what is secret"), place)])
    return _channels(lines, place)


def _channels(lines: Iterable[str], place: Place) -> dict[str, str]:
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(lines, start=1):
        name, _, url = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if not url.strip() or "://" in name or name in found:
            message = T("line {line} names no channel and its URL, or one that stands above", line=number)
            wrong.append(Problem("targets-unreadable", message, HOW, replace(place, line=number)))
        found[name] = url.strip()
    if wrong:
        raise Problems(wrong)
    return found


HOW = T("write one line for each channel: its name, a blank, an apprise URL")


def waiting(session: Session) -> tuple[Pending, ...]:
    """Return what every rule has still to tell over each of its channels, as of today."""
    context = session.context()
    if context.definition is None:
        return ()
    due = reminders(session.entities(), context, session.today(), ahead(context.definition))
    before = told(session.log.read(session.stream)) if context.campaign.notices else {}
    return pending(context.definition, context.campaign, before, due)


def send(
    session: Session, who: Who, targets: Mapping[str, str], say: Say, *, dry_run: bool = False
) -> tuple[Sent, ...]:
    """Send what every rule has to tell, its texts said by SAY; what does not get there waits for the next time.

    Raises Problems when the person may not, or `apprise` is not installed, before anything is sent.
    """
    listed = [entry for entry in waiting(session) if entry.reminders]
    if not listed or not possible(session, _taking(listed[0]), who, dry_run=dry_run):
        return ()  # nothing to tell, or the campaign is closed
    if not dry_run:
        need("apprise")
    post = _Post(session, replace(who, attempt=new_id()), targets, say)
    return tuple(sent for entry in listed for sent in _over(post, entry, dry_run=dry_run))


def _taking(entry: Pending) -> TakeNotice:
    return TakeNotice(entry.rule.id, entry.channel, entry.number, tuple(map(about, entry.reminders[:MOST])))


class _Post(msgspec.Struct, frozen=True):
    """What is needed to send: the session, who sends, where the channels lead, the language."""

    session: Session
    who: Who
    targets: Mapping[str, str]
    say: Say

    def give(self, command: Command, *name: object) -> Reply | None:
        """Give a command under an id of its own; None where somebody else was faster."""
        command_id = ".".join(["notice", self.session.key, *map(str, name)])
        try:
            reply = handle(self.session, [command], replace(self.who, command_id=command_id))
        except CommandReused:
            return None
        return None if reply.repeated or reply.refusal is not None else reply


def _over(post: _Post, entry: Pending, *, dry_run: bool) -> Iterator[Sent]:
    """Send over one channel until everything is told, or something does not get there."""
    held = _held(post, entry, dry_run=dry_run)
    while entry.reminders and not held:
        told, rest = entry.reminders[:MOST], entry.reminders[MOST:]
        sent = _one(post, replace(entry, reminders=told))
        yield sent
        if sent.outcome != "delivered":
            return
        line = post.session.campaign().notices[f"{entry.rule.id}@{entry.channel}"]
        entry = replace(entry, line=line, reminders=rest)
    if held:
        yield Sent(entry.rule.id, entry.channel, entry.number, len(entry.reminders), held)


def _held(post: _Post, entry: Pending, *, dry_run: bool) -> Literal["no-target", "under-way", "waiting", ""]:
    line = entry.line
    if entry.channel not in post.targets:
        return "no-target"
    if line is not None and line.status == "taken" and post.session.instant() - line.at < LEASE:
        return "under-way"
    return "waiting" if dry_run else ""


def _one(post: _Post, entry: Pending) -> Sent:
    rule, channel, number = entry.rule.id, entry.channel, entry.number
    if post.give(_taking(entry), rule, channel, number) is None:
        return Sent(rule, channel, number, len(entry.reminders), "under-way")
    title, body = _text(post, entry)
    arrival = deliver(post.targets[channel], title, body)
    settled = post.give(SettleNotice(rule, channel, number, arrival), rule, channel, number, "settled")
    return Sent(rule, channel, number, len(entry.reminders), arrival, settled.first if settled else 0)


def deliver(url: str, title: str, body: str) -> Arrival:
    """Hand a text to the service behind URL, and say whether it was accepted."""
    logging.getLogger("apprise").addHandler(logging.NullHandler())
    logging.getLogger("apprise").propagate = False  # it would tell the URL, with its secrets
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it loads every service that it knows, some by modules that Python has retired
        from apprise import Apprise, AppriseAsset

        service = Apprise(asset=AppriseAsset(async_mode=False, storage_mode="memory", app_id="campaign"))
        if not service.add(url if "overflow=" in url else f"{url}{'&' if '?' in url else '?'}overflow=split"):
            return "target-unusable"  # without splitting, WeCom would refuse 2,049 letters now and for ever
        return "delivered" if service.notify(title=title, body=body, body_format="text") else "not-accepted"


# --- what it says ------------------------------------------------------------------------------------------------


def _text(post: _Post, entry: Pending) -> tuple[str, str]:
    """Return title and body, in the language of whoever sends; persons are not named."""
    campaign = post.session.campaign()
    definition = post.session.context().definition
    assert definition is not None  # noqa: S101 -- a rule of it sends
    title = T("{title}: {label}", title=campaign.title, label=entry.rule.label)
    if campaign.rehearsal:
        title = T("rehearsal: {title}", title=post.say(title))
    lines = (post.say(line) for line in _lines(entry.reminders, _labels(definition), post.say))
    return post.say(title), "\n".join(lines)


def _labels(definition: Definition) -> dict[str, str]:
    teams = (duty for team in definition.teams for duty in team.obligations)
    labels = {duty.id: duty.label for duty in (*teams, *definition.obligations)}
    return labels | {register.id: register.label for register in definition.registers}


def _lines(listed: Iterable[Reminder], labels: Mapping[str, str], say: Say) -> Iterator[Text]:
    """Say each thing that is due once, with everybody whom it concerns."""

    def thing(entry: Reminder) -> tuple[str, ...]:
        return entry.due_on.isoformat(), entry.what, entry.subject, entry.item

    for (day, what, subject, item), group in groupby(sorted(listed, key=thing), key=thing):
        yield T(
            "{what} {subject} {item}, due on {day}: {names}",
            what=say(T(what)),
            subject=labels.get(subject, subject),
            item=item or "-",
            day=day,
            names=", ".join(entry.name or entry.entity for entry in group) or "-",
        )
