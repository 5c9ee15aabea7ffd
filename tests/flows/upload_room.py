"""The route by upload in one process: real flows and ledger, a table that can die under them, and an import that keeps
what it was given."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from local.twins.sweeping import sweep_once
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.links import LIFETIME
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Company, CompanyId, SoapLogin
from moment_xledger.domain.errors import GateClosed
from moment_xledger.domain.exports import SCHEDULE, SWEEP, Export
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.seen_invoices import InXledger, in_xledger
from moment_xledger.domain.soap_outcomes import Accepted, UploadOutcome
from moment_xledger.domain.uploads import Choice, Upload
from moment_xledger.flows.decide_upload import resolve_upload
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.receive_events import Message, Receiver, receive_events
from moment_xledger.flows.tell_accountant import Teller, tell_accountant
from moment_xledger.flows.upload_export import Outcome, Uploader
from moment_xledger.flows.upload_exports import upload_exports
from moment_xledger.mails.export_ready import export_ready
from tests.builders import KEPT_BY_HAND, a_company, an_invoice, may_not_look_up
from tests.fakes import FakeFiles, FakeTable
from tests.flows.mailroom import Fuse
from tests.flows.office import Post
from tests.world import Time

A_MINUTE = timedelta(minutes=1)
FIRST_KEY = 7_000_001
LOGIN = SoapLogin("nordvik-ws", "secret-password")


class Import:
    """Xledger's. `next` are outcomes, used up one by one, and whether the file was taken all the same."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes, str, int]] = []
        self.next: list[tuple[bool, UploadOutcome]] = []
        self.always: UploadOutcome | None = None
        self.asked = 0
        self.meanwhile: Callable[[], object] | None = None

    def upload(self, file_name: str, content: bytes, import_code: str, owner_code: int) -> UploadOutcome:
        self.asked += 1
        if self.meanwhile:
            self.meanwhile()
        taken, outcome = self.next.pop(0) if self.next else (self.always is None, self.always)
        if taken:
            self.files.append((file_name, content, import_code, owner_code))
        return outcome or Accepted(FIRST_KEY - 1 + len(self.files))


class Vault:
    login: SoapLogin | None = LOGIN

    def soap_login(self, company: Company) -> SoapLogin | None:
        return self.login


class UploadRoom:
    def __init__(self, **settings: Any) -> None:
        defaults: dict[str, Any] = {
            "route": "upload",
            "owner_code": 99168,
            "file": {"format": "gl02b"},
            **KEPT_BY_HAND,
            "notify": ("regnskap@nordvik.example",),
        }
        self.company = a_company(**(defaults | settings))
        self.time, self.fuse = Time(), Fuse()
        self.files, self.imports, self.vault, self.post = FakeFiles(), Import(), Vault(), Post()
        self.table = FakeTable()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.ledger.companies.save(self.company)
        may_not_look_up(self.ledger, self.company.id)
        self.to_tell: list[CompanyId] = []
        self.to_export: list[tuple[str, str]] = []
        self.booked: set[int] | None = None  # invoices that Xledger shows
        self.shown: list[tuple[str, str]] = []  # with their customers, where a test says them
        self.readable, self.looked = True, 0
        self.closed: GateClosed | None = None
        self._requests, self._messages = itertools.count(1), itertools.count(1)

    def change(self, **settings: Any) -> None:
        self.company = type(self.company).model_validate(self.company.model_dump() | settings)
        self.ledger.companies.save(self.company)

    def receive(self, *numbers: int, **but: Any) -> None:
        messages = [
            Message(f"m{next(self._messages)}", json.dumps(an_invoice(number, **but))) for number in numbers
        ]
        receiver = Receiver(self.ledger, self.files, lambda *_: None, lambda _: None, self.time)  # type: ignore[arg-type]
        receive_events(messages, receiver)

    def export(self, by: str = SCHEDULE, request: str = "", repeats: int | None = None) -> list[Export]:
        """What one job makes; nobody is woken by it."""
        exporter = Exporter(Ledger(self.fuse.guard("table", self.table)), self.files, self.time, write_review)  # type: ignore[arg-type]
        name = request or f"r{next(self._requests)}"
        return export_asked_for(self.company.id, name, by, exporter, repeats, lambda _: None)

    def xledger_has(self, hits: Mapping[str, int], kind: str = "customer") -> None:
        """So many have each of these numbers there by now."""
        entity = self.ledger.entities.current(self.company.id).entity
        found = {number: LookedUp(n, entity, self.time.now) for number, n in hits.items()}
        self.ledger.lookups.note(self.company.id, Kind(kind), found)

    def uploader(self) -> Uploader:
        """One that dies when the fuse says so."""
        guard = self.fuse.guard
        return Uploader(
            Ledger(guard("table", self.table)),
            self.vault,  # type: ignore[arg-type]
            guard("files", self.files),
            lambda company, login: guard("import", self.imports),
            self._in_xledger,
            self.to_tell.append,
            lambda company, request, by: self.to_export.append((request, by)),
            self.time,
        )

    def _in_xledger(self, company: Company, dates: Collection[date], since: datetime) -> InXledger:
        """What Xledger shows of the company's invoices: all that it was given, where a test does not say which."""
        self.looked += 1
        if self.closed:
            raise self.closed
        given = set(self.exported()) if self.imports.files else set()
        booked = given if self.booked is None else self.booked
        rows = self.shown or [(str(number), "10001") for number in booked]
        return in_xledger(rows, is_whole=self.readable)

    def upload(self) -> Counter[Outcome]:
        """What one wake does."""
        return upload_exports(self.company.id, self.uploader())

    def tell(self) -> None:
        teller = Teller(self.ledger, self.post, export_ready, "https://console.example", LIFETIME, self.time)
        tell_accountant(self.company.id, teller)

    def sweep(self) -> None:
        """What a minute brings: wakes, and what they do."""
        self.time.now += A_MINUTE
        exports: list[CompanyId] = []
        uploads: list[CompanyId] = []
        sweep_once(self.ledger, self.time(), exports=exports.append, uploads=uploads.append)
        for _ in exports:
            self.export(SWEEP)
            self.tell()
        for _ in uploads:
            self.upload()

    def run(self, until: timedelta = timedelta(hours=2)) -> None:
        """By the sweeper alone, until nothing is due within an hour."""
        end = self.time.now + until
        while self.time.now < end and self.is_due(timedelta(hours=1)):
            self.sweep()

    def is_due(self, within: timedelta = timedelta()) -> bool:
        work = self.ledger.due.until(self.time() + within)
        return bool(work.uploads or work.exports)

    def resolve(self, number: int, choice: Choice, file_key: int | None = None) -> None:
        resolve_upload(self.company.id, number, choice, "Kari", self.ledger, self.time, file_key)

    def state_of(self, number: int) -> str:
        return str(self.upload_of(number).state)

    def upload_of(self, number: int) -> Upload:
        found = self.ledger.uploads.get(self.company.id, number)
        assert found is not None
        return found

    def exported(self) -> dict[int, int | None]:
        """With which export each invoice left."""
        return {s.invoice.invoice_number: s.export for s in self.ledger.invoices.since(self.company.id)}

    def problems(self) -> Iterator[tuple[str, str, str]]:
        for problem in self.ledger.problems.of(self.company.id):
            yield problem.kind, problem.number, str(problem.code)
