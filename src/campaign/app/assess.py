"""Assessment: the states at a position go through the adopted scheme, and the result is recorded or only shown."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from campaign.app import replay
from campaign.app.access import whole
from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.domain import assessment, outcomes
from campaign.domain.commands import AdoptScheme, RecordAssessment
from campaign.domain.definition import sha256
from campaign.domain.outcomes import Outcomes
from campaign.domain.state import AdoptedScheme, CampaignState, Context, EntityState, Run
from campaign.domain.supply import Inputs
from campaign.problems import Place, Problem, Problems, Refused, T, nearest
from campaign.rules import Scheme
from campaign.rules.reasons import Explanation


class Position(msgspec.Struct, frozen=True):
    """What an assessment looks at: the states as of a position, and the day that position was written."""

    at: int
    on: date
    states: Mapping[str, EntityState]
    context: Context


def run(
    session: Session, who: Who, *, run: str, basis: Literal["provisional", "final"], dry_run: bool = False
) -> Reply:
    """Assess the log as it stands by the last adopted scheme, and record the result under the id RUN.

    Refused without an adopted scheme (R-22).  Raises Problems naming every entity and input that is not known.
    """
    scheme = adopted(session)
    here = present(session)
    found = result(scheme.text, here, basis) if scheme else "{}"
    command = RecordAssessment(run, scheme.sha256 if scheme else "", here.at, basis, found)
    return handle(session, [command], who, dry_run=dry_run)


def adopted(session: Session) -> AdoptedScheme | None:
    """Return the last adopted scheme."""
    schemes = session.campaign().schemes
    return schemes[-1] if schemes else None


def result(text: str, here: Position, basis: Literal["provisional", "final"]) -> str:
    """Return the canonical result of the scheme TEXT over a position."""
    return assessment.assess(text, _drawn(text, here, basis).rows)


def _drawn(text: str, here: Position, basis: Literal["provisional", "final"]) -> Inputs:
    return assessment.inputs(text, here.states, here.context, here.on, basis)


def present(session: Session) -> Position:
    """Return the states as of the head; read again if somebody writes in between.

    Raises Problems (code `not-permitted`) for a login that sees a part: ranks and pools are of all, or they are wrong.
    """
    whole(session.log, session.key)
    while True:
        head, states, context = session.log.head(), session.entities(), session.context()
        last = session.log.last_recorded_at() or session.instant()
        if session.log.head() == head:
            return Position(head, last.astimezone(_zone(context)).date(), states, context)


def past(session: Session, position: int) -> Position:
    """Return the states as of an earlier position, folded from the events. Raises Problems as `present` does."""
    return pasts(session, [position])[position]


def pasts(session: Session, positions: Iterable[int]) -> dict[int, Position]:
    """Return the states as of some earlier positions, folded from the events once. Raises Problems as `past` does."""
    whole(session.log, session.key)
    asked = [replay.resolve(session, to=position) for position in positions]
    return {then.position: seen(session, then) for then in replay.pasts(session, asked)}


def seen(session: Session, then: replay.Past) -> Position:
    """Return the states as they were folded up to a position."""
    instant = then.recorded_at or session.instant()
    return Position(then.position, instant.astimezone(_zone(then.context)).date(), then.entities, then.context)


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.definition.campaign.time_zone if context.definition else "UTC")


def run_of(session: Session, name: str) -> Run:
    """Return the recorded run NAME, by default the last. Raises Problems (`run-unknown`)."""
    runs = session.campaign().runs
    if not name and runs:
        return list(runs.values())[-1]
    if name in runs:
        return runs[name]
    fix = nearest(name, runs) if runs else T("record one with `campaign assess run`")
    message = T("there is no run {run}", run=name) if name else T("nothing has been assessed yet")
    raise Problems([Problem("run-unknown", message, fix, Place(field="run"))])


def shown(session: Session, name: str = "") -> tuple[Run, Outcomes]:
    """Return a recorded run and what it gave each entity."""
    recorded = run_of(session, name)
    found = outcomes.read(recorded.result)
    if isinstance(found, Refused):
        raise Problems(found.reasons)
    return recorded, found


def winners(session: Session, name: str = "") -> list[str]:
    """Return who won an award in a run, by group and rank."""
    _, found = shown(session, name)
    won = [(entry.group, entry.rank or 0, entity) for entity, entry in found.entities.items() if entry.award > 0]
    return [entity for _, _, entity in sorted(won)]


def reproduced(session: Session, name: str = "") -> bool:
    """Whether the run's result comes out again, to the byte, from its scheme's hash and its log position alone."""
    recorded = run_of(session, name)
    return comes_out(recorded, past(session, recorded.log_position), session.campaign())


def comes_out(recorded: Run, then: Position, campaign: CampaignState) -> bool:
    """Whether the result of a run of CAMPAIGN comes out again THEN. Raises Problems (`integrity-result`)."""
    scheme = _scheme_of(campaign, recorded)
    basis: Literal["provisional", "final"] = "final" if recorded.basis == "final" else "provisional"
    return result(scheme.text, then, basis) == recorded.result


def _scheme_of(campaign: CampaignState, recorded: Run) -> AdoptedScheme:
    for line in campaign.schemes:
        if line.sha256 == recorded.scheme_sha256:
            return line
    message = T("the scheme {sha256} of run {run} was never adopted", sha256=recorded.scheme_sha256, run=recorded.run)
    raise Problems([Problem("integrity-result", message, T("see what is wrong with `campaign audit verify`"))])


def reasons(session: Session, recorded: Run, entity: str) -> Explanation:
    """Return the reasons for one entity's result in a run, with the positions of the events behind each input."""
    scheme = _scheme_of(session.campaign(), recorded)
    basis: Literal["provisional", "final"] = "final" if recorded.basis == "final" else "provisional"
    drawn = _drawn(scheme.text, past(session, recorded.log_position), basis)
    if entity not in drawn.rows:
        why = drawn.left_out.get(entity)
        message = why or T("the run {run} did not assess {entity}", run=recorded.run, entity=entity)
        raise Problems([Problem("not-assessed", message, nearest(entity, drawn.rows), Place(field="entity"))])
    return assessment.explain(scheme.text, drawn, entity)


def read_scheme(path: Path) -> tuple[Scheme, str]:
    """Read and prove a scheme file; return it with its text. Raises Problems with everything that is wrong with it."""
    from campaign.files.reading import read_text
    from campaign.rules import load

    text = read_text(path)
    return load(text, str(path)), text


def adopt_scheme(  # noqa: PLR0913 -- each is a separate choice of the admin
    session: Session, path: Path, who: Who, *, document: str = "", reason: str = "", dry_run: bool = False
) -> Reply:
    """Adopt a scheme file by its own command: the text, its hash and the document it rests on (R-22)."""
    scheme, text = read_scheme(path)
    command = AdoptScheme(scheme.name, sha256(text), text, document, reason)
    return handle(session, [command], who, dry_run=dry_run)
