"""Collect every T("…") of the sources into the .po files, keeping the translations that are there.

Run by `make catalogue`; needs Babel, which the program itself never does.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from campaign.messages import LOCALE, Catalogue

ROOT = Path(__file__).parents[3]
SOURCES = ("src", "cli")
CHINESE = LOCALE / "zh" / "LC_MESSAGES" / "campaign.po"
PROJECT = "campaign"
WIDTH = 120
HEADER = "# What a person reads, in Chinese. Terms follow the glossary: one term, one identifier."
UNSTABLE = (
    "Project-Id",
    "Report-Msgid",
    "POT-Creation",
    "PO-Revision",
    "Last-Translator",
    "Language-Team",
    "Generated",
)


def messages(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield (message, file) for every T("…") below ROOT's source folders, file by file."""
    for folder in SOURCES:
        found = extract_from_dir(root / folder, [("**.py", "python")], keywords={"T": None}, comment_tags=())
        for name, _line, message, _comments, _context in found:
            if isinstance(message, str) and message:
                yield message, f"{folder}/{Path(name).as_posix()}"


def template(root: Path = ROOT) -> Catalog:
    """Return the catalogue of all messages, untranslated; places name files but no lines, so that it changes seldom."""
    catalog = Catalog(project=PROJECT, charset="utf-8")
    for message, file in sorted(messages(root), key=lambda pair: (pair[1], pair[0])):
        catalog.add(message, locations=[(file, 0)])
    return catalog


def read(path: Path) -> Catalog:
    """Read a .po file."""
    with path.open("rb") as source:
        return read_po(source, domain=PROJECT, abort_invalid=True)


def catalogue_of(path: Path) -> Catalogue:
    """Return what the .po at PATH says, without compiling it."""
    said = {message.id: message.string for message in read(path) if message.id and message.string}
    return Catalogue(path.parent.parent.name, lambda text: str(said.get(text, text)))


def update(path: Path, root: Path = ROOT) -> Catalog:
    """Bring the .po at PATH up to the sources: new messages untranslated, gone ones dropped, none guessed."""
    catalog = read(path)
    before = {message.id: message.string for message in catalog if message.id}
    fresh = Catalog(locale=catalog.locale, project=PROJECT, charset="utf-8", fuzzy=False, header_comment=HEADER)
    for message in template(root):
        if message.id:
            fresh.add(message.id, before.get(message.id, ""), locations=message.locations)
    path.write_bytes(written(fresh))
    return fresh


def written(catalog: Catalog) -> bytes:
    """Write CATALOG as .po text in a form that does not change without a reason."""
    target = BytesIO()
    write_po(target, catalog, width=WIDTH, include_lineno=False, ignore_obsolete=True, sort_by_file=True)
    lines = target.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.decode().startswith(tuple(f'"{name}' for name in UNSTABLE)))


def main(locale: Path = LOCALE) -> None:
    """Update every .po of LOCALE and say what waits for a translator."""
    for path in sorted(locale.rglob("*.po")):
        catalog = update(path)
        missing = [message.id for message in catalog if message.id and not message.string]
        print(f"{path.relative_to(locale)}: {len(catalog)} messages, {len(missing)} to translate")  # noqa: T201 -- a tool


if __name__ == "__main__":
    main()
