"""Validation before the write: nothing enters the log that could not be read, shown or hashed for ever after."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

import msgspec

from campaign.domain.events import Event
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text
from campaign.store.codec import Codec, Made
from campaign.store.log import Batch, Draft

CODE = "invalid-event"
MAX_TEXT = 4_000
MAX_LONG_TEXT = 4_000_000
LONG_TEXTS = frozenset({"definition", "text", "result"})
"""Fields that carry a whole document."""
INTEGER_DIGITS, FRACTION_DIGITS = 18, 12
MAX_INTEGER = 2**53 - 1
"""Beyond it, JSON readers elsewhere lose digits."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

FIXED_POINT = re.compile(rf"(?!-0+(?:\.0+)?\Z)-?[0-9]{{1,{INTEGER_DIGITS}}}(?:\.[0-9]{{1,{FRACTION_DIGITS}}})?\Z")
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but tab and newline, line separators, bidi controls, byte order marks, lone surrogates."""
PLAIN = bytes(range(0x20, 0x7F))
"""ASCII that prints."""

NAMES = {
    "stream": re.compile(r"[a-z][a-z0-9_]{0,31}:[\w.-]{1,64}(?:/[\w.-]{1,128})?\Z"),
    "command_id": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}\Z"),
    "actor": re.compile(r"\w[\w.:@-]{0,63}\Z"),
    "role": re.compile(r"\w[\w.:@-]{0,63}\Z"),
}


Entry: TypeAlias = tuple[str, str, bytes, Event, date, int | None]
"""stream, topic, body, event, occurred_on, causation: a draft that may be written, its event as the body says it."""

Kind: TypeAlias = "tuple[str, Callable[[bytes], Event], Probe]"
"""A topic, how its bodies are read, and the quick check of its numbers and dates."""


def prepare(codec: Codec, batch: Batch) -> list[Entry]:
    """Check every text, number and date of a batch and encode it.

    Raises Problems with all that is wrong (codes `invalid-event`, `unknown-topic`), placed at the field.
    """
    problems = list(check_names(batch))
    entries: list[Entry] = []
    kinds = Made(partial(kind_of, codec))
    for write in batch.writes:
        for draft in write.drafts:
            try:
                entries.append(entry_of(codec, kinds, write.stream, draft))
            except Problems as found:
                problems.extend(found.problems)
    if problems:
        raise Problems(problems)
    return entries


def kind_of(codec: Codec, kind: type[Event]) -> Kind:
    """Return what writing an event of KIND needs. Raises Problems (code `unknown-topic`)."""
    topic = codec.topic(kind)
    return topic, codec.decoder(topic), probe_of(kind) or nothing_to_probe


def nothing_to_probe(event: object) -> bool:  # noqa: ARG001 -- one signature for all probes
    """Find nothing unusual."""
    return True


def check_names(batch: Batch) -> Iterator[Problem]:
    """Yield a problem for each name that does not match its pattern."""
    named = [("command_id", batch.command_id), ("actor", batch.actor), ("role", batch.role)]
    named += [("stream", write.stream) for write in batch.writes]
    for field, value in named:
        if not NAMES[field].match(value):
            message = T("{value} cannot be a {field}", value=ascii(value), field=field)
            yield invalid(field, message, T("use letters, digits, dots and dashes"))


def entry_of(codec: Codec, kinds: Made[type[Event], Kind], stream: str, draft: Draft) -> Entry:
    """Encode one draft: quickly when nothing about it is unusual. Raises Problems."""
    topic, decode, probe = kinds[type(draft.event)]
    # A struct's fields are not checked when it is made: read back with types, then written again, it is what it says.
    try:
        said = codec.encode(draft.event)
        event = decode(said)
        body = codec.encode(event)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise Problems(unwritable(topic, draft.event, error)) from error
    if suspicious(body) or not probe(event):
        body, event = examine(codec, topic, event)
    elif body == said and event == draft.event:
        event = draft.event  # the same to the last digit: of a large batch, one copy is enough
    if not day(draft.occurred_on):
        raise Problems([bad_day(f"{topic}.occurred_on", draft.occurred_on)])
    return stream, topic, body, event, draft.occurred_on, draft.causation


def examine(codec: Codec, topic: str, event: Event) -> tuple[bytes, Event]:
    """Look at every leaf of an unusual event, and write its numbers in fixed point. Raises Problems."""
    problems = list(found_in(topic, event))
    if problems:
        raise Problems(problems)
    body = msgspec.json.encode(fixed(event))  # in the order given, where the codec would sort the keys of a dict
    return body, codec.decode(topic, body)


def found_in(topic: str, event: Event) -> Iterator[Problem]:
    """Yield what is wrong with each leaf of EVENT."""
    for path, value in leaves(event, topic):
        yield from check(path, value)


def unwritable(topic: str, event: Event, error: Exception) -> list[Problem]:
    """Say why an event does not become JSON, or does not come back from it."""
    if isinstance(error, UnicodeEncodeError):  # a lone surrogate
        return list(found_in(topic, event))
    reason, _, path = str(error).partition(" - at `$")
    message = T("{topic} cannot be stored: {reason}", topic=topic, reason=reason)
    return [invalid(topic + path.rstrip("`"), message)]


def suspicious(body: bytes) -> bool:
    """Whether BODY needs a close look: it is long, or has an escape or a character that does not print."""
    if len(body) > MAX_TEXT or b"\\" in body:
        return True
    return b"\x7f" in body if body.isascii() else not body.translate(None, PLAIN).decode().isprintable()


def leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield every leaf below VALUE with its path: `topic.figures[0].value`."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple | list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def check(path: str, value: object) -> Iterator[Problem]:
    """Yield what is wrong with one leaf."""
    match value:
        case str():
            yield from check_text(path, value)
        case Decimal() if not storable(value):
            bounds = {"integer": INTEGER_DIGITS, "fraction": FRACTION_DIGITS}
            fix = T("numbers have at most {integer} digits before the point and {fraction} after it", **bounds)
            yield invalid(path, T("{value} is not a number that can be stored", value=str(value)[:60]), fix)
        case int() if abs(value) > MAX_INTEGER:
            yield invalid(path, T("{value} is too large", value=str(value)[:60]))
        case date() if not day(value):
            yield bad_day(path, value)
        case _:
            pass


def check_text(path: str, value: str) -> Iterator[Problem]:
    """Yield what is wrong with a text."""
    limit = MAX_LONG_TEXT if path.rpartition(".")[2] in LONG_TEXTS else MAX_TEXT
    if len(value) > limit:
        message = T("the text has {size} characters, more than {limit}", size=len(value), limit=limit)
        yield invalid(path, message, T("shorten it, or record its hash and keep the document elsewhere"))
    found = FORBIDDEN.search(value)
    if found:
        values = {"character": f"U+{ord(found[0]):04X}", "at": found.start() + 1}
        message = T("the text has the invisible character {character} at place {at}", **values)
        yield invalid(path, message, T("remove it"))


def storable(number: Decimal) -> bool:
    """Whether NUMBER can be written in fixed point within the digits allowed."""
    return number.is_finite() and exponent(number) >= -FRACTION_DIGITS and number.adjusted() < INTEGER_DIGITS


def exponent(number: Decimal) -> int:
    """Return the exponent of a finite number."""
    value = number.as_tuple().exponent
    assert isinstance(value, int)  # noqa: S101 -- callers hold finite numbers; this tells the type checker
    return value


def day(value: date) -> bool:
    """Whether VALUE is a date, not an instant, in the years that a campaign can have."""
    return type(value) is date and FIRST_DAY <= value <= LAST_DAY


def fixed(value: object) -> object:
    """Return plain data with every number in fixed point: no exponent, no negative zero."""
    match value:
        case msgspec.Struct():
            return {name: fixed(getattr(value, name)) for name in value.__struct_fields__}
        case tuple():
            return [fixed(part) for part in value]
        case Decimal():
            return format(value, "f") if value else format(Decimal().scaleb(min(exponent(value), 0)), "f")
        case _:
            return value


def bad_day(path: str, value: object) -> Problem:
    """Say that a date is not one that can be stored."""
    bounds = {"first": FIRST_DAY, "last": LAST_DAY}
    message = T("{value} is not a date that can be stored", value=str(value)[:60])
    return invalid(path, message, T("give a date between {first} and {last}", **bounds))


def invalid(path: str, message: Text, fix: Text = NOTHING) -> Problem:
    """Make a problem at a field."""
    return Problem(CODE, message, fix, Place(field=path))


# --- probes: a quick "nothing unusual" for the numbers and dates of one type of event ------------------------------

Probe = Callable[[Any], bool]


@cache
def probe_of(kind: type) -> Probe | None:
    """Return a check of all numbers and dates in a struct of KIND, or None where it has none."""
    named = [(name, probe_for(hint)) for name, hint in get_type_hints(kind).items()]
    parts = [(name, probe) for name, probe in named if probe is not None]

    def probe(value: Any) -> bool:  # noqa: ANN401 -- a struct of KIND
        for name, part in parts:  # noqa: SIM110 -- all() with a generator takes twice as long
            if not part(getattr(value, name)):
                return False
        return True

    return probe if parts else None


def probe_for(hint: Any) -> Probe | None:  # noqa: ANN401 -- a type or a special form
    """Return the check for one field's type."""
    inner = next((probe for probe in map(probe_for, get_args(hint)) if probe is not None), None)
    if isinstance(hint, type) and inner is None:
        return probe_for_class(hint)
    if inner is None:
        return None
    if get_origin(hint) is tuple:
        return lambda parts: all(map(inner, parts))
    return lambda value: value is None or inner(value)


def probe_for_class(kind: type) -> Probe | None:
    """Return the check for a plain class."""
    if issubclass(kind, msgspec.Struct):
        return probe_of(kind)
    if kind is Decimal:
        return lambda number: FIXED_POINT.match(str(number)) is not None
    if kind is date:
        return day
    if kind is int:
        return lambda number: -MAX_INTEGER <= number <= MAX_INTEGER
    return None
