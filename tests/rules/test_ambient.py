"""The ambient decimal context changes nothing, whatever it is: everything is reckoned in the room's own."""

import decimal

import pytest
from rules.golden_texts import FOLDER, NAMES, WHOLES, texts, whole_texts
from rules.support import dec, reckon

TRAPS = [decimal.Inexact, decimal.Rounded, decimal.FloatOperation, decimal.InvalidOperation, decimal.Clamped]
"""With these, and a precision of one digit, nearly every operation in the ambient context raises."""


def test_the_ambient_context_changes_no_expression() -> None:
    with decimal.localcontext(prec=1, rounding=decimal.ROUND_UP, traps=TRAPS):
        assert reckon("1 / 3 + 1000000.25 - -0.001") == dec("1000000.5843333333333333333333333333333333333333333")


@pytest.mark.parametrize("name", [*NAMES, *WHOLES])
def test_the_ambient_context_changes_no_scheme(name: str) -> None:
    with decimal.localcontext(prec=1, rounding=decimal.ROUND_UP, traps=TRAPS):
        found = whole_texts(name) if name in WHOLES else texts(name)
    assert found == {file: (FOLDER / file).read_text(encoding="utf-8") for file in found}
