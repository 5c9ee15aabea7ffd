"""A person's data in one company: found by reading all of it, and erased item by item where the books do not keep it.

Each item is erased on condition that it is what was read, so that nobody's newer word is lost. Said again, it goes on.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.companies import Companies
from moment_xledger.adapters.ledger.leavers import Leavers
from moment_xledger.adapters.ledger.problems import Problems
from moment_xledger.adapters.ledger.records import Records
from moment_xledger.adapters.table import Delete, Item, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.people import Fate, Found, Wanted
from moment_xledger.domain.problems import Code
from moment_xledger.domain.releases import as_stored
from moment_xledger.domain.retention import Kept, Person, Until, begins, row_of
from moment_xledger.domain.settings_changes import Change, Saved

# What is struck out of an item; nothing else of it says who somebody is, or it says who did something with the books.
_STRUCK = {
    "CONF#": ("changes",),
    "AUD#": ("about",),
    "TESTED": ("by",),
    "PROBE": ("by", "findings"),
    "PROB#": ("details", "their_words"),
    "*": ("who", "why"),
}
_NOT_LEFT = "an invoice has not left; it is kept until then"
_IN_SETTINGS = "it is in the settings: the administrator changes it there"
_FOR_THE_BOOKS = "kept for the books"


class People:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, company: CompanyId, wanted: Wanted) -> Iterator[Found]:
        """Changes nothing."""
        waiting = self._customers_waited_for(company)
        for item in self._mentions(company, wanted):
            yield self._fate(item, wanted, waiting)

    def erase(self, company: CompanyId, wanted: Wanted, by: str, now: datetime) -> Iterator[Found]:
        """Erases the person item by item, and tells of each what was done. Raises `Conflict` where another writer
        changes the same item at this moment."""
        waiting = self._customers_waited_for(company)
        for item in list(self._mentions(company, wanted)):
            found = self._fate(item, wanted, waiting)
            if found.fate is Fate.ERASED:
                self._erase(company, item, wanted, by, now)
            elif found.fate is Fate.STRUCK:
                self._strike(item, wanted)
            yield found

    def _mentions(self, company: CompanyId, wanted: Wanted) -> Iterator[Item]:
        for item in Leavers(self._table).items(company):
            if wanted.are_in(_readable(item)):
                yield item
        pause = self._table.get((keys.PAUSES, company))
        if pause and wanted.are_in(_readable(pause)):
            yield pause

    def _customers_waited_for(self, company: CompanyId) -> set[str]:
        """Numbers of customers with an invoice that is still to leave."""
        found: set[str] = set()
        for prefix in ("SEQ#", "HELD#"):
            for item in self._table.query(keys.invoices(company), prefix):
                if "ttl" not in item:
                    found.add(str(json.loads(item["invoice"])["customer"]["customerNumber"]))
        return found

    def _fate(self, item: Item, wanted: Wanted, waiting: set[str]) -> Found:
        row, name = row_of(item["pk"], item["sk"]), begins(item["sk"])
        until = datetime.fromtimestamp(int(item["ttl"]), UTC) if "ttl" in item else None
        if name == "ENT#":
            kept = item["sk"].startswith(f"ENT#{Kind.CUSTOMER}#") and _number_of(item) in waiting
            return Found(row.holds, Fate.KEPT if kept else Fate.ERASED, _NOT_LEFT if kept else "")
        if name == "CONF":
            is_told = wanted.are_in(list(json.loads(item["settings"]).get("notify", ())))
            return Found(row.holds, *((Fate.ERASED, "") if is_told else (Fate.KEPT, _IN_SETTINGS)))
        if name == "PROB#" and wanted.are_in(_key_of(item)):
            return Found(row.holds, Fate.ERASED)
        if wanted.are_in([item.get(each) for each in _struck_in(row, name)]):
            return Found(row.holds, Fate.STRUCK)
        if row.person is Person.GONE:
            return Found(row.holds, Fate.ERASED)
        if row.person is Person.ENDS:
            return Found(row.holds, Fate.ENDS, until=until)
        return Found(row.holds, Fate.KEPT, _why(row, until), until)

    def _erase(self, company: CompanyId, item: Item, wanted: Wanted, by: str, now: datetime) -> None:
        match begins(item["sk"]):
            case "ENT#":
                _, kind, id_ = item["sk"].split("#")
                number = Records(self._table).erase(company, Kind(kind), int(id_))
                if number:
                    Problems(self._table).close(company, [(kind, number)])
            case "PROB#":
                _, kind, code, number = item["sk"].split("#", 3)
                Problems(self._table).close(company, [(kind, number)], [as_stored(Code, code)])
            case "CONF":
                self._forget_address(company, wanted, by, now)
            case _:
                with suppress(Conflict):  # it went with its record
                    self._table.write(Delete((item["pk"], item["sk"]), when=Attr("pk").exists()))

    def _forget_address(self, company: CompanyId, wanted: Wanted, by: str, now: datetime) -> None:
        """As a save of the settings, whose line in the history does not say which address it was."""
        companies = Companies(self._table)
        settings, version = companies.get_with_version(company)
        if settings:
            left = tuple(address for address in settings.notify if not wanted.are_in(address))
            saved = Saved(version + 1, now, by, (Change("notify"),))
            companies.save(settings.model_copy(update={"notify": left}), version, saved)

    def _strike(self, item: Item, wanted: Wanted) -> None:
        names = _struck_in(row_of(item["pk"], item["sk"]), begins(item["sk"]))
        changed = {name: item[name] for name in names if name in item and wanted.are_in(item[name])}
        same: ConditionBase = Attr("pk").exists()
        for name, value in changed.items():
            same &= Attr(name).eq(value)
        struck = {name: wanted.struck(value) for name, value in changed.items()}
        self._table.write(Update((item["pk"], item["sk"]), set=struck, when=same))


def _readable(item: Item) -> list[Any]:
    """An address is also in the key; texts of JSON are read as what they say."""
    return [_key_of(item), *(_said(value) for name, value in item.items() if name not in ("pk", "sk"))]


def _key_of(item: Item) -> str:
    return item["sk"].rpartition("#")[2] if begins(item["sk"]) in ("NOTE#", "SUPPRESSED#", "PROB#") else ""


def _said(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _number_of(item: Item) -> str:
    return str(json.loads(item["content"])["customerNumber"])


def _struck_in(row: Kept, name: str) -> tuple[str, ...]:
    return _STRUCK.get("*" if "*" in row.names else name, ())


def _why(row: Kept, until: datetime | None) -> str:
    return _FOR_THE_BOOKS if until or row.until is Until.COMPANY else _NOT_LEFT
