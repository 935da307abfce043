"""Start-up of reading commands, as a ratio to `python -c pass` in the same run: the best of several whole processes."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
LIMIT = 5.0
PROGRAM = Path(sys.executable).with_name("campaign")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As a person has it: modules that were compiled once are not compiled again."""


def best(*command: str) -> float:
    """Return the shortest wall time of COMMAND in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one line a command: name ratio target met|short."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "demo.db")
        subprocess.run([PROGRAM, "demo", "--short", "--quiet", store], check=True, capture_output=True)
        floor = best(sys.executable, "-c", "pass")
        for name, arguments in (
            ("start --help", ["--help"]),
            ("start store info", ["--store", store, "store", "info"]),
            ("start log list --last 20", ["--store", store, "log", "list", "--last", "20", "--format", "jsonl"]),
            ("start show", ["--store", store, "show"]),
        ):
            ratio = best(str(PROGRAM), *arguments) / floor
            print(f"{name:<44} {ratio:6.2f} <= {LIMIT:.0f} x python -c pass  {'met' if ratio <= LIMIT else 'short'}")


if __name__ == "__main__":
    main()
