"""What is read of an expression or a cell: each part of it with its offset, or one refusal with place and remedy."""

from rules.trees_table import CELLS, EXPRESSIONS, FILE, lines, read


def test_expressions_and_cells_are_read_as_they_always_were() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_nothing_is_suggested_that_is_written_already() -> None:
    for text in (*EXPRESSIONS, *CELLS):
        said = read(text, "expression")
        word = said.partition(" does not fit here")[0].rpartition(" ")[2]
        assert f"did you mean {word}?" not in said
