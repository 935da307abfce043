"""What the store signals by exceptions of its own, and an extra that is not installed, as problems with a remedy."""

from campaign.problems import EXTRAS, Place, Problem, T, absent
from campaign.store.log import CommandReused, Conflict


def problem_of(error: Exception) -> Problem | None:
    """Return ERROR as a problem: `conflict`, `command-reused`, `extra-missing`; None for what is none of ours."""
    match error:
        case Conflict():
            message = T("somebody else kept writing to {stream} first; nothing was written", stream=error.stream)
            fix = T("try again; if nobody else writes, `campaign audit verify` shows whether a read model is damaged")
            return Problem("conflict", message, fix, Place(field=error.stream))
        case CommandReused():
            message = T("the command id {id} was given before, for something else", id=error.command_id)
            return Problem("command-reused", message, T("give another --command-id"), Place(field="--command-id"))
        case ModuleNotFoundError(name=str(module)) if module.partition(".")[0] in EXTRAS:
            return absent(module.partition(".")[0])
        case _:
            return None
