"""An export of more invoices than one call can make: by as many calls as it takes, and the same file in the end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import Route
from moment_xledger.domain.errors import Unfinished
from moment_xledger.domain.exports import SCHEDULE, SWEEP, Export, Status
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.export_invoices import export_asked_for
from tests.builders import a_company, an_invoice
from tests.fakes import FakeTable
from tests.flows.office import COMPANY, Office

LONG, SHORT = timedelta(minutes=15), timedelta()
A_SWEEP = timedelta(minutes=1)


class Calls:
    """One after the other, each with time to mark so many parts."""

    def __init__(self, office: Office, parts: int = 1) -> None:
        self.office, self.parts, self.made = office, parts, 0
        self.uploads: list[str] = []
        self._marked = 0
        office.parts |= {"part": 2, "time_left": self.time_left}
        write = office.table.write

        def counted(*actions: Any) -> None:
            write(*actions)
            self._marked += any("x" in getattr(action, "set", {}) for action in actions)

        office.table.write = counted

    def time_left(self) -> timedelta:
        return LONG if self._marked < self.parts else SHORT

    def call(self, request: str = "click", by: str = "Kari", repeats: int | None = None) -> list[Export]:
        self._marked = 0
        self.made += 1
        exporter = self.office.exporter()
        return export_asked_for(COMPANY, request, by, exporter, repeats, self.uploads.append)

    def until_done(self, request: str = "click", by: str = "Kari") -> list[Export]:
        """As the sweep does it, every minute, with whatever is due."""
        made = self.call(request, by)
        while COMPANY in self.office.ledger.due.until(self.office.now + A_SWEEP).exports:
            assert self.made < 50
            self.office.now += A_SWEEP
            made += self.call(f"sweep {self.made}", SWEEP)
        return made


def in_one_go(*events: Any, **settings: Any) -> Office:
    office = Office(**settings)
    office.arrive(*events)
    return office


INVOICES = [an_invoice(number) for number in (7, 1, 9, 2, 8, 3, 6)]


def test_it_goes_on_call_by_call_and_is_the_same_file_in_the_end() -> None:
    expected = in_one_go(*INVOICES).made()
    calls = Calls(in_one_go(*INVOICES))
    (export,) = calls.until_done()
    assert calls.made > 2
    assert (export.sha256, export.invoices, export.series) == (expected.sha256, 7, expected.series)
    assert calls.office.numbers(export) == [1, 2, 3, 6, 7, 8, 9]
    assert calls.office.ledger.exports.watermark(COMPANY).settled == 7


def test_each_call_claims_as_much_as_it_can_mark() -> None:
    calls = Calls(in_one_go(*INVOICES))
    calls.call()
    (begun,) = calls.office.ledger.exports.newest_first(COMPANY)
    assert (begun.status, begun.high, begun.upto) == (Status.GATHERING, 2, 7)
    assert [each.export for each in calls.office.ledger.invoices.since(COMPANY)] == [1] * 2 + [None] * 5


def test_each_invoice_is_read_once_in_a_call() -> None:
    office = in_one_go(*INVOICES)
    office.parts["part"] = 2
    read: list[str] = []
    query = office.table.query

    def noted(pk: str, prefix: str = "", **how: Any) -> Iterator[Any]:
        for item in query(pk, prefix, **how):
            read.append(item["sk"])
            yield item

    office.table.query = noted
    office.made()
    assert [sk for sk in read if sk.startswith("SEQ#")] == [f"SEQ#{seq:010}" for seq in range(1, 8)]


def test_who_asks_meanwhile_joins_it_and_leaves_it_to_the_worker_that_has_it() -> None:
    calls = Calls(in_one_go(*INVOICES))
    with pytest.raises(Unfinished):
        calls.office.export("click")
    export = next(calls.office.ledger.exports.newest_first(COMPANY))
    calls.office.ledger.exports.hold(export, calls.office.now + LONG)  # by a worker in another process
    assert calls.call("another", "Ola") == []
    assert calls.office.ledger.exports.asked_for(COMPANY, "another") == 1
    assert next(calls.office.ledger.exports.newest_first(COMPANY)) == export


def test_what_comes_meanwhile_is_in_the_next_one() -> None:
    calls = Calls(in_one_go(*INVOICES))
    calls.call()
    calls.office.arrive(an_invoice(10))
    (export,) = calls.until_done()
    assert calls.office.numbers(export) == [1, 2, 3, 6, 7, 8, 9]
    (following,) = calls.until_done("next day")
    assert calls.office.numbers(following) == [10]


def test_the_rest_of_what_was_asked_for_follows() -> None:
    """Invoices that are left from before the route was changed go in a file of their own."""
    office = in_one_go(*INVOICES)
    office.set(route="upload", owner_code=99168, import_code="MOMENT")
    office.arrive(*(an_invoice(number) for number in range(11, 16)))
    calls = Calls(office)
    uploaded, left = {each.number: each for each in calls.until_done("daily", SCHEDULE)}.values()
    assert (uploaded.route, office.numbers(uploaded)) == (Route.UPLOAD, [11, 12, 13, 14, 15])
    assert (left.route, office.numbers(left)) == (Route.FILE, [1, 2, 3, 6, 7, 8, 9])
    assert calls.uploads
    assert office.ledger.orders.of(COMPANY) == []


def test_a_large_one_can_be_made_again() -> None:
    calls = Calls(in_one_go(*INVOICES))
    (first,) = calls.until_done()
    (again,) = calls.call("again", repeats=1)
    assert (again.repeats, again.sha256) == (1, first.sha256)


def test_a_worker_that_lost_it_to_another_stops() -> None:
    """It slept for so long that another one went on, and finds that more is claimed than it knows of."""
    office = in_one_go(*INVOICES)
    table = office.table = Meanwhile(office)
    office.ledger.exports._table = table  # type: ignore[assignment]
    office.parts["part"] = 2
    with pytest.raises(Unfinished):
        office.export("slow")
    assert [each.status for each in office.ledger.exports.newest_first(COMPANY)] == [Status.GATHERING]
    office.now += LONG
    assert office.numbers(office.made("slow")) == [1, 2, 3, 6, 7, 8, 9]


class Meanwhile(FakeTable):
    """Another worker claims the next part just before this one does."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._partitions, self._due = office.table._partitions, office.table._due
        self._is_first = True

    def write(self, *actions: Any) -> None:
        if self._is_first and any(getattr(action, "set", {}).get("high") == 4 for action in actions):
            self._is_first = False
            super().write(*actions)
        super().write(*actions)


def test_an_invoice_of_a_later_part_waits_for_its_customer() -> None:
    """Each part is looked up when it is claimed; what waits stays behind, and goes when it may."""
    office = Office(export_customers=True)
    office.parts["part"] = 2
    office.ledger.companies.save(a_company(COMPANY, **office.settings | {"export_customers": False}))
    office.arrive(*INVOICES[:5], an_invoice(12, customer={"customerNumber": "666", "name": "Ukjent"}))
    gone = {"666": LookedUp(0, None, office.now)}
    office.ledger.lookups.note(COMPANY, Kind.CUSTOMER, gone)
    export = office.made()
    assert office.numbers(export) == [1, 2, 7, 8, 9]
    assert {each.number for each in export.held} == {"666"}
    assert office.ledger.exports.watermark(COMPANY).settled == 5
