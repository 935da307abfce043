"""Results are the same to the byte from one version to the next: documents, reasons and assessments of every scheme."""

import pytest
from rules.golden_texts import FOLDER, NAMES, WHOLES, texts, whole, whole_texts


def kept(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_says_what_it_always_said(name: str) -> None:
    for file, text in texts(name).items():
        assert text == kept(file), f"{file} differs; see golden_texts.py"


@pytest.mark.parametrize("name", WHOLES)
def test_a_scheme_that_uses_every_key_is_read_reckoned_and_explained_as_ever(name: str) -> None:
    for file, text in whole_texts(name).items():
        assert text == kept(file), f"{file} differs; see golden_texts.py"


@pytest.mark.parametrize("name", WHOLES)
def test_its_worked_cases_come_out_as_they_were_worked_out(name: str) -> None:
    assert [result for result in whole(name).run_cases() if not result.passed] == []


def test_no_golden_file_is_left_over() -> None:
    written = {file for name in NAMES for file in texts(name)} | {file for name in WHOLES for file in whole_texts(name)}
    assert {path.name for path in FOLDER.iterdir()} == written


# --- the compiled form needs no help -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHOLES)
def test_the_compiled_form_answers_every_worked_case_by_itself(name: str) -> None:
    """What it cannot do the interpreter would do in its stead, unseen but for the time it takes."""
    scheme = whole(name)
    rows = [given for case in scheme.cases for given in case.given.values() if given.keys() == scheme.inputs.keys()]
    assert len(rows) > 1
    for given in rows:
        assert scheme.runs[0](given, {}) == scheme._slowly(given, {}).raw
