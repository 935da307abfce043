"""The built-in functions of FEEL: signatures, arguments by position or name, null for what does not fit.

A signature is written as `name: type, other?: type, more*: type`: `?` may be left out, `*` takes any number.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, DecimalException

import msgspec

from campaign.files.feel_values import FeelValue, Function, Unsupported, kind

SHORT = {
    "date": frozenset({"date", "date and time"}),
    "duration": frozenset({"days and time duration", "years and months duration"}),
    "point": frozenset({"date", "date and time"}),
    "clock": frozenset({"time", "date and time"}),
}
"""What stands for several types in signatures."""


class Parameter(msgspec.Struct, frozen=True):
    """A parameter: `kind` is a type's name, a name of SHORT, `any`, or `list`; `?` after the type admits null."""

    name: str
    kind: str
    nullable: bool
    optional: bool
    several: bool


class Builtin(msgspec.Struct, frozen=True):
    """A function as the standard lists it; the same name may have several."""

    name: str
    parameters: tuple[Parameter, ...]
    work: Callable[..., FeelValue]


BUILTINS: dict[str, list[Builtin]] = {}
ABSENT = object()
Work = Callable[..., FeelValue]


def builtin(name: str, signature: str) -> Callable[[Work], Work]:
    """Register a function under NAME with SIGNATURE."""
    parameters = tuple(_parameter(part.strip()) for part in signature.split(",") if part.strip())

    def register(work: Work) -> Work:
        BUILTINS.setdefault(name, []).append(Builtin(name, parameters, work))
        return work

    return register


def _parameter(text: str) -> Parameter:
    name, type_name = (part.strip() for part in text.split(":"))
    plain = name.rstrip("?*")
    nullable = type_name.endswith("?") or type_name == "any"
    return Parameter(plain, type_name.rstrip("?"), nullable, name.endswith("?"), name.endswith("*"))


def call(name: str, arguments: Sequence[FeelValue], names: Sequence[str]) -> FeelValue:
    """Call a built-in function; null where no signature takes the arguments. Raises Unsupported for an unknown one."""
    if name not in BUILTINS:
        raise Unsupported(f"the function {name}")
    for candidate in BUILTINS[name]:
        bound = _bound(candidate, arguments, names)
        if bound is not None:
            return _worked(candidate.work, bound)
    return None


def _worked(work: Work, arguments: list[FeelValue]) -> FeelValue:
    try:
        return work(*arguments)
    except (DecimalException, OverflowError):
        return None


def _bound(candidate: Builtin, arguments: Sequence[FeelValue], names: Sequence[str]) -> list[FeelValue] | None:
    """Return the arguments in the order of the parameters, or None where they do not fit."""
    placed = _named(candidate, arguments, names) if names else _placed(candidate, list(arguments))
    if placed is None:
        return None
    found: list[FeelValue] = []
    for parameter, value in placed:
        fitted = _fitted(value, parameter)
        if fitted is ABSENT:
            return None
        found.append(fitted)  # type: ignore[arg-type]  # ABSENT has just been ruled out
    return found


Placed = list[tuple[Parameter, FeelValue]]


def _placed(candidate: Builtin, arguments: list[FeelValue]) -> Placed | None:
    parameters = list(candidate.parameters)
    if parameters and parameters[-1].several:
        last = parameters.pop()
        parameters += [last] * (len(arguments) - len(parameters))
        if not parameters or len(arguments) < len(candidate.parameters):
            return None
    needed = sum(not parameter.optional for parameter in parameters)
    if not needed <= len(arguments) <= len(parameters):
        return None
    return list(zip(parameters, arguments, strict=False))


def _named(candidate: Builtin, arguments: Sequence[FeelValue], names: Sequence[str]) -> Placed | None:
    given = dict(zip(names, arguments, strict=True))
    known = {parameter.name for parameter in candidate.parameters}
    if len(given) < len(names) or not given.keys() <= known:
        return None
    found: Placed = []
    for parameter in candidate.parameters:
        if parameter.name in given:
            found.append((parameter, given[parameter.name]))
        elif not parameter.optional:
            return None
        else:
            found.append((msgspec.structs.replace(parameter, nullable=True), None))
    while found and found[-1][0].optional and found[-1][0].name not in given:
        found.pop()
    return found


def _fitted(value: FeelValue, parameter: Parameter) -> object:
    """Return VALUE as PARAMETER takes it (a list of one and its item stand for each other), or ABSENT."""
    if parameter.kind == "list":
        return value if isinstance(value, list) else [value] if value is not None else ABSENT
    if value is None:
        return None if parameter.nullable else ABSENT
    if parameter.kind == "any" or kind(value) in SHORT.get(parameter.kind, {parameter.kind}):
        return value
    if isinstance(value, list) and len(value) == 1:
        return _fitted(value[0], parameter)
    return ABSENT


def whole(value: Decimal) -> int | None:
    """Return a number that counts, or None for a fraction or something absurd."""
    return int(value) if value == value.to_integral_value() and abs(value.adjusted()) < 10 else None  # noqa: PLR2004 -- positions of ten digits


def applied(function: Function, arguments: Sequence[FeelValue], names: Sequence[str]) -> FeelValue:
    """Call a function of the model's own; null where the number or names of the arguments do not fit."""
    if names:
        given = dict(zip(names, arguments, strict=True))
        if given.keys() != set(function.parameters):
            return None
        arguments = [given[name] for name in function.parameters]
    return function.work(*arguments) if len(arguments) == len(function.parameters) else None
