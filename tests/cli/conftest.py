"""A campaign that has just begun, and one that is over, for whoever asks the command line about them."""

import shutil
from pathlib import Path

import pytest
from cli.program import CONFIG, DAY_ONE, Run, invoke

from campaign.demo.perform import perform
from campaign.messages import LOCALE, catalogue
from campaign.messages.hatch_build import compile_catalogues
from campaign_cli import call


@pytest.fixture(scope="session", autouse=True)
def chinese(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the program speak the Chinese of the sources: the compiled file beside them may be older."""
    compiled = Path(shutil.copytree(LOCALE, tmp_path_factory.mktemp("locale") / "locale"))
    compile_catalogues(compiled)
    call._CATALOGUES["zh"] = catalogue("zh", compiled)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store whose definition is adopted and whose entities are enrolled; not to be written to."""
    store = tmp_path_factory.mktemp("begun") / "begun.db"
    common = ("--store", store, "--at", DAY_ONE)
    adopted = invoke(*common, "apply", "--rehearsal", "--yes", "--as", "p-wei-lichang")
    assert adopted.exit_code == 0, adopted.output
    enrolled = invoke(*common, "entity", "enrol", "--file", CONFIG / "entities.csv", "--as", "p-office-1")
    assert enrolled.exit_code == 0, enrolled.output
    return store


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of the whole demonstration; not to be written to."""
    store = tmp_path_factory.mktemp("finished") / "finished.db"
    perform(str(store), lambda _: None).close()
    return store


@pytest.fixture
def store(begun: Path, tmp_path: Path) -> Path:
    """Return a copy of the campaign that has just begun, to write to."""
    return Path(shutil.copy(begun, tmp_path / "campaign.db"))


@pytest.fixture
def run(store: Path) -> Run:
    """Return the program over that copy."""
    return lambda *arguments, **settings: invoke("--store", store, *arguments, **settings)


@pytest.fixture
def ask(finished: Path) -> Run:
    """Return the program over the campaign that is over."""
    return lambda *arguments, **settings: invoke("--store", finished, *arguments, **settings)
