"""The address of a PostgreSQL store: `postgresql://…`, safe to show, encrypted where it leaves the machine.

Everything else in it is libpq's: several hosts, target_session_attrs, service=…, sslmode=….  What it leaves out comes
from PGSERVICE, PGPASSFILE, PGPASSWORD and the other variables that libpq reads; a password from the keyring, too.
"""

import os
import re
from collections.abc import Mapping

from campaign.problems import Place, Problem, Problems, T, need

SCHEME = r"[a-z][a-z0-9+.-]*://"
ADDRESS = re.compile(SCHEME, re.IGNORECASE)
SECRETS = re.compile(rf"({SCHEME}[^\s/?#@:]*):\S*@", re.IGNORECASE)
SECRET_VALUES = re.compile(r"((?:ssl)?password\s*=\s*)('(?:[^'\\]|\\.)*'|[^&\s]*)", re.IGNORECASE)
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
KEYRING = "CAMPAIGN_KEYRING"
TLS = T("add sslmode=verify-full and sslrootcert to the address, or sslmode=require at least")


def is_dsn(store: str) -> bool:
    """Whether STORE is an address rather than a file; one that is not PostgreSQL's is refused when it is opened."""
    return ADDRESS.match(store) is not None


def redacted(text: str) -> str:
    """Return TEXT, an address or a message that quotes one, with every password in it starred out."""
    return SECRET_VALUES.sub(r"\1***", SECRETS.sub(r"\1:***@", text))


def database(dsn: str) -> str:
    """Return the name of the database in an address, `campaign` where it names none."""
    path = dsn.partition("://")[2].partition("?")[0].rpartition("/")
    return (path[2] if path[1] else "") or "campaign"


def local(host: str) -> bool:
    """Whether HOST is this machine: a socket's directory, or a loopback name or address."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    import ipaddress  # noqa: PLC0415 -- only a store on a server needs it

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def distant(parameters: Mapping[str, str]) -> list[str]:
    """Return the hosts in PARAMETERS, as libpq names them, that are not this machine.

    hostaddr: the address connected to, whatever the name beside it says.
    """
    addresses = parameters.get("hostaddr") or parameters.get("host") or os.environ.get("PGHOST", "")
    return [host for host in addresses.split(",") if not local(host)]


def with_secret(parameters: Mapping[str, str], store: str) -> dict[str, str]:
    """Return PARAMETERS with the login's password out of the keyring, where CAMPAIGN_KEYRING names a service in it.

    Raises Problems (codes `store-secret`, `extra-missing`) rather than go on without.
    """
    service = os.environ.get(KEYRING)
    if not service or parameters.get("password"):
        return dict(parameters)
    need("keyring")
    from getpass import getuser  # noqa: PLC0415 -- wanted only here

    import keyring  # noqa: PLC0415 -- an extra
    from keyring.errors import KeyringError  # noqa: PLC0415 -- likewise

    place = Place(field=redacted(store))
    login = parameters.get("user") or os.environ.get("PGUSER") or getuser()
    try:
        password = keyring.get_password(service, login)
    except KeyringError as error:
        message = T("the keyring cannot be read: {reason}", reason=error)
        fix = T("unlock it, or unset {name} and use PGPASSFILE", name=KEYRING)
        raise Problems([Problem("store-secret", message, fix, place)]) from error
    if password is None:
        message = T("the keyring has no password of {login} for {service}", login=login, service=service)
        fix = T("put it there with `keyring set {service} {login}`", service=service, login=login)
        raise Problems([Problem("store-secret", message, fix, place)])
    return {**parameters, "password": password}


def encrypted(parameters: Mapping[str, str], store: str) -> dict[str, str]:
    """Return PARAMETERS with the encryption that the way to another machine must have.

    A service file may say more than can be seen here; `unencrypted` looks again once connected.  Raises Problems (code
    `store-tls`) when the address asks for less.
    """
    hosts = distant(parameters)
    named = parameters.get("service") or os.environ.get("PGSERVICE")
    mode = parameters.get("sslmode") or os.environ.get("PGSSLMODE")
    if hosts and mode is not None and mode not in ENCRYPTED:
        raise Problems([unencrypted(store, ", ".join(hosts))])
    if hosts and mode is None and not named:
        return {**parameters, "sslmode": "require"}
    return dict(parameters)


def unencrypted(store: str, hosts: str) -> Problem:
    """Say that the way to HOSTS is not encrypted."""
    message = T("the connection to {hosts} would not be encrypted", hosts=hosts)
    return Problem("store-tls", message, TLS, Place(field=redacted(store)))
