"""Invoices that leave by mail: the state of each, pointers to those with something left to do, and whose turn it is.

Arrival makes the item `HEAD` due in the very transaction that stores the invoices. Everything else that calls for a
look makes `XMAIL` due. A mail that is held up by a stopped address waits there too, and is looked at now and then.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import (
    MOST_KEYS,
    Action,
    Delete,
    Item,
    Key,
    Put,
    Table,
    Update,
)
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_mails import Desk, Happened, InvoiceMail, State, Step, is_watched
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.releases import as_stored, is_known

_NUMBERS = ("group", "attempt", "tries", "rev")
_TEXTS = ("number", "to", "file", "receipt")


class Mails:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId, seq: int) -> InvoiceMail | None:
        item = self._table.get(keys.mail(company, seq))
        return _mail(company, item) if item else None

    def open(self, company: CompanyId) -> Iterator[InvoiceMail]:
        """Those with something left to do, in the order of arrival."""
        pointers = self.open_seqs(company)
        while some := [keys.mail(company, seq) for seq in islice(pointers, MOST_KEYS)]:
            found = self._table.get_many(some)
            mails = (_mail(company, found[key]) for key in some if key in found)
            yield from (mail for mail in mails if is_known(mail.state))

    def open_seqs(self, company: CompanyId) -> Iterator[int]:
        """Where those stand in the order of arrival."""
        for item in self._table.query(keys.invoices(company), "OPEN#"):
            yield int(item["sk"].removeprefix("OPEN#"))

    def count_open(self, company: CompanyId) -> int:
        """Those that are still to leave: one that was sent and is only watched is not."""
        found = self._table.query(keys.invoices(company), "OPEN#")
        return sum(1 for item in found if not item.get("watched"))

    def has_begun(self, company: CompanyId) -> bool:
        """Whether any invoice of this company was ever to leave by mail."""
        return self._table.get(keys.mailing(company)) is not None

    def add(
        self, company: CompanyId, worker: str, since: int, upto: int, mails: Sequence[InvoiceMail]
    ) -> None:
        """At most 49, each with its pointer. Raises `Conflict` if `worker` lost its turn, even if it has it again."""
        ours = Attr("owner").eq(worker) & _same("settled", since)
        moved = Update(keys.mailing(company), set={"settled": upto}, when=ours)
        actions: list[Action] = [moved]
        for mail in mails:
            fresh = Attr("state").not_exists()
            actions.append(Put(keys.mail(company, mail.seq), _item(mail), when=fresh))
            actions.append(Put(_pointer(mail), {}))
        self._table.write(*actions)

    def save(self, mail: InvoiceMail, *, is_open: bool = True, due: datetime | None = None) -> InvoiceMail:
        """The mail as it is stored now; with `due`, marked as something to do from then on. Where it was sent, its
        invoice is kept as long as the books, and not for ever.

        Raises `Conflict` if somebody else wrote it since it was read.
        """
        place, item = keys.mail(mail.company, mail.seq), _item(mail)
        sent = mail.steps[-1].when if mail.state is State.SENT and mail.steps else None
        invoice = Update((keys.invoices(mail.company), f"SEQ#{mail.seq:010}"), books_of=sent)
        watched = {"watched": True} if is_watched(mail) else {}
        pointer = Put(_pointer(mail), watched) if is_open else Delete(_pointer(mail))
        marks = [_mark(mail.company, due)] if due else []
        stored = Put(place, item, when=Attr("rev").eq(mail.rev), books_of=sent)
        self._table.write(stored, pointer, *([invoice] if sent else []), *marks)
        return replace(mail, rev=mail.rev + 1)

    def note_delivery(self, mail: InvoiceMail, when: datetime) -> None:
        """Of this attempt, if it is still the last one. For people's eyes: no other writer has to look at it."""
        delivered = {"delivered": keys.stamp(when)}
        same = Attr("attempt").eq(mail.attempt)
        with suppress(Conflict):
            self._table.write(Update(keys.mail(mail.company, mail.seq), set_once=delivered, when=same))

    def close(self, mail: InvoiceMail) -> None:
        """Nothing is left to do for it."""
        self._table.write(Delete(_pointer(mail)))

    def desk(self, company: CompanyId) -> Desk:
        item = self._table.get(keys.mailing(company)) or {}
        return Desk(*(int(item.get(name, 0)) for name in ("settled", "marks", "failures")))

    def mark(self, company: CompanyId, due: datetime) -> None:
        """There is something to do for this company from `due` on. Always after what there is to do is stored."""
        self._table.write(_mark(company, due))

    def take_turn(self, company: CompanyId, worker: str, now: datetime, until: datetime) -> bool:
        """One worker at a time. Its own turn is lengthened; another's is over when its time is."""
        free = (
            Attr("owner").not_exists() | Attr("owner").eq(worker) | Attr("lease_until").lte(keys.stamp(now))
        )
        turn = {"owner": worker, "lease_until": keys.stamp(until)}
        try:
            self._table.write(Update(keys.mailing(company), set=turn, when=free))
        except Conflict:
            return False
        return True

    def end_turn(
        self, company: CompanyId, worker: str, read: Desk, head: int, again: datetime | None, failures: int
    ) -> None:
        """Nothing is left until `again`, unless somebody marked something, or another invoice came, since it was read.

        In this order: whoever dies in between leaves the company due once too often.
        """
        mine = Attr("owner").eq(worker)
        due = (
            {}
            if again is None
            else {"due": keys.shard(keys.mailing(company)[0]), "due_at": keys.stamp(again)}
        )
        over = ["owner", "lease_until"]
        rested = over if due else [*over, "due", "due_at"]
        count = {"failures": failures}
        unmarked = mine & _same("marks", read.marks)
        try:
            self._table.write(Update(keys.mailing(company), set=count | due, remove=rested, when=unmarked))
        except Conflict:
            with suppress(Conflict):
                self._table.write(Update(keys.mailing(company), set=count, remove=over, when=mine))
            return
        with suppress(Conflict):
            newest = Attr("n").eq(head)
            self._table.write(Update(keys.head(company), remove=["due", "due_at"], when=newest))

    def stop(self, company: CompanyId, stopped: Stopped) -> None:
        """The first reason stands."""
        reason = {"address": stopped.address, "why": stopped.why, "since": keys.stamp(stopped.since)}
        self._table.write(Update(keys.stopped(company, stopped.address), set_once=reason))

    def stopped(self, company: CompanyId, address: str) -> Stopped | None:
        item = self._table.get(keys.stopped(company, address))
        return Stopped(item["address"], item["why"], keys.moment(item["since"])) if item else None

    def confirm(self, company: CompanyId, address: str, now: datetime) -> None:
        """What waits for it is due."""
        self._table.write(Delete(keys.stopped(company, address)), _mark(company, now))


def mail_again(
    company: CompanyId, snapshot: Snapshot, mailing: Item, there: Item | None, now: datetime
) -> Iterator[Action]:
    """For a transaction: this invoice is to be mailed, whether it was taken in before or not. A worker that is just
    taking in what has come may have passed it by, so it loses its turn."""
    settled = int(mailing.get("settled", 0))
    due = {"due": keys.shard(keys.mailing(company)[0]), "due_at": keys.stamp(now)}
    yield Update(
        keys.mailing(company),
        set=due,
        add={"marks": 1},
        remove=["owner", "lease_until"],
        when=_same("settled", settled),
    )
    mail = InvoiceMail(company, snapshot.seq, snapshot.invoice.number)
    if there is not None:
        mail = _mail(company, there)
        yield Update(keys.mail(company, mail.seq), add={"rev": 1}, when=Attr("rev").eq(mail.rev))
    elif settled >= snapshot.seq:
        yield Put(keys.mail(company, mail.seq), _item(mail), when=Attr("state").not_exists())
    if there is not None or settled >= snapshot.seq:
        yield Put(_pointer(mail), {})


def _mark(company: CompanyId, due: datetime) -> Update:
    due_at = {"due": keys.shard(keys.mailing(company)[0]), "due_at": keys.stamp(due)}
    return Update(keys.mailing(company), set=due_at, add={"marks": 1})


def _same(name: str, value: int) -> Any:
    return Attr(name).eq(value) if value else Attr(name).not_exists()


def _pointer(mail: InvoiceMail) -> Key:
    return keys.invoices(mail.company), f"OPEN#{mail.seq:010}"


def _item(mail: InvoiceMail) -> Item:
    known = {"again": keys.stamp(mail.again)} if mail.again else {}
    plain = {name: getattr(mail, name) for name in (*_NUMBERS, *_TEXTS)}
    if mail.delivered:
        known["delivered"] = keys.stamp(mail.delivered)
    if mail.steps:
        steps = [[str(each.what), keys.stamp(each.when), each.about] for each in mail.steps]
        known["steps"] = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
    return plain | known | {"state": str(mail.state), "rev": mail.rev + 1}


def _mail(company: CompanyId, item: Mapping[str, Any]) -> InvoiceMail:
    numbers: dict[str, Any] = {name: int(item[name]) for name in _NUMBERS}
    return InvoiceMail(
        company,
        int(item["sk"].removeprefix("MAIL#")),
        state=as_stored(State, item["state"]),
        again=keys.moment(item["again"]) if "again" in item else None,
        delivered=keys.moment(item["delivered"]) if "delivered" in item else None,
        steps=tuple(_step(*each) for each in json.loads(item.get("steps", "[]"))),
        **numbers,
        **{name: item[name] for name in _TEXTS},
    )


def _step(what: str, when: str, about: str) -> Happened:
    return Happened(as_stored(Step, what), keys.moment(when), about)
