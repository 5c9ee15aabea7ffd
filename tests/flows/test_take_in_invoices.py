"""The arrival of invoices: each once, in order, without gaps; what must not leave is held back, and let go."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Update
from moment_xledger.domain.companies import Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoices import fault
from moment_xledger.domain.moment import Invoice
from tests.builders import a_company, an_event, an_invoice
from tests.fakes import FakeTable
from tests.flows.office import COMPANY, Office

CREDIT = {
    "kind": "CREDIT_NOTE",
    "creditedInvoiceNumber": 10198,
    "total": "-125.00",
    "vatLines": [{"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}],
}
LINES = [
    {"vatCode": "3", "net": "100.00", "vat": "25.00", "gross": "125.00"},
    {"vatCode": "6", "net": "10.01", "vat": "0.00", "gross": "10.01"},
]


@pytest.mark.parametrize(
    ("but", "code"),
    [
        pytest.param({}, None, id="a sound invoice may go"),
        pytest.param(CREDIT, None, id="so may a credit note, which is negative"),
        pytest.param({"vatLines": LINES, "total": "135.01"}, None, id="the total is the sum of the lines"),
        pytest.param({"vatLines": LINES, "total": "135.00"}, "TOTAL_DIFFERS", id="to the øre"),
        pytest.param(
            {"vatLines": [LINES[0] | {"vat": "24.99"}], "total": "125.00"},
            "TOTAL_DIFFERS",
            id="and each line in itself",
        ),
        pytest.param(
            {"vatLines": [LINES[0] | {"vatCode": "99"}], "total": "125.00"},
            "VAT_CODE_UNMAPPED",
            id="a VAT code that is not in the settings",
        ),
        pytest.param({"kid": None}, None, id="no KID at all"),
        pytest.param({"kid": "602243"}, None, id="a KID by MOD10"),
        pytest.param({"kid": "602244"}, "KID_INVALID", id="a wrong check digit"),
        pytest.param({"dueDate": "2026-10-31"}, None, id="due at once"),
        pytest.param({"dueDate": "2026-10-30"}, "DUE_BEFORE_INVOICE_DATE", id="due before it was made"),
        pytest.param(CREDIT | {"dueDate": "2026-10-30"}, None, id="which a credit note may be"),
        pytest.param(
            CREDIT | {"creditedInvoiceNumber": None},
            "CREDIT_NOTE_WITHOUT_INVOICE",
            id="a credit note of no invoice",
        ),
        pytest.param(
            {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 10198},
            "CREDIT_NOTE_NOT_NEGATIVE",
            id="a credit note that adds to the sales",
        ),
    ],
)
def test_what_must_be_true_of_an_invoice(but: dict[str, Any], code: str | None) -> None:
    found = fault(Invoice.model_validate(an_invoice(**but)["data"]), a_company())
    assert (found and str(found.code)) == code


def test_invoices_are_numbered_as_they_come_without_gaps() -> None:
    office = Office()
    office.arrive(an_invoice(7), an_invoice(3))
    office.arrive(an_invoice(5))
    assert office.arrived() == [(1, 7), (2, 3), (3, 5)]


def test_the_same_event_again_changes_nothing() -> None:
    office = Office()
    office.arrive(an_invoice(7))
    office.arrive(an_invoice(7), an_invoice(7), an_invoice(8))
    assert (office.arrived(), office.problems()) == ([(1, 7), (2, 8)], [])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_an_invoice_that_changed_after_it_was_finalized_is_reported_and_the_first_stands(
    together: bool,
) -> None:
    office = Office()
    _arrive(office, [an_invoice(7, kid=None), an_invoice(7, version=2, kid="602243")], together)
    (snapshot,) = office.ledger.invoices.since(COMPANY)
    assert (snapshot.invoice.kid, office.problems()) == (None, [("7", "INVOICE_CHANGED")])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_an_older_version_that_comes_late_is_old_news(together: bool) -> None:
    office = Office()
    _arrive(office, [an_invoice(7, version=2, kid=None), an_invoice(7, version=1)], together)
    assert ([number for _, number in office.arrived()], office.problems()) == ([7], [])


def test_a_newer_version_that_says_the_same_is_no_change() -> None:
    office = Office()
    office.arrive(an_invoice(7))
    office.arrive(an_invoice(7, version=2))
    assert office.problems() == []


@pytest.mark.parametrize(
    "but",
    [
        {"customer": {"customerNumber": "10001", "name": "Fjord Bygg AS", "address": {"street": "Ny vei 4"}}},
        {"customer": {"customerNumber": "10001", "name": "Fjord Bygg og Anlegg AS"}},
        {"description": "Noe annet"},
        {"kid": "60 22 43"},
        {
            "vatLines": [
                {"vatCode": "3", "net": "100000.00", "vat": "25000.00", "gross": "125000.00", "rows": 7}
            ]
        },
    ],
    ids=["an address", "a name", "a text", "blanks in the KID", "how many rows there were"],
)
def test_what_the_books_do_not_hold_is_no_change(but: dict[str, Any]) -> None:
    office = Office()
    office.arrive(an_invoice(7))
    office.arrive(an_invoice(7, version=2, **but))
    assert office.problems() == []


@pytest.mark.parametrize(
    "but",
    [
        {"customer": {"customerNumber": "10002", "name": "Fjord Bygg AS"}},
        {"projectNumber": "P-2"},
        {"projectNumber": None},
        {"invoiceDate": "2026-10-30"},
        {"dueDate": "2026-11-15"},
        {"kid": None},
        {"currency": "EUR"},
        {"exchangeRate": "1.5"},
        {"vatLines": [{"vatCode": "31", "net": "100000.00", "vat": "25000.00", "gross": "125000.00"}]},
        {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 6},
    ],
    ids=lambda but: next(iter(but)),
)
def test_what_the_books_hold_is_a_change(but: dict[str, Any]) -> None:
    office = Office()
    office.arrive(an_invoice(7))
    office.arrive(an_invoice(7, version=2, **but))
    assert office.problems() == [("7", "INVOICE_CHANGED")]


def test_what_an_older_release_stored_is_compared_by_what_it_said() -> None:
    office = Office()
    office.arrive(an_invoice(7))
    office.table.write(Update((keys.invoices(COMPANY), "INV#000000000007"), remove=["books"]))
    office.arrive(an_invoice(7, version=2, description="Noe annet"))
    assert office.problems() == []
    office.arrive(an_invoice(7, version=3, projectNumber="P-2"))
    assert office.problems() == [("7", "INVOICE_CHANGED")]


def test_a_draft_is_refused_as_such() -> None:
    office = Office()
    draft = an_invoice(7)["data"] | {"invoiceNumber": None, "status": "DRAFT"}
    office.arrive(an_event("team.moment.invoice.finalized", draft))
    assert office.arrived() == []
    assert len(list(office.ledger.problems.of(COMPANY))) == 1


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(an_invoice(7, currency="kr"), id="it could not be read"),
        pytest.param(an_invoice(7, invoiceNumber=None), id="it had no number"),
        pytest.param(an_event("team.moment.invoice.saved", an_invoice(7)["data"]), id="it was no final one"),
    ],
)
def test_what_was_wrong_with_an_event_is_over_when_the_invoice_comes(bad: dict[str, Any]) -> None:
    office = Office()
    office.arrive(bad)
    assert len(office.problems()) == 1
    office.arrive(an_invoice(7, version=2))
    assert (office.arrived(), office.problems()) == ([(1, 7)], [])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_but_not_when_an_older_version_comes_late(together: bool) -> None:
    office = Office()
    _arrive(office, [an_invoice(7, version=2, currency="kr"), an_invoice(7)], together)
    assert (office.arrived(), office.problems()) == ([(1, 7)], [("7", "FIELD_INVALID")])


def test_however_late_an_older_version_comes_beside_it() -> None:
    office = Office()
    _arrive(office, [an_invoice(7, version=2, currency="kr")], together=True)
    _arrive(office, [an_invoice(7, version=2), an_invoice(7)], together=True)
    assert ("7", "FIELD_INVALID") not in office.problems()


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_a_corrected_event_releases_a_held_invoice(together: bool) -> None:
    office = Office()
    _arrive(office, [an_invoice(7, kid="1"), an_invoice(7, version=2, kid=None)], together)
    assert (office.arrived(), office.held(), office.problems()) == ([(1, 7)], [], [])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_an_older_version_never_takes_the_place_of_one_that_is_held(together: bool) -> None:
    office = Office()
    _arrive(office, [an_invoice(7, version=2, kid="1"), an_invoice(7, version=1)], together)
    assert (office.arrived(), office.held(), office.problems()) == ([], [7], [("7", "KID_INVALID")])


def test_a_change_of_the_settings_releases_what_it_puts_right_before_the_next_export() -> None:
    office = Office()
    office.arrive(an_invoice(7, vatLines=[LINES[0] | {"vatCode": "99"}], total="125.00"))
    assert office.export() is None
    office.set(vat_codes={"3": "3", "99": "3"})
    assert office.numbers(office.made()) == [7]
    assert office.problems() == []


def test_what_is_still_wrong_is_not_counted_again_at_each_look() -> None:
    office = Office()
    office.arrive(an_invoice(7, kid="1"))
    for _ in range(3):
        office.export()
    (problem,) = office.ledger.problems.of(COMPANY, "invoice")
    assert problem.count == 1


def test_the_route_is_that_of_the_day_of_arrival() -> None:
    office = Office(route="off")
    office.arrive(an_invoice(1))
    office.set(route="file")
    office.arrive(an_invoice(2))
    assert [s.route for s in office.ledger.invoices.since(COMPANY)] == [Route.OFF, Route.FILE]
    assert office.numbers(office.made()) == [2]


def test_as_many_as_fit_go_in_one_transaction() -> None:
    table = Counting()
    office = Office(table)
    table.transactions.clear()
    office.arrive(*(an_invoice(number) for number in range(1, 101)))
    assert [size for size in table.transactions if size > 1] == [67, 67, 67, 3]  # 33 of three, and the head
    assert office.arrived() == [(n, n) for n in range(1, 101)]


def test_who_meets_another_taker_looks_again_and_stands_behind() -> None:
    table = Meeting()
    office = Office(table)
    table.meanwhile = lambda: Office(table.plain()).arrive(an_invoice(8), an_invoice(9))
    office.arrive(an_invoice(9), an_invoice(10))
    assert office.arrived() == [(1, 8), (2, 9), (3, 10)]


def test_who_meets_others_all_the_time_gives_up_and_the_events_come_back() -> None:
    table = Meeting(always=True)
    office = Office(table)
    table.meanwhile = lambda: None
    with pytest.raises(Conflict):
        office.arrive(an_invoice(9))
    assert office.arrived() == []


VERSIONS = st.tuples(st.integers(1, 3), st.integers(1, 4), st.sampled_from(["", "602243", "bad"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(VERSIONS, max_size=12), st.lists(st.integers(0, 12), max_size=4))
def test_how_events_are_cut_into_batches_makes_no_difference(
    versions: list[tuple[int, int, str]], cuts: list[int]
) -> None:
    events = [an_invoice(number, version=version, kid=kid) for number, version, kid in versions]
    one_by_one, in_batches = Office(), Office()
    for event in events:
        one_by_one.arrive(event)
    edges = [0, *sorted(cut for cut in cuts if cut <= len(events)), len(events)]
    for start, end in itertools.pairwise(edges):
        in_batches.arrive(*events[start:end])
    assert _state(one_by_one) == _state(in_batches)


def _state(office: Office) -> Any:
    arrived = [
        (s.seq, s.invoice.invoice_number, s.invoice.kid) for s in office.ledger.invoices.since(COMPANY)
    ]
    held = [(h.invoice.invoice_number, h.invoice.version) for h in office.ledger.invoices.held(COMPANY)]
    return arrived, held, office.problems()


def _arrive(office: Office, events: Sequence[dict[str, Any]], together: bool) -> None:
    for batch in [events] if together else [[event] for event in events]:
        office.arrive(*batch)


class Sorting(FakeTable):
    """While it is looked whether invoices have come before, others come; and it counts what did not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Any = None
        self.lost = 0

    def get_many(self, keys: Any) -> Any:
        found = super().get_many(wanted := list(keys))
        if self.meanwhile and any(sk.startswith("INV#") for _, sk in wanted):
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return found

    def write(self, *actions: Any) -> None:
        try:
            super().write(*actions)
        except Conflict:
            self.lost += len(actions) > 1
            raise


@pytest.mark.parametrize(("other", "lost"), [(2, 0), (1, 1)], ids=["others", "the same"])
def test_what_comes_while_invoices_are_sorted_costs_a_round_only_where_it_is_the_same(
    other: int, lost: int
) -> None:
    """In the days when a company's invoices come by the thousand, ten workers write behind one head."""
    office = Office(table := Sorting())
    table.meanwhile = lambda: office.arrive(an_invoice(other))
    office.arrive(an_invoice(1))
    assert table.lost == lost
    assert sorted(number for _, number in office.arrived()) == sorted({1, other})
    assert [seq for seq, _ in office.arrived()] == list(range(1, len({1, other}) + 1))


class Counting(FakeTable):
    def __init__(self) -> None:
        super().__init__()
        self.transactions: list[int] = []

    def write(self, *actions: Any) -> None:
        self.transactions.append(len(actions))
        super().write(*actions)


class Meeting(FakeTable):
    """Just before invoices are added, somebody else writes: once, or `always` so that every write is refused."""

    def __init__(self, always: bool = False) -> None:
        super().__init__()
        self.meanwhile: Any = None
        self._always = always

    def write(self, *actions: Any) -> None:
        if self.meanwhile and len(actions) > 1 and actions[0].key[1] == "HEAD":
            meanwhile = self.meanwhile
            self.meanwhile = meanwhile if self._always else None
            meanwhile()
            if self._always:
                raise Conflict((0,))
        super().write(*actions)

    def plain(self) -> FakeTable:
        """The same table, for the other taker, who meets nobody."""
        other = FakeTable()
        other.__dict__.update(self.__dict__)
        return other
