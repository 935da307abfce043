"""Teams' own files: whom they hold for, who may adopt them alone, and what they may not touch."""

from datetime import date
from pathlib import Path

import pytest
from app.drives import ADA, BEN, adopt, begun, drive, due, must, on, owed, refused, standing

from campaign.app import read, versions
from campaign.app.adopt import Choice, apply, plan
from campaign.app.handle import Reply, Who, handle
from campaign.app.owed import owed_by
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.problems import Problems

BOUNDS = "groups: [farm]}\nmeetings => groups: [farm], bounds: {from: 2031-03-01, to: 2031-05-31}}\nmeetings"
NORTH = """
id: north
label: The north
entities: [north]
duties:
  - {id: weekly, weekday: 3}
obligations:
  - {id: north-fence, label: Fence, cadence: once, on: 2031-04-15, groups: [farm], act: document}
"""
ROLES = """
roles:
  - {id: steward, label: Steward, commands: ["*"]}
  - {id: captain, label: Captain, commands: [definition.adopt-team], scope: own}
assignments:
  - {person: p-ada, role: steward}
  - {person: p-ben, role: captain, entities: [north]}
  - {person: p-sam, role: captain, entities: [south]}
owners:
  - {file: phases.yaml, roles: [steward]}
  - {file: teams/north.yaml, roles: [captain], keys: [duties, obligations]}
  - {file: teams/north.yaml, roles: [steward]}
"""
SAM = Who("p-sam")


def teamed(folder: Path, north: str = NORTH, weekly: str = "weekday: 5, from: 2031-03-01, to: 2031-05-31") -> Path:
    """Write the drive with bounds, owners and the north's own file."""
    drive(folder, weekly, bounds=BOUNDS)
    (folder / "roles.yaml").write_text(ROLES)
    (folder / "teams").mkdir(exist_ok=True)
    (folder / "teams" / "north.yaml").write_text(north)
    return folder


def by_ben(session: Session, folder: Path, who: Who = BEN) -> Reply:
    return apply(session, folder, who, choice=Choice(team="north"))


def test_a_team_s_dates_and_duties_hold_for_its_entities_alone(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    assert due(session)["2031-W11"] == date(2031, 3, 12)
    assert due(session, "south")["2031-W11"] == date(2031, 3, 14)
    assert ["north-fence" in {duty.owed.obligation for duty in owed(session, farm)} for farm in ("north", "south")] == [
        True,
        False,
    ]
    must(handle(session, [c.SubmitReport("north", "f", "north-fence", "once", ())], ADA))
    assert refused(handle(session, [c.SubmitReport("south", "f", "north-fence", "once", ())], ADA)) == [
        "unknown-obligation"
    ]


def test_views_show_each_entity_by_its_own_days(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    on(session, 3, 6)
    board = read.board(session, session.today())
    assert board is not None
    assert [board.lines[farm].tally.missing for farm in ("north", "south")] == [1, 0]
    assert [matrix.obligation for matrix in read.matrices(session, session.today())] == [
        "count",
        "weekly",
        "north-fence",
    ]
    assert [line.entity for line in read.outstanding(session, session.today())] == ["north"]
    found = owed_by(session, ["north"], session.today(), "north-fence")
    assert [duty.owed.due_on for duty in found["north"]] == [date(2031, 4, 15)]


def test_a_team_adopts_its_own_file_alone(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    changed = teamed(
        tmp_path / "b", NORTH.replace("weekday: 3", "weekday: 2"), weekly="weekday: 4, from: 2031-03-01, to: 2031-05-31"
    )
    made = plan(session, changed, Choice(team="north"))
    assert [str(change) for change in made.changes] == ["~ teams[north].duties[weekly].weekday: 3 → 2"]
    assert [item.entity for item in made.consequences] == ["north"]
    must(by_ben(session, changed))
    last = versions.history(session)[-1]
    assert (last.team, last.actor, last.diff) == ("north", "p-ben", ("~ teams[north].duties[weekly].weekday: 3 → 2",))
    assert due(session)["2031-W11"] == date(2031, 3, 11)
    assert due(session, "south")["2031-W11"] == date(2031, 3, 14)


def test_a_team_s_file_may_begin_and_end_by_itself(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    (tmp_path / "a" / "teams" / "north.yaml").unlink()
    roles = tmp_path / "a" / "roles.yaml"
    with pytest.raises(Problems, match="unknown-file"):
        apply(session, tmp_path / "a", ADA)
    roles.write_text(ROLES[: ROLES.index("owners")])
    must(adopt(session, tmp_path / "a"))
    assert due(session) == due(session, "south")


@pytest.mark.parametrize(
    ("who", "north", "codes"),
    [
        (SAM, NORTH.replace("weekday: 3", "weekday: 2"), ["not-permitted"]),
        (BEN, NORTH.replace("entities: [north]", "entities: [north, south]"), ["not-permitted"]),
        (BEN, NORTH.replace("entities: [north]", "entities: [south]"), ["not-permitted"]),
        (BEN, NORTH, ["nothing-changes"]),
    ],
)
def test_nobody_adopts_what_is_not_theirs(tmp_path: Path, who: Who, north: str, codes: list[str]) -> None:
    session = begun(teamed(tmp_path / "a"))
    assert sorted(set(refused(by_ben(session, teamed(tmp_path / "b", north), who)))) == codes


def test_a_team_may_not_adopt_the_province_s_files_by_any_way(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    changed = teamed(tmp_path / "b", weekly="weekday: 4, from: 2031-03-01, to: 2031-05-31")
    assert refused(apply(session, changed, BEN)) == ["not-permitted"]
    folder = plan(session, changed)
    text = versions.folders.load(changed)
    command = c.AdoptTeamFile("north", "north", text.sha256, text.text, text.files, replaces=folder.adopted_sha256)
    assert refused(handle(session, [command], BEN)) == ["not-permitted", "not-this-team"]


def test_whoever_may_adopt_is_held_to_the_owners_too(tmp_path: Path) -> None:
    folder = teamed(tmp_path / "a")
    roles = ROLES.replace("{file: phases.yaml, roles: [steward]}", "{file: calendar.yaml, roles: [captain]}")
    (folder / "roles.yaml").write_text(roles)
    session = begun(folder)
    (folder / "calendar.yaml").write_text('calendar: {version: "2", published_years: [2031]}\n')
    assert refused(apply(session, folder, ADA)) == ["not-permitted"]


def test_bounds_are_held_again_at_apply(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    with pytest.raises(
        Problems, match=r"teams/north.yaml:6:10: later-than-province 2031-W10 would be due on 2031-03-09"
    ):
        by_ben(session, teamed(tmp_path / "b", NORTH.replace("weekday: 3", "weekday: 7")))


def test_a_team_that_is_not_there_is_named(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    with pytest.raises(Problems, match=r"there is no team nort \(did you mean north\?\)"):
        plan(session, tmp_path / "a", Choice(team="nort"))


def test_a_held_entity_keeps_its_team_s_days_of_then(tmp_path: Path) -> None:
    session = begun(teamed(tmp_path / "a"))
    before = standing(session, "north")
    must(adopt(session, teamed(tmp_path / "b", NORTH.replace("weekday: 3", "weekday: 1")), keep=("north",)))
    assert standing(session, "north") == before
