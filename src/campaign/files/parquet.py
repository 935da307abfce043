"""Records as one Parquet file, for those who ask questions of a log with DuckDB, pandas or Spark."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from campaign.problems import need

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 50_000
"""Records of a row group: what is held in memory at a time."""
Row: TypeAlias = tuple[int, str, int, str, str, str, str, str, str, int | None, str, bytes]
"""The columns of a record as the log keeps them: COLUMNS."""
COLUMNS = (
    "position",
    "stream",
    "version",
    "topic",
    "recorded_at",
    "occurred_on",
    "actor",
    "role",
    "command_id",
    "causation",
    "account",
    "body",
)


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write ROWS in the order in which they come; return how many there were.

    Every text stands as it does in the log, instants and days included, for a log that was tampered with may hold any;
    numbers are int64 and the body is its JSON.  Raises Problems (code `extra-missing`).
    """
    need("pyarrow")
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    from pyarrow import parquet  # noqa: PLC0415 -- likewise

    numbers = {"position", "version", "causation"}
    schema = pa.schema([(name, pa.int64() if name in numbers else pa.string()) for name in COLUMNS])
    count, rest = 0, iter(rows)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rest, GROUP)):
            writer.write_batch(_batch(group, schema))
            count += len(group)
    return count


def _batch(group: list[Row], schema: "pa.Schema") -> "pa.RecordBatch":
    import pyarrow as pa  # noqa: PLC0415 -- an extra

    *columns, bodies = zip(*group, strict=True)
    texts = [body.decode("utf-8", "backslashreplace") for body in bodies]
    return pa.record_batch([*map(list, columns), texts], schema=schema)
