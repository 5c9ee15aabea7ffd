"""The route by mail in one process: real flows and ledger, a table that can die under them, and a post that keeps
what it was given."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from local.twins.sweeping import sweep_once
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import Company, CompanyId, Token
from moment_xledger.domain.errors import KeyRefused
from moment_xledger.domain.feedback import Feedback, Happened
from moment_xledger.domain.invoice_mails import Choice, InvoiceMail
from moment_xledger.domain.mails import on_the_wire
from moment_xledger.domain.problems import Code
from moment_xledger.flows.decide_mail import resolve_mail
from moment_xledger.flows.mail_invoice import Mailer, Outcome
from moment_xledger.flows.mail_invoices import mail_invoices
from moment_xledger.flows.note_feedback import note_feedback
from moment_xledger.flows.receive_events import Message, Receiver, receive_events
from tests.builders import KEPT_BY_HAND, a_company, an_invoice, may_not_look_up
from tests.fakes import FakeFiles, FakeTable
from tests.world import Time

SENDER = "xledger@moment.example"
RECEPTION = "mb.00000@xledger.example"
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
A_MINUTE = timedelta(minutes=1)


class Died(BaseException):
    """The process is gone: nothing that it would have done afterwards is done."""


class Fuse:
    """Burns at one call to the outside, before or after what it does."""

    def __init__(self) -> None:
        self.calls = 0
        self.burns_at: tuple[int, str] | None = None
        self.seen: list[str] = []

    def guard(self, name: str, outside: Any) -> Any:
        return _Guarded(self, name, outside)

    def call(self, name: str, method: Any, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        self.seen.append(name)
        if self.burns_at == (self.calls, "before"):
            raise Died
        try:
            return method(*arguments, **options)
        finally:
            if self.burns_at == (self.calls, "after"):
                raise Died  # an answer is heard by nobody, and neither is a refusal


class _Guarded:
    def __init__(self, fuse: Fuse, name: str, outside: Any) -> None:
        self._fuse, self._name, self._outside = fuse, name, outside

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._outside, name)
        if not callable(found):
            return found
        return lambda *given, **options: self._fuse.call(f"{self._name}.{name}", found, *given, **options)


class Pdfs:
    """`held` by the invoice's id; whatever is not in it is a small PDF. `meanwhile` happens while it is fetched."""

    def __init__(self) -> None:
        self.held: dict[int, bytes | Code] = {}
        self.all: Code | None = None
        self.asked = 0
        self.meanwhile: list[Any] = []

    def get(self, company: CompanyId, key: Token, invoice_id: int) -> bytes | Code:
        self.asked += 1
        if self.meanwhile:
            self.meanwhile.pop()()
        return self.all or self.held.get(invoice_id, A_PDF)


class Post:
    """Keeps each mail as the bytes that went; `next` are errors, raised one by one after `went` says if it went."""

    sender = SENDER

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.next: list[tuple[bool, Exception]] = []
        self.always: Exception | None = None

    def send(self, message: EmailMessage, to: str) -> str:
        went, error = self.next.pop(0) if self.next else (True, None)
        if went and not self.always:
            self.mails.append((to, on_the_wire(message)))
        if error or self.always:
            raise error or self.always  # type: ignore[misc]
        return f"ses-{len(self.mails)}"


class Vault:
    is_empty = False

    def moment_key(self, company: Company) -> Token:
        if self.is_empty:
            raise KeyRefused("Moment: the company has no API key")
        return Token("key-of-moment")


class Mailroom:
    def __init__(self, **settings: Any) -> None:
        defaults: dict[str, Any] = {
            "route": "email",
            "reception_address": RECEPTION,
            **KEPT_BY_HAND,
        }
        self.company = a_company(**(defaults | settings))
        self.time, self.fuse = Time(), Fuse()
        self.files, self.pdfs, self.post = FakeFiles(), Pdfs(), Post()
        self.vault = Vault()
        self.table = FakeTable()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.ledger.companies.save(self.company)
        may_not_look_up(self.ledger, self.company.id)
        self.woken: list[CompanyId] = []
        self._workers, self._messages = itertools.count(1), itertools.count(1)

    def change(self, **settings: Any) -> None:
        self.company = self.company.model_copy(update=settings)
        self.ledger.companies.save(self.company)

    def receive(self, *numbers: int, **but: Any) -> None:
        messages = [
            Message(f"m{next(self._messages)}", json.dumps(an_invoice(number, **but))) for number in numbers
        ]
        receive_events(messages, self.receiver(self.ledger))

    def receiver(self, ledger: Ledger) -> Receiver:
        return Receiver(ledger, self.files, lambda *_: None, self.woken.append, self.time)  # type: ignore[arg-type]

    def mailer(self) -> Mailer:
        """One that dies when the fuse says so."""
        guard = self.fuse.guard
        return Mailer(
            Ledger(guard("table", self.table)),
            self.vault,  # type: ignore[arg-type]
            guard("files", self.files),
            guard("pdfs", self.pdfs),
            guard("post", self.post),
            clock=self.time,
            sleep=self.time.sleep,
            new_id=lambda: f"worker-{next(self._workers)}",
        )

    def mail(self) -> Counter[Outcome]:
        """What one wake does."""
        return mail_invoices(self.company.id, self.mailer())

    def sweep(self) -> None:
        """What a minute brings: a wake if something is due, and what it does."""
        self.time.now += A_MINUTE
        woken: list[CompanyId] = []
        sweep_once(self.ledger, self.time(), mails=woken.append)
        for company in woken:
            mail_invoices(company, self.mailer())

    def run(self, until: timedelta = timedelta(hours=2)) -> None:
        """Wakes by the sweeper alone, until nothing is due within an hour."""
        end = self.time.now + until
        while self.time.now < end and self.is_due(timedelta(hours=1)):
            self.sweep()

    def is_due(self, within: timedelta = timedelta()) -> bool:
        return bool(self.ledger.due.until(self.time() + within).mails)

    def resolve(self, number: int, choice: Choice) -> None:
        resolve_mail(self.company.id, number, choice, "Kari", self.ledger, self.time)

    def hear(
        self,
        number: int,
        happened: Happened,
        attempt: int = 1,
        why: str = "Permanent General",
        to: str = RECEPTION,
    ) -> bool:
        feedback = Feedback(self.company.id, number, attempt, happened, why, receipt="ses-heard", to=to)
        return note_feedback(feedback, self.ledger, self.time)

    def state_of(self, number: int) -> str:
        return str(self.mail_of(number).state)

    def mail_of(self, number: int) -> InvoiceMail:
        seq = self.ledger.invoices.arrived(self.company.id, [number])[number].seq
        found = self.ledger.mails.get(self.company.id, seq)
        assert found is not None
        return found

    def sent(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, EmailMessage, policy=policy.default) for _, raw in self.post.mails]

    def numbers(self) -> list[int]:
        """Of the invoices that were mailed, in that order."""
        return [int(str(message["X-Moment-Invoice"]).split(".")[1]) for message in self.sent()]

    def problems(self) -> Iterator[tuple[str, str]]:
        for problem in self.ledger.problems.of(self.company.id):
            yield problem.number, str(problem.code)
