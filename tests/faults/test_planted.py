"""The checker is not blind: every mistake that is planted into a real store, or into who uses it, is found.

Controls of P-01 … P-03, P-06, P-07 and P-20 on SQLite and PostgreSQL.
"""

from pathlib import Path

import pytest
from faults.crowd import Crowd, play
from faults.nursery import Nursery
from faults.planted import CLIENTS, READERS, SLIPS, plant

FEW = Crowd(clients=4, commands=15, readers=1)


@pytest.mark.parametrize("mistake", SLIPS)
def test_a_mistake_of_the_store_is_found(nursery: Nursery, store: str, tmp_path: Path, mistake: str) -> None:
    plant(store, SLIPS[mistake])
    tale = play(nursery, store, tmp_path, FEW, 2)
    assert [line for line in tale.amiss if SLIPS[mistake].words in line], tale.amiss


@pytest.mark.parametrize("mistake", CLIENTS)
def test_a_mistake_of_a_client_is_found(nursery: Nursery, store: str, tmp_path: Path, mistake: str) -> None:
    crowd = Crowd(clients=8, commands=15, readers=1)
    tale = play(nursery, store, tmp_path, crowd, 2, client=["faults.planted", mistake])
    assert [line for line in tale.amiss if CLIENTS[mistake][1] in line], tale.amiss


@pytest.mark.parametrize("mistake", READERS)
def test_a_mistake_of_a_reader_is_found(nursery: Nursery, store: str, tmp_path: Path, mistake: str) -> None:
    crowd = Crowd(clients=2, commands=15, readers=2, kills=12)
    tale = play(nursery, store, tmp_path, crowd, 2, reader=["faults.planted", mistake], pace=0.01)
    assert [line for line in tale.amiss if READERS[mistake][1] in line], tale.amiss
