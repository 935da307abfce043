"""How the program ends: the exit codes, and problems in words a person can act on."""

import errno
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from campaign.problems import FORBIDDEN, NOT_PERMITTED, NOTHING, Place, Problem, T, Text

if TYPE_CHECKING:
    from campaign_cli.call import Call

SCHEMA = 1
"""Version of the machine output: of its field names and their meaning."""


class Exit(IntEnum):
    """What the program's end says to a script."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    INVALID = 3
    CONFLICT = 4
    INTEGRITY = 5
    NOT_PERMITTED = 6
    DIFFERENCES = 7
    UNKNOWN = 8
    INTERRUPTED = 130


MEANING = {
    Exit.DONE: T("done"),
    Exit.REFUSED: T("refused by a rule or a gate; every reason is given"),
    Exit.USAGE: T("wrong use of the command line"),
    Exit.INVALID: T("something is wrong with the configuration, the data or a file"),
    Exit.CONFLICT: T("somebody else wrote first, the store is busy, or the plan is stale: try again"),
    Exit.INTEGRITY: T("the log or its read models are not what they should be"),
    Exit.NOT_PERMITTED: T("the actor may not ask for this"),
    Exit.DIFFERENCES: T("there are differences, or something is pending, and --exit-code or --check asked"),
    Exit.UNKNOWN: T("the outcome is not known: ask again with the same --command-id"),
    Exit.INTERRUPTED: T("interrupted"),
}

BY_CODE = {
    "conflict": Exit.CONFLICT,
    "command-reused": Exit.REFUSED,
    "store-busy": Exit.CONFLICT,
    "stale-plan": Exit.CONFLICT,
    "outcome-unknown": Exit.UNKNOWN,
    "store-io": Exit.UNKNOWN,
    "store-damaged": Exit.INTEGRITY,
    "unknown-topic": Exit.INTEGRITY,
    "unreadable-event": Exit.INTEGRITY,
    "actor-not-named": Exit.USAGE,
    **dict.fromkeys(sorted(FORBIDDEN), Exit.NOT_PERMITTED),
}
"""Problems that end otherwise than with 3; a code that begins with `integrity-` ends with 5."""


class Misused(click.UsageError):
    """All that is wrong with the command line, as problems of ours."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take the problems in the order of the line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class UsageProblem(Misused):
    """One wrong use of the command line."""

    def __init__(self, code: str, message: Text, fix: Text = NOTHING, field: str = "") -> None:
        """Name the option or argument in FIELD."""
        super().__init__([Problem(code, message, fix, Place(field=field))])


class Stop(Exception):  # noqa: N818 -- an end, not an error
    """End with an exit code, after everything has been said."""

    def __init__(self, code: Exit) -> None:
        """Take the code."""
        super().__init__(code)
        self.code = code


def code_of(problems: Sequence[Problem]) -> Exit:
    """Return the exit code that PROBLEMS call for."""
    for problem in problems:
        if problem.code in BY_CODE:
            return BY_CODE[problem.code]
        if problem.code.startswith("integrity-"):
            return Exit.INTEGRITY
    return Exit.INVALID


def tell(call: "Call", problems: Sequence[Problem], code: Exit) -> None:
    """Write PROBLEMS to stderr, one line each; as one JSON document where the output is JSON."""
    if call.format in {"json", "jsonl"}:
        click.echo(as_json(call, problems, code), err=True)
        return
    for problem in problems:
        click.echo(line(call, problem), err=True)


def line(call: "Call", problem: Problem) -> str:
    """Write `place: CODE message (fix)` in the call's language, harmless to the terminal.

    The gate or rule behind a refusal stands beside the place; the roles behind one are in its remedy.
    """
    from campaign_cli.text import harmless

    rule = "" if problem.code == NOT_PERMITTED else problem.rule
    named = " ".join(part for part in (str(problem.place), rule) if part)
    where = f"{named}: " if named else ""
    fix = f" ({call.say(problem.fix)})" if problem.fix.template else ""
    return harmless(f"{where}{problem.code} {call.say(problem.message)}{fix}")


def as_json(call: "Call", problems: Sequence[Problem], code: Exit) -> str:
    """Write PROBLEMS as one JSON document."""
    from campaign_cli.output import to_json

    return to_json({"schema": SCHEMA, "exit_code": int(code), "problems": [plain(call, item) for item in problems]})


def plain(call: "Call", problem: Problem) -> dict[str, object]:
    """Return a problem as plain values: the text as said, and its template and values for programs."""
    place = {name: value for name, value in msgspec.structs.asdict(problem.place).items() if value}
    return {
        "code": problem.code,
        "message": call.say(problem.message),
        "fix": call.say(problem.fix),
        "place": place,
        "rule": problem.rule,
        "template": problem.message.template,
        "values": problem.message.values,
    }


OWNER = (T("{path} may not be read or written"), T("ask its owner, or name another"))
ROOM = (T("there is no room for {path}"), T("make room on the disk, or name another place"))
OF_FILES = {
    errno.ENOENT: ("file-missing", T("there is no file {path}"), T("correct the path")),
    errno.EISDIR: ("file", T("{path} is a folder"), T("name a file")),
    errno.EACCES: ("file", *OWNER),
    errno.EPERM: ("file", *OWNER),
    errno.ENOSPC: ("file", *ROOM),
    errno.EDQUOT: ("file", *ROOM),
    errno.EIO: ("file", T("the disk failed under {path}"), T("check the disk, then try again")),
    errno.EROFS: ("file", T("{path} lies on a disk that may not be written"), T("name another place")),
}
"""What the system says of a file, in words of ours: its own are in its language, whatever --lang says."""


def of_file(error: OSError) -> Problem:
    """Say what ERROR, which names a file, means for it."""
    path = Path(str(error.filename))
    place = Place(file=str(path))
    if error.errno == errno.ENOENT and not path.parent.is_dir():
        message = T("there is no folder {path}", path=path.parent)
        return Problem("folder-missing", message, T("make it first, or name another"), place)
    if error.errno in OF_FILES:
        code, text, fix = OF_FILES[error.errno]
        return Problem(code, Text(text.template, {"path": str(path)}), fix, place)
    message = T("{path}: {problem}", path=path, problem=error.strerror or error)
    return Problem("file", message, T("check the path, and who may read or write there"), place)


def usage(error: click.UsageError) -> tuple[Problem, ...]:
    """Return a usage error of click's as problems of ours."""
    return error.problems if isinstance(error, Misused) else (_one(error),)


def _one(error: click.UsageError) -> Problem:
    match error:
        case click.NoSuchOption():
            message = T("there is no option {name}", name=error.option_name)
            return Problem("usage-unknown-option", message, _meant(error))
        case click.MissingParameter():
            return missing(name_of(error.param))
        case click.BadParameter():
            return _bad(error)
        case click.BadOptionUsage():
            message = T("the option {name} needs a value, or takes none", name=error.option_name)
            return Problem("usage-option", message, SEE_HELP)
        case _:
            return Problem("usage", T("{message}", message=error.format_message()), SEE_HELP)


def missing(name: str) -> Problem:
    """Return the problem of an option or argument that must be there."""
    return Problem("usage-missing", T("{name} is missing", name=name), T("give it; see --help"), Place(field=name))


SEE_HELP = T("see --help")


def _meant(error: click.NoSuchOption) -> Text:
    """Suggest an option with a name that is close, the dashes aside: those make any two options alike."""
    import difflib

    names = {name.lstrip("-"): name for name in error.possibilities or ()}
    close = difflib.get_close_matches(error.option_name.lstrip("-"), names, n=1, cutoff=0.7)
    return T("did you mean {choice}?", choice=names[close[0]]) if close else SEE_HELP


def _number(name: str, kind: object) -> Problem | None:
    """Say which whole numbers a parameter of KIND takes; None for one that takes no numbers."""
    match kind:
        case click.IntRange(min=least, max=None):
            message = T("{name} takes a whole number of at least {least}", name=name, least=least)
        case click.IntRange(min=least, max=most):
            message = T("{name} takes a whole number from {least} to {most}", name=name, least=least, most=most)
        case click.types.IntParamType():
            message = T("{name} takes a whole number", name=name)
        case _:
            return None
    return Problem("usage-value", message, T("write it in digits, as 12"), Place(field=name))


def _bad(error: click.BadParameter) -> Problem:
    name = name_of(error.param)
    number = _number(name, error.param.type) if error.param is not None else None
    if number is not None:
        return number
    if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Choice):
        choices = ", ".join(map(str, error.param.type.choices))
        message = T("that is not a choice for {name}", name=name)
        return Problem("usage-choice", message, T("choose one of {choices}", choices=choices), Place(field=name))
    message = T("{name} does not take this: {problem}", name=name, problem=error.message)
    return Problem("usage-value", message, SEE_HELP, Place(field=name))


def name_of(param: click.Parameter | None) -> str:
    """Return what a person calls PARAM: `ENTITY` or `--due-on`."""
    if param is None:
        return ""
    return param.human_readable_name if isinstance(param, click.Argument) else param.opts[-1]
