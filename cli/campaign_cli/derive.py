"""Commands that write, made from the fields of the domain's commands and the table in writes.py."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.app.intents import FIGURE_FIELDS, STATUS, Field, Fields, convert, fields_of
from campaign.problems import Problem, Problems, T, Text
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import Verb
from campaign_cli.exits import Misused, UsageProblem
from campaign_cli.typed import as_typed
from campaign_cli.writes import FIELDS, OPENINGS, WRITES, Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from campaign.app.session import Session

    Look: TypeAlias = Callable[[Session, Any], list[Problem]]


def derived(verb: str, name: str, text: Text, extra: Sequence[Option] = ()) -> Verb:
    """Make the command VERB out of the domain's command NAME; `NAME@REGISTER` is that command of one register."""
    name, _, register = name.partition("@")
    write = WRITES[name]
    fields = tuple(field for field in fields_of(name) if field.name != "register" or not register)
    by_place = [_argument(field) for place in write.arguments for field in fields if field.name == place]
    options = [_option(write, field) for field in fields if field.name not in write.arguments]
    params: list[click.Parameter] = [*by_place, *options, *extra]
    if write.file:
        params.append(file_option())

    def run(**given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
        carry_out(name, {**given, "register": register} if register else given)

    made = Verb(run, params, text=text, example=_example(write, verb, register))
    made.name = verb
    return made


def _example(write: Write, verb: str, register: str) -> str:
    if not register:
        return write.example
    if verb == "open":
        return OPENINGS[register]
    noun = write.example.replace("campaign register ", f"campaign {register} ", 1)
    return noun.replace(" issue ", " ", 1) if register != "issue" else noun.replace(" issue i-1", " i-1", 1)


def file_option() -> Option:
    """Return --file, for figures out of a CSV file."""
    text = T("a CSV file of figures: period, indicator, value, unit, scope, method, status")
    return Option("--file", text=text, metavar="FILE.csv", type=click.Path(path_type=Path))


def option_name(field: Field) -> str:
    """Write a field's name as an option's: what may be given several times stands in the singular."""
    name = field.name.removesuffix("s") if field.repeated else field.name
    return "--" + name.replace("_", "-")


def _argument(field: Field) -> Argument:
    chosen = click.Choice(field.choices) if field.choices else None
    return Argument(field.name, text=meaning(field), type=chosen)


def _option(write: Write, field: Field) -> Option:
    names = [option_name(field), field.name]
    required = field.required and not (write.file and field.name in FROM_FILE)
    common: dict[str, Any] = {"text": meaning(field), "needed": required}
    if field.kind == "truth":
        names[0] = f"{names[0]}/--no-{names[0].removeprefix('--')}"
        return Option(*names, **common, default=None)
    if field.repeated:
        return Option(*names, **common, multiple=True, metavar=_METAVAR.get(field.kind, "TEXT"))
    if field.choices:
        return Option(*names, **common, type=click.Choice(field.choices))
    return Option(*names, **common, metavar=_METAVAR.get(field.kind, "TEXT"))


FROM_FILE = frozenset({"figures", "period"})
OF_FIGURES = frozenset({"figures", "adjustment", *FIGURE_FIELDS})
"""What is said of figures, on the line or in the file; from the line it would be lost beside a file."""


def meaning(field: Field) -> Text:
    """Say what FIELD means: figures and enterprises each have a status; a field nobody described shows its name."""
    name = "figure_status" if field.choices == STATUS else field.name
    return FIELDS.get(name) or Text(name.replace("_", " "))


_METAVAR = {"date": "DATE", "decimal": "NUMBER", "figures": "FIGURE"}


def carry_out(name: str, given: dict[str, Any], look: "Look | None" = None) -> None:
    """Convert what was GIVEN, carry it out, and say what came of it; LOOK may find something wrong with it first."""
    from campaign.app.handle import handle
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    question = WRITES[name].question
    if question.template and not call.dry_run:
        call.confirm(question)
    session = call.session(write=not call.dry_run)
    ready = _ready(name, given, session)
    definition = session.context().definition  # outside: what the store has to say is no misuse of the line
    if any(given.get(field.name) for field in fields_of(name) if field.kind == "figures"):
        from campaign_cli.nouns.phase import defined

        defined(session)  # what a figure means, its unit and its scope, only a definition says
    try:
        command = convert(name, fields(given), definition, ready)
    except Problems as found:
        raise Misused(as_typed(found.problems)) from None
    if look is not None and (doubtful := look(session, command)):
        raise Problems(doubtful)
    give_reply(call, handle(session, [command], who, dry_run=call.dry_run))


def _ready(name: str, given: dict[str, Any], session: "Session") -> dict[str, object]:
    """Return what comes out of --file, and take it out of what was GIVEN on the line."""
    path = given.pop("file", None)
    definition = session.context().definition
    if path is None or definition is None:
        return {}
    typed = [option_name(field) for field in fields_of(name) if field.name in OF_FIGURES and given.get(field.name)]
    if typed:
        message = T("figures come from the line or from a file, not from both")
        raise UsageProblem(
            "usage-both", message, T("leave out --file, or {options}", options=", ".join(typed)), "--file"
        )
    from campaign.app.inputs import figures

    known = {field.name for field in fields_of(name)}
    found = figures(path, definition, given.get("period") or "")
    return {field: value for field, value in found.items() if field in known}


def fields(given: dict[str, Any]) -> Fields:
    """Return click's values as the texts that they were; what was not given stays out."""
    return {name: _as_text(value) for name, value in given.items() if value is not None and value != ()}


def _as_text(value: Any) -> str | list[str]:  # noqa: ANN401 -- one of the three things below
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, tuple) else str(value)
