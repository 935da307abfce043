"""The campaign folder: the shipped one, its places, its hash, and folders that are attacks."""

import shutil
import time
from pathlib import Path

import pytest
from config.broken_folders import SMALL

from campaign.domain.definition import Definition, canonical, from_canonical, sha256
from campaign.files.folder import FILE_OF, FILES, OPTIONAL, PARTS, load
from campaign.problems import Problem, Problems
from campaign.shape import MAX_PROBLEMS

SHIPPED = Path(__file__).parents[2] / "config"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "config"))


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(Problems) as caught:
        load(folder)
    return caught.value.problems


def test_the_shipped_folder_has_no_problem() -> None:
    folder = load(SHIPPED)
    assert folder.definition.campaign.key == "jilin-2005"
    assert [(notice.code, str(notice.place).rpartition("/")[2]) for notice in folder.notices] == [
        ("calendar-provisional", "calendar.yaml:9:20")
    ]


def test_the_shipped_calendar_becomes_the_later_one_by_copying_it(tmp_path: Path) -> None:
    later = Path(shutil.copytree(SHIPPED, tmp_path / "config"))
    shutil.copy(later / "calendar-2005-12.yaml.example", later / "calendar.yaml")
    before, after = load(SHIPPED), load(later)
    assert after.notices == ()
    assert before.sha256 != after.sha256
    assert before.definition.phases == after.definition.phases


def test_the_canonical_text_is_read_back_to_the_same_definition_and_hash() -> None:
    folder = load(SHIPPED)
    again = from_canonical(folder.text)
    assert again == folder.definition
    assert canonical(again) == folder.text
    assert sha256(folder.text) == folder.sha256


def test_what_was_adopted_can_be_written_out_and_validates_to_the_same_hash(tmp_path: Path) -> None:
    folder = load(SHIPPED)
    (tmp_path / "teams").mkdir()
    for file in folder.files:
        (tmp_path / file.name).write_text(file.text, encoding="utf-8")
    assert load(tmp_path).sha256 == folder.sha256
    assert "# " in folder.files[0].text


def test_comments_line_ends_and_a_byte_order_mark_do_not_change_the_hash(small: Path) -> None:
    plain = load(small).sha256
    for name in FILES.keys() - OPTIONAL:
        text = "# note 说明\n" + (small / name).read_text(encoding="utf-8")
        (small / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    folder = load(small)
    assert folder.sha256 == plain
    assert "\r" not in folder.files[0].text


def test_every_part_of_a_definition_stands_in_exactly_one_file() -> None:
    assert sorted([*FILE_OF, "teams"]) == sorted(Definition.__struct_fields__)
    assert len(FILE_OF) == sum(map(len, FILES.values()))
    assert list(PARTS) == list(FILES)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "none")
    assert str(found) == (
        f"{tmp_path}/none: folder-missing there is no folder {tmp_path}/none (name the campaign folder with --config)"
    )


def test_every_missing_file_is_named_at_once(tmp_path: Path) -> None:
    assert [(found.code, Path(found.place.file).name) for found in problems(tmp_path)] == [
        ("file-missing", name) for name in FILES if name not in OPTIONAL
    ]


def test_problems_of_every_file_come_together_in_order(small: Path) -> None:
    (small / "calendar.yaml").write_text("calender: {}\n")
    (small / "roles.yaml").write_bytes("roles: [角色]\n".encode("gbk"))
    (small / "phases.yaml").write_text((small / "phases.yaml").read_text().replace("2005-08-17", "2005-8-17"))
    codes = [(Path(found.place.file).name, found.code) for found in problems(small)]
    assert codes == [
        ("phases.yaml", "config-date"),
        ("roles.yaml", "file-encoding"),
        ("calendar.yaml", "config-unknown-key"),
        ("calendar.yaml", "config-missing-key"),
    ]


def test_what_does_not_fit_together_is_placed_in_the_file_it_stands_in(small: Path) -> None:
    (small / "indicators.yaml").write_text("indicators: []\n")
    text = (small / "roles.yaml").read_text().replace("role: writer", "role: reader")
    (small / "roles.yaml").write_text(text)
    assert [str(found.place) for found in problems(small)] == [
        f"{small}/phases.yaml:18:62",
        f"{small}/phases.yaml:26:83",
        f"{small}/roles.yaml:6:25",
    ]


@pytest.mark.parametrize("zone", ["+08:00", "", "../../etc/passwd", "/etc/passwd", "12345678", "PRCPRCPRC"])
def test_a_zone_that_resembles_none_is_answered_with_an_example(small: Path, zone: str) -> None:
    text = (small / "phases.yaml").read_text().replace('"2005"\n', f'"2005"\n  time_zone: "{zone}"\n', 1)
    (small / "phases.yaml").write_text(text)
    (found,) = problems(small)
    assert (found.code, str(found.fix)) == ("unknown-time-zone", "write it as in Asia/Shanghai")


ATTACKS = {
    "deep nesting": ("[" * 1_000_000).encode(),
    "aliases": b"a: &a [x]\nb: [*a, *a]\n",
    "long text": b'campaign: {key: k, title: "' + b"x" * 10_000_000 + b'"}',
    "NUL": b"campaign: \0\n",
    "GBK": "campaign: {title: 工业}".encode("gbk"),
    "object": b"campaign: !!python/object/apply:os.system [echo]\n",
    "many keys": b"".join(b"k%d: 1\n" % number for number in range(100_000)),
    "merge": b"campaign: {<<: {key: k}}\n",
    "bare text": b"just words\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_quickly_in_problems_with_places(small: Path, name: str) -> None:
    (small / "phases.yaml").write_bytes(ATTACKS[name])
    began = time.process_time()
    found = problems(small)
    assert time.process_time() - began < 10
    assert all(problem.place.file.endswith("phases.yaml") for problem in found)


def test_an_attack_is_not_spelt_out_without_end(small: Path) -> None:
    (small / "phases.yaml").write_bytes(ATTACKS["many keys"])
    found = problems(small)
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1].code == "config-too-many-problems"
