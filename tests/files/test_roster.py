"""The roster: what the shipped one holds, and every way in which a table can be wrong."""

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from config.broken_folders import SMALL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.domain.definition import expand
from campaign.files import folder
from campaign.files.roster import Roster, load
from campaign.files.table import MAX_PROBLEMS
from campaign.problems import Problem, Problems

SHIPPED = Path(__file__).parents[2] / "config"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "config"))


def roster(where: Path) -> Roster:
    return load(where, folder.load(SMALL).definition)


def problems(where: Path) -> tuple[Problem, ...]:
    with pytest.raises(Problems) as caught:
        roster(where)
    return caught.value.problems


def lines(where: Path) -> list[str]:
    return [str(problem).replace(f"{where}/", "") for problem in problems(where)]


def edit(where: Path, name: str, old: str, new: str) -> None:
    text = (where / name).read_text(encoding="utf-8")
    assert old in text
    (where / name).write_text(text.replace(old, new, 1), encoding="utf-8")


# --- the shipped roster ------------------------------------------------------------------------------------------


def test_the_shipped_roster_has_the_sizes_that_the_plan_states() -> None:
    definition = folder.load(SHIPPED).definition
    shipped = load(SHIPPED, definition)
    sizes = Counter(group for entity in shipped.entities for group in expand(definition, entity.groups))
    stated = {group.id: group.expected for group in definition.groups if group.expected is not None}
    assert {name: sizes[name] for name in stated} == stated
    assert (len(shipped.projects), len(shipped.selected)) == (148, 47)
    assert set(shipped.selected) <= {project.project for project in shipped.projects}


def test_the_shipped_roster_names_the_nine_prefectures_and_the_four_enterprises_of_the_plan() -> None:
    shipped = load(SHIPPED, folder.load(SHIPPED).definition)
    prefectures = {entity.entity: entity.title for entity in shipped.entities if entity.kind == "prefecture"}
    assert " ".join(prefectures.values()) == "长春 吉林 四平 辽源 通化 白山 松原 白城 延边"
    assert list(prefectures) == [*(f"220{number}00" for number in range(1, 9)), "222400"]
    named = [entity for entity in shipped.entities if entity.kind == "enterprise" and entity.named_in_source]
    assert [entity.title for entity in named] == ["一汽集团", "一汽大众", "吉化分公司", "吉林油田"]
    assert named[1].parent == named[0].entity
    placeholders = [entity for entity in shipped.entities if entity.kind == "enterprise" and not entity.named_in_source]
    assert len(placeholders) == 12 + 47 + 4


def test_the_shipped_roster_has_what_the_story_needs() -> None:
    shipped = load(SHIPPED, folder.load(SHIPPED).definition)
    tags = Counter(tag for entity in shipped.entities for tag in entity.tags)
    assert {"shell_enterprise", "suspended", "priority", "major_loss_maker"} <= set(tags)
    assert sum(entity.voluntary for entity in shipped.entities) == 1
    assert any(entity.kind == "department" for entity in shipped.entities)
    duties = Counter(appointment.duty for appointment in shipped.appointments)
    assert duties["liaison"] == 9 + 63


def test_names_of_persons_stay_out_of_every_command() -> None:
    shipped = load(SHIPPED, folder.load(SHIPPED).definition)
    commands = repr((shipped.entities, shipped.projects, shipped.appointments))
    assert not [person.name for person in shipped.persons if person.name in commands]


# --- reading -----------------------------------------------------------------------------------------------------


def test_the_small_roster_is_read_into_commands(small: Path) -> None:
    read = roster(small)
    assert [entity.entity for entity in read.entities] == ["city-1", "firm-1", "firm-2"]
    assert (read.entities[2].parent, read.entities[2].groups, read.entities[2].voluntary) == (
        "firm-1",
        ("firm",),
        False,
    )
    assert [project.investment_yuan for project in read.projects] == [Decimal(1000), None]
    assert read.selected == ("project-1",)
    assert [(person.id, person.name) for person in read.persons] == [("p-1", "One"), ("p-2", "Two")]
    assert [(each.entity, each.duty, each.person) for each in read.appointments] == [
        ("firm-1", "accountable_officer", "p-2")
    ]


def test_headers_and_choices_may_be_chinese_and_columns_in_any_order(small: Path) -> None:
    text = "类别,编号,名称,分组,所在市州,标签,自愿参加\n市州,city-1,长春,city,,priority；large,否\n"
    text += '企业,firm-1,"一汽, 集团",firm,city-1,,是\n企业,firm-2,油田,firm,city-1,,\n,,,,,,\n\n'
    (small / "entities.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    read = roster(small)
    assert [(entity.kind, entity.title) for entity in read.entities] == [
        ("prefecture", "长春"),
        ("enterprise", "一汽, 集团"),
        ("enterprise", "油田"),
    ]
    assert read.entities[0].tags == ("priority", "large")
    assert [entity.voluntary for entity in read.entities] == [False, True, False]


def test_many_different_values_of_a_column_are_all_read(small: Path) -> None:
    rows = "".join(f"project-{number},Project {number},firm-1,new,{number},\n" for number in range(3, 1203))
    (small / "projects.csv").write_text((small / "projects.csv").read_text() + rows)
    read = roster(small)
    assert [project.title for project in read.projects[2:]] == [f"Project {number}" for number in range(3, 1203)]


def test_only_the_entities_are_needed(small: Path) -> None:
    (small / "projects.csv").unlink()
    (small / "persons.csv").unlink()
    read = roster(small)
    assert (read.projects, read.persons, read.appointments) == ((), (), ())
    (small / "entities.csv").unlink()
    assert [problem.code for problem in problems(small)] == ["file-missing"]


# --- what is wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("entities.csv", "kind,", "kind；", "entities.csv:1:1: csv-header the column kind is missing"),
        ("entities.csv", "id,title,", "id，title,", "entities.csv:1:1: csv-header the column id is missing"),
        ("entities.csv", "id,title,kind,groups,parent,prefecture", "id;title;kind", "entities.csv:1:1: csv-header"),
        ("entities.csv", "parent", "kind", "entities.csv:1:22: csv-header the column kind stands twice (remove one)"),
        ("entities.csv", "City,", '"Ci"ty,', "entities.csv:2:1: csv-quote"),
        ("entities.csv", "City,prefecture,city,,", "City,prefecture,city,,,x", "entities.csv:2:1: csv-width"),
        ("entities.csv", "city-1,", "City 1,", "entities.csv:2:1: config-identifier City 1 is not an identifier"),
        ("entities.csv", "City,", "Ci\x00ty,", "entities.csv:2:8: config-character"),
        ("entities.csv", "City,", f"{'x' * 201},", "entities.csv:2:8: config-text-length"),
        ("entities.csv", "City,", "@SUM(A1),", "entities.csv:2:8: csv-formula"),
        ("entities.csv", "City,", "-1,", "entities.csv:2:8: csv-formula"),
        ("entities.csv", "City,", '"  +1",', "entities.csv:2:8: csv-formula"),
        ("entities.csv", "prefecture,city", "prefectura,city", "entities.csv:2:13: config-choice"),
        (
            "entities.csv",
            "prefecture,city",
            "prefecture,citi",
            "entities.csv:2:24: unknown-group there is no group citi",
        ),
        ("entities.csv", "firm,firm-1", "firm,firm-9", "entities.csv:4:33: unknown-entity there is no entity firm-9"),
        ("entities.csv", "firm-1,city-1", "firm-1,firm-1", "entities.csv:4:40: unknown-prefecture"),
        ("projects.csv", "firm-1,new", "city-1,new", "projects.csv:2:20: roster-kind city-1 is not an enterprise"),
        ("projects.csv", "1000", "-1", "projects.csv:2:31: config-range -1 is negative"),
        ("projects.csv", "true", "yes", "projects.csv:2:36: config-truth yes is neither true nor false"),
        ("projects.csv", "project-2", "project-1", "projects.csv:3:1: roster-duplicate the id project-1 stands twice"),
        ("persons.csv", "firm-1,", ",", "persons.csv:3:19: roster-duty a duty needs the entity"),
        ("persons.csv", "firm-1,", "firm-9,", "persons.csv:3:18: unknown-entity"),
        (
            "persons.csv",
            "p-1,One,,,,",
            "p-1,One,,Boss,firm-1,accountable_officer",
            "persons.csv:3:25: roster-duty p-1 holds",
        ),
    ],
)
def test_what_is_wrong_in_a_table_is_said_at_its_cell(small: Path, name: str, old: str, new: str, line: str) -> None:
    edit(small, name, old, new)
    found = lines(small)
    assert any(text.startswith(line) for text in found), found


@pytest.mark.parametrize(
    ("header", "fix"),
    [
        ("id，title", "(write , instead of the full-width ，)"),
        ("id;title", "(separate the columns by commas: save as `CSV UTF-8`)"),
        ("titel", "(did you mean title?)"),
    ],
)
def test_a_header_that_is_not_one_is_explained(small: Path, header: str, fix: str) -> None:
    edit(small, "entities.csv", "id,title", f"{header},title")
    assert any(f"the column {header} is not known here {fix}" in line for line in lines(small))


def test_a_column_after_a_quoted_comma_is_still_found(small: Path) -> None:
    edit(small, "entities.csv", "city-1,City,prefecture,city", 'city-1,"City, the ""big"" one",prefecture,citi')
    assert lines(small)[0].startswith("entities.csv:2:43: unknown-group")


def test_problems_of_all_three_files_come_together(small: Path) -> None:
    edit(small, "entities.csv", "City,", "=1,")
    edit(small, "projects.csv", "new", "old")
    edit(small, "persons.csv", "p-2", "P 2")
    codes = [problem.code for problem in problems(small)]
    assert codes == ["csv-formula", "config-choice", "config-identifier"]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(small: Path) -> None:
    (small / "entities.csv").write_bytes("编号\n".encode("gbk"))
    edit(small, "projects.csv", "new", "old")
    assert [problem.code for problem in problems(small)] == ["file-encoding", "config-choice"]


def test_an_assignment_to_an_entity_outside_the_roster_is_found_in_roles_yaml(small: Path) -> None:
    edit(small, "entities.csv", "firm-1,Firm one", "firm-3,Firm one")
    edit(small, "entities.csv", "firm,firm-1", "firm,firm-3")
    found = [line for line in lines(small) if line.startswith("roles.yaml")]
    assert found == ["roles.yaml:6:44: unknown-entity there is no entity firm-1 in entities.csv (did you mean firm-3?)"]


def test_a_file_full_of_problems_ends_at_the_limit(small: Path) -> None:
    text = (small / "entities.csv").read_text() + "x,=1,enterprise,firm,,\n" * (MAX_PROBLEMS + 10)
    (small / "entities.csv").write_text(text)
    found = problems(small)
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1].code == "csv-too-many-problems"


def test_too_many_problems_between_lines_end_at_the_limit_too(small: Path) -> None:
    text = (small / "entities.csv").read_text() + "firm-1,Firm,enterprise,firm,,\n" * (MAX_PROBLEMS + 10)
    (small / "entities.csv").write_text(text)
    found = problems(small)
    assert [problem.code for problem in found[-2:]] == ["roster-duplicate", "csv-too-many-problems"]
    assert len(found) == MAX_PROBLEMS + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from([*'ab,"\n；=0', "\0", "一", "\u2028"]), max_size=80))
def test_no_table_makes_the_reader_raise_anything_but_problems(tmp_path: Path, text: str) -> None:
    (tmp_path / "entities.csv").write_text("id,title,kind\n" + text, encoding="utf-8")
    (tmp_path / "roles.yaml").write_text((SMALL / "roles.yaml").read_text())
    assert all(problem.place.line > 0 for problem in problems(tmp_path))
