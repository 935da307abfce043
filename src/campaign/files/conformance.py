"""A conformance run: `python -m campaign.files.conformance FOLDER` evaluates DMN models and compares with test cases.

Reads every `*.dmn` beside a `*-test-*.xml` of the form of the DMN TCK, recursively; prints what passed, failed and is
unsupported for each model and in total; ends with 1 if anything failed or nothing was found.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from campaign.files.conformance_cases import Given, Result, Suite, TestCase, Written, agrees, plain, read_suite
from campaign.files.conformance_model import ModelRun
from campaign.files.dmn_reader import read_dmn
from campaign.files.dmn_tree import DmnModel
from campaign.files.feel_library import string
from campaign.files.feel_values import FeelValue, Unsupported
from campaign.problems import Problems

USAGE = "usage: python -m campaign.files.conformance [--verbose] FOLDER"


class Outcome(msgspec.Struct, frozen=True):
    """One expected result: `verdict` is passed, failed or unsupported; `detail` says why."""

    model: str
    case: str
    decision: str
    verdict: str
    detail: str = ""


def run_folder(folder: Path) -> Iterator[Outcome]:
    """Yield the outcome of every expected result beneath FOLDER, in the order of the paths."""
    for path in sorted(folder.rglob("*-test*.xml")):
        yield from run_suite(path, folder)


def run_suite(path: Path, folder: Path) -> Iterator[Outcome]:
    """Yield the outcomes of one file of test cases."""
    shown = path.relative_to(folder).as_posix()
    try:
        suite = read_suite(path)
    except Problems as error:
        yield Outcome(shown, "", "", "unsupported", str(error.problems[0]))
        return
    try:
        model = read_dmn(_model_file(suite, path), lax=True)
    except Problems as error:
        reason = str(error.problems[0])
        yield from (_skipped(shown, case, result, reason) for case in suite.cases for result in case.results)
        return
    for case in suite.cases:
        yield from _run_case(model, shown, case)


def _model_file(suite: Suite, path: Path) -> Path:
    """Return the model beside PATH: the one named (without the path, which could lead elsewhere), else the only one."""
    named = path.parent / (Path(suite.model.replace("\\", "/")).name or path.name.partition("-test")[0] + ".dmn")
    beside = sorted(path.parent.glob("*.dmn"))
    return beside[0] if not named.is_file() and len(beside) == 1 else named


def _skipped(model: str, case: TestCase, result: Result, reason: str) -> Outcome:
    return Outcome(model, case.id, result.decision, "unsupported", reason)


def _run_case(model: DmnModel, shown: str, case: TestCase) -> Iterator[Outcome]:
    run = ModelRun(model, {})
    try:
        given = _inputs(model, run, case)
    except Unsupported as error:
        yield from (_skipped(shown, case, result, str(error)) for result in case.results)
        return
    for result in case.results:
        if result.unsupported:
            yield _skipped(shown, case, result, result.unsupported)
        else:
            yield _judged(ModelRun(model, given), shown, case, result)


def _inputs(model: DmnModel, run: ModelRun, case: TestCase) -> dict[str, FeelValue]:
    declared = {node.name: node.type for node in model.inputs.values()}
    declared |= {node.name: node.type for node in model.decisions.values()}
    return {name: plain(given, declared.get(name, ""), run.types) for name, given in case.inputs.items()}


def _judged(run: ModelRun, shown: str, case: TestCase, result: Result) -> Outcome:
    try:
        actual = run.decide(result.decision)
        passed = agrees(result.expected, actual)
    except Unsupported as error:
        return _skipped(shown, case, result, str(error))
    if passed:
        return Outcome(shown, case.id, result.decision, "passed")
    detail = f"expected {_said(result.expected)}, found {_told(actual)}"
    return Outcome(shown, case.id, result.decision, "failed", detail)


def _said(given: Given) -> str:
    match given:
        case None:
            return "null"
        case Written(text):
            return text
        case list():
            return "[" + ", ".join(map(_said, given)) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {_said(value)}" for key, value in given.items()) + "}"


def _told(value: FeelValue) -> str:
    try:
        return str(string(value)) if value is not None else "null"
    except Unsupported as error:
        return str(error)


def report(outcomes: Sequence[Outcome], *, verbose: bool = False) -> Iterator[str]:
    """Yield the lines of the report: failures, a line for each file, and the total."""
    for outcome in outcomes:
        if outcome.verdict == "failed" or (verbose and outcome.verdict == "unsupported"):
            yield f"{outcome.verdict}: {outcome.model} {outcome.case} {outcome.decision}: {outcome.detail}"
    for model in dict.fromkeys(outcome.model for outcome in outcomes):
        counted = _counts([outcome for outcome in outcomes if outcome.model == model])
        yield f"{model}: " + ", ".join(f"{count} {verdict}" for verdict, count in counted.items())
    total = _counts(outcomes)
    yield f"{total['passed']} passed, {total['failed']} failed, {total['unsupported']} skipped"


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    verdicts = [outcome.verdict for outcome in outcomes]
    return {verdict: verdicts.count(verdict) for verdict in ("passed", "failed", "unsupported")}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code: 0, 1 where something failed, 2 where nothing could be run."""
    folders = [word for word in arguments if word != "--verbose"]
    if len(folders) != 1 or folders[0].startswith("-"):
        _say(USAGE, sys.stderr)
        return 2
    outcomes = list(run_folder(Path(folders[0])))
    for line in report(outcomes, verbose="--verbose" in arguments):
        _say(line, sys.stdout)
    if not outcomes:
        _say(f"{folders[0]}: no *-test-*.xml beside a model", sys.stderr)
        return 2
    return 1 if any(outcome.verdict == "failed" for outcome in outcomes) else 0


def _say(line: str, stream: TextIO) -> None:
    """Write a line; signs that the terminal does not have are written by their numbers."""
    encoding = stream.encoding or "utf-8"
    stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
