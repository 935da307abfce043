"""The reporting cycle at ten times the size: report status and tick, as growth of time over growth of duties.

Ends with 1 only when it breaks. A ratio of 10 is linear; the limit leaves room for caches and a busy machine.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from app.folders import harvest

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.owed import lines
from campaign.app.screen import screen
from campaign.app.session import Session, Settings, open_session
from campaign.app.tick import tick
from campaign.domain.commands import EnrolEntity

STEWARD = Who("p-ada")
SMALL, FACTOR, LIMIT = 2_000, 10, 14.0
BATCH = 1_000
PERIODS = 25
WEEKLY = """obligations:
  - {id: weekly, label: Week, cadence: weekly, from: 2031-03-03, to: 2031-08-24, groups: [farm]}
"""


def folder(where: Path) -> Path:
    """Write a campaign with 25 weekly periods."""
    made = harvest(where)
    text = (made / "phases.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("obligations:\n")
    (made / "phases.yaml").write_text(before + WEEKLY + after, encoding="utf-8")
    (made / "registers.yaml").write_text(
        "checks:\n  - {id: falls, label: Falls, test: falling_cumulative}\n", encoding="utf-8"
    )
    return made


def filled(store: Path, made: Path, entities: int) -> Session:
    """Make a store of so many entities, all of which owe 26 reports; nothing is reported."""
    start = open_session(Settings(str(store), at=datetime(2031, 3, 1, tzinfo=UTC)), write=True, create=True)
    assert apply(start, made, STEWARD, rehearsal=True).refusal is None
    for first in range(0, entities, BATCH):
        commands = [EnrolEntity(f"e{n:06}", "farm", f"Farm {n}", ("farm",)) for n in range(first, first + BATCH)]
        assert handle(start, commands, STEWARD).refusal is None
    start.close()
    return open_session(Settings(str(store), at=datetime(2031, 9, 30, tzinfo=UTC)), write=True)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return how long WORK took, in seconds, and what it gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def status(session: Session) -> int:
    """Count everything that is missing."""
    return sum(line.cell.standing == "missing" for line in lines(session, session.entities(), session.today()))


def measured(where: Path, made: Path, entities: int) -> dict[str, float]:
    """Return the seconds of each part for so many entities; what each gives is checked."""
    session = filled(where / f"{entities}.db", made, entities)
    duties = entities * (PERIODS + 1)
    seconds, missing = timed(lambda: status(session))
    assert missing == duties
    found, _ = timed(lambda: screen(session))
    first, ticked = timed(lambda: tick(session, STEWARD))
    assert len(ticked.steps) == 2 * (PERIODS + 1)  # type: ignore[attr-defined] # a Ticked
    again, ticked = timed(lambda: tick(session, STEWARD))
    assert ticked.steps == ()  # type: ignore[attr-defined] # likewise
    session.close()
    return {"report status": seconds, "finding screen": found, "tick": first, "tick again": again}


def main() -> None:
    """Print one line a part: name ratio target met|short."""
    with TemporaryDirectory() as folder_name:
        where = Path(folder_name)
        made = folder(where / "harvest")
        small, large = (measured(where, made, size) for size in (SMALL, SMALL * FACTOR))
    duties = SMALL * FACTOR * (PERIODS + 1)
    for name, seconds in large.items():
        ratio = seconds / small[name]
        verdict = "met" if ratio <= LIMIT else "short"
        rate = duties / seconds
        print(
            f"{f'cycle {name}, {duties:,} duties ({rate:,.0f}/s)':<60} {ratio:6.2f} <= {LIMIT:.0f} x a tenth  {verdict}"
        )


if __name__ == "__main__":
    main()
