"""Posted and staged invoices, read from the simulated Xledger."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from local.xledger.plan import OWNER_CODE
from local.xledger.soap.imports.register import Register
from local.xledger.soap.plan import SoapPlan
from moment_xledger.adapters import xledger_invoices
from moment_xledger.adapters.xledger_invoices import XledgerInvoices
from moment_xledger.domain.entities import Reached
from moment_xledger.domain.errors import TooMany
from tests.adapters.test_xledger_reference import Straight
from tests.world import World

HEAD = "InvoiceNo;Text;CustomerNo;Project;InvoiceDate;DueDate;PaymentId;TotalAmount;VatCode"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def row(number: int, day: str = "20261015", customer: str = "10001") -> str:
    return f"{number};Arbeid;{customer};;{day};20261130;{number};125.00;3"


class Books:
    """`plan`: what the import is like."""

    def __init__(self, **plan: Any) -> None:
        self.world, self._plan = World(), SoapPlan(own_import_codes={"OWN": "standard"}, **plan)
        state = self.world.server.state
        self.owner = state.entities.find("ownerCode", OWNER_CODE)[0]
        state.add("customers", {"code": "10001", "description": "Fjord"}, self.owner)

    def receive(self, *rows: str) -> None:
        state = self.world.server.state
        register = Register(state, frozenset({self.owner["dbId"]}), OWNER_CODE, self._plan)
        content = "\r\n".join([HEAD, *rows, ""]).encode()
        self.world.server.soap.uploads.receive("f.csv", content, "OWN", register)

    def invoices(self, owner_code: int = OWNER_CODE, owner_db_id: int | None = None) -> XledgerInvoices:
        return XledgerInvoices(Straight(self.world), Reached(owner_code, "", owner_db_id))


def test_posted_invoices_are_those_of_the_dates_both_ends_included() -> None:
    books = Books()
    books.receive(row(1, "20260930"), row(2, "20261001"), row(3, "20261031"), row(4, "20261101"))
    assert sorted(books.invoices().posted(*OCTOBER)) == [("2", "10001"), ("3", "10001")]


def test_another_entitys_are_not_ours() -> None:
    books = Books()
    books.receive(row(1))
    assert list(books.invoices(owner_code=20_001).posted(*OCTOBER)) == []


def test_a_payment_bears_the_number_and_is_no_invoice() -> None:
    books = Books()
    books.receive(row(1))
    (posted,) = books.world.server.state.tables["arTransactions"]
    posted["transactionHeader"] |= {"transactionSource": {"dbId": 9, "code": "OCR", "description": "OCR"}}
    assert list(books.invoices().posted(*OCTOBER)) == []


def test_staged_ones_are_found_until_they_are_posted() -> None:
    books = Books(import_posts_after_seconds=1800)
    since = books.world.time()
    books.receive(row(1), row(2))
    assert sorted(books.invoices().staged(since)) == [("1", ""), ("2", "")]
    assert list(books.invoices(owner_db_id=7).staged(since)) == []
    assert sorted(books.invoices(owner_db_id=books.owner["dbId"]).staged(since)) == [("1", ""), ("2", "")]
    books.world.time.now += timedelta(hours=1)
    assert list(books.invoices().staged(since)) == []
    assert len(list(books.invoices().posted(*OCTOBER))) == 2


def test_they_are_read_page_by_page_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xledger_invoices, "A_PAGE", 2)
    books = Books()
    books.receive(*(row(number) for number in range(1, 20)))
    found: list[Any] = []
    with pytest.raises(TooMany):
        found += books.invoices().posted(*OCTOBER)
    assert len(found) == len(set(found)) == 2 * xledger_invoices.MOST_PAGES


def test_the_time_of_a_look_is_central_european() -> None:
    asked: list[Any] = []

    class Reads:
        longest_list = 500

        def read(self, operation: str, variables: Any, *, optional: bool = False) -> Any:
            asked.append(variables["since"])
            return {}

    list(XledgerInvoices(Reads(), Reached(OWNER_CODE)).staged(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)))
    assert asked == ["2026-07-01T13:45:00"]
