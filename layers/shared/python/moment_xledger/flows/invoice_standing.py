"""Looks up where the customers and projects of invoices stand: in the ledger alone, so that any flow may ask."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.invoice_references import (
    ACCOUNTS_AND_VAT,
    DISPUTES,
    INVOICE,
    Reference,
    Standing,
    standing_of_looked_up,
    standing_of_record,
)
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def standings_of(
    company: Company, references: Iterable[Reference], ledger: "Ledger", now: datetime
) -> dict[Reference, Standing]:
    """Of each reference; read anew at each call, since numbers may be swapped or moved at any time."""
    wanted = set(references)
    entity = ledger.entities.current(company.id).entity
    found: dict[Reference, Standing] = {}
    for kind in Kind:
        numbers = {each.number for each in wanted if each.kind == kind}
        if not numbers:
            continue
        of_kind = _carried if company.carries(kind) else _kept_by_hand
        standings = of_kind(company, kind, numbers, entity, ledger, now)
        found |= {Reference(kind, number): standing for number, standing in standings.items()}
    if ACCOUNTS_AND_VAT in wanted:
        is_read = ledger.references.get(company.token_id) is not None
        found[ACCOUNTS_AND_VAT] = Standing.IN_XLEDGER if is_read else Standing.NOT_LOOKED_UP
    invoices = {int(each.number) for each in wanted if each.kind == INVOICE}
    if invoices:
        credited = ledger.invoices.standing_of_credited(company.id, invoices)
        found |= {Reference(INVOICE, str(number)): standing for number, standing in credited.items()}
    return found


def _carried(
    company: Company,
    kind: Kind,
    numbers: Collection[str],
    entity: str | None,
    ledger: "Ledger",
    now: datetime,
) -> Mapping[str, Standing]:
    owners = ledger.records.by_number(company.id, kind, numbers)
    disputed = disputed_numbers(company, kind, ledger)
    return {
        number: standing_of_record(owners.get(number), number, entity, number in disputed)
        for number in numbers
    }


def _kept_by_hand(
    company: Company,
    kind: Kind,
    numbers: Collection[str],
    entity: str | None,
    ledger: "Ledger",
    now: datetime,
) -> Mapping[str, Standing]:
    found = ledger.lookups.get_many(company.id, kind, numbers)
    return {number: standing_of_looked_up(found.get(number), entity, now) for number in numbers}


def disputed_numbers(company: Company, kind: Kind, ledger: "Ledger") -> set[str]:
    """Numbers that a problem says may mean another record. A number that was changed is disputed, old and new."""
    counted = ledger.problems.counts(company.id)
    problems = (
        problem
        for code in DISPUTES
        if counted.get((str(kind), code))
        for problem in ledger.problems.of(company.id, kind, code)
    )
    return {number for each in problems for number in (each.number, each.details.get("old")) if number}
