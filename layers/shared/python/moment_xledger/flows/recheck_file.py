"""Looks again at what is in a file that is about to be handed over, by the rule that it was made by: it may have waited
for days, and numbers, settings and people's minds change meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.dimensions import settled
from moment_xledger.domain.exports import Export
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.invoice_references import (
    INVOICE,
    Reference,
    Standing,
    holder_on,
    references_of,
)
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.preflight import with_absent
from moment_xledger.domain.uploads import Upload
from moment_xledger.flows.invoice_standing import numbers_now, standings_of

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

AT_ONCE = 2_500  # invoices


def count_unsound(
    upload: Upload, export: Export, company: Company, ledger: "Ledger", now: datetime
) -> int | None:
    """How many invoices of the file may not leave as they stand in it; None where it is as it would be made now.

    0 where all of them may, but the settings that the file was made with, or a customer's number, are others by now.
    """
    company = settled(company, ledger.references.dimensions(company.token_id))
    terms = with_absent(company.terms, ledger.references.get(company.token_id), now)
    members, unsound = in_file(upload, export, ledger), 0
    is_as_made = _is_made_with(terms, export)
    while some := list(islice(members, AT_ONCE)):
        held = _held(some, export, company, ledger, now)
        unsound += sum(not export.would_take(each, terms, held) for each in some)
        numbers = numbers_now(company.id, held, ledger)
        is_as_made = is_as_made and _states(numbers, some, export)
    return unsound if unsound or not is_as_made else None


def in_file(upload: Upload, export: Export, ledger: "Ledger") -> Iterator[Snapshot]:
    """The invoices that are in the file and have not been released."""
    for snapshot in ledger.invoices.between(upload.company, export.low, export.high):
        if snapshot.seq > export.high:
            return
        if snapshot.export == upload.members_of and export.takes(snapshot):
            yield snapshot


def _is_made_with(terms: Terms, export: Export) -> bool:
    return export.terms.settings.can_be_written and export.terms.makes_the_same_file_as(terms)


def _held(
    members: Sequence[Snapshot], export: Export, company: Company, ledger: "Ledger", now: datetime
) -> dict[Reference, Standing]:
    """What they refer to and does not let them go. A credit note may stand in the same file as its invoice."""
    references = {each for member in members for each in references_of(member.invoice, export.route)}
    standings = standings_of(company, references, ledger, now)
    to_leave = [int(each.number) for each, its in standings.items() if its is Standing.TO_LEAVE]
    credited = ledger.invoices.by_number(company.id, to_leave)
    standings |= {
        Reference(INVOICE, str(number)): Standing.STAYS
        for number, snapshot in credited.items()
        if snapshot.export != export.members_of or not replace(export, held={}).takes(snapshot)
    }
    return {each: its for each, its in standings.items() if not its.is_plain}


def _states(numbers: Mapping[str, str], members: Sequence[Snapshot], export: Export) -> bool:
    """The customers' numbers in the file are those that they have now."""
    holders = {holder_on(member.invoice).number for member in members}
    return all(export.numbers.get(each) == numbers.get(each) for each in holders)
