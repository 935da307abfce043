"""How fast figures come in: reading, checking and submitting a file, each a ratio to merely reading the same file.

The peers read the file and keep nothing: csv.reader over the lines, calamine over the cells.  Growth is the time a row
takes in a file ten times as long, against the shorter one: 1 is linear.
"""

import csv
import gc
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import xlsxwriter
from python_calamine import CalamineWorkbook

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.app.submit import submit
from campaign.demo.perform import shipped_config
from campaign.domain.commands import EnrolEntity
from campaign.domain.definition import Definition
from campaign.domain.schedule import scheduled
from campaign.files import folder, submission
from campaign.files.rows import Known

OPENED = datetime(2005, 8, 16, 1, 0, tzinfo=UTC)
LATER = datetime(2006, 1, 6, 1, 0, tzinfo=UTC)
OFFICE, LEADER = Who("p-office-1"), Who("p-wei-lichang")
FEW, MANY = 30, 300
"""Entities of the short and of the long file; each reports some 150 figures."""
HEAD = ("entity", "obligation", "period", "indicator", "value", "unit", "scope", "status")
DUTIES = ("weekly_report", "monthly_report")
ROUNDS = 3


def rows(definition: Definition, entities: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of every report that is due in the year, of so many entities."""
    due = [
        (duty.id, owed.period)
        for duty in definition.obligations
        if duty.id in DUTIES
        for owed in scheduled(definition, duty)
    ]
    for number in range(entities):
        for obligation, period in due:
            for place, indicator in enumerate(definition.indicators):
                value = f"{(number * 37 + place * 1009) % 9991 / 100:.2f}"
                whose = (f"firm-{number:05d}", obligation, period)
                yield (*whose, indicator.id, value, indicator.unit, "provincial", "provisional")


def write_csv(path: Path, definition: Definition, entities: int) -> int:
    """Write the file; return how many figures it holds."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        count = 0
        for count, line in enumerate(rows(definition, entities), start=1):  # noqa: B007 -- how many is the answer
            writer.writerow(line)
    return count


def write_xlsx(path: Path, definition: Definition, entities: int) -> None:
    """Write the same as a workbook, values as numbers."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for number, line in enumerate(rows(definition, entities), start=1):
        sheet.write_row(number, 0, [*line[:4], float(line[4]), *line[5:]])
    book.close()


def campaign(entities: int, store: Path) -> Session:
    """Return a session over a store with so many enterprises enrolled, at the end of the year."""
    session = open_session(Settings(str(store), at=OPENED), write=True, create=True)
    assert apply(session, shipped_config(), LEADER, rehearsal=True).refusal is None
    enrol = [
        EnrolEntity(f"firm-{number:05d}", "enterprise", f"Firm {number}", ("increment_enterprise",))
        for number in range(entities)
    ]
    assert handle(session, enrol, OFFICE).refusal is None
    session.settings = Settings(str(store), at=LATER)
    return session


def read_csv(path: Path) -> None:
    """Read the file alone."""
    with path.open(encoding="utf-8", newline="") as handle:
        deque(csv.reader(handle), maxlen=0)


def read_xlsx(path: Path) -> None:
    """Read the workbook alone."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    deque(sheet.iter_rows(), maxlen=0)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of WORK: on a busy machine the clock on the wall says nothing."""
    gc.collect()
    begun = process_time()
    work()
    return process_time() - begun


def best(*works: Callable[[], object]) -> list[float]:
    """Return the best time of each of WORKS, taken in turn."""
    found = [[seconds(work) for work in works] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*found, strict=True)]


def say(name: str, ratio: float, target: float) -> None:
    """Print one line."""
    print(f"{name} {ratio:.3f} {target} {'met' if ratio >= target else 'short'}", flush=True)


def main() -> int:
    """Measure, and print each figure on a line of its own."""
    definition = folder.load(shipped_config()).definition
    known = Known(definition=definition)
    with tempfile.TemporaryDirectory() as place:
        where = Path(place)
        count = {}
        for entities in (FEW, MANY):
            count[entities] = write_csv(where / f"{entities}.csv", definition, entities)
            write_xlsx(where / f"{entities}.xlsx", definition, entities)
        for form, alone in (("csv", read_csv), ("xlsx", read_xlsx)):
            _measure(where, form, alone, known, count)
    return 0


def _measure(where: Path, form: str, alone: Callable[[Path], None], known: Known, count: dict[int, int]) -> None:
    paths = {entities: where / f"{entities}.{form}" for entities in (FEW, MANY)}
    reading, checking = best(
        lambda: alone(paths[MANY]),
        lambda: submission.load(paths[MANY], known),
    )
    (few,) = best(lambda: submission.load(paths[FEW], known))
    submitting, submitted = _submitted(where, form, paths)
    rate = count[MANY] / submitted
    print(
        f"# {form}: {count[MANY]} figures, checked {count[MANY] / checking:.0f}/s, submitted {rate:.0f}/s", flush=True
    )
    say(f"reporting.{form}.check/read-alone", reading / checking, TARGETS[form][0])
    say(f"reporting.{form}.submit/read-alone", reading / submitted, TARGETS[form][1])
    say(f"reporting.{form}.check.growth-10x", 10 * few / checking, 0.8)
    say(f"reporting.{form}.submit.growth-10x", 10 * submitting / submitted, 0.8)


TARGETS = {"csv": (0.08, 0.02), "xlsx": (0.25, 0.08)}
"""Of checking and of submitting, as parts of the speed of reading alone."""


def _submitted(where: Path, form: str, paths: dict[int, Path]) -> tuple[float, float]:
    """Return how long it takes to submit the short and the long file, each to a store of its own."""
    found = []
    for entities, path in paths.items():
        session = campaign(MANY, where / f"{form}-{entities}.db")
        found.append(seconds(lambda path=path, session=session: _whole(session, path)))  # type: ignore[misc]  # bound now
        session.close()
    return found[0], found[1]


def _whole(session: Session, path: Path) -> None:
    reply = submit(session, path, OFFICE).reply
    assert reply is not None
    assert reply.refusal is None


if __name__ == "__main__":
    sys.exit(main())
