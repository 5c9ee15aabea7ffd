"""Takes in what Moment publishes: the newest state of each record, each invoice once. An event is deleted from the
queue when what it says is stored; until then it comes again, and storing it again changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Receiver:
    """`wake` tells the queue of this kind that there is work under this token, `wake_mails` that there are invoices to
    mail."""

    ledger: "Ledger"
    files: "Files"
    wake: Callable[[Kind, TokenId], None]
    wake_mails: Callable[[CompanyId], None]
    clock: Callable[[], datetime]


@dataclass
class Report:
    received: int = 0
    refused: int = 0

    def summary(self) -> dict[str, int]:
        return dict(vars(self))


def receive_events(messages: Sequence[Message], receiver: Receiver) -> Report:
    """Bad events are kept and reported; they hold up nothing else."""
    read = [(message, read_event(message.body)) for message in messages]
    companies = _companies({event.company for _, event in read if event.company}, receiver.ledger)
    report = Report()
    good: dict[CompanyId, list[Event]] = defaultdict(list)
    for message, event in read:
        if isinstance(event, Event) and event.company in companies:
            good[event.company].append(event)
        else:
            _refuse(message, event, companies, receiver)
            report.refused += 1
    dirty: dict[tuple[Kind, TokenId], None] = {}
    for company, events in good.items():
        kinds = _take_in(companies[company], events, receiver)
        dirty |= {(kind, companies[company].token_id): None for kind in kinds}
        report.received += len(events)
    for kind, token in dirty:  # once for all companies that share it
        receiver.wake(kind, token)
    return report


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
            receiver.wake_mails(company.id)
        receiver.ledger.tallies.add(company.id, "invoice", "received", len(invoices))
    return dirty


def _companies(ids: Iterable[CompanyId], ledger: "Ledger") -> dict[CompanyId, Company]:
    return {id_: company for id_ in ids if (company := ledger.companies.get(id_))}


def _refuse(
    message: Message, event: Event | Unreadable, companies: Mapping[CompanyId, Company], receiver: Receiver
) -> None:
    """The raw event is kept for 14 days, in a bucket that forgets by itself; then the problem is reported."""
    company = event.company if event.company in companies else None
    receiver.files.put(
        f"rejected/{company or 'unknown'}/{message.id}.json",
        message.body.encode(errors="replace"),
        "application/json",
    )
    now = receiver.clock()
    owner = company or NOBODY
    if isinstance(event, Event) or (event.company and not company):
        details = {"company": event.company or ""}
        problem = Problem(
            owner, "event", message.id, Code.COMPANY_UNKNOWN, details, first_seen=now, last_seen=now
        )
    else:
        kind, number = (event.kind, event.number) if event.number else ("event", message.id)
        details = {"field": event.field, "fault": event.fault, "event": message.id}
        details |= {} if event.version is None else {"version": str(event.version)}
        details |= {"number": event.called} if event.called else {}
        problem = Problem(owner, kind, number, event.code, details, first_seen=now, last_seen=now)
    receiver.ledger.problems.report([problem])
