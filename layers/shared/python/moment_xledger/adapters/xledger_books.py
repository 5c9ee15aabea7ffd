"""A company's customers and projects in Xledger, in our words on one side and in Xledger's on the other.

Lists only, of at most 500, which is what Xledger takes. Fields and types: `local/xledger/schema.graphql`, with the
evidence for each. `edges` is null when nothing matches; ids come as numbers or as strings. On an update an emptied
field is sent as null, which is taken to clear it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.companies import Company
from moment_xledger.domain.customers import Found, KnownCustomer, needs_company
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.moment import Address, Customer, Project
from moment_xledger.domain.projects import KnownProject
from moment_xledger.domain.records import Record, project_end
from moment_xledger.domain.replies import Refusal

MOST_INPUTS = 500  # of one mutation (Xledger's help centre, article 8715787519634)

Node = dict[str, Any]
Input = dict[str, Any]


class Sends(Protocol):
    def read(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def write(self, operation: str, inputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]: ...


class Customers:
    """Each call is one request. Raises what the channel raises; `Rejected` blames records by their client ids."""

    def __init__(self, channel: Sends, company: Company, entity: Entity) -> None:
        self._channel, self._company, self._entity = channel, company, entity

    def look_up(self, numbers: Sequence[str], company_keys: Iterable[str]) -> Found:
        keys = sorted(company_keys)
        by_number = [key.removeprefix("number:") for key in keys if key.startswith("number:")]
        by_code = {_private_code(key, self._company): key for key in keys if key.startswith("code:")}
        answer = self._channel.read(
            "LookUpCustomers",
            {
                "codes": list(numbers),
                "withCodes": bool(numbers),
                "companyNumbers": by_number,
                "withCompanyNumbers": bool(by_number),
                "companyCodes": list(by_code),
                "withCompanyCodes": bool(by_code),
            },
        )
        companies = {
            f"number:{node['companyNumber']}": node for node in _oldest_first(answer.get("byNumber"))
        }
        private = [node for node in _oldest_first(answer.get("byCode")) if not node["companyNumber"]]
        companies |= {by_code[node["code"]]: node for node in private if node["code"] in by_code}
        ids = {key: int(node["dbId"]) for key, node in companies.items()}
        return Found(self._known(answer.get("customers"), {id_: key for key, id_ in ids.items()}), ids)

    def _known(self, connection: Any, keys: Mapping[int, str]) -> Mapping[str, list[KnownCustomer]]:
        found = defaultdict(list)
        for node in _nodes(connection):
            if _is_owned_by(node, self._entity):
                found[node["code"]].append(_known_customer(node, keys))
        return found

    def add_companies(self, records: Sequence[Record]) -> Mapping[str, int]:
        """The companies that these customers need, one for each key; their ids by key."""
        first_of = {str(record.company_key): record for record in reversed(records)}
        inputs = [
            _input(key, _company_node(record, self._company, self._entity))
            for key, record in first_of.items()
        ]
        if not inputs:
            return {}
        try:
            ids = _written(self._channel, "AddCompanies", "addCompanies", inputs)
        except Rejected as rejected:
            blamed = {
                record.client_id: rejected.blamed[str(record.company_key)]
                for record in records
                if str(record.company_key) in rejected.blamed
            }
            raise Rejected(rejected.refusals, blamed) from rejected
        if left_out := [record for record in records if str(record.company_key) not in ids]:
            refusal = Refusal("the answer does not mention the company of this customer")
            raise Rejected([refusal], {record.client_id: refusal for record in left_out})
        return ids

    def add(self, records: Sequence[Record], companies: Mapping[str, int]) -> Mapping[str, int]:
        inputs = [
            _input(record.client_id, _set(_customer_node(record, companies)) | _owner(self._entity))
            for record in records
        ]
        return _written(self._channel, "AddCustomers", "addCustomers", inputs)

    def update(
        self, records: Sequence[tuple[Record, int]], companies: Mapping[str, int]
    ) -> Mapping[str, int]:
        inputs = [
            _input(record.client_id, {"dbId": db_id} | _customer_node(record, companies))
            for record, db_id in records
        ]
        return _written(self._channel, "UpdateCustomers", "updateCustomers", inputs)

    def shown(self, record: Record) -> Fields:
        """What is sent of it, for people's eyes; without the company, which Xledger knows by an id of its own."""
        return _flat(_customer_fields(record))


class Projects:
    """As `Customers`."""

    def __init__(self, channel: Sends, company: Company, entity: Entity) -> None:
        self._channel, self._entity = channel, entity

    def look_up(self, numbers: Sequence[str]) -> Mapping[str, Sequence[KnownProject]]:
        answer = self._channel.read("LookUpProjects", {"codes": list(numbers)})
        found = defaultdict(list)
        for node in _nodes(answer.get("projects")):
            if _is_owned_by(node, self._entity):
                found[node["code"]].append(_known_project(node))
        return found

    def add(self, records: Sequence[Record]) -> Mapping[str, int]:
        inputs = [
            _input(record.client_id, _set(_project_node(record)) | _owner(self._entity)) for record in records
        ]
        return _written(self._channel, "AddProjects", "addProjects", inputs)

    def update(self, records: Sequence[tuple[Record, int]]) -> Mapping[str, int]:
        inputs = [
            _input(record.client_id, {"dbId": db_id} | _project_node(record)) for record, db_id in records
        ]
        return _written(self._channel, "UpdateProjects", "updateProjects", inputs)

    def shown(self, record: Record) -> Fields:
        return _flat(_project_node(record))


def _customer_node(record: Record, companies: Mapping[str, int]) -> Node:
    company = {"company": {"dbId": companies[str(record.company_key)]}} if needs_company(record) else {}
    return _customer_fields(record) | company


def _customer_fields(record: Record) -> Node:
    customer = record.content
    assert isinstance(customer, Customer)  # noqa: S101 the type checker's business
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


def _private_code(key: str, company: Company) -> str:
    """What a private person's company is known by: the customer number, and whose, where a token reaches several."""
    number = key.removeprefix("code:")
    return number if company.owner_code is None else f"{company.owner_code}-{number}"


def _company_node(record: Record, company: Company, entity: Entity) -> Node:
    customer = record.content
    assert isinstance(customer, Customer)  # noqa: S101
    country = customer.address.country_code
    node = {
        "code": None if customer.organization_number else _private_code(str(record.company_key), company),
        "description": customer.name,
        "companyNumber": customer.organization_number,
        "country": country and {"code": country},
    }
    return _set(node) | _owner(entity)


def _project_node(record: Record) -> Node:
    project = record.content
    assert isinstance(project, Project)  # noqa: S101
    return {
        "code": project.project_number,
        "description": project.name,
        "fromDate": _text(project.start_date),
        "toDate": _text(project_end(record)),
        "subledger": project.customer_number and {"code": project.customer_number},
    }


def _known_customer(node: Node, company_keys: Mapping[int, str]) -> KnownCustomer:
    address = node.get("address") or {}
    country = address.get("country") or {}
    company = node.get("companyDbId")
    return KnownCustomer(
        int(node["dbId"]),
        node.get("description"),
        node.get("email") or None,
        Address.model_construct(
            street=address.get("streetAddress") or None,
            zip_code=address.get("zipCode") or None,
            place=address.get("place") or None,
            country_code=country.get("code") or None,
        ),
        None if company is None else company_keys.get(int(company)),
    )


def _known_project(node: Node) -> KnownProject:
    return KnownProject(
        int(node["dbId"]),
        node.get("description"),
        (node.get("subledger") or {}).get("code"),
        _date(node.get("fromDate")),
        _date(node.get("toDate")),
    )


def _written(channel: Sends, operation: str, field: str, inputs: Sequence[Input]) -> Mapping[str, int]:
    """Ids by client id, of those that the answer mentions."""
    try:
        answer = channel.write(operation, inputs)
    except Rejected as rejected:
        raise Rejected(rejected.refusals, _blamed(inputs, rejected.refusals)) from rejected
    edges = (answer.get(field) or {}).get("edges") or []
    return {edge["clientId"]: int(edge["node"]["dbId"]) for edge in edges if edge.get("node")}


def _blamed(inputs: Sequence[Input], refusals: Sequence[Refusal]) -> dict[str, Refusal]:
    """The inputs that hold the very value that Xledger names in the very field that it names."""
    return {
        each["clientId"]: refusal
        for refusal in refusals
        if refusal.field and refusal.value is not None
        for each in inputs
        if refusal.value in _values(each["node"].get(refusal.field.rpartition(".")[2]))
    }


def _values(reference: object) -> list[str]:
    return [str(value) for value in reference.values()] if isinstance(reference, dict) else [str(reference)]


def _nodes(connection: Any) -> list[Node]:
    if not connection:
        return []
    if connection["pageInfo"]["hasNextPage"]:
        raise Rejected([Refusal("more than 10,000 records share these codes")])
    return [edge["node"] for edge in connection.get("edges") or []]


def _oldest_first(connection: Any) -> list[Node]:
    """So that of several companies with one number the first one made is always chosen (the last one put in wins)."""
    return sorted(_nodes(connection), key=lambda node: -int(node["dbId"]))


def _is_owned_by(node: Node, entity: Entity) -> bool:
    """One token may reach several entities, whose numbers may be the same."""
    return str((node.get("owner") or {}).get("ownerCode")) == str(entity.owner_code)


def _owner(entity: Entity) -> Node:
    return {"owner": {"ownerCode": entity.owner_code}}


def _input(client_id: str, node: Node) -> Input:
    return {"clientId": client_id, "node": node}


def _flat(node: Node) -> Fields:
    """A reference by its code."""
    return {
        name: str(value["code"] if isinstance(value, dict) else value)
        for name, value in _set(node).items()
        if value
    }


def _set(node: Node) -> Node:
    return {name: value for name, value in node.items() if value is not None}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
