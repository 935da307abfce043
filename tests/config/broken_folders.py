"""The broken files of tests/config/broken: each is one file of the small folder with one thing wrong.

CODE.FILE stands in for FILE of tests/config/small. FILE `teams+NAME.yaml` stands for teams/NAME.yaml and
`with-team+FILE` for FILE, both of the same folder with a team (tests/config/teams). expected.txt holds the lines that
the reader must print.
"""

import shutil
from pathlib import Path

from campaign.files import folder, roster
from campaign.problems import Problem, Problems

HERE = Path(__file__).parent
SMALL = HERE / "small"
BROKEN = HERE / "broken"
TEAMS = HERE / "teams"


def names() -> list[str]:
    """Return the names of the broken files."""
    return sorted(path.name for path in BROKEN.iterdir() if path.name != "expected.txt")


def expected() -> dict[str, list[str]]:
    """Return the lines that each broken file must give, by its name."""
    found: dict[str, list[str]] = {}
    for text in (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines():
        name, _, message = text.partition("\t")
        found.setdefault(name, []).append(message)
    return found


def problems(name: str, where: Path) -> list[Problem]:
    """Put the broken file NAME into a copy of the small folder under WHERE and return every problem and notice."""
    campaign = where / "campaign"
    shutil.copytree(SMALL, campaign)
    file = name.partition(".")[2]
    if "+" in file:
        shutil.copytree(TEAMS, campaign, dirs_exist_ok=True)
    (campaign / file.removeprefix("with-team+").replace("+", "/")).write_bytes((BROKEN / name).read_bytes())
    try:
        read = folder.load(campaign)
        roster.load(campaign, read.definition)
    except Problems as found:
        return list(found.problems)
    return list(read.notices)


def line(problem: Problem, where: Path) -> str:
    """Write PROBLEM as a person sees it, with its place relative to WHERE."""
    return str(problem).replace(f"{where}/", "")
