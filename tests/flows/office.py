"""One company's invoices in one process: they arrive, are exported and told of, on a clock that the test moves."""

import csv
import io
import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.links import LIFETIME
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.exports import SCHEDULE, SWEEP, Export
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.receive_events import Message, Receiver, receive_events
from moment_xledger.flows.recheck_invoices import Rechecker, recheck_invoices
from moment_xledger.flows.tell_accountant import Report, Teller, tell_accountant
from moment_xledger.mails.export_ready import export_ready
from tests.builders import KEPT_BY_HAND, a_company, may_not_look_up
from tests.fakes import FakeFiles, FakeTable

MORNING = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # 06:00 in Oslo
COMPANY = CompanyId("nordvik")
READER = "regnskap@nordvik.example"
CONSOLE = "https://console.example/"
_messages, _requests = itertools.count(1), itertools.count(1)


class Post:
    """A mail service: `fails` holds what it raises, once for each mail to that address, or to `*` anyone."""

    sender = "xledger@moment.example"

    def __init__(self) -> None:
        self.sent: list[tuple[str, EmailMessage]] = []
        self.fails: dict[str, list[Exception]] = {}

    def send(self, message: EmailMessage, to: str) -> str:
        if errors := self.fails.get(to) or self.fails.get("*"):
            raise errors.pop(0)
        self.sent.append((to, message))
        return f"ses-{len(self.sent)}"

    @property
    def readers(self) -> list[str]:
        return [to for to, _ in self.sent]


class Office:
    """`but` are the company's settings. The company carries no customers and projects unless told to, and its token may
    not look them up, so any invoice may come."""

    def __init__(self, table: FakeTable | None = None, files: FakeFiles | None = None, **but: Any) -> None:
        self.now = MORNING
        self.table: Any = table or FakeTable()
        self.files: Any = files or FakeFiles()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.post = Post()
        self.parts: dict[str, Any] = {}  # how an exporter works: `part`, `time_left`
        self.settings: dict[str, Any] = {**KEPT_BY_HAND, "notify": (READER,)}
        self.set(**but)

    def clock(self) -> datetime:
        return self.now

    def set(self, **but: Any) -> None:
        self.settings |= but
        self.ledger.companies.save(a_company(COMPANY, **self.settings))
        may_not_look_up(self.ledger, COMPANY)

    def arrive(self, *events: Mapping[str, Any]) -> None:
        messages = [Message(f"m{next(_messages)}", json.dumps(event)) for event in events]
        receiver = Receiver(
            ledger=self.ledger,
            files=self.files,
            wake=lambda kind, company: None,
            wake_mails=lambda company: None,
            clock=self.clock,
        )
        receive_events(messages, receiver)
        self.recheck()

    def recheck(self) -> None:
        """What the sweeper's job does within a minute, where something that is held is due."""
        if COMPANY in self.ledger.due.until(self.now).held:
            nobody = lambda *_: None  # noqa: E731
            recheck_invoices(
                COMPANY,
                Rechecker(self.ledger, nobody, nobody, nobody, nobody, self.clock, lambda: "rechecker"),
            )

    def export(self, request: str = "", by: str = "Kari", repeats: int | None = None) -> Export | None:
        return export_invoices(COMPANY, request or f"r{next(_requests)}", by, self.exporter(), repeats)

    def exporter(self) -> Exporter:
        return Exporter(self.ledger, self.files, self.clock, write_review, **self.parts)

    def made(self, request: str = "", by: str = "Kari", repeats: int | None = None) -> Export:
        export = self.export(request, by, repeats)
        assert export is not None
        return export

    def scheduled(self) -> Export:
        return self.made(by=SCHEDULE)

    def sweep(self) -> None:
        """What the sweeper's job does for each company that it finds, some time later."""
        self.now += timedelta(minutes=11)
        if COMPANY in self.ledger.due.until(self.now).exports:
            self.export(by=SWEEP)
            self.tell()

    def tell(self, ledger: Ledger | None = None) -> Report:
        teller = Teller(ledger or self.ledger, self.post, export_ready, CONSOLE, LIFETIME, self.clock)
        return tell_accountant(COMPANY, teller)

    def numbers(self, export: Export) -> list[int]:
        """In its file."""
        text = self.files.held[export.folder + export.file_name()].decode()
        rows = csv.DictReader(io.StringIO(text), delimiter=";")
        return list(dict.fromkeys(int(row["InvoiceNo"]) for row in rows))

    def problems(self, kind: str = "invoice") -> list[tuple[str, str]]:
        return [(problem.number, str(problem.code)) for problem in self.ledger.problems.of(COMPANY, kind)]

    def arrived(self) -> list[tuple[int, int]]:
        """Sequence number and invoice number, in the order of arrival."""
        return [(s.seq, s.invoice.invoice_number) for s in self.ledger.invoices.since(COMPANY)]

    def held(self) -> list[int]:
        return [each.invoice.invoice_number for each in self.ledger.invoices.held(COMPANY)]
