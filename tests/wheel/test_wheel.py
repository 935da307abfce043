"""The built wheel, not the source tree: it carries what it needs and plays the demonstration."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, unpacked where nothing else of ours lies."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from campaign_cli.main import cli; sys.argv[0] = 'campaign'; cli()"
    environment = {**os.environ, "PYTHONPATH": str(installed), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_carries_both_packages_the_catalogue_and_the_shipped_campaign(installed: Path) -> None:
    for name in (
        "campaign/app/session.py",
        "campaign_cli/main.py",
        "campaign/messages/locale/zh/LC_MESSAGES/campaign.mo",
        "campaign/demo/config/phases.yaml",
        "campaign/demo/config/schemes/jilin-2005-example.yaml",
    ):
        assert (installed / name).is_file(), name
    assert not (installed / "tests").exists()


def test_the_program_that_runs_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import campaign, campaign_cli; print(campaign.__file__, campaign_cli.__file__)"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert all(path.startswith(str(installed)) for path in done.stdout.split())


def test_the_demonstration_plays_from_the_wheel_and_every_view_says_synthetic(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "demo", "demo.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "synthetic" in done.stdout
    assert (tmp_path / "demo.db").is_file()
    chinese = run(installed, "--lang", "zh", "--store", "demo.db", "show", cwd=tmp_path)
    assert chinese.returncode == 0, chinese.stderr
    assert "合成" in chinese.stdout
