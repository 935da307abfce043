"""What is fuzzed: readers of what strangers send. Whatever the bytes, a reader reads them or raises Problems (P-18)."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from zipfile import ZipFile

import msgspec
from files.dmn.models import write_all
from files.hostile.conftest import CONFIG, opened
from files.hostile.makers import GOOD, RATE, csv, repacked, xlsx

from campaign import source, verifier
from campaign.app.session import Session
from campaign.app.submit import check
from campaign.files.dmn import load_dmn
from campaign.files.reading import decode
from campaign.problems import Problems
from campaign.rules.grammar import cell, expression
from campaign.rules.tokens import Snippet

EXPRESSIONS = (
    "if growth >= 15% and not (load in [1..5]) then 3 else load × 1.5",
    "a / b between 1_000 and 2万元 or c is defined",
    "?≥ 80%",
    '?"省属", "市属"',
)

NOTE = f"campaign/log\n12\n{'A' * 43}=\n\n— campaign/log {'A' * 92}\n"


class Target(msgspec.Struct, frozen=True):
    """A reader, and good files to begin from."""

    read: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]


@cache
def campaign() -> Session:
    """Return a campaign to which files are handed in."""
    return opened()


@cache
def folder() -> Path:
    """Return where a file lies that is handed in."""
    return Path(mkdtemp())


def handed_in(name: str, data: bytes) -> None:
    """Look at a file as handing it in would."""
    path = folder() / name
    path.write_bytes(data)
    check(campaign(), path)


def written() -> Iterable[bytes]:
    """Return the campaign's own files."""
    return (path.read_bytes() for path in sorted(CONFIG.rglob("*.yaml")))


def model(data: bytes) -> None:
    """Read a DMN model as a scheme."""
    path = folder() / "f.dmn"
    path.write_bytes(data)
    load_dmn(path)


def models() -> Iterable[bytes]:
    """Return those models of the conformance tests that are schemes."""
    write_all(folder() / "models")
    for path in sorted((folder() / "models").rglob("*.dmn")):
        with suppress(Problems):
            load_dmn(path)
            yield path.read_bytes()


@cache
def workbook() -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return a good workbook, and its parts in order of name."""
    made = xlsx(GOOD, RATE)
    with ZipFile(BytesIO(made)) as packed:
        return made, [(name, packed.read(name)) for name in sorted(packed.namelist())]


def part_of_a_workbook(data: bytes) -> None:
    """Hand in a sound workbook but for one part: which one, the first byte says."""
    sound, parts = workbook()
    chosen = parts[data[0] % len(parts)][0] if data else ""
    handed_in("f.xlsx", repacked(sound, lambda name, text: data[1:] if name == chosen else text))


def every_part() -> Iterable[bytes]:
    """Return the parts of a good workbook."""
    return [bytes([number]) + text for number, (_, text) in enumerate(workbook()[1])]


def snippet(data: bytes) -> None:
    """Parse an expression, or behind a question mark a cell of a decision table."""
    text = data.decode("utf-8", "ignore")
    if text.startswith("?"):
        cell(Snippet(text[1:]))
    else:
        expression(Snippet(text))


TARGETS = {
    "yaml": Target(lambda data: source.parse(decode(data, "f.yaml"), "f.yaml"), written),
    "csv": Target(lambda data: handed_in("f.csv", data), lambda: [csv(GOOD, RATE), csv(GOOD, encoding="gb18030")]),
    "workbook": Target(lambda data: handed_in("f.xlsx", data), lambda: [workbook()[0]]),
    "part": Target(part_of_a_workbook, every_part),
    "expression": Target(snippet, lambda: [text.encode() for text in EXPRESSIONS]),
    "dmn": Target(model, models),
    "checkpoint": Target(
        lambda data: verifier.read_checkpoint(data.decode("utf-8", "ignore")), lambda: [NOTE.encode()]
    ),
}
"""By name."""


def mistaken(data: bytes) -> None:
    """Read one letter after the other, and go wrong over the third (control)."""
    if data[:1] == b"f" and data[1:2] == b"u" and data[2:3] == b"z":
        raise KeyError(data)


MISTAKE = Target(mistaken, lambda: [b"sound"])


def once(target: Target, data: bytes) -> None:
    """Read DATA; problems are what a reader may raise."""
    with suppress(Problems, verifier.Unreadable):
        target.read(data)
