"""The audit administrator of the demonstration: makes the log's key before the first event, and signs every night."""

from datetime import date, time
from hashlib import sha256
from pathlib import Path

from campaign.app.evidence import checkpoint, rotate
from campaign.demo.agenda import Story, after
from campaign.problems import Place, Problem, Problems, T
from campaign.store.notes import Signer, load_signer, save_signer
from campaign.verifier import SIGN

BEFORE_ALL, NIGHT = time(8, 30), time(23, 30)
KNOWN = sha256(b"the key of the demonstration is known to everybody").digest()
"""So that every telling is the same to the last byte; its name says that it is of a rehearsal."""


def spare(key_file: Path) -> None:
    """Leave the key of another log alone. Raises Problems (`key-exists`, and those of a file that holds no key)."""
    if key_file.exists() and load_signer(key_file).seed != KNOWN:
        place = Place(file=str(key_file))
        message = T("{path} holds the key of another log", path=key_file)
        raise Problems([Problem("key-exists", message, T("move it to a safe place, or name another store"), place)])


def play(story: Story, key_file: Path) -> None:
    """Put the making of the key, in KEY_FILE, and its nightly use on the agenda; the last act of all is sealed too."""
    start = after(story.definition.phases[0].from_, -1)
    story.agenda.at(start, lambda: _make(story, key_file), BEFORE_ALL)
    story.agenda.at(start, lambda: _seal(story, key_file, start, 0), NIGHT)


def _make(story: Story, key_file: Path) -> None:
    agenda = story.agenda
    upcoming = key_file.with_name(key_file.name + ".next")
    upcoming.unlink(missing_ok=True)
    save_signer(upcoming, Signer(f"rehearsal/{agenda.session.key}", SIGN, KNOWN))
    reply = rotate(agenda.session, key_file, agenda.who(agenda.holder("audit_administrator")))
    if reply.refusal is not None:
        raise RuntimeError(str(reply.refusal))
    agenda.replies.append(reply)


def _seal(story: Story, key_file: Path, day: date, before: int) -> None:
    """Sign what the day has added, and come back the next night, as long as anything is on the agenda."""
    session = story.agenda.session
    size = session.log.head()
    if size > before:
        checkpoint(session, key_file)
    if story.agenda.acts:
        tomorrow = after(day, 1)
        story.agenda.at(tomorrow, lambda: _seal(story, key_file, tomorrow, size), NIGHT)
        return
    count = len(session.log.tree().notes())
    story.say(T("{count} checkpoints signed, one for every day on which anything was recorded", count=count))
