"""Help as it is printed: translated, and wrapped by the columns that it really takes."""

import shutil
from collections.abc import Callable, Sequence

import click

from campaign.problems import T, Text
from campaign_cli.call import Argument, Call, Option, global_options
from campaign_cli.commands import Noun, Verb
from campaign_cli.text import pad, width, wrap

WIDEST = 100
NARROWEST = 40
INDENT = "  "
NAMES = 30
USAGE = T("Usage")
EXAMPLE = T("Example")


def for_verb(call: Call, ctx: click.Context, verb: Verb) -> str:
    """Write the help of a verb: usage, what it does, its own options, one example."""
    shared = shared_names()
    own = [param for param in verb.params if isinstance(param, Option) and param.name not in shared]
    arguments = [param for param in verb.params if isinstance(param, Argument)]
    parts = [_usage(call, ctx, [*map(metavar, arguments), "[OPTIONS]"]), _paragraph(call.say(verb.text))]
    parts += [_paragraph(call.say(text)) for text in verb.more]
    parts += _section(call.say(T("Arguments")), [(metavar(param), call.say(param.text)) for param in arguments])
    parts += _section(call.say(T("Options")), [(names(param), option_help(call.say, param)) for param in own])
    parts += [
        f"{call.say(EXAMPLE)}:\n{INDENT}{verb.example}",
        call.say(T("Options that hold everywhere: campaign --help")),
    ]
    return "\n\n".join(parts) + "\n"


def for_noun(call: Call, ctx: click.Context, noun: Noun) -> str:
    """Write the help of a noun, or of the program itself."""
    parts = [_usage(call, ctx, ["COMMAND …"]), _paragraph(call.say(noun.text))]
    parts += _section(call.say(T("Commands")), [(name, call.say(entry.help)) for name, entry in noun.branch.items()])
    if ctx.parent is None:
        options = [param for param in noun.params if isinstance(param, Option)]
        parts += _section(call.say(T("Options")), [(names(param), option_help(call.say, param)) for param in options])
    return "\n\n".join(parts) + "\n"


def shared_names() -> frozenset[str]:
    """Return the names of the options that every command takes."""
    return frozenset(option.name or "" for option in global_options()) | {"help"}


def names(param: click.Option) -> str:
    """Write an option's names as `-o, --output FILE`."""
    shown = ", ".join(param.opts)
    if param.secondary_opts:
        shown += " / " + ", ".join(param.secondary_opts)
    return shown if param.is_flag else f"{shown} {_value(param)}"


def _value(param: click.Option) -> str:
    if isinstance(param.type, click.Choice):
        return "|".join(map(str, param.type.choices))
    return param.metavar or (param.type.name or "text").upper()


def option_help(say: Callable[[Text], str], param: Option) -> str:
    """Say what an option is for, and whether it must be there or may be repeated."""
    marks = [say(T("needed"))] if param.needed else []
    marks += [say(T("may be repeated"))] if param.multiple else []
    return say(param.text) + (f" [{', '.join(marks)}]" if marks else "")


def metavar(param: Argument) -> str:
    """Write an argument's name, in brackets if it may be left out."""
    name = (param.metavar or param.name or "").upper()
    return name if param.needed else f"[{name}]"


def _usage(call: Call, ctx: click.Context, rest: Sequence[str]) -> str:
    return f"{call.say(USAGE)}: {ctx.command_path} {' '.join(rest)}"


def _paragraph(text: str) -> str:
    return "\n".join(wrap(text, _columns()))


def _columns() -> int:
    return max(min(shutil.get_terminal_size((WIDEST, 24)).columns - 1, WIDEST), NARROWEST)


def _section(title: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    if not pairs:
        return []
    widest = min(max(width(name) for name, _ in pairs), NAMES)
    lines = [line for name, text in pairs for line in _entry(name, text, widest)]
    return ["\n".join([f"{title}:", *lines])]


def _entry(name: str, text: str, widest: int) -> list[str]:
    room = max(_columns() - widest - 2 * len(INDENT), NARROWEST // 2)
    first, *rest = wrap(text, room)
    blank = INDENT + " " * (widest + len(INDENT))
    below = [blank + line for line in rest]
    if width(name) > widest:
        return [INDENT + name, blank + first, *below]
    return [INDENT + pad(name, widest) + INDENT + first, *below]
