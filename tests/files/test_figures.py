"""Rows of figures in which one cell or one column is changed: what is made of them, or what is said at which cell."""

from files.figures_table import FILE, GOOD, KNOWN, lines, sheet, told


def test_what_is_made_of_every_change_is_what_was_always_made_of_it() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_what_a_file_says_beside_its_figures_is_not_read_as_one_of_them() -> None:
    assert told(sheet({**GOOD, "name": "=1", "label": "x" * 999})) == told(sheet(GOOD))
    assert told(sheet(GOOD, {**GOOD, "entity": "b"}), KNOWN).count(" in G") == 2
