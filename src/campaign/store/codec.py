"""Between events and bytes: a closed registry of topics, upcasters for their earlier versions, canonical records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from campaign.domain.events import TOPICS, Event, Recorded
from campaign.problems import Place, Problem, Problems, T
from campaign.store.log import Row

RECORD = "campaign-record.v1"
"""The name of the canonical form; another form gets another name, and this one stays readable for ever."""
ACCOUNTED = "campaign-record.v2"
"""The form of a record that names an account; one that names none keeps the first form, and so its hash."""

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the plain JSON data of one version of a topic and returns that of the next."""

UPCASTERS: dict[str, Upcaster] = {}
"""By the topic they lift from: `target_fixed.v1` lifts to `target_fixed.v2`."""


Decoder: TypeAlias = Callable[[bytes], Event]

_ENCODE = msgspec.json.Encoder().encode

K = TypeVar("K")
V = TypeVar("V")


class Made(dict[K, V]):
    """A dict that makes what it lacks."""

    def __init__(self, make: Callable[[K], V]) -> None:
        """Take the function that makes a value from its key."""
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        """Make and keep the value of KEY."""
        value = self[key] = self._make(key)
        return value


DAYS: Made[str, date] = Made(date.fromisoformat)
"""Dates as read: a log of ten years has some thousand different ones."""


class Codec:
    """Reads and writes the bodies of a closed set of topics."""

    def __init__(
        self, topics: Mapping[str, type[Event]] = TOPICS, upcasters: Mapping[str, Upcaster] = UPCASTERS
    ) -> None:
        """Take the current topics, and the upcasters by the earlier topic that each lifts.

        Raises ValueError when a chain of upcasters does not end at a current topic.
        """
        self._topics = dict(topics)
        self._upcasters = dict(upcasters)
        self._names = {kind: topic for topic, kind in topics.items()}
        self.encode: Callable[[object], bytes] = msgspec.json.Encoder(
            order="deterministic", decimal_format="string"
        ).encode
        """Writes a body: compact JSON, fields in order of declaration, decimals as text."""
        self._decoders = Made(self._make)
        self._ends = {topic: self._end(topic) for topic in self._upcasters}

    def topic(self, kind: type[Event]) -> str:
        """Return the topic of a kind of event. Raises Problems (code `unknown-topic`) outside the registry."""
        try:
            return self._names[kind]
        except KeyError:
            raise Problems([unknown(kind.__name__)]) from None

    def decode(self, topic: str, body: bytes) -> Event:
        """Read a body of any version. Raises Problems (codes `unknown-topic`, `unreadable-event`)."""
        try:
            return self._decoders[topic](body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Problems([unreadable(topic, error)]) from error

    def decoder(self, topic: str) -> Decoder:
        """Return the function that reads bodies of TOPIC; made once. Raises Problems (code `unknown-topic`)."""
        return self._decoders[topic]

    def make_all(self) -> None:
        """Make the decoder of every topic now, before there are threads: two that make one at once crash msgspec."""
        for topic in (*self._topics, *self._ends):
            self.decoder(topic)

    def family(self, topics: frozenset[str]) -> frozenset[str]:
        """Return TOPICS together with the earlier versions that are lifted to them."""
        return topics | {earlier for earlier, end in self._ends.items() if end in topics}

    def records(self, rows: Iterable[Row]) -> Iterator[Recorded]:
        """Read rows with their bodies. Raises Problems (codes `unknown-topic`, `unreadable-event`)."""
        decoders, days, read, before = self._decoders, DAYS, datetime.fromisoformat, ""
        for position, stream, version, topic, at, on, actor, role, command, cause, account, body in rows:
            try:
                event = decoders[topic](body)
                if at != before:  # the records of one command have one instant
                    before, instant = at, read(at)
                    if instant.tzinfo is not UTC:
                        instant = instant_of(at)
                day = days[on]
            except (msgspec.DecodeError, ValueError) as error:
                raise Problems([unreadable(topic, error).at(Place(field=f"position {position}"))]) from error
            yield Recorded(position, stream, version, topic, instant, day, actor, role, command, cause, event, account)

    def _make(self, topic: str) -> Decoder:
        if topic in self._topics:
            decode: Decoder = msgspec.json.Decoder(self._topics[topic]).decode
            return decode
        if topic not in self._ends:
            raise Problems([unknown(topic)])
        kind = self._topics[self._ends[topic]]

        def lift(body: bytes) -> Event:
            data, at = msgspec.json.decode(body), topic
            while at in self._upcasters:
                data, at = self._upcasters[at](data), following(at)
            return msgspec.convert(data, kind)

        return lift

    def _end(self, topic: str) -> str:
        if topic in self._topics:
            message = f"{topic} is current and cannot be lifted"
            raise ValueError(message)
        while topic in self._upcasters:
            topic = following(topic)
        if topic not in self._topics:
            message = f"the upcasters end at {topic}, which is not a current topic"
            raise ValueError(message)
        return topic


def following(topic: str) -> str:
    """Return the next version's topic: `letter_signed.v1` gives `letter_signed.v2`."""
    name, _, number = topic.rpartition(".v")
    return f"{name}.v{int(number) + 1}"


def instant_of(text: str) -> datetime:
    """Read an instant as the log keeps it. Raises ValueError for a text that is none, or a naive one."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        message = f"{text!r} names no offset"
        raise ValueError(message)
    return instant


def unreadable(topic: str, error: Exception) -> Problem:
    """Say that the bytes of a body are not what its topic allows."""
    message = T("a record of {topic} cannot be read: {error}", topic=topic, error=error)
    fix = T("see what is wrong with `campaign audit verify`")
    return Problem("unreadable-event", message, fix)


def unknown(topic: str) -> Problem:
    """Say that TOPIC is in no registry of this program."""
    fix = T("use the version of the program that wrote this log, or a later one")
    return Problem("unknown-topic", T("the log holds {topic}, which this program does not know", topic=topic), fix)


def stamp(instant: datetime) -> str:
    """Write an instant as the log keeps it: UTC, microseconds, Z. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        message = "the log's clock must be aware"
        raise ValueError(message)
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def canonical(row: Row) -> bytes:
    """Return the canonical bytes of a record: what hashes, exports and proofs are made of.

    UTF-8 JSON without spaces, `["campaign-record.v1",position,"stream",version,"topic","recorded_at","occurred_on",
    "actor","role","command_id",causation or null,BODY]`, BODY being the stored bytes as they are; with an account
    `["campaign-record.v2",…,causation or null,"account",BODY]`.
    """
    head = (ACCOUNTED, *row[:-1]) if row[-2] else (RECORD, *row[:-2])
    return _ENCODE(head)[:-1] + b"," + row[-1] + b"]"


def canonicals(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the canonical bytes of many records, each in a fifth less time than `canonical` takes."""
    encode, raw = _ENCODE, msgspec.Raw
    for position, stream, version, topic, at, on, actor, role, command, cause, account, body in rows:
        if account:
            form = ACCOUNTED
            yield encode(
                (form, position, stream, version, topic, at, on, actor, role, command, cause, account, raw(body))
            )
        else:
            yield encode((RECORD, position, stream, version, topic, at, on, actor, role, command, cause, raw(body)))
