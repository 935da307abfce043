"""A seed reproduces a run, and no run breaks a promise (P-16).

The real decide and append code, group commit included, over a simulated store, clock and network.  Short form: the
seeds 0-2000; `CAMPAIGN_SEEDS=FIRST-LAST` plays others.  A seed that fails is played again, line by line, with
`play(SEED, keep=True).lines`.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from simulation.judge import wrong
from simulation.planted import PLANTED, Group
from simulation.play import Cast, on_one_processor, play
from simulation.sharing import SharingOffice

from campaign.store.queue import Queue

FIRST, LAST = map(int, os.environ.get("CAMPAIGN_SEEDS", "0-2000").split("-"))
PARTS = 4
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_every_promise_is_kept(part: int) -> None:
    """P-16, and in it P-01 … P-07 and P-20."""
    with on_one_processor():
        for seed in range(FIRST + part, LAST, PARTS):
            assert (seed, wrong(play(seed))) == (seed, [])


def test_the_seeds_bring_every_kind_of_trouble() -> None:
    happened: Counter[str] = Counter()
    for seed in range(60):
        happened.update(line.split(maxsplit=2)[2].strip() for line in play(seed, keep=True).lines or ())
    for what in ("killed", "lost", "doubled", "cut", "clock is set", "connects again", "sealed"):
        assert happened[what] > 10, what


def test_commands_of_one_office_share_commits_and_some_of_them_break() -> None:
    """Else the real queue of group commit would not be tried at all."""
    sizes: Counter[int] = Counter()
    ends: Counter[bool] = Counter()

    class Counting(Queue):
        def _settle(self, group: Group) -> None:
            super()._settle(group)
            sizes[len(group)] += 1
            ends.update(answer.exception() is None for _, answer in group)

    class CountedOffice(SharingOffice):
        queue = Counting

    for seed in range(60):
        play(seed, Cast(sharing=CountedOffice))
    assert sizes[2] > 10
    assert min(ends.values()) > 50


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
        assert any(words in line for seed in range(300) for line in wrong(play(seed, cast)))
