"""The reports that a file's figures belong to, gathered row by row, with all that is wrong with the file."""

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from campaign.domain.events import Figure
from campaign.problems import Place, Problem, Problems, T

if TYPE_CHECKING:
    from campaign.files.rows import Source

MAX_PROBLEMS = 1000


class Key(NamedTuple):
    """Which report a row belongs to."""

    entity: str
    obligation: str
    period: str


class Entry:
    """The figures of one report, the rows they stand in, and cells left blank."""

    __slots__ = ("blanks", "figures", "rows", "sources")

    def __init__(self) -> None:
        """Begin with none."""
        self.figures: list[Figure] = []
        self.rows = array("I")
        self.sources: list[tuple[Source, int, int]] = []
        """From which figure on they stand in which source and column."""
        self.blanks: list[Place] = []

    def runs(self) -> Iterator[tuple[tuple[str, int], Sequence[int]]]:
        """Yield the rows by sheet and column, in the figures' order."""
        starts = [start for _, _, start in self.sources] + [len(self.rows)]
        for (source, column, start), end in zip(self.sources, starts[1:], strict=True):
            yield (source.sheet, column), self.rows[start:end]

    def place(self, number: int) -> Place:
        """Return the place of figure NUMBER."""
        source, column, _ = next(entry for entry in reversed(self.sources) if entry[2] <= number)
        return source.place(self.rows[number], column, "value")


class Entries:
    """All reports of one file, in the order in which they begin."""

    def __init__(self) -> None:
        """Begin with none."""
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []
        self._entries: dict[Key, Entry] = {}

    def complain(self, problem: Problem) -> None:
        """Note a problem; gives up, raising Problems, when there are too many."""
        self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            message = T("more than {limit} problems: the rest of the file is not looked at", limit=MAX_PROBLEMS)
            place = Place(problem.place.file)
            self.problems.append(Problem("too-many-problems", message, T("correct these first"), place))
            raise Problems(self.problems)

    def add(self, key: Key, figure: Figure, source: "Source", column: int, row: int) -> None:
        """Put a figure to its report."""
        entry = self._entry(key)
        if not entry.sources or entry.sources[-1][:2] != (source, column):
            entry.sources.append((source, column, len(entry.rows)))
        entry.figures.append(figure)
        entry.rows.append(row)

    def blank(self, key: Key, place: Place) -> None:
        """Note a cell that was left blank."""
        self._entry(key).blanks.append(place)

    def forget_blanks(self, sheet: str, cells: frozenset[str]) -> None:
        """Take back that CELLS of SHEET were left blank: something else is wrong with them."""
        for entry in self._entries.values():
            entry.blanks = [place for place in entry.blanks if place.sheet != sheet or place.cell not in cells]

    def _entry(self, key: Key) -> Entry:
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = Entry()
        return entry

    def finish(self) -> Iterator[tuple[Key, Entry]]:
        """Yield every report with figures, after its last check; a report left wholly blank is only noticed.

        Each is let go of as it is yielded: of a large file, nothing is held both as gathered and as made of it.
        """
        for key in list(self._entries):
            entry = self._entries.pop(key)
            if not entry.figures and not entry.blanks:
                continue
            if not entry.figures:
                message = T("{entity} has no figures for {period}", entity=key.entity, period=key.period)
                self.notices.append(Problem("report-blank", message, T("it is left out"), entry.blanks[0]))
                continue
            self._blanks(entry)
            self._twice(entry)
            yield key, entry

    def _blanks(self, entry: Entry) -> None:
        for place in entry.blanks:
            message = T("the value is blank, others of this report are not")
            self.complain(Problem("value-blank", message, T("fill it in, or remove the row"), place))

    def _twice(self, entry: Entry) -> None:
        seen: dict[tuple[str, str], int] = {}
        for number, figure in enumerate(entry.figures):
            first = seen.setdefault((figure.indicator, figure.scope), number)
            if first != number:
                cell = entry.place(first).cell
                message = T("this figure stands twice; the first is in {cell}", cell=cell)
                self.complain(Problem("figure-twice", message, T("remove one"), entry.place(number)))
