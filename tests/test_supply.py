"""The supply chain is known (P-24): hashes, a bill of materials, no secrets, no tool that passes for want of data."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from detect_secrets.core.plugins.initialize import from_plugin_classname

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
PINS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;]+)")

# --- hashes ----------------------------------------------------------------------------------------------------------


def entries(page: Path) -> list[str]:
    """Return what a list of pins asks for, each with all that belongs to it."""
    lines = [line for line in page.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("page", PINS, ids=lambda page: page.name)
def test_every_pin_has_a_version_and_a_hash(page: Path) -> None:
    asked = entries(page)
    assert asked
    for entry in asked:
        assert PIN.match(entry), entry
        assert "--hash=sha256:" in entry, entry


def test_nothing_is_installed_without_hashes() -> None:
    installs = [line for line in MAKEFILE.splitlines() if re.search(r"pip install|\$\(PIP\)(?! :=)|pip\s*\\$", line)]
    whole = MAKEFILE.replace("\\\n", " ")
    assert len(installs) > 4
    for line in whole.splitlines():
        if re.search(r"\$\(PIP\)|pip\s+install", line) and not line.startswith("PIP :="):
            assert "--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line, line


def test_what_the_package_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {name for listed in project["optional-dependencies"].values() for name in listed}
    asked = {re.split(r"[\[<>=;]", name)[0] for name in {*project["dependencies"], *extras}} - {"campaign"}
    pinned = {PIN.match(entry)["name"] for entry in entries(ROOT / "requirements" / "run.txt")}  # type: ignore[index]  # shown above
    assert {name.lower().replace("_", "-") for name in asked} <= pinned


# --- the bill of materials -------------------------------------------------------------------------------------------


def test_the_bill_of_materials_names_what_the_program_runs_on_and_nothing_else() -> None:
    bill = json.loads((ROOT / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    named = {(part["name"].lower(), part["version"]) for part in bill["components"]}
    pinned = {
        (found["name"], found["version"])
        for entry in entries(ROOT / "requirements" / "run.txt")
        if (found := PIN.match(entry))
    }
    assert named == pinned
    assert all(part["purl"].startswith("pkg:pypi/") for part in bill["components"])


# --- secrets ---------------------------------------------------------------------------------------------------------

TOKENS = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector",
    "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector",
    "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
PASSWORDS = ("BasicAuthDetector", "KeywordDetector")
"""Not looked for in tests: those of servers that a test makes and ends.  Of detect-secrets' kinds those are left out
that take whatever looks random for a secret: hashes and proofs look so, too.
"""
KNOWN = frozenset({("bench/postgres.py", "none"), ("docs/howto/reporting-cycle.md", "PASSWORD")})
"""What only looks like a secret: placeholders."""


def files() -> list[Path]:
    """Return the files of the project: what git keeps, or what lies there where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607 -- wherever it is
    named = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    tops = ("src", "cli", "config", "docs", "tests", "bench", "requirements")
    found = named or [path for top in tops for path in (ROOT / top).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in found if path.is_file()]


def secrets(texts: Iterable[tuple[str, str]], detectors: Sequence[str]) -> set[tuple[str, str]]:
    """Return what looks like a secret in (name, text), by name."""
    looking = list(map(from_plugin_classname, detectors))
    return {(name, found) for name, text in texts for each in looking for found in each.analyze_string(text)}


def test_no_file_holds_a_secret() -> None:
    texts = [(str(path.relative_to(ROOT)), path.read_bytes().decode("utf-8", "ignore")) for path in files()]
    assert len(texts) > 300
    ours = [(name, text) for name, text in texts if not name.startswith("tests/") and not name.endswith(".po")]
    assert secrets(texts, TOKENS) == set()
    assert secrets(ours, PASSWORDS) <= KNOWN


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "key = AKIA" + "IOSFODNN7EXAMPLE",
        "token: ghp_" + "a1B2" * 9,
        "postgresql://writer:" + "hunter2@db.example/campaign",
        'password = "' + 'correct-horse-battery"',
    ],
)
def test_a_secret_is_found(line: str) -> None:
    """Control of P-24."""
    assert secrets([("f", f"a line\n{line}\n")], [*TOKENS, *PASSWORDS])


# --- tools that look for weaknesses ----------------------------------------------------------------------------------


def test_weaknesses_that_ruff_knows_are_looked_for_in_all_that_is_shipped() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    spared = [
        *lint["ignore"],
        *(
            rule
            for where, rules in lint["per-file-ignores"].items()
            for rule in rules
            if where.startswith(("src", "cli"))
        ),
    ]
    assert [rule for rule in spared if re.fullmatch(r"S\d*", rule)] == []


def test_a_weakness_is_found_by_ruff() -> None:
    """Control of P-24."""
    command = [ROOT / ".venv" / "bin" / "ruff", "check", "--no-cache", "--stdin-filename", "src/campaign/app/x.py", "-"]
    if not command[0].exists():  # type: ignore[union-attr]  # the first one is a path
        pytest.skip("not run: ruff missing")
    run = subprocess.run(command, cwd=ROOT, input="eval(input())\n", capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "S307" in run.stdout


AUDIT = ROOT / ".venv" / "audit" / "bin" / "pip-audit"


@pytest.mark.skipif(not AUDIT.exists(), reason="not run: pip-audit missing")
def test_an_audit_that_cannot_reach_its_data_fails() -> None:
    """`make audit` behind a proxy that is not there: no answer is not a good answer."""
    options = re.search(r"^AUDIT := (.*)$", MAKEFILE, re.MULTILINE)
    assert options is not None
    assert "--strict" in options[1]
    nowhere = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
    environment = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"} | nowhere
    command = [AUDIT, "--timeout", "1", *options[1].split()]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "No known vulnerabilities" not in run.stdout + run.stderr
