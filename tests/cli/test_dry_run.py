"""A dry run of the commands that write something else than events: files, folders, keys, signatures, schemas."""

from pathlib import Path

import pytest
from cli.program import ROOT, Run, invoke
from store.cluster import database

from campaign.store import migrations

KEY = "campaign/x+14871837+ARDTQCv8b/sEYJbCHbn0KLP9I5lnIp65R/G+WPXjIXzN"
SCHEME = ROOT / "config" / "schemes" / "jilin-2005-example.yaml"
MAKING = [
    ("demo", "new"),
    ("init", "new"),
    ("init", "new", "--example"),
    ("log", "export", "new"),
    ("access", "key", "--key-file", "new"),
    ("report", "template", "220200", "--obligation", "monthly_report", "--period", "2005-09", "-o", "new.xlsx"),
    ("scheme", "export", SCHEME, "tier", "new"),
    ("audit", "cosign", "paper.txt", "--key", KEY, "--state", "new", "--key-file", "new-key"),
]
ADMIN = "p-audit-admin-1"
SIGNING = [
    (("audit", "checkpoint", "--key-file", "log-key"), "the log would be sealed and a checkpoint signed"),
    (("audit", "prove", "3", "--key-file", "log-key"), "the log would be sealed and a checkpoint signed"),
    (("audit", "witness", "paper.txt", "--key", KEY), "the cosigned checkpoint would be checked and kept"),
    (("store", "migrate"), "the schema would be brought up to date"),
]


@pytest.fixture
def here(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the store, in which the program then runs, with a key and a paper of somebody's."""
    monkeypatch.chdir(store.parent)
    made = invoke("--store", store, "audit", "rotate-key", "--key-file", "log-key", "--name", "x", "--as", ADMIN)
    assert made.exit_code == 0, made.output
    Path("paper.txt").write_text("x\n")
    return store.parent


def found(folder: Path) -> dict[str, bytes]:
    """Return every path in FOLDER and what it holds, without what SQLite keeps beside a store while it is open."""
    kept = (path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm")))
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in kept}


@pytest.mark.parametrize("words", MAKING, ids=lambda words: " ".join(map(str, words[:2])))
def test_a_dry_run_makes_no_file(here: Path, run: Run, words: tuple[object, ...]) -> None:
    before = found(here)
    result = run(*words, "--dry-run")
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert result.stderr.startswith("dry run: new"), "it says what would be made"
    assert found(here) == before


@pytest.mark.parametrize(("words", "would"), SIGNING, ids=lambda given: " ".join(given[:2]) if given[1:] else "")
def test_a_dry_run_signs_and_seals_nothing(here: Path, run: Run, words: tuple[str, ...], would: str) -> None:
    before = found(here)
    result = run(*words, "--dry-run")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"dry run: {would}; nothing was\n")
    assert found(here) == before


def test_a_dry_run_prints_the_key_that_is_there(here: Path, run: Run) -> None:
    path = here / "access-key"
    made = run("access", "key", "--key-file", path)
    assert run("access", "key", "--key-file", path, "--dry-run").stdout == made.stdout != ""


def test_a_dry_run_makes_no_tables_in_a_database() -> None:
    for dsn in database(empty=True):
        result = invoke("store", "migrate", "--store", dsn, "--dry-run")
        assert (result.exit_code, result.stderr) == (
            0,
            "dry run: the schema would be brought up to date; nothing was\n",
        )
        assert migrations.migrate(dsn).found == 0, "no table was there yet"
