"""Commands that come to nothing leave nothing behind, and a folder is no store."""

from pathlib import Path

import pytest
from cli.program import head, invoke

ADOPT = ("apply", "--rehearsal", "--as", "p-wei-lichang")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("apply", "--rehearsal", "--no-input", "--as", "p-wei-lichang"), 2),
        (("apply", "--rehearsal", "--yes", "--as", "p-nobody"), 6),
        (("apply", "--propose", "--as", "p-office-1"), 1),
        (("apply", "--dry-run", "--as", "p-wei-lichang"), 0),
    ],
)
def test_a_first_adoption_that_comes_to_nothing_leaves_no_store(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    result = invoke("--store", tmp_path / "new.db", *words)
    assert result.exit_code == code, result.output + result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_first_adoption_that_is_permitted_makes_the_store(tmp_path: Path) -> None:
    store = tmp_path / "new.db"
    result = invoke("--store", store, *ADOPT, "--yes")
    assert (result.exit_code, "position 1" in result.stdout) == (0, True)
    assert head(store) > 0


@pytest.mark.parametrize("words", [("show",), ("store", "rebuild", "--yes"), ("plan",), ("audit", "verify")])
def test_a_folder_is_told_to_be_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = invoke("--store", tmp_path, *words)
    assert result.exit_code == 3
    assert "folder" in result.stderr
    assert list(tmp_path.iterdir()) == []
