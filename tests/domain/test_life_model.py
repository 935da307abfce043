"""An entity's whole life against a simple reference: plain dicts that know nothing of events.

The reference is written from the requirements, not from the code; it compares target sets as sets where the product
compares hashes.
"""

from decimal import Decimal
from types import ModuleType
from typing import Any, ClassVar

import pytest
from domain.reference import Reference
from domain.scenario import By, Life, codes, figure, target
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from campaign.domain import commands as c
from campaign.domain import entity, extensions, letters, moves, reports, targets
from campaign.domain.findings import falsified
from campaign.domain.reports import current_figures
from campaign.domain.state import EntityState
from campaign.problems import Refused

PERSONS = st.sampled_from(["ann", "bob", "cui"])
TARGETS = st.sampled_from(["growth", "profit"])
VALUES = st.sampled_from(["12", "15", "15.0"])
PERIODS = st.sampled_from(["2005-W35", "2005-W36"])
NAMES = st.sampled_from(["one", "two"])
OUTCOMES = st.sampled_from(["cleared", "corrected", "confirmed"])
WORDS = st.sampled_from(["", "因为"])


class WholeLife(RuleBasedStateMachine):
    """Every rule says what the reference expects, asks the product, and compares."""

    @initialize()
    def enrol(self) -> None:
        self.life = Life().do(c.EnrolEntity("faw", "enterprise", "一汽", ("key",)))
        self.model = Reference()

    def ask(self, command: c.EntityCommand, actor: str, *objections: str) -> bool:
        """Give COMMAND; the reference's OBJECTIONS must be exactly the product's, in any order."""
        if self.model.ended and not isinstance(command, entity.AFTER_THE_END):
            objections = ("entity-exited",)
        answer = self.life.ask(By(command, actor))
        found = codes(answer) if isinstance(answer, Refused) else []
        assert sorted(found) == sorted(filter(None, objections)), command
        if isinstance(answer, Refused):
            return False
        self.life.record(*answer, actor=actor)
        return True

    # --- who answers ---------------------------------------------------------------------------------------------

    @rule(duty=st.sampled_from(["accountable_officer", "liaison"]), person=PERSONS, reason=WORDS)
    def appoint(self, duty: str, person: str, reason: str) -> None:
        holder = self.model.posts.get(duty)
        objection = "nothing-changes" if holder == person else "reason-needed" if holder and not reason else ""
        if self.ask(c.AppointOfficer("faw", duty, person, "厂长", reason), "ann", objection):
            self.model.posts[duty] = person

    # --- survey --------------------------------------------------------------------------------------------------

    @rule(outputs=st.booleans(), attended=st.booleans())
    def survey(self, outputs: bool, attended: bool) -> None:  # noqa: FBT001 -- hypothesis passes what it drew
        given = ("a",) if outputs else ()
        who = ("省经委",) if attended else ()
        command = c.RecordSurvey("faw", who, indicators=("growth",) if outputs else (), tasks=given, measures=given)
        objection = ""
        if not self.model.surveyed and not attended:
            objection = "participants-missing"
        elif self.model.surveyed and (self.model.outputs or not outputs):
            objection = "nothing-changes"
        if self.ask(command, "ann", objection):
            self.model.surveyed = True
            self.model.outputs = self.model.outputs or outputs

    # --- targets -------------------------------------------------------------------------------------------------

    @rule(name=TARGETS, value=VALUES, actor=PERSONS)
    def propose(self, name: str, value: str, actor: str) -> None:
        line = self.model.targets.get(name)
        objection = ""
        if line and line[0] == "fixed":
            objection = "target-fixed"
        elif line and line[1] == Decimal(value) and line[0] != "objected":
            objection = "nothing-changes"
        if self.ask(c.ProposeTarget("faw", target(value, name), "r"), actor, objection):
            self.model.targets[name] = ["proposed", Decimal(value), actor]

    @rule(name=TARGETS, good=st.booleans())
    def review(self, name: str, good: bool) -> None:  # noqa: FBT001 -- hypothesis passes what it drew
        verdict = "reviewed" if good else "objected"
        line = self.model.targets.get(name)
        objection = ""
        if line is None:
            objection = "unknown-target"
        elif line[0] == "fixed":
            objection = "target-fixed"
        elif line[0] == verdict:
            objection = "nothing-changes"
        if self.ask(c.ReviewTarget("faw", name, good, "o"), "cui", objection):
            self.model.targets[name][0] = verdict

    @rule(name=TARGETS, actor=PERSONS)
    def fix(self, name: str, actor: str) -> None:
        line = self.model.targets.get(name)
        if line is None:
            objections = ["unknown-target"]
        elif line[0] == "fixed":
            objections = ["nothing-changes"]
        else:
            lacking = {"proposed": "target-not-reviewed", "objected": "target-objected", "reviewed": ""}[line[0]]
            objections = [lacking, "four-eyes" if line[2] == actor else ""]
        if self.ask(c.FixTarget("faw", name), actor, *objections):
            self.model.targets[name][0] = "fixed"

    @rule(name=TARGETS, value=VALUES)
    def revise(self, name: str, value: str) -> None:
        line = self.model.targets.get(name)
        objection = ""
        if line is None:
            objection = "unknown-target"
        elif line[0] != "fixed":
            objection = "target-not-fixed"
        elif line[1] == Decimal(value):
            objection = "nothing-changes"
        if self.ask(c.ReviseTarget("faw", target(value, name), "r"), "cui", objection):
            self.model.targets[name][1] = Decimal(value)

    @rule(name=TARGETS, value=VALUES, fixer=PERSONS)
    def agree(self, name: str, value: str, fixer: str = "bob") -> None:
        """Walk the whole way at once, so that letters have something to bind, and one person may try it alone."""
        self.propose(name, value, "ann")
        self.review(name, good=True)
        self.fix(name, fixer)

    # --- letters -------------------------------------------------------------------------------------------------

    def _issuable(self, name: str) -> list[str]:
        taken = any(letter[0] == name for letter in self.model.letters)
        return ["letter-exists" if taken else "", "" if self.model.bound() else "no-hard-target"]

    @rule(number=st.integers(1, 3))
    def hand_down(self, number: int) -> None:
        name = f"statement-{number}"
        present = self.model.in_force("statement")
        same = present is not None and present[2] == self.model.bound()
        objections = ["nothing-changes"] if same else self._issuable(name)
        if self.ask(c.IssueTaskStatement("faw", name), "ann", *objections):
            self.model.letters.append([name, "statement", self.model.bound(), False])

    @rule(number=st.integers(1, 3), amends=st.integers(0, 2))
    def lay_before(self, number: int, amends: int) -> None:
        name, earlier = f"letter-{number}", f"letter-{amends}"
        present = self.model.in_force("letter")
        if amends:
            objections = self._amendable(earlier, name)
            command: c.EntityCommand = c.AmendResponsibilityLetter("faw", name, earlier, "r")
        else:
            objections = ["letter-in-force"] if present else self._issuable(name)
            command = c.IssueResponsibilityLetter("faw", name)
        if self.ask(command, "ann", *objections):
            self.model.letters.append([name, "letter", self.model.bound(), False])

    def _amendable(self, earlier: str, name: str) -> list[str]:
        objection = self._objection(earlier, "letter")
        if objection:
            return [objection]
        present = self.model.in_force("letter")
        assert present is not None
        return ["nothing-changes"] if present[2] == self.model.bound() else self._issuable(name)

    def _objection(self, name: str, kind: str) -> str:
        if not any(letter[0] == name for letter in self.model.letters):
            return "unknown-letter"
        present = self.model.in_force(kind)
        return "" if present and present[0] == name else "letter-superseded"

    @rule(number=st.integers(1, 3))
    def receive(self, number: int) -> None:
        name = f"statement-{number}"
        present = self.model.in_force("statement")
        objection = self._objection(name, "statement")
        if not objection and present and present[3]:
            objection = "nothing-changes"
        command = c.ReceiveTaskStatement("faw", name, self.life.records[0].occurred_on)
        if self.ask(command, "ann", objection) and present:
            present[3] = True

    @rule(number=st.integers(1, 3), signer=PERSONS, other=PERSONS)
    def sign(self, number: int, signer: str, other: str) -> None:
        name = f"letter-{number}"
        present = self.model.in_force("letter")
        objection = self._objection(name, "letter")
        if not objection and present and present[3]:
            objection = "nothing-changes"
        objections = [objection] if objection else ["one-party" if signer == other else ""]
        if not objection and present and present[2] != self.model.bound():
            objections.append("letter-stale")
        day = self.life.records[0].occurred_on
        if (
            self.ask(c.SignResponsibilityLetter("faw", name, signer, "省政府", other, day), "ann", *objections)
            and present
        ):
            present[3] = True

    @rule(value=VALUES, before=VALUES)
    def bind(self, value: str, before: str) -> None:
        """Lay a letter before both parties, perhaps just before the target changes."""
        self.agree("growth", value)
        self.lay_before(1, 0)
        self.revise("growth", before)

    @rule(signer=PERSONS, other=PERSONS)
    def sign_what_is_in_force(self, signer: str, other: str) -> None:
        present = self.model.in_force("letter")
        if present:
            self.sign(int(present[0][-1]), signer, other)

    # --- phases --------------------------------------------------------------------------------------------------

    LEADS: ClassVar[dict[tuple[str, str], str]] = {
        ("survey", "mobilization"): "advance",
        ("survey", "implementation"): "skip",
        ("mobilization", "implementation"): "advance",
        ("mobilization", "survey"): "back",
        ("implementation", "survey"): "back",
        ("implementation", "mobilization"): "back",
    }

    @rule(to=st.sampled_from(["survey", "mobilization", "implementation"]), reason=WORDS)
    def move(self, to: str, reason: str) -> None:
        kind = self.LEADS.get((self.model.phase, to))
        if kind is None:
            objections = ["nothing-changes"]
        else:
            shut = self.model.phase == "survey" and not self.model.surveyed
            barred = self.model.phase == "mobilization" and not self._officer_or_waiver()
            objections = ["gate-shut"] if kind != "back" and (shut or barred) else []
            objections += ["reason-needed"] if kind != "advance" and not reason else []
        if self.ask(c.MovePhase("faw", to, reason), "ann", *objections):
            self.model.phase = to

    def _officer_or_waiver(self) -> bool:
        return "accountable_officer" in self.model.posts or self.model.waived

    @rule(reason=WORDS)
    def waive(self, reason: str) -> None:
        objection = "" if reason else "text-missing"
        if self.model.phase != "mobilization":
            objection = "unknown-gate"
        elif self._officer_or_waiver():
            objection = "nothing-changes"
        if self.ask(c.WaiveGate("faw", "officer", reason), "ann", objection):
            self.model.waived = True

    # --- reports and findings ------------------------------------------------------------------------------------

    @rule(name=NAMES, period=PERIODS, value=VALUES, actor=PERSONS)
    def submit(self, name: str, period: str, value: str, actor: str) -> None:
        covered = [other for other, line in self.model.reports.items() if line["period"] == period and other != name]
        line = self.model.reports.get(name)
        again = line is not None and (line["status"], line["period"]) == ("returned", period)
        objections = ["report-exists" if line and not again else "", *("period-covered" for _ in covered)]
        objections.append("period-signed-off" if period in self.model.settled else "")
        if self.ask(c.SubmitReport("faw", name, "weekly", period, (figure(value),)), actor, *objections):
            new = {"period": period, "value": Decimal(value), "by": {actor}, "status": "submitted"}
            if line is not None:
                new["by"] |= line["by"]
                new["corrected"] = line.get("corrected", 0)
                if new["value"] != line["value"]:
                    new["corrected"] = len(self.life.records)
            self.model.reports[name] = new

    @rule(name=NAMES, value=VALUES, actor=PERSONS)
    def correct(self, name: str, value: str, actor: str) -> None:
        line = self.model.reports.get(name)
        objection = "unknown-report" if line is None else "nothing-changes" if line["value"] == Decimal(value) else ""
        objection = objection or self._settled(line)
        if self.ask(c.CorrectReport("faw", name, (figure(value),), "r"), actor, objection) and line:
            line.update(value=Decimal(value), status="submitted", corrected=len(self.life.records))
            line["by"].add(actor)

    @rule(name=NAMES, actor=PERSONS)
    def verify(self, name: str, actor: str) -> None:
        line = self.model.reports.get(name)
        if line is None:
            objections = ["unknown-report"]
        elif line["status"] == "verified":
            objections = ["nothing-changes"]
        else:
            returned = "report-returned" if line["status"] == "returned" else ""
            objections = [returned, "four-eyes" if actor in line["by"] else ""]
        if self.ask(c.VerifyReport("faw", name), actor, *objections) and line:
            line["status"] = "verified"

    @rule(name=NAMES)
    def send_back(self, name: str) -> None:
        line = self.model.reports.get(name)
        objection = "unknown-report" if line is None else "nothing-changes" if line["status"] == "returned" else ""
        objection = objection or self._settled(line)
        if self.ask(c.ReturnReport("faw", name, "r"), "cui", objection) and line:
            line["status"] = "returned"

    def _settled(self, line: dict[str, Any] | None) -> str:
        return "period-signed-off" if line and line["period"] in self.model.settled else ""

    # --- what is decided of a period, and the registers ----------------------------------------------------------

    @rule(period=PERIODS)
    def let_off(self, period: str) -> None:
        settled = "period-signed-off" if period in self.model.settled else ""
        objection = "nothing-changes" if period in self.model.let_off else settled
        if self.ask(c.WaivePeriod("faw", "weekly", period, "r"), "ann", objection):
            self.model.let_off.add(period)

    @rule(period=PERIODS)
    def settle(self, period: str) -> None:
        objections = ["nothing-changes"] if period in self.model.settled else self._open(period)
        if self.ask(c.SignOffPeriod("faw", "weekly", period), "ann", *objections):
            self.model.settled.add(period)

    def _open(self, period: str) -> list[str]:
        named = [(name, line) for name, line in self.model.reports.items() if line["period"] == period]
        if not named:
            return ["" if period in self.model.let_off else "period-open"]
        ((name, line),) = named
        about = [finding for finding in self.model.findings.values() if finding[3] == name and finding[2] == "open"]
        if line["status"] == "returned":
            first = "" if period in self.model.let_off else "period-open"
        else:
            first = "" if line["status"] == "verified" else "not-verified"
        return [first, *("finding-open" for _ in about)]

    @rule(period=PERIODS)
    def unsettle(self, period: str) -> None:
        objection = "" if period in self.model.settled else "not-signed-off"
        if self.ask(c.ReopenPeriod("faw", "weekly", period, "r"), "ann", objection):
            self.model.settled.discard(period)

    @rule(period=PERIODS, value=VALUES)
    def report_verified_and_settled(self, period: str, value: str) -> None:
        """Walk the whole way at once, so that there is something locked."""
        name = "one" if period == "2005-W35" else "two"
        self.submit(name, period, value, "ann")
        self.verify(name, "cui")
        self.settle(period)

    @rule(name=NAMES)
    def note(self, name: str) -> None:
        objection = "entry-exists" if name in self.model.entries else ""
        if self.ask(c.OpenEntry("faw", "issue", name, "t"), "ann", objection):
            self.model.entries[name] = ["open", ""]

    @rule(name=NAMES, body=PERSONS)
    def give(self, name: str, body: str) -> None:
        objection = self._pending(name)
        if not objection and self.model.entries[name][1] == body:
            objection = "nothing-changes"
        if self.ask(c.AssignEntry("faw", "issue", name, body), "ann", objection):
            self.model.entries[name] = ["assigned", body]

    def _pending(self, name: str) -> str:
        line = self.model.entries.get(name)
        return "unknown-entry" if line is None else "entry-done" if line[0] == "done" else ""

    @rule(name=NAMES)
    def finish(self, name: str) -> None:
        if self.ask(c.CompleteEntry("faw", "issue", name, "o"), "ann", self._pending(name)):
            self.model.entries[name][0] = "done"

    @rule(name=NAMES)
    def resume(self, name: str) -> None:
        pending = self._pending(name)
        objection = {"": "nothing-changes", "entry-done": ""}.get(pending, pending)
        if self.ask(c.ReopenEntry("faw", "issue", name, "r"), "ann", objection):
            line = self.model.entries[name]
            line[0] = "assigned" if line[1] else "open"

    @rule(name=NAMES, report=NAMES, kind=st.sampled_from(["omission", "falsification"]), actor=PERSONS)
    def question(self, name: str, report: str, kind: str, actor: str) -> None:
        objections = [
            "finding-exists" if name in self.model.findings else "",
            "" if report in self.model.reports else "unknown-report",
        ]
        if self.ask(c.RaiseFinding("faw", name, kind, "s", report), actor, *objections):
            self.model.findings[name] = [kind, actor, "open", report, len(self.life.records)]

    @rule(name=NAMES, raiser=PERSONS, resolver=PERSONS, outcome=OUTCOMES)
    def investigate(self, name: str, raiser: str, resolver: str, outcome: str) -> None:
        """Question a report and close the matter in one go."""
        self.submit("one", "2005-W35", "12", "ann")
        self.question(name, "one", "falsification", raiser)
        self.resolve(name, outcome, resolver)

    @rule(name=NAMES)
    def explain(self, name: str) -> None:
        line = self.model.findings.get(name)
        self.ask(c.ExplainFinding("faw", name, "e"), "ann", self._answerable(line))

    def _answerable(self, line: list[Any] | None) -> str:
        return "unknown-finding" if line is None else "" if line[2] == "open" else "finding-closed"

    @rule(name=NAMES, outcome=OUTCOMES, actor=PERSONS)
    def resolve(self, name: str, outcome: str, actor: str) -> None:
        line = self.model.findings.get(name)
        objections = [self._answerable(line)]
        if line is not None and line[2] == outcome:
            objections = ["nothing-changes"]
        elif line is not None and line[2] == "open":
            corrected = self.model.reports[line[3]].get("corrected", 0) > line[4]
            objections = ["four-eyes" if line[1] == actor else ""]
            objections += ["not-corrected"] if outcome == "corrected" and not corrected else []
        if self.ask(c.ResolveFinding("faw", name, outcome, "r"), actor, *objections) and line:
            line[2] = outcome

    # --- operation -----------------------------------------------------------------------------------------------

    @rule(status=st.sampled_from(["running", "partly_suspended", "suspended"]))
    def stop(self, status: str) -> None:
        objection = ""
        if self.model.operation == status:
            objection = "nothing-changes"
        elif status == "running":
            objection = "restart-needed"
        if self.ask(c.ChangeOperatingStatus("faw", status, "r"), "ann", objection):
            self.model.operation = status

    @rule()
    def restart(self) -> None:
        objection = "not-stopped" if self.model.operation == "running" else ""
        if self.ask(c.RestartOperation("faw", "出口"), "ann", objection):
            self.model.operation = "running"

    @rule(roll=st.integers(0, 30))
    def leave(self, roll: int) -> None:
        """Leave seldom, so that there is a life to look at."""
        if roll and not self.model.ended:
            return
        command = c.ExitStatistics("faw", self.life.records[0].occurred_on, "shell_enterprise", "r")
        if self.ask(command, "ann", "entity-exited" if self.model.ended else ""):
            self.model.ended = True

    # --- what must hold at any time ------------------------------------------------------------------------------

    @invariant()
    def the_state_says_what_the_reference_says(self) -> None:
        state, model = self.life.state, self.model
        assert (state.phase, state.operating_status) == (model.phase, model.operation)
        assert {duty: line.person for duty, line in state.duties.items()} == model.posts
        assert (state.surveyed_on is not None, bool(state.tasks)) == (model.surveyed, model.outputs)
        assert {name: [line.status, line.target.value] for name, line in state.targets.items()} == {
            name: line[:2] for name, line in model.targets.items()
        }
        assert falsified(state) == any(
            line[::2][:2] == ["falsification", "confirmed"] for line in model.findings.values()
        )

    @invariant()
    def periods_and_registers_stand_as_the_reference_says(self) -> None:
        state, model = self.life.state, self.model
        assert set(state.signed_off) == {f"weekly/{period}" for period in model.settled}
        assert set(state.waivers) == {f"weekly/{period}" for period in model.let_off}
        assert {name: [line.status, line.responsible] for name, line in state.entries.items()} == model.entries

    @invariant()
    def documents_in_force_are_stale_exactly_when_the_set_differs(self) -> None:
        in_force = [letter for kind in ("statement", "letter") if (letter := self.model.in_force(kind))]
        assert set(letters.stale(self.life.state)) == {
            letter[0] for letter in in_force if letter[2] != self.model.bound()
        }
        done = {name for name, letter in self.life.state.letters.items() if letter.done_on and not letter.superseded_by}
        assert done == {letter[0] for letter in in_force if letter[3]}

    @invariant()
    def the_current_figure_is_that_of_the_latest_report_that_stands(self) -> None:
        standing = [line for line in self.model.reports.values() if line["status"] != "returned"]
        expected = [max(standing, key=lambda line: line["period"])["value"]] if standing else []
        assert [found[0].value for found in current_figures(self.life.state).values()] == expected

    @invariant()
    def folding_from_zero_gives_the_same_state(self) -> None:
        state = EntityState()
        for record in self.life.records:
            state = entity.evolve(state, record)
        assert state == self.life.state
        assert state.version == len(self.life.records)


WholeLife.TestCase.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestWholeLife = WholeLife.TestCase


@pytest.mark.parametrize(
    ("module", "rule_of_the_product"),
    [
        (targets, "_one_person"),
        (letters, "_binding"),
        (moves, "_shut"),
        (reports, "_once"),
        (extensions, "_in_question"),
    ],
    ids=lambda part: getattr(part, "__name__", part).removeprefix("campaign.domain."),
)
def test_a_rule_that_the_product_forgets_is_missed_by_the_reference(
    module: ModuleType, rule_of_the_product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: mistakes planted into the product are found, so finding none says something."""
    monkeypatch.setattr(module, rule_of_the_product, lambda *_: [])
    found = settings(
        WholeLife.TestCase.settings, phases=(Phase.generate,), report_multiple_bugs=False, derandomize=True
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(WholeLife, settings=found)
