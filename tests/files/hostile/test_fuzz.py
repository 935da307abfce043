"""Damaged at random, a file is read, or refused by problems: nothing else is ever raised."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from files.hostile.makers import GOOD, RATE, csv, repacked, xlsx

from campaign.app.session import Session
from campaign.app.submit import check
from campaign.problems import Problems

MARKS = [b"<", b">", b"/", b'"', b"&", b"\x00", b"\xff", b"9999999", b"<row r='5'>", b"<c t='s'><v>7</v></c>", b"]]>"]


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """Return DATA with a few of its bytes changed, cut out or put in."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(changed))
        match dice.randrange(4):
            case 0:
                changed[at] = dice.randrange(256)
            case 1:
                del changed[at : at + dice.randrange(1, 30)]
            case 2:
                changed[at:at] = dice.choice(MARKS)
            case _:
                other = dice.randrange(len(changed))
                changed[at:at] = changed[other : other + 20]
    return bytes(changed) or b"x"


def inside(data: bytes, dice: random.Random) -> bytes:
    """Return a workbook one of whose parts is spoilt, soundly packed."""
    names = ["sheet1", "workbook.xml", "styles", "sharedStrings", "Content_Types", ".rels"]
    chosen = dice.choice(names)
    return repacked(data, lambda name, text: spoilt(text, dice) if chosen in name and text else text)


@pytest.mark.parametrize("seed", [*range(40), 93, 260, 362])
def test_only_problems_come_of_a_spoilt_file(seed: int, campaign: Session, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 -- repeatable damage, not a secret
    before = campaign.log.head()
    sound = xlsx(GOOD, RATE)
    for name, data in (
        ("spoilt.csv", spoilt(csv(GOOD, RATE), dice)),
        ("spoilt.xlsx", spoilt(sound, dice)),
        ("inside.xlsx", inside(sound, dice)),
        ("twice.xlsx", inside(inside(sound, dice), dice)),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with suppress(Problems):
            assert check(campaign, path).commands, name
    assert campaign.log.head() == before
