"""The auditor's page, command by command, on the store of the demonstration."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "auditors.md"
PUBLISHED = re.compile(r"\S+\+[0-9a-f]{8}\+\S+")


def commands() -> list[str]:
    return [line.strip() for line in PAGE.read_text().splitlines() if line.startswith("    campaign")]


def test_every_command_of_the_page_ends_well(desk: Path) -> None:
    """In the page's order, in one folder; the two published keys are read where the page says they are printed."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "CAMPAIGN_STORE": "store.db", "NO_COLOR": "1",
        "CAMPAIGN_PERSON_KEYS": "",
    }  # fmt: skip
    assert len(commands()) > 20
    for command in commands():
        ends = f"{command} --for 0" if "log follow" in command else command  # by itself it goes on until it is stopped
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", ends],  # noqa: S607 -- as a reader's shell does
            cwd=desk, env=environment, capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
        assert done.returncode == 0, (command, done.stdout[-500:], done.stderr[-500:])
        for verb, name in (("rotate-key", "KEY"), ("cosign", "WITNESS")):
            if f"audit {verb}" in command:
                environment[name] = PUBLISHED.findall(done.stdout + done.stderr)[-1]
