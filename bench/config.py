"""The campaign folder: what validating costs, how it grows with the roster, and what hostile files cost (P-18).

Every figure is of a process of its own; its memory is what the system says of that process when it has ended.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "tests" / "config" / "small"
PROGRAM = str(Path(sys.executable).with_name("campaign"))
ROUNDS = 7
VALIDATE_SECONDS = 0.3
VALIDATE_RATIO = 20.0
FEW, MANY = 125_000, 500_000
GROWTH = 1.25
ROSTER_MB = 1000
ATTACK_SECONDS, ATTACK_MB = 2.0, 200


class Cost(NamedTuple):
    """What a process cost: wall and processor seconds, megabytes at its largest, its exit code and its last words."""

    seconds: float
    processor: float
    megabytes: float
    code: int
    said: str


def cost(*command: str) -> Cost:
    """Run COMMAND to its end."""
    with tempfile.TemporaryFile() as words:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=words, stderr=words)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        words.seek(0)
        said = words.read().decode("utf-8", "replace")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, said)


def best(*command: str) -> float:
    """Return the shortest wall time of several runs."""
    return min(cost(*command).seconds for _ in range(ROUNDS))


def line(name: str, figure: str, target: str, met: bool) -> None:  # noqa: FBT001 -- the verdict itself
    """Print one figure."""
    print(f"{name:<44} {figure:>10} {target:<28} {'met' if met else 'short'}")


def validate() -> None:
    """Time `config validate` on the shipped folder against the interpreter alone."""
    floor = best(sys.executable, "-c", "pass")
    seconds = best(PROGRAM, "config", "validate", "--config", str(ROOT / "config"))
    line(
        "config validate, shipped folder, seconds",
        f"{seconds:.3f}",
        f"<= {VALIDATE_SECONDS}",
        seconds <= VALIDATE_SECONDS,
    )
    ratio = seconds / floor
    line(
        "config validate, shipped folder",
        f"{ratio:.2f}",
        f"<= {VALIDATE_RATIO:.0f} x python -c pass",
        ratio <= VALIDATE_RATIO,
    )


def roster(folder: Path, size: int) -> Path:
    """Write a folder with SIZE entities."""
    shutil.copytree(SMALL, folder)
    for name in ("projects.csv", "persons.csv", "figures.csv"):
        (folder / name).unlink(missing_ok=True)
    phases, roles = folder / "phases.yaml", folder / "roles.yaml"
    phases.write_text(re.sub(r", expected: \d+", "", phases.read_text()))
    roles.write_text(roles.read_text().replace("firm-1", "firm-000001"))
    with (folder / "entities.csv").open("w", encoding="utf-8") as target:
        target.write("id,title,kind,groups,prefecture,sector\ncity-1,城市,prefecture,city,,\n")
        target.writelines(f"firm-{number:06},第{number}企业,enterprise,firm,city-1,机械\n" for number in range(1, size))
    return folder


def rosters(where: Path) -> None:
    """Show that time grows with the roster and no faster, and that memory stays within bounds."""
    few, many = (
        cost(PROGRAM, "config", "validate", "-q", "--config", str(roster(where / str(size), size)))
        for size in (FEW, MANY)
    )
    assert (few.code, many.code) == (0, 0), many.said
    growth = many.processor / few.processor / (MANY / FEW)
    line(f"config validate, {MANY} entities / {FEW}", f"{growth:.2f}", f"<= {GROWTH} x linear", growth <= GROWTH)
    line(
        f"config validate, {MANY} entities, MB", f"{many.megabytes:.0f}", f"<= {ROSTER_MB}", many.megabytes <= ROSTER_MB
    )


LAUGHS = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 12))
ATTACKS: dict[str, Callable[[], bytes]] = {
    "billion laughs": f"l0: &l0 [ha]\n{LAUGHS}".encode,
    "a scalar of 10 MB": lambda: b"campaign: " + b"x" * 10_000_000,
    "a scalar below the limit of bytes": lambda: b"campaign: " + b"x" * 1_900_000,
    "280,000 keys": lambda: b"".join(b"k%d: 1\n" % number for number in range(280_000)),
    "20,000 open brackets": lambda: b"campaign: " + b"[" * 20_000,
    "20,000 levels of block mapping": lambda: b"\n".join(b" " * (n % 1000) + b"a:" for n in range(20_000)),
    "!!python/object": lambda: b"campaign: !!python/object/apply:os.system [id]\n",
    "NUL": lambda: b"campaign: \x00\n",
    "a byte order mark and CRLF": lambda: b"\xef\xbb\xbfcampaign: {}\r\n" * 1000,
    "GBK": lambda: "活动: 提速\n".encode("gbk") * 1000,
    "UTF-16": lambda: "campaign: {}\n".encode("utf-16"),
    "half a megabyte of colons": lambda: b": " * 250_000,
    "a hundred thousand anchors": lambda: b"".join(b"- &a%d x\n" % number for number in range(100_000)),
}
"""Files that are to cost their author more than their reader."""


def attacks(where: Path) -> None:
    """Give each hostile file as phases.yaml: a clear problem, exit code 3, soon and in little memory."""
    shutil.copytree(SMALL, where / "hostile")
    for name, made in ATTACKS.items():
        (where / "hostile" / "phases.yaml").write_bytes(made())
        spent = cost(PROGRAM, "config", "validate", "--config", str(where / "hostile"))
        clear = spent.code == 3 and "Traceback" not in spent.said
        met = clear and spent.seconds <= ATTACK_SECONDS and spent.megabytes <= ATTACK_MB
        figure = f"{spent.seconds:.2f}s {spent.megabytes:.0f}MB"
        line(f"yaml: {name}", figure, f"<= {ATTACK_SECONDS:.0f}s {ATTACK_MB}MB, a problem", met)


def main() -> None:
    """Print one line a figure."""
    validate()
    with tempfile.TemporaryDirectory() as where:
        attacks(Path(where))
        rosters(Path(where))


if __name__ == "__main__":
    main()
