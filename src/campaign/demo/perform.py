"""Set the stage and play the story; everything goes through the same door as any command."""

from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign.app.adopt import apply
from campaign.app.handle import Who
from campaign.app.session import Session, Settings, open_session
from campaign.demo import cycle, seals, stage1, stage2, stage3
from campaign.demo.agenda import Agenda, Say, SchemeText, Story, after
from campaign.demo.cast import Cast
from campaign.demo.figures import Generator
from campaign.domain.definition import Definition, sha256
from campaign.files import folder as folders
from campaign.files import roster as rosters
from campaign.problems import Problem, Problems, T, need

SEED = 2005
SHIPPED = Path(__file__).parent / "config"
SOURCE_TREE = Path(__file__).parents[3] / "config"
SCHEME = Path("schemes") / "jilin-2005-example.yaml"
CHAPTERS = (stage1.play, stage2.play, cycle.play, stage3.play)


def shipped_config() -> Path:
    """Return the campaign folder that comes with the program: inside the wheel, or at the top of the source tree."""
    return SHIPPED if SHIPPED.exists() else SOURCE_TREE


def perform(
    store: str, say: Say, *, config: Path | None = None, short: bool = False, key_file: Path | None = None
) -> Session:
    """Play the story into STORE, which must not exist yet, and return the session over it, still open.

    short: stage I only.  key_file: where the audit administrator keeps the log's key; without, nothing is signed.
    Raises Problems (`store-exists`, `key-exists`) rather than touch a store or a key.
    """
    if Path(store).exists():
        message = T("{path} exists already", path=store)
        raise Problems([Problem("store-exists", message, T("name another path, or remove it"))])
    need("xlsxwriter", "python_calamine")
    if key_file is not None:
        seals.spare(key_file)
    config = config or shipped_config()
    definition = folders.load(config).definition
    session = open_session(Settings(store, at=_opening(definition)), write=True, create=True)
    _open(session, config, definition)
    story = _story(session, config, definition, say)
    if key_file is not None:
        seals.play(story, key_file)
    for chapter in CHAPTERS[: 1 if short else None]:
        chapter(story)
    story.agenda.run()
    return session


def _opening(definition: Definition) -> datetime:
    """Return the evening before the first enrolment."""
    day = after(definition.phases[0].from_, -2)
    local = datetime.combine(day, time(9, 0), ZoneInfo(definition.campaign.time_zone))
    return local.astimezone(UTC)


def _open(session: Session, config: Path, definition: Definition) -> None:
    office = next(entry.person for entry in definition.assignments if entry.role == "campaign_office")
    apply(session, config, Who(office, command_id="demo-open"), rehearsal=True, reason="按文件开展活动")


def _story(session: Session, config: Path, definition: Definition, say: Say) -> Story:
    text = (config / SCHEME).read_text(encoding="utf-8")
    return Story(
        Agenda(session, definition),
        Cast(rosters.load(config, definition), definition),
        Generator(definition, SEED),
        SchemeText(SCHEME.stem, sha256(text), text),
        say,
    )
