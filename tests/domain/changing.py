"""A struct with one field after the other given another value: whatever makes no difference then is lost somewhere."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

DAY = timedelta(days=1)
COLUMNS = {
    "position": 9999,
    "occurred_on": date(2004, 1, 1),
    "recorded_at": datetime(2004, 1, 1, tzinfo=UTC),
    "actor": "somebody-else",
    "role": "another-role",
    "command_id": "another-command",
}
"""What a record could have in its columns instead."""


def others(value: object, hint: object) -> Iterator[object]:
    """Yield values that VALUE, of a field with the type HINT, could have been instead."""
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        yield next(other for other in arguments if other != value)
    elif isinstance(value, msgspec.Struct):
        yield from changed(value)
    elif isinstance(value, tuple):
        yield ()
        yield from ((other, *value[1:]) for other in others(value[0], arguments[0]))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield f"{value}2"
    elif isinstance(value, date):
        yield value + DAY
    elif isinstance(value, int | Decimal):
        yield value + 1


def changed(struct: Any) -> Iterator[Any]:  # noqa: ANN401 -- any struct, and the same kind
    """Yield STRUCT with one field after the other changed; what is empty stays empty."""
    for name, hint in get_type_hints(type(struct)).items():
        value = getattr(struct, name, None)
        if name in struct.__struct_fields__ and value not in (None, "", ()):
            for other in others(value, hint):
                yield msgspec.structs.replace(struct, **{name: other})


def difference(before: msgspec.Struct, after: msgspec.Struct) -> str:
    """Name the first field in which two structs of one kind differ, as `Kind.field`."""
    fields = [name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    return f"{type(before).__name__}.{fields[0]}"


def filled(struct: msgspec.Struct) -> frozenset[str]:
    """Return those fields of STRUCT that say something, as `Kind.field`."""
    names = (name for name in struct.__struct_fields__ if getattr(struct, name) not in (None, "", ()))
    return frozenset(f"{type(struct).__name__}.{name}" for name in names)
