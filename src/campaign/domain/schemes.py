"""Assessment schemes and runs (R-22): a scheme is adopted by its own command, and only an adopted one is run."""

from collections.abc import Iterator

import msgspec

from campaign.domain import outcomes
from campaign.domain.adoption import hash_matches
from campaign.domain.commands import AdoptScheme, Asked, RecordAssessment
from campaign.domain.definition import sha256
from campaign.domain.events import AssessmentRecorded, Recorded, SchemeAdopted
from campaign.domain.outcomes import Outcomes
from campaign.domain.situation import Decision, blanks, nothing_changes, problem, settle
from campaign.domain.state import AdoptedScheme, CampaignState, Context, Run
from campaign.problems import Problem, Refused, T, refuse


def adopt_scheme(command: AdoptScheme, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Adopt a scheme that can be read and has the hash named; earlier ones stay and can still be run."""
    last = current(state, command.scheme)
    if last is not None and last.sha256 == command.sha256:
        return nothing_changes(T("this text is the adopted one of the scheme {scheme}", scheme=command.scheme))
    reasons = [
        *blanks(scheme=command.scheme, text=command.text),
        *hash_matches(command.sha256, command.text, "scheme"),
        *_readable(command),
    ]
    event = SchemeAdopted(command.scheme, command.sha256, command.text, command.document, command.reason)
    return settle(reasons, event)


def _readable(command: AdoptScheme) -> tuple[Problem, ...]:
    from campaign.domain.assessment import flaws  # noqa: PLC0415 -- only adopting a scheme needs the rules engine

    return flaws(command.text, command.scheme)


def current(state: CampaignState, scheme: str = "") -> AdoptedScheme | None:
    """Return the scheme of that name that was adopted last, or the last of all; None if there is none."""
    adopted = [line for line in state.schemes if scheme in {"", line.scheme}]
    return adopted[-1] if adopted else None


def record(command: RecordAssessment, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Record a run of an adopted scheme beside the earlier ones."""
    if not state.schemes:
        message = T("no assessment scheme has been adopted")
        fix = T("adopt one with `campaign scheme adopt FILE`; the plan leaves it to be made separately")
        return refuse("no-scheme", message, fix, rule="R-22", field="scheme_sha256")
    result = outcomes.read(command.result)
    scheme = next((line for line in state.schemes if line.sha256 == command.scheme_sha256), None)
    reasons = [*_run(command, state), *_adopted(command, scheme), *_made_by_it(command, result)]
    if reasons or scheme is None:
        return Refused(tuple(reasons))
    return (
        AssessmentRecorded(
            run=command.run,
            scheme=scheme.scheme,
            scheme_sha256=scheme.sha256,
            log_position=command.log_position,
            basis=command.basis,
            result=command.result,
            result_sha256=sha256(command.result),
        ),
    )


def _run(command: RecordAssessment, state: CampaignState) -> Iterator[Problem]:
    yield from blanks(run=command.run)
    if command.run in state.runs:
        message = T("the run {run} is recorded already and stays as it is", run=command.run)
        yield problem("run-exists", message, T("record it under another id"), field="run")
    if command.log_position < 1:
        message = T("{position} is no position of the log", position=command.log_position)
        yield problem("position-impossible", message, T("give the position it was run at"), field="log_position")


def _adopted(command: RecordAssessment, scheme: AdoptedScheme | None) -> Iterator[Problem]:
    if scheme is None:
        message = T("no scheme with the hash {sha256} was adopted", sha256=command.scheme_sha256)
        fix = T("adopt it first with `campaign scheme adopt FILE`")
        yield problem("scheme-not-adopted", message, fix, field="scheme_sha256", rule="R-22")


def _made_by_it(command: RecordAssessment, result: Outcomes | Refused) -> Iterator[Problem]:
    if isinstance(result, Refused):
        yield from result.reasons
    elif result.sha256 != command.scheme_sha256:
        message = T("the result was made by the scheme with the hash {found}", found=result.sha256)
        fix = T("run the scheme named, or name the one that was run")
        yield problem("result-of-another-scheme", message, fix, field="result")


def scheme_adopted(state: CampaignState, event: SchemeAdopted, row: Recorded) -> CampaignState:
    """Fold an adoption."""
    adopted = AdoptedScheme(event.scheme, event.sha256, event.text, row.position, event.document)
    return msgspec.structs.replace(state, schemes=(*state.schemes, adopted))


def recorded(state: CampaignState, event: AssessmentRecorded, row: Recorded) -> CampaignState:
    """Fold a run."""
    run = Run(
        event.run,
        event.scheme,
        event.scheme_sha256,
        event.log_position,
        event.basis,
        event.result,
        event.result_sha256,
        row.position,
    )
    return msgspec.structs.replace(state, runs={**state.runs, run.run: run})
