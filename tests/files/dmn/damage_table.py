"""What is said of a sound DMN model in which one thing is damaged: an element or attribute left out or changed.

Run `PYTHONPATH=tests python tests/files/dmn/damage_table.py` to write the file anew, and read the difference.
"""

import re
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from anew import write
from files.dmn.loading import write as put
from files.dmn.models import In, Out, Rule, decision, input_data, item, literal, model, table

from campaign.files.dmn import scheme_text
from campaign.problems import Problem, Problems

FILE = Path(__file__).parent / "damaged.txt"
BEST = Rule([">= 60", '"low"'], ['"good"', "Score * 2"], ["fine", "§ 1"], "the best")
REST = Rule(["< 60", "-"], ['"fair"', "1"], ["", ""])
GRADED = table(
    "PRIORITY",
    [In("Score", "number", "[0..100]"), In("Risk", "tRisk")],
    [Out("grade", "string", '"good", "fair", "poor"', '"poor"'), Out("points", default="0")],
    [BEST, REST],
    annotations=["why", "clause"],
)
TWO = [Rule(["> 10"], ["1"]), Rule(["not(50)"], ["2"])]
ADDED = table("COLLECT", [In("Score", "number")], [Out("", "number")], TWO, aggregation="SUM")
SOUND = model(
    "Every part",
    item("tRisk", "string", '"high", "low"'),
    item("tNumbers", "number", listed=True),
    item("tGraded", parts={"grade": "string", "points": "number"}),
    input_data("Score", "number"),
    input_data("Risk", "tRisk"),
    input_data("First Day", "date"),
    decision("Graded", GRADED, "tGraded", inputs=["Score", "Risk"]),
    decision("Added", ADDED, "number", inputs=["Score"]),
    decision("Late", literal('First Day > date("2005-08-17")'), "boolean", inputs=["First Day"]),
    decision("Total", literal("Added / 2 + Graded.points"), "number", decisions=["Added", "Graded"]),
)
TAG = re.compile(r"<(\w+)([^<>]*?)(/?)>")
ATTRIBUTE = re.compile(r' (\w+)="([^"]*)"')


def said(xml: str, folder: Path) -> str:
    """Say what is wrong with a model, or how the scheme that it becomes begins to differ: by a check sum."""
    try:
        text = scheme_text(put(folder, xml))
    except Problems as error:
        return " ‖ ".join(map(_told, error.problems))
    return f"sound {zlib.crc32(text.encode()):08x}"


def _told(problem: Problem) -> str:
    return f"{problem.place.line}:{problem.place.column} {problem.code} {problem.message} ({problem.fix})"


def damages() -> Iterator[tuple[str, str]]:
    """Yield the name of each damage and the damaged model."""
    for tag in TAG.finditer(SOUND):
        line = SOUND.count("\n", 0, tag.start()) + 1
        name = f"{line} {tag[1]}"
        end = tag.end() if tag[3] else SOUND.index(f"</{tag[1]}>", tag.end()) + len(tag[1]) + 3
        if tag[1] != "definitions":
            yield f"{name} left out", SOUND[: tag.start()] + SOUND[end:]
        other = re.sub(rf"(</?){tag[1]}\b", r"\1other", SOUND[tag.start() : end])
        yield f"{name} misnamed", SOUND[: tag.start()] + other + SOUND[end:]
        for attribute in ATTRIBUTE.finditer(tag[2]):
            at, to = tag.start(2) + attribute.start(), tag.start(2) + attribute.end()
            yield f"{name} without {attribute[1]}", SOUND[:at] + SOUND[to:]
            yield f"{name} with {attribute[1]} x", f'{SOUND[:at]} {attribute[1]}="x"{SOUND[to:]}'
        if not tag[3] and SOUND[tag.end()] != "<" and SOUND[tag.end()] != "\n":
            stop = SOUND.index("<", tag.end())
            for put_ in ("", "?", "x", "1"):
                yield (
                    f"{name} saying {put_!r} for {SOUND[tag.end() : stop]!r}",
                    SOUND[: tag.end()] + put_ + SOUND[stop:],
                )


def lines() -> Iterator[str]:
    """Yield the scheme that the sound model becomes, and what is said of each damage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from scheme_text(put(folder, SOUND)).split("\n")
        for damage, xml in damages():
            yield f"{damage}: {said(xml, folder)}"


if __name__ == "__main__":
    write(FILE, lines())
