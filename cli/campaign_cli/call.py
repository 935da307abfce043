"""What one call of the program asks for beside its verb: the options that hold everywhere."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from campaign.messages import Catalogue, catalogue, language
from campaign.problems import Place, Problem, Problems, T, Text
from campaign_cli.exits import UsageProblem

if TYPE_CHECKING:
    from campaign.app.handle import Who
    from campaign.app.session import Session, Settings

FORMATS = ("table", "json", "jsonl", "csv")


class Call(msgspec.Struct):
    """The global options as given, the environment's where not."""

    lang: str = "en"
    store: str = "campaign.db"
    config: str = "config"
    campaign: str = ""
    who: str = ""
    secret: str = ""
    token_file: str = ""
    on: date | None = None
    at: datetime | None = None
    command_id: str = ""
    format: str = "table"
    output: str = ""
    dry_run: bool = False
    yes: bool = False
    no_input: bool = False
    colour: bool = True
    quiet: bool = False
    verbose: bool = False

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the chosen language, read on first use."""
        return _catalogue(self.lang)

    def say(self, text: Text) -> str:
        """Say TEXT in the chosen language."""
        return self.catalogue.say(text)

    def note(self, text: Text) -> None:
        """Tell the person at the terminal something that is not data, unless -q."""
        if not self.quiet:
            from campaign_cli.text import harmless

            click.echo(harmless(self.say(text)), err=True)

    def only_says(self, would: Text) -> bool:
        """Whether this is a dry run; it then says what WOULD happen, and that nothing did."""
        if self.dry_run:
            self.note(T("dry run: {would}; nothing was", would=self.say(would)))
        return self.dry_run

    def settings(self, *, several: bool = False) -> "Settings":
        """Return what the app needs to open the store."""
        from campaign.app.session import Settings

        return Settings(self.store, self.campaign, self.at, several)

    def session(self, *, write: bool = False, create: bool = False, several: bool = False) -> "Session":
        """Open the store; it is closed when the command ends. Raises Problems, also for a campaign that is none.

        several: the command is about the log, so that no campaign of several need be named.
        """
        from campaign.app.session import must_be_there, open_session

        session = open_session(self.settings(several=several), write=write, create=create)
        click.get_current_context().call_on_close(session.close)
        if self.campaign and not create:
            must_be_there(session)
        return session

    def writable(self, *, several: bool = False) -> "Session":
        """Open the store for what is no command of a person's. Raises Problems where it may only be read."""
        session = self.session(write=True, several=several)
        if session.unwritable is not None:
            raise session.unwritable
        return session

    def asker(self) -> "Who":
        """Return who asks; the one person for whom the account speaks may be left out.

        Raises a usage problem when nobody is named.
        """
        from campaign.app.access import machine_account, spoken_for
        from campaign.app.handle import Who

        account = machine_account()
        actor, _, role = self.who.partition(":")
        if not actor:
            persons = spoken_for(self.settings(), account, self.token())
            actor = _the_one(persons) if persons is not None else ""
        return Who(actor, role, self.on, self.command_id, account=account, token=self.token())

    def token(self) -> str:
        """Return the token that says who asks, "" for none. Raises Problems (`token-missing`, `token-exposed`)."""
        if not self.token_file:
            return self.secret
        from campaign.app.tokens import of_file

        return of_file(Path(self.token_file))

    def confirm(self, question: Text) -> None:
        """Ask QUESTION unless --yes; ends the program on a no. Raises a usage problem where nobody can be asked."""
        if self.yes:
            return
        if self.no_input or not sys.stdin.isatty():
            message = T("this needs a yes: {question}", question=self.say(question))
            raise UsageProblem("needs-yes", message, T("add --yes"), "--yes")
        click.confirm(self.say(question), abort=True, err=True)


def _the_one(persons: Sequence[str]) -> str:
    """Return the only one of PERSONS. Raises a usage problem where somebody has to be named."""
    if len(persons) == 1:
        return persons[0]
    fix = T("name one of {persons}", persons=", ".join(persons)) if persons else NAME_ACTOR
    raise UsageProblem("actor-not-named", T("nobody is named who asks"), fix, "--as")


NAME_ACTOR = T("name a person with --as ACTOR or in CAMPAIGN_ACTOR")
_CATALOGUES: dict[str, Catalogue] = {}


def _catalogue(lang: str) -> Catalogue:
    if lang not in _CATALOGUES:
        _CATALOGUES[lang] = catalogue(lang)
    return _CATALOGUES[lang]


def from_environment(environ: Mapping[str, str], arguments: list[str]) -> Call:
    """Return a call with what ENVIRON says; --lang is looked for in ARGUMENTS, since even usage errors speak it."""
    return Call(
        lang=language(_lang(arguments), environ),
        store=environ.get("CAMPAIGN_STORE") or "campaign.db",
        config=environ.get("CAMPAIGN_CONFIG") or "config",
        who=environ.get("CAMPAIGN_ACTOR", ""),
        secret=environ.get("CAMPAIGN_TOKEN", ""),
        token_file=environ.get("CAMPAIGN_TOKEN_FILE", ""),
        colour=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb",
    )


def _lang(arguments: list[str]) -> str:
    found = ""
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            found = argument.partition("=")[2]
        elif argument == "--lang":
            found = "".join(arguments[index + 1 : index + 2])
    return found if found in {"en", "zh"} else ""


# --- the options ---------------------------------------------------------------------------------------------------


class Day(click.ParamType[date]):
    """A day, 2005-08-17."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ARG002 -- click's signature
        """Read an ISO day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise _wrong(
                "usage-date", T("{value} is not a day", value=value), T("write it as 2005-08-17"), param
            ) from None


class Instant(click.ParamType[datetime]):
    """An instant, 2005-08-17T09:00+08:00."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ARG002 -- click's signature
        """Read an ISO instant, which must name its offset."""
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            fix = T("write it with its offset, as 2005-08-17T09:00+08:00")
            raise _wrong("usage-instant", T("{value} is not an instant", value=value), fix, param)
        return instant


COMMAND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,189}")
"""What may be a command's id: a little shorter than the log admits, since --each puts a number behind it."""


class CommandId(click.ParamType[str]):
    """An id that makes a command safe to repeat."""

    name = "id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 -- click's signature
        """Read an id; an empty one is most likely a script's variable that is not set."""
        if COMMAND_ID.fullmatch(str(value)):
            return str(value)
        message = T("the command id is empty") if value == "" else T("{value} is no command id", value=value)
        fix = T("begin with a letter A–Z or a digit, go on with those and . _ : / @ + - up to 190; or leave it out")
        raise _wrong("usage-command-id", message, fix, param)


def _wrong(code: str, message: Text, fix: Text, param: click.Parameter | None) -> UsageProblem:
    return UsageProblem(code, message, fix, param.opts[0] if param else "")


class Option(click.Option):
    """An option whose help is a text of the catalogue."""

    def __init__(
        self, *names: str, text: Text, needed: bool = False, fields: tuple[str, ...] = (), **attributes: object
    ) -> None:
        """Take click's own attributes, and TEXT for the help; what is NEEDED is asked for in one go by the verb.

        FIELDS: what the app calls it in the place of a problem, where that is not the parameter's name.
        """
        self.text, self.needed, self.fields = text, needed, fields
        super().__init__(names, **attributes)  # type: ignore[arg-type]  # click checks its own attributes


class Argument(click.Argument):
    """An argument whose help is a text of the catalogue."""

    def __init__(
        self, name: str, *, text: Text, needed: bool = True, fields: tuple[str, ...] = (), **attributes: object
    ) -> None:
        """Take click's own attributes, and TEXT for the help; what is NEEDED is asked for in one go by the verb.

        FIELDS: what the app calls it in the place of a problem, where that is not the parameter's name.
        """
        self.text, self.needed, self.fields = text, needed, fields
        super().__init__([name], required=False, **attributes)  # type: ignore[arg-type]  # click checks its own attributes


Keep = Callable[[click.Context, click.Parameter, object], None]


def _keep(field: str) -> Keep:
    def keep(ctx: click.Context, _param: click.Parameter, value: object) -> None:
        if value is not None:
            setattr(ctx.find_object(Call) or Call(), field, value)

    return keep


def _option(field: str, *names: str, text: Text, **attributes: Any) -> Option:  # noqa: ANN401 -- click's own attributes
    """Make an option that is kept in the call, wherever on the line it stood."""
    common: dict[str, Any] = {"expose_value": False, "callback": _keep(field), "default": None}
    return Option(*names, text=text, **(common | attributes))


def _flag(field: str, *names: str, text: Text, value: bool = True) -> Option:
    return _option(field, *names, text=text, is_flag=True, flag_value=value)


def global_options() -> list[Option]:
    """Return the options that every command takes, before the noun or after the verb."""
    return [
        _option(
            "store",
            "--store",
            text=T("the event log, a file or postgresql://… (CAMPAIGN_STORE; campaign.db)"),
            metavar="STORE",
        ),
        _option("config", "--config", text=T("the campaign folder (CAMPAIGN_CONFIG; config)"), metavar="DIR"),
        _option("campaign", "--campaign", text=T("which campaign, where the store holds several"), metavar="KEY"),
        _option("who", "--as", text=T("who asks, and in which role (CAMPAIGN_ACTOR)"), metavar="ACTOR[:ROLE]"),
        _option("token_file", "--token-file", text=T("a token that says who asks (CAMPAIGN_TOKEN)"), metavar="FILE"),
        _option(
            "on",
            "--on",
            text=T("the day on which it was true; today by default"),
            type=Day(),
            metavar="DATE",
            fields=("occurred_on",),
        ),
        _option("at", "--at", text=T("the instant of the clock, in a rehearsal"), type=Instant(), metavar="INSTANT"),
        _option(
            "command_id", "--command-id", text=T("repeat safely: the same id acts once"), type=CommandId(), metavar="ID"
        ),
        _option("format", "--format", text=T("the form of the output"), type=click.Choice(FORMATS)),
        _option("output", "-o", "--output", text=T("write the output to a file"), metavar="FILE"),
        _option("lang", "--lang", text=T("the language"), type=click.Choice(("en", "zh"))),
        _flag("dry_run", "--dry-run", text=T("say what would happen; write nothing")),
        _flag("yes", "--yes", text=T("answer yes to every question")),
        _flag("no_input", "--no-input", text=T("never ask; fail where a question would be")),
        _flag("colour", "--no-color", text=T("no colours (NO_COLOR)"), value=False),
        _flag("quiet", "-q", "--quiet", text=T("only the data and the errors")),
        _flag("verbose", "-v", "--verbose", text=T("name every event that is written")),
    ]


def current() -> Call:
    """Return the call under way."""
    call = click.get_current_context().find_object(Call)
    if call is None:  # pragma: no cover -- the root makes one
        message = T("the program was entered by a side door")
        raise Problems([Problem("no-call", message, place=Place(field="call"))])
    return call
