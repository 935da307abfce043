"""The progress bar: on a terminal only, on stderr, and gone when the work is done."""

import io

import pytest

from campaign_cli.bar import progress
from campaign_cli.call import Call

ERASE = "\x1b[2K"


class Terminal(io.StringIO):
    """A screen of which every byte is kept."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("done", "share"), [(3, "25%"), (12, "")])
def test_it_shows_how_much_is_read_and_then_that_work_goes_on(
    done: int, share: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, out = Terminal(), io.StringIO()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("sys.stdout", out)
    with progress(Call()) as told:
        assert told is not None
        told(done, 12)
    said = screen.getvalue()
    assert share in said
    assert "100%" not in said
    assert ERASE in said
    assert said.count("\n") <= said.count(ERASE), "nothing of it stays on the screen"
    assert out.getvalue() == ""


@pytest.mark.parametrize(("screen", "quiet"), [(Terminal(), "-q"), (io.StringIO(), "")])
def test_nobody_sees_it_in_a_pipe_or_where_quiet_was_asked_for(
    screen: io.StringIO,
    quiet: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr", screen)
    with progress(Call(quiet=bool(quiet))) as told:
        assert told is None
    assert screen.getvalue() == ""
