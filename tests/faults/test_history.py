"""Eight processes ask for random things at once; one log explains what all of them saw (P-01 … P-03, P-06, P-07, P-20).

`CAMPAIGN_LONG=1` is the long form.
"""

import os
from pathlib import Path

import pytest
from faults.crowd import Crowd, play
from faults.nursery import Nursery

LONG = bool(os.environ.get("CAMPAIGN_LONG"))
COMMANDS, SEEDS, KILLS = (150, 20, 80) if LONG else (60, 1, 20)
LEAST = 60
"""Events, beside which most of what is asked for is refused: there is only so much to be done on two farms."""


@pytest.mark.parametrize("kills", [0, KILLS], ids=["alive", "killed"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_log_explains_what_every_process_saw(
    nursery: Nursery, durable_store: str, tmp_path: Path, seed: int, kills: int
) -> None:
    tale = play(nursery, durable_store, tmp_path, Crowd(commands=COMMANDS, kills=kills), seed, pace=0.01)
    assert tale.amiss == []
    assert tale.killed == kills
    assert tale.head > LEAST
