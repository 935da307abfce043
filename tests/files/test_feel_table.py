"""Every operator, function and cell of FEEL for values of every kind: what it gives, or that it gives nothing."""

from files.feel_table import FILE, VALUES, feel, lines


def test_what_feel_gives_is_what_it_always_gave() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_what_is_written_is_read_as_itself() -> None:
    for text in VALUES:
        assert feel(f"({text}) = ({text})") == "bool true"
