"""What the store signals by exceptions of its own, and an extra that is not installed, as problems with a remedy."""

from importlib.util import find_spec

from campaign.problems import Place, Problem, Problems, T
from campaign.store.log import CommandReused, Conflict

EXTRAS = {
    "xlsxwriter": "sheets",
    "python_calamine": "sheets",
    "defusedxml": "dmn",
    "holidays": "calendar",
    "icalendar": "calendar",
    "cryptography": "evidence",
    "jinja2": "documents",
    "typst": "documents",
}
"""Which extra brings a module that some commands need."""


def absent(module: str) -> Problem:
    """Return the problem that MODULE, one of EXTRAS, is not installed (code `extra-missing`)."""
    message = T("{module} is not installed", module=module)
    return Problem("extra-missing", message, T("pip install campaign[{extra}], if you need it", extra=EXTRAS[module]))


def need(*modules: str) -> None:
    """Look before the first step whether every one of MODULES is installed. Raises Problems (`extra-missing`)."""
    missing = [absent(module) for module in modules if find_spec(module) is None]
    if missing:
        raise Problems(missing)


def problem_of(error: Exception) -> Problem | None:
    """Return ERROR as a problem: `conflict`, `command-reused`, `extra-missing`; None for what is none of ours."""
    match error:
        case Conflict():
            message = T("somebody else kept writing to {stream} first; nothing was written", stream=error.stream)
            return Problem("conflict", message, T("try again"), Place(field=error.stream))
        case CommandReused():
            message = T("the command id {id} was given before, for something else", id=error.command_id)
            return Problem("command-reused", message, T("give another --command-id"), Place(field="--command-id"))
        case ModuleNotFoundError(name=str(module)) if module.partition(".")[0] in EXTRAS:
            return absent(module.partition(".")[0])
        case _:
            return None
