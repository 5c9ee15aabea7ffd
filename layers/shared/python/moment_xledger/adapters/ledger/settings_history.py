"""Every version of a company's settings: who saved it, when, and what it changed. And what may be shown of its keys."""

from collections.abc import Iterator
from dataclasses import asdict

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.settings_changes import Change, Saved
from moment_xledger.domain.typed_keys import Tails


class SettingsHistory:
    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, company: CompanyId, limit: int | None = None) -> Iterator[Saved]:
        """Newest first."""
        found = self._table.query(keys.company(company), "CONF#", limit=limit, newest_first=True)
        yield from map(_saved, found)

    def note_tails(self, company: CompanyId, tails: Tails) -> None:
        self._table.write(shown(company, tails))

    def tails(self, company: CompanyId) -> Tails:
        item = self._table.get(keys.tails(company)) or {}
        return Tails(**{name: item[name] for name in Tails.__dataclass_fields__ if name in item})


def line(company: CompanyId, saved: Saved) -> Put:
    """In the transaction that saves the settings, so that no version is without it."""
    item = {
        "who": saved.who,
        "when": keys.stamp(saved.when),
        "changes": [asdict(change) for change in saved.changes],
    }
    fresh = Attr("who").not_exists()
    return Put((keys.company(company), f"CONF#{saved.version:06}"), item, when=fresh, books_of=saved.when)


def shown(company: CompanyId, tails: Tails) -> Put:
    return Put(keys.tails(company), asdict(tails))


def _saved(item: Item) -> Saved:
    changes = tuple(Change(**change) for change in item["changes"])
    return Saved(int(item["sk"].split("#")[1]), keys.moment(item["when"]), item["who"], changes)
