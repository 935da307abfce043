"""The bulletin as a page: what stands in which order, and in which words."""

from collections.abc import Callable, Iterator

import msgspec

from campaign.documents.page import Cell, Column, Page, Section, clean, joined, numeral, words
from campaign.domain.exact import CONTEXT
from campaign.problems import NOTHING, T, Text
from campaign.readmodels.bulletin_parts import Bulletin, GoalLine, GrowthLine, GrowthTable, Sums, TotalLine

CELLS = {
    "both_down": T("two down"),
    "both_flat": T("two flat"),
    "both_up": T("two up"),
    "mixed": T("mixed"),
    "unknown": T("no figures"),
}
WORDS = {
    "late": T("late"),
    "missing": T("missing"),
    "open": T("open"),
    "assigned": T("assigned"),
    "done": T("done"),
    "provisional": T("provisional"),
    "final": T("final"),
}


class Issue(msgspec.Struct, frozen=True):
    """Which edition a page is of: None for a draft, 0 as first published, else the number of the correction.

    seal: the checkpoint that is printed on it.
    """

    sha256: str
    number: int | None = None
    reason: str = ""
    seal: Text = NOTHING


def page(bulletin: Bulletin, issue: Issue, say: Callable[[Text], str], lang: str) -> Page:
    """Lay the bulletin out; SAY says our own words in the reader's language LANG."""
    return _Writer(bulletin, say, lang).page(issue)


class _Writer:
    def __init__(self, bulletin: Bulletin, say: Callable[[Text], str], lang: str) -> None:
        self.bulletin, self._say, self.lang = bulletin, say, lang

    def say(self, template: Text) -> str:
        return clean(self._say(template))

    def page(self, issue: Issue) -> Page:
        value = self.bulletin
        title = self.say(T("{title}: {label}, {period}", title=value.title, label=value.label, period=value.period))
        sections = (
            *self._goals(),
            *self._growth(),
            *self._progress(),
            *self._totals(),
            *self._trends(),
            *self._late(),
            *self._entries(),
        )
        return Page(self.lang, title, tuple(self._lines(issue)), sections, tuple(self._foot(issue)))

    def _foot(self, issue: Issue) -> Iterator[str]:
        cutoff = self.bulletin.cutoff_position
        made = T("Made from the log up to position {position}; sha256 {sha256}", position=cutoff, sha256=issue.sha256)
        yield self.say(made)
        if issue.seal.template:
            yield self.say(issue.seal)

    def _lines(self, issue: Issue) -> Iterator[str]:
        value = self.bulletin
        if issue.number is None:
            yield self.say(T("Draft: not published"))
        elif issue.number:
            yield self.say(T("Correction {number}: {reason}", number=issue.number, reason=issue.reason))
        if value.rehearsal:
            yield self.say(T("Rehearsal: the clock of this campaign is simulated"))
        if value.synthetic:
            yield self.say(T("Synthetic: the figures of this campaign are made by a generator"))
        span = T("{first} to {last}; known on {day}", first=value.opens_on, last=value.closes_on, day=value.cutoff_on)
        yield self.say(span)
        passed = Cell(number=value.elapsed_pct)
        yield self.say(T("{share}% of the year has passed", share=passed))

    # --- sections ---------------------------------------------------------------------------------------------

    def _columns(self, *headings: tuple[Text, bool]) -> tuple[Column, ...]:
        return tuple(Column(self.say(heading), right) for heading, right in headings)

    def _label(self, indicator: str) -> str:
        return self.bulletin.indicators.get(indicator, indicator)

    def _goals(self) -> Iterator[Section]:
        if not self.bulletin.goals:
            return
        columns = self._columns(
            (T("target"), False),
            (T("summed over"), False),
            (T("goal"), True),
            (T("reached"), True),
            (T("unit"), False),
            (T("progress, %"), True),
            (T("met?"), False),
        )
        trees = {table.tree: table.label for table in self.bulletin.growth}
        trees |= {total.tree: total.label for total in self.bulletin.totals}
        rows = tuple(self._goal(line, trees.get(line.tree, line.tree)) for line in self.bulletin.goals)
        yield Section(self.say(T("The campaign's targets")), (), columns, rows)

    def _goal(self, line: GoalLine, tree: str) -> tuple[Cell, ...]:
        met = {True: T("attained"), False: T("not met"), None: T("no figures")}[line.met]
        return (
            words(self._label(line.indicator)),
            words(tree),
            numeral(line.value),
            numeral(line.actual),
            words(line.unit),
            numeral(line.progress_pct),
            words(self.say(met)),
        )

    def _growth(self) -> Iterator[Section]:
        columns = self._columns(
            (T("rank"), True),
            (T("rank last period"), True),
            (T("moved"), True),
            (T("entity"), False),
            (T("growth, %"), True),
            (T("gap to the mean"), True),
            (T("target, %"), True),
            (T("gap to the target"), True),
            (T("kind of figures"), False),
        )
        for table in self.bulletin.growth:
            heading = T("Growth of {indicator}: {tree}", indicator=self._label(table.indicator), tree=table.label)
            rows = tuple(self._growth_row(line) for line in table.lines)
            yield Section(self.say(heading), tuple(self._about(table)), columns, rows)

    def _about(self, table: GrowthTable) -> Iterator[str]:
        if table.mean_pct is not None:
            mean = Cell(number=table.mean_pct)
            yield self.say(T("Mean, weighted by last year's levels: {mean}%", mean=mean))
        if table.without:
            yield self.say(T("Without a figure: {names}", names=self._names(table.without)))

    def _growth_row(self, line: GrowthLine) -> tuple[Cell, ...]:
        moved = None if line.rank_before is None else line.rank_before - line.rank
        missing = None if line.target_pct is None else CONTEXT.subtract(line.growth_pct, line.target_pct)
        return (
            numeral(line.rank, 0),
            numeral(line.rank_before, 0),
            numeral(moved, 0, signed=True),
            words(line.name),
            numeral(line.growth_pct),
            numeral(line.gap_pct, signed=True),
            numeral(line.target_pct),
            numeral(missing, signed=True),
            words(self.say(WORDS[line.status])),
        )

    def _progress(self) -> Iterator[Section]:
        if not self.bulletin.progress:
            return
        columns = self._columns(
            (T("entity"), False),
            (T("indicator"), False),
            (T("unit"), False),
            (T("this year"), True),
            (T("target of the year"), True),
            (T("progress, %"), True),
            (T("ahead of time, points"), True),
        )
        rows = tuple(
            (
                words(line.name),
                words(self._label(line.indicator)),
                words(line.unit),
                numeral(line.value),
                numeral(line.target),
                numeral(line.progress_pct),
                numeral(line.ahead_pct, signed=True),
            )
            for line in self.bulletin.progress
        )
        yield Section(self.say(T("Progress against the time that has passed")), (), columns, rows)

    def _totals(self) -> Iterator[Section]:
        if not self.bulletin.totals:
            return
        columns = self._columns(
            (T("summed over"), False),
            (T("indicator"), False),
            (T("unit"), False),
            (T("counted"), False),
            (T("entities"), True),
            (T("this year"), True),
            (T("last year pro rata"), True),
            (T("change, %"), True),
        )
        rows = tuple(row for line in self.bulletin.totals for row in self._total(line))
        left = sorted({name for line in self.bulletin.totals for name in line.left})
        sentences = (self.say(T("Left the statistics: {names}", names=self._names(tuple(left)))),) if left else ()
        yield Section(self.say(T("Sums, as reported and like for like")), sentences, columns, rows)

    def _total(self, line: TotalLine) -> Iterator[tuple[Cell, ...]]:
        ways: tuple[tuple[Text, Sums], ...] = (
            (T("as reported"), line.reported),
            (T("like for like"), line.like_for_like),
        )
        for way, sums in ways:
            yield (
                words(line.label),
                words(self._label(line.indicator)),
                words(line.unit),
                words(self.say(way)),
                numeral(sums.entities, 0),
                numeral(sums.value, line.digits),
                numeral(sums.base, line.digits),
                numeral(sums.change_pct, signed=True),
            )

    def _trends(self) -> Iterator[Section]:
        if not self.bulletin.trends:
            return
        columns = self._columns((T("trend"), False), (T("entities"), True), (T("who"), False))
        rows = tuple(
            (words(self.say(CELLS[line.cell])), numeral(len(line.entities), 0), words(self._names(line.entities)))
            for line in self.bulletin.trends
        )
        yield Section(self.say(T("Growth and benefit against last year")), (), columns, rows)

    def _late(self) -> Iterator[Section]:
        heading = self.say(T("Reports late or missing"))
        corrected = self.bulletin.corrected
        sentences = (self.say(T("Corrected since: {names}", names=self._names(corrected))),) if corrected else ()
        if not self.bulletin.late:
            yield Section(heading, (self.say(T("All reports came in time")), *sentences))
            return
        columns = self._columns(
            (T("entity"), False),
            (T("report"), False),
            (T("period"), False),
            (T("due on"), False),
            (T("standing"), False),
        )
        rows = tuple(
            (
                words(line.name),
                words(line.label),
                words(line.period),
                words(line.due_on.isoformat()),
                words(self.say(WORDS[line.standing])),
            )
            for line in self.bulletin.late
        )
        yield Section(heading, sentences, columns, rows)

    def _entries(self) -> Iterator[Section]:
        if not self.bulletin.entries:
            return
        columns = self._columns(
            (T("register"), False),
            (T("entity"), False),
            (T("entry"), False),
            (T("due on"), False),
            (T("standing"), False),
        )
        rows = tuple(
            (
                words(entry.label),
                words(entry.name),
                words(entry.title),
                words(entry.due_on.isoformat() if entry.due_on else ""),
                words(self.say(WORDS[entry.status])),
            )
            for entry in self.bulletin.entries
        )
        yield Section(self.say(T("Exemplars, reminders and other entries of the period")), (), columns, rows)

    def _names(self, entities: tuple[str, ...]) -> str:
        return joined((self.bulletin.names.get(name, name) for name in entities), self.lang)
