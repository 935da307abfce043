"""A tick in a process of its own: waits for the starting signal, then ticks once. Run by test_tick.py."""

import sys

from campaign.app.handle import Who
from campaign.app.session import Settings, open_session
from campaign.app.tick import tick


def main(store: str, actor: str) -> None:
    """Print which periods this process wrote."""
    session = open_session(Settings(store), write=True)
    print("ready", flush=True)  # noqa: T201 -- it speaks to the test
    sys.stdin.readline()
    found = tick(session, Who(actor))
    print(",".join(f"{step.rule}/{step.obligation}/{step.period}" for step in found.steps), flush=True)  # noqa: T201 -- likewise
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
