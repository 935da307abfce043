"""The columns of a sheet of figures, the same in CSV, in workbooks and in the template, and the template's stamp."""

import unicodedata
from collections.abc import Sequence

from campaign.files.cells import Cell

COLUMNS = {
    "entity": "编号",
    "name": "名称",
    "obligation": "报表",
    "period": "期别",
    "indicator": "指标",
    "label": "指标名称",
    "value": "数值",
    "unit": "单位",
    "scope": "口径",
    "status": "状态",
    "method": "核算方法",
    "above_scale_list": "名录版本",
    "adjustment": "调整额",
    "adjustment_reason": "调整原因",
}
"""Every column by its name, with its Chinese header; the order is the template's."""

NEEDED = ("period", "indicator", "value")
"""What no file can do without, unless the line of command says it."""

STATUS = {"provisional": "初步", "final": "最终"}
TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "subtotal"})

TEMPLATE = "1"
"""The version of the template's layout."""

STAMP_SHEET = "说明"
FIGURES_SHEET = "数据"
STAMP = {"template": "模板版本", "campaign": "活动", "definition": "定义"}
"""What the stamp says, each line with its Chinese name."""

WITHIN = 10
"""The header stands in one of the first so many rows."""

_NAMES = {chinese: name for name, chinese in COLUMNS.items()} | {name: name for name in COLUMNS}


def column_of(cell: Cell) -> str:
    """Return the column that a header cell names, "" for none."""
    text = unicodedata.normalize("NFKC", str(cell)).strip().lower() if isinstance(cell, str) else ""
    return _NAMES.get(text, "")


def is_header(cells: Sequence[Cell]) -> bool:
    """Whether a row is the header: it names the indicator or the value, and something else."""
    found = {column_of(cell) for cell in cells} - {""}
    return bool(found & {"indicator", "value"}) and len(found) > 1
