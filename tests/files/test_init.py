"""A folder to start from is valid as it comes, explains itself, and can be made from what a store holds."""

import io
import sys
from pathlib import Path

import pytest
from app.drives import begun, drive, must
from python_calamine import CalamineWorkbook

from campaign.app import versions
from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Settings, open_session
from campaign.app.start import begin
from campaign.demo.perform import shipped_config
from campaign.files import folder as folders
from campaign.files import roster, starter
from campaign.problems import Problems

YEAR = 2024


def test_the_template_is_valid_for_any_year_and_its_rosters_fit_it(tmp_path: Path) -> None:
    for year in (2005, 2024, 2100):
        begin(tmp_path / str(year), year)
        folder = folders.load(tmp_path / str(year))
        assert folder.definition.campaign.window.from_.year == year
        read = roster.load(tmp_path / str(year), folder.definition)
        assert [entity.entity for entity in read.entities] == ["city-1", "firm-1"]
        assert [notice.code for notice in folder.notices] == ["calendar-provisional"]


def test_every_section_of_phases_yaml_is_explained_in_both_languages(tmp_path: Path) -> None:
    begin(tmp_path / "mine", YEAR)
    text = (tmp_path / "mine" / "phases.yaml").read_text(encoding="utf-8")
    for section in ("campaign:", "documents:", "phases:", "groups:", "obligations:"):
        before, _, after = text.partition(f"\n{section}\n")
        around = "\n".join([*before.splitlines()[-8:], *after.splitlines()[:3]])
        notes = [line.partition("#")[2] for line in around.splitlines() if "#" in line]
        assert any(any("a" <= sign <= "z" for sign in note) for note in notes), section
        assert any(any("一" <= sign <= "鿿" for sign in note) for note in notes), section
    assert "YEAR" not in text.replace("YOUR", "")


def test_the_readme_speaks_both_languages_and_names_every_file(tmp_path: Path) -> None:
    begin(tmp_path / "mine", YEAR)
    text = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "## In English" in text
    assert "## 中文" in text
    names = {path.name for path in (tmp_path / "mine").iterdir()} - {"README.md"}
    assert {name for name in names if name not in text} == set()


def test_the_workbook_holds_the_same_rows_as_the_csv_with_every_heading() -> None:
    made = starter.rosters()
    workbook = CalamineWorkbook.from_object(io.BytesIO(made["entities.xlsx"]))
    rows = workbook.get_sheet_by_name("entities").to_python()
    lines = made["entities.csv"].decode("utf-8-sig").splitlines()
    assert [",".join(map(str, row)) for row in rows] == lines
    assert rows[0] == [column.name for column in roster.ENTITIES]


def test_without_xlsxwriter_the_workbook_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    begin(tmp_path / "mine", YEAR)
    assert not (tmp_path / "mine" / "entities.xlsx").exists()


def test_from_a_store_comes_what_it_adopted_and_whom_it_enrolled(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    begin(tmp_path / "b", YEAR, session)
    assert versions.drift(session, tmp_path / "b") == ()
    lines = (tmp_path / "b" / "entities.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:4] for line in lines[1:]] == [[farm, farm, "farm", "farm"] for farm in ("north", "south")]


def test_every_entity_of_the_shipped_roster_survives_the_way_through_a_store(tmp_path: Path) -> None:
    definition = folders.load(shipped_config()).definition
    read = roster.load(shipped_config(), definition).entities
    session = open_session(Settings(str(tmp_path / "s.db")), write=True, create=True)
    must(apply(session, shipped_config(), Who("p-wei-lichang")))
    must(handle(session, read, Who("p-office-1")))
    begin(tmp_path / "b", YEAR, session)
    again = roster.load(tmp_path / "b", definition).entities
    assert sorted(again, key=lambda entity: entity.entity) == sorted(read, key=lambda entity: entity.entity)


def test_nothing_is_written_over_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    begin(tmp_path / "mine", YEAR, dry_run=True)
    assert not (tmp_path / "mine").exists()
    begin(tmp_path / "mine", YEAR)
    with pytest.raises(Problems, match="folder-exists"):
        begin(tmp_path / "mine", YEAR)


def test_a_large_roster_tells_how_far_it_is_read(tmp_path: Path) -> None:
    begin(tmp_path / "mine", YEAR)
    path = tmp_path / "mine" / "entities.csv"
    lines = [f"firm-{number:05},F,enterprise,enterprise,,city-1,,,,,,," for number in range(12_000)]
    path.write_text(
        path.read_text(encoding="utf-8-sig").splitlines()[0] + "\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    told: list[tuple[int, int]] = []
    with pytest.raises(Problems):
        roster.load(
            tmp_path / "mine", folders.load(tmp_path / "mine").definition, lambda done, of: told.append((done, of))
        )
    assert [done for done, _ in told] == [5000, 10_000]
    assert all(of >= 12_001 for _, of in told)
