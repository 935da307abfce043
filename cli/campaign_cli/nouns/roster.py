"""entity enrol, project register: one from the line, or a whole roster in one append."""

from pathlib import Path
from typing import Any

import click

from campaign.problems import Problem, Problems, T, Text
from campaign_cli.call import Option, current
from campaign_cli.commands import Verb
from campaign_cli.derive import carry_out, derived
from campaign_cli.exits import UsageProblem


def enrol(text: Text) -> Verb:
    """Make `entity enrol`."""
    return _either(derived("enrol", "entity.enrol", text), "entity.enrol", "entities.csv")


def register(text: Text) -> Verb:
    """Make `project register`."""
    return _either(derived("register", "project.register", text), "project.register", "projects.csv")


def _either(made: Verb, name: str, file_name: str) -> Verb:
    """Let MADE take a roster instead of one thing's fields."""
    words = T("a roster, {name}: all of it in one append", name=file_name)
    made.params.append(Option("--file", text=words, metavar="FILE.csv", type=click.Path(path_type=Path)))
    made.instead = "file"

    def run(file: Path | None, **given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
        if file is None:
            carry_out(name, given)
        elif any(value not in {None, ()} for value in given.values()):
            message = T("one from the line, or a roster with --file, not both")
            raise UsageProblem("usage-both", message, T("leave out one"), "--file")
        else:
            _roster(name, file)

    made.callback = run
    return made


def _roster(name: str, file: Path) -> None:
    from campaign.app import inputs
    from campaign.app.handle import handle
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    definition = session.context().definition
    if definition is None:
        message = T("no definition is adopted yet")
        raise Problems([Problem("no-definition", message, T("adopt one with `campaign apply`"))])
    read = inputs.entities if name == "entity.enrol" else inputs.projects
    give_reply(call, handle(session, read(file, definition), who, dry_run=call.dry_run))
