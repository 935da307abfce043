"""audit: signed checkpoints, receipts, proofs, witnesses, and the verification of everything."""

from pathlib import Path

import click

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop, UsageProblem
from campaign_cli.output import Column, Sheet, Table, give, write

PROBLEMS = (
    Column("place", T("where")),
    Column("code", T("code")),
    Column("message", T("what is wrong")),
    Column("fix", T("what to do")),
)
FILE = click.Path(path_type=Path)
KEY_FILE = Option(
    "--key-file",
    text=T("the file of the key that signs; never in the hands of the database administrator"),
    type=FILE,
    envvar="CAMPAIGN_LOG_KEY",
    metavar="FILE",
)
SEALED = T("the log would be sealed and a checkpoint signed")
KEY = Option("--key", text=T("a published key, of the log or of a witness"), multiple=True, metavar="NAME+HASH+KEY")


def _key_file(call: Call, given: Path | None) -> Path:
    """Return the file of the signing key: as given, or beside the store."""
    from campaign.app.stores import beside

    return given or beside(call.store, ".log-key")


@verb(
    KEY_FILE,
    Option("--rebuild", text=T("make the tree again from the log first"), is_flag=True),
    example="campaign audit checkpoint --key-file /secure/log-key -o checkpoint.txt",
    more=(T("Print it wherever something is published: whoever holds the paper is a witness."),),
)
def checkpoint(key_file: Path | None, rebuild: bool) -> None:  # noqa: FBT001 -- click's flag
    """Seal and sign (design/promises: Evidence)."""
    from campaign.app import evidence

    call = current()
    path = _key_file(call, key_file)
    if call.only_says(SEALED):
        return
    write(call, evidence.checkpoint(call.writable(), path, rebuild=rebuild))


@verb(
    KEY,
    Option("--against", text=T("a checkpoint that you kept"), type=FILE, multiple=True, metavar="FILE"),
    Option("--quick", text=T("leave out making recorded assessments again"), is_flag=True),
    example="campaign audit verify --against checkpoint-2005-10.txt",
    more=(T("Nothing is written. Ends with 5 when anything is wrong, and names the first position first."),),
)
def verify(key: tuple[str, ...], against: tuple[Path, ...], quick: bool) -> None:  # noqa: FBT001 -- click's flag
    """Verify rows, order, tree, checkpoints, signatures, read models, results."""
    from campaign.app import audit, evidence

    call = current()
    own, keys = evidence.kept(against), evidence.keys_of(key)
    verdict = audit.verify(call.session(), keys=keys, against=own, results=not quick)
    fields = (
        (Column("position", T("last position")), verdict.position),
        (Column("sealed", T("sealed up to")), verdict.sealed),
        (Column("checkpoints", T("checkpoints believed")), verdict.checkpoints),
        (Column("vouched", T("vouched for up to")), verdict.vouched),
        (Column("sound", T("sound")), not verdict.problems),
    )
    rows = [_row(call, problem) for problem in verdict.problems]
    found = T("problems: {count}", count=len(rows)) if rows else T("everything holds")
    table = Table("problems", PROBLEMS, rows)
    give(call, Sheet("verdict", fields, (table,) if rows else (), notes=(*verdict.notes, found)))
    if rows:
        raise Stop(Exit.INTEGRITY)


def _row(call: Call, problem: Problem) -> dict[str, object]:
    return {
        "place": str(problem.place),
        "code": problem.code,
        "message": call.say(problem.message),
        "fix": call.say(problem.fix),
    }


@verb(
    Argument("position", text=T("the position in the log"), type=click.IntRange(1), needed=False),
    Option(
        "--from",
        "first",
        text=T("prove instead that the log only grew since this size"),
        type=click.IntRange(0),
        metavar="SIZE",
    ),
    Option("--bare", text=T("leave the record itself out of the receipt"), is_flag=True),
    KEY_FILE,
    example="campaign audit prove 42 -o report-42.tlog-proof",
    more=(
        T("The receipt is verified by `campaign-verify FILE --key KEY`, on any machine, without this program."),
        T("Where no checkpoint covers the record yet, one is made if a key file is given."),
    ),
)
def prove(position: int | None, first: int | None, bare: bool, key_file: Path | None) -> None:  # noqa: FBT001 -- click's flag
    """Write a receipt for one event, or a proof of growth."""
    from campaign.app import evidence

    if (position is None) == (first is None):
        raise UsageProblem("usage-one", T("give a position, or --from a size"), T("give one of them"), "POSITION")
    call = current()
    if key_file is not None and call.only_says(SEALED):
        return
    session = call.session() if key_file is None else call.writable()
    if position is not None:
        write(call, evidence.receipt(session, position, key_file, whole=not bare))
    else:
        write(call, evidence.growth(session, first or 0, key_file))


@verb(
    Argument("note", text=T("the cosigned checkpoint"), type=FILE),
    KEY,
    example="campaign audit witness cosigned.txt --key witness/finance+…",
)
def witness(note: Path, key: tuple[str, ...]) -> None:
    """Keep a checkpoint that a witness cosigned; a witness never goes back."""
    from campaign.app import evidence

    call = current()
    if not key:
        raise UsageProblem("usage-missing", T("--key is missing"), T("name the key of the witness"), "--key")
    text = evidence.text_of(note)
    if call.only_says(T("the cosigned checkpoint would be checked and kept")):
        return
    head = evidence.accept(call.writable(), text, evidence.keys_of(key))
    call.note(T("kept: the checkpoint of size {size}, cosigned", size=head.size))


@verb(
    Argument("proof", text=T("what `campaign audit prove --from SIZE` wrote"), type=FILE),
    KEY,
    Option("--state", text=T("the file in which the witness keeps what it saw"), type=FILE, needed=True),
    KEY_FILE,
    example="campaign audit cosign growth.txt --key campaign/jilin-2005+… --state seen.json --key-file witness-key",
    more=(T("For a witness, on its own machine: no store is needed. A key is made if the file is not there."),),
)
def cosign(proof: Path, key: tuple[str, ...], state: Path, key_file: Path | None) -> None:
    """Cosign a checkpoint that continues what this witness saw before."""
    from campaign.app import evidence

    call = current()
    if len(key) != 1 or key_file is None:
        message = T("give the key of the log with --key and the file of yours with --key-file")
        raise UsageProblem("usage-missing", message, T("see --help"), "--key")
    text = evidence.text_of(proof)
    if call.only_says(T("{path} would be written", path=state)):
        return
    write(call, evidence.cosign(text, state, key_file, evidence.keys_of(key)[0]))
    call.note(T("your key, to be published: {key}", key=evidence.published(key_file)))


@verb(
    KEY_FILE,
    Option("--name", text=T("the name of the log in its notes, for the first key"), default=""),
    Option("--reason", text=T("why the key is changed"), default=""),
    example="campaign audit rotate-key --key-file /secure/log-key --as p-audit-admin-1",
    more=(T("The first time it makes the key; later the key in force vouches for the new one."),),
)
def rotate_key(key_file: Path | None, name: str, reason: str) -> None:
    """Record the key that signs checkpoints from here on."""
    from campaign.app import evidence
    from campaign.app.stores import make_room
    from campaign_cli.outcome import give_reply

    call = current()
    path = _key_file(call, key_file)
    if not call.dry_run:
        make_room(path)
    if not path.parent.is_dir() and not (call.dry_run and key_file is None):
        place = Place(file=str(path))
        raise Problems(
            [Problem("key-missing", T("there is no folder for {path}", path=path), T("make it first"), place)]
        )
    session = call.session(write=not call.dry_run)
    reply = evidence.rotate(session, path, call.asker(), name=name, reason=reason, dry_run=call.dry_run)
    give_reply(call, reply)
    if reply.refusal is None and not call.dry_run:
        call.note(T("publish this key: {key}", key=session.campaign().log_keys[-1]))


@verb(example="campaign audit keys")
def keys() -> None:
    """List the keys of the log, and the last checkpoint."""
    from campaign.app import evidence

    call = current()
    session = call.session()
    rows = [{"key": text} for text in session.campaign().log_keys]
    line = evidence.imprint(session)
    notes = (line,) if line else ()
    give(call, Table("keys", (Column("key", T("published key")),), rows, notes=notes))
