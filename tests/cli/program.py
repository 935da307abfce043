"""The program, run in the test's own process."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from campaign.app.session import Settings, open_session
from campaign_cli.root import root

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
DAY_ONE = "2005-08-16T09:00+08:00"

Run = Callable[..., Result]


def invoke(*arguments: object, env: dict[str, str] | None = None, input: str | None = None) -> Result:  # noqa: A002 -- click's name
    """Run the program in this process; an exception that is none of its ends is the test's failure."""
    own = {"CAMPAIGN_ACTOR": "", "LC_ALL": "C", "NO_COLOR": "", "CAMPAIGN_STORE": "", "CAMPAIGN_CONFIG": str(CONFIG)}
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(root, list(map(str, arguments)), env={**own, **(env or {})}, input=input, prog_name="campaign")


def head(store: Path) -> int:
    """Return the last position of the log in STORE."""
    session = open_session(Settings(str(store)))
    try:
        return session.log.head()
    finally:
        session.close()
