"""Hostile files come to problems and to nothing else (P-18): each reader is fuzzed by atheris, guided by coverage.

`CAMPAIGN_FUZZ` says how many seconds each takes, 8 if it says nothing.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from fuzz.targets import TARGETS

TESTS = Path(__file__).parents[1]
SECONDS = os.environ.get("CAMPAIGN_FUZZ", "8")
LEAST = 200
"""Inputs that must have been tried, or the fuzzer did not work."""

needs_atheris = pytest.mark.skipif(find_spec("atheris") is None, reason="not run: atheris missing")


def fuzzed(name: str, seconds: str, directory: Path) -> tuple[int, int, str]:
    """Fuzz a reader; return the exit code, how many inputs were tried, and what was said at the end."""
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path, "TMPDIR": str(directory)}
    command = [sys.executable, "-m", "fuzz.run", name, seconds, str(directory)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    said = "\n".join(line for line in (run.stdout + run.stderr).splitlines() if "INFO: Instrumenting" not in line)
    tried = [int(line.split()[1]) for line in said.splitlines() if line.startswith("Done ")]
    return run.returncode, sum(tried), said


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_good_is_read(name: str) -> None:
    """Else the fuzzer would begin from nothing, and find nothing."""
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for data in seeds:
        TARGETS[name].read(data)


@needs_atheris
@pytest.mark.parametrize("name", TARGETS)
def test_only_problems_come_of_whatever_bytes(name: str, tmp_path: Path) -> None:
    code, tried, said = fuzzed(name, SECONDS, tmp_path)
    assert code == 0, said
    assert tried > LEAST, said


@needs_atheris
def test_the_fuzzer_finds_a_mistake_that_takes_three_right_letters(tmp_path: Path) -> None:
    """Control of P-18: a reader that goes wrong; each letter is found by the branch that it opens."""
    code, _, said = fuzzed("mistake", "30", tmp_path)
    assert code != 0
    assert "KeyError" in said
