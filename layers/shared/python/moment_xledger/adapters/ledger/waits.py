"""Invoices that wait for something: for a customer or a project to be in Xledger, for another invoice to leave.

Each wait has a pointer below what is waited for, so that the invoices are found by its number. What is waited for has
one item, with what is known of it: since when, and what came of the last question. A pointer is written before the
invoice is held, and removed after it went: a worker that dies in between leaves a pointer too many, never one too few.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_references import Awaited, Waiting

Wait = tuple[str, str, int]  # the kind and the number of what is waited for, and the invoice that waits

AT_ONCE = 40  # a pointer each, and at most as many that are waited for: one transaction
TRIES = 10  # where others write the same at this moment


class Waits:
    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, company: CompanyId, waits: Iterable[Wait], now: datetime) -> None:
        """Does nothing for those that wait already. Raises `Conflict` where others keep writing the same."""
        wanted = list(dict.fromkeys(waits))
        there = self._table.get_many(_pointer(company, *wait) for wait in wanted)
        fresh = iter([wait for wait in wanted if _pointer(company, *wait) not in there])
        while some := list(islice(fresh, AT_ONCE)):
            self._write(*_added(company, some, now))

    def _write(self, *actions: Action) -> None:
        for _ in range(TRIES):
            with suppress(Conflict):
                return self._table.write(*actions)
        raise Conflict

    def awaited(self, company: CompanyId, kind: str) -> Iterator[Awaited]:
        """Everything of this kind that an invoice waits for, by number."""
        yield from map(_awaited, self._table.query(keys.invoices(company), f"AWAITED#{kind}#"))

    def among(self, company: CompanyId, kind: str, numbers: Collection[str]) -> list[Awaited]:
        """Those of these numbers that an invoice waits for."""
        found = self._table.get_many(_key(company, kind, number) for number in numbers)
        return [_awaited(item) for item in found.values()]

    def waiting_for(self, company: CompanyId, kind: str, number: str, limit: int) -> list[Waiting]:
        """Some of the invoices that wait for it."""
        found = self._table.query(keys.invoices(company), f"WAITS#{kind}#{number}#", limit=limit)
        return [_waiting(item) for item in islice(found, limit)]

    def untold(self, company: CompanyId, kind: str, number: str, code: str, limit: int) -> list[int]:
        """Some of those that wait for it, and of which people were not told that it is for this reason."""
        found = self._table.query(keys.invoices(company), f"WAITS#{kind}#{number}#")
        waiting = (_waiting(item) for item in found)
        return list(islice((each.invoice for each in waiting if each.told != code), limit))

    def note_answer(self, company: CompanyId, kind: str, number: str, answer: str, now: datetime) -> None:
        said = {"answer": answer, "asked": keys.stamp(now)}
        with suppress(Conflict):  # nobody waits for it any more
            is_there = Attr("since").exists()
            self._table.write(Update(_key(company, kind, number), set=said, when=is_there))

    def note_told(
        self, company: CompanyId, kind: str, number: str, invoices: Iterable[int], code: str
    ) -> None:
        for invoice in invoices:
            with suppress(Conflict):
                is_there = Attr("pk").exists()
                key = _pointer(company, kind, number, invoice)
                self._table.write(Update(key, set={"told": code}, when=is_there))

    def remove(self, company: CompanyId, waits: Mapping[Awaited, Iterable[int]]) -> None:
        """These wait for it no more. What nobody waits for is forgotten, unless somebody began since it was read.

        Raises `Conflict` where others keep writing the same.
        """
        deletes = (
            Delete(_pointer(company, awaited.kind, awaited.number, invoice))
            for awaited, invoices in waits.items()
            for invoice in invoices
        )
        while some := list(islice(deletes, AT_ONCE)):
            self._write(*some)
        for awaited in waits:
            if not self.waiting_for(company, awaited.kind, awaited.number, 1):
                with suppress(Conflict):
                    same = Attr("marks").eq(awaited.marks)
                    self._table.write(Delete(_key(company, awaited.kind, awaited.number), when=same))


def _added(company: CompanyId, waits: Sequence[Wait], now: datetime) -> list[Action]:
    """The sum of the marks does not matter, only that each beginning changes it."""
    awaited = dict.fromkeys(_key(company, kind, number) for kind, number, _ in waits)
    since = {"since": keys.stamp(now)}
    return [
        *(Update(key, set_once=since, add={"marks": 1}) for key in awaited),
        *(Put(_pointer(company, *wait), {}) for wait in waits),
    ]


def _key(company: CompanyId, kind: str, number: str) -> Key:
    return keys.invoices(company), f"AWAITED#{kind}#{number}"


def _pointer(company: CompanyId, kind: str, number: str, invoice: int) -> Key:
    return keys.invoices(company), f"WAITS#{kind}#{number}#{invoice:012}"


def _waiting(item: Item) -> Waiting:
    return Waiting(int(item["sk"].rpartition("#")[2]), item.get("told", ""))


def _awaited(item: Item) -> Awaited:
    _, kind, number = item["sk"].split("#", 2)
    asked = keys.moment(item["asked"]) if "asked" in item else None
    return Awaited(
        kind, number, keys.moment(item["since"]), int(item["marks"]), item.get("answer", ""), asked
    )
