"""What a sheet's XML tells beside the values of its cells, found by patterns: tag by tag it would take far longer.

Spreadsheets write these tags without comments between them; a sheet with comments is refused (see slices.py).
"""

import re
from collections.abc import Iterator

QUALIFIED = re.compile(rb":(?:c|row|f|si)[\s/>]")
REFERENCE = re.compile(rb"r(?<=[\s\"']r)\s*=\s*[\"'][A-Za-z]*0*(\d{1,9})")
WIDE = re.compile(rb"r(?<=[\s\"']r)\s*=\s*[\"'][A-Za-z]{2,}\d")
"""A cell to the right of column Z."""
AT = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"']")


class Tags:
    """Finds tags; the patterns begin with bytes that do not vary, which makes them several times as fast."""

    def __init__(self, prefix: bytes) -> None:
        """Take the pattern of the PREFIX that names may have."""
        names = {name: b"<%b%b" % (prefix, name) for name in (b"c", b"f", b"v", b"si", b"row")}
        cell, formula, value = names[b"c"], names[b"f"], names[b"v"]
        self.cell = re.compile(rb"%b[\s/>]" % cell)
        self.formula = re.compile(rb"%b[\s/>]" % formula)
        self.text = re.compile(rb"%b[\s/>]" % names[b"si"])
        self.row = re.compile(rb"%b\b[^<>]*>" % names[b"row"])
        self._number = re.compile(rb"%b\b[^<>]*?\sr\s*=\s*[\"']0*(\d{1,9})" % names[b"row"])
        self._begun = re.compile(rb"%b\b" % names[b"row"])
        self._shared = re.compile(
            rb"%b\s(?:[^<>]*?\s)?t\s*=\s*[\"']s[\"'][^<>]*>\s*%b[^<>]*>\s*(\d{1,9})" % (cell, value)
        )
        self._styled = re.compile(rb"%b\s(?:[^<>]*?\s)?s\s*=\s*[\"'](\d{1,9})[\"'][^<>]*>" % cell)
        self._unvalued = re.compile(
            rb"(%b(?=[\s>])[^<>]*>)\s*%b(?=[\s/>])(?:[^<>]*/>|[^<>]*>[^<]*</[^<>]*>)(?!\s*%b\b[^<>]*(?<!/)>[^<])"
            % (cell, formula, value)
        )

    def numbers(self, xml: bytes) -> list[int]:
        """Return the numbers of the rows that tell theirs."""
        return [int(number) for number in self._number.findall(xml)]

    def widest(self, xml: bytes) -> int:
        """Return how many cells the longest row has: cells need not tell where they stand."""
        rows = self._begun.split(xml)
        rows[0] = rows[0].partition(b"sheetData")[2]
        rows[-1] = rows[-1].partition(b"sheetData>")[0]
        return max(len(self.cell.findall(row)) for row in rows)

    def shared(self, xml: bytes) -> Iterator[int]:
        """Yield the numbers of the shared texts that cells use, each as often as it is used."""
        return map(int, self._shared.findall(xml))

    def styled(self, xml: bytes, styles: frozenset[int]) -> frozenset[str]:
        """Return the addresses of the cells that have one of STYLES."""
        if not styles:
            return frozenset()
        wanted = {b"%d" % style for style in styles}
        found = (tag for tag in self._styled.finditer(xml) if tag[1] in wanted)
        return frozenset(at[1].decode() for tag in found if (at := AT.search(tag[0])))

    def unvalued(self, xml: bytes) -> Iterator[str]:
        """Yield the addresses of the cells with a formula that was never calculated."""
        for tag in self._unvalued.findall(xml):
            if at := AT.search(tag):
                yield at[1].decode()


PLAIN, PREFIXED = Tags(b""), Tags(rb"(?:\w+:)?")


def tags_in(xml: bytes) -> Tags:
    """Return what finds the tags in XML; few writers put a prefix before their names."""
    return PREFIXED if QUALIFIED.search(xml) else PLAIN


def named(xml: bytes) -> list[int]:
    """Return the rows that XML names, in the tags of rows or of cells, whatever tags they are."""
    return [int(number) for number in set(REFERENCE.findall(xml))]
