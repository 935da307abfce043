"""An adopter in a process of its own: reads a folder, waits for the starting signal, then applies. Run by a test."""

import sys
from pathlib import Path

from app.drives import ADA, Choice

from campaign.app.adopt import Stale, apply, plan
from campaign.app.session import Settings, open_session


def main(store: str, folder: str) -> None:
    """Print `adopted`, or the code that kept this one from it."""
    session = open_session(Settings(store), write=True)
    made = plan(session, Path(folder), Choice())
    print("ready", flush=True)  # noqa: T201 -- it speaks to the test on its standard output
    sys.stdin.readline()
    try:
        reply = apply(session, Path(folder), ADA, made=made)
        print(reply.refusal.reasons[0].code if reply.refusal else "adopted", flush=True)  # noqa: T201 -- likewise
    except Stale:
        print("stale", flush=True)  # noqa: T201 -- likewise
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
