"""A company's customers in Xledger, and the legal companies that they belong to, in our words on one side and in
Xledger's on the other."""

from collections.abc import Iterable, Mapping, Sequence

from moment_xledger.adapters.xledger_nodes import (
    Node,
    Sends,
    added,
    address_of,
    asked_for,
    content_of,
    identity_of,
    listed,
    made_since,
    nodes,
    shown,
    updated,
)
from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.customers import Found, KnownCustomer, needs_company
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.legal_companies import LegalCompany
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.numbers import spellings
from moment_xledger.domain.records import Record


class Customers:
    """Each call is one request. Raises what the channel raises; `Rejected` blames records by their client ids."""

    def __init__(self, channel: Sends, entity: Entity) -> None:
        self._channel, self._owner_code = channel, entity.owner_code

    def look_up(self, records: Sequence[Record]) -> Found:
        companies = [record for record in records if needs_company(record)]
        asked = {
            **asked_for(records),
            **listed("companyNumbers", _numbers(companies)),
            **listed("companyCodes", spellings(each.own_code for each in companies if not each.legal_id)),
        }
        answer = self._channel.read("LookUpCustomers", asked)
        customers = [*nodes(answer.get("byId")), *nodes(answer.get("byCode"))]
        found = [*nodes(answer.get("companiesByNumber")), *nodes(answer.get("companiesByCode"))]
        return Found(
            [self._customer(node) for node in customers],
            [self._customer(node) for node in made_since(answer.get("madeSince"), asked)],
            [_company(node) for node in found],
        )

    def add_companies(self, records: Sequence[Record]) -> Mapping[int, int]:
        """The legal companies that these customers need, one for each key; their ids by Moment's id of the customer."""
        first_of = {str(record.company_key): record for record in reversed(records)}
        made = {key: _new_company(record) for key, record in first_of.items()}
        try:
            ids = added(self._channel, "AddCompanies", made, self._owner_code)
        except Rejected as rejected:
            blamed = {
                record.client_id: rejected.blamed[str(record.company_key)]
                for record in records
                if str(record.company_key) in rejected.blamed
            }
            raise Rejected(rejected.refusals, blamed) from rejected
        return {
            record.id: ids[str(record.company_key)] for record in records if str(record.company_key) in ids
        }

    def update_companies(self, records: Sequence[tuple[Record, int]]) -> Mapping[str, int]:
        changed = [(record, db_id, _person(record)) for record, db_id in records]
        return updated(self._channel, "UpdateCompanies", changed)

    def add(self, records: Sequence[Record]) -> Mapping[str, int]:
        made = {record.client_id: _customer(record) | _company_of(record) for record in records}
        return added(self._channel, "AddCustomers", made, self._owner_code)

    def update(self, records: Sequence[tuple[Record, KnownCustomer]]) -> Mapping[str, int]:
        changed = [(record, known.db_id, _changed(record, known)) for record, known in records]
        return updated(self._channel, "UpdateCustomers", changed)

    def shown(self, record: Record) -> Fields:
        """What is sent of it, for people's eyes; without the company, which Xledger knows by an id of its own."""
        return shown(_customer(record))

    def _customer(self, node: Node) -> KnownCustomer:
        address = node.get("address") or {}
        country = address.get("country") or {}
        company = node.get("company")
        return KnownCustomer(
            *identity_of(node, self._owner_code),
            node.get("description"),
            node.get("email") or None,
            address_of(node).model_copy(update={"country_code": country.get("code") or None}),
            _company(company) if company else None,
        )


def _company(node: Node) -> LegalCompany:
    return LegalCompany(
        int(node["dbId"]),
        str(node.get("description") or ""),
        node.get("companyNumber") or None,
        node.get("country") or None,
        node.get("code") or None,
        address_of(node),
    )


def _numbers(records: Iterable[Record]) -> Iterable[str]:
    """In the usual spellings, since Xledger's `_in` finds what is written alike."""
    for record in records:
        if record.legal_id:
            yield str(content_of(record, Customer).organization_number)
            yield from record.legal_id.spellings()


def _customer(record: Record) -> Node:
    customer = content_of(record, Customer)
    address = customer.address
    return {
        "code": customer.customer_number,
        "description": customer.name,
        "email": customer.email,
        "streetAddress": address.street,
        "zipCode": address.zip_code,
        "place": address.place,
        "country": address.country_code and {"code": address.country_code},
    }


def _changed(record: Record, known: KnownCustomer) -> Node:
    """With its company where that is to be another one."""
    stays = known.company is not None and known.company.db_id == record.refers_to
    return _customer(record) | ({} if stays else _company_of(record))


def _company_of(record: Record) -> Node:
    return {"company": {"dbId": record.refers_to}}


def _new_company(record: Record) -> Node:
    customer = content_of(record, Customer)
    if record.legal_id is None:
        return {"code": record.own_code} | _person(record)
    country = customer.address.country_code
    return {
        "description": customer.name,
        "companyNumber": customer.organization_number,
        "country": country and {"code": country},
    }


def _person(record: Record) -> Node:
    """A private person as a company."""
    customer = content_of(record, Customer)
    address = customer.address
    return {
        "description": customer.name,
        "country": address.country_code and {"code": address.country_code},
        "address": {
            "streetAddress": address.street,
            "zipCode": address.zip_code,
            "place": address.place,
        },
    }
