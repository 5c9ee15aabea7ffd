"""One thing of every kind that the ledger keeps: written as the first release writes it, and read again.

What it wrote lies in tests/expected/ledger/. During a roll-out two versions work on one table, and what a release left
is read by all that come after it. So the files there are never made again, only added to: a new kind of item gets a
line here and in a new file, a new attribute neither. What these tests cannot hold: a new state or reason is to be read
by one release before the next one writes it.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.links import Links
from moment_xledger.adapters.ledger.sessions import Sessions
from moment_xledger.adapters.table import Table
from moment_xledger.domain.assumptions import Assumption, Finding, Unread, WhyUnread, Work, unknown
from moment_xledger.domain.attempts import Attempt, Operation
from moment_xledger.domain.companies import CompanyId, Language, Route, TokenId
from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.entities import CurrentEntity, Entity, Reach, Reached
from moment_xledger.domain.errors import Why
from moment_xledger.domain.exchange_rates import Earlier
from moment_xledger.domain.expense_entries import Entry
from moment_xledger.domain.expense_entries import State as ExpenseState
from moment_xledger.domain.expenses import Expense, Left
from moment_xledger.domain.exports import SCHEDULE, Export, Status
from moment_xledger.domain.files.series import Gap, Late, Previous, SeriesReport
from moment_xledger.domain.followed import COLUMN
from moment_xledger.domain.gate import Gate, InFlight
from moment_xledger.domain.invoice_mails import InvoiceMail
from moment_xledger.domain.invoice_mails import State as MailState
from moment_xledger.domain.invoice_references import Answer, Decision, LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.moment import Customer, Invoice, Project
from moment_xledger.domain.notices import Told
from moment_xledger.domain.number_guard import Place
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.probes import Hold, Probe
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.reconciliation import Progress
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.scheduled_runs import RunProgress, ScheduledRun
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.domain.settings_changes import Change, Saved
from moment_xledger.domain.stops import Stop
from moment_xledger.domain.typed_keys import Tails
from moment_xledger.domain.usage import Closing, Usage
from tests.builders import A_FAULT, a_company, a_customer, a_project, an_invoice

NORDVIK, TOKEN = CompanyId("nordvik"), TokenId("fingerprint")
NOW = datetime(2026, 11, 22, 9, 0, 1, 23, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
ADDRESS = "regnskap@nordvik.example"
LISTS = Lists(NOW, frozenset({"3000", "1500"}), frozenset({"3"}))
PERSON = Person(NORDVIK, "Kari Nordmann", Role.ACCOUNTANT, Language.NORWEGIAN)
COMPANY = a_company(
    token_id=TOKEN,
    notify=[ADDRESS],
    route="upload",
    owner_code=99168,
    file={"format": "gl02b"},
    expense_accounts="4000-4999",
    expenses_from="2026-01-01",
)


def with_drawn(table: Table) -> Ledger:
    """With tokens that are always the same: `1` lets in, `2` is the session, `3` opens the page of an export."""
    ledger, drawn = Ledger(table), itertools.count(1)
    ledger.sessions = Sessions(table, lambda: str(next(drawn)))
    ledger.links = Links(table, lambda: str(next(drawn)))
    return ledger


def write(ledger: Ledger) -> None:
    for chapter in (
        _company,
        _people,
        _records,
        _token,
        _invoices,
        _exports,
        _mails,
        _expenses,
        _watching,
        _decisions,
        _clock,
    ):
        chapter(ledger)


def _company(ledger: Ledger) -> None:
    saved = Saved(1, NOW, "Kari Nordmann", (Change("route", "file", "upload"), Change("moment_key")))
    ledger.companies.save(COMPANY, 0, saved)
    ledger.settings_history.note_tails(NORDVIK, Tails("1234", "abcd", "bruk", "pass", "nøkl", "sert"))
    checks = (Check(Right.TOKEN, Outcome.PASSED), Check(Right.SOAP, Outcome.REFUSED, "no logon key"))
    ledger.connection_tests.save(NORDVIK, ConnectionTest(NOW, "Kari Nordmann", checks))
    findings = (
        unknown(Assumption.SCHEMA, Unread(WhyUnread.REFUSED, "Not here.")),
        Finding(Assumption.EXPORT_FILTER, "empty", {}, frozenset({Work.EXPENSES})),
    )
    ledger.probes.save(
        NORDVIK,
        Probe(NOW, "Kari Nordmann", 23, findings, {f"{COLUMN}account": "konto"}),
        Hold(frozenset({Work.EXPENSES}), True, frozenset({"answers:token"})),
    )


def _people(ledger: Ledger) -> None:
    ledger.sessions.enter(ledger.sessions.offer(PERSON, NOW), NOW)
    ledger.links.make(NORDVIK, 1, NOW)
    ledger.audit.note(Deed(NORDVIK, NOW, "Kari Nordmann", What.FETCHED_FILE, 1, "standard.csv", "10231"))
    taken = ledger.notices.take(NORDVIK, ADDRESS, NOW)
    assert taken
    ledger.notices.give_back(taken, Told(frozenset({"token"}), NOW, "2026-11-22 07", NOW, 3))


def _records(ledger: Ledger) -> None:
    refused = Attempt(NOW, Operation.ADD, 1, {"code": "10001", "email": ""}, None, "No value matching owner")
    carried = Attempt(LATER, Operation.UPDATE, 1, {"code": "10001"}, 77)
    customer = Customer.model_validate(a_customer()["data"])
    sent: dict[str, Any] = {"sent_version": 1, "sent_hash": customer.content_hash(), "sent_number": "10001"}
    synced = Record(NORDVIK, customer, State.SYNCED, NOW, **sent, sent_company="923609016", db_id=77)
    project = Project.model_validate(a_project(customerNumber="20002")["data"])
    waiting = Record(NORDVIK, project, State.WAITING, NOW, closed_on=date(2026, 11, 1))
    late = Project.model_validate(a_project("P-2")["data"])
    stuck = Record(
        NORDVIK, late, State.PROBLEM, NOW, suspect=True, problem=Code.NUMBER_TAKEN, details={"id": "7"}
    )
    assert not ledger.records.save([(None, replace(synced, attempts=(refused, carried))), (None, waiting)])
    assert not ledger.records.save([(None, stuck)])
    ledger.records.mark_work(TOKEN, Kind.CUSTOMER, NORDVIK, LATER)


def _token(ledger: Ledger) -> None:
    minute = int(NOW.timestamp()) // 60
    usage = Usage({minute // 60: 3}, {minute // 60: 1}, (Closing(Why.CREDITS, NOW, LATER),), "2026-11", 412)
    in_flight = InFlight("AddCustomers", NOW, ("10001", "10002"))
    closed: dict[str, Any] = {"closed_until": LATER, "closed_why": Why.CREDITS, "last_start": NOW}
    held: dict[str, Any] = {"owner": "worker", "lease_until": LATER, "in_flight": in_flight}
    gate = Gate(plan=500, minutes={minute: 3}, failures=2, last_served=NORDVIK, usage=usage, **closed, **held)
    ledger.gates.save(TOKEN, gate)
    fjord = Reached(99168, "Fjord AS", 7)
    ledger.entities.save_reach(
        TOKEN, Reach("https://xledger.example/graphql", NOW, fjord, (fjord, Reached(None)))
    )
    ledger.references.save(TOKEN, LISTS)
    ledger.references.save_place(TOKEN, Kind.PROJECT, Place("behind the last"))
    here = ledger.entities.move(NORDVIK, CurrentEntity(), Entity("https://xledger.example/graphql", 99168))
    ledger.entities.keep(NORDVIK, here.checked_until(Kind.CUSTOMER, "ENT#customer#17"))


def _invoices(ledger: Ledger) -> None:
    of = {"customerNumber": "10001", "name": "Fjord Bygg AS"}
    first, second, third, fourth = (
        Invoice.model_validate(an_invoice(number, customer=of)["data"]) for number in range(10231, 10235)
    )
    ledger.invoices.add(NORDVIK, 0, [first], Route.UPLOAD, NOW)
    ledger.invoices.add(NORDVIK, 1, [second], Route.EMAIL, NOW)
    for wrong in (third, fourth):
        ledger.invoices.hold(NORDVIK, wrong, A_FAULT)
    ledger.invoices.skip(NORDVIK, fourth.invoice_number, NOW)


def _exports(ledger: Ledger) -> None:
    """One for the import, one for the accountant, one that is asked for."""
    _make_export(ledger, 1, route=Route.UPLOAD, by="Kari Nordmann")
    _make_export(ledger, 2, route=Route.FILE, by=SCHEDULE)
    _make_export(ledger, 3, route=Route.FILE, by=SCHEDULE)
    told, *_ = ledger.tellings.open(NORDVIK)
    ledger.tellings.close(told, [ADDRESS], NOW)
    upload = ledger.uploads.get(NORDVIK, 1)
    assert upload
    ledger.uploads.save(replace(upload, file_key=4711, reason=Code.UPLOAD_REFUSED), is_open=True)
    ledger.exports.claim(
        _an_export(4, previous=Previous(3, 10231)), ledger.exports.watermark(NORDVIK), "a click"
    )


def _an_export(number: int, **but: Any) -> Export:
    terms = COMPANY.terms.model_copy(update={"renderer": 1})  # the first there was
    plain: dict[str, Any] = {"low": 0, "high": 2, "by": SCHEDULE, "claimed": NOW, "terms": terms}
    return Export(NORDVIK, number, **plain | {"through": date(2026, 10, 31)} | but)


def _make_export(ledger: Ledger, number: int, **but: Any) -> None:
    export = _an_export(number, **but)
    ledger.exports.claim(export, ledger.exports.watermark(NORDVIK), f"request {number}")
    if number == 1:
        ledger.exports.mark_members(export, [1])
    series = SeriesReport((Gap(3, 4, "not received"),), (Late(1, 1, 16),), 2, 1)
    content: dict[str, Any] = {
        "rows": 4,
        "invoices": 1,
        "first": 10231,
        "last": 10231,
        "sha256": "abc",
        "series": series,
    }
    sums = {"NOK": {"3": Decimal("1250.50")}}
    ledger.exports.finish(replace(export, status=Status.READY, sums=sums, **content), 1, NOW)


def _mails(ledger: Ledger) -> None:
    assert ledger.mails.take_turn(NORDVIK, "worker", NOW, LATER)
    mail = InvoiceMail(NORDVIK, 2, "10232")
    ledger.mails.add(NORDVIK, "worker", 0, 2, [mail])
    stored = ledger.mails.get(NORDVIK, 2)
    assert stored
    sent: dict[str, Any] = {
        "to": "inn@xledger.example",
        "file": "mails/1.eml",
        "receipt": "0100",
        "again": LATER,
    }
    ledger.mails.save(replace(stored, state=MailState.UNCERTAIN, attempt=1, tries=2, **sent), due=LATER)
    ledger.mails.stop(NORDVIK, Stopped(ADDRESS, "bounced", NOW))


def _expenses(ledger: Ledger) -> None:
    expense = Expense(
        external_id="xledger:99168:1",
        description="Lydberegning",
        amount=Decimal("1250.10"),
        supplier="Akustikk AS",
        invoice_number="88",
        invoice_date=date(2026, 11, 15),
        account="4510",
        project="P-1",
    )
    booked = Entry("1", ExpenseState.BOOKED, expense, 7, "7001", "20001", "3", "2", Left.INVOICED, "digest")
    held = Entry("4", ExpenseState.HELD, expense, match_id="7002", why=Left.CLOSED_PROJECT)
    ledger.expenses.save(NORDVIK, (None, booked), (None, held))
    assert ledger.expenses.take_turn(NORDVIK, "worker", NOW, LATER)
    ledger.expenses.read_until(NORDVIK, "worker", NOW, "4000-4999")
    ledger.expenses.leave_turn(NORDVIK, "worker", NOW, {"read": 116, "left": {"no project": 7}}, 1)


def _watching(ledger: Ledger) -> None:
    details = {"wanted": "10001"}
    found = Problem(NORDVIK, "project", "P-2", Code.NUMBER_TAKEN, details, "Taken.", NOW, NOW)
    ledger.problems.report([found, found])
    ledger.tallies.add(NORDVIK, "customer", "received", 48)
    ledger.reconciliations.save(NORDVIK, Progress(1, NOW, 2, (10231,), (10232, 10233)))
    ledger.reconciliations.tell_changes(NORDVIK, {10231: "hash"})


def _decisions(ledger: Ledger) -> None:
    """What people have said of invoices, what these wait for, and work that stands still."""
    ledger.invoices.let_through(NORDVIK, 10233, 1, Code.DATE_IMPLAUSIBLE)
    line = {"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}
    note = an_invoice(
        10240, kind="CREDIT_NOTE", creditedInvoiceNumber=10231, total="-125.00", vatLines=[line]
    )
    ledger.invoices.decide(
        NORDVIK, 10240, Decision.BY_HAND, "Kari Nordmann", NOW, Invoice.model_validate(note["data"])
    )
    ledger.invoices.note_rates(NORDVIK, {"EUR": Earlier(Decimal("11.72"), 10235)})
    ledger.lookups.note(NORDVIK, Kind.PROJECT, {"P-9": LookedUp(1, "https://xledger.example 99168", NOW)})
    ledger.waits.add(NORDVIK, [(Kind.CUSTOMER, "20077", 10241)], NOW)
    ledger.waits.note_answer(NORDVIK, Kind.CUSTOMER, "20077", Answer.SILENT, NOW)
    ledger.waits.note_told(NORDVIK, Kind.CUSTOMER, "20077", [10241], Code.MOMENT_SILENT)
    (awaited,) = ledger.waits.among(NORDVIK, Kind.CUSTOMER, ["20077"])
    ledger.waits.note_all_told(NORDVIK, awaited, Code.MOMENT_SILENT)
    stop = Stop(Code.REQUEST_NOT_ACCEPTED, "AddProjects", "Unknown field.", NOW, LATER, 1, "release 1")
    ledger.stops.save(TOKEN, Kind.PROJECT, stop)


def _clock(ledger: Ledger) -> None:
    ledger.scheduled_runs.ask(ScheduledRun.EXPORTS, NOW)
    halfway: dict[str, Any] = {"after": "nordvik", "is_over": False, "checks": 1, "found": 2, "missing": 3}
    ledger.scheduled_runs.save(
        ScheduledRun.EXPORTS, RunProgress(NOW, next_check=LATER, asked=NOW, ver=1, **halfway)
    )
    ledger.scheduled_runs.note_done(ScheduledRun.EXPORTS, NORDVIK, NOW)
    ledger.scheduled_runs.note_done(ScheduledRun.NUMBERS, TOKEN, NOW)


READINGS: dict[str, Callable[[Ledger], Any]] = {
    "company": lambda ledger: (ledger.companies.get_with_version(NORDVIK), ledger.companies.every()),
    "companies of a token": lambda ledger: ledger.companies.sharing(TOKEN),
    "settings saved": lambda ledger: list(ledger.settings_history.of(NORDVIK)),
    "ends of keys": lambda ledger: ledger.settings_history.tails(NORDVIK),
    "connection test": lambda ledger: ledger.connection_tests.newest(NORDVIK),
    "probe": lambda ledger: (
        ledger.probes.newest(NORDVIK),
        ledger.probes.follows(NORDVIK),
        ledger.probes.hold(NORDVIK),
    ),
    "session": lambda ledger: ledger.sessions.read("2", NOW),
    "link": lambda ledger: ledger.links.read("3", NOW),
    "audit": lambda ledger: list(ledger.audit.of(NORDVIK)),
    "notice": lambda ledger: ledger.notices.told(NORDVIK, ADDRESS),
    "companies to look at": lambda ledger: (
        ledger.notices.to_look_at(NOW, 8),
        ledger.notices.look_marks(NORDVIK),
    ),
    "scheduled runs": lambda ledger: ledger.scheduled_runs.every(),
    "jobs done": lambda ledger: (
        ledger.scheduled_runs.done(ScheduledRun.EXPORTS, [NORDVIK]),
        ledger.scheduled_runs.done(ScheduledRun.NUMBERS, [TOKEN]),
    ),
    "customer": lambda ledger: ledger.records.by_number(NORDVIK, Kind.CUSTOMER, ["10001"]),
    "projects": lambda ledger: ledger.records.by_number(NORDVIK, Kind.PROJECT, ["P-1", "P-2"]),
    "projects that wait": lambda ledger: (
        list(ledger.records.waiting_for(NORDVIK, ["20002"])),
        ledger.records.waiting_since(NORDVIK, LATER, "", 100),
    ),
    "counts of records": lambda ledger: [ledger.records.count(NORDVIK, kind) for kind in Kind],
    "hours": lambda ledger: ledger.hours.since(NORDVIK, NOW - timedelta(hours=1)),
    "work": lambda ledger: (
        ledger.records.work(TOKEN, Kind.CUSTOMER),
        ledger.records.pending(TOKEN),
        ledger.due.until(LATER),
    ),
    "gate": lambda ledger: ledger.gates.get(TOKEN),
    "lists": lambda ledger: (ledger.references.get(TOKEN), ledger.references.place(TOKEN, Kind.PROJECT)),
    "entities": lambda ledger: (
        ledger.entities.reach(TOKEN),
        current := ledger.entities.current(NORDVIK),
        ledger.entities.writers(str(current.entity)),
    ),
    "invoices": lambda ledger: (ledger.invoices.head(NORDVIK), list(ledger.invoices.since(NORDVIK))),
    "invoices by number": lambda ledger: ledger.invoices.arrived(NORDVIK, [10231, 10232]),
    "invoices held": lambda ledger: [held.invoice for held in ledger.invoices.held(NORDVIK)],
    "invoices skipped": lambda ledger: ledger.invoices.skipped_among(NORDVIK, [10234]),
    "exports": lambda ledger: list(ledger.exports.newest_first(NORDVIK)),
    "exports asked for": lambda ledger: ledger.exports.asked_for(NORDVIK, "a click"),
    "watermark": lambda ledger: ledger.exports.watermark(NORDVIK),
    "uploads": lambda ledger: list(ledger.uploads.open(NORDVIK)),
    "to be told": lambda ledger: list(ledger.tellings.open(NORDVIK)),
    "told": lambda ledger: ledger.tellings.told(NORDVIK, 2),
    "mails": lambda ledger: (list(ledger.mails.open(NORDVIK)), ledger.mails.desk(NORDVIK)),
    "addresses stopped": lambda ledger: ledger.mails.stopped(NORDVIK, ADDRESS),
    "expenses": lambda ledger: (list(ledger.expenses.every(NORDVIK)), ledger.expenses.count(NORDVIK)),
    "expenses open": lambda ledger: list(ledger.expenses.open(NORDVIK)),
    "expenses matching": lambda ledger: ledger.expenses.matching(NORDVIK, "7001"),
    "import of expenses": lambda ledger: ledger.expenses.progress(NORDVIK),
    "problems": lambda ledger: (list(ledger.problems.of(NORDVIK)), ledger.problems.counts(NORDVIK)),
    "reasons": lambda ledger: ledger.reasons.new(NOW),
    "tallies": lambda ledger: ledger.tallies.get(NORDVIK, "customer"),
    "comparison": lambda ledger: ledger.reconciliations.progress(NORDVIK),
    "let through": lambda ledger: ledger.invoices.let_through_among(NORDVIK, [10233]),
    "decisions": lambda ledger: (
        ledger.invoices.decisions(NORDVIK, [10240]),
        ledger.invoices.credited(NORDVIK, [10231]),
        ledger.invoices.standing_of_credited(NORDVIK, [10231, 10240]),
    ),
    "exchange rates": lambda ledger: ledger.invoices.earlier_rates(NORDVIK, ["EUR"]),
    "looked up": lambda ledger: ledger.lookups.get_many(NORDVIK, Kind.PROJECT, ["P-9"]),
    "what is waited for": lambda ledger: (
        ledger.waits.among(NORDVIK, Kind.CUSTOMER, ["20077"]),
        ledger.waits.waiting_for(NORDVIK, Kind.CUSTOMER, "20077", 10),
        ledger.waits.due(NORDVIK, LATER, 10),
    ),
    "stops": lambda ledger: ledger.stops.get(TOKEN, Kind.PROJECT),
    "changes told": lambda ledger: ledger.reconciliations.told_changes(NORDVIK, [10231]),
}
