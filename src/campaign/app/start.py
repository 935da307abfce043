"""A campaign folder to start from: the commented template, or what a store adopted."""

from pathlib import Path

from campaign.app import schemas, versions
from campaign.app.session import Session
from campaign.files import starter
from campaign.problems import Place, Problem, Problems, T


def begin(folder: Path, year: int, source: Session | None = None, *, dry_run: bool = False) -> None:
    """Make FOLDER for a campaign of YEAR; from SOURCE, the definition adopted there and its entities.

    Raises Problems: folder-exists, and no-version where the source adopted nothing.
    """
    if folder.exists():
        message = T("{path} exists already", path=folder)
        fix = T("name another path, or remove it")
        raise Problems([Problem("folder-exists", message, fix, Place(file=str(folder)))])
    files: dict[str, str | bytes] = dict(starter.texts(year))
    if source is None:
        files |= starter.rosters()
    else:
        files = {"README.md": files["README.md"]}
        files |= {file.name: file.text for file in versions.adopted(source).files}
        files |= starter.rosters(starter.rows_of(source.entities().values()))
    if not dry_run:
        starter.write(folder, files)
        schemas.write(folder)
