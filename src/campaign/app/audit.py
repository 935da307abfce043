"""Verifying everything that the store holds, from the bytes of a record to the last prize; nothing is written."""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from campaign import verifier
from campaign.app import assess, privacy, provenance, replay
from campaign.app.access import whole
from campaign.app.replay import Past
from campaign.app.session import Session
from campaign.domain.events import AssessmentRecorded
from campaign.domain.state import CampaignState, Run
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text
from campaign.store import merkle
from campaign.store.codec import canonical, canonicals
from campaign.store.log import Row
from campaign.store.tree import BATCH, LogTree
from campaign.verifier import COSIGN, SIGN, Checkpoint, Finding, Key, Record, Walk

_ENCODE, _DECODE = msgspec.json.Encoder().encode, msgspec.json.Decoder().decode


class Verdict(msgspec.Struct, frozen=True):
    """What a verification came to: how far the log goes, what vouches for it, and all that is wrong, in order."""

    position: int
    sealed: int
    checkpoints: int
    vouched: int
    problems: tuple[Problem, ...]
    notes: tuple[Text, ...] = ()


SAID: dict[str, tuple[Text, Text]] = {
    "missing": (T("a record is missing: {detail}"), T("find an older backup or a receipt that holds it")),
    "unreadable": (T("a record cannot be read: {detail}"), T("restore it from a backup made before the damage")),
    "order": (T("a record stands where none may stand: {detail}"), T("find out who wrote to the store's file")),
    "version": (T("the stream has a gap: {detail}"), T("find out who wrote to the store's file")),
    "time": (T("time runs back: {detail}"), T("find out who wrote to the store's file")),
    "text": (T("a recorded document was replaced: {detail}"), T("compare it with the published text")),
    "record": (T("a record was changed: {detail}"), T("compare it with a backup, an export or a receipt")),
    "tree": (T("the tree was changed: {detail}"), T("make it again with `campaign audit checkpoint --rebuild`")),
    "checkpoint": (T("the log is not the one that was signed: {detail}"), T("compare it with an older backup")),
    "signature": (T("a checkpoint is not to be believed: {detail}"), T("compare it with the published one")),
    "key": (T("the key of the log is in doubt: {detail}"), T("compare it with the published key")),
    "published": (
        T("what was published is of another log: {detail}"),
        T("compare it with the paper that was handed out, and the log with an older backup"),
    ),
    "witness": (T("a witness contradicts itself: {detail}"), T("ask the witness for what it signed")),
    "person": (
        T("particulars are not what was vouched for: {detail}"),
        T("keep them anew with `campaign person keep`"),
    ),
    "history": (T("the history cannot be folded: {detail}"), T("compare it with a backup, an export or a receipt")),
    "read-model": (T("a read model is not what the events say: {detail}"), T("rebuild it: `campaign store rebuild`")),
    "schema": (
        T("the store's file is not guarded as it was made: {detail}"),
        T("find out who wrote to it; `campaign log export` and `campaign store restore` make a whole one"),
    ),
    "account": (
        T("a record is not its person's: {detail}"),
        T("ask that person; compare the accounts in roles.yaml with those of the machine or the database"),
    ),
    "four-eyes": (T("one person did what takes two: {detail}"), T("have another person look at it again")),
    "result": (T("a recorded result does not come out again: {detail}"), T("explain it with `campaign explain`")),
}
"""By the verifier's code: the sentence, and the remedy."""


def verify(session: Session, *, keys: Sequence[Key] = (), against: Sequence[str] = (), results: bool = True) -> Verdict:
    """Verify rows, order, tree, checkpoints, signatures, read models and recorded results.

    Raises Problems (code `not-permitted`) for a login from which the store hides rows.
    keys: published keys that the auditor brings, of the log and of witnesses.  against: checkpoints that the auditor
    kept, or copied from paper.  results: also make every recorded assessment again.
    """
    against = [verifier.brought(text) for text in against]
    whole(session.log)
    tree = session.log.tree()
    notes = [note.text for note in tree.notes()]
    walk, inside = walked(tree, [*notes, *against])
    heads, untrusted = verifier.trusted(walk, notes, [key for key in keys if key.kind == SIGN], against)
    findings = [*walk.findings, *untrusted, *verifier.judge(walk, heads, lambda: _leaves(tree))]
    findings += verifier.papers(walk, _roots_at(tree, verifier.unasked(walk)))
    findings += verifier.witnessed(heads, [key for key in keys if key.kind == COSIGN])
    if tree.size > walk.last and not any(finding.code == "missing" for finding in findings):
        findings.append(Finding(walk.last + 1, "missing", f"the tree covers {tree.size} records"))
    findings += inside
    findings += [Finding(0, "schema", what) for what in session.log.amiss()]
    if not _unsound(findings):
        findings += _read_models(session)
        findings += _told_by_events(session, results=results)
    vouched = max((head.size for head in heads if walk.roots.get(head.size) == head.root), default=0)
    problems = tuple(map(_problem, sorted(findings, key=lambda finding: finding.position or 2**62)))
    return Verdict(walk.last, tree.size, len(heads), vouched, problems, tuple(_remarks(walk, heads, keys)))


def walked(tree: LogTree, notes: Sequence[str]) -> tuple[Walk, list[Finding]]:
    """Look at every record once, beside the kept tree, with the roots at the sizes that NOTES are about.

    Returns the walk, and the first hash inside the tree that is not that of the two below it.
    """
    walk, compared = Walk(_sizes(notes), _Kept(tree)), 0
    wrong: list[Finding] = []
    for rows in tree.raw():
        start = walk.last
        if not _at_once(tree, walk, rows):
            walk.take(_records(rows, walk))
        elif walk.levels and compared == start and len(rows) == BATCH and not wrong:
            wrong = list(_inside(tree, start, walk.levels))
            compared = walk.last
    inside = wrong or list(islice(interior(tree, compared), 1))
    return walk, [] if walk.differs else inside


def _roots_at(tree: LogTree, sizes: frozenset[int]) -> dict[int, bytes]:
    """Read the records once more for roots at SIZES; on paper stand those of kept checkpoints, so it is seldom done."""
    rows = (row for rows in tree.raw() for row in rows if not isinstance(row, int))
    records = map(canonical, islice(rows, max(sizes, default=0)))
    return verifier.roots_of(map(merkle.leaf, records), sizes)


def _at_once(tree: LogTree, walk: Walk, rows: list[Row | int]) -> bool:
    """Take a batch in which nothing is unusual; several times as fast as one by one."""
    try:
        whole = [row for row in rows if not isinstance(row, int)]
        bodies = [row[-1] for row in whole]
        if len(whole) != len(rows) or [_ENCODE(_DECODE(body)) for body in bodies] != bodies:
            return False
        leaves = merkle.leaves(canonicals(whole))
        kept = tree.joined(0, walk.last, walk.last + len(rows))
        return kept is not None and walk.take_batch(whole, leaves, kept)
    except (msgspec.MsgspecError, UnicodeError, TypeError, ValueError):
        return False


def _inside(tree: LogTree, start: int, levels: list[list[bytes]]) -> Iterator[Finding]:
    """Compare the kept hashes above a whole batch with those made from its records, as far as the tree goes."""
    for level, made in enumerate(levels[1:], start=1):
        place = start >> level
        end = place + len(made)
        if tree.joined(level, place, end) != b"".join(made) and start + BATCH <= tree.size:
            yield _wrong_node(level, place, made, tree.hashes(level, place, end))
            return


def _sizes(notes: Sequence[str]) -> list[int]:
    found = []
    for note in notes:
        try:
            found.append(verifier.read_checkpoint(note).size)
        except verifier.Unreadable:  # told by `trusted`
            continue
    return found


class _Kept:
    """The kept leaves, fetched by batches as the walk comes by."""

    def __init__(self, tree: LogTree) -> None:
        self._tree = tree
        self._start = 0
        self._batch: list[bytes] = []

    def __call__(self, place: int) -> bytes | None:
        if not self._start <= place < self._start + BATCH or not self._batch:
            self._start = place - place % BATCH
            self._batch = self._tree.hashes(0, self._start, self._start + BATCH)
        offset = place - self._start
        return self._batch[offset] if offset < len(self._batch) else None


def _records(rows: Sequence[Row | int], walk: Walk) -> Iterator[Record]:
    """Yield every record as the verifier takes it; the body's bytes must be the ones that would be written again."""
    for row in rows:
        if isinstance(row, int):
            yield Record(row)
            continue
        position, stream, version, topic, at, *_, body = row
        try:
            if _ENCODE(_DECODE(body)) != body:
                walk.say(position, "unreadable", "the body is not in its canonical form")
            yield Record(position, canonical(row), stream, version, topic, at, body)
        except (msgspec.MsgspecError, UnicodeError, TypeError, ValueError):
            yield Record(position, _as_it_is(row), stream, version, topic, at, body)
            walk.say(position, "unreadable", "the body is not JSON")


def _as_it_is(row: Row) -> bytes | None:
    try:
        return canonical(row)
    except (msgspec.MsgspecError, UnicodeError, TypeError):
        return None


def _leaves(tree: LogTree) -> Iterator[bytes]:
    for start in range(0, tree.size, BATCH):
        yield from tree.hashes(0, start, start + BATCH)


def interior(tree: LogTree, compared: int = 0) -> Iterator[Finding]:
    """Compare every kept hash with the two below it, but those inside the first COMPARED leaves' whole batches."""
    level, width = 0, tree.size
    while width > 1:
        done = compared >> level if BATCH >> level > 1 else 0
        for start in range(done, width, BATCH):
            below = tree.hashes(level, start, min(start + BATCH, width))
            above = tree.hashes(level + 1, start // 2, (start + BATCH) // 2)
            made = merkle.pairs(below)
            if made != above[: len(made)] or len(above) < len(made):
                yield _wrong_node(level + 1, start // 2, made, above)
                return
        level, width = level + 1, width // 2


def _wrong_node(level: int, first: int, made: list[bytes], kept: list[bytes]) -> Finding:
    same = [left == right for left, right in zip(made, kept, strict=False)]
    place = first + (same.index(False) if False in same else len(same))
    return Finding(
        (place << level) + 1, "tree", f"the hash at level {level}, place {place} is not that of the two below it"
    )


def _unsound(findings: Sequence[Finding]) -> bool:
    return any(finding.code in {"missing", "unreadable", "order", "version"} for finding in findings)


def _read_models(session: Session) -> Iterator[Finding]:
    try:
        differences = replay.check(session).differences
    except Problems as found:
        yield from map(_finding, found.problems)
    else:
        for line in differences[: verifier.ENOUGH]:
            if line.path == "position" and int(line.stored) > int(line.folded):
                text = f"{line.view} was folded up to {line.stored}, but the log ends at {line.folded}"
                yield Finding(int(line.folded) + 1, "missing", text)
                continue
            where = " ".join(filter(None, (line.view, line.key, line.path)))
            yield Finding(0, "read-model", f"{where}: stored {line.stored or '-'}, folded {line.folded or '-'}")


CODES = {"integrity-fold": "history", "integrity-view": "read-model"}
"""What a problem met on the way is called here; any other is a record that cannot be read."""


def _finding(problem: Problem) -> Finding:
    position = problem.place.field.removeprefix("position ")
    code = CODES.get(problem.code, "unreadable")
    return Finding(int(position) if position.isdecimal() else 0, code, str(problem.message))


def _told_by_events(session: Session, *, results: bool) -> Iterator[Finding]:
    """Compare particulars and results with the campaign folded anew: what a read model says of them is not asked."""
    watch = provenance.Watch()
    try:
        head = session.log.head()
        asked = _assessed_at(session) if results else set()
        pasts = replay.pasts(session, [*(at for at in asked if 0 <= at <= head), head], watch=watch)
        then = {past.position: past for past in pasts}
    except Problems:  # told by `_read_models`
        return
    campaign = then[head].campaign
    yield from watch.findings
    for person in privacy.doubtful(session, campaign.kept_persons):
        yield Finding(0, "person", f"{person} is kept otherwise")
    for run in campaign.runs.values() if results else ():
        yield from _result(session, run, then, campaign)


def _assessed_at(session: Session) -> set[int]:
    """Return the positions that the assessments recorded looked at, so that one fold shows them all."""
    events = (record.event for record in session.log.read(session.stream))
    return {event.log_position for event in events if isinstance(event, AssessmentRecorded)}


def _result(session: Session, run: Run, then: dict[int, Past], campaign: CampaignState) -> Iterator[Finding]:
    try:
        if run.log_position not in then:
            yield Finding(
                run.position, "result", f"{run.run} looked at position {run.log_position}, and the log ends before"
            )
        elif not assess.comes_out(run, assess.seen(session, then[run.log_position]), campaign):
            yield Finding(run.position, "result", run.run)
    except Problems as found:
        yield Finding(run.position, "result", f"{run.run}: {found}")


def _problem(finding: Finding) -> Problem:
    message, fix = SAID.get(finding.code, (T("{detail}"), NOTHING))
    place = Place(field=f"position {finding.position}") if finding.position else Place()
    return Problem(f"integrity-{finding.code}", Text(message.template, {"detail": finding.text}), fix, place)


def _remarks(walk: Walk, heads: Sequence[Checkpoint], keys: Sequence[Key]) -> Iterator[Text]:
    count = walk.last - max((head.size for head in heads), default=0)  # covered, whether or not they still match
    if count > 0:
        yield T("the last {count} records are after the last checkpoint: nothing vouches for them yet", count=count)
    if not any(key.kind == SIGN for key in keys):
        yield T("no published key was given: the log's own word was taken for which key is its own")
