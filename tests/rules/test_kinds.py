"""Every operator, function and cell for values of every kind: what comes out, or what is refused and where."""

from rules.kinds_table import FILE, SAID, lines, told


def test_what_goes_together_is_what_always_went_together() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_what_is_told_in_full_is_wrong() -> None:
    assert [text for text in SAID if "@" not in told(text) and "!" not in told(text)] == []
