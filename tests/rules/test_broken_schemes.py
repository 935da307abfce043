"""One broken scheme per message: every problem, with its place, its words and its remedy."""

from pathlib import Path

import pytest
from rules.support import BROKEN

from campaign.problems import Problems
from campaign.rules import load

FILES = sorted(BROKEN.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_scheme_says_exactly_what_is_wrong_with_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    with pytest.raises(Problems) as raised:
        load(text, "S")
    assert [str(problem) for problem in raised.value.problems] == expected


def test_every_file_expects_something() -> None:
    assert len(FILES) >= 80
    assert all(path.read_text(encoding="utf-8").startswith("#! S:") for path in FILES)
