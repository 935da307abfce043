"""The sheets of a workbook that hold figures, with what only a workbook can get wrong."""

from campaign.files import layout
from campaign.files.cells import read
from campaign.files.csvrows import Progress
from campaign.files.entries import Entries
from campaign.files.rows import Known, Rows, Source
from campaign.files.workbook import Sheet, Workbook
from campaign.problems import Place, Problem, T, Text


def read_sheets(book: Workbook, entries: Entries, known: Known, progress: Progress) -> None:
    """Read every sheet with a header of ours into ENTRIES; other sheets are not looked at, unless hidden."""
    found = False
    for sheet in book.sheets:
        if sheet.hidden:
            message = T("the sheet {name} is hidden", name=sheet.name)
            _complain(entries, sheet, "sheet-hidden", message, T("show it, or remove it"))
        elif sheet.name == layout.STAMP_SHEET:
            _stamp(sheet, entries, known)
        else:
            found = _figures(sheet, entries, known, progress) or found
    if not found and not entries.problems:
        message = T("no sheet has a header that names the columns")
        fix = T("begin with the columns {columns}", columns=", ".join(layout.COLUMNS.values()))
        entries.complain(Problem("header-missing", message, fix, Place(file=book.file)))


def _figures(sheet: Sheet, entries: Entries, known: Known, progress: Progress) -> bool:
    rows = Rows(entries, Source(sheet.book.file, sheet.name), known)
    before = len(entries.problems)
    rows.take(sheet.rows(progress))
    if not rows.header:
        return False
    _merged(sheet, rows, entries)
    stale = frozenset(sheet.empty_formulas)
    if stale:
        _never_calculated(sheet, stale, entries, before)
    return True


def _merged(sheet: Sheet, rows: Rows, entries: Entries) -> None:
    for top, left, bottom, _right in sheet.merged:
        if bottom < rows.header_row:
            continue
        place = sheet.place(top, left)
        if top <= rows.header_row:
            message = T("the header has merged cells")
            entries.complain(Problem("header-merged", message, T("give each column a header of its own"), place))
        else:
            message = T("merged cells hold one value, the others are blank")
            entries.complain(Problem("cells-merged", message, T("unmerge them and fill in each"), place))


def _never_calculated(sheet: Sheet, stale: frozenset[str], entries: Entries, before: int) -> None:
    """Name formulas without a value, instead of the blanks that they looked like."""
    kept = [item for item in entries.problems[before:] if item.place.cell not in stale]
    entries.problems[before:] = kept
    entries.forget_blanks(sheet.name, stale)
    for cell in sorted(stale, key=lambda name: (len(name), name)):
        message = T("the formula in this cell was never calculated")
        fix = T("open the file in a spreadsheet and save it, or write the figure")
        entries.complain(
            Problem("formula-without-value", message, fix, Place(sheet.book.file, sheet=sheet.name, cell=cell))
        )


def _stamp(sheet: Sheet, entries: Entries, known: Known) -> None:
    """Read the template's stamp: another campaign's or another layout is refused, an earlier definition noticed."""
    said = dict(_lines(sheet))
    version = said.get("template", "")
    if version and version != layout.TEMPLATE:
        message = T(
            "the template has version {version}, this program reads {own}", version=version, own=layout.TEMPLATE
        )
        _complain(entries, sheet, "template-version", message, T("take a new template with `campaign report template`"))
    own = known.definition.campaign.key
    if said.get("campaign", own) != own:
        message = T("the template is of the campaign {key}, not of {own}", key=said["campaign"], own=own)
        _complain(
            entries, sheet, "template-campaign", message, T("take a new template with `campaign report template`")
        )
    if known.definition_sha256 and said.get("definition", known.definition_sha256) != known.definition_sha256:
        message = T("the template was made before the definition changed")
        entries.notices.append(
            Problem("template-older", message, T("its rows were read by the present one"), sheet.place(1, 0))
        )


def _lines(sheet: Sheet) -> list[tuple[str, str]]:
    names = {chinese: name for name, chinese in layout.STAMP.items()}
    found = []
    for number, row in sheet.rows():
        if number > layout.WITHIN:
            break
        cells = [read(cell) for cell in row]
        if len(cells) > 1 and isinstance(cells[0], str) and cells[0] in names and cells[1] is not None:
            found.append((names[cells[0]], str(cells[1])))
    return found


def _complain(entries: Entries, sheet: Sheet, code: str, message: Text, fix: Text) -> None:
    entries.complain(Problem(code, message, fix, sheet.place(1, 0)))
