"""Replay is identical whatever the interpreter, hash seed, time zone, locale and store (P-13)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence import folded
from evidence.kit import Office
from store.kit import STORES, Clock, Store

from campaign.readmodels.views import ALL
from campaign.store.copying import copy
from campaign.verifier import leaf, roots_of

HERE = Path(__file__).resolve()
GOLDEN = HERE.parents[1] / "history" / "golden.jsonl"
PYTHONS = HERE.parents[2] / ".cache" / "pythons"
"""Where `make test-pythons` puts an environment for each further interpreter."""
FIRST_RELEASE = (47, "4e23b6f5d3cc43396801888692c80be162ca8fee2dcdd750274d1d663f98f6b6")
"""How many records the first golden log has, and its tree head; neither ever changes."""
HOME = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}
ABROAD = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "zh_CN.GB18030"}


def test_the_golden_log_keeps_its_tree_head() -> None:
    size, head = FIRST_RELEASE
    leaves = map(leaf, GOLDEN.read_bytes().splitlines())
    assert roots_of(leaves, [size])[size].hex() == head


@pytest.mark.parametrize(
    "world",
    [
        {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
        ABROAD,
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda world: world["TZ"],
)
def test_replay_is_identical_wherever_it_is_run(office: Office, world: dict[str, str]) -> None:
    office.close()
    assert elsewhere(office, world) == elsewhere(office, HOME)


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_replay_is_identical_on_every_python(office: Office, version: str) -> None:
    python = PYTHONS / version / "bin" / "python"
    if not python.exists():
        pytest.skip(f"not run: python{version} missing")
    office.close()
    assert elsewhere(office, ABROAD, python) == elsewhere(office, HOME)
    asked = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() == version


@pytest.mark.parametrize("make", STORES.values(), ids=STORES)
def test_replay_is_identical_on_every_store(office: Office, make: Callable[[Path], Store], tmp_path: Path) -> None:
    store = make(tmp_path)
    log = store.open(ALL, clock=Clock())
    copy(office.session().log, log)
    assert folded.folded(log) == folded.folded(office.session().log)
    store.close()


def test_one_event_less_is_not_identical(office: Office) -> None:
    """The control: what is compared tells logs apart."""
    whole = elsewhere(office, HOME)
    with office.intruder() as file:
        file.execute("DELETE FROM events WHERE position = (SELECT max(position) FROM events)")
    assert elsewhere(office, HOME) != whole


def elsewhere(office: Office, world: dict[str, str], python: Path | None = None) -> str:
    """Return the hash as another process, in another world, computes it."""
    command = [str(python or sys.executable), folded.__file__, str(office.store)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": sources(), **world}, capture_output=True, text=True,
                          check=True).stdout  # fmt: skip


def sources() -> str:
    """The code under test, for an interpreter that has its dependencies only."""
    return str(Path(sys.modules["campaign"].__file__ or "").parents[1])
