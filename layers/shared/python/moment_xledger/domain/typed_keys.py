"""Keys as they are typed into the form. What is left empty stays as it is stored, unless it is to be removed; nothing
shows a whole key again."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from moment_xledger.domain.companies import Company, Secrets, SoapLogin, Token
from moment_xledger.domain.settings_faults import BadSettings, FieldFault

_KEY = re.compile(r"[!-~]{8,500}")
_LINES = {
    "soap_user": re.compile(r"[^\x00-\x1f\x7f]{1,100}"),
    "soap_password": re.compile(r"[^\x00-\x1f\x7f]{1,200}"),
    "soap_logon_key": re.compile(r"[^\x00-\x1f\x7f]{1,200}"),
}
_CERTIFICATE = re.compile(
    r"(?=.*-----BEGIN CERTIFICATE-----)(?=.*-----BEGIN [A-Z ]*PRIVATE KEY-----)[\n\r -~]{1,20000}", re.DOTALL
)
LIMITS = {"xledger_token": _KEY, "moment_key": _KEY, **_LINES, "soap_certificate": _CERTIFICATE}
LOGIN = "soap_user"  # goes with its password and all else of the login
REMOVABLE = (LOGIN, "soap_logon_key", "soap_certificate")
_OF_LOGIN = (*_LINES, "soap_certificate")

TAIL = 4
SHORTEST_WITH_TAIL = 12  # of a shorter key, four characters would be too much


def removal(key: str) -> str:
    """The field that says that this key goes."""
    return f"remove_{key}"


def with_typed(
    typed: Mapping[str, Any], stored: Secrets | None, removed: Collection[str] = frozenset()
) -> Secrets:
    """`removed` names keys that go; all of the login's go with its user. Raises `BadSettings`."""
    given = {name: str(value).strip() for name, value in typed.items() if value not in (None, "")}
    if wrong := [*_ill_typed(given), *_not_removed(given, removed)]:
        raise BadSettings(wrong)
    token = given.get("xledger_token") or (stored and stored.xledger_token.secret)
    moment = given.get("moment_key") or (stored and stored.moment_key.secret)
    missing = [name for name, key in (("xledger_token", token), ("moment_key", moment)) if not key]
    if missing or not token or not moment:
        raise BadSettings([FieldFault(name, contradicts=True) for name in missing])
    return Secrets(Token(token), Token(moment), _login(given, _left(stored, removed)))


def _ill_typed(given: Mapping[str, str]) -> list[FieldFault]:
    return [
        FieldFault(name)
        for name, value in given.items()
        if name not in LIMITS or not LIMITS[name].fullmatch(value)
    ]


def _not_removed(given: Mapping[str, str], removed: Collection[str]) -> list[FieldFault]:
    """What nobody can be without, and what is typed anew at the same time."""
    may_go = _OF_LOGIN if LOGIN in removed else REMOVABLE
    needed = [FieldFault(name, contradicts=True) for name in removed if name not in may_go]
    typed = {LOGIN if LOGIN in removed and name in _OF_LOGIN else name for name in given}
    return [*needed, *(FieldFault(removal(name)) for name in REMOVABLE if name in typed and name in removed)]


def _left(stored: Secrets | None, removed: Collection[str]) -> SoapLogin | None:
    if stored is None or stored.soap is None or LOGIN in removed:
        return None
    login = stored.soap
    login = replace(login, logon_key=None) if "soap_logon_key" in removed else login
    return replace(login, certificate=None) if "soap_certificate" in removed else login


def _login(given: Mapping[str, str], stored: SoapLogin | None) -> SoapLogin | None:
    """A new user or password forgets the key that the old one was given."""
    user = given.get("soap_user") or (stored and stored.user)
    password = given.get("soap_password") or (stored and stored.password)
    if not user and not password:
        return None
    if not user or not password:
        raise BadSettings([FieldFault("soap_password" if user else "soap_user", contradicts=True)])
    is_same = stored is not None and (stored.user, stored.password) == (user, password)
    return SoapLogin(
        user,
        password,
        given.get("soap_logon_key") or (stored.logon_key if stored and is_same else None),
        given.get("soap_certificate") or (stored.certificate if stored else None),
    )


def check_complete(company: Company, secrets: Secrets, removed: Collection[str] = frozenset()) -> None:
    """Raises `BadSettings` if a switch is on whose key is missing, or is to be removed."""
    if company.needs_soap and secrets.soap is None:
        raise BadSettings([FieldFault(removal(LOGIN) if LOGIN in removed else LOGIN, contradicts=True)])


@dataclass(frozen=True)
class Tails:
    """What may be shown of a company's keys: the last characters of each; empty where there is none."""

    xledger_token: str = ""
    moment_key: str = ""
    soap_user: str = ""
    soap_password: str = ""
    soap_logon_key: str = ""
    soap_certificate: str = ""


def tails(secrets: Secrets) -> Tails:
    soap = secrets.soap
    return Tails(
        _tail(secrets.xledger_token.secret),
        _tail(secrets.moment_key.secret),
        soap.user if soap else "",
        "…" if soap else "",  # a person chose it: its end may be half of it
        _tail(soap.logon_key) if soap and soap.logon_key else "",
        "…" if soap and soap.certificate else "",
    )


def _tail(key: str) -> str:
    return "…" + (key[-TAIL:] if len(key) >= SHORTEST_WITH_TAIL else "")


def changed_keys(before: Secrets | None, after: Secrets) -> tuple[str, ...]:
    """Names only."""
    old, new = _plain(before), _plain(after)
    return tuple(name for name in LIMITS if old.get(name) != new.get(name))


def _plain(secrets: Secrets | None) -> dict[str, str | None]:
    if secrets is None:
        return {}
    soap = secrets.soap
    return {
        "xledger_token": secrets.xledger_token.secret,
        "moment_key": secrets.moment_key.secret,
        "soap_user": soap.user if soap else None,
        "soap_password": soap.password if soap else None,
        "soap_logon_key": soap.logon_key if soap else None,
        "soap_certificate": soap.certificate if soap else None,
    }
