"""Nouns and verbs: click's groups and commands, loaded only when used, with help in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

import click
import msgspec

from campaign.problems import Problem, Problems, T, Text
from campaign_cli.call import Argument, Call, Option, global_options
from campaign_cli.exits import Exit, Misused, UsageProblem, code_of, missing, name_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Leaf(msgspec.Struct, frozen=True):
    """A verb that is not loaded yet: its line of help, and `module:function` of what makes it out of that line.

    `derive:NAME` makes it out of the domain's command NAME.
    """

    help: Text
    source: str


class Branch(msgspec.Struct, frozen=True):
    """A noun that is not loaded yet, with its verbs."""

    help: Text
    verbs: dict[str, Leaf]


Tree: TypeAlias = Mapping[str, Leaf | Branch]


class Verb(click.Command):
    """A command with its help, one example, and the global options."""

    def __init__(
        self,
        callback: Callable[..., object],
        params: Sequence[click.Parameter] = (),
        *,
        text: Text,
        example: str,
        more: Sequence[Text] = (),
    ) -> None:
        """Say TEXT as help, then MORE as paragraphs, then EXAMPLE."""
        self.text, self.example, self.more = text, example, more
        self.instead = ""
        """A parameter that, when given, takes the place of all that is needed."""
        super().__init__(None, callback=callback, params=[*params, *global_options()], add_help_option=False)
        self.params.append(help_option())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the line; everything that is needed and not there is said at once."""
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing and ctx.params.get(self.instead) is None:
            needed = [param for param in self.params if isinstance(param, Argument | Option) and param.needed]
            absent = [param for param in needed if ctx.params.get(param.name or "") in {None, ()}]
            if absent:
                raise Misused([missing(name_of(param)) for param in absent])
        return rest

    def invoke(self, ctx: click.Context) -> None:
        """Carry the command out; what is wrong names what was typed."""
        try:
            super().invoke(ctx)
        except Problems as found:
            from campaign_cli.typed import as_typed

            unnoted = _unnoted(ctx, found)
            raise Problems((*as_typed(found.problems), *([unnoted] if unnoted else ()))) from found

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole help."""
        from campaign_cli.help import for_verb

        formatter.write(for_verb(_call(ctx), ctx, self))


def _unnoted(ctx: click.Context, found: Problems) -> Problem | None:
    """Note what was not permitted, where no decision has; return why that could not be done."""
    call = _call(ctx)
    if code_of(found.problems) is not Exit.NOT_PERMITTED or call.dry_run:
        return None
    from campaign.app.access import machine_account
    from campaign.app.journal import note_outside

    command = ".".join(ctx.command_path.split()[1:])
    return note_outside(call.settings(), (machine_account(), call.who.partition(":")[0], command), found)


class Noun(click.Group):
    """A group that knows its verbs' names and help without loading any of them."""

    def __init__(self, name: str | None, branch: Tree, text: Text) -> None:
        """Offer what BRANCH lists."""
        self.text, self.branch = text, branch
        super().__init__(
            name,
            params=[*global_options(), help_option()],
            callback=_help_if_alone,
            add_help_option=False,
            invoke_without_command=True,
        )

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """List the names, in the order of the tree."""
        return list(self.branch)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name."""
        entry = self.branch.get(cmd_name)
        return None if entry is None else load(cmd_name, entry)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name is answered with the nearest one."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            raise unknown(name, self.branch)
        return name, command, args[1:]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer names with their help, loading nothing."""
        from click.shell_completion import CompletionItem

        call = _call(ctx)
        names = [
            CompletionItem(name, help=call.say(entry.help))
            for name, entry in self.branch.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole help."""
        from campaign_cli.help import for_noun

        formatter.write(for_noun(_call(ctx), ctx, self))


def _help_if_alone() -> None:
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), color=False)
        ctx.exit(Exit.USAGE)


def load(name: str, entry: Leaf | Branch) -> click.Command:
    """Load the noun or verb NAME."""
    if isinstance(entry, Branch):
        return Noun(name, entry.verbs, entry.help)
    module, _, attribute = entry.source.partition(":")
    if module == "derive":
        from campaign_cli.derive import derived

        return derived(name, attribute, entry.help)
    command: click.Command = getattr(import_module(f"campaign_cli.{module}"), attribute)(entry.help)
    command.name = name
    return command


def unknown(name: str, choices: Mapping[str, object]) -> UsageProblem:
    """Return the problem of a noun or verb that is not there."""
    import difflib

    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    fix = (
        T("did you mean {choice}?", choice=close[0])
        if close
        else T("choose one of {choices}", choices=", ".join(choices))
    )
    return UsageProblem("usage-unknown-command", T("there is no command {name}", name=name), fix)


def help_option() -> Option:
    """Return --help, which acts before anything is checked."""
    return Option(
        "--help",
        "-h",
        text=T("show this and end"),
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
    )


def _show_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=False)
        ctx.exit()


def _call(ctx: click.Context) -> Call:
    return ctx.find_object(Call) or Call()


def verb(
    *params: click.Parameter, example: str, more: Sequence[Text] = ()
) -> Callable[[Callable[..., object]], Callable[[Text], Verb]]:
    """Mark a function as a verb's; the tree gives it its name and its line of help."""

    def mark(callback: Callable[..., object]) -> Callable[[Text], Verb]:
        def make(text: Text) -> Verb:
            return Verb(callback, params, text=text, example=example, more=more)

        return make

    return mark
