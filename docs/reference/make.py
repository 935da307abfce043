"""Write configuration.md from the types and problems.md from the sources: `python docs/reference/make.py`.

A test compares both with what stands in the repository, so they are never out of date.
"""  # noqa: INP001 -- a script

import sys
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect as kinds

from campaign import shape, source
from campaign.domain.definition import Team
from campaign.files import folder, layout, reading, roster, table

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from codes import Saying, Sources  # noqa: E402 -- it lies beside this script

BROKEN = HERE.parents[1] / "tests" / "config" / "broken"

MORE = "more than 1000 problems: the rest of the file is not looked at (correct these first)"
ELSEWHERE = {
    "config-too-many-problems": f"campaign/phases.yaml:1000:1: config-too-many-problems {MORE}",
    "csv-too-many-problems": f"campaign/entities.csv:1004:1: csv-too-many-problems {MORE}",
    "file-missing": "roles.yaml: file-missing there is no file roles.yaml (make it, or name another)",
    "file-too-large": "phases.yaml: file-too-large phases.yaml has more than 4000000 bytes "
    "(split it, or remove what does not belong into it)",
    "file-unreadable": "phases.yaml: file-unreadable phases.yaml is not a file (name a file)",
    "folder-missing": "config: folder-missing there is no folder config (name the campaign folder with --config)",
    "yaml-too-large": "phases.yaml:1:1: yaml-too-large the file has 2000001 characters, more than 2000000 "
    "(split the file)",
}
"""Examples of the codes that no single small file can show."""


def problems() -> str:
    """Write the page of problems: every code with what is said, and with an example where a file shows it."""
    lines = [
        "# Problems",
        "",
        "Every problem is one line, `place: CODE message (remedy)`, and all of them come at once. The place is a line",
        "and column of a text, a cell of a sheet, or a field. The codes are stable; `{name}` stands for a value, and …",
        "for what is said by whatever stood in the way. Remedies often name what was probably meant instead.",
        "Examples of campaign folders are what `tests/config/broken/CODE.FILE` gives.",
        "This page is made from the sources by docs/reference/make.py.",
        "",
    ]
    examples = {**{code: ([line], "") for code, line in ELSEWHERE.items()}, **dict(_examples())}
    for code, sayings in Sources().problems().items():
        lines += [f"## {code}", "", *map(_bullet, sayings), ""]
        found, name = examples.pop(code, ([], ""))
        lines += ["```text", *found, "```", ""] if found else []
        lines += [f"From [{name}](../../tests/config/broken/{name}).", ""] if name else []
    assert not examples, f"no source says {sorted(examples)}"  # noqa: S101 -- a script
    return "\n".join(lines)


def _bullet(saying: Saying) -> str:
    message, remedy = saying
    return f"- {message} ({remedy})" if remedy else f"- {message}"


def _examples() -> Iterator[tuple[str, tuple[list[str], str]]]:
    found: dict[str, list[str]] = {}
    for text in (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines():
        name, _, line = text.partition("\t")
        found.setdefault(name, []).append(line)
    for name, lines in found.items():
        code = name.partition(".")[0]
        yield code, ([line for line in lines if f": {code} " in line], name)


def configuration() -> str:
    """Write the page of configuration: every key of every file."""
    lines = [
        "# Configuration",
        "",
        "A campaign folder holds YAML files, one more for each team that has dates of its own (teams/NAME.yaml), and",
        "three CSV files. `campaign config validate` checks them.",
        "This page is made from the types by docs/reference/make.py.",
        "",
        *_limits(),
    ]
    for name, part in (folder.PARTS | {"teams/NAME.yaml": Team}).items():
        lines += [f"## {name}", "", *_keys(part)]
        for inner in _parts(part):
            lines += [f"### {inner.__name__}", "", *_paragraphs(inner), "", *_keys(inner)]
    tables = {"entities.csv": roster.ENTITIES, "projects.csv": roster.PROJECTS, "persons.csv": roster.PERSONS}
    for name, columns in tables.items():
        lines += [f"## {name}", "", "| column | Chinese header | needed |", "|---|---|---|"]
        lines += [f"| `{each.name}` | {each.chinese} | {'yes' if each.needed else ''} |" for each in columns]
        lines += [""]
    lines += ["## figures (report submit)", "", "| column | Chinese header | needed |", "|---|---|---|"]
    needed = {"entity", *layout.NEEDED}
    lines += [f"| `{name}` | {head} | {'yes' if name in needed else ''} |" for name, head in layout.COLUMNS.items()]
    return "\n".join([*lines, ""])


def _limits() -> list[str]:
    rows = {
        "bytes of a YAML file": reading.MAX_YAML_BYTES,
        "bytes of a CSV file": reading.MAX_CSV_BYTES,
        "characters of a YAML file": source.MAX_CHARACTERS,
        "depth of a YAML file": source.MAX_DEPTH,
        "values in a YAML file": source.MAX_NODES,
        "characters of a key": source.MAX_KEY,
        "characters of a text, where nothing less is said": shape.LIMIT,
        "characters of a CSV line": table.MAX_LINE,
        "problems reported of one file": shape.MAX_PROBLEMS,
    }
    return [
        "## What is read",
        "",
        "YAML 1.2 scalars only, all of them text until a key's type says otherwise: `no` is not false, `010` is not 8.",
        "Duplicate keys, aliases, anchors, tags, merge keys and second documents are refused. Files are UTF-8, with or",
        "without a byte order mark; dates are written `2005-08-17`, numbers in plain digits.",
        "",
        "| limit | value |",
        "|---|---|",
        *(f"| {name} | {value:,} |" for name, value in rows.items()),
        "",
    ]


def _keys(part: type[msgspec.Struct]) -> list[str]:
    lines = ["| key | value | needed | default |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(part):
        kind = _kind(kinds.type_info(field.type))
        lines.append(f"| `{field.encode_name}` | {kind} | {'yes' if field.required else ''} | {_default(field)} |")
    return [*lines, ""]


def _default(field: msgspec.structs.FieldInfo) -> str:
    plain = msgspec.to_builtins(field.default) if field.default not in {msgspec.NODEFAULT, msgspec.UNSET} else ""
    if isinstance(plain, bool):
        return f"`{str(plain).lower()}`"
    return f"`{plain}`" if isinstance(plain, str | int) and str(plain) else ""


def _kind(kind: kinds.Type) -> str:  # noqa: PLR0911 -- one line a kind
    match kind:
        case kinds.StructType():
            return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
        case kinds.VarTupleType():
            return f"list of {_kind(kind.item_type)}"
        case kinds.UnionType():
            return " or ".join(_kind(part) for part in kind.types if not isinstance(part, kinds.NoneType))
        case kinds.EnumType():
            return " · ".join(f"`{member.value}`" for member in _members(kind.cls))
        case kinds.LiteralType():
            return " · ".join(f"`{value}`" for value in kind.values)
        case kinds.StrType():
            return "identifier" if kind.pattern else "text"
        case kinds.IntType():
            return f"whole number {kind.ge} to {kind.le}"
        case _:
            return {kinds.DateType: "date", kinds.DecimalType: "number", kinds.BoolType: "true or false"}[type(kind)]


def _members(enum: Any) -> list[Any]:  # noqa: ANN401 -- any enumeration
    return list(enum) if isinstance(enum, EnumMeta) else []


def _parts(part: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield every Struct below PART, each once, in the order a reader meets them."""
    seen: dict[type[msgspec.Struct], None] = {}
    _collect(kinds.type_info(part), seen)
    seen.pop(part, None)
    yield from seen


def _collect(kind: kinds.Type, seen: dict[type[msgspec.Struct], None]) -> None:
    match kind:
        case kinds.StructType():
            if kind.cls not in seen:
                seen[kind.cls] = None
                for field in kind.fields:
                    _collect(field.type, seen)
        case kinds.VarTupleType():
            _collect(kind.item_type, seen)
        case kinds.UnionType():
            for part in kind.types:
                _collect(part, seen)
        case _:
            pass


def _paragraphs(part: type[msgspec.Struct]) -> list[str]:
    """Return the docstring of PART without its indentation."""
    return [line.strip() for line in (part.__doc__ or "").strip().splitlines()]


PAGES = {"configuration.md": configuration, "problems.md": problems}

if __name__ == "__main__":
    for page, write in PAGES.items():
        (HERE / page).write_text(write(), encoding="utf-8")
