"""Add an example of every topic that the golden log lacks: `PYTHONPATH=tests python tests/history/extend.py`.

It only ever appends. A line that was released stays as it is, for ever: if a change of code makes it unreadable, the
code is wrong, or needs an upcaster.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from campaign.domain.events import TOPICS
from campaign.store.codec import Codec, canonical
from campaign.store.log import Row

HERE = Path(__file__).parent
LOG = HERE / "golden.jsonl"
HASHES = HERE / "golden.sha256"
STREAM = "entity:jl2005/一汽集团"


def example(hint: Any, name: str, numbers: Iterator[int]) -> Any:  # noqa: ANN401 -- a type, and a value of it
    """Return a value of a type, told apart by its field's name and a running number."""
    arguments = [part for part in get_args(hint) if part is not type(None)]
    simple = {
        str: f'{name} “例”, "{next(numbers)}"\n\\',
        int: next(numbers),
        bool: True,
        date: date(2005, 8, 17),
        Decimal: Decimal(f"{next(numbers)}.50"),
    }
    if hint in simple:
        return simple[hint]
    if get_origin(hint) is Literal:
        return arguments[-1]
    if get_origin(hint) is tuple:
        return tuple(example(arguments[0], name, numbers) for _ in range(2))
    if arguments:
        return example(arguments[0], name, numbers)
    return hint(**{field: example(part, field, numbers) for field, part in get_type_hints(hint).items()})


def read() -> list[Row]:
    """Return the rows of the golden log."""
    lines = LOG.read_bytes().splitlines() if LOG.exists() else []
    return [row_of(line) for line in lines]


def row_of(line: bytes) -> Row:
    """Take a canonical record apart, its body as bytes."""
    form, *columns, body = msgspec.json.decode(line, type=list[msgspec.Raw])
    account = () if msgspec.json.decode(form) == "campaign-record.v2" else ("",)
    return (*map(msgspec.json.decode, columns), *account, bytes(body))  # type: ignore[return-value] # twelve, as checked by hashes


def extend() -> None:
    """Write examples of the missing topics, and all hashes."""
    codec, rows = Codec(), read()
    position = len(rows)
    for topic in sorted(set(TOPICS) - {row[3] for row in rows}):
        position += 1
        body = codec.encode(example(TOPICS[topic], "", count(position * 100)))
        instant = f"2005-08-17T01:02:03.{position:06}Z"
        cause = position - 1 if position % 3 == 0 else None
        names = ("li.wei", "统计局", f"golden-{position}")
        rows.append((position, STREAM, position, topic, instant, "2005-08-17", *names, cause, "", body))
    records = [canonical(row) for row in rows]
    LOG.write_bytes(b"".join(record + b"\n" for record in records))
    HASHES.write_text("".join(sha256(record).hexdigest() + "\n" for record in records))


if __name__ == "__main__":
    extend()
