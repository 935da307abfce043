"""Bulletins over a log: published by their hash, corrected under a number, made again to the byte from their cutoff."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from app.folders import PHASES, harvest
from python_calamine import CalamineWorkbook

from campaign.app import bulletins, evidence
from campaign.app.adopt import apply
from campaign.app.bulletins import Correction, correct, editions, make, publish, render, show
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain.commands import CorrectReport, EnrolEntity, SubmitReport
from campaign.domain.events import Figure
from campaign.problems import Problems

STEWARD = Who("p-ada")
START = datetime(2031, 9, 3, 8, 0, tzinfo=UTC)
DUTIES = """obligations:
  - {id: tally, label: Tally, cadence: monthly, days: [5], groups: [farm], indicators: [yield]}
  - {id: news, label: News, cadence: monthly, days: [10], act: bulletin}
"""
TREES = """
reconciliations:
  - {id: farms, label: Farms, groups: [farm]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = harvest(tmp_path_factory.mktemp("monthly") / "folder")
    (made / "phases.yaml").write_text(PHASES.replace("obligations:\n", DUTIES), encoding="utf-8")
    indicators = made / "indicators.yaml"
    indicators.write_text(indicators.read_text(encoding="utf-8") + TREES, encoding="utf-8")
    return made


@pytest.fixture
def farms(folder: Path) -> Iterator[Session]:
    """Return the harvest campaign in September with one report of August."""
    session = open_session(Settings(":memory:", at=START), write=True, create=True)
    assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
    enrol = [EnrolEntity(name, "farm", name.title(), ("farm",)) for name in ("north", "south")]
    report = SubmitReport("north", "t", "tally", "2031-08", (tons("12.5"),))
    assert handle(session, [*enrol, report], STEWARD).refusal is None
    yield session
    session.close()


def tons(value: str) -> Figure:
    return Figure(indicator="yield", value=Decimal(value), unit="t", scope="field")


def recount(session: Session, value: str = "13") -> None:
    command = CorrectReport("north", "t", (tons(value),), "recount")
    assert handle(session, [command], STEWARD).refusal is None


def test_publishing_records_cutoff_and_hash(farms: Session) -> None:
    head = farms.log.head()
    made, reply = publish(farms, "2031-08", STEWARD)
    assert reply.refusal is None
    assert made.bulletin.cutoff_position == head
    ((name, edition),) = editions(farms)
    assert (name, edition.number, edition.cutoff_position, edition.sha256) == ("news/2031-08", 0, head, made.sha256)


def test_an_edition_is_made_again_to_the_byte_whatever_came_later(farms: Session) -> None:
    made, _ = publish(farms, "2031-08", STEWARD)
    before = {form: render(show(farms, "2031-08"), form, str, "en") for form in ("md", "html", "xlsx", "pdf")}
    recount(farms)
    shown = show(farms, "2031-08", number=0)
    assert shown.as_published
    assert shown.made == made
    assert {form: render(shown, form, str, "en") for form in before} == before


@pytest.fixture
def key_file(farms: Session, tmp_path: Path) -> Path:
    """Give the campaign a key that signs checkpoints."""
    path = tmp_path / "key"
    assert evidence.rotate(farms, path, STEWARD).refusal is None
    return path


def root(note: str) -> str:
    """Return the root of a checkpoint as it is printed."""
    return note.split("\n")[2]


def printed(session: Session, form: str = "md", number: int | None = None) -> str:
    return _words(render(show(session, "2031-08", number=number), form, str, "en"), form)


def _words(page: bytes, form: str) -> str:
    if form == "xlsx":
        return "\n".join(
            str(row[0]) for row in CalamineWorkbook.from_filelike(BytesIO(page)).get_sheet_by_index(0).iter_rows()
        )
    return html.unescape(page.decode()).replace("\\", "")


@pytest.mark.parametrize("form", ["md", "html", "xlsx"])
def test_a_bulletin_prints_the_last_checkpoint_before_it_whatever_comes_later(
    farms: Session, key_file: Path, form: str
) -> None:
    early = evidence.checkpoint(farms, key_file)
    recount(farms)
    publish(farms, "2031-08", STEWARD)
    before = render(show(farms, "2031-08"), form, str, "en")
    late = evidence.checkpoint(farms, key_file)
    assert render(show(farms, "2031-08"), form, str, "en") == before
    size = early.split("\n")[1]
    assert f"log campaign/harvest-2031: {size} records, root {root(early)}" in printed(farms, form)
    assert root(late) not in printed(farms, form)


def test_a_pdf_has_the_same_bytes_after_later_checkpoints_and_others_with_another_one(
    farms: Session, key_file: Path
) -> None:
    draft = render(show(farms, "2031-08"), "pdf", str, "en")
    evidence.checkpoint(farms, key_file)
    sealed = render(show(farms, "2031-08"), "pdf", str, "en")
    assert sealed != draft
    publish(farms, "2031-08", STEWARD)
    once = render(show(farms, "2031-08"), "pdf", str, "en")
    evidence.checkpoint(farms, key_file)
    assert render(show(farms, "2031-08"), "pdf", str, "en") == once


def test_a_correction_prints_the_checkpoint_of_its_own_time(farms: Session, key_file: Path) -> None:
    early = evidence.checkpoint(farms, key_file)
    publish(farms, "2031-08", STEWARD)
    recount(farms)
    late = evidence.checkpoint(farms, key_file)
    correct(farms, Correction("2031-08", "recount"), STEWARD)
    assert root(early) in printed(farms, number=0)
    assert root(late) in printed(farms, number=1)
    assert root(early) not in printed(farms, number=1)


def test_without_a_checkpoint_none_is_printed(farms: Session) -> None:
    publish(farms, "2031-08", STEWARD)
    assert "records, root" not in printed(farms)
    assert show(farms, "2031-08").checkpoint is None


def test_later_data_gives_a_numbered_correction(farms: Session) -> None:
    publish(farms, "2031-08", STEWARD)
    recount(farms)
    made, reply = correct(farms, Correction("2031-08", "recount"), STEWARD)
    assert reply.refusal is None
    assert [edition.number for _, edition in editions(farms)] == [0, 1]
    shown = show(farms, "2031-08")
    assert shown.edition is not None
    assert (shown.edition.number, shown.edition.reason, shown.made) == (1, "recount", made)
    assert b"Correction 1: recount" in render(shown, "md", str, "en")
    assert made.bulletin.totals[0].reported.value == Decimal(13)


def test_nothing_is_corrected_where_nothing_changed(farms: Session) -> None:
    """Events that the bulletin does not speak of make no correction, though the log is longer."""
    publish(farms, "2031-08", STEWARD)
    _, reply = correct(farms, Correction("2031-08", "recount"), STEWARD)
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["nothing-changes"]
    assert len(editions(farms)) == 1


def test_what_was_never_published_cannot_be_corrected(farms: Session) -> None:
    _, reply = correct(farms, Correction("2031-08", "recount"), STEWARD)
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["bulletin-not-published"]


def test_a_dry_run_publishes_nothing(farms: Session) -> None:
    _, reply = publish(farms, "2031-08", STEWARD, dry_run=True)
    assert [topic for _, topic in reply.events] == ["bulletin_published.v1"]
    assert editions(farms) == []


def test_what_is_not_published_is_shown_as_a_draft(farms: Session) -> None:
    shown = show(farms, "2031-08")
    assert (shown.edition, shown.as_published) == (None, True)
    assert b"Draft: not published" in render(shown, "md", str, "en")


def test_an_edition_with_another_hash_is_not_what_was_published(
    farms: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the program had come to reckon otherwise since."""
    publish(farms, "2031-08", STEWARD)
    monkeypatch.setattr(bulletins, "canonical", lambda value: msgspec.json.encode(value) + b" ")
    assert not show(farms, "2031-08").as_published


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"period": "2031-01"}, "unknown-period"),
        ({"period": "2031-08", "obligation": "nwes"}, "unknown-bulletin"),
        ({"period": "2031-08", "number": 0}, "unknown-edition"),
    ],
)
def test_what_there_is_not_is_named(farms: Session, asked: dict[str, object], code: str) -> None:
    with pytest.raises(Problems) as found:
        show(farms, **asked)  # type: ignore[arg-type]  # arguments by name
    assert [problem.code for problem in found.value.problems] == [code]


def test_an_edition_beyond_the_last_is_named(farms: Session) -> None:
    publish(farms, "2031-08", STEWARD)
    with pytest.raises(Problems, match="has editions 0 to 0"):
        show(farms, "2031-08", number=1)


def test_an_unknown_form_is_named(farms: Session) -> None:
    with pytest.raises(Problems, match="unknown-form"):
        render(show(farms, "2031-08"), "doc", str, "en")


def test_a_campaign_without_bulletins_or_definition_says_so(tmp_path: Path) -> None:
    session = open_session(Settings(":memory:", at=START), write=True, create=True)
    with pytest.raises(Problems, match="no-definition"):
        make(session, "2031-08")
    apply(session, harvest(tmp_path / "plain"), STEWARD, rehearsal=True)
    with pytest.raises(Problems, match="bulletin-not-named"):
        make(session, "2031-08")
    session.close()
