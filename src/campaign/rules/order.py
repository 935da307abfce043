"""The order of computation: what needs what, which cycles there are, and what can be computed together."""

from collections.abc import Iterable, Mapping

from campaign.rules.interpret import step_inputs
from campaign.rules.model import Aggregate, Formula, Prize, Ranking, Stage, Step, Table, values_of
from campaign.rules.tree import names


def reads(step: Step, group: Iterable[str] = (), stoppers: Iterable[str] = ()) -> set[str]:
    """Return the names a step reads; GROUP and STOPPERS (vetoes, gates) are what group steps read besides."""
    match step:
        case Formula() | Table():
            found = set().union(*(names(tree) for tree in step_inputs(step)))
            if isinstance(step, Table):
                found |= {name for rule in step.rules for test in rule.tests for name in names(test)}
            return found
        case Aggregate():
            found = {step.of}
        case Ranking():
            found = {key.name for key in step.keys}
        case Prize():
            return {step.ranking, *group, *(reads(step.amounts) - {"rank"})}
    if step.among is not None:
        found |= names(step.among.tree)
    if isinstance(step, Ranking) and not step.everyone:
        found |= set(stoppers)
    return found | set(group)


def cycle(needs: Mapping[str, set[str]]) -> list[str]:
    """Return the names along one cycle, the first repeated at the end; nothing where there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        found = _walk(start, needs, path, done)
        if found:
            return found
    return []


def _walk(name: str, needs: Mapping[str, set[str]], path: list[str], done: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done or name not in needs:
        return []
    path.append(name)
    for other in sorted(needs[name]):
        found = _walk(other, needs, path, done)
        if found:
            return found
    path.pop()
    done.add(name)
    return []


def staged(steps: list[Step], group: Iterable[str], stoppers: Iterable[str]) -> tuple[Stage, ...]:
    """Sort steps without cycles into stages, each as early as what it reads allows."""
    owner = {name: step for step in steps for name, _ in values_of(step)}
    level: dict[str, int] = {}
    order: list[Step] = []

    def visit(step: Step) -> int:
        if step.name not in level:
            before = [owner[name] for name in sorted(reads(step, group, stoppers)) if name in owner]
            levels = [visit(other) + _later(other, step) for other in before]
            level[step.name] = max(levels, default=0)
            order.append(step)
        return level[step.name]

    for step in steps:
        visit(step)
    count = max(level.values(), default=0) + 1
    return tuple(_stage([step for step in order if level[step.name] == index]) for index in range(count))


def _later(before: Step, after: Step) -> int:
    """Return 1 where AFTER has to wait for the whole group: entity steps do, for what groups give."""
    return int(not isinstance(before, Formula | Table) and isinstance(after, Formula | Table))


def _stage(steps: list[Step]) -> Stage:
    return Stage(
        tuple(step for step in steps if isinstance(step, Formula | Table)),
        tuple(step for step in steps if not isinstance(step, Formula | Table)),
    )
