"""What if: the whole year under another scheme, other targets or other figures; the log is not touched."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from campaign.app import assess
from campaign.app.session import Session
from campaign.domain import outcomes
from campaign.domain.definition import Definition, expand
from campaign.domain.events import Figure, Target
from campaign.domain.outcomes import Outcomes, Scored
from campaign.domain.state import EntityState
from campaign.problems import Place, Problem, Problems, Refused, T, Text, nearest

SETTING = re.compile(r"^(target|figure)\.([a-z0-9_.-]+)=([+-]?)(\d+(?:\.\d+)?)(%?)$")
EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
HUNDRED = Decimal(100)


class Setting(msgspec.Struct, frozen=True):
    """One supposition: `target.profit=14` sets, `figure.profit=+5%` changes by a share, `…=-2` by an amount.

    A plain `15%` of an indicator measured in per cent means 15.
    """

    kind: Literal["target", "figure"]
    indicator: str
    sign: str
    amount: Decimal
    share: bool

    def of(self, value: Decimal) -> Decimal:
        """Return what VALUE becomes."""
        if not self.sign:
            return self.amount
        amount = EXACT.divide(EXACT.multiply(value, self.amount), HUNDRED) if self.share else self.amount
        return EXACT.add(value, amount) if self.sign == "+" else EXACT.subtract(value, amount)


class Line(msgspec.Struct, frozen=True):
    """One entity under both: scores as text, ranks 0 for none, awards in yuan."""

    entity: str
    group: str
    score: tuple[str, str]
    rank: tuple[int, int]
    prize: tuple[Decimal, Decimal]
    award: tuple[Decimal, Decimal]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return any(pair[0] != pair[1] for pair in (self.score, self.rank, self.prize, self.award))


class Comparison(msgspec.Struct, frozen=True):
    """Two outcomes side by side, keyed by scheme hash and log position."""

    before: str
    after: str
    lines: tuple[Line, ...]

    @property
    def cost(self) -> tuple[Decimal, Decimal]:
        """The sum of the awards under each, in yuan."""
        zero = Decimal(0)
        return sum((line.award[0] for line in self.lines), zero), sum((line.award[1] for line in self.lines), zero)


def what_if(
    session: Session,
    *,
    scheme: Path | None = None,
    settings: Sequence[str] = (),
    scope: str = "",
    basis: Literal["provisional", "final"] = "provisional",
) -> Comparison:
    """Compare the year as it stands with the same year under SCHEME and SETTINGS.

    scope: a group or an entity that the settings hold for, by default everyone.  Raises Problems for a setting that
    cannot be read, a scope that is not there, and everything a scheme cannot be given.
    """
    here = assess.present(session)
    adopted = assess.adopted(session)
    text = assess.read_scheme(scheme)[1] if scheme else adopted.text if adopted else ""
    if not text:
        message = T("no assessment scheme is adopted")
        raise Problems([Problem("no-scheme", message, T("name one with --scheme FILE"), Place(field="scheme"))])
    changed = replace(here, states=suppose(here.states, here.context.definition, parse(settings, here), scope))
    before = assess.result(adopted.text if adopted else text, here, basis)
    after = assess.result(text, changed, basis)
    return compare(
        _read(before),
        _read(after),
        f"{_read(before).sha256[:12]}@{here.at}",
        f"{_read(after).sha256[:12]}@{here.at}" + "".join(f" {setting}" for setting in settings),
    )


def compare_runs(session: Session, first: str, second: str) -> Comparison:
    """Compare two recorded runs."""
    (one, before), (two, after) = assess.shown(session, first), assess.shown(session, second)
    return compare(
        before,
        after,
        f"{one.run} {one.scheme_sha256[:12]}@{one.log_position}",
        f"{two.run} {two.scheme_sha256[:12]}@{two.log_position}",
    )


def compare(before: Outcomes, after: Outcomes, first: str, second: str) -> Comparison:
    """Lay two outcomes side by side, entity by entity in order of id."""
    names = sorted(before.entities.keys() | after.entities.keys())
    return Comparison(first, second, tuple(_line(name, before, after) for name in names))


def _line(name: str, before: Outcomes, after: Outcomes) -> Line:
    one, two = before.entities.get(name), after.entities.get(name)
    present = two or one
    assert present is not None  # noqa: S101 -- the name comes from one of them
    return Line(
        name,
        present.group,
        (_score(one), _score(two)),
        (_rank(one), _rank(two)),
        (one.prize if one else Decimal(0), two.prize if two else Decimal(0)),
        (one.award if one else Decimal(0), two.award if two else Decimal(0)),
    )


def _score(scored: Scored | None) -> str:
    return "" if scored is None or scored.score is None else str(scored.score)


def _rank(scored: Scored | None) -> int:
    return (scored.rank or 0) if scored else 0


def _read(result: str) -> Outcomes:
    found = outcomes.read(result)
    if isinstance(found, Refused):
        raise Problems(found.reasons)
    return found


def parse(texts: Sequence[str], here: assess.Position) -> tuple[Setting, ...]:
    """Read settings. Raises Problems (`setting-unreadable`, `setting-unknown`), all at once."""
    definition = here.context.definition
    known = {indicator.id for indicator in definition.indicators} if definition else set()
    problems: list[Problem] = []
    found: list[Setting] = []
    for text in texts:
        match = SETTING.match(text.strip())
        if match is None:
            fix = T("write target.INDICATOR=VALUE or figure.INDICATOR=+5%")
            problems.append(_problem("setting-unreadable", T("{text} is not a setting", text=text), fix))
        elif match[2] not in known:
            message = T("there is no indicator {name}", name=match[2])
            problems.append(_problem("setting-unknown", message, nearest(match[2], known)))
        else:
            kind: Literal["target", "figure"] = "target" if match[1] == "target" else "figure"
            found.append(Setting(kind, match[2], match[3], Decimal(match[4]), bool(match[5])))
    if problems:
        raise Problems(problems)
    return tuple(found)


def _problem(code: str, message: Text, fix: Text) -> Problem:
    return Problem(code, message, fix, Place(field="set"))


def suppose(
    states: Mapping[str, EntityState], definition: Definition | None, settings: Sequence[Setting], scope: str
) -> dict[str, EntityState]:
    """Return the states with SETTINGS in place for everyone in SCOPE. Raises Problems (`scope-unknown`)."""
    chosen = {name for name, state in states.items() if _within(state, definition, scope)}
    if scope and not chosen:
        message = T("{scope} is neither a group nor an entity", scope=scope)
        raise Problems([Problem("scope-unknown", message, nearest(scope, states), Place(field="scope"))])
    return {name: _supposed(state, settings) if name in chosen else state for name, state in states.items()}


def _within(state: EntityState, definition: Definition | None, scope: str) -> bool:
    groups = expand(definition, state.groups) if definition else frozenset(state.groups)
    return scope in {"", state.entity} or scope in groups


def _supposed(state: EntityState, settings: Sequence[Setting]) -> EntityState:
    for setting in settings:
        if setting.kind == "target":
            targets = {
                name: replace(line, target=_target(line.target, setting)) for name, line in state.targets.items()
            }
            state = replace(state, targets=targets)
        else:
            reports = {
                name: replace(line, figures=tuple(_figure(figure, setting) for figure in line.figures))
                for name, line in state.reports.items()
            }
            state = replace(state, reports=reports)
    return state


def _target(target: Target, setting: Setting) -> Target:
    if target.indicator != setting.indicator or target.value is None:
        return target
    return replace(target, value=setting.of(target.value))


def _figure(figure: Figure, setting: Setting) -> Figure:
    return replace(figure, value=setting.of(figure.value)) if figure.indicator == setting.indicator else figure
