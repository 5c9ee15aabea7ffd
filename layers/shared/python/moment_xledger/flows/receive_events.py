"""Takes in what Moment publishes: the newest state of each record, each invoice once. An event is deleted from the
queue when what it says is stored; until then it comes again, and storing it again changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId, Route, TokenId
from moment_xledger.domain.events import Event, Unreadable, read_event
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import NOBODY, Code, Problem
from moment_xledger.flows.take_in_invoices import take_in_invoices
from moment_xledger.flows.take_in_records import take_in_records

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger


@dataclass(frozen=True)
class Message:
    """`id` is the queue's own, the same for each delivery."""

    id: str
    body: str


Read = tuple[Message, Event | Unreadable]


def _together(_: Iterable[str]) -> AbstractContextManager[None]:
    """What goes wrong stops all."""
    return nullcontext()


@dataclass(frozen=True)
class Receiver:
    """`wake` tells the queue of this kind that there is work under this token, `wake_mails` that there are invoices to
    mail. `apart` is entered with the ids of the messages that are dealt with next: it says what becomes of an error.
    `has_time` says whether another company's events can still be taken in."""

    ledger: "Ledger"
    files: "Files"
    wake: Callable[[Kind, TokenId], None]
    wake_mails: Callable[[CompanyId], None]
    clock: Callable[[], datetime]
    apart: Callable[[Iterable[str]], AbstractContextManager[None]] = _together
    has_time: Callable[[], bool] = lambda: True


@dataclass
class Report:
    """`later`: messages for which there was no time."""

    received: int = 0
    refused: int = 0
    later: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        return {"received": self.received, "refused": self.refused, "later": len(self.later)}


def receive_events(messages: Sequence[Message], receiver: Receiver) -> Report:
    """Company by company, so that trouble with one is none of the others'. Bad events are kept and reported; they hold
    up nothing else."""
    by_company: dict[CompanyId | None, list[Read]] = defaultdict(list)
    for message in messages:
        event = read_event(message.body)
        by_company[event.company].append((message, event))
    report = Report()
    dirty: dict[TokenId, Kind] = {}
    for company, read in by_company.items():
        ids = [message.id for message, _ in read]
        if not receiver.has_time():
            report.later += ids
            continue
        with receiver.apart(ids):
            for kind, token in _receive(company, read, receiver, report):
                dirty.setdefault(token, kind)
    for token, kind in dirty.items():  # once for both kinds, and for all companies that share it
        with receiver.apart(()):  # all is stored: a wake that is lost costs a minute
            receiver.wake(kind, token)
    return report


def _receive(
    id_: CompanyId | None, read: Sequence[Read], receiver: Receiver, report: Report
) -> list[tuple[Kind, TokenId]]:
    """What is dirty now. Bad events come first: a good one that is newer ends what they report."""
    company = receiver.ledger.companies.get(id_) if id_ else None
    good: dict[str, Event] = {}
    for message, event in read:
        if company and isinstance(event, Event):
            good[message.id] = event
            continue
        with receiver.apart([message.id]):
            _refuse(message, event, company, receiver)
            report.refused += 1
    kinds: list[Kind] = []
    if company and good:
        with receiver.apart(good):
            kinds = _take_in(company, good.values(), receiver)
            report.received += len(good)
    return [(kind, company.token_id) for kind in kinds if company]


def _take_in(company: Company, events: Iterable[Event], receiver: Receiver) -> list[Kind]:
    """The kinds of which something is dirty now, customers first."""
    saved: dict[Kind, list[Event]] = defaultdict(list)
    invoices: list[Invoice] = []
    for event in events:
        if isinstance(event.content, Invoice):
            invoices.append(event.content)
        else:
            saved[event.content.kind].append(event)
    dirty = []
    for kind in (kind for kind in Kind if kind in saved):  # customers first: the others refer to them
        if take_in_records(company, kind, saved[kind], receiver.ledger, receiver.clock):
            dirty.append(kind)
        receiver.ledger.tallies.add(company.id, kind, "received", len(saved[kind]))
    if invoices:
        take_in_invoices(company, invoices, receiver.ledger, receiver.clock)
        if company.route is Route.EMAIL:
            with receiver.apart(()):
                receiver.wake_mails(company.id)
        receiver.ledger.tallies.add(company.id, "invoice", "received", len(invoices))
    return dirty


def _refuse(message: Message, event: Event | Unreadable, known: Company | None, receiver: Receiver) -> None:
    """The raw event is kept for 14 days, in a bucket that forgets by itself; then the problem is reported."""
    company = known.id if known else None
    receiver.files.put(
        f"rejected/{company or 'unknown'}/{message.id}.json",
        message.body.encode(errors="replace"),
        "application/json",
    )
    now = receiver.clock()
    owner = company or NOBODY
    if isinstance(event, Event) or (event.company and not company):
        details = {"company": event.company or ""}
        left = event.company and receiver.ledger.leavers.get(event.company)
        code = Code.COMPANY_LEFT if left else Code.COMPANY_UNKNOWN
        problem = Problem(owner, "event", message.id, code, details, first_seen=now, last_seen=now)
    else:
        kind, number = (event.kind, event.number) if event.number else ("event", message.id)
        details = {"field": event.field, "fault": event.fault, "event": message.id}
        details |= {} if event.version is None else {"version": str(event.version)}
        details |= {"number": event.called} if event.called else {}
        problem = Problem(owner, kind, number, event.code, details, first_seen=now, last_seen=now)
    receiver.ledger.problems.report([problem])
