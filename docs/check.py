"""The docs check: links lead somewhere, commands, make targets and tests named exist, generated pages are current.

Run by `make check`; prints every problem as file:line and exits with 1 if there is any.
"""

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
GLOBAL = re.compile(r" --(lang|store|config|as|at|on|format) \S+")
TEST = re.compile(r"((?:[\w.]+/)*test_\w+\.py)")
TARGET = re.compile(r"`make ([a-z][a-z-]*)")
LONGEST = {"src": 400, "cli": 400, "docs": 400, "tests": 600, "bench": 600}
"""Lines of a file by its top folder; tables of cases may be longer than code."""
WHOLE = {"events.py", "commands.py", "definition.py", "verifier.py"}
"""Files that may be longer: catalogues, and the one that is copied alone to another machine."""
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def links() -> Iterator[str]:
    """Yield links of pages to files that are not there."""
    for page, number, line in _lines():
        for match in LINK.finditer(line):
            target = match[1]
            if "://" not in target and not (page.parent / target).exists():
                yield f"{_name(page)}:{number}: the link {target} leads nowhere (correct the path)"


def commands() -> Iterator[str]:
    """Yield commands in code on pages that the program does not know."""
    from campaign_cli.reference import known  # noqa: PLC0415 -- the other checks work without the program

    nouns = known()
    for page, number, line in _lines():
        for code in re.findall(r"`(campaign [^`]+)`", line) + ([line.strip("$ ")] if _is_code(line) else []):
            problem = _unknown(code, nouns)
            if problem:
                yield f"{_name(page)}:{number}: {problem}"


def _is_code(line: str) -> bool:
    return line.startswith(("    campaign ", "$ campaign "))


def _unknown(code: str, nouns: dict[str, frozenset[str]]) -> str:
    code = GLOBAL.sub("", code)
    words = [word for word in code.split()[1:] if re.fullmatch(r"[a-z][a-z-]*(\|[a-z-]+)*", word)]
    if not words or (words[0] in nouns and not nouns[words[0]]):
        return ""
    if words[0] not in nouns:
        return f"campaign has no command {words[0]} (see campaign --help)"
    verbs = words[1].split("|") if len(words) > 1 else []
    missing = [verb for verb in verbs if verb not in nouns[words[0]]]
    return f"campaign {words[0]} has no verb {missing[0]} (see campaign {words[0]} --help)" if missing else ""


def options() -> Iterator[str]:
    """Yield options in code on pages that the command beside them does not have."""
    from campaign_cli.reference import render  # noqa: PLC0415 -- the other checks work without the program

    parts = re.split(r"^#{2,3} ", render(), flags=re.MULTILINE)
    sections = {part.splitlines()[0]: set(OPTION.findall(part)) for part in parts}
    everywhere = sections["Options that hold everywhere"] | {"--help", "--version"}
    for page, number, line in _lines():
        if _is_code(line) and page.name != "cli.md":
            words = [word for word in line.strip("$ ").split()[1:] if re.fullmatch(r"[a-z][a-z-]*", word)]
            own = sections.get(" ".join(words[:2]), set()) | sections.get(" ".join(words[:1]), set())
            for option in OPTION.findall(line):
                if option not in own | everywhere:
                    yield f"{_name(page)}:{number}: campaign {' '.join(words[:2])} has no option {option}"


def targets() -> Iterator[str]:
    """Yield make targets on pages that the Makefile does not have."""
    known = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page, number, line in _lines():
        for name in TARGET.findall(line):
            if name not in known:
                yield f"{_name(page)}:{number}: the Makefile has no target {name}"


def tests() -> Iterator[str]:
    """Yield files of tests that pages name and that are not there."""
    known = [f"/{_name(path)}" for path in (ROOT / "tests").rglob("*.py")]
    for page, number, line in _lines():
        for name in TEST.findall(line):
            if not any(path.endswith(f"/{name}") for path in known):
                yield f"{_name(page)}:{number}: there is no {name} among the tests"


def generated() -> Iterator[str]:
    """Yield generated pages that no longer say what the code says."""
    from campaign_cli.reference import render  # noqa: PLC0415 -- the other checks work without the program

    page = ROOT / "docs" / "reference" / "cli.md"
    if page.read_text(encoding="utf-8") != render():
        yield f"{_name(page)}:1: not what the code says (run python -m campaign_cli.reference)"
    made = runpy.run_path(str(page.with_name("make.py")))["PAGES"]
    for name, write in made.items():
        if page.with_name(name).read_text(encoding="utf-8") != write():
            yield f"{_name(page.with_name(name))}:1: not what the code says (run python docs/reference/make.py)"


def codes() -> Iterator[str]:
    """Yield texts that look like codes of problems and are not on the page of problems."""
    page = (ROOT / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    sources = runpy.run_path(str(ROOT / "docs" / "reference" / "codes.py"))["Sources"]()
    for missing in sources.unlisted(re.findall(r"^## (\S+)$", page, re.MULTILINE)):
        yield f"{missing} (say it with its message, or name it among NOT_CODES in docs/reference/codes.py)"


def lengths() -> Iterator[str]:
    """Yield source files that are too long to hold one idea."""
    for folder, longest in LONGEST.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > longest and path.name not in WHOLE:
                yield f"{_name(path)}:{count}: more than {longest} lines (split it by idea)"


def _lines() -> Iterator[tuple[Path, int, str]]:
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            yield page, number, line


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def main() -> int:
    """Run every check; return the exit code."""
    problems = [
        problem
        for check in (links, commands, options, targets, tests, generated, codes, lengths)
        for problem in check()
    ]
    for problem in problems:
        print(problem)  # noqa: T201 -- this is a command
    print(f"docs check: {len(PAGES)} pages, {len(problems)} problems")  # noqa: T201 -- likewise
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
