"""Bytes in, text out: encodings, sizes and what is not a file."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.files.reading import decode, read_text
from campaign.problems import Problems


def problem(path: Path, limit: int = 1000) -> tuple[str, str, str]:
    with pytest.raises(Problems) as caught:
        read_text(path, limit)
    (found,) = caught.value.problems
    return found.code, str(found.message), str(found.place)


def test_text_comes_without_its_byte_order_mark_and_with_one_kind_of_line_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "编号\r\n1\r2\n".encode())
    assert read_text(path) == "编号\n1\n2\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert problem(path) == ("file-missing", f"there is no file {path}", str(path))


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert problem(tmp_path) == ("file-unreadable", f"{tmp_path} is not a file", str(tmp_path))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problem(tmp_path / "pipe")[0] == "file-unreadable"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_file_can_have_is_a_problem_like_any_other(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path / name)[0] == "file-unreadable"


def test_a_link_that_leads_to_itself_is_not_followed_for_ever(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert problem(tmp_path / "loop")[0] in {"file-unreadable", "file-missing"}


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)  # a sparse file: large in name only
    began = time.process_time()
    assert problem(path)[:2] == ("file-too-large", f"{path} has more than 1000 bytes")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        ("a,b\n编号,名称\n".encode("gbk"), "this is GBK, not UTF-8", "a.csv:2:1"),
        ("a,b\nab,名称\n".encode("gbk"), "this is GBK, not UTF-8", "a.csv:2:4"),
        ("编号,".encode() + b"\xff\n", "this byte is not UTF-8", "a.csv:1:4"),
        ("编号".encode("utf-16"), "this is UTF-16, not UTF-8", "a.csv:1:1"),
    ],
)
def test_another_encoding_is_named_with_the_place_where_it_shows(data: bytes, message: str, place: str) -> None:
    with pytest.raises(Problems) as caught:
        decode(data, "a.csv")
    (found,) = caught.value.problems
    assert (found.code, str(found.message), str(found.place)) == ("file-encoding", message, place)
    assert "save the file as UTF-8" in str(found.fix)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_raise_anything_but_problems(data: bytes) -> None:
    try:
        text = decode(data, "a.csv")
    except Problems:
        return
    assert "\r" not in text
    assert not text.startswith("\ufeff") or data.startswith(b"\xef\xbb\xbf\xef\xbb\xbf")
