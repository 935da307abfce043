"""What every shipped scheme says today, as text: its document, the reasons of its cases, its assessments.

Of the schemes in `whole`, which use every key there is, also the model as read and the reasons of every entity of every
case.

Run `PYTHONPATH=tests python tests/rules/golden_texts.py` to write the files anew, and read the difference.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rules.support import SCHEMES, shipped

from campaign.rules import Scheme, load
from campaign.rules.document import html

FOLDER = Path(__file__).parent / "golden"
WHOLE = Path(__file__).parent / "whole"
NAMES = sorted(path.stem for path in SCHEMES.glob("*.yaml"))
WHOLES = sorted(path.stem for path in WHOLE.glob("*.yaml"))


def pretty(text: bytes) -> str:
    """Lay JSON out, a value to a line."""
    return msgspec.json.format(text, indent=1).decode() + "\n"


def whole(name: str) -> Scheme:
    """Load a scheme of the folder `whole`."""
    path = WHOLE / f"{name}.yaml"
    return load(path.read_text(encoding="utf-8"), path.name)


def texts(name: str) -> dict[str, str]:
    """Return the golden texts of a shipped scheme by file name."""
    scheme = shipped(name)
    found = {f"{name}.md": scheme.render()}
    for index, case in enumerate(scheme.cases, 1):
        if case.alone:
            told = scheme.evaluate(case.given[""]).explain()
        else:
            assessment = scheme.assess(case.given)
            found[f"{name}.{index}.assessment.json"] = pretty(assessment.canonical().encode())
            told = assessment.explain(min(case.given))
        if index == len(scheme.cases):
            found[f"{name}.{index}.reasons.json"] = pretty(msgspec.json.encode(told))
    return found


def whole_texts(name: str) -> dict[str, str]:
    """Return the golden texts of a scheme in `whole` by file name."""
    scheme = whole(name)
    model = "\n".join(lines(scheme.model)) + "\n"
    found = {f"{name}.model.txt": model, f"{name}.md": scheme.render(), f"{name}.html": html(scheme.document())}
    for index, case in enumerate(scheme.cases, 1):
        if case.alone:
            result = scheme.evaluate(case.given[""])
            reasons = {"": result.explain(dict.fromkeys(scheme.inputs, "event 7"))}
        else:
            assessment = scheme.assess(case.given)
            found[f"{name}.{index}.assessment.json"] = pretty(assessment.canonical().encode())
            reasons = {entity: assessment.explain(entity) for entity in case.given}
        found[f"{name}.{index}.reasons.json"] = pretty(msgspec.json.encode(reasons))
    return found


def lines(value: object, depth: int = 0, before: str = "") -> Iterator[str]:
    """Write a struct and all it holds, a field to a line; what is empty or nought is left out."""
    lead = " " * depth + before
    if isinstance(value, msgspec.Struct):
        yield lead + type(value).__name__
        for name in value.__struct_fields__:
            if getattr(value, name) not in (None, "", (), {}):
                yield from lines(getattr(value, name), depth + 1, f"{name}: ")
    elif isinstance(value, dict):
        yield lead.rstrip()
        for key, item in value.items():
            yield from lines(item, depth + 1, f"{key}: ")
    elif isinstance(value, tuple) and any(isinstance(item, msgspec.Struct) for item in value):
        yield lead.rstrip()
        for item in value:
            yield from lines(item, depth + 1, "- ")
    else:
        yield lead + (json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value))


def write() -> None:
    """Write every file anew."""
    FOLDER.mkdir(exist_ok=True)
    for found in [*map(texts, NAMES), *map(whole_texts, WHOLES)]:
        for file, text in found.items():
            (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
