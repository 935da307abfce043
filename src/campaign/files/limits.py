"""What a file of figures may hold, by what it declares of itself (P-18).

A file that comes by surprise costs its reader little; who knows it to be large says so, and is given more.
"""

import msgspec

from campaign.problems import T, Text


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes and lines of a CSV file; bytes of a workbook as it comes and unpacked, its cells, and their texts.

    beside: bytes of what stands beside the sheets, unpacked: the list of sheets, the styles, the texts that are shared.
    text: bytes of text that the cells of one workbook hold together, each counted as often as it is used.  way_out:
    what to do about a file that holds more.
    """

    csv_bytes: int
    csv_lines: int
    workbook_bytes: int
    unpacked: int
    cells: int
    beside: int
    text: int
    way_out: Text


ORDINARY = Limits(
    csv_bytes=200_000_000,
    csv_lines=1_048_576,  # as many as a sheet has rows
    workbook_bytes=30_000_000,
    unpacked=150_000_000,
    cells=1_500_000,
    beside=8_000_000,
    text=100_000_000,
    way_out=T("if it is to be so large, say --large; else split it"),
)
LARGE = Limits(
    csv_bytes=1_000_000_000,
    csv_lines=10_000_000,
    workbook_bytes=200_000_000,
    unpacked=1_500_000_000,
    cells=20_000_000,
    beside=200_000_000,
    text=1_000_000_000,
    way_out=T("split it into several files"),
)
"""Room for a sheet of as many rows as spreadsheets have, with every column of ours."""
