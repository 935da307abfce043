"""A writer in a process of its own: waits for the starting signal, then gives one command. Run by test_race.py."""

import sys

from campaign.app.handle import Who, handle
from campaign.app.session import Settings, open_session
from campaign.domain.commands import AppointOfficer, RaiseFinding


def main(store: str, kind: str, name: str) -> None:
    """Print what the command came to: accepted, or the code of the refusal."""
    session = open_session(Settings(store), write=True)
    command = (
        RaiseFinding("north", name, "omission", "raced")
        if kind == "finding"
        else AppointOfficer("north", "accountable_officer", "p-only", "Farmer")
    )
    print("ready", flush=True)
    sys.stdin.readline()
    reply = handle(session, [command], Who("p-ada", command_id=name))
    print("accepted" if reply.refusal is None else reply.refusal.reasons[0].code, flush=True)
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
