"""What the store signals by exceptions of its own, as problems that a person can act on."""

from campaign.problems import Place, Problem, T
from campaign.store.log import CommandReused, Conflict


def problem_of(error: Exception) -> Problem | None:
    """Return ERROR as a problem: codes `conflict` and `command-reused`; None for what is none of ours."""
    match error:
        case Conflict():
            message = T("somebody else kept writing to {stream} first; nothing was written", stream=error.stream)
            return Problem("conflict", message, T("try again"), Place(field=error.stream))
        case CommandReused():
            message = T("the command id {id} was given before, for something else", id=error.command_id)
            return Problem("command-reused", message, T("give another --command-id"), Place(field="--command-id"))
        case _:
            return None
