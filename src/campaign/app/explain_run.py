"""Awards and ranks: from what an entity won to the clause, the rules that matched, the inputs, and their events."""

import re
from collections.abc import Iterator

from campaign.app import assess
from campaign.app.access import whole
from campaign.app.session import Session
from campaign.app.steps import FEW, Explained, events, name_of, proven_campaign, some
from campaign.domain.state import Run
from campaign.problems import Place, Problem, Problems, T, Text, nearest
from campaign.rules.reasons import AwardSeen, Because, Explanation, PlaceSeen, RuleSeen

LONG_FRACTION = re.compile(r"(\d\.\d{10})\d+")


def award(session: Session, name: str) -> Explained:
    """Explain the award NAME. Raises Problems (`award-unknown`)."""
    awards = proven_campaign(session).awards
    if name not in awards:
        message = T("there is no award {award}", award=name)
        fix = nearest(name, awards) if awards else T("put one forward with `campaign award propose`")
        raise Problems([Problem("award-unknown", message, fix, Place(field="what"))])
    award = awards[name]
    title = T(
        "award {award}: {amount} yuan to {entity}, {status}",
        award=name,
        amount=award.amount_yuan,
        entity=name_of(session, award.entity),
        status=award.status,
    )
    decided = (award.decided_position,) if award.decided_position else ()
    steps = (
        *events(session, (award.position, *decided)),
        rank(session, f"{award.run}/{award.entity}"),
    )
    return Explained(title, positions=(award.position, *decided), because=steps)


def rank(session: Session, name: str) -> Explained:
    """Explain what RUN/ENTITY, or the last run's /ENTITY, came to.

    Raises Problems: `run-unknown`, `not-assessed`, and `not-permitted` for who sees a part: a rank is among all.
    """
    whole(session.log, session.key)
    run, _, entity = name.rpartition("/")
    proven_campaign(session)
    recorded = assess.run_of(session, run)
    found = assess.reasons(session, recorded, entity)
    title = T(
        "{entity} in run {run} ({basis} figures, log position {at})",
        entity=name_of(session, entity),
        run=recorded.run,
        basis=recorded.basis,
        at=recorded.log_position,
    )
    where = f"{found.scheme} sha256 {found.sha256} {found.clause}"
    steps = (*_reasons(found), *_ahead(session, recorded, entity), *_given(session, found))
    return Explained(title, where, (recorded.position,), steps)


def _reasons(found: Explanation) -> Iterator[Explained]:
    if found.notice:
        yield Explained(T("note: {notice}", notice=found.notice))
    if found.award is not None:
        yield _paid(found.award)
    for because in found.because:
        yield _because(because, found.scheme)
    for near in found.nearer:
        yield Explained(
            T(
                "{input} {change} would reach {what} {reaches}",
                input=near.input,
                change=brief(near.change),
                what=near.decision,
                reaches=near.reaches,
            )
        )


def _given(session: Session, found: Explanation) -> Iterator[Explained]:
    for fact in found.given:
        positions = tuple(sorted(int(mark.removeprefix("#")) for mark in fact.origin.split()))
        title = T("given {name} = {value}", name=fact.label or fact.name, value=brief(fact.value))
        yield Explained(title, positions=positions, because=tuple(some(session, positions)))


def _ahead(session: Session, recorded: Run, entity: str) -> Iterator[Explained]:
    """Name those just ahead in the entity's own group; nobody where it has no rank."""
    outcome = assess.shown(session, recorded.run)[1].entities
    own = outcome[entity]
    better = [
        (line.rank, name)
        for name, line in outcome.items()
        if line.group == own.group and line.rank and own.rank and line.rank < own.rank
    ]
    for rank, name in sorted(better)[-FEW:]:
        title = T("ahead of it: {name}, rank {rank}", name=name_of(session, name), rank=rank)
        yield Explained(title, f"rank:{recorded.run}/{name}")


def _paid(award: AwardSeen) -> Explained:
    title = T("paid {award} of {claimed} claimed", award=award.award, claimed=award.claimed)
    steps = [Explained(T("{name} = {value}", name=fact.label or fact.name, value=fact.value)) for fact in award.of]
    if award.pool:
        steps.append(
            Explained(
                T(
                    "pool {pool}, claims {claims}, factor {factor}, remainder {remainder}",
                    pool=award.pool,
                    claims=award.pool_claimed,
                    factor=brief(award.factor or "1"),
                    remainder=award.remainder or "0",
                )
            )
        )
    steps += [Explained(T("stopped: {because}", because=because)) for because in award.stopped]
    return Explained(title, award.clause, because=tuple(steps))


def _because(because: Because, scheme: str) -> Explained:
    where = _where(scheme, because.line, because.clause)
    return Explained(_holds(because), where, because=tuple(_steps(because, scheme)))


def _holds(because: Because) -> Text:
    name, holds = because.label or because.name, because.value == "true"
    match because.how:
        case "veto" if holds:
            return T("veto: {name}", name=name)
        case "veto":
            return T("no veto: {name}", name=name)
        case "gate" if holds:
            return T("gate open: not {name}", name=name)
        case "gate":
            return T("gate shut: {name}", name=name)
        case _:
            return T("{name} = {value}", name=name, value=brief(because.value))


def _where(scheme: str, line: int, clause: str) -> str:
    """Name the line of the scheme's own text, whatever file it was once read from."""
    return f"{scheme}.yaml:{line} {clause}".strip() if line else clause


def brief(text: str) -> str:
    """Cut what lies beyond ten decimal places of a quotient, and mark the cut; machine output keeps every digit."""
    return LONG_FRACTION.sub(r"\1…", text)


def _steps(because: Because, scheme: str) -> Iterator[Explained]:
    if because.formula:
        yield Explained(T("{formula}  →  {reckoned}", formula=because.formula, reckoned=brief(because.reckoned)))
    for rule in because.matched:
        yield Explained(_matched(rule), _where(scheme, rule.line, rule.clause))
    if because.place is not None:
        yield _placed(because.place)
    if because.rounding is not None:
        rounding = because.rounding
        yield Explained(
            T(
                "rounded from {before} to {digits} digits, {mode}",
                before=brief(rounding.before),
                digits=rounding.digits,
                mode=rounding.mode,
            )
        )
    for hand in because.by_hand:
        yield Explained(
            T(
                "adjusted by {amount}, by {authority}: {reason}",
                amount=hand.amount,
                authority=hand.authority,
                reason=hand.reason,
            )
        )


def _matched(rule: RuleSeen) -> Text:
    cells = "; ".join(f"{cell.column} {cell.test} ({brief(cell.value)})" for cell in rule.cells if cell.test != "-")
    named = {"number": rule.number, "note": rule.note, "cells": cells}
    match bool(rule.note), bool(cells):
        case True, True:
            return T("rule {number} ({note}): {cells}", **named)
        case True, False:
            return T("rule {number} ({note}), whatever is given", **named)
        case False, True:
            return T("rule {number}: {cells}", **named)
        case _:
            return T("rule {number}, whatever is given", **named)


def _placed(place: PlaceSeen) -> Explained:
    if not place.rank:
        return Explained(T("not ranked; {of} of its group are", of=place.of))
    keys = [T("by {name} = {value}", name=key.label or key.name, value=brief(key.value)) for key in place.keys]
    shared = [T("shared with {names}", names=", ".join(place.tied))] if place.tied else []
    steps = tuple(Explained(text) for text in (*keys, *shared))
    return Explained(T("rank {rank} of {of}", rank=place.rank, of=place.of), because=steps)
