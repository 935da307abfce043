"""Tests of when figures were changed: after rankings were seen, or many at once after their day (R-46, R-47)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from campaign.domain import schedule
from campaign.domain.series import Edit, Look, Suspicion
from campaign.domain.state import CampaignState
from campaign.problems import T, Text


class Seen(NamedTuple):
    """A ranking that could be seen from POSITION on, made from the log up to CUTOFF."""

    name: str
    cutoff: int
    position: int


def rankings(campaign: CampaignState) -> list[Seen]:
    """Return every ranking that was ever seen, the earliest first: assessments, and bulletins in all their editions."""
    runs = [Seen(run.run, run.log_position, run.position) for run in campaign.runs.values()]
    bulletins = [
        Seen(name, edition.cutoff_position, edition.position)
        for name, editions in campaign.bulletins.items()
        for edition in editions
    ]
    return sorted((*runs, *bulletins), key=lambda seen: seen.position)


def edit_after_ranking(look: Look) -> Iterator[Suspicion]:
    """Find an edit of figures that had already entered a ranking which everyone could see."""
    seen = rankings(look.campaign)
    for edit in look.trace.edits:
        line = look.trace.state.reports[edit.report]
        earlier = [entry for entry in seen if line.position <= entry.cutoff and entry.position < edit.position]
        if earlier and _looked_at(look, edit):
            first = earlier[0]
            message = T(
                "{report} of {period} was changed after {ranking} was seen",
                report=edit.report,
                period=edit.period,
                ranking=first.name,
            )
            values = (f"{edit.report} {edit.period}", f"ranking={first.name}")
            yield _suspect(look, [edit], values, message, (line.position, first.position))


def late_edits(look: Look) -> Iterator[Suspicion]:
    """Find many edits close together, each after the last day of its period."""
    late = [
        (look.day(edit.recorded_at), edit) for edit in look.trace.edits if _looked_at(look, edit) and _late(look, edit)
    ]
    cluster: list[tuple[date, Edit]] = []
    for day, edit in late:
        if cluster and day - cluster[0][0] > timedelta(days=look.check.within_days):
            yield from _clustered(look, cluster)
            cluster = []
        cluster.append((day, edit))
    yield from _clustered(look, cluster)


def _clustered(look: Look, cluster: list[tuple[date, Edit]]) -> Iterator[Suspicion]:
    if len(cluster) >= look.check.at_least:
        first, last = cluster[0][0], cluster[-1][0]
        message = T("{count} late edits from {first} to {last}", count=len(cluster), first=first, last=last)
        edits = [edit for _, edit in cluster]
        values = tuple(f"{day} {edit.report} {edit.period}" for day, edit in cluster)
        yield _suspect(look, edits, values, message, (), str(look.check.at_least))


def _looked_at(look: Look, edit: Edit) -> bool:
    return not look.check.obligations or edit.obligation in look.check.obligations


def _late(look: Look, edit: Edit) -> bool:
    for owed in schedule.owed_by(look.trace.state, look.definition):
        if (owed.obligation, owed.period) == (edit.obligation, edit.period):
            return look.day(edit.recorded_at) > schedule.last_on(owed, look.definition)
    return False


def _suspect(  # noqa: PLR0913, PLR0917 -- what a suspicion states
    look: Look,
    edits: list[Edit],
    values: tuple[str, ...],
    statement: Text,
    events: tuple[int, ...],
    threshold: str = "",
) -> Suspicion:
    single = edits[0] if len(edits) == 1 else None
    return Suspicion(
        check=look.check.id,
        test=look.check.test,
        kind=look.check.finding,
        entity=look.entity,
        statement=statement,
        values=values,
        events=tuple(sorted({*events, *(edit.position for edit in edits)})),
        threshold=threshold,
        report=single.report if single else "",
        period=single.period if single else "",
    )
