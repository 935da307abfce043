"""From a result down to clause, rule, figure and event: every step names the positions of the events behind it."""

from collections.abc import Callable
from datetime import date

from campaign.app.access import whole
from campaign.app.explain_bulletin import bulletin
from campaign.app.explain_gate import gate
from campaign.app.explain_mark import mark
from campaign.app.explain_report import figure, finding, report, target
from campaign.app.explain_run import award, rank
from campaign.app.session import Session
from campaign.app.steps import Explained, events
from campaign.problems import Place, Problem, Problems, T

__all__ = ["FORMS", "Explained", "explain"]


def explain(session: Session, what: str, on: date | None = None) -> Explained:
    """Explain WHAT, `kind:name` in one of FORMS; marks and gates as they stand ON a day, by default today.

    Raises Problems (`unknown-result`, and of the part that is not there).
    """
    kind, _, name = what.partition(":")
    if name and kind in _KINDS:
        return _KINDS[kind](session, name)
    if name and kind in _ON_A_DAY:
        return _ON_A_DAY[kind](session, name, on or session.today())
    message = T("{what} names no result", what=what)
    forms = ", ".join(f"{kind}:{form}" for kind, form in FORMS.items())
    raise Problems([Problem("unknown-result", message, T("write one of {forms}", forms=forms), Place(field="what"))])


def event(session: Session, position: str) -> Explained:
    """Explain the event at POSITION. Raises Problems (`no-such-position`, `not-permitted` for one that is hidden)."""
    head = session.log.head()
    named = position.isdecimal() and 1 <= int(position) <= head
    found = next(events(session, (int(position),)), None) if named else None
    if found is not None:
        return found
    if named:
        whole(session.log)
    message = T("there is no position {position}; the log ends at {head}", position=position, head=head)
    raise Problems([Problem("no-such-position", message, T("name one from 1 to it"), Place(field="what"))])


FORMS = {
    "award": "ID",
    "rank": "RUN/ENTITY",
    "bulletin": "PERIOD[#NUMBER][/TREE[/INDICATOR]] or …/TREE/ENTITY",
    "mark": "ENTITY/OBLIGATION/PERIOD",
    "gate": "ENTITY",
    "figure": "ENTITY/INDICATOR",
    "target": "ENTITY/TARGET",
    "report": "ENTITY/REPORT",
    "finding": "ENTITY/FINDING",
    "event": "POSITION",
}
"""What stands behind the colon, by kind of result."""

_KINDS: dict[str, Callable[[Session, str], Explained]] = {
    "award": award,
    "rank": rank,
    "bulletin": bulletin,
    "figure": figure,
    "target": target,
    "report": report,
    "finding": finding,
    "event": event,
}
_ON_A_DAY: dict[str, Callable[[Session, str, date], Explained]] = {"mark": mark, "gate": gate}
