"""What every shipped scheme says today, as text: its document, the reasons of its cases, its assessments.

Run `PYTHONPATH=tests python tests/rules/golden_texts.py` to write the files anew, and read the difference.
"""

from pathlib import Path

import msgspec
from rules.support import SCHEMES, shipped

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in SCHEMES.glob("*.yaml"))


def pretty(text: bytes) -> str:
    """Lay JSON out, a value to a line."""
    return msgspec.json.format(text, indent=1).decode() + "\n"


def texts(name: str) -> dict[str, str]:
    """Return the golden texts of a scheme by file name."""
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


def write() -> None:
    """Write every file anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        for file, text in texts(name).items():
            (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
