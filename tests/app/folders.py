"""A second campaign, written from nothing: six phases of other names and other gates."""

from pathlib import Path

PHASES = """
campaign:
  key: harvest-2031
  title: Harvest drive
  window: {from: 2031-03-01, to: 2031-10-31}
  metric_period: "2031"
  time_zone: Europe/Berlin
documents:
  - {id: order-7, number: Order 7, title: Harvest order, dated_on: 2031-02-20}
phases:
  - {id: scouting, label: Scouting, from: 2031-03-01, to: 2031-03-31, gates: [
      {id: officer, check: officer_appointed}]}
  - {id: pledging, label: Pledging, from: 2031-04-01, to: 2031-04-30, back_to: [scouting], gates: [
      {id: pledge, check: target_fixed, indicators: [yield]}]}
  - {id: training, label: Training, from: 2031-05-01, to: 2031-05-31, skippable: true, gates: [
      {id: crew, check: task_force_established, policy: warn}]}
  - {id: sowing, label: Sowing, from: 2031-06-01, to: 2031-07-31, gates: [
      {id: kick-off, check: meeting_held, meeting: kick-off}]}
  - {id: reaping, label: Reaping, from: 2031-08-01, to: 2031-09-30, gates: [
      {id: counted, check: obligations_met, obligations: [count], policy: waive-with-reason},
      {id: clean, check: findings_resolved}]}
  - {id: thanks, label: Thanksgiving, from: 2031-10-01, to: 2031-10-31}
groups:
  - {id: farm, label: Farms, kind: farm, expected: 2}
obligations:
  - {id: count, label: Count, cadence: once, on: 2031-09-15, groups: [farm], indicators: [yield]}
meetings:
  - {id: kick-off, title: Kick-off, on: 2031-06-01}
four_eyes: {targets: false}
"""
INDICATORS = """
indicators:
  - {id: yield, label: Yield, unit: t}
scopes:
  - {id: field, label: Field}
"""
ROLES = """
roles:
  - {id: steward, label: Steward, commands: ["*"]}
assignments:
  - {person: p-ada, role: steward}
"""
CALENDAR = """
calendar: {version: "1", published_years: [2031]}
"""
ENTITIES = "id,title,kind,groups\nnorth,North farm,farm,farm\nsouth,South farm,farm,farm\n"


def harvest(folder: Path) -> Path:
    """Write the harvest campaign into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("phases.yaml", PHASES),
        ("indicators.yaml", INDICATORS),
        ("roles.yaml", ROLES),
        ("calendar.yaml", CALENDAR),
        ("entities.csv", ENTITIES),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder
