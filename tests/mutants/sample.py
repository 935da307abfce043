"""Plant a seeded sample of logic mutants and see how many the tests kill: `make test-mutants` (P-14).

    python tests/mutants/sample.py [--size 300 | --all] [--seed 14] [--within GLOB]

Works in a copy of the project under .cache/mutants; the sources are never touched. mutmut makes the mutants, finds by
a run of the tests which of them reach which function, and tries each mutant on those in a forked process. Whatever
survives there is tried once more in a process of its own, where nothing was imported, cached or compiled before the
mutant came. Exit code 1 if fewer than 95 of 100 are killed.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import libcst as cst
from mutants.logic import logic
from mutmut import __main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import Mutation
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

HERE = Path(__file__).parent
COPY = Path(".cache", "mutants")
COPIED = ("src", "cli", "tests", "config", "docs", "pyproject.toml", "README.md")
ROOMS = ("domain", "rules")
WANTED = 0.95
KILLED = frozenset({"killed", "timeout", "segfault", "suspicious"})
EQUIVALENT = tomllib.loads((HERE / "equivalent.toml").read_text())["mutants"]
original = file_mutation.create_mutations


def main() -> int:
    """Plant, try, report."""
    asked = _asked()
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        _copy(Path(name), COPY / name)
    os.chdir(COPY)
    os.environ["CI"] = "true"  # Hypothesis draws the same examples every time, and keeps none
    chosen = draw(asked.size, asked.seed, asked.within)
    plant(chosen)
    mutmut.print_stats = lambda *_, **__: None  # it draws a wheel that turns
    mutmut._run((), asked.jobs)
    return report(list(verdicts()), asked.seed)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--all", action="store_const", const=None, dest="size")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--within", default="*", metavar="GLOB", help="of files below src/campaign")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.db*"))
    else:
        shutil.copyfile(source, target)


# --- which mutants -----------------------------------------------------------------------------------------------


def draw(size: int | None, seed: int, within: str) -> dict[str, set[int]]:
    """Return of each file which of mutmut's mutants are planted: SIZE of all those of logic, or all."""
    every = [(name, number) for name in _files(within) for number in _of_logic(name)]
    print(f"{len(every)} logic mutants")
    drawn = every if size is None else random.Random(seed).sample(every, min(size, len(every)))  # noqa: S311 -- a sample, no secret
    chosen: dict[str, set[int]] = defaultdict(set)
    for name, number in drawn:
        chosen[name].add(number)
    return chosen


def _files(within: str) -> list[str]:
    names = sorted(str(path) for room in ROOMS for path in Path("src/campaign", room).rglob("*.py"))
    return [name for name in names if fnmatch(name.removeprefix("src/campaign/"), within)]


def _of_logic(name: str) -> list[int]:
    module, mutations, *_ = original(name, Path(name).read_text())
    wanted = {id(mutation) for mutation in logic(module, mutations)}
    return [number for number, mutation in enumerate(mutations) if id(mutation) in wanted]


def plant(chosen: dict[str, set[int]]) -> None:
    """Let mutmut make these mutants only."""

    def create(name: str, code: str, *lines: set[int] | None) -> tuple[cst.Module, list[Mutation], set[str], set[str]]:
        module, mutations, *ignored = original(name, code, *lines)
        return module, [found for number, found in enumerate(mutations) if number in chosen[name]], *ignored

    file_mutation.create_mutations = create


# --- what became of them -----------------------------------------------------------------------------------------


def verdicts() -> Iterator[tuple[str, str, str, str]]:
    """Yield room/file, name, verdict and difference of every mutant, having asked again about those that live."""
    for path in walk_mutatable_files():
        found = SourceFileMutationData(path=path)
        found.load()
        for name, code in found.exit_code_by_key.items():
            verdict = status_by_exit_code[code]
            change = get_diff_for_mutant(name, path=path)
            if verdict not in KILLED and not _equivalent(name, change):
                verdict = _alone(name) or verdict
            yield str(path.relative_to("src/campaign")), name, verdict, change


def _alone(name: str) -> str:
    """Run the tests in a process of its own, where even what is done at import is done by the mutant."""
    reached = state().tests_by_mangled_function_name.get(mangled_name_from_mutant_name(name), ())
    tests = sorted(reached) or config().pytest_add_cli_args_test_selection
    world = {**os.environ, "MUTANT_UNDER_TEST": name, "PYTHONPATH": str(Path("mutants/src").resolve())}
    command = [sys.executable, "-m", "pytest", "-x", *config().pytest_add_cli_args, *tests]
    try:
        done = subprocess.run(command, cwd="mutants", env=world, capture_output=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    assert done.returncode in (0, 1, 2), done.stdout  # passed, failed, not even collected
    return "killed" if done.returncode else ""


def _equivalent(name: str, change: str) -> bool:
    """Whether the mutant is listed as one that no test can tell from the original."""
    lines = [line for line in change.splitlines() if line[:1] in "+-" and line[:3] not in ("---", "+++")]
    taken = {line[1:].strip() for line in lines if line[0] == "-"}
    given = {line[1:].strip() for line in lines if line[0] == "+"}
    function = mangled_name_from_mutant_name(name).removeprefix("campaign.")
    return any(entry["in"] == function and entry["line"] in taken and entry["becomes"] in given for entry in EQUIVALENT)


def report(found: Sequence[tuple[str, str, str, str]], seed: int) -> int:
    """Print one line per file with survivors, every survivor, and the rate."""
    tried = [line for line in found if not _equivalent(line[1], line[3])]
    total, killed = (Counter(path for path, _, verdict, _ in tried if verdict in KILLED or every) for every in (1, 0))
    for path, name, verdict, change in tried:
        if verdict not in KILLED:
            print(f"\n{verdict}: {path} {name}\n{change}")
    print(f"\n{'file':32} killed of")
    for path in sorted(total):
        print(f"{path:32} {killed[path]:6} {total[path]:2}")
    rate = killed.total() / max(total.total(), 1)
    print(f"{killed.total()} of {total.total()} logic mutants killed: {rate:.1%} (seed {seed}; "
          f"{len(found) - len(tried)} more are equivalent)")  # fmt: skip
    return int(rate < WANTED)


if __name__ == "__main__":
    sys.exit(main())
