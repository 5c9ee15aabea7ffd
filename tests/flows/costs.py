"""The import of expenses in one process: real flows and ledger over twins, which can die at any call."""

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.errors import AnswerFaulted, AnswerTooLarge, AnswerUnreadable, RefusedByMoment
from moment_xledger.domain.expense_doubts import ACCOUNT, KNOWN, LINE, PROJECT
from moment_xledger.domain.expense_facts import VAT, Facts
from moment_xledger.domain.expense_runs import Report, Window
from moment_xledger.domain.expenses import Expense, InMoment, ProjectState
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code
from moment_xledger.flows.expense_run import Importer
from moment_xledger.flows.import_expenses import import_expenses
from moment_xledger.flows.receive_events import Message, Receiver, receive_events
from tests.builders import a_company
from tests.fakes import FakeFiles, FakeTable
from tests.flows.mailroom import Fuse
from tests.world import START, Time

YESTERDAY = START - timedelta(days=1)
AN_HOUR = timedelta(hours=1)


def a_line(id: str | None = "1", **but: Any) -> Row:
    """A supplier's bill of 1,000 kroner without VAT, posted yesterday."""
    line = {
        "amount": Decimal("1000.00"),
        "transaction_id": id,
        "voucher_no": "20001",
        "line_no": "1",
        "source": "AP",
        "created": YESTERDAY,
        "modified": YESTERDAY,
        "voucher_date": date(2026, 11, 21),
        "account": "4510",
        "project": "P-1",
        "text": "Lydberegning",
        "tax_rule": "1",
        "tax_amount": Decimal("250.00"),
        "currency": "NOK",
        "currency_amount": Decimal("1000.00"),
        "match_id": "7001",
    }
    return Row(**(line | but))


def a_bill(match_id: str = "7001", **but: Any) -> Row:
    """The same in the supplier ledger, where the supplier stands."""
    line = {
        "transaction_id": f"9{match_id}",
        "account": "2400",
        "project": None,
        "match_id": match_id,
        "supplier_name": "Akustikkverkstedet AS",
        "invoice_no": "F-77",
        "invoice_date": date(2026, 11, 15),
    }
    return a_line(**(line | but))


class Books:
    """Lines by id; what is posted again takes the place of what was there. `most` is how many fit into an answer."""

    def __init__(self) -> None:
        self.posted: dict[str, Row] = {}
        self.bills: list[Row] = []
        self.bad: list[BadRow] = []
        self.most = 1_000_000
        self.asked: list[Window] = []
        self.fails: Exception | None = None
        self.unreadable: set[str] = set()  # an answer that holds one of these lines cannot be read
        self.faulty: set[str] = set()  # Xledger has a fault in its place
        self.requests = 0

    def lines(self, window: Window, accounts: AccountRanges) -> Iterator[Row | BadRow]:
        self.asked.append(window)
        yield from self.bad
        yield from self._answer(self._within(self.posted.values(), window))

    def suppliers(self, window: Window) -> Iterator[Row | BadRow]:
        yield from self._answer(self._within(self.bills, window))

    def _answer(self, found: list[Row]) -> Iterator[Row]:
        self.requests += 1
        if self.fails:
            raise self.fails
        if len(found) > self.most:
            raise AnswerTooLarge
        for line in found:
            if line.transaction_id in self.faulty:
                raise AnswerFaulted(Code.EXPENSES_NOT_READ, "'\v', hexadecimal value 0x0B, is invalid")
            if line.transaction_id in self.unreadable:
                raise AnswerUnreadable("its XML is broken")
            yield line

    @staticmethod
    def _within(lines: Any, window: Window) -> list[Row]:
        return [each for each in lines if window.start < each.modified <= window.end]


class Moment:
    """`next` are errors, raised one by one; the first of each pair says whether what was asked was done before."""

    def __init__(self) -> None:
        self.expenses: dict[int, dict[str, Any]] = {}
        self.invoiced: set[int] = set()
        self.projects = {"P-1": ProjectState.OPEN, "P-2": ProjectState.OPEN, "P-3": ProjectState.CLOSED}
        self.next: list[tuple[bool, Exception]] = []
        self.calls: list[str] = []
        self._ids = itertools.count(500_001)

    def find(self, external_id: str) -> InMoment | None:
        self.calls.append("find")
        found = [id_ for id_, each in self.expenses.items() if each["external_id"] == external_id]
        return self._seen(min(found)) if found else None

    def get(self, moment_id: int) -> InMoment | None:
        self.calls.append("get")
        return self._seen(moment_id) if moment_id in self.expenses else None

    def add(self, expense: Expense) -> int:
        def done() -> int:
            id_ = next(self._ids)
            self.expenses[id_] = dict(expense)
            return id_

        return int(self._answer("add", done))

    def change(self, moment_id: int, changes: Mapping[str, object]) -> None:
        if moment_id in self.invoiced:
            raise RefusedByMoment("it is on an invoice", is_locked=True)
        self._answer("change", lambda: self.expenses[moment_id].update(changes))

    def project(self, number: str) -> ProjectState:
        self.calls.append("project")
        return self.projects.get(number, ProjectState.UNKNOWN)

    def _seen(self, moment_id: int) -> InMoment:
        return InMoment(moment_id, moment_id in self.invoiced)

    def _answer(self, call: str, do: Any) -> Any:
        self.calls.append(call)
        done, error = self.next.pop(0) if self.next else (True, None)
        answer = do() if done else None
        if error:
            raise error
        return answer


class Costs:
    """`is_first`: nothing was ever read; else there was a good first read."""

    def __init__(self, *, is_first: bool = False, **settings: Any) -> None:
        defaults: dict[str, Any] = {
            "import_expenses": True,
            "owner_code": 99168,
            "expense_accounts": "4000-4999,6550",
        }
        self.company = a_company(**(defaults | settings))
        self.time, self.fuse = Time(), Fuse()
        self.table = FakeTable()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.ledger.companies.save(self.company)
        self.books, self.moment = Books(), Moment()
        self.going_on: list[CompanyId] = []
        self._workers = itertools.count(1)
        if not is_first:
            self.ledger.expenses.take_turn(self.company.id, "first", self.time.now, self.time.now)
            seen = frozenset({LINE, ACCOUNT, PROJECT, VAT, KNOWN})
            self.ledger.expenses.learn(self.company.id, "first", Facts(99168, seen=seen))

    def set(self, **settings: Any) -> None:
        self.company = Company.model_validate(self.company.model_dump() | settings)
        self.ledger.companies.save(self.company)

    def receive(self, *events: Mapping[str, Any]) -> None:
        messages = [Message(f"m{n}", json.dumps(event)) for n, event in enumerate(events)]
        files: Any = FakeFiles()
        receive_events(messages, Receiver(self.ledger, files, lambda *_: None, lambda _: None, self.time))

    def post(self, *lines: Row) -> None:
        """Lines that were posted since the last run, unless they say otherwise."""
        for line in lines:
            self.books.posted[line.transaction_id or f"{line.voucher_no}/{line.line_no}"] = line

    def correct(self, id: str, **but: Any) -> None:
        """Where it stands, at this moment."""
        self.books.posted[id] = self.books.posted[id]._replace(modified=self.time.now, **but)

    def importer(self) -> Importer:
        guard = self.fuse.guard
        return Importer(
            Ledger(guard("table", self.table)),
            lambda _: guard("books", self.books),
            lambda _: guard("moment", self.moment),
            self.going_on.append,
            self.time,
            lambda: f"worker-{next(self._workers)}",
        )

    def run(self) -> Report:
        """What one job does."""
        return import_expenses(self.company.id, self.importer())

    def later(self, after: timedelta = AN_HOUR) -> Report:
        self.time.now += after
        return self.run()

    @property
    def cursor(self) -> datetime | None:
        return self.ledger.expenses.progress(self.company.id).cursor

    def amounts(self) -> list[str]:
        return [str(each["amount"]) for each in self.moment.expenses.values()]

    def problems(self) -> list[tuple[str, str]]:
        return [(each.number, str(each.code)) for each in self.ledger.problems.of(self.company.id)]
