"""The program itself in a process of the nursery's: `main(LARGEST, SAID, *ARGUMENTS)`.

LARGEST is how many bytes a file may have, 0 for any number; what the program says, on either stream, goes to SAID.
"""

import os
import resource
import sys

from campaign_cli.root import root


def main(largest: str, said: str, *arguments: str) -> None:
    """Run the program; it ends with its exit code."""
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    if int(largest):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
    try:
        root.main(args=list(arguments), prog_name="campaign")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
