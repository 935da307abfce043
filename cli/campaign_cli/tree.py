"""Every noun and verb with its line of help; what stands behind a name is loaded only when the name is used."""

from campaign.problems import T, Text
from campaign_cli.commands import Branch, Leaf, Tree


def _register(text: Text, lists: str, register: str = "") -> Branch:
    """Return the verbs of one register, or of any where none is named."""
    which = f"@{register}" if register else ""
    return Branch(
        text,
        {
            "open": Leaf(T("open an entry"), f"derive:register.open{which}"),
            "assign": Leaf(T("give an entry to somebody, or another day or kind"), f"derive:register.assign{which}"),
            "done": Leaf(T("settle an entry, with what came of it"), f"derive:register.done{which}"),
            "reopen": Leaf(T("open a settled entry again"), f"derive:register.reopen{which}"),
            "list": Leaf(T("list the entries by age, and who has none"), f"nouns.cycle:{lists}"),
        },
    )


TREE: Tree = {
    "demo": Leaf(T("the shipped 2005 campaign from first survey to last reward"), "nouns.setup:demo"),
    "init": Leaf(T("make a campaign folder to edit"), "nouns.setup:init"),
    "doctor": Leaf(T("what is installed, reachable, pending; one remedy each"), "nouns.setup:doctor"),
    "config": Branch(
        T("the campaign folder"),
        {
            "validate": Leaf(T("find every problem in the folder at once"), "nouns.adopt:validate"),
            "schema": Leaf(T("write the JSON Schema of the folder's files, for editors"), "nouns.config:schema"),
            "diff": Leaf(T("compare the folder, or a version, with an adopted version"), "nouns.config:diff"),
            "history": Leaf(T("list the adopted versions"), "nouns.config:history"),
            "drift": Leaf(T("say whether the folder is still what was adopted"), "nouns.config:drift"),
            "checkout": Leaf(T("write the files of an adopted version"), "nouns.config:checkout"),
            "calendar": Leaf(
                T("write a calendar.yaml with China's published working days"), "nouns.calendar:working_days"
            ),
        },
    ),
    "plan": Leaf(T("what adopting the folder would change"), "nouns.adopt:plan"),
    "apply": Leaf(T("adopt the folder as one recorded event"), "nouns.adopt:apply"),
    "show": Leaf(T("the campaign: documents, stages, phases, who is ready, who is late"), "nouns.show:show"),
    "entity": Branch(
        T("prefectures, enterprises and departments that take part"),
        {
            "enrol": Leaf(T("take in an entity, or a whole roster"), "nouns.roster:enrol"),
            "list": Leaf(T("list the entities"), "nouns.entity:list_"),
            "show": Leaf(T("everything about one entity"), "nouns.entity:show"),
            "history": Leaf(T("who did what to an entity, when and why, interventions marked"), "nouns.past:history"),
            "status": Leaf(T("record that operation stops, or changes"), "derive:entity.status"),
            "restart": Leaf(T("record that a stopped enterprise works again"), "derive:entity.restart"),
            "exit": Leaf(T("record that an entity leaves the statistics"), "derive:entity.exit"),
        },
    ),
    "officer": Branch(
        T("accountable officers, liaisons and task forces"),
        {
            "appoint": Leaf(T("appoint a person to a duty, or hand the duty over"), "derive:officer.appoint"),
            "task-force": Leaf(T("set up the temporary working body"), "derive:officer.task-force"),
            "list": Leaf(T("list who holds which duty, and who is missing"), "nouns.people:officers"),
        },
    ),
    "person": Branch(
        T("names and contacts, kept apart from the events so that they can be erased"),
        {
            "keep": Leaf(T("keep a person's name and contact"), "nouns.person:keep"),
            "show": Leaf(T("show a person's name and contact"), "nouns.person:show"),
            "erase": Leaf(T("erase a person's name and contact for good"), "nouns.person:erase"),
        },
    ),
    "survey": Branch(
        T("the survey before the campaign"),
        {"record": Leaf(T("record the survey of an entity and its outputs"), "derive:survey.record")},
    ),
    "target": Branch(
        T("targets, from proposal to revision"),
        {
            "propose": Leaf(T("propose a target"), "derive:target.propose"),
            "review": Leaf(T("give an opinion on a proposed target"), "derive:target.review"),
            "fix": Leaf(T("fix a reviewed target"), "derive:target.fix"),
            "revise": Leaf(T("change a fixed target by a decision"), "derive:target.revise"),
            "breakdown": Leaf(T("propose the targets of many entities from a file"), "nouns.target:breakdown"),
            "reconcile": Leaf(T("compare the parts with the whole"), "nouns.target:reconcile"),
        },
    ),
    "letter": Branch(
        T("task statements and responsibility letters"),
        {
            "issue": Leaf(T("issue a responsibility letter"), "derive:letter.issue"),
            "issue-statement": Leaf(T("hand down a task statement"), "derive:letter.issue-statement"),
            "receive-statement": Leaf(
                T("record that a task statement was received"), "derive:letter.receive-statement"
            ),
            "sign": Leaf(T("record that both parties signed"), "derive:letter.sign"),
            "amend": Leaf(T("issue a letter in place of an earlier one"), "derive:letter.amend"),
            "list": Leaf(T("list the letters, and who lacks one"), "nouns.letter:list_"),
        },
    ),
    "meeting": Branch(
        T("meetings of the campaign"),
        {
            "schedule": Leaf(T("call a meeting"), "derive:meeting.schedule"),
            "reschedule": Leaf(T("move a meeting; the old date stays visible"), "derive:meeting.reschedule"),
            "hold": Leaf(T("record that a meeting took place"), "derive:meeting.hold"),
            "list": Leaf(T("list the meetings"), "nouns.show:meetings"),
        },
    ),
    "phase": Branch(
        T("phases, and the gates between them"),
        {
            "list": Leaf(T("list the phases and where everyone stands"), "nouns.phase:list_"),
            "check": Leaf(T("show every gate, shut or open, with its remedy"), "nouns.phase:check"),
            "advance": Leaf(T("move an entity, a group or all to the next phase"), "nouns.phase:advance"),
            "waive": Leaf(T("waive a gate, with a reason"), "derive:phase.waive"),
            "graph": Leaf(T("show which phase leads to which"), "nouns.phase:graph"),
        },
    ),
    "report": Branch(
        T("reports and their figures"),
        {
            "template": Leaf(T("write the workbook that an office fills in"), "nouns.filing:template"),
            "check": Leaf(T("find every problem of a file of figures at its cell"), "nouns.filing:check"),
            "submit": Leaf(T("submit the figures of a period, or a file of many"), "nouns.filing:submit"),
            "correct": Leaf(T("supersede figures, with a reason"), "nouns.filing:correct"),
            "verify": Leaf(T("verify a report that another person entered"), "derive:report.verify"),
            "return": Leaf(T("send a report back"), "derive:report.return"),
            "extend": Leaf(T("let a period be answered later"), "derive:report.extend"),
            "waive": Leaf(T("let a period go unanswered"), "derive:report.waive"),
            "sign-off": Leaf(T("settle a period; its figures are locked"), "derive:report.sign-off"),
            "reopen": Leaf(T("unlock a period, with a reason"), "derive:report.reopen"),
            "status": Leaf(T("who reported in time, late, or not"), "nouns.report:status"),
            "mine": Leaf(T("what one entity, or I, owe next"), "nouns.report:mine"),
            "laggards": Leaf(T("who lags behind, why, and who is not reminded yet"), "nouns.laggards:list_"),
        },
    ),
    "check": Branch(
        T("half-month checks by an inspector"),
        {
            "record": Leaf(T("record a check of one period"), "derive:check.record"),
            "follow-up": Leaf(T("record that somebody looked again"), "derive:check.follow-up"),
            "list": Leaf(T("list the checks, and what is to be looked at again"), "nouns.cycle:checks"),
        },
    ),
    "bulletin": Branch(
        T("the bulletin of each month, and its numbered corrections"),
        {
            "publish": Leaf(T("publish the bulletin of a period"), "nouns.bulletin:publish"),
            "correct": Leaf(T("publish a numbered correction"), "nouns.bulletin:correct"),
            "show": Leaf(T("show an edition as text, page, workbook or PDF"), "nouns.bulletin:show"),
            "list": Leaf(T("list the editions"), "nouns.bulletin:list_"),
        },
    ),
    "finding": Branch(
        T("what is in question about figures and duties"),
        {
            "raise": Leaf(T("put something in question"), "derive:finding.raise"),
            "explain": Leaf(T("answer a finding"), "derive:finding.explain"),
            "resolve": Leaf(T("close a finding"), "derive:finding.resolve"),
            "list": Leaf(T("list the findings"), "nouns.report:findings"),
            "screen": Leaf(T("list, or raise, what the checks find in question"), "nouns.cycle:screen"),
        },
    ),
    "register": _register(T("any register of the definition"), "entries"),
    "visit": _register(T("visits of leaders to enterprises"), "visits", "visit"),
    "issue": _register(T("difficulties of enterprises, open until they are resolved"), "issues", "issue"),
    "support": _register(T("support measures for enterprises"), "supports", "support"),
    "measure": _register(T("encouragement measures of departments"), "measures", "measure"),
    "loss": _register(T("major loss-makers, and who is responsible for them"), "losses", "loss"),
    "exemplar": _register(T("exemplars"), "exemplars", "exemplar"),
    "publicity": _register(T("items in the press and on the air"), "publicity", "publicity"),
    "reminder": _register(T("reminders, each with the day of its follow-up"), "reminders", "reminder"),
    "notice": Branch(
        T("notices of what is due, over the channels that the folder names"),
        {"list": Leaf(T("list what was sent over which channel, and what waits"), "nouns.notice:list_")},
    ),
    "tick": Leaf(T("open and close what the day demands, and list what is due"), "nouns.cycle:tick"),
    "project": Branch(
        T("increment projects"),
        {
            "register": Leaf(T("register a project, or a whole roster"), "nouns.roster:register"),
            "select": Leaf(T("choose a project for direct dispatch"), "derive:project.select"),
            "milestone": Leaf(T("record that a project reached a milestone"), "derive:project.milestone"),
            "list": Leaf(T("list the projects"), "nouns.entity:projects"),
        },
    ),
    "scheme": Branch(
        T("assessment schemes"),
        {
            "validate": Leaf(T("find every problem in a scheme at once"), "nouns.scheme:validate"),
            "adopt": Leaf(T("adopt a scheme as one recorded event"), "nouns.scheme:adopt"),
            "show": Leaf(T("show the adopted scheme"), "nouns.scheme:show"),
            "history": Leaf(T("list the adoptions"), "nouns.scheme:history"),
            "test": Leaf(T("run the cases beside a scheme's tables"), "nouns.play:test"),
            "export": Leaf(T("write a decision table as a workbook"), "nouns.play:export"),
            "import": Leaf(T("read a workbook or a DMN file as a scheme's text"), "nouns.play:import_"),
        },
    ),
    "assess": Branch(
        T("assessment by the adopted scheme"),
        {
            "run": Leaf(T("assess, and record the result"), "nouns.scheme:run"),
            "show": Leaf(T("show the ranking of a run"), "nouns.scheme:result"),
            "compare": Leaf(T("lay two runs side by side"), "nouns.play:compare"),
            "what-if": Leaf(
                T("the year under other rules, targets or figures; nothing is written"), "nouns.play:what_if"
            ),
        },
    ),
    "award": Branch(
        T("awards out of an assessment"),
        {
            "propose": Leaf(T("put an award forward"), "derive:award.propose"),
            "approve": Leaf(T("approve an award that another person proposed"), "derive:award.approve"),
            "reject": Leaf(T("reject an award"), "derive:award.reject"),
            "list": Leaf(T("list the awards"), "nouns.scheme:awards"),
        },
    ),
    "commend": Branch(
        T("commendations of entities and outstanding individuals"),
        {
            "entity": Leaf(T("commend an entity"), "derive:commend.entity"),
            "nominate": Leaf(T("put an individual forward"), "derive:commend.nominate"),
            "review": Leaf(T("give an opinion on a nomination"), "derive:commend.review"),
            "decide": Leaf(T("grant or decline a commendation"), "derive:commend.decide"),
            "list": Leaf(T("list the commendations"), "nouns.scheme:commendations"),
        },
    ),
    "calendar": Branch(
        T("the campaign's dates for the calendars that people keep"),
        {"export": Leaf(T("write phases, meetings and deadlines as ICS"), "nouns.calendar:export")},
    ),
    "summarise": Leaf(T("record the campaign's summary document"), "derive:campaign.summarise"),
    "close": Leaf(T("close the campaign"), "derive:campaign.close"),
    "log": Branch(
        T("the event log"),
        {
            "list": Leaf(T("list the events"), "nouns.log:list_"),
            "show": Leaf(T("show one event with its body"), "nouns.log:show"),
            "follow": Leaf(T("print new events as they come"), "nouns.follow:follow"),
            "export": Leaf(T("write the whole log as a folder, or its events as JSON Lines"), "nouns.folder:export"),
        },
    ),
    "replay": Leaf(T("fold the events again: what was known, what was true, what changed"), "nouns.past:replay"),
    "explain": Leaf(T("trace a result to clause, rule, figure and event"), "nouns.scheme:explain"),
    "audit": Branch(
        T("evidence: signed checkpoints, receipts, proofs, verification"),
        {
            "checkpoint": Leaf(T("seal and sign the log as it stands"), "nouns.audit:checkpoint"),
            "verify": Leaf(T("verify everything, from the bytes of a record to the last prize"), "nouns.audit:verify"),
            "prove": Leaf(T("write a receipt for one event, or a proof of growth"), "nouns.audit:prove"),
            "witness": Leaf(T("keep a checkpoint that a witness cosigned"), "nouns.audit:witness"),
            "cosign": Leaf(T("as a witness, cosign a checkpoint"), "nouns.audit:cosign"),
            "keys": Leaf(T("list the keys of the log, and its last checkpoint"), "nouns.audit:keys"),
            "rotate-key": Leaf(T("record the key that signs checkpoints"), "nouns.audit:rotate_key"),
        },
    ),
    "access": Branch(
        T("who may come in, and what was not permitted"),
        {
            "show": Leaf(T("show for whom your account speaks, and in which roles"), "nouns.access:show"),
            "list": Leaf(T("list the attempts that were not permitted"), "nouns.access:list_"),
            "key": Leaf(T("make the key that signs tokens, or print its public half"), "nouns.tokens:key"),
            "issue": Leaf(T("sign a token that says who comes"), "nouns.tokens:issue"),
            "check": Leaf(T("say what a token is worth"), "nouns.tokens:check"),
        },
    ),
    "store": Branch(
        T("the store of the log"),
        {
            "info": Leaf(T("what the store holds"), "nouns.info:info"),
            "migrate": Leaf(T("bring the schema up to date; makes the tables of a database"), "nouns.store:migrate"),
            "rebuild": Leaf(T("fold the read models anew from the events"), "nouns.log:rebuild"),
            "copy": Leaf(T("bring one store to where another stands: a file, a database"), "nouns.moving:copy"),
            "backup": Leaf(T("write the store into one verified file while others write"), "nouns.moving:backup"),
            "restore": Leaf(T("make a new store from a backup or an export, and verify it"), "nouns.moving:restore"),
        },
    ),
}
