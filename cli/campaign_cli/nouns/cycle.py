"""tick, check list, register lists, finding screen: what the day demands, and what is in question."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from campaign.problems import Place, Problem, Problems, T, Text, nearest
from campaign_cli.call import Option, current
from campaign_cli.commands import Verb, verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.marks import present
from campaign_cli.nouns.entity import GROUP, members
from campaign_cli.nouns.phase import defined
from campaign_cli.outcome import give_each
from campaign_cli.output import Column, Row, Sheet, Table

if TYPE_CHECKING:
    from campaign.app.notices import Sent
    from campaign.app.registers import RegisterLine
    from campaign.app.screen import Suspicion
    from campaign.app.session import Session
    from campaign.app.tick import Reminder, Step, Ticked

STEPS = (
    Column("rule", T("rule"), word=True),
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("due_on", T("due on")),
    Column("on_time", T("in time"), right=True),
    Column("late", T("late"), right=True),
    Column("missing", T("missing"), right=True),
    Column("waived", T("waived"), right=True),
    Column("extended", T("extended"), right=True),
    Column("position", T("position"), right=True),
)
REMINDERS = (
    Column("what", T("what"), word=True),
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("subject", T("subject")),
    Column("item", T("item")),
    Column("due_on", T("due on")),
    Column("days", T("days overdue"), right=True),
    Column("who", T("for whom")),
)
SENT = (
    Column("rule", T("rule")),
    Column("channel", T("channel")),
    Column("number", T("number"), right=True),
    Column("count", T("reminders"), right=True),
    Column("outcome", T("outcome"), word=True),
    Column("position", T("position"), right=True),
)
CHECKS = (
    Column("entity", T("entity")),
    Column("check", T("check")),
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("outcome", T("outcome"), word=True),
    Column("inspector", T("inspector")),
    Column("occurred_on", T("occurred on")),
    Column("findings", T("findings")),
    Column("follow_up_on", T("look again by")),
    Column("followed_up", T("looked again"), right=True),
    Column("note", T("note")),
    Column("position", T("position"), right=True),
)
ENTRIES = (
    Column("entity", T("entity")),
    Column("register", T("register")),
    Column("entry", T("entry")),
    Column("title", T("title")),
    Column("kind", T("kind")),
    Column("status", T("status"), word=True),
    Column("opened_on", T("opened on")),
    Column("age_days", T("age, days"), right=True),
    Column("due_on", T("due on")),
    Column("overdue_days", T("days overdue"), right=True),
    Column("responsible", T("responsible")),
    Column("ambiguous", T("ambiguous")),
    Column("answers", T("possible answers")),
    Column("provider", T("provider")),
    Column("from_on", T("from")),
    Column("until_on", T("until")),
    Column("value_before", T("before"), right=True),
    Column("value_after", T("after"), right=True),
    Column("link", T("belongs to")),
    Column("outcome", T("outcome")),
    Column("position", T("position"), right=True),
)
LACKING = (
    Column("register", T("register")),
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("due_on", T("due on")),
    Column("overdue", T("overdue")),
)
SUSPICIONS = (
    Column("entity", T("entity")),
    Column("finding", T("finding")),
    Column("check", T("check")),
    Column("test", T("test"), word=True),
    Column("period", T("period")),
    Column("statement", T("statement")),
    Column("values", T("values")),
    Column("threshold", T("threshold"), right=True),
    Column("events", T("positions")),
)
WORDS = (
    T("open"),
    T("close"),
    T("assigned"),
    T("done"),
    T("sound"),
    T("deficient"),
    T("report"),
    T("check"),
    T("follow_up"),
    T("entry"),
    T("register"),
    T("letter"),
    T("bulletin"),
    T("falling_cumulative"),
    T("growth_contradicts_levels"),
    T("parts_do_not_sum"),
    T("scopes_cross"),
    T("jump"),
    T("unit_slip"),
    T("unit_missing"),
    T("round_numbers"),
    T("last_digits"),
    T("edit_after_ranking"),
    T("late_edits"),
    T("taken"),
    T("delivered"),
    T("failed"),
    T("not-accepted"),
    T("target-unusable"),
    T("no-target"),
    T("under-way"),
    T("waiting"),
)
"""Words of the columns, named here for the catalogue."""


@verb(
    Option(
        "--targets",
        text=T("send notices: the file of where each channel leads (CAMPAIGN_NOTICES)"),
        envvar="CAMPAIGN_NOTICES",
        default="",
        metavar="FILE",
    ),
    Option(
        "--ahead",
        text=T("also list what is due within so many days"),
        type=click.IntRange(0, 366),
        default=0,
        metavar="DAYS",
    ),
    Option("--check", text=T("end with 7 when anything is overdue"), is_flag=True),
    example="campaign tick --ahead 3 --as p-office-1",
    more=(
        T("Safe to run as often as one likes, and twice at once, from cron or a timer: each period is written once."),
        T("Notices that do not get there are listed, and go into the next tick's."),
    ),
)
def tick(targets: str, ahead: int, check: bool) -> None:  # noqa: FBT001 -- click's flag
    """Open and close the periods that the day demands, list what is due, and send notices of it."""
    from campaign.app.notices import read_targets, send
    from campaign.app.tick import tick as run

    call = current()
    who = call.asker()
    channels = read_targets(Path(targets)) if targets else {}
    session = call.session(write=not call.dry_run)
    defined(session)  # a timer that asks the wrong store must not look as if nothing were due
    found = run(session, who, ahead=ahead, dry_run=call.dry_run)
    sent = send(session, who, channels, call.say, dry_run=call.dry_run) if targets else ()
    present(call, session, _ticked(found, sent))
    if check and (any(reminder.days > 0 for reminder in found.reminders) or not all(map(arrived, sent))):
        raise Stop(Exit.DIFFERENCES)


def _ticked(found: "Ticked", sent: "tuple[Sent, ...]") -> Sheet:
    steps = [_step(step) for step in found.steps]
    due = [_reminder(reminder) for reminder in found.reminders]
    fields = (
        (Column("today", T("as of")), found.today),
        (Column("opened", T("periods opened")), sum(step.rule == "open" for step in found.steps)),
        (Column("closed", T("periods closed")), sum(step.rule == "close" for step in found.steps)),
        (Column("overdue", T("overdue")), sum(reminder.days > 0 for reminder in found.reminders)),
    )
    told = [msgspec.structs.asdict(entry) for entry in sent]
    tables = (Table("steps", STEPS, steps), Table("reminders", REMINDERS, due), Table("notices", SENT, told))
    return Sheet("tick", fields, tables)


def _step(step: "Step") -> Row:
    closing = msgspec.structs.asdict(step.closing) if step.closing else {}
    counts = {name: len(value) if isinstance(value, tuple) else value for name, value in closing.items()}
    return {
        "rule": step.rule,
        "obligation": step.obligation,
        "period": step.period,
        "due_on": step.due_on,
        **counts,
        "position": step.position or None,
    }


def _reminder(reminder: "Reminder") -> Row:
    return msgspec.structs.asdict(reminder)


def arrived(sent: "Sent") -> bool:
    """Whether a notice needs nobody's attention: it got there, or somebody else is at it."""
    return sent.outcome in {"delivered", "under-way"}


@verb(
    GROUP,
    Option("--follow-up", text=T("only what is to be looked at again"), is_flag=True),
    example="campaign check list --follow-up",
)
def checks(group: str, follow_up: bool) -> None:  # noqa: FBT001 -- click's flag
    """List the checks by inspectors (R-38); who was not checked stands in `report status --obligation`."""
    call = current()
    session = call.session()
    rows = [
        {"entity": name, **msgspec.structs.asdict(line)}
        for name, state in members(session, group).items()
        for line in state.checks.values()
        if line.follow_up_on is not None or not follow_up
    ]
    present(call, session, Table("checks", CHECKS, rows))


def lister(register: str) -> Callable[[Text], Verb]:
    """Return the verb that lists the entries of REGISTER, or of whichever is named."""
    which = () if register else (Option("--register", text=T("only this register"), default="", metavar="REGISTER"),)
    words = f"campaign {register} list" if register else "campaign register list --register issue"

    @verb(
        GROUP,
        *which,
        Option("--open", "open_", text=T("only those not yet done"), is_flag=True),
        Option("--overdue", text=T("only those whose day has passed"), is_flag=True),
        Option("--check", text=T("end with 7 when anything is overdue, or missing by its day"), is_flag=True),
        example=f"{words} --overdue --check",
    )
    def run(**given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
        _listed(Wanted(**{"register": register, **given}))

    return run


class Wanted(msgspec.Struct, frozen=True):
    """Which entries are asked for."""

    register: str
    group: str
    open_: bool
    overdue: bool
    check: bool


def _listed(asked: Wanted) -> None:
    """List entries, the longest overdue first, then who has none though one is expected."""
    from campaign.app.registers import registers

    call = current()
    session = call.session()
    _known(session, asked.register)
    today = call.on or session.today()
    listed, absent = registers(session, members(session, asked.group), today, asked.register)
    shown = [line for line in listed if (line.open or not asked.open_) and (line.overdue_days or not asked.overdue)]
    tables = (
        Table("entries", ENTRIES, [_entry(line) for line in shown]),
        Table(
            "lacking",
            LACKING,
            [msgspec.structs.asdict(entry) for entry in absent if entry.overdue or not asked.overdue],
        ),
    )
    present(call, session, Sheet("register", ((Column("as_of", T("as of")), today),), tables, lists=True))
    if asked.check and (any(line.overdue_days for line in listed) or any(entry.overdue for entry in absent)):
        raise Stop(Exit.DIFFERENCES)


entries = lister("")
visits = lister("visit")
issues = lister("issue")
supports = lister("support")
measures = lister("measure")
losses = lister("loss")
exemplars = lister("exemplar")
publicity = lister("publicity")
reminders = lister("reminder")


def _known(session: "Session", register: str) -> None:
    known = [item.id for item in defined(session).registers]
    if register and register not in known:
        message = T("there is no register {name}", name=register)
        fix = nearest(register, known) if known else T("declare it in registers.yaml")
        raise Problems([Problem("unknown-register", message, fix, Place(field="--register"))])


def _entry(line: "RegisterLine") -> Row:
    own = msgspec.structs.asdict(line)
    return {**own, **msgspec.structs.asdict(line.entry), "overdue_days": line.overdue_days or None}


@verb(
    Option("--only", text=T("only this check of the definition"), default="", metavar="CHECK"),
    Option("--raise", "raising", text=T("raise what is found as findings"), is_flag=True),
    Option("--check", text=T("end with 7 when anything is found"), is_flag=True),
    example="campaign finding screen --only cumulative-falls",
    more=(T("A finding names its test, the values compared, the threshold and the positions of the events."),),
)
def screen(only: str, raising: bool, check: bool) -> None:  # noqa: FBT001 -- click's flags
    """List what the definition's checks find in question and nobody has raised yet (R-46)."""
    from campaign.app.screen import raise_
    from campaign.app.screen import screen as run

    call = current()
    session = call.session(write=raising and not call.dry_run)
    known = [item.id for item in defined(session).checks]
    if only and only not in known:
        message = T("there is no check {name}", name=only)
        raise Problems([Problem("unknown-check", message, nearest(only, known), Place(field="--only"))])
    found = run(session, only)
    if raising and found:
        replies = raise_(session, found, call.asker(), call.say, dry_run=call.dry_run)
        give_each(call, [f"{entry.entity} {entry.finding}" for entry in found], replies)
    else:
        rows = [_suspicion(entry, call.say(entry.statement)) for entry in found]
        present(call, session, Table("suspicions", SUSPICIONS, rows))
    if check and found:
        raise Stop(Exit.DIFFERENCES)


def _suspicion(found: "Suspicion", statement: str) -> Row:
    return {**msgspec.structs.asdict(found), "finding": found.finding, "statement": statement}
