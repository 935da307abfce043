"""Tokens: signed by the holder of an access key outside the store, they say who comes where logins are not to be had.

`campaign-token.v1.PAYLOAD.SIGNATURE`, both in base64url without padding.  The payload is JSON: campaign, account and
expires (an instant, UTC); the Ed25519 signature is over the prefix, its last dot included, and the payload's bytes.  A
token is worth an account until it expires: it is kept like a key.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from campaign import verifier
from campaign.app.session import Session
from campaign.domain.access import ACCOUNT, persons_of
from campaign.domain.definition import Definition
from campaign.problems import Place, Problem, Problems, T, Text
from campaign.store import notes

FORM = "campaign-token.v1."
TOKEN = re.compile(r"campaign-token\.v1\.([\w-]{1,2000})\.([\w-]{86})")
CODE = "token-refused"


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a token says."""

    campaign: str
    account: str
    expires: datetime


def public_key(path: Path, name: str = "") -> str:
    """Return the public half of the access key in PATH, made there if there is none. Raises Problems (`key-…`)."""
    if not path.exists():
        notes.save_signer(path, notes.new_signer(name or f"access/{path.stem}"))
    return str(notes.load_signer(path).key)


def issue(session: Session, account: str, key_file: Path, expires: datetime) -> str:
    """Return a token for ACCOUNT until EXPIRES, signed with the key in KEY_FILE.

    Raises Problems with all that would make it worthless: codes `token-account`, `token-key`, `definition-missing`, and
    `key-…`.
    """
    definition = session.context().definition
    if definition is None:
        message = T("no definition is adopted, so no account is listed yet")
        raise Problems([Problem("definition-missing", message, T("adopt one with `campaign apply`"))])
    signer = notes.load_signer(key_file, maker="campaign access key")
    problems = [*_listed(definition, account), *_known(definition, str(signer.key), key_file)]
    if problems:
        raise Problems(problems)
    grant = Grant(definition.campaign.key, account, expires.astimezone(UTC))
    payload = msgspec.json.encode(grant)
    return f"{FORM}{_text(payload)}.{_text(signer.sign(FORM.encode() + payload))}"


def _listed(definition: Definition, account: str) -> Sequence[Problem]:
    place = Place(field="ACCOUNT")
    if not account.startswith("token:") or not ACCOUNT.match(account):
        message = T("{account} is no account that a token can be for", account=ascii(account))
        return [Problem("token-account", message, T("write token:NAME"), place)]
    if account not in {line.account for line in definition.accounts}:
        message = T("the account {account} is not listed", account=account)
        return [Problem("token-account", message, T("list it under `accounts` in roles.yaml and adopt that"), place)]
    return []


def _known(definition: Definition, public: str, path: Path) -> Sequence[Problem]:
    if public in definition.access_keys:
        return []
    message = T("the key in {path} is not among the access keys of the campaign", path=path)
    fix = T("list {key} under `access_keys` in roles.yaml and adopt that", key=public)
    return [Problem("token-key", message, fix, Place(file=str(path)))]


def read(definition: Definition | None, token: str, now: datetime) -> Grant:
    """Return what TOKEN grants NOW; the token itself is never repeated. Raises Problems (code `token-refused`)."""
    found = TOKEN.fullmatch(token.strip())
    if found is None:
        raise _refused(T("this is no token"), T("give what `campaign access issue` printed, whole"))
    payload, signature = map(_bytes, found.groups())
    message = FORM.encode() + payload
    if not any(verifier.signed(public, message, signature) for public in _trusted(definition)):
        raise _refused(T("the token is not signed by an access key of the campaign"), ASK)
    grant = _grant(payload)
    if definition is None or grant.campaign != definition.campaign.key:
        raise _refused(T("the token is for the campaign {name}", name=grant.campaign), ASK)
    if grant.expires <= now:
        raise _refused(T("the token expired at {instant}", instant=grant.expires.isoformat()), ASK)
    return grant


def worth(session: Session, token: str) -> tuple[Grant, tuple[str, ...]]:
    """Return what TOKEN grants, and the persons for whom it speaks. Raises Problems (code `token-refused`)."""
    definition = session.context().definition
    grant = read(definition, token, session.clock())
    return grant, persons_of(definition, grant.account) if definition else ()


ASK = T("ask the holder of the access key for another")


def _refused(message: Text, fix: Text) -> Problems:
    return Problems([Problem(CODE, message, fix)])


def _grant(payload: bytes) -> Grant:
    try:
        grant = msgspec.json.decode(payload, type=Grant)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _refused(T("this is no token"), ASK) from None
    if not grant.account.startswith("token:") or not ACCOUNT.match(grant.account) or grant.expires.tzinfo is None:
        raise _refused(T("this is no token"), ASK)
    return grant


def _trusted(definition: Definition | None) -> Iterator[bytes]:
    """Yield the campaign's access keys."""
    for text in definition.access_keys if definition else ():
        with suppress(verifier.Unreadable):
            key = verifier.read_key(text)
            if key.kind == verifier.SIGN:
                yield key.public


def of_file(path: Path) -> str:
    """Read a token out of a file that its owner alone may read. Raises Problems (`token-missing`, `token-exposed`)."""
    place = Place(file=str(path))
    try:
        exposed = path.stat().st_mode & 0o077
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        message = T("{path} cannot be read: {reason}", path=path, reason=error.strerror or error)
        raise Problems([Problem("token-missing", message, T("name the token's file"), place)]) from error
    if exposed:
        message = T("others than its owner may read the token in {path}", path=path)
        raise Problems([Problem("token-exposed", message, T("chmod 600 it, and have another token issued"), place)])
    return text.strip()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _refused(T("this is no token"), ASK) from None
