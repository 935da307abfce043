"""A checkpoint copied from paper is as good as one that was kept: whoever holds a bulletin is a witness."""

import pytest
from evidence.kit import Office, told

from campaign import verifier
from campaign.app import evidence
from campaign.verifier import brought


def printed(office: Office) -> list[str]:
    """Return the three parts of the line that is printed."""
    head = evidence.sealed(office.session())
    assert head is not None
    assert str(evidence.printed(head)) == f"log {head.origin}: {head.size} records, root {head.root}"
    return [head.origin, str(head.size), head.root]


def copied(lines: list[str], form: str) -> str:
    return form.join(lines) + form


@pytest.mark.parametrize("form", ["\n", "\r\n"])
def test_what_was_printed_vouches_for_the_log_without_a_signature(office: Office, form: str) -> None:
    paper = copied(printed(office), form)
    verdict = office.audit(paper)
    assert not verdict.problems
    assert verdict.vouched == office.sizes[1]
    assert office.alone(brought(paper)) == []


def test_another_log_than_the_printed_one_is_found_by_both(office: Office) -> None:
    origin, size, _ = printed(office)
    first = office.first.split("\n")[2]
    paper = copied([origin, size, first], "\n")
    assert [code for _, code in told(office.audit(paper))] == ["checkpoint"]
    assert [finding.code for finding in office.alone(brought(paper))] == ["checkpoint"]


def test_a_change_before_the_printed_size_is_found_with_the_paper_in_hand(office: Office) -> None:
    """Even by somebody who makes the tree again and throws every kept checkpoint away."""
    paper = copied(printed(office), "\n")
    with office.intruder() as file:
        file.execute("UPDATE events SET occurred_on = '2005-08-01' WHERE position = 300")
        file.execute("DELETE FROM tree")
        file.execute("DELETE FROM checkpoints")
    office.session(write=True).log.tree().rebuild()
    office.close()
    assert "checkpoint" in {code for _, code in told(office.audit(paper))}
    assert "checkpoint" in {finding.code for finding in office.alone(brought(paper))}
    assert "checkpoint" not in {code for _, code in told(office.audit())}, "without the paper this is not seen"


def test_a_signed_checkpoint_of_somebody_else_is_still_doubted(office: Office) -> None:
    foreign = office.second.replace("— campaign/jilin-2005", "— campaign/jilin-2006")
    assert [code for _, code in told(office.audit(foreign))] == ["signature"]


def test_a_page_that_is_no_checkpoint_is_said_to_be_none(office: Office) -> None:
    for text in ("", "one line\n", "a\nb\nc\n", office.second):
        assert brought(text).count("\n\n") <= 1
    assert [code for _, code in told(office.audit("a\nb\nc\n"))] == ["checkpoint"]
    with pytest.raises(verifier.Unreadable):
        verifier.read_checkpoint(brought("a\nb\nc\n"))


def test_a_log_that_ends_before_the_printed_size_is_said_once_to_be_cut(office: Office) -> None:
    paper = copied(printed(office), "\n")
    with office.intruder() as file:
        file.execute("DELETE FROM events WHERE position > 1200")
        file.execute("DELETE FROM checkpoints")
        file.execute("DELETE FROM tree")
    assert [(finding.position, finding.code) for finding in office.alone(brought(paper))] == [(1201, "missing")]
    said = [problem for problem in office.audit(paper).problems if "a checkpoint covers" in str(problem.message)]
    assert len(said) == 1, said
