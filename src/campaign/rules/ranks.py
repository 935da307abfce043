"""Figures of a group, places in it, and prizes for places."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from campaign.problems import Problems
from campaign.rules.allocate import shared
from campaign.rules.exact import ONE, rounded
from campaign.rules.interpret import Env, guarded, of_entity, run
from campaign.rules.kinds import Value
from campaign.rules.meaning import MEANINGS, add
from campaign.rules.model import Aggregate, Key, Prize, Ranking

Rows = Mapping[str, Env]
Stopped = Callable[[str], bool]


def figure(step: Aggregate, rows: Rows) -> Value:
    """Return the figure over ROWS; n/a where nothing is there to reckon it from, except that sums and counts are 0."""
    taken = [env for name, env in rows.items() if _takes_part(step, name, env)]
    items = [env[step.of] for env in taken if env[step.of] is not None]
    if not items and step.how not in {"sum", "count"}:
        return None
    found: Value = MEANINGS[step.how](tuple(items))
    return found


def places(step: Ranking, rows: Rows, stopped: Stopped) -> dict[str, int]:
    """Return the place of each entity ranked, 1 the best; equal keys share a place as the method says."""
    ranked = sorted((name for name in rows if _ranked(step, name, rows[name], stopped)), key=_order(step.keys, rows))
    found: dict[str, int] = {}
    place = 0
    for index, name in enumerate(ranked):
        tied = index > 0 and step.method != "ordinal" and _equal(step.keys, rows[name], rows[ranked[index - 1]])
        if not tied:
            place = place + 1 if step.method == "dense" else index + 1
        found[name] = place
    return found


def _ranked(step: Ranking, name: str, env: Env, stopped: Stopped) -> bool:
    if any(env[key.name] is None for key in step.keys) or (not step.everyone and stopped(name)):
        return False
    return _takes_part(step, name, env)


def _takes_part(step: Aggregate | Ranking, name: str, env: Env) -> bool:
    if step.among is None:
        return True
    try:
        return bool(guarded(step.among.tree, env, step.among.snippet, step.name))
    except Problems as error:
        raise of_entity(error, name) from None


def _order(keys: Sequence[Key], rows: Rows) -> Callable[[str], Any]:
    """Return a sort key: by each key in turn, then by id."""

    def compare(first: str, second: str) -> int:
        for key in keys:
            left: Any = rows[first][key.name]
            right: Any = rows[second][key.name]
            if left != right:
                return -1 if (left > right) == key.highest else 1
        return -1 if first < second else 1

    return cmp_to_key(compare)


def _equal(keys: Sequence[Key], left: Env, right: Env) -> bool:
    return all(left[key.name] == right[key.name] for key in keys)


def amounts(step: Prize, rows: Rows, method: str) -> dict[str, Decimal]:
    """Return the prize of each entity ranked; who ties shares the places taken together, or gets the higher each."""
    tied: dict[int, list[str]] = {}
    for name in sorted(rows):
        rank = rows[name][step.ranking]
        if isinstance(rank, Decimal):
            tied.setdefault(int(rank), []).append(name)
    found: dict[str, Decimal] = {}
    for place, names in tied.items():
        if step.ties == "each" or len(names) == 1:
            found |= {name: _amount(step, name, rows[name], place) for name in names}
        else:
            taken = names[:1] if method == "dense" else names
            total = add([_amount(step, name, rows[name], place + index) for index, name in enumerate(taken)])
            found |= shared(total, dict.fromkeys(names, ONE), step.rounding.digits)
    return found


def _amount(step: Prize, name: str, env: Env, place: int) -> Decimal:
    try:
        found = run(step.amounts, {**env, "rank": Decimal(place)}).values[0]
    except Problems as error:
        raise of_entity(error, name) from None
    assert isinstance(found, Decimal)  # noqa: S101 -- the checker made the column money
    return rounded(found, step.rounding.digits, step.rounding.mode)


def tied_with(step: Ranking, rows: Rows, entity: str) -> tuple[str, ...]:
    """Return the ids that share ENTITY's place."""
    place = rows[entity][step.name]
    return tuple(
        name for name in sorted(rows) if name != entity and place is not None and rows[name][step.name] == place
    )
