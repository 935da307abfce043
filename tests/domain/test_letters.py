"""Task statements and responsibility letters: two documents, bound to the exact target set (R-16, R-17)."""

from datetime import date

import pytest
from domain.scenario import FIXED, TODAY, By, Life, Step, fixing, given, outcome, target

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain import letters
from campaign.domain.targets import target_set_sha256
from campaign.problems import Refused

DUE = date(2005, 8, 31)
STATEMENT = c.IssueTaskStatement("faw", "s-1", DUE)
RECEIVE = c.ReceiveTaskStatement("faw", "s-1", date(2005, 8, 30))
ISSUE = c.IssueResponsibilityLetter("faw", "l-1", DUE)
SIGN = c.SignResponsibilityLetter("faw", "l-1", "vice-governor", "省政府", "p-1", date(2005, 8, 25))
AMEND = c.AmendResponsibilityLetter("faw", "l-2", "l-1", "目标调整")
REVISE = c.ReviseTarget("faw", target("12"), "重组")
SOFT = fixing(target(strength="soft"))
HASH = target_set_sha256(given(*FIXED).state)
LATER = target_set_sha256(given(*FIXED, REVISE).state)


def sign(**changes: object) -> c.SignResponsibilityLetter:
    fields = {name: getattr(SIGN, name) for name in SIGN.__struct_fields__}
    return c.SignResponsibilityLetter(**{**fields, **changes})


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), STATEMENT, (e.TaskStatementIssued("s-1", HASH, DUE),)),
        ((STATEMENT,), c.IssueTaskStatement("faw", "s-2"), ["nothing-changes"]),
        ((STATEMENT, REVISE), c.IssueTaskStatement("faw", "s-2"), (e.TaskStatementIssued("s-2", LATER),)),
        ((STATEMENT, REVISE), STATEMENT, ["letter-exists"]),
        ((), c.IssueTaskStatement("faw", " "), ["text-missing"]),
        ((STATEMENT,), RECEIVE, (e.TaskStatementReceived("s-1", date(2005, 8, 30)),)),
        ((STATEMENT, RECEIVE), RECEIVE, ["nothing-changes"]),
        ((STATEMENT,), c.ReceiveTaskStatement("faw", "s-1", date(2005, 10, 1)), ["not-yet-true"]),
        ((), RECEIVE, ["unknown-letter"]),
        ((ISSUE,), c.ReceiveTaskStatement("faw", "l-1", TODAY), ["wrong-document"]),
        ((STATEMENT, REVISE, c.IssueTaskStatement("faw", "s-2")), RECEIVE, ["letter-superseded"]),
    ],
)
def test_task_statements_are_handed_down_and_received(
    before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*FIXED, *before), when) == then


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), ISSUE, (e.ResponsibilityLetterIssued("l-1", HASH, DUE),)),
        ((ISSUE,), c.IssueResponsibilityLetter("faw", "l-2"), ["letter-in-force"]),
        ((STATEMENT,), c.IssueResponsibilityLetter("faw", "s-1"), ["letter-exists"]),
        (
            (ISSUE,),
            SIGN,
            (e.ResponsibilityLetterSigned("l-1", HASH, "vice-governor", "省政府", "p-1", date(2005, 8, 25)),),
        ),
        ((ISSUE, SIGN), SIGN, ["nothing-changes"]),
        ((ISSUE,), sign(countersigner="vice-governor"), ["one-party"]),
        ((ISSUE,), sign(signer="副省长", on_behalf_of=""), ["not-a-person-id", "text-missing"]),
        ((ISSUE,), sign(signed_on=date(2005, 10, 1)), ["not-yet-true"]),
        ((ISSUE, REVISE), SIGN, ["letter-stale"]),
        ((ISSUE, REVISE), sign(countersigner="vice-governor"), ["one-party", "letter-stale"]),
        ((), SIGN, ["unknown-letter"]),
        ((STATEMENT,), sign(letter="s-1"), ["wrong-document"]),
        ((ISSUE, REVISE, AMEND), SIGN, ["letter-superseded"]),
        ((ISSUE, SIGN, REVISE), AMEND, (e.ResponsibilityLetterIssued("l-2", LATER, None, "l-1", "目标调整"),)),
        ((ISSUE,), AMEND, ["nothing-changes"]),
        ((ISSUE,), c.AmendResponsibilityLetter("faw", "l-2", "l-1", "x", DUE), ["nothing-changes"]),
        (
            (ISSUE,),
            c.AmendResponsibilityLetter("faw", "l-2", "l-1", "延期", TODAY),
            (e.ResponsibilityLetterIssued("l-2", HASH, TODAY, "l-1", "延期"),),
        ),
        ((ISSUE, REVISE), c.AmendResponsibilityLetter("faw", "l-1", "l-1", ""), ["letter-exists", "text-missing"]),
        ((), AMEND, ["unknown-letter"]),
        ((STATEMENT,), c.AmendResponsibilityLetter("faw", "l-2", "s-1", "x"), ["wrong-document"]),
        (
            (ISSUE, REVISE, AMEND),
            c.AmendResponsibilityLetter("faw", "l-3", "l-1", "x"),
            ["letter-superseded"],
        ),
    ],
)
def test_responsibility_letters_bind_two_parties(
    before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*FIXED, *before), when) == then


@pytest.mark.parametrize("before", [(), SOFT, FIXED[:2]])
@pytest.mark.parametrize("document", [STATEMENT, ISSUE])
def test_without_a_fixed_hard_target_there_is_nothing_to_bind(document: Step, before: tuple[Step, ...]) -> None:
    assert outcome(given(*before), document) == ["no-hard-target"]


def both() -> Life:
    return given(*FIXED, STATEMENT, RECEIVE, ISSUE, SIGN)


def test_the_two_documents_of_one_entity_do_not_touch_each_other() -> None:
    state = both().state
    statement, letter = letters.current(state, "task_statement"), letters.current(state, "responsibility_letter")
    assert statement is not None
    assert letter is not None
    assert (statement.letter, statement.done_on) == ("s-1", date(2005, 8, 30))
    assert (letter.letter, letter.done_on) == ("l-1", date(2005, 8, 25))
    assert letters.stale(state) == ()


def test_a_revision_leaves_both_stale_until_they_are_renewed() -> None:
    life = both().do(REVISE)
    assert letters.stale(life.state) == ("s-1", "l-1")
    life.do(c.IssueTaskStatement("faw", "s-2"))
    assert letters.stale(life.state) == ("l-1",)
    life.do(AMEND)
    assert letters.stale(life.state) == ()
    assert life.state.letters["l-1"].superseded_by == "l-2"
    assert life.state.letters["s-1"].superseded_by == "s-2"
    assert life.state.letters["l-1"].done_on == date(2005, 8, 25)


def test_a_new_target_is_a_change_of_the_set_and_a_revision_back_undoes_it() -> None:
    life = both().do(REVISE, c.ReviseTarget("faw", target("15.0"), "恢复"))
    assert letters.stale(life.state) == ()
    life.do(*fixing(target("1", "profit")))
    assert letters.stale(life.state) == ("s-1", "l-1")


def test_a_proposal_alone_leaves_the_letters_as_they_are() -> None:
    assert letters.stale(both().do(By(c.ProposeTarget("faw", target("1", "profit"), "x"))).state) == ()


def first(life: Life, step: Step) -> str:
    """Return the first problem of a refusal, as a person reads it."""
    answer = life.ask(step)
    assert isinstance(answer, Refused)
    return str(answer.reasons[0])


def test_a_mistaken_document_is_told_by_what_it_is_and_what_there_is() -> None:
    life = given(*FIXED, STATEMENT, ISSUE)
    assert "s-1 is a task statement, not a responsibility letter" in first(life, sign(letter="s-1"))
    wrong = c.ReceiveTaskStatement("faw", "l-1", TODAY)
    assert "l-1 is a responsibility letter, not a task statement" in first(life, wrong)
    assert first(life, sign(letter="l-9")).endswith("(use one of: l-1)")
    assert first(given(), sign(letter="l-9")).endswith("(there is none yet)")
