"""Companies in Xledger's legal register, which every customer must belong to.

A register is shared: a company that is there already may be somebody else's. So one is joined only where country and
organisation number agree and the name is not clearly another; and what is changed there is only what we made
ourselves for one private person.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from moment_xledger.domain.company_names import clearly_differ
from moment_xledger.domain.legal_ids import LegalId, country_code
from moment_xledger.domain.moment import Address, Customer
from moment_xledger.domain.numbers import number_key, same_number
from moment_xledger.domain.plans import Stopped
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, key_of


@dataclass(frozen=True)
class LegalCompany:
    """As Xledger has it."""

    db_id: int
    name: str = ""
    number: str | None = None
    country: str | None = None
    code: str | None = None
    address: Address = field(default_factory=Address)

    @property
    def legal_id(self) -> LegalId | None:
        return LegalId.read(self.country, self.number)

    def is_own_of(self, record: Record) -> bool:
        """We made it for this one private person."""
        return not self.number and same_number(self.code, record.own_code)

    def is_outdated(self, record: Record) -> bool:
        """It does not say what Moment says of the person now."""
        wanted = record.content
        if not isinstance(wanted, Customer):
            return False
        address = wanted.address.model_copy(update={"country_code": None})
        is_there = country_code(self.country) == country_code(wanted.address.country_code)
        return not is_there or (self.name, self.address) != (wanted.name, address)


class Register:
    """Companies by what a customer's own is found by: of hundreds at once, each is compared with few."""

    def __init__(self, companies: Iterable[LegalCompany]) -> None:
        self._by_legal_id = defaultdict[LegalId, list[LegalCompany]](list)
        self._by_code = defaultdict[str, list[LegalCompany]](list)
        for company in companies:
            if legal_id := company.legal_id:
                self._by_legal_id[legal_id].append(company)
            if company.code is not None:
                self._by_code[number_key(company.code)].append(company)

    def possible_for(self, record: Record) -> Sequence[LegalCompany]:
        if legal_id := record.legal_id:
            return self._by_legal_id.get(legal_id, ())
        return self._by_code.get(number_key(record.own_code), ())


class Join(NamedTuple):
    """`is_outdated`: it is this person's own, and no longer says what Moment says of the person."""

    company: LegalCompany
    is_outdated: bool = False


class Make(NamedTuple):
    """A new company, for all customers with the same key."""


def choose(
    record: Record, attached: LegalCompany | None, register: Iterable[LegalCompany]
) -> Join | Make | Stopped:
    """The legal company that this customer is to belong to.

    `attached`: the one that it belongs to in Xledger. `register`: those with its number, or with its own code.
    """
    if attached and stays(record, attached):
        return Join(attached, is_outdated=attached.is_own_of(record) and attached.is_outdated(record))
    wanted = record.legal_id
    if wanted is None:
        own = [each for each in register if each.is_own_of(record)]
        return Join(_first(own), is_outdated=_first(own).is_outdated(record)) if own else Make()
    had_it = attached and attached.legal_id and key_of(attached.legal_id) in record.former_companies
    if attached and attached.legal_id and record.db_id is None and not had_it:
        return _ask(record, Code.LEGAL_COMPANY_NUMBER_DIFFERS, attached)
    agreeing = [each for each in register if each.legal_id == wanted]
    if not agreeing:
        return Make()
    named_alike = [each for each in agreeing if _is_the_same(record, each)]
    if not named_alike:
        return _ask(record, Code.LEGAL_COMPANY_NAME_DIFFERS, _first(agreeing))
    return Join(_first(named_alike))


def stranger(record: Record, name: str | None, attached: LegalCompany) -> Stopped | None:
    """What Xledger has under the number of a customer that we never wrote: a company in the register, of whose
    organisation number Moment knows nothing, and clearly called something else. A person says whether it is the same.

    `name`: the customer's in Xledger. What an add without an answer may have made is our own, whatever Moment calls it
    by now.
    """
    is_ours = record.db_id is not None or record.added_at is not None or attached.db_id == record.same_company
    if is_ours or record.legal_id or not attached.number:
        return None
    names = [each for each in (name, attached.name) if each]
    if not names or any(not clearly_differ(record.content.name, each) for each in names):
        return None
    asked = _ask(record, Code.LEGAL_COMPANY_NAME_DIFFERS, attached)
    return asked._replace(details={**asked.details, "organization_number": attached.number})


def stays(record: Record, attached: LegalCompany) -> bool:
    """The customer belongs to the right company as it is.

    Who else chose the company in Xledger is not overruled: it changes when Moment's organisation number does, or where
    the company's number is another one than a customer's that is taken over.
    """
    if attached.db_id == record.same_company:
        return True
    wanted, is_sure = record.legal_id, record.sent_hash is not None
    if is_sure and record.sent_company == record.company_key:
        return True
    if wanted:  # the country is often left empty there
        return wanted in (
            attached.legal_id,
            LegalId.read(attached.country or wanted.country, attached.number),
        )
    if not attached.number:
        return True
    if record.db_id is None:  # taken over: that Moment lacks the number says nothing against it
        return True
    had_a_number = (record.sent_company or "").startswith("number:")
    return not had_a_number and record.refers_to in (None, attached.db_id)


def _is_the_same(record: Record, company: LegalCompany) -> bool:
    name = record.content.name
    return company.db_id in (record.same_company, record.refers_to) or not clearly_differ(name, company.name)


def _first(companies: Sequence[LegalCompany]) -> LegalCompany:
    """The oldest."""
    return min(companies, key=lambda each: each.db_id)


def _ask(record: Record, code: Code, company: LegalCompany) -> Stopped:
    wanted = record.legal_id
    ours, theirs = wanted.number if wanted else "", company.number or ""
    if wanted and company.country and company.country != wanted.country:  # the digits may be the same
        ours, theirs = f"{ours} ({wanted.country})", f"{theirs} ({company.country})"
    details = {
        "name": record.content.name,
        "theirs": company.name,
        "organization_number": ours,
        "their_number": theirs,
        "company": str(company.db_id),
    }
    return Stopped(record, code, details)
