"""Links to the page of one export, for whoever has no session. A link opens that page only, and can be taken back."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Key, Put, Table
from moment_xledger.domain.companies import CompanyId

LIFETIME = timedelta(days=14)


@dataclass(frozen=True)
class Link:
    company: CompanyId
    export: int


def new_token() -> str:
    """128 random bits, fit for a path."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> str:
    """What is kept of a token: enough to know it again, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class Links:
    def __init__(self, table: Table, draw: Callable[[], str] = new_token) -> None:
        self._table = table
        self._draw = draw

    def make(self, company: CompanyId, export: int, now: datetime) -> str:
        """The token, which is known to nobody afterwards but to whom it is given: never log it."""
        token = self._draw()
        until = now + LIFETIME
        life = {"until": keys.stamp(until), "ttl": int(until.timestamp())}
        self._table.write(
            Put(
                _key(digest(token)),
                {"company": company, "export": export, **life},
                Attr("export").not_exists(),
            ),
            Put(_pointer(company, export, digest(token)), life),
        )
        return token

    def read(self, token: str, now: datetime) -> Link | None:
        """None for one that never was, was taken back, or is too old: nobody is told which."""
        item = self._table.get(_key(digest(token)))
        if item is None or keys.moment(item["until"]) <= now:
            return None
        return Link(CompanyId(item["company"]), int(item["export"]))

    def revoke(self, company: CompanyId, export: int) -> int:
        """Every link to this export; how many there were."""
        prefix = _pointer(company, export, "")[1]
        found = [item["sk"] for item in self._table.query(keys.company(company), prefix)]
        for sk in found:
            hashed = sk.removeprefix(prefix)
            self._table.write(Delete(_key(hashed)), Delete((keys.company(company), sk)))
        return len(found)


def _key(hashed: str) -> Key:
    return f"LINK#{hashed}", "LINK"


def _pointer(company: CompanyId, export: int, hashed: str) -> Key:
    """So that a company's links can be found without being known."""
    return keys.company(company), f"LINK#{export:06}#{hashed}"
