"""Files of figures as values: what a row says, where each figure stands, and what comes out of a template."""

import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from config.broken_folders import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.definition import Definition, Scope
from campaign.domain.events import Figure
from campaign.files import folder, layout, submission, template
from campaign.files.cells import address, compact, letters, spread
from campaign.files.rows import Known
from campaign.files.terms import Terms
from campaign.problems import Problems

HEAD = "entity,period,indicator,value,unit,scope,method,status\n"
RULES: Definition = folder.load(SMALL).definition
DUTY = next(entry for entry in RULES.obligations if entry.act == "report")
PERIOD = min(Terms.of(RULES).periods[DUTY.id])


def load(tmp_path: Path, text: str, *, scopes: int = 1, **known: object) -> submission.Filing:
    more = tuple(Scope(f"scope-{number}", f"Scope {number}") for number in range(1, scopes))
    path = tmp_path / "figures.csv"
    path.write_text(text.replace("PERIOD", PERIOD), encoding="utf-8")
    rules = msgspec.structs.replace(RULES, scopes=(*RULES.scopes, *more))
    return submission.load(path, Known(definition=rules, **known))  # type: ignore[arg-type]  # fields by name


def problems(tmp_path: Path, text: str, *, scopes: int = 1) -> list[str]:
    with pytest.raises(Problems) as caught:
        load(tmp_path, text, scopes=scopes)
    return [str(problem) for problem in caught.value.problems]


def test_figures_are_gathered_by_entity_and_period_with_their_cells(tmp_path: Path) -> None:
    text = HEAD + "a,PERIOD,profit,-12.50,yuan,,by firm,final\nb,PERIOD,profit,1,,,,初步\na,PERIOD,growth,15,,,,\n"
    filing = load(tmp_path, text)
    first, second = filing.filed
    scope = RULES.scopes[0].id
    assert first.figures == (
        Figure(indicator="profit", value=Decimal("-12.50"), unit="yuan", scope=scope, method="by firm", status="final"),
        Figure(indicator="growth", value=Decimal(15), unit="%", scope=scope),
    )
    assert (first.entity, first.obligation, first.period) == ("a", DUTY.id, PERIOD)
    assert (first.cells, second.cells) == (("D2", "D4"), ("D3",))
    assert len(filing.sha256) == 64


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("A,PERIOD,profit,1,,,,", "!A2: config-identifier A is"),
        (",PERIOD,profit,1,,,,", "!A2: entity-missing the entity is missing (write its number into every row)"),
        ("a,,profit,1,,,,", "!B2: period-missing the period is missing (write it into every row)"),
        ("a,PERIOD,,1,,,,", "!C2: indicator-missing the indicator is missing (write its id or its name)"),
        ("a,PERIOD,profit,1,,,=x,", "!G2: csv-formula =x begins like a formula"),
        ("a,PERIOD,profit,1,,,\x07,", "!G2: cell-character control characters may not stand in a text"),
        (f"a,PERIOD,profit,1,,,{'x' * 300},", "!G2: cell-too-long the text has 300 characters, more than 200"),
        ("a,PERIOD,profit,1,,,,done", "!H2: unknown-status done is no status (choose one of 初步, 最终)"),
    ],
)
def test_a_row_that_cannot_be_is_explained_at_its_cell(tmp_path: Path, line: str, found: str) -> None:
    (problem,) = problems(tmp_path, HEAD + line + "\n")
    assert problem.startswith(f"figures.csv{found}")


def test_a_period_of_several_reports_needs_the_report_named(tmp_path: Path) -> None:
    another = msgspec.structs.replace(DUTY, id="another", label="Another")
    path = tmp_path / "figures.csv"
    path.write_text(HEAD + f"a,{PERIOD},profit,1,,,,\n", encoding="utf-8")
    rules = msgspec.structs.replace(RULES, obligations=(*RULES.obligations, another))
    with pytest.raises(Problems) as caught:
        submission.load(path, Known(definition=rules))
    assert [problem.code for problem in caught.value.problems] == ["obligation-missing"]
    filing = submission.load(path, Known(definition=rules, obligation="another"))
    assert filing.filed[0].obligation == "another"
    with pytest.raises(Problems) as caught:
        submission.load(path, Known(definition=rules, obligation="other"))
    assert str(caught.value).endswith("unknown-obligation there is no report other (did you mean another?)")


def test_a_file_with_too_many_problems_is_given_up(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "a,PERIOD,profit,x,,,,\n" * 2000)
    assert len(found) == 1001
    assert found[-1] == (
        "figures.csv: too-many-problems more than 1000 problems: the rest of the file is not looked at"
        " (correct these first)"
    )


def test_a_file_that_is_not_there_or_none_is_named(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "file-missing"), (tmp_path, "file-format")):
        with pytest.raises(Problems) as caught:
            submission.load(path, Known(definition=RULES))
        assert [problem.code for problem in caught.value.problems] == [code]
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Problems) as caught:
        submission.load(tmp_path / "folder.csv", Known(definition=RULES))
    assert [problem.code for problem in caught.value.problems] == ["file-unreadable"]


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "figures.csv"
    path.write_text(HEAD + f"a,{PERIOD},profit,1,,,,\n" + ",,,,,,,\n" * 9000, encoding="utf-8")
    submission.load(path, Known(definition=RULES), lambda done, of: told.append((done, of)))
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


# --- addresses -----------------------------------------------------------------------------------------------------


def test_addresses_are_those_of_a_spreadsheet() -> None:
    assert [letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert address(7, 6) == "G7"


@given(st.lists(st.integers(1, 60), max_size=30), st.sampled_from(["", "数据", "a!b"]))
def test_ranges_spell_out_again_in_the_same_order(rows: list[int], sheet: str) -> None:
    before = f"{sheet}!" if sheet else ""
    assert spread(compact(sheet, 6, rows)) == tuple(f"{before}G{row}" for row in rows)


def test_what_is_no_range_is_left_alone() -> None:
    assert spread(("a paper", "G2:G3")) == ("a paper", "G2", "G3")


# --- the template --------------------------------------------------------------------------------------------------


def order(*entities: tuple[str, str]) -> template.Order:
    return template.Order(
        definition=RULES,
        definition_sha256="a" * 64,
        obligation=DUTY,
        period=PERIOD,
        entities=entities or (("a", "=HYPERLINK(1)"), ("b", "@b")),
    )


def figure(indicator: str, value: Decimal) -> Figure:
    unit = next(entry.unit for entry in RULES.indicators if entry.id == indicator)
    return Figure(
        indicator=indicator, value=value, unit=unit, scope=RULES.scopes[0].id, method="by firm", status="final"
    )


VALUES = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False).map(lambda value: value + 0)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_is_written_into_the_template_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    wanted = [entry.id for entry in RULES.indicators if not DUTY.indicators or entry.id in DUTY.indicators]
    values = {(entity, name): data.draw(VALUES) for entity in ("a", "b") for name in wanted}
    path = tmp_path_factory.mktemp("template") / "filled.xlsx"
    path.write_bytes(template.write(order(), {key: figure(key[1], value) for key, value in values.items()}))
    filing = submission.load(path, Known(definition=RULES, definition_sha256="a" * 64))
    read = {(filed.entity, item.indicator): item for filed in filing.filed for item in filed.figures}
    assert read == {key: figure(key[1], value) for key, value in values.items()}
    assert filing.notices == ()
    assert [spread(filed.cells)[0] for filed in filing.filed] == [
        f"数据!{template.cell_of(2 + place * len(wanted), 'value')}" for place in range(2)
    ]


def test_the_same_template_has_the_same_bytes_and_no_formula() -> None:
    made = template.write(order())
    assert made == template.write(order())
    assert made != template.write(order(("a", "x")))
    with zipfile.ZipFile(BytesIO(made)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets" in name]
        texts = parts.read("xl/sharedStrings.xml").decode()
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert all(b"<sheetProtection" in sheet for sheet in sheets)
    assert "=HYPERLINK(1)" in texts
    assert all(chinese in texts for chinese in layout.COLUMNS.values())
    assert b'state="frozen"' in sheets[0]
    assert b'type="list"' in sheets[0]


def test_a_template_made_before_the_definition_changed_is_read_with_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    wanted = [entry.id for entry in RULES.indicators if not DUTY.indicators or entry.id in DUTY.indicators]
    path.write_bytes(
        template.write(order(), {(entity, name): figure(name, Decimal(1)) for entity in ("a", "b") for name in wanted})
    )
    notices = submission.load(path, Known(definition=RULES, definition_sha256="b" * 64)).notices
    assert [notice.code for notice in notices] == ["template-older"]


def test_a_label_of_two_indicators_names_neither_and_an_id_that_is_another_s_label_names_its_own(
    tmp_path: Path,
) -> None:
    profit, growth = (next(entry for entry in RULES.indicators if entry.id == name) for name in ("profit", "growth"))
    net = msgspec.structs.replace(profit, id="net")
    namesake = msgspec.structs.replace(profit, id="other", label="growth")
    rules = msgspec.structs.replace(RULES, indicators=(*RULES.indicators, net, namesake))
    path = tmp_path / "figures.csv"
    path.write_text(f"{HEAD}a,{PERIOD},{profit.label},1,,,,\na,{PERIOD},growth,15,,,,\n", encoding="utf-8")
    with pytest.raises(Problems) as caught:
        submission.load(path, Known(definition=rules))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.cell) == ("label-ambiguous", "C2")
    assert str(problem.fix) == "name one by its id: profit, net"
    path.write_text(f"{HEAD}a,{PERIOD},net,1,,,,\na,{PERIOD},growth,15,,,,\n", encoding="utf-8")
    (filed,) = submission.load(path, Known(definition=rules)).filed
    assert [figure.indicator for figure in filed.figures] == ["net", growth.id]
