"""The commands that write, as a table: which fields are arguments, one example, what to ask first, what a field means.

All else is derived from the fields of the domain's command (derive.py).
"""

import msgspec

from campaign.problems import NOTHING, T, Text


class Write(msgspec.Struct, frozen=True):
    """How one command is written on the line.

    arguments: fields that stand there by place; the others are options of their own name.  file: the field of figures
    may come from a CSV file instead.  question: asked before anything is written.
    """

    arguments: tuple[str, ...]
    example: str
    file: bool = False
    question: Text = NOTHING


WRITES: dict[str, Write] = {
    "entity.enrol": Write(
        ("entity",),
        "campaign entity enrol 220200 --kind prefecture --title 吉林市 --group prefecture --as p-office-1",
    ),
    "entity.status": Write(
        ("entity", "status"),
        "campaign entity status increment-07 suspended --reason 'no orders since July' --as p-office-1",
    ),
    "entity.restart": Write(
        ("entity",),
        "campaign entity restart increment-07 --market 'export orders' --supporter turnaround-office --as p-office-1",
    ),
    "entity.exit": Write(
        ("entity",),
        "campaign entity exit shell-01 --exit-on 2005-10-31 --kind shell --reason 'a shell' --as p-statistics-1",
        question=T("leave the statistics for good?"),
    ),
    "officer.appoint": Write(
        ("entity", "duty"),
        "campaign officer appoint 220200 liaison --person p-220200-liaison --post 'section head' --as p-office-1",
    ),
    "officer.task-force": Write(
        ("entity",),
        "campaign officer task-force 220200 --title 'campaign office of Jilin city' --as p-office-1",
    ),
    "survey.record": Write(
        ("entity",),
        "campaign survey record 220200 --participant p-office-1 --baseline profit=120.5@provincial "
        "--indicator profit --task 'raise sales' --measure 'weekly dispatch' --as p-office-1",
    ),
    "target.propose": Write(
        ("entity", "indicator"),
        "campaign target propose 220200 profit --value 15.5 --scope provincial --rationale 'survey' --as p-office-1",
    ),
    "target.review": Write(
        ("entity", "target"),
        "campaign target review 220200 profit --favourable --opinion 'within reach' --as p-office-2",
    ),
    "target.fix": Write(("entity", "target"), "campaign target fix 220200 profit --as p-wei-lichang"),
    "target.revise": Write(
        ("entity", "indicator"),
        "campaign target revise 220200 profit --value 14.8 --reason 'flood' --document plan-73 --as p-wei-lichang",
    ),
    "letter.issue": Write(("entity", "letter"), "campaign letter issue 220200 letter-220200 --as p-office-1"),
    "letter.issue-statement": Write(
        ("entity", "letter"),
        "campaign letter issue-statement faw-group statement-faw-group --due-on 2005-08-31 --as p-office-1",
    ),
    "letter.receive-statement": Write(
        ("entity", "letter"),
        "campaign letter receive-statement faw-group statement-faw-group --received-on 2005-08-26 --as p-office-1",
    ),
    "letter.sign": Write(
        ("entity", "letter"),
        "campaign letter sign 220200 letter-220200 --signer p-niu-haijun --on-behalf-of provincial-government "
        "--countersigner p-220200-officer --signed-on 2005-08-25 --as p-niu-haijun",
    ),
    "letter.amend": Write(
        ("entity", "letter"),
        "campaign letter amend 220200 letter-220200-b --supersedes letter-220200 --reason 'target revised' "
        "--as p-office-1",
    ),
    "meeting.schedule": Write(
        ("meeting",),
        "campaign meeting schedule mobilization-meeting --kind mobilization --title 动员大会 --scheduled-on 2005-08-25 "
        "--convener p-niu-haijun --as p-government-1",
    ),
    "meeting.reschedule": Write(
        ("meeting",),
        "campaign meeting reschedule mobilization-meeting --scheduled-on 2005-08-26 --reason 'hall not free' "
        "--as p-government-1",
    ),
    "meeting.hold": Write(
        ("meeting",),
        "campaign meeting hold mobilization-meeting --held-on 2005-08-25 --attendee 220200 --as p-government-1",
    ),
    "phase.advance": Write(("entity",), "campaign phase advance 220200 --as p-office-1"),
    "phase.waive": Write(
        ("entity", "gate"),
        "campaign phase waive faw-group task-statement-received --reason 'handed over in person' --as p-wei-lichang",
    ),
    "report.submit": Write(
        ("entity", "report"),
        "campaign report submit 220200 w-36 --obligation weekly_report --period 2005-W36 "
        "--figure output=812.4@provincial --as p-220200-liaison",
        file=True,
    ),
    "report.correct": Write(
        ("entity", "report"),
        "campaign report correct 220200 w-36 --figure output=798.1@provincial --reason 'counted twice' "
        "--as p-220200-liaison",
        file=True,
    ),
    "report.verify": Write(("entity", "report"), "campaign report verify 220200 w-36 --as p-statistics-1"),
    "report.return": Write(
        ("entity", "report"),
        "campaign report return 220200 w-36 --reason 'profit is missing' --as p-statistics-1",
    ),
    "report.extend": Write(
        ("entity", "obligation", "period"),
        "campaign report extend 220200 weekly_report 2005-W36 --until 2005-09-14 --reason flood --as p-office-1",
    ),
    "report.waive": Write(
        ("entity", "obligation", "period"),
        "campaign report waive increment-07 weekly_report 2005-W36 --reason 'production stopped' --as p-office-1",
    ),
    "report.sign-off": Write(
        ("entity", "obligation", "period"),
        "campaign report sign-off 220200 monthly_report 2005-09 --as p-office-2",
    ),
    "report.reopen": Write(
        ("entity", "obligation", "period"),
        "campaign report reopen 220200 monthly_report 2005-09 --reason 'one enterprise was left out' --as p-office-2",
    ),
    "check.record": Write(
        ("entity", "check"),
        "campaign check record 220200 k-1 --obligation half_month_check --period 2005-09-H1 --outcome deficient "
        "--note 'pages are missing' --follow-up-on 2005-09-30 --as p-inspector-1",
    ),
    "check.follow-up": Write(
        ("entity", "check"),
        "campaign check follow-up 220200 k-1 --outcome sound --note 'complete now' --as p-inspector-1",
    ),
    "register.open": Write(
        ("entity", "register", "entry"),
        "campaign register open increment-07 issue i-1 --title 'short of coal' --kind coal --as p-office-1",
    ),
    "register.assign": Write(
        ("entity", "register", "entry"),
        "campaign register assign increment-07 issue i-1 --responsible economic-commission --as p-office-1",
    ),
    "register.done": Write(
        ("entity", "register", "entry"),
        "campaign register done increment-07 issue i-1 --outcome '30,000 t of coal arrived' --as p-office-1",
    ),
    "register.reopen": Write(
        ("entity", "register", "entry"),
        "campaign register reopen increment-07 issue i-1 --reason 'short of coal again' --as p-office-1",
    ),
    "finding.raise": Write(
        ("entity", "finding"),
        "campaign finding raise 220200 f-1 --kind contradiction --statement 'growth contradicts levels' "
        "--as p-inspector-1",
    ),
    "finding.explain": Write(
        ("entity", "finding"),
        "campaign finding explain 220200 f-1 --explanation 'the list of enterprises changed' --as p-220200-liaison",
    ),
    "finding.resolve": Write(
        ("entity", "finding"),
        "campaign finding resolve 220200 f-1 --outcome cleared --reason 'the explanation holds' --as p-statistics-1",
    ),
    "project.register": Write(
        ("project",),
        "campaign project register project-001 --title 'paint shop' --entity faw-group --kind new --as p-office-1",
    ),
    "project.select": Write(
        ("project",),
        "campaign project select project-001 --criterion 'above 100 million yuan' --as p-office-1",
    ),
    "project.milestone": Write(
        ("project", "milestone"),
        "campaign project milestone project-001 commissioned --reached-on 2005-10-20 --as p-office-1",
    ),
    "award.propose": Write(
        ("award",),
        "campaign award propose award-1 --run run-1 --entity 220200 --as p-office-1",
    ),
    "award.approve": Write(("award",), "campaign award approve award-1 --as p-government-1"),
    "award.reject": Write(("award",), "campaign award reject award-1 --reason 'under inquiry' --as p-government-1"),
    "commend.entity": Write(
        ("commendation", "entity"),
        "campaign commend entity c-1 220200 --citation 'first to reach capacity' --as p-wei-lichang",
    ),
    "commend.nominate": Write(
        ("commendation",),
        "campaign commend nominate i-1 --person p-220200-liaison --entity 220200 --citation 'never late' "
        "--as p-office-1",
    ),
    "commend.review": Write(
        ("commendation",),
        "campaign commend review i-1 --favourable --opinion 'well earned' --as p-office-2",
    ),
    "commend.decide": Write(
        ("commendation",),
        "campaign commend decide i-1 --granted --reason 'outstanding' --as p-government-1",
    ),
    "campaign.summarise": Write(
        (),
        "campaign summarise --title 总结 --sha256 … --conclusion 'targets exceeded' --as p-wei-lichang",
    ),
    "campaign.close": Write(
        (),
        "campaign close --reason 'the summary is recorded' --as p-wei-lichang",
        question=T("close the campaign for good?"),
    ),
}

OPENINGS: dict[str, str] = {
    "exemplar": "campaign exemplar open faw-group e-1 --title 'at full load since August' --as p-office-1",
    "issue": "campaign issue open increment-07 i-1 --title 'short of coal' --kind coal --as p-office-1",
    "loss": "campaign loss open loss-01 l-1 --title 'turn the loss around' --kind operating --as p-office-1",
    "measure": "campaign measure open turnaround-office m-1 --title 'cheaper power' --kind power --as p-office-1",
    "publicity": "campaign publicity open faw-group p-1 --title 'front page' --kind newspaper --provider 吉林日报 "
    "--link e-1 --as p-office-1",
    "reminder": "campaign reminder open 220300 r-1 --title 'two weeks without a report' --due-on 2005-10-14 "
    "--as p-office-1",
    "support": "campaign support open loss-01 s-1 --title 'night tariff' --kind preferential_tariff "
    "--provider power-company --from-on 2005-09-01 --as p-office-1",
    "visit": "campaign visit open faw-group v-1 --title 'on the spot' --responsible p-wei-lichang --as p-office-1",
}
"""The registers that have a noun of their own, with an example of opening an entry."""

FIELDS: dict[str, Text] = {
    "above_scale_list": T("version of the list of above-scale enterprises behind the figures"),
    "adjustment": T("an adjustment inside a figure, INDICATOR=AMOUNT:REASON"),
    "approver": T("the person who decided it; by default whoever asks"),
    "attendees": T("an entity or body that attended"),
    "award": T("the award's id"),
    "baseline": T("a figure found, INDICATOR=VALUE[UNIT]@SCOPE"),
    "check": T("the check's id"),
    "citation": T("what it is for"),
    "commendation": T("the commendation's id"),
    "conclusion": T("what the campaign came to, in a sentence"),
    "convener": T("who convenes it"),
    "countersigner": T("the person who signs for the entity"),
    "criterion": T("the criterion of the choice"),
    "decisions": T("a decision taken"),
    "document": T("the document that it rests on"),
    "due_on": T("the day by which it is to be done"),
    "duty": T("accountable_officer or liaison"),
    "entity": T("the entity's id"),
    "entry": T("the entry's id"),
    "exit_on": T("the day of the exit"),
    "explanation": T("the answer"),
    "favourable": T("in favour, or not"),
    "figure_status": T("whether the figures are provisional or final"),
    "figures": T("a figure, INDICATOR=VALUE[UNIT]@SCOPE"),
    "finding": T("the finding's id"),
    "findings": T("a finding raised on the occasion"),
    "first_half_actual": T("what the first half of the year reached"),
    "follow_up_on": T("the day by which somebody looks again"),
    "from_on": T("the day from which it holds"),
    "gate": T("the gate's id"),
    "granted": T("granted, or declined"),
    "groups": T("a group of the definition that it belongs to"),
    "has_conditions": T("whether two rises are a goal for it"),
    "held_on": T("the day on which it took place"),
    "indicator": T("the indicator's id"),
    "indicators": T("an indicator that the entity answers for"),
    "investment_yuan": T("the investment in yuan"),
    "kind": T("of what kind it is"),
    "letter": T("the letter's id"),
    "link": T("the entry or project that it belongs to"),
    "market": T("the market that it works for again"),
    "measures": T("a concrete measure"),
    "meeting": T("the meeting's id"),
    "members": T("a member, by person id"),
    "method": T("the accounting method of the figures"),
    "milestone": T("started, commissioned, at_capacity or at_benefit"),
    "named_in_source": T("whether the plan itself names it"),
    "note": T("a remark"),
    "obligation": T("the obligation's id"),
    "on_behalf_of": T("for whom the signer signs"),
    "operator": T("how the value binds"),
    "opinion": T("the opinion"),
    "outcome": T("what came of it"),
    "ownership": T("who owns it"),
    "parent": T("the entity that it lies in"),
    "participants": T("who took part: a person, by id, or a body; taken as written, and not looked up"),
    "period": T("the period"),
    "person": T("the person's id, never a name"),
    "place": T("where"),
    "post": T("the office held"),
    "prefecture": T("the prefecture that it lies in"),
    "project": T("the project's id"),
    "provider": T("who gives it"),
    "rationale": T("why this value"),
    "reached_on": T("the day on which it was reached"),
    "reason": T("the reason"),
    "received_on": T("the day of receipt"),
    "register": T("the register's id"),
    "report": T("the report's id"),
    "responsible": T("who sees to it; where the register has a table, that says so"),
    "run": T("the assessment run's id"),
    "scheduled_on": T("the day of the meeting"),
    "scope": T("the statistical scope"),
    "second_half": T("what the second half is to bring"),
    "sector": T("the branch of industry"),
    "sha256": T("the sha256 of the document's text"),
    "signed_on": T("the day of the signatures"),
    "signer": T("the person who signs for the province"),
    "source": T("the file or paper that the figures come from"),
    "statement": T("what is in question"),
    "status": T("the state of its operation"),
    "strength": T("hard, or soft: without effect on awards"),
    "supersedes": T("the letter that it replaces"),
    "supervision": T("who supervises it"),
    "supporters": T("who supported it"),
    "tags": T("a tag, such as focus"),
    "target": T("the target's id, by default the indicator's"),
    "tasks": T("a task"),
    "text": T("what is to be reached, where no number says it"),
    "title": T("its name"),
    "to": T("the phase to move to, by default the next"),
    "unit": T("the unit, by default the indicator's"),
    "until": T("the day to which it is extended"),
    "until_on": T("the last day on which it holds"),
    "value": T("the value"),
    "value_after": T("what is to change, measured after"),
    "value_before": T("what is to change, measured before"),
    "voluntary": T("whether it joined by itself"),
}
"""What a field means, by its name."""
