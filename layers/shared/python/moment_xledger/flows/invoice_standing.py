"""Looks up where the customers and projects of invoices stand: in the ledger alone, so that any flow may ask."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.invoice_references import (
    ACCOUNTS_AND_VAT,
    DISPUTES,
    HOLDER,
    INVOICE,
    Reference,
    Standing,
    disputed_by,
    id_of,
    is_by_name,
    number_of,
    standing_of_holder,
    standing_of_issued_to,
    standing_of_looked_up,
    standing_of_record,
)
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import number_key
from moment_xledger.domain.records import Record

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
        of_kind = [each for each in wanted if _is_of(each, kind)]
        found |= _standings_of_kind(company, kind, of_kind, entity, ledger, now)
    if ACCOUNTS_AND_VAT in wanted:
        is_read = ledger.references.get(company.token_id) is not None
        found[ACCOUNTS_AND_VAT] = Standing.IN_XLEDGER if is_read else Standing.NOT_LOOKED_UP
    invoices = {int(each.number) for each in wanted if each.kind == INVOICE}
    if invoices:
        credited = ledger.invoices.standing_of_credited(company.id, invoices)
        found |= {Reference(INVOICE, str(number)): standing for number, standing in credited.items()}
    return found


def _is_of(reference: Reference, kind: Kind) -> bool:
    return reference.kind == kind or (reference.kind == HOLDER and kind is Kind.CUSTOMER)


def _standings_of_kind(
    company: Company,
    kind: Kind,
    wanted: Sequence[Reference],
    entity: str | None,
    ledger: "Ledger",
    now: datetime,
) -> dict[Reference, Standing]:
    """Of what we carry to Xledger the ledger knows the record; of what is kept there by hand, the last look-up."""
    numbers = {number_of(each) for each in wanted}
    if not numbers:
        return {}
    owners, disputed = dict[str, Record](), set[str]()
    if company.carries(kind):
        owners = ledger.records.by_number(company.id, kind, numbers)
        disputed = disputed_numbers(company, kind, ledger)
        standings = {
            n: standing_of_record(owners.get(n), n, entity, number_key(n) in disputed) for n in numbers
        }
    else:
        looked_up = ledger.lookups.get_many(company.id, kind, numbers)
        standings = {n: standing_of_looked_up(looked_up.get(n), entity, now) for n in numbers}
    holders = [each for each in wanted if each.kind == HOLDER]
    found = {each: standings[each.number] for each in wanted if each.kind == kind}
    found |= _standings_of_holders(company, holders, owners, standings, ledger)
    if not company.carries(kind):
        return found
    return found | {
        each: its
        for each, record in _issued_to(company.id, holders, owners, ledger).items()
        if (its := standing_of_issued_to(record, each, entity, disputed))
    }


def _standings_of_holders(
    company: Company,
    holders: Collection[Reference],
    owners: Mapping[str, Record],
    standings: Mapping[str, Standing],
    ledger: "Ledger",
) -> dict[Reference, Standing]:
    """By customer number: who has it, and where it stands. What was found out before is read of unclear ones only."""
    former = former_holders(company.id, {number_of(each) for each in holders if is_by_name(each)}, ledger)

    def standing(holder: Reference, same_as: int | None = None) -> Standing:
        number = number_of(holder)
        had_it = former.get(number, ())
        return standing_of_holder(owners.get(number), standings[number], holder, same_as, had_it)

    found = {each: standing(each) for each in holders}
    unclear = [each for each, its in found.items() if its in (Standing.OF_ANOTHER, Standing.OF_A_NAMESAKE)]
    known = ledger.lookups.same_customers(company.id, unclear) if unclear else {}
    return found | {each: standing(each, id_) for each, id_ in known.items()}


def _issued_to(
    company: CompanyId, holders: Collection[Reference], owners: Mapping[str, Record], ledger: "Ledger"
) -> dict[Reference, Record]:
    """The customers, by Moment's id, that invoices were issued to under a number that they gave up since."""
    known = {each: id_ for each in holders if (id_ := id_of(each)) is not None}
    gone = {
        each: id_
        for each, id_ in known.items()
        if (owner := owners.get(number_of(each))) is None or owner.id != id_
    }
    former = former_holders(company, {number_of(each) for each in gone}, ledger)
    return {
        each: record
        for each, id_ in gone.items()
        for record in former.get(number_of(each), ())
        if record.id == id_
    }


def numbers_now(
    company: CompanyId, standings: Mapping[Reference, Standing], ledger: "Ledger"
) -> dict[str, str]:
    """Under which number the customers of invoices go that were given another one since, by `Reference.number`."""
    renumbered = [each for each, its in standings.items() if its is Standing.RENUMBERED]
    found = _issued_to(company, renumbered, {}, ledger) if renumbered else {}
    return {each.number: record.number for each, record in found.items()}


def former_holders(
    company: CompanyId, numbers: Collection[str], ledger: "Ledger"
) -> dict[str, Sequence[Record]]:
    """The customers that had these numbers before, by number."""
    ids = ledger.records.gave_up(company, Kind.CUSTOMER, numbers) if numbers else {}
    wanted = {(Kind.CUSTOMER, id_) for some in ids.values() for id_ in some}
    records = ledger.records.get_many(company, wanted) if wanted else {}
    return {
        number: [records[Kind.CUSTOMER, id_] for id_ in some if (Kind.CUSTOMER, id_) in records]
        for number, some in ids.items()
    }


def disputed_numbers(company: Company, kind: Kind, ledger: "Ledger") -> set[str]:
    """Numbers that a problem says may mean another record, in the form that all spellings share."""
    counted = ledger.problems.counts(company.id)
    problems = (
        problem
        for code in DISPUTES
        if counted.get((str(kind), code))
        for problem in ledger.problems.of(company.id, kind, code)
    )
    return {number for each in problems for number in disputed_by(each.number, each.details)}
