"""The reference pages, written from the commands themselves: `python -m campaign_cli.reference` writes them."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from campaign.messages import Catalogue
from campaign.problems import Text
from campaign_cli.call import Argument, Call, Option, global_options
from campaign_cli.commands import Branch, Leaf, Verb, load
from campaign_cli.exits import BY_CODE, MEANING, Exit
from campaign_cli.help import metavar, names, option_help, shared_names
from campaign_cli.output import Column
from campaign_cli.tree import TREE

PAGES = Path(__file__).parents[2] / "docs" / "reference"
WRITTEN = "Written from the code by `python -m campaign_cli.reference`; do not edit it here."


def render() -> str:
    """Return the page of all commands, docs/reference/cli.md."""
    return "\n".join(_page()) + "\n"


def known() -> dict[str, frozenset[str]]:
    """Return every noun with its verbs; a noun that is a command itself has none."""
    return {noun: frozenset(entry.verbs) if isinstance(entry, Branch) else frozenset() for noun, entry in TREE.items()}


def _page() -> Iterator[str]:
    call = Call()
    yield "# The command line"
    yield ""
    yield WRITTEN
    yield ""
    yield "Data goes to stdout, all else to stderr. Exit codes: [exit-codes.md](exit-codes.md)."
    yield ""
    yield "## Options that hold everywhere"
    yield ""
    yield "They stand before the noun or after the verb."
    yield ""
    yield from _options(call, global_options())
    for noun, entry in TREE.items():
        yield from _noun(call, noun, entry)


def _noun(call: Call, noun: str, entry: Leaf | Branch) -> Iterator[str]:
    yield ""
    yield f"## {noun}"
    yield ""
    yield _both(entry.help)
    if isinstance(entry, Leaf):
        yield from _verb(call, f"campaign {noun}", load(noun, entry))
        return
    for name, leaf in entry.verbs.items():
        yield ""
        yield f"### {noun} {name}"
        yield ""
        yield _both(leaf.help)
        yield from _verb(call, f"campaign {noun} {name}", load(name, leaf))


def _verb(call: Call, path: str, verb: object) -> Iterator[str]:
    assert isinstance(verb, Verb)  # noqa: S101 -- leaves make verbs
    arguments = [param for param in verb.params if isinstance(param, Argument)]
    shared = shared_names()
    options = [param for param in verb.params if isinstance(param, Option) and param.name not in shared]
    yield ""
    yield "    " + " ".join([path, *map(metavar, arguments), "[OPTIONS]"])
    for text in verb.more:
        yield ""
        yield _both(text)
    if arguments or options:
        yield ""
    yield from (f"- `{metavar(param)}`: {_both(param.text)}" for param in arguments)
    yield from _options(call, options)
    yield ""
    yield f"Example: `{verb.example}`"


def _options(call: Call, options: list[Option]) -> Iterator[str]:
    for param in options:
        english, translated = option_help(call.say, param), option_help(_chinese().say, param)
        yield f"- `{names(param)}`: {english}" + (f" · {translated}" if translated != english else "")


def _both(text: Text) -> str:
    english, translated = str(text), _chinese().say(text)
    return english if english == translated else f"{english} · {translated}"


@lru_cache(maxsize=1)
def _chinese() -> Catalogue:
    """Read the .po itself: the compiled file of a source tree may be older."""
    from campaign.messages.extract import CHINESE, catalogue_of

    return catalogue_of(CHINESE)


def exit_codes() -> str:
    """Return the page of exit codes, docs/reference/exit-codes.md."""
    lines = [
        "# Exit codes",
        "",
        "Written from the code by `python -m campaign_cli.reference`; do not edit it here.",
        "",
    ]
    lines += ["| code | meaning | 含义 |", "|---|---|---|"]
    lines += [f"| {int(code)} | {text} | {_chinese().say(text)} |" for code, text in MEANING.items()]
    lines += ["", "Problems that end a command otherwise than with 3:", ""]
    lines += [f"- `{problem}`: {int(code)}" for problem, code in sorted(BY_CODE.items())]
    lines += [f"- codes that begin with `integrity-`: {int(Exit.INTEGRITY)}", ""]
    lines += [
        "A refusal ends with 1, or with 6 when the actor was not permitted to ask. Every problem is a line on stderr,",
        "`place: CODE message (remedy)`; with `--format json` it is one JSON document with `schema`, `exit_code` and",
        "`problems`, each with `code`, `message`, `fix`, `place`, `rule`, and the message's `template` and `values`.",
    ]
    return "\n".join(lines) + "\n"


def output() -> str:
    """Return the page of the machine output's fields, docs/reference/output.md."""
    lines = ["# Machine output", "", WRITTEN, "", *ENVELOPE]
    for module in sorted(path.stem for path in (Path(__file__).parent / "nouns").glob("[a-z]*.py")):
        found = vars(import_module(f"campaign_cli.nouns.{module}"))
        tables = {name: value for name, value in found.items() if name.isupper() and _columns(value)}
        if tables:
            lines += ["", f"## {module}"]
        for name, columns in tables.items():
            lines += ["", f"### {module}: {name.lower().replace('_', ' ')}", ""]
            lines += [f"- `{column.field}`: {_both(column.heading)}" for column in columns]
    return "\n".join(lines) + "\n"


def _columns(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(part, Column) for part in value)


ENVELOPE = (
    "`--format json` gives one document: `schema` (the version of these names, now 1), `kind`, `rehearsal` and",
    "`synthetic` (whether the clock is simulated and the figures made up), `partial` where a login sees only a part",
    "of the log, and `rows`, a list with the fields below; a thing by itself has its fields at the top and its lists",
    "by name. `--format jsonl` gives one document a line, each with `schema`. `--format csv` has the fields' names in",
    "its first line; the lists of a thing by itself follow below, each after an empty line and `# NAME`. Days are ISO",
    "(`2005-08-17`), instants ISO with offset, decimals text without exponent, exactly as recorded; words such as",
    "`approved` are never translated.",
    "",
    "A field may be added; one that is here keeps its name and meaning while `schema` stays the same. Where several",
    "modules show a thing alike, the fields stand under each.",
)


def main(folder: Path = PAGES) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cli.md").write_text(render(), encoding="utf-8")
    (folder / "exit-codes.md").write_text(exit_codes(), encoding="utf-8")
    (folder / "output.md").write_text(output(), encoding="utf-8")


if __name__ == "__main__":
    main()
