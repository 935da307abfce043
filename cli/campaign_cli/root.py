"""The root of the commands: reads the environment, runs one command, turns every end into an exit code."""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from campaign.problems import Problem, Problems, Refused, T
from campaign_cli.call import Call, Option, from_environment
from campaign_cli.commands import Noun
from campaign_cli.exits import Exit, Stop, code_of, of_file, tell, usage
from campaign_cli.tree import TREE

COMPLETION = "_CAMPAIGN_COMPLETE"
"""Set by the shell while it completes a line."""


class Root(Noun):
    """The program itself."""

    def main(  # type: ignore[override]  # ours always ends the process, as click's does by default
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401 -- click's own settings, handed through
    ) -> NoReturn:
        """Run one command and end with its exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        call = from_environment(os.environ, arguments)
        for stream in (sys.stdout, sys.stderr):
            _never_crash(stream)
        if COMPLETION in os.environ:
            super().main(arguments, prog_name, obj=call, **extra)
        try:
            code = self._run(arguments, prog_name or "campaign", call)
            sys.stdout.flush()
        except BrokenPipeError:
            code = _reader_left()
        except OSError as error:
            problems, code = _said(error)
            tell(call, problems, code)
            _forget_output()
        sys.exit(int(code))

    def _run(self, arguments: list[str], name: str, call: Call) -> int:
        try:
            with self.make_context(name, arguments, obj=call) as ctx:
                self.invoke(ctx)
        except click.exceptions.Exit as end:
            return end.exit_code
        except Stop as end:
            return end.code
        except (click.Abort, KeyboardInterrupt):
            return Exit.INTERRUPTED
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 -- what is a fault of ours is raised again
            problems, code = _said(error)
            tell(call, problems, code)
            return code
        return Exit.DONE


def _said(error: Exception) -> tuple[tuple[Problem, ...], Exit]:
    """Return what ERROR tells a person; a fault of ours stays an exception."""
    match error:
        case click.UsageError():
            return usage(error), Exit.USAGE
        case Problems():
            return error.problems, code_of(error.problems)
        case OSError(filename=None):
            message = T("standard output cannot be written: {problem}", problem=error.strerror or error)
            return (Problem("file", message, T("make room, or write to a file with -o")),), Exit.INVALID
        case OSError():
            return (of_file(error),), Exit.INVALID
        case _:
            return _of_store(error)


def refused(call: Call, refusal: Refused) -> Stop:
    """Tell every reason of REFUSAL and return the end that it calls for."""
    from campaign_cli.typed import as_typed

    code = Exit.REFUSED if refusal.permitted else Exit.NOT_PERMITTED
    tell(call, as_typed(refusal.reasons, hide=True), code)
    return Stop(code)


def _of_store(error: Exception) -> tuple[tuple[Problem, ...], Exit]:
    """Return what the store's own signals say; anything else is a fault of ours and stays an exception."""
    from campaign.app.failures import problem_of

    problem = problem_of(error)
    if problem is None:
        raise error
    return (problem,), code_of((problem,))


def _never_crash(stream: Any) -> None:  # noqa: ANN401 -- whatever stands in for a terminal
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")


def _reader_left() -> Exit:
    """Whoever read the output has enough: end quietly, and keep Python from complaining when it flushes."""
    _forget_output()
    return Exit.DONE


def _forget_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    if value and not ctx.resilient_parsing:
        from campaign import __version__

        click.echo(f"campaign {__version__}")
        ctx.exit()


root = Root("campaign", TREE, T("Run target-responsibility campaigns on an event log that can be trusted."))
root.params.append(
    Option(
        "--version",
        text=T("show the version and end"),
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
    )
)
