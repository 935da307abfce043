"""The rules engine beside its peers on one scheme: 4 tables, 37 rules, one rounded amount for each entity.

Prints `name ratio target met|short`, CPU time of ours over that of the peer in the same process, results compared to
the cent; `not run: TOOL missing` where a peer is not installed: zen-engine, rule-engine, SpiffWorkflow, duckdb.
"""

import importlib.util
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from typing import Any

from campaign.rules import load

Row = dict[str, Any]
Outcome = tuple[Decimal, tuple[int, ...]]
GROUPS, SIZES, TIERS = ("g1", "g2", "g3", "g4"), ("large", "middle", "small"), ("A", "B", "C", "none")
TABLES: dict[str, tuple[tuple[str, ...], list[tuple[tuple[str, ...], str]]]] = {
    "tier": (
        ("falsified", "completion"),
        [
            (("true", "-"), "none"),
            (("-", ">= 1.3"), "A"),
            (("-", "[1.2..1.3)"), "A"),
            (("-", "[1.15..1.2)"), "B"),
            (("-", "[1.1..1.15)"), "B"),
            (("-", "[1..1.1)"), "C"),
            (("-", "[0.95..1)"), "C"),
            (("-", "[0.9..0.95)"), "C"),
            (("-", "< 0.9"), "none"),
        ],
    ),
    "quality": (
        ("profit", "on_time"),
        [
            ((profit, on_time), value)
            for profit, values in (
                (">= 1.2", ("1.2", "1.1")),
                ("[1.1..1.2)", ("1.1", "1.05")),
                ("[1..1.1)", ("1.05", "1")),
                ("[0.9..1)", ("0.95", "0.9")),
                ("< 0.9", ("0.8", "0.7")),
            )
            for on_time, value in zip((">= 0.95", "< 0.95"), values, strict=True)
        ],
    ),
    "factor": (
        ("group", "size"),
        [((group, size), f"1.{9 - i}{9 - j}") for i, group in enumerate(GROUPS) for j, size in enumerate(SIZES)],
    ),
    "rate": (
        ("tier", "quality"),
        [
            (("A", ">= 1.1"), "0.1"),
            (("A", "< 1.1"), "0.08"),
            (("B", ">= 1"), "0.05"),
            (("B", "< 1"), "0.04"),
            (("C", "-"), "0.01"),
            (("none", "-"), "0"),
        ],
    ),
}
WORDS = {"group", "size", "tier"}
NAMES = ("group", "size", "completion", "profit", "on_time", "falsified", "base")
CENT = Decimal("0.01")
CONTEXT = Context(prec=50)


def scheme_text() -> str:
    """Write the scheme in our own form."""
    lines = [
        "scheme: bench",
        "rounding: {money: half_up, digits: 2}",
        "inputs:",
        f"  group: {{type: text, values: [{', '.join(GROUPS)}]}}",
        f"  size: {{type: text, values: [{', '.join(SIZES)}]}}",
        "  completion: number",
        "  profit: number",
        "  on_time: number",
        "  falsified: boolean",
        "  base: money",
        "calculations:",
        "  amount: {type: money, formula: base * rate * factor * quality}",
        "decisions:",
    ]
    for name, (columns, rules) in TABLES.items():
        kind = f"values: [{', '.join(TIERS)}]" if name == "tier" else "type: number"
        lines += [f"  {name}:", f"    {kind}", f"    hit: {'FIRST' if name == 'tier' else 'UNIQUE'}", "    rules: |"]
        lines += [f"      | # | {' | '.join(columns)} || {name} |"]
        lines += [f"      | {n} | {' | '.join(cells)} || {value} |" for n, (cells, value) in enumerate(rules, 1)]
    return "\n".join(lines) + "\n"


def entities(count: int) -> list[Row]:
    """Make entities by a fixed seed."""
    chance = random.Random(2005)  # noqa: S311 -- the same entities every time

    def ratio(low: int, high: int) -> Decimal:
        return Decimal(chance.randrange(low, high)).scaleb(-3)

    return [
        {
            "group": chance.choice(GROUPS),
            "size": chance.choice(SIZES),
            "completion": ratio(800, 1400),
            "profit": ratio(800, 1300),
            "on_time": ratio(850, 1001),
            "falsified": chance.random() < 0.02,
            "base": Decimal(chance.randrange(10**6, 10**9)).scaleb(-2),
        }
        for _ in range(count)
    ]


# the peers ------------------------------------------------------------------------------------------------------------

D = Decimal
D130, D120, D115, D110, D100, D095, D090 = (D(text) for text in ("1.3", "1.2", "1.15", "1.1", "1", "0.95", "0.9"))
TIER = ((D130, "A", 2), (D120, "A", 3), (D115, "B", 4), (D110, "B", 5), (D100, "C", 6), (D095, "C", 7), (D090, "C", 8))
QUALITY = (
    (D120, D("1.2"), D("1.1")),
    (D110, D("1.1"), D("1.05")),
    (D100, D("1.05"), D("1")),
    (D090, D("0.95"), D("0.9")),
)
FACTOR = {cells: (D(value), n) for n, (cells, value) in enumerate(TABLES["factor"][1], 1)}
LIMIT = D("1e24")


def by_hand(row: Row) -> Outcome:
    """Decide as an experienced programmer would write it, with the same checks and rule numbers."""
    if len(row) != len(NAMES):
        raise ValueError
    group, size, falsified = row["group"], row["size"], row["falsified"]
    completion, profit, on_time, base = row["completion"], row["profit"], row["on_time"], row["base"]
    for number in (completion, profit, on_time, base):
        if type(number) is not Decimal or not -LIMIT < number < LIMIT:
            raise TypeError
    if falsified is not True and falsified is not False:
        raise TypeError
    factor, third = FACTOR[group, size]
    tier, first = "none", 9
    if falsified:
        first = 1
    else:
        for bound, word, number in TIER:
            if completion >= bound:
                tier, first = word, number
                break
    prompt = on_time >= D095
    for index, (bound, high, low) in enumerate(QUALITY):
        if profit >= bound:
            quality, second = (high, 2 * index + 1) if prompt else (low, 2 * index + 2)
            break
    else:
        quality, second = (D("0.8"), 9) if prompt else (D("0.7"), 10)
    rate, fourth = by_hand_rate(tier, quality)
    amount = CONTEXT.multiply(CONTEXT.multiply(CONTEXT.multiply(base, rate), factor), quality)
    return amount.quantize(CENT, ROUND_HALF_UP, CONTEXT), (first, second, third, fourth)


RATES = tuple(D(text) for text in ("0.1", "0.08", "0.05", "0.04", "0.01", "0"))


def by_hand_rate(tier: str, quality: Decimal) -> tuple[Decimal, int]:
    """Return the rate and its rule."""
    if tier == "A":
        return (RATES[0], 1) if quality >= D110 else (RATES[1], 2)
    if tier == "B":
        return (RATES[2], 3) if quality >= D100 else (RATES[3], 4)
    return (RATES[4], 5) if tier == "C" else (RATES[5], 6)


def ours() -> Callable[[Row], Outcome]:
    """Return our compiled evaluator; values and rules are asked for as a caller would."""
    scheme = load(scheme_text())
    evaluate = scheme.evaluate
    amount = len(scheme.inputs) + scheme.value_names.index("amount")
    order = [scheme.table_names.index(name) for name in TABLES]

    def decide(row: Row) -> Outcome:
        values, rules = evaluate(row).raw
        return values[amount], tuple(rules[index][0] for index in order)  # type: ignore[return-value]

    return decide


def settled(row: Row, found: dict[str, Any]) -> Decimal:
    """Reckon and round the amount from the decisions of a peer that has no exact numbers."""
    rate, factor, quality = (Decimal(str(found[name])) for name in ("rate", "factor", "quality"))
    amount = CONTEXT.multiply(CONTEXT.multiply(CONTEXT.multiply(row["base"], rate), factor), quality)
    return amount.quantize(CENT, ROUND_HALF_UP, CONTEXT)


def literal(value: str, name: str) -> str:
    """Write an output as a JSON-like literal."""
    return f'"{value}"' if name in WORDS else value


def zen() -> Callable[[Row], Outcome]:
    """Return zen-engine on the same tables, with its trace for the rule numbers."""
    import zen as engine_module  # noqa: PLC0415 -- an optional peer

    nodes: list[dict[str, Any]] = [{"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}}]
    edges: list[dict[str, str]] = []
    before = "in"
    for name, (columns, rules) in TABLES.items():
        nodes.append(zen_table(name, columns, rules))
        edges.append({"id": f"e{name}", "sourceId": before, "targetId": name, "type": "edge"})
        before = name
    nodes.append({"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}})
    edges.append({"id": "eout", "sourceId": before, "targetId": "out", "type": "edge"})
    decision = engine_module.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def decide(row: Row) -> Outcome:
        plain = {key: float(value) if isinstance(value, Decimal) else value for key, value in row.items()}
        found = decision.evaluate(plain)["result"]
        return settled(row, found), tuple(int(found[f"{name}_rule"]) for name in TABLES)

    return decide


def zen_table(name: str, columns: tuple[str, ...], rules: list[tuple[tuple[str, ...], str]]) -> dict[str, Any]:
    """Write one table as a node of zen's model."""
    rows = []
    for number, (cells, value) in enumerate(rules, 1):
        row = {"_id": f"{name}{number}", "out": literal(value, name), "rule": str(number)}
        for column, cell in zip(columns, cells, strict=True):
            row[column] = "" if cell == "-" else f'"{cell}"' if column in WORDS else cell
        rows.append(row)
    outputs = [{"id": "out", "field": name, "name": name}, {"id": "rule", "field": f"{name}_rule", "name": "rule"}]
    content = {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": column, "field": column, "name": column} for column in columns],
        "outputs": outputs,
        "rules": rows,
    }
    return {"id": name, "type": "decisionTableNode", "name": name, "position": {"x": 0, "y": 0}, "content": content}


def condition(columns: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """Write a rule's cells as one condition of rule-engine."""
    parts: list[str] = []
    for column, cell in zip(columns, cells, strict=True):
        if cell.startswith("["):
            low, high = cell[1:-1].split("..")
            parts.append(f"{column} >= {low} and {column} < {high}")
        elif cell != "-":
            parts.append(
                f'{column} == "{cell}"' if column in WORDS else f"{column} {cell if cell[0] in '<>' else '== ' + cell}"
            )
    return " and ".join(parts) or "true"


def rule_engine() -> Callable[[Row], Outcome]:
    """Return rule-engine: the rules of each table in turn until one matches."""
    import rule_engine as engine  # noqa: PLC0415 -- an optional peer

    tables = {
        name: [
            (engine.Rule(condition(columns, cells)), value if name in WORDS else Decimal(value))
            for cells, value in rules
        ]
        for name, (columns, rules) in TABLES.items()
    }

    def decide(row: Row) -> Outcome:
        found, numbers = dict(row), []
        for name, rules in tables.items():
            for number, (rule, value) in enumerate(rules, 1):
                if rule.matches(found):
                    found[name] = value
                    numbers.append(number)
                    break
        return settled(row, found), tuple(numbers)

    return decide


def spiff() -> Callable[[Row], Outcome]:
    """Return SpiffWorkflow's DMN engine on the same tables."""
    from lxml import etree  # noqa: PLC0415 -- likewise
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine  # noqa: PLC0415 -- an optional peer
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine  # noqa: PLC0415 -- likewise
    from SpiffWorkflow.dmn.parser.DMNParser import DMNParser  # noqa: PLC0415 -- likewise

    engines = {}
    for name in TABLES:
        tree = etree.fromstring(dmn(name))
        parser = DMNParser(None, tree, {"dmn": tree.nsmap[None]}, filename=f"{name}.dmn")
        parser.parse()
        engines[name] = DMNEngine(parser.decision.decisionTables[0])
    scripts = PythonScriptEngine()

    class Task:
        def __init__(self, data: Row) -> None:
            self.data = data
            self.workflow = self
            self.script_engine = scripts

    def decide(row: Row) -> Outcome:
        task = Task({key: float(value) if isinstance(value, Decimal) else value for key, value in row.items()})
        numbers = []
        for engine in engines.values():
            (found,) = list(engine.decide(task))
            task.data.update(found.output_as_dict(task))
            numbers.append(int(str(found.id).removeprefix("r")))
        return settled(row, task.data), tuple(numbers)

    return decide


def dmn(name: str) -> str:
    """Write one table as DMN XML with Python expressions, as SpiffWorkflow reads it."""
    columns, rules = TABLES[name]
    inputs = "".join(
        f'<input id="i{column}" label="{column}"><inputExpression id="e{column}" typeRef="string"><text>{column}</text>'
        "</inputExpression></input>"
        for column in columns
    )
    rows = ""
    for number, (cells, value) in enumerate(rules, 1):
        entries = "".join(
            f'<inputEntry id="c{number}{column}"><text>{spiff_cell(column, cell)}</text></inputEntry>'
            for column, cell in zip(columns, cells, strict=True)
        )
        text = literal(value, name)
        rows += f'<rule id="r{number}">{entries}<outputEntry id="o{number}"><text>{text}</text></outputEntry></rule>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        f'<decision id="{name}" name="{name}"><decisionTable id="t{name}" hitPolicy="UNIQUE">{inputs}'
        f'<output id="out" label="{name}" name="{name}" typeRef="string"/>{rows}'
        "</decisionTable></decision></definitions>"
    )


def spiff_cell(column: str, cell: str) -> str:
    """Write a cell as SpiffWorkflow's Python expressions."""
    if cell == "-":
        return ""
    if cell.startswith("["):
        low, high = cell[1:-1].split("..")
        return f"{low} &lt;= ? &lt; {high}"
    if column in WORDS:
        return f'"{cell}"'
    return {"true": "True"}.get(cell, cell.replace("<", "&lt;").replace(">", "&gt;"))


# measuring ------------------------------------------------------------------------------------------------------------


def cpu(work: Callable[[], object], times: int = 5) -> float:
    """Return the least CPU seconds of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def each(decide: Callable[[Row], Outcome], rows: Iterable[Row]) -> Callable[[], object]:
    """Return work that decides every row."""

    def work() -> None:
        for row in rows:
            decide(row)

    return work


def line(name: str, ratio: float, target: float) -> None:
    """Print one figure; smaller is better."""
    print(f"{name} {ratio:.3f} {target:.3f} {'met' if ratio <= target else 'short'}")


PEERS: tuple[tuple[str, str, str, float, int], ...] = (
    ("zen-engine", "zen", "zen", 1 / 8, 2000),
    ("rule-engine", "rule_engine", "rule_engine", 1 / 25, 300),
    ("SpiffWorkflow", "SpiffWorkflow", "spiff", 1 / 150, 60),
)


def compare(decide: Callable[[Row], Outcome], peer: Callable[[Row], Outcome], rows: list[Row]) -> None:
    """Compare results to the cent and the rules that gave them."""
    for row in rows:
        assert decide(row) == peer(row), (row, decide(row), peer(row))


def peers(decide: Callable[[Row], Outcome], rows: list[Row]) -> None:
    """Measure the peers that are installed."""
    compare(decide, by_hand, rows)
    line("rules/hand-written", cpu(each(decide, rows)) / cpu(each(by_hand, rows)), 1.3)
    for name, module, maker, target, count in PEERS:
        if importlib.util.find_spec(module) is None:
            print(f"rules/{name} not run: {name} missing")
            continue
        peer = globals()[maker]()
        some = rows[:count]
        compare(decide, peer, some)
        line(f"rules/{name}", cpu(each(decide, some)) / cpu(each(peer, some), 3), target)


def sql_case(name: str) -> str:
    """Write one table as a CASE."""
    columns, rules = TABLES[name]
    whens = " ".join(
        f"WHEN {condition(columns, cells).replace('==', '=').replace(chr(34), chr(39))} THEN "
        f"{literal(value, name).replace(chr(34), chr(39)) if name in WORDS else f'CAST({value} AS DECIMAL(9,4))'}"
        for cells, value in rules
    )
    return f"CASE {whens} END"


def duck(rows: list[Row]) -> None:
    """Measure a million entities against DuckDB reckoning inside its table on one thread."""
    if importlib.util.find_spec("duckdb") is None:
        print("rules/duckdb-in-table not run: duckdb missing")
        return
    import duckdb  # noqa: PLC0415 -- an optional peer

    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        'CREATE TABLE e("group" VARCHAR, size VARCHAR, completion DECIMAL(9,3), profit DECIMAL(9,3), '
        "on_time DECIMAL(9,3), falsified BOOLEAN, base DECIMAL(18,2))"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("\n".join(",".join(str(row[name]) for name in NAMES) for row in rows))
    connection.execute(f"COPY e FROM '{file.name}' (HEADER false)")
    Path(file.name).unlink()
    connection.execute("INSERT INTO e SELECT e.* FROM e, range(999999 // (SELECT count(*) FROM e))")
    cases = {name: sql_case(name).replace("group", '"group"') for name in ("tier", "quality", "factor")}
    query = (
        f"CREATE OR REPLACE TABLE r AS SELECT tier, quality, factor, {sql_case('rate')} AS rate, "
        f"CAST(CAST(base AS DECIMAL(38,2)) * {sql_case('rate')} * factor * quality AS DECIMAL(18,2)) AS amount FROM "
        f"(SELECT *, {cases['tier']} AS tier, {cases['quality']} AS quality, {cases['factor']} AS factor FROM e)"
    )
    theirs = cpu(lambda: connection.execute(query), 3)
    evaluate = load(scheme_text()).evaluate
    whole = (rows * (1_000_000 // len(rows) + 1))[:1_000_000]
    line("rules/duckdb-in-table", cpu(lambda: [evaluate(row) for row in whole], 1) / theirs, 8)


def main() -> None:
    """Print every figure."""
    rows = entities(2000)
    decide = ours()
    peers(decide, rows)
    duck(rows)
    loading = cpu(lambda: load(scheme_text()), 10)
    line("rules/load-and-proof-seconds", loading, 0.020)
    jilin = load((Path(__file__).parents[1] / "config/schemes/jilin-2005-example.yaml").read_text(encoding="utf-8"))
    year = province_year()
    line("rules/what-if-province-year-seconds", cpu(lambda: [jilin.assess(month) for month in year], 3), 1)


def province_year() -> list[dict[str, Row]]:
    """Make 12 months of a province: 9 prefectures, 16 key and 47 increment enterprises."""
    chance = random.Random(73)  # noqa: S311 -- the same year every time
    groups = ["prefecture"] * 9 + ["key_enterprise"] * 16 + ["increment_enterprise"] * 47

    def row(group: str) -> Row:
        rates = (Decimal(chance.randrange(800, 1300)).scaleb(-3) for _ in range(2))
        names = ("completion", "benefit_completion")
        return {
            "group": group,
            **dict(zip(names, rates, strict=True)),
            "on_time_ratio": Decimal(chance.randrange(80, 101)).scaleb(-2),
            "falsified": chance.random() < 0.02,
            "has_target": True,
        }

    return [{f"{index:03d}": row(group) for index, group in enumerate(groups)} for _ in range(12)]


if __name__ == "__main__":
    main()
