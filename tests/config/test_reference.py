"""The reference pages are made from the types, the sources and the broken files, and are as those are now."""

import runpy
from pathlib import Path

import pytest
from config.test_broken import NOT_CODES, codes

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("page", ["configuration.md", "problems.md"])
def test_a_page_is_as_its_sources_are_now(page: str) -> None:
    make = runpy.run_path(str(REFERENCE / "make.py"))
    written = (REFERENCE / page).read_text(encoding="utf-8")
    assert written == make["PAGES"][page](), "run: python docs/reference/make.py"


def headings() -> set[str]:
    text = (REFERENCE / "problems.md").read_text(encoding="utf-8")
    return {line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")}


def test_every_code_of_a_folder_is_on_the_page_and_those_of_other_files_too() -> None:
    assert headings() >= codes() - NOT_CODES
    assert headings() >= {"formula-without-value", "workbook-too-large", "integrity-tree", "gate-shut", "store-full"}
    assert {line for line in headings() if not line.islower() or "-" not in line} == set()


SAYS = '''
"""Not-a-code, as-documents-are."""
from campaign.problems import Problem, T
GONE = T("there is no {name}")
KINDS = {"FULL": ("disk-full", T("no room"), T("make room"))}
CODE = "bad-name"

def direct(path, strict):
    message = T("{path} is odd", path=path)
    if strict:
        message = T("{path} is wrong", path=path)
    yield Problem("file-odd", message, T("look at it"))
    message = GONE if strict else T("{path} is away")
    yield Problem(code="file-gone", message=message, fix=remedy())

def remedy():
    return T("search for it")

def unknown(what: str, message: Text):
    return Problem(f"unknown-{what}", message, T("choose another"))

def bad(where: Place, message: Text):
    return Problem(CODE, message, T("write it anew"), where)

def through(error):
    unknown("entity", T("who is {name}?"))
    bad("here", T("no name"))
    for what, code in (("id", "id-twice"), ("name", "name-twice")):
        yield Problem(code, T("twice"), remedy())
    yield "row", "row-odd", T("odd row"), remedy()
    yield Problem("from-outside", error.message)
    open("not-said")
'''


def test_codes_and_their_messages_are_read_out_of_the_sources(tmp_path: Path) -> None:
    (tmp_path / "src" / "campaign").mkdir(parents=True)
    (tmp_path / "src" / "campaign" / "says.py").write_text(SAYS, encoding="utf-8")
    sources = runpy.run_path(str(REFERENCE / "codes.py"))["Sources"](tmp_path)
    found = sources.problems()
    assert found == {
        "bad-name": [("no name", "write it anew")],
        "disk-full": [("no room", "make room")],
        "file-gone": [("there is no {name}", "search for it"), ("{path} is away", "search for it")],
        "file-odd": [("{path} is odd", "look at it"), ("{path} is wrong", "look at it")],
        "from-outside": [("…", "")],
        "id-twice": [("twice", "search for it")],
        "name-twice": [("twice", "search for it")],
        "row-odd": [("odd row", "search for it")],
        "unknown-entity": [("who is {name}?", "choose another")],
    }
    assert list(sources.unlisted(found)) == ["src/campaign/says.py:32: not-said is on no page of problems"]
    assert len(list(sources.unlisted(set(found) - {"disk-full"}))) == 2


def test_no_example_runs_over_a_line() -> None:
    text = (REFERENCE / "problems.md").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 400
