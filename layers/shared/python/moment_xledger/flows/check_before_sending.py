"""What of a company's settings and waiting invoices Xledger does not have, listed before anything is sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.exports import never_leaves_in_a_file
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import Difference, differences, with_absent
from moment_xledger.flows.read_lists import read_lists
from moment_xledger.flows.sync_records import Worker

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.xledger_reference import Reads, Reference

MOST_INVOICES = 2_000  # that are looked through; a page that counts more helps nobody


@dataclass(frozen=True)
class Preflight:
    """`read_at`: how old Xledger's lists are; None where they were never read. `unread`: those it may not read."""

    read_at: datetime | None
    unread: tuple[str, ...]
    differences: tuple[Difference, ...]


def check_before_sending(
    company_id: CompanyId, worker: Worker, reference: Callable[["Reads"], "Reference"]
) -> Preflight:
    """Costs at most four requests an hour, and none where the gate is closed."""
    company = worker.ledger.companies.get_known(company_id)
    lists = read_lists(company.token_id, worker, reference)
    if lists is None:
        return Preflight(None, (), ())
    terms = with_absent(company.terms, lists, worker.clock())
    found = differences(terms, islice(_waiting(company, worker.ledger), MOST_INVOICES))
    known = {"accounts": lists.accounts, "VAT codes": lists.vat_codes}
    unread = tuple(name for name, codes in known.items() if codes is None)
    return Preflight(lists.read_at, unread, tuple(found))


def _waiting(company: Company, ledger: "Ledger") -> Iterator[Invoice]:
    """Held back, or arrived and not yet in an export."""
    yield from (held.invoice for held in ledger.invoices.held(company.id))
    settled = ledger.exports.watermark(company.id).settled
    for snapshot in ledger.invoices.since(company.id, settled):
        if snapshot.export is None and not never_leaves_in_a_file(snapshot):
            yield snapshot.invoice
