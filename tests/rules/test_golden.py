"""Results are the same to the byte from one version to the next: documents, reasons and assessments of every scheme."""

import pytest
from rules.golden_texts import FOLDER, NAMES, texts


@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_says_what_it_always_said(name: str) -> None:
    for file, text in texts(name).items():
        kept = (FOLDER / file).read_text(encoding="utf-8")
        assert text == kept, f"{file} differs; see golden_texts.py"


def test_no_golden_file_is_left_over() -> None:
    written = {file for name in NAMES for file in texts(name)}
    assert {path.name for path in FOLDER.iterdir()} == written
