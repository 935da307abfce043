"""Task statements and responsibility letters: two documents, each bound to the exact target set (R-16, R-17).

A statement is handed down and received; a letter is signed by two parties.  A later document supersedes, never
overwrites; a change of targets leaves both outdated.
"""

from typing import Literal, TypeAlias

from campaign.domain.bounds import happened
from campaign.domain.commands import (
    AmendResponsibilityLetter,
    IssueResponsibilityLetter,
    IssueTaskStatement,
    ReceiveTaskStatement,
    SignResponsibilityLetter,
)
from campaign.domain.events import (
    ResponsibilityLetterIssued,
    ResponsibilityLetterSigned,
    TaskStatementIssued,
    TaskStatementReceived,
)
from campaign.domain.situation import Decision, Situation, blanks, nothing_changes, persons, problem, settle, unknown
from campaign.domain.state import EntityState, Letter
from campaign.domain.targets import target_set_sha256
from campaign.problems import Problem, Refused, T, Text

Kind: TypeAlias = Literal["task_statement", "responsibility_letter"]


def current(state: EntityState, kind: Kind) -> Letter | None:
    """Return the document of KIND that is in force: the last one issued."""
    in_force = [letter for letter in state.letters.values() if letter.kind == kind and not letter.superseded_by]
    return in_force[-1] if in_force else None


def outdated(state: EntityState, letter: Letter) -> bool:
    """Whether the targets have changed since LETTER was bound to them."""
    return letter.target_set_sha256 != target_set_sha256(state)


def stale(state: EntityState) -> tuple[str, ...]:
    """Return the ids of the documents in force that no longer match the target set."""
    return tuple(
        letter.letter for letter in state.letters.values() if not letter.superseded_by and outdated(state, letter)
    )


def issue_statement(command: IssueTaskStatement, at: Situation) -> Decision:
    """Hand down a task statement; a new one replaces one whose targets have changed."""
    sha256 = target_set_sha256(at.state)
    present = current(at.state, "task_statement")
    if present is not None and present.target_set_sha256 == sha256:
        return nothing_changes(T("task statement {letter} holds these targets already", letter=present.letter))
    return settle(_issuable(command.letter, at), TaskStatementIssued(command.letter, sha256, command.due_on))


def receive_statement(command: ReceiveTaskStatement, at: Situation) -> Decision:
    """Acknowledge the task statement in force."""
    letter = _in_force(command.letter, "task_statement", at)
    if isinstance(letter, Problem):
        return Refused((letter,))
    if letter.done_on is not None:
        return nothing_changes(T("it was received on {date}", date=letter.done_on))
    event = TaskStatementReceived(command.letter, command.received_on)
    return settle(happened(at.asked, received_on=command.received_on), event)


def issue(command: IssueResponsibilityLetter, at: Situation) -> Decision:
    """Lay the first responsibility letter before both parties; later ones amend it."""
    present = current(at.state, "responsibility_letter")
    if present is not None:
        message = T("responsibility letter {letter} is in force", letter=present.letter)
        return Refused((problem("letter-in-force", message, T("amend it"), field="letter"),))
    event = ResponsibilityLetterIssued(command.letter, target_set_sha256(at.state), command.due_on)
    return settle(_issuable(command.letter, at), event)


def amend(command: AmendResponsibilityLetter, at: Situation) -> Decision:
    """Issue a letter that supersedes another, bound to the targets as they now are."""
    earlier = _in_force(command.supersedes, "responsibility_letter", at)
    if isinstance(earlier, Problem):
        return Refused((earlier,))
    sha256 = target_set_sha256(at.state)
    if earlier.target_set_sha256 == sha256 and command.due_on in {None, earlier.due_on}:
        return nothing_changes(T("letter {letter} holds these targets already", letter=earlier.letter))
    event = ResponsibilityLetterIssued(command.letter, sha256, command.due_on, command.supersedes, command.reason)
    return settle([*_issuable(command.letter, at), *blanks(reason=command.reason)], event)


def sign(command: SignResponsibilityLetter, at: Situation) -> Decision:
    """Sign for both parties: two persons, and the targets exactly as they stand in the letter."""
    letter = _in_force(command.letter, "responsibility_letter", at)
    if isinstance(letter, Problem):
        return Refused((letter,))
    if letter.done_on is not None:
        return nothing_changes(T("it was signed on {date}", date=letter.done_on))
    event = ResponsibilityLetterSigned(
        command.letter,
        letter.target_set_sha256,
        command.signer,
        command.on_behalf_of,
        command.countersigner,
        command.signed_on,
    )
    return settle([*_signatures(command, at), *_binding(letter, at)], event)


def _signatures(command: SignResponsibilityLetter, at: Situation) -> list[Problem]:
    problems = persons(signer=command.signer, countersigner=command.countersigner)
    problems += blanks(on_behalf_of=command.on_behalf_of)
    if command.signer == command.countersigner:
        message = T("{person} stands for both parties", person=command.signer)
        problems.append(problem("one-party", message, T("name the other party's person"), field="countersigner"))
    return [*problems, *happened(at.asked, signed_on=command.signed_on)]


def _binding(letter: Letter, at: Situation) -> list[Problem]:
    if not outdated(at.state, letter):
        return []
    message = T("the targets have changed since letter {letter} was issued", letter=letter.letter)
    return [problem("letter-stale", message, T("amend the letter and sign the new one"), field="letter")]


def _issuable(letter: str, at: Situation) -> list[Problem]:
    problems = blanks(letter=letter)
    if letter in at.state.letters:
        message = T("{letter} was issued already", letter=letter)
        problems.append(problem("letter-exists", message, T("give it an id of its own"), field="letter"))
    if not any(line.status == "fixed" and line.target.strength == "hard" for line in at.state.targets.values()):
        message = T("{entity} has no fixed hard target", entity=at.state.entity)
        problems.append(problem("no-hard-target", message, T("fix a hard target first"), field="letter"))
    return problems


def _in_force(name: str, kind: Kind, at: Situation) -> Letter | Problem:
    letters = at.state.letters
    letter = letters.get(name)
    if letter is None:
        return unknown("unknown-letter", "letter", name, (key for key, line in letters.items() if line.kind == kind))
    if letter.kind != kind:
        return problem("wrong-document", _other(letter), T("name a document of the other kind"), field="letter")
    if letter.superseded_by:
        message = T("{letter} was superseded by {later}", letter=name, later=letter.superseded_by)
        return problem("letter-superseded", message, T("use the later one"), field="letter")
    return letter


def _other(letter: Letter) -> Text:
    if letter.kind == "task_statement":
        return T("{letter} is a task statement, not a responsibility letter", letter=letter.letter)
    return T("{letter} is a responsibility letter, not a task statement", letter=letter.letter)
