"""Signing in: an entry is good once and for five minutes, the session that it opens for eight hours.

Of both only the hash of a random token is kept, so nobody who reads the table can sign in by it.
"""

from collections.abc import Callable
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.links import digest, new_token
from moment_xledger.adapters.table import Delete, Item, Key, Put, Table
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.releases import as_stored, is_known
from moment_xledger.domain.sessions import ENTRY_LIFETIME, SESSION_LIFETIME, Person, Role


class Sessions:
    def __init__(self, table: Table, draw: Callable[[], str] = new_token) -> None:
        self._table = table
        self._draw = draw

    def offer(self, person: Person, now: datetime) -> str:
        """The token of a link that lets this person in once."""
        token = self._draw()
        item = _item(person, now + ENTRY_LIFETIME)
        self._table.write(Put(_entry(token), item, Attr("until").not_exists()))
        return token

    def offered(self, token: str, now: datetime) -> Person | None:
        """Who may enter with it; it stays unused."""
        return _person(self._table.get(_entry(token)), now)

    def enter(self, token: str, now: datetime) -> tuple[Person, str] | None:
        """The session's own token. Of two who come with the same entry, one gets in."""
        person = self.offered(token, now)
        if person is None:
            return None
        session = self._draw()
        until = now + SESSION_LIFETIME
        try:
            self._table.write(
                Delete(_entry(token), when=Attr("until").exists()),
                Put(_session(session), _item(person, until), Attr("until").not_exists()),
                Put(_pointer(person.company, digest(session)), _life(until)),
            )
        except Conflict:
            return None
        return person, session

    def read(self, session: str, now: datetime) -> Person | None:
        return _person(self._table.get(_session(session)), now)

    def end(self, session: str, company: CompanyId) -> None:
        self._table.write(Delete(_session(session)), Delete(_pointer(company, digest(session))))

    def revoke(self, company: CompanyId) -> int:
        """Every session of a company; how many there were."""
        pointers = [item["sk"] for item in self._table.query(keys.company(company), "SESSION#")]
        for sk in pointers:
            self._table.write(Delete((sk, "SESSION")), Delete((keys.company(company), sk)))
        return len(pointers)


def _entry(token: str) -> Key:
    return f"ENTRY#{digest(token)}", "ENTRY"


def _session(token: str) -> Key:
    return f"SESSION#{digest(token)}", "SESSION"


def _pointer(company: CompanyId, hashed: str) -> Key:
    """So that a company's sessions can be found without being known."""
    return keys.company(company), f"SESSION#{hashed}"


def _life(until: datetime) -> Item:
    return {"until": keys.stamp(until), "ttl": int(until.timestamp())}


def _item(person: Person, until: datetime) -> Item:
    return {
        "company": person.company,
        "name": person.name,
        "role": str(person.role),
        "language": str(person.language),
        **_life(until),
    }


def _person(item: Item | None, now: datetime) -> Person | None:
    """None where there is none or its time is over, which the table may notice two days later; nor where only another
    release knows what the role may do."""
    if item is None or keys.moment(item["until"]) <= now:
        return None
    role, language = as_stored(Role, item["role"]), as_stored(Language, item["language"])
    return Person(CompanyId(item["company"]), item["name"], role, language) if is_known(role) else None
