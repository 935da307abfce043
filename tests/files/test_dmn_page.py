"""The page that a DMN model becomes: behind each of its signs stands a place of the model's file."""

from campaign.files.dmn_page import Page, flow
from campaign.problems import Place, Problem, T

WHOLE, ROW, CELL = Place("m", 1, 1), Place("m", 7, 1), Place("m", 8, 5)


def page() -> Page:
    made = Page(WHOLE)
    made.add("rules: |", Place("m", 5, 2))
    made.add("bare")
    made.row("  ", [("1", Place()), ("> 5", CELL), ("x", Place("m", 9, 3))], 2, ROW)
    return made


def test_cells_stand_between_bars_and_a_double_bar_before_the_outputs() -> None:
    assert page().text == "rules: |\nbare\n  | 1 | > 5 || x |\n"
    assert flow({"a": ["甲"]}) == '{"a": ["甲"]}'


def test_every_column_of_a_row_stands_for_the_cell_that_begins_there() -> None:
    made = page()
    lines = [made.place(3, column).line for column in range(1, len(made.lines[2]) + 1)]
    assert lines == [7] * 8 + [8] * 7 + [9] * 3
    assert [made.place(1, 99), made.place(2, 1), made.place(0, 1), made.place(4, 1)] == [
        Place("m", 5, 2), WHOLE, WHOLE, WHOLE,
    ]  # fmt: skip


def test_a_problem_of_the_page_is_one_of_the_file_and_so_are_the_lines_that_it_names() -> None:
    problem = Problem("c", T("as line {line} says of {what}", line=3, what="3"), place=Place("page", 3, 10))
    moved = page().problem(problem)
    assert (str(moved.message), moved.place) == ("as line 7 says of 3", CELL)
    assert page().problem(Problem("c", T("all"), place=Place("page", 9, 1))).place == WHOLE
