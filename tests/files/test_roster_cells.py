"""A small roster in which any one cell is changed: who takes part then, or what is said at which cell."""

from files.roster_table import FILE, lines


def test_what_is_made_of_every_change_is_what_was_always_made_of_it() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()
