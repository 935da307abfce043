"""A seed reproduces a run, and no run breaks a promise (P-16).

The real decide and append code over a simulated store, clock and network.  Short form: 2,000 seeds; `CAMPAIGN_LONG=1`
plays 100,000.  A seed that fails is played again, line by line, with `play(SEED, keep=True).lines`.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from simulation.judge import wrong
from simulation.planted import PLANTED
from simulation.play import Cast, on_one_processor, play

SEEDS = 100_000 if os.environ.get("CAMPAIGN_LONG") else 2_000
PARTS = 4
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_every_promise_is_kept(part: int) -> None:
    """P-16, and in it P-01 … P-07 and P-20."""
    with on_one_processor():
        for seed in range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS):
            assert (seed, wrong(play(seed))) == (seed, [])


def test_the_seeds_bring_every_kind_of_trouble() -> None:
    happened: Counter[str] = Counter()
    for seed in range(60):
        happened.update(line.split(maxsplit=2)[2].strip() for line in play(seed, keep=True).lines or ())
    for what in ("killed", "lost", "doubled", "cut", "clock is set", "connects again", "sealed"):
        assert happened[what] > 10, what


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_seed_gives_the_same_run_in_another_process(hash_seed: str) -> None:
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    command = [sys.executable, "-m", "simulation.play", "11", "20"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [f"{seed} {play(seed).trace}" for seed in range(11, 21)]


def test_another_seed_gives_another_run() -> None:
    assert len({play(seed).trace for seed in range(20)}) == 20


@pytest.mark.parametrize(("cast", "words"), [(cast, words) for _, cast, words in PLANTED], ids=[p[0] for p in PLANTED])
def test_a_planted_mistake_is_found(cast: Cast, words: str) -> None:
    """Control of P-16: the same world with one mistake in it."""
    with on_one_processor():
        assert any(words in line for seed in range(100) for line in wrong(play(seed, cast)))
