"""What DynamoDB takes at most: whatever can be read can be stored, so that nothing stands in the way of the rest."""

from typing import Any

import pytest
from pydantic import ValidationError

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.invoices import MOST_ARRIVALS
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from tests.adapters.ledgers import ledger as ledger
from tests.builders import an_invoice
from tests.world import START

NORDVIK = CompanyId("nordvik")
LONGEST_ITEM, LONGEST_TRANSACTION = 400 * 1024, 4 * 1024 * 1024
WIDEST = "\U0001f3b5"  # four bytes, as wide as a character gets
LINE = {"vatCode": "3", "net": "0.01", "vat": "0.00", "gross": "0.01"}


def largest(number: int) -> Invoice:
    """All that its fields may hold."""
    text, lines = WIDEST * 1_000, [LINE] * 100
    address = {"street": text, "zipCode": WIDEST * 100, "place": text}
    customer = {"customerNumber": "1" * 25, "name": text, "address": address}
    more: dict[str, Any] = {"description": WIDEST * 10_000, "customer": customer, "vatLines": lines}
    return Invoice.model_validate(an_invoice(number, **more)["data"])


def test_as_many_of_the_largest_invoices_as_are_stored_at_once(ledger: Ledger) -> None:
    invoices = [largest(number) for number in range(1, MOST_ARRIVALS + 1)]
    ledger.invoices.add(NORDVIK, 0, invoices, Route.FILE, START)
    assert ledger.invoices.head(NORDVIK) == MOST_ARRIVALS
    sizes = [len(invoice.to_json().encode()) for invoice in invoices]
    assert max(sizes) < LONGEST_ITEM / 2
    assert sum(sizes) < LONGEST_TRANSACTION * 0.9


def test_an_invoice_with_more_lines_than_there_are_vat_codes_is_told_and_not_stored() -> None:
    with pytest.raises(ValidationError, match="at most 100 items"):
        Invoice.model_validate(an_invoice(1, vatLines=[LINE] * 101)["data"])


def test_what_xledger_says_at_length_is_stored_as_far_as_somebody_reads_it(ledger: Ledger) -> None:
    words = f"Ugyldig verdi. {WIDEST * 200_000}"
    told = Problem(NORDVIK, "customer", "1", Code.REFUSED_BY_XLEDGER, {"field": ""}, words, START, START)
    ledger.problems.report([told])
    (stored,) = ledger.problems.of(NORDVIK)
    assert stored.their_words.startswith("Ugyldig verdi. ")
    assert len(stored.their_words) == 5_000
