"""Replay is identical (P-13) whatever the hash seed, the time zone and the locale; the golden log keeps its head."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from evidence.kit import Office

from campaign.verifier import leaf, roots_of

GOLDEN = Path(__file__).parents[1] / "history" / "golden.jsonl"
FIRST_RELEASE = (47, "4e23b6f5d3cc43396801888692c80be162ca8fee2dcdd750274d1d663f98f6b6")
"""How many records the first golden log has, and its tree head; neither ever changes."""

FOLD = """
import hashlib, sys
from campaign.app.history import past
from campaign.app.session import Settings, open_session
from campaign.readmodels.views import ALL
from datetime import date
session = open_session(Settings(sys.argv[1]))
digest = hashlib.sha256(session.log.tree().root(session.log.tree().size))
for then in (past(session), past(session, to=1000), past(session, on=date(2005, 8, 25))):
    for view, rows in zip(ALL, ({"": then.campaign}, then.entities, then.projects)):
        for key, row in rows.items():
            digest.update(key.encode() + view.dump(row))
print(digest.hexdigest())
"""


def test_the_golden_log_keeps_its_tree_head() -> None:
    size, head = FIRST_RELEASE
    leaves = map(leaf, GOLDEN.read_bytes().splitlines())
    assert roots_of(leaves, [size])[size].hex() == head


@pytest.mark.parametrize(
    "world",
    [
        {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "zh_CN.GB18030"},
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda world: world["TZ"],
)
def test_replay_is_identical_wherever_it_is_run(office: Office, world: dict[str, str]) -> None:
    office.close()
    assert fold(office, world) == fold(office, {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"})


def fold(office: Office, world: dict[str, str]) -> str:
    return subprocess.run([sys.executable, "-c", FOLD, str(office.store)], env={**os.environ, **world},
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
