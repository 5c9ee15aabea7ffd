"""What the ledger promises of invoices, on the twin and on DynamoDB alike."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.moment import Invoice
from tests.adapters.ledgers import ledger as ledger
from tests.adapters.ledgers import nothing_written
from tests.builders import A_FAULT, an_invoice

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 5, 0, 1, 23, tzinfo=UTC)


def invoices(*numbers: int) -> list[Invoice]:
    return [Invoice.model_validate(an_invoice(number)["data"]) for number in numbers]


def add(ledger: Ledger, head: int, numbers: Sequence[int], company: CompanyId = NORDVIK) -> None:
    ledger.invoices.add(company, head, invoices(*numbers), Route.FILE, NOW)


def test_what_is_added_comes_back_as_it_was_in_the_order_of_arrival(ledger: Ledger) -> None:
    add(ledger, 0, [7, 3])
    add(ledger, 2, [5])
    found = list(ledger.invoices.since(NORDVIK))
    assert [(s.seq, s.invoice) for s in found] == list(enumerate(invoices(7, 3, 5), start=1))
    assert {(s.route, s.arrived, s.export) for s in found} == {(Route.FILE, NOW, None)}
    assert ledger.invoices.head(NORDVIK) == 3
    assert [s.seq for s in ledger.invoices.since(NORDVIK, 2)] == [3]


def test_between_two_places_a_few_or_many_come_in_the_order_of_arrival(ledger: Ledger) -> None:
    for head in range(0, 120, 30):
        add(ledger, head, range(head + 1, head + 31))
    for seq in (0, 100, 120):
        found = [s.seq for s in ledger.invoices.between(NORDVIK, seq, 120)]
        assert found == list(range(seq + 1, 121))


def test_a_full_transaction_is_taken(ledger: Ledger) -> None:
    add(ledger, 0, range(1, 34))
    assert ledger.invoices.head(NORDVIK) == 33


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        pytest.param(0, [9], id="behind a head that has moved"),
        pytest.param(2, [9, 7], id="with a number that is taken"),
        pytest.param(3, [9], id="behind a head that is not there yet"),
    ],
)
def test_nothing_of_it_is_added(ledger: Ledger, head: int, numbers: list[int]) -> None:
    add(ledger, 0, [7, 3])
    with nothing_written(ledger), pytest.raises(Conflict):
        add(ledger, head, numbers)


def test_where_others_were_quicker_it_goes_behind_them(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ledger, 0, [7, 3])
    heads = iter([0, 1, 2])  # as others write them
    monkeypatch.setattr(ledger.invoices, "head", lambda _: next(heads))
    ledger.invoices.append(NORDVIK, invoices(8, 9), Route.FILE, NOW)
    assert [(s.seq, s.invoice.invoice_number) for s in ledger.invoices.since(NORDVIK)] == [
        (1, 7),
        (2, 3),
        (3, 8),
        (4, 9),
    ]


def test_a_number_that_has_arrived_is_not_tried_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ledger, 0, [7])
    pauses = list[int]()
    monkeypatch.setattr(ledger.invoices._table, "pause", pauses.append)
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.invoices.append(NORDVIK, invoices(8, 7), Route.FILE, NOW)
    assert pauses == []


def test_companies_have_numbers_of_their_own(ledger: Ledger) -> None:
    other = CompanyId("fjord")
    add(ledger, 0, [7])
    add(ledger, 0, [7, 8], other)
    assert (ledger.invoices.head(NORDVIK), ledger.invoices.head(other)) == (1, 2)
    assert [s.invoice.invoice_number for s in ledger.invoices.since(NORDVIK)] == [7]


def test_those_that_have_arrived_are_known_by_their_content(ledger: Ledger) -> None:
    add(ledger, 0, [7])
    (known,) = ledger.invoices.arrived(NORDVIK, [7, 8]).values()
    assert (known.seq, known.version, known.hash) == (1, 1, invoices(7)[0].content_hash())
    assert list(ledger.invoices.by_number(NORDVIK, range(1, 9))) == [7]


def test_what_is_held_gives_way_to_the_same_or_a_newer_version_only(ledger: Ledger) -> None:
    for version, kid in ((2, "1"), (2, "2"), (1, "3"), (3, "4")):
        ledger.invoices.hold(
            NORDVIK, Invoice.model_validate(an_invoice(7, version=version, kid=kid)["data"]), A_FAULT
        )
        (held,) = ledger.invoices.held(NORDVIK)
        assert held.invoice.kid == {"1": "1", "2": "2", "3": "2", "4": "4"}[kid]
    assert ledger.invoices.held_among(NORDVIK, [7, 8]) == {7: 3}


def test_only_what_is_held_can_be_released(ledger: Ledger) -> None:
    ledger.invoices.hold(NORDVIK, invoices(7)[0], A_FAULT)
    assert ledger.invoices.release(NORDVIK, [7, 8]) == ["7"]
    assert list(ledger.invoices.held(NORDVIK)) == []
