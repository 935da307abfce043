"""scheme, assess, award, commend, explain: from the scheme to the rewards, and back to the figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import msgspec

from campaign.problems import Problem, Problems, T, Text
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import footer, present, witnessed
from campaign_cli.output import Column, Sheet, Table, give, write

if TYPE_CHECKING:
    from campaign.app.explain import Explained

ADOPTIONS = (
    Column("scheme", T("scheme")),
    Column("sha256", T("sha256")),
    Column("document", T("document")),
    Column("position", T("position"), right=True),
)
RANKING = (
    Column("rank", T("rank"), right=True),
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("group", T("group")),
    Column("score", T("score"), right=True),
    Column("grade", T("grade"), word=True),
    Column("prize_yuan", T("prize won, yuan"), right=True),
    Column("award_yuan", T("award paid, yuan"), right=True),
    Column("stopped", T("stopped by")),
)
AWARDS = (
    Column("award", T("award")),
    Column("entity", T("entity")),
    Column("group", T("group")),
    Column("rank", T("rank"), right=True),
    Column("amount_yuan", T("amount, yuan"), right=True),
    Column("status", T("status"), word=True),
    Column("proposed_by", T("proposed by")),
    Column("decided_by", T("decided by")),
    Column("run", T("run")),
    Column("position", T("position"), right=True),
)
COMMENDATIONS = (
    Column("commendation", T("commendation")),
    Column("kind", T("kind"), word=True),
    Column("entity", T("entity")),
    Column("person", T("person")),
    Column("citation", T("citation")),
    Column("status", T("status"), word=True),
    Column("position", T("position"), right=True),
)
WORDS = (T("approved"), T("rejected"), T("granted"), T("declined"), T("nominated"), T("entity"), T("individual"))
"""Words of the columns, named here for the catalogue."""

TEXT = Column("text", T("text"))
STYLES = ("yaml", "markdown", "html")
STATUSES = ("proposed", "approved", "rejected")
DEEPEST = 20
"""Steps down from a result that are shown unless fewer are asked for."""

MANY = 6
"""More positions than these are told by their number, the first and the last; JSON has all."""

SCHEME = Argument("file", text=T("a scheme, a YAML file"), type=click.Path(path_type=Path))
RUN = Argument("run", text=T("the assessment run's id"))
LAST_RUN = Argument("run", text=T("the assessment run's id, by default the last"), needed=False, default="")


@verb(SCHEME, example="campaign scheme validate config/schemes/jilin-2005-example.yaml")
def validate(file: Path) -> None:
    """Check a scheme; problems end with 3."""
    from campaign.app.assess import read_scheme

    call = current()
    scheme, _ = read_scheme(file)
    fields = (
        (Column("file", T("file")), str(file)),
        (Column("scheme", T("scheme")), scheme.name),
        (Column("sha256", T("sha256")), scheme.sha256),
        (Column("valid", T("valid")), True),
    )
    give(call, Sheet("scheme", fields))


@verb(
    SCHEME,
    Option("--document", text=T("the document that it rests on"), default=""),
    Option("--reason", text=T("the reason"), default=""),
    example="campaign scheme adopt config/schemes/jilin-2005-example.yaml --as p-wei-lichang",
)
def adopt(file: Path, document: str, reason: str) -> None:
    """Adopt a scheme (R-22)."""
    from campaign.app.assess import adopt_scheme
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    give_reply(call, adopt_scheme(session, file, who, document=document, reason=reason, dry_run=call.dry_run))


@verb(
    Argument(
        "scheme", text=T("a file, or an adopted scheme's id; by default the last adopted"), needed=False, default=""
    ),
    Option("--style", text=T("as it stands, or as a document"), type=click.Choice(STYLES), default="yaml"),
    example="campaign scheme show config/schemes/jilin-2005-example.yaml --style markdown",
)
def show(scheme: str, style: Literal["yaml", "markdown", "html"]) -> None:
    """Print a scheme's text, or the readable document it makes."""
    from campaign.app.schemes import found, written

    call = current()
    session = None if scheme and Path(scheme).is_file() else call.session()
    text = written(found(session, scheme), style)
    if call.format == "table":
        write(call, "".join(f"{_harmless(line)}\n" for line in text.splitlines()))
    elif session is None:
        give(call, Sheet("scheme", ((TEXT, text),)))
    else:
        adopted = next(line for line in reversed(session.campaign().schemes) if scheme in {"", line.scheme})
        fields = tuple((column, getattr(adopted, column.field)) for column in ADOPTIONS)
        present(call, session, Sheet("scheme", (*fields, (TEXT, text))))


def _harmless(line: str) -> str:
    from campaign_cli.text import harmless

    return harmless(line)


@verb(example="campaign scheme history")
def history() -> None:
    """List adopted schemes."""
    call = current()
    session = call.session()
    rows = [_plain(line) for line in session.campaign().schemes]
    for row in rows:
        row.pop("text", None)
    present(call, session, Table("schemes", ADOPTIONS, rows))


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 -- a Struct of the state
    return msgspec.structs.asdict(value)


# --- assess ----------------------------------------------------------------------------------------------------------


@verb(
    RUN,
    Option("--basis", text=T("on which figures"), type=click.Choice(("provisional", "final")), default="final"),
    example="campaign assess run run-1 --basis final --as p-wei-lichang",
    more=(T("The result names the scheme's hash and the log position, and can be made again to the byte."),),
)
def run(run: str, basis: Literal["provisional", "final"]) -> None:
    """Assess and record."""
    from campaign.app import assess
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    give_reply(call, assess.run(session, who, run=run, basis=basis, dry_run=call.dry_run))


@verb(
    LAST_RUN,
    Option("--reproduce", text=T("compute it again and compare to the byte; a difference ends with 5"), is_flag=True),
    example="campaign assess show run-1",
)
def result(run: str, reproduce: bool) -> None:  # noqa: FBT001 -- click's flag
    """Show the ranking of a run."""
    from campaign.app import assess, read

    call = current()
    session = call.session()
    recorded, outcome = assess.shown(session, run)
    found = read.ranking(session, run)
    rows = [_scored(place) for place in (found.places if found else ())]
    note = T(
        "run {run}: scheme {scheme} {sha256}, {basis} figures up to position {position}",
        run=recorded.run,
        scheme=recorded.scheme,
        sha256=recorded.scheme_sha256[:12],
        basis=call.catalogue.word(recorded.basis),
        position=recorded.log_position,
    )
    extra = {name: value for name, value in _plain(recorded).items() if name != "result"}
    pools = [_plain(pool) for pool in outcome.pools]
    present(call, session, Table("ranking", RANKING, rows, notes=(note,), extra={**extra, "pools": pools}))
    if reproduce:
        _reproduce(call, same=assess.reproduced(session, run))


BASES = (T("provisional"), T("final"))
"""Words of the note, named here for the catalogue."""


def _scored(place: Any) -> dict[str, Any]:  # noqa: ANN401 -- a Place of the ranking
    return {
        "rank": place.rank,
        "entity": place.entity,
        "name": place.name,
        "group": place.group,
        "score": place.score,
        "grade": place.grade,
        "prize_yuan": place.prize,
        "award_yuan": place.award,
        "stopped": [item.because for item in place.stopped],
    }


def _reproduce(call: Call, *, same: bool) -> None:
    if not same:
        message = T("the result does not come out again from its scheme and its log position")
        raise Problems([Problem("integrity-result", message, T("check the log with `campaign replay`"))])
    call.note(T("the result comes out again, to the byte"))


# --- awards and commendations ------------------------------------------------------------------------------------


@verb(
    Option("--status", text=T("only those that stand so"), type=click.Choice(STATUSES)),
    example="campaign award list --status approved",
)
def awards(status: str | None) -> None:
    """List awards (R-20)."""
    call = current()
    session = call.session()
    rows = [_plain(line) for line in session.campaign().awards.values() if status in {None, line.status}]
    total = sum((row["amount_yuan"] for row in rows), start=0)
    note = T("{count} awards, {total} yuan", count=len(rows), total=total)
    present(call, session, Table("awards", AWARDS, rows, notes=(note, *witnessed(session))))


@verb(example="campaign commend list")
def commendations() -> None:
    """List commendations of entities and individuals (R-21, R-40)."""
    call = current()
    session = call.session()
    state = session.campaign()
    rows: list[dict[str, Any]] = [
        {"commendation": name, "kind": "entity", "status": "granted", **_plain(line)}
        for name, line in state.commended.items()
    ]
    rows += [{"kind": "individual", **_plain(line)} for line in state.individuals.values()]
    present(call, session, Table("commendations", COMMENDATIONS, rows))


# --- explain ---------------------------------------------------------------------------------------------------------


FORMS = T("what: award:ID, rank:RUN/ENTITY, mark:ENTITY/OBLIGATION/PERIOD, bulletin:PERIOD/TREE/INDICATOR …")


@verb(
    Argument("result", text=FORMS, fields=("what",)),
    Option("--depth", text=T("how many steps down to go"), type=click.IntRange(0), default=DEEPEST, metavar="STEPS"),
    example="campaign explain award:award-1",
    more=(
        T("Also gate:ENTITY, and figure:, target:, report: or finding:ENTITY/NAME, and event:POSITION."),
        T("A bulletin's place in the ranking is bulletin:PERIOD/TREE/ENTITY; PERIOD#1 is its first correction."),
        T("--on looks at marks and gates as they stand on that day."),
    ),
)
def explain(result: str, depth: int) -> None:
    """Trace a result down to events."""
    from campaign.app import explain as app

    call = current()
    session = call.session()
    found = app.explain(session, result, call.on)
    if call.format == "table":
        from campaign_cli.text import harmless

        told = [*lines(call, found, depth), *map(call.say, footer(session))]
        write(call, "".join(f"{harmless(line)}\n" for line in told))
    else:
        present(
            call, session, Sheet("explanation", ((Column("result", T("result")), result),), extra=as_plain(call, found))
        )


def lines(call: Call, found: "Explained", depth: int, level: int = 0) -> list[str]:
    """Write an explanation as an indented list, DEPTH steps down."""
    where = f"  [{found.where}]" if found.where else ""
    what = call.say(found.what)
    at = "" if what.startswith("#") or not found.positions else "  " + call.say(_events(found.positions))
    here = f"{'  ' * level}{'· ' if level else ''}{what}{where}{at}"
    below = found.because if level < depth else ()
    return [here, *(line for step in below for line in lines(call, step, depth, level + 1))]


def _events(positions: tuple[int, ...]) -> Text:
    if len(positions) <= MANY:
        return T("events {positions}", positions=", ".join(map(str, positions)))
    return T("{count} events from {first} to {last}", count=len(positions), first=positions[0], last=positions[-1])


def as_plain(call: Call, found: "Explained") -> dict[str, object]:
    """Return an explanation as plain values."""
    return {
        "what": call.say(found.what),
        "where": found.where,
        "positions": list(found.positions),
        "because": [as_plain(call, step) for step in found.because],
    }
