"""The group stage: every entity evaluated, ranked within its group, and awarded from the pool."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign.rules.allocate import shared
from campaign.rules.exact import CONTEXT, ZERO, rounded
from campaign.rules.interpret import guarded, of_entity
from campaign.rules.kinds import Value
from campaign.rules.meaning import add
from campaign.rules.model import Aggregate, Award, Formula, GroupStep, Model, Pool, Prize, Ranking
from campaign.rules.ranks import amounts, figure, places

Env = dict[str, Value]
NOBODY = "0.00"


class Adjustment(msgspec.Struct, frozen=True):
    """A correction by hand: by how much, by which authority, and why."""

    entity: str
    name: str
    amount: Decimal
    authority: str
    reason: str


class Stop(msgspec.Struct, frozen=True):
    """Why an entity gets nothing: `kind` is veto or gate."""

    kind: str
    because: str
    clause: str = ""


class Standing(msgspec.Struct, frozen=True):
    """What an assessment says of one entity.

    `score`, `rank` and `grade` are the values the scheme shows under those headings, None where there is none; `prize`
    is the amount claimed and `award` what the pool pays, both in yuan; `values` are all computed values, `rules` the
    numbers of the rules that gave each decision.
    """

    id: str
    group: str
    score: Value
    rank: int | None
    grade: Value
    prize: Decimal
    award: Decimal
    stopped: tuple[Stop, ...]
    adjusted: tuple[Adjustment, ...]
    values: dict[str, Value]
    rules: dict[str, tuple[int, ...]]


class Cut(msgspec.Struct, frozen=True):
    """A pool: whose (a group, or "" for all), what was claimed and what it paid."""

    group: str
    pool: Decimal
    claimed: Decimal
    paid: Decimal

    @property
    def factor(self) -> Decimal:
        """The share of each claim that was paid."""
        return CONTEXT.divide(self.pool, self.claimed) if self.claimed > self.pool else Decimal(1)


class Field(msgspec.Struct):
    """All entities while they are assessed: values and rules by id; who can be stopped by what."""

    model: Model
    stoppers: tuple[Formula, ...]
    results: tuple[str, ...]
    rows: dict[str, Env]
    rules: dict[str, dict[str, tuple[int, ...]]]

    def group(self, name: str) -> str:
        """Return the group of an entity, "" where the scheme has none."""
        heading = self.model.headings.group
        return str(self.rows[name][heading]) if heading else ""

    def groups(self, *, everywhere: bool) -> dict[str, dict[str, Env]]:
        """Return the rows by group, or all of them under ""."""
        found: dict[str, dict[str, Env]] = {}
        for name in sorted(self.rows):
            found.setdefault("" if everywhere else self.group(name), {})[name] = self.rows[name]
        return found

    def peers(self, name: str, step: GroupStep) -> dict[str, Env]:
        """Return the rows that a group step sees together with NAME's."""
        everywhere = isinstance(step, Prize) or step.everywhere
        return self.groups(everywhere=everywhere)["" if everywhere else self.group(name)]

    def stops(self, name: str) -> tuple[Stop, ...]:
        """Return the vetoes and gates that stop an entity, vetoes first."""
        env = self.rows[name]
        return tuple(
            Stop(step.role, step.because, step.clause)
            for step in self.stoppers
            if env.get(step.name, step.role == "gate") == (step.role == "veto")
        )


def group_step(field: Field, step: GroupStep, stopped: Callable[[str], bool]) -> None:
    """Compute a figure, ranking or prize, and give it to every row."""
    if isinstance(step, Prize):
        _prize(field, step)
        return
    for rows in field.groups(everywhere=step.everywhere).values():
        if isinstance(step, Aggregate):
            found = figure(step, rows)
            for env in rows.values():
                env[step.name] = found
        else:
            placed = places(step, rows, stopped)
            for name, env in rows.items():
                env[step.name] = Decimal(placed[name]) if name in placed else None


def _prize(field: Field, step: Prize) -> None:
    ranking = next(other for other in field.model.steps if other.name == step.ranking)
    assert isinstance(ranking, Ranking)  # noqa: S101 -- the reader admits rankings only
    for rows in field.groups(everywhere=ranking.everywhere).values():
        won = amounts(step, rows, ranking.method)
        for name, env in rows.items():
            env[step.name] = won.get(name, rounded(ZERO, step.rounding.digits, step.rounding.mode))


def standings(field: Field, adjustments: Iterable[Adjustment]) -> tuple[dict[str, Standing], tuple[Cut, ...]]:
    """Award what was won, and say how everyone stands. Raises Problems for amounts below zero and unclear pools."""
    award = field.model.award
    stops = {name: field.stops(name) for name in field.rows}
    claims = {name: _claim(field, award, name, stops[name]) for name in sorted(field.rows)}
    paid, cuts = _paid(field, award, claims)
    by_hand: dict[str, tuple[Adjustment, ...]] = {}
    for item in sorted(adjustments, key=_by_what):
        by_hand[item.entity] = (*by_hand.get(item.entity, ()), item)
    found = {
        name: _standing(field, name, (claims[name], paid[name]), stops[name], by_hand.get(name, ())) for name in claims
    }
    return found, cuts


def _by_what(item: Adjustment) -> tuple[str, str, str, str, Decimal]:
    return item.entity, item.name, item.authority, item.reason, item.amount


def _claim(field: Field, award: Award | None, name: str, stops: tuple[Stop, ...]) -> Decimal:
    if award is None or stops:
        return Decimal(NOBODY)
    won = [amount for item in award.of if isinstance(amount := field.rows[name][item], Decimal)]
    total = max(won, default=ZERO) if award.highest_only else add(won)
    if total < 0:
        message = T("the award of {entity} would be {amount}", entity=name, amount=total)
        fix = T("keep amounts at zero or above")
        raise Problems([Problem("award-negative", message, fix, Place(field.model.file, field=name), "award")])
    return rounded(total, award.rounding.digits, award.rounding.mode)


def _paid(field: Field, award: Award | None, claims: dict[str, Decimal]) -> tuple[dict[str, Decimal], tuple[Cut, ...]]:
    if award is None or award.pool is None:
        return claims, ()
    paid: dict[str, Decimal] = {}
    cuts: list[Cut] = []
    for group, rows in field.groups(everywhere=award.pool.everywhere).items():
        pool = _amount(award.pool, rows)
        wanted = {name: claims[name] for name in rows}
        claimed = add(list(wanted.values()))
        got = shared(pool, wanted, award.rounding.digits) if claimed > pool else wanted
        paid |= got
        cuts.append(Cut(group, pool, claimed, add(list(got.values()))))
    return paid, tuple(cuts)


def _amount(pool: Pool, rows: Mapping[str, Env]) -> Decimal:
    found = {_reckoned(pool, name, env) for name, env in rows.items()}
    amount = next(iter(found))
    if len(found) > 1 or not isinstance(amount, Decimal) or amount < 0:
        message = T("the pool is not one amount of zero or above")
        fix = T("reckon it from constants and figures of all")
        raise Problems([Problem("pool-unclear", message, fix, pool.snippet.place(0), "pool")])
    return amount


def _reckoned(pool: Pool, name: str, env: Env) -> Value:
    try:
        return guarded(pool.amount, env, pool.snippet, "pool")
    except Problems as error:
        raise of_entity(error, name) from None


def _standing(
    field: Field,
    name: str,
    money: tuple[Decimal, Decimal],
    stops: tuple[Stop, ...],
    adjusted: tuple[Adjustment, ...],
) -> Standing:
    env, headings = field.rows[name], field.model.headings
    rank = env.get(headings.rank)
    values = {key: env[key] for key in field.results}
    return Standing(
        name,
        field.group(name),
        env.get(headings.score),
        int(rank) if isinstance(rank, Decimal) else None,
        env.get(headings.grade),
        *money,
        stops,
        adjusted,
        values,
        field.rules[name],
    )
