"""Bulletins: what an edition was made of, and each total down to the figures that are added, their cells and events."""

from collections.abc import Iterator
from typing import NamedTuple

from campaign.app import bulletins, evidence
from campaign.app.access import whole
from campaign.app.history import past as past_of
from campaign.app.replay import Past, past
from campaign.app.replay import pasts as pasts_of
from campaign.app.session import Session
from campaign.app.steps import FEW, Explained, about_report, events, missing, stream_of
from campaign.domain.bulletins import duties
from campaign.domain.events import Recorded
from campaign.domain.reports import Key
from campaign.domain.state import Edition
from campaign.problems import Place, Problem, Problems, T, Text
from campaign.readmodels.bulletin import compositions, growths
from campaign.readmodels.bulletin_parts import Bulletin, GrowthLine, GrowthTable
from campaign.readmodels.bulletin_sums import Addend, Composition, Growth, Sides, sums
from campaign.readmodels.period_figures import Measure


class Asked(NamedTuple):
    """What is asked about: an edition, of it one tree, of that one indicator or entity; "" and None: all, the last."""

    obligation: str
    period: str
    number: int | None
    tree: str
    name: str


class Look(NamedTuple):
    """What is looked at: what had been recorded at the cutoff, and the bulletin made of it."""

    session: Session
    seen: Past
    made: Bulletin

    @property
    def which(self) -> tuple[str, str]:
        """The bulletin and its period."""
        return self.made.obligation, self.made.period


def bulletin(session: Session, name: str) -> Explained:
    """Explain [OBLIGATION/]PERIOD[#NUMBER][/TREE[/INDICATOR]], or a place in its ranking: …/TREE/ENTITY.

    Raises Problems: those of bulletins.show, `total-unknown`, and `integrity-bulletin` where the edition does not come
    out again as it was published.
    """
    whole(session.log, session.key)
    asked = _read(session, name)
    named, edition = bulletins.found(session, asked.period, asked.obligation, asked.number)
    seen = past(session, edition.cutoff_position if edition else None)
    on = edition.published_on if edition else session.today()
    made = bulletins.make_of(seen, named, asked.period, on)
    if edition and made.sha256 != edition.sha256:
        message = T("the bulletin of {period} does not come out again as it was published", period=asked.period)
        raise Problems([Problem("integrity-bulletin", message, T("see what is wrong with `campaign audit verify`"))])
    look = Look(session, seen, made.bulletin)
    parts = _part(look, asked) if asked.tree else (*_edition(edition), *_totals(look, asked), *_late(made.bulletin))
    positions = (edition.position,) if edition else ()
    where = f"sha256 {made.sha256} {_clause(look)}".strip()
    return Explained(_title(made.bulletin, edition), where, positions, (_rules(look), *parts))


def _clause(look: Look) -> str:
    definition = look.seen.context.definition
    return duties(definition)[look.made.obligation].clause if definition else ""


def _rules(look: Look) -> Explained:
    """Name the definition that says which entities and indicators are added up."""
    adopted = look.seen.campaign.adoptions[-1]
    where = f"sha256 {adopted.sha256} {adopted.document}".strip()
    return Explained(T("by the definition adopted on {day}", day=adopted.occurred_on), where, (adopted.position,))


def _read(session: Session, name: str) -> Asked:
    definition = session.context().definition
    parts = name.split("/")
    obligation = parts.pop(0) if definition and parts[0] in duties(definition) and len(parts) > 1 else ""
    period, _, number = parts[0].partition("#")
    if number and not number.isdecimal():
        message = T("{text} is not the number of an edition", text=number)
        raise Problems([Problem("unknown-edition", message, T("write it as 2005-09#1"), Place(field="what"))])
    tree, part, *_ = [*parts[1:], "", ""]
    return Asked(obligation, period, int(number) if number else None, tree, part)


def _part(look: Look, asked: Asked) -> list[Explained]:
    """Explain the totals of one tree, one of them, or an entity's place in its ranking."""
    found = [*_totals(look, asked), *_places(look, asked)]
    if found:
        return found
    known = [f"{total.tree}/{total.indicator}" for total in look.made.totals]
    wanted = "/".join(filter(None, (asked.tree, asked.name)))
    message = T("the bulletin of {period} has no total {name}", period=asked.period, name=wanted)
    raise missing("total-unknown", message, wanted, known)


def _totals(look: Look, asked: Asked) -> Iterator[Explained]:
    measure, listed = compositions(look.seen.entities, look.seen.context, look.which)
    for total in listed:
        chosen = asked.tree in {"", total.tree.id} and asked.name in {"", total.indicator.id}
        if chosen and total.reported.now:
            yield _total(Sum(look, total, measure, whole=bool(asked.name)))


def _title(made: Bulletin, edition: Edition | None) -> Text:
    told = {"label": made.label, "period": made.period, "position": made.cutoff_position}
    if edition is None:
        return T("{label} {period}, a draft made up to position {position}", **told)
    if edition.number:
        return T("{label} {period}, correction {number}, made up to position {position}", number=edition.number, **told)
    return T("{label} {period}, as first published, made up to position {position}", **told)


def _edition(edition: Edition | None) -> Iterator[Explained]:
    if edition and edition.reason:
        yield Explained(T("corrected because: {reason}", reason=edition.reason), positions=(edition.position,))
    if edition and edition.checkpoint:
        yield Explained(evidence.printed(edition.checkpoint))


def _late(made: Bulletin) -> Iterator[Explained]:
    for line in made.late:
        what = T("{name}: {label} {period} is listed as late or missing", **_words(line.name, line.label, line.period))
        yield Explained(what, f"mark:{line.entity}/{line.obligation}/{line.period}")


def _words(name: str, label: str, period: str) -> dict[str, str]:
    return {"name": name, "label": label, "period": period}


# --- totals ------------------------------------------------------------------------------------------------------


class Sum(NamedTuple):
    """A total that is looked at; whole: with all that is added up in it."""

    look: Look
    total: Composition
    measure: Measure
    whole: bool


def _total(at: Sum) -> Explained:
    total = at.total
    title = T("{indicator}, {tree}", indicator=total.indicator.label, tree=total.tree.label)
    steps = [_way(at, T("as reported"), total.reported)]
    if total.like_for_like == total.reported:
        steps.append(Explained(T("like for like it is the same")))
    else:
        steps.append(_way(at, T("like for like"), total.like_for_like))
    where = f"{total.tree.id}/{total.indicator.id}"
    return Explained(title, where, _positions(total), (*steps, *_left_out(at.look.seen, total)))


def _positions(total: Composition) -> tuple[int, ...]:
    sides = (total.reported.now, total.reported.last, total.like_for_like.now, total.like_for_like.last)
    return tuple(sorted({part.position for side in sides for part in side}))


def _way(at: Sum, way: Text, sides: Sides) -> Explained:
    summed, unit, share = sums(sides, at.measure), at.total.indicator.unit, at.look.made.elapsed_pct
    now = T("this year: {value} {unit}, of {count} entities", value=summed.value, unit=unit, count=len(sides.now))
    last = T("last year: {base} {unit}, {share}% of the sum", base=summed.base, unit=unit, share=share)
    steps = [Explained(now, because=_addends(at, sides.now)), Explained(last, because=_addends(at, sides.last))]
    if summed.change_pct is not None:
        steps.append(Explained(T("the change is {change}%", change=summed.change_pct)))
    return Explained(way, because=tuple(steps))


def _addends(at: Sum, parts: tuple[Addend, ...]) -> tuple[Explained, ...]:
    key = (at.total.indicator.id, at.total.scope)
    return tuple(_addend(at.look, part, at.total.indicator.unit, key) for part in parts if at.whole)


def _addend(look: Look, part: Addend, unit: str, key: Key) -> Explained:
    name = look.seen.entities[part.entity].name
    title = T("{name}: {value} {unit}", name=name, value=part.value, unit=unit)
    return Explained(title, part.report or part.entity, (part.position,), tuple(_behind(look, part, key)))


def _behind(look: Look, part: Addend, key: Key) -> Iterator[Explained]:
    if not part.report:
        yield from events(look.session, (part.position,))
        return
    records = look.session.log.read(stream_of(look.session, part.entity))
    until = (record for record in records if record.position <= look.seen.position)
    yield from about_report(look.session, until, part.report, key)


def _left_out(seen: Past, total: Composition) -> Iterator[Explained]:
    for name in total.left:
        state = seen.entities[name]
        if state.exit is not None:
            told = {"name": state.name, "day": state.exit.exit_on, "reason": state.exit.reason}
            gone = T("{name} left the statistics on {day}: {reason}", **told)
            yield Explained(gone, name, (state.exit.position,))
    if total.inner:
        yield Explained(T("not added, as another's figure holds theirs: {names}", names=_names(seen, total.inner)))
    if total.without:
        yield Explained(T("without a figure: {names}", names=_names(seen, total.without)))


def _names(seen: Past, entities: tuple[str, ...]) -> str:
    return ", ".join(seen.entities[name].name for name in entities)


# --- places in the ranking ---------------------------------------------------------------------------------------


def _places(look: Look, asked: Asked) -> Iterator[Explained]:
    for table in look.made.growth:
        for line in table.lines:
            if (table.tree, line.entity) == (asked.tree, asked.name):
                yield _place(look, table, line)


def _place(look: Look, table: GrowthTable, line: GrowthLine) -> Explained:
    growth = growths(look.seen.entities, look.seen.context, look.which)[table.tree, line.entity]
    title = T(
        "{name} is number {rank} of {of} by growth of {indicator}: {growth}%",
        name=line.name,
        rank=line.rank,
        of=len(table.lines),
        indicator=look.made.indicators.get(table.indicator, table.indicator),
        growth=line.growth_pct,
    )
    parts = tuple(part for part in (growth.now, growth.last) if part)
    positions = tuple(sorted({part.position for part in parts}))
    steps = (*_grown(look, growth, parts), *_compared(table, line))
    return Explained(title, f"{table.tree}/{line.entity}", positions, steps)


def _grown(look: Look, growth: Growth, parts: tuple[Addend, ...]) -> Iterator[Explained]:
    share = look.made.elapsed_pct
    if growth.last is None:
        yield Explained(T("the rate is the one reported: {indicator}", indicator=growth.indicator.label))
    else:
        yield Explained(T("the level is held against {share}% of that of last year", share=share))
    key = (growth.indicator.id, growth.scope)
    yield from (_addend(look, part, growth.indicator.unit, key) for part in parts)


def _compared(table: GrowthTable, line: GrowthLine) -> Iterator[Explained]:
    if line.rank_before is not None:
        yield Explained(T("in the period before it was number {rank}", rank=line.rank_before))
    if table.mean_pct is not None:
        mean = T("the mean, weighted by last year's levels, is {mean}%", mean=table.mean_pct)
        yield Explained(mean, because=(Explained(T("the gap is {gap}", gap=line.gap_pct)),))
    ahead = [other for other in table.lines if other.rank < line.rank]
    for other in ahead[-FEW:]:
        what = T("ahead of it: {name}, {growth}%", name=other.name, growth=other.growth_pct)
        yield Explained(what, f"{table.tree}/{other.entity}")


# --- the other way -----------------------------------------------------------------------------------------------


def resting_on(session: Session, record: Recorded) -> Iterator[tuple[str, str]]:
    """Yield every edition that RECORD bears on, and every total and place in it, and how.

    Of what an entity did, only the entity and its ancestors are folded: whether it is added depends on nobody else.
    """
    entity = record.stream.removeprefix(stream_of(session, ""))
    of_entity = entity != record.stream
    asked = {
        (name, edition.number): edition
        for name, editions in session.campaign().bulletins.items()
        for edition in editions
        if record.position <= edition.cutoff_position or record.position == edition.position
    }
    if of_entity:
        line = _line_of(session, entity)
        pasts = {at: past_of(session, to=at, entities=line) for at in {one.cutoff_position for one in asked.values()}}
    else:
        pasts = {seen.position: seen for seen in pasts_of(session, [one.cutoff_position for one in asked.values()])}
    for (name, number), edition in asked.items():
        at = Bearing(pasts[edition.cutoff_position], name, f"bulletin:{name}#{number}", record)
        yield from _added(at, entity) if of_entity else _whole(at, edition)


class Bearing(NamedTuple):
    """An edition, and the record that may bear on it."""

    seen: Past
    name: str
    what: str
    record: Recorded

    @property
    def which(self) -> tuple[str, str]:
        """The bulletin and its period."""
        obligation, _, period = self.name.rpartition("/")
        return obligation, period

    def rests(self, part: Addend, entity: str) -> bool:
        """Whether a figure that is added is of ENTITY and came by the record, or in a report that it is about."""
        report = getattr(self.record.event, "report", "")
        behind = part.position == self.record.position or (part.report != "" and part.report == report)
        return behind and part.entity == entity


def _line_of(session: Session, entity: str) -> list[str]:
    """Return the entity and its ancestors, as far as they are enrolled."""
    found: list[str] = []
    while entity and entity not in found and (state := session.entity(entity)):
        found.append(entity)
        entity = state.parent
    return found


def _whole(at: Bearing, edition: Edition) -> Iterator[tuple[str, str]]:
    """Say what an event of the campaign bears on: its publication and the definition in force, on all of an edition."""
    published, adopted = edition.position, at.seen.campaign.adoptions[-1].position
    if at.record.position not in {published, adopted}:
        return
    word = "published" if at.record.position == published else "definition"
    yield at.what, word
    _, listed = compositions(at.seen.entities, at.seen.context, at.which)
    yield from ((f"{at.what}/{one.tree.id}/{one.indicator.id}", word) for one in listed if one.reported.now)
    for tree, entity in growths(at.seen.entities, at.seen.context, at.which):
        yield f"{at.what}/{tree}/{entity}", word


def _added(at: Bearing, entity: str) -> Iterator[tuple[str, str]]:
    """Say where ENTITY's record is added, or why not, and in which rankings the entity's place rests on it."""
    _, listed = compositions(at.seen.entities, at.seen.context, at.which)
    found = {f"{one.tree.id}/{one.indicator.id}": (one, list(_sides(at, one, entity))) for one in listed}
    if any("left" in sides or at.record.position in _positions(total) for total, sides in found.values()):
        yield at.what, "added up"
    yield from ((f"{at.what}/{name}", ", ".join(sides)) for name, (_, sides) in found.items() if sides)
    for (tree, name), growth in growths(at.seen.entities, at.seen.context, at.which).items():
        if any(at.rests(part, entity) for part in (growth.now, growth.last) if part):
            yield f"{at.what}/{tree}/{name}", "rank"


def _sides(at: Bearing, total: Composition, entity: str) -> Iterator[str]:
    sides = {
        "as reported": total.reported.now,
        "last year": total.reported.last,
        "like for like": total.like_for_like.now,
        "last year, like for like": total.like_for_like.last,
    }
    yield from (side for side, parts in sides.items() if any(at.rests(part, entity) for part in parts))
    exit_ = at.seen.entities[entity].exit if entity in total.left else None
    if exit_ is not None and exit_.position == at.record.position:
        yield "left"
