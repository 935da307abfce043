"""The log as one Parquet file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as theirs

from campaign.files import parquet

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 2**63 - 1), TEXTS, st.integers(1, 9), TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS,
        st.none() | st.integers(1, 9), TEXTS, TEXTS.map(str.encode),
    ),
    max_size=8,
)  # fmt: skip


def back(path: Path) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in parquet.COLUMNS) for row in theirs.read_table(path).to_pylist()]


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list[parquet.Row]) -> None:
    path = tmp_path_factory.mktemp("p") / "events.parquet"
    assert parquet.write(path, rows) == len(rows)
    assert back(path) == [(*row[:-1], row[-1].decode()) for row in rows]


def many(count: int) -> Iterator[parquet.Row]:
    for place in range(1, count + 1):
        yield place, "entity:jl/a", place, "t.v1", "2005", "2005", "p", "r", f"c-{place}", None, "", b"{}"


def test_a_long_log_is_written_by_groups_and_the_same_log_gives_the_same_bytes(tmp_path: Path) -> None:
    count = parquet.GROUP + 1
    for name in ("a", "b"):
        assert parquet.write(tmp_path / name, many(count)) == count
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert theirs.ParquetFile(tmp_path / "a").num_row_groups == 2


def test_a_body_that_is_no_text_is_shown_and_stops_nothing(tmp_path: Path) -> None:
    (row,) = many(1)
    parquet.write(tmp_path / "p", [(*row[:-1], b"\xff{")])
    assert back(tmp_path / "p")[0][-1] == "\\xff{"
