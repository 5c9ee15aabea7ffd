"""What our operations need of Xledger's schema: each field, argument, input field and type name that they write out.

The layer has no GraphQL library, so this is worked out here and shipped beside the operations. A use is a line:

* `customers.edges.node.dbId` a field without parts of its own
* `customers(filter.code_in: [String!])` an argument, or a part of one, with the type of what is put there
* `customers(ownerSet = ALL)` the same with a value of an enum
* `customers.edges.node on Customer` a type by its name
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    parse,
    print_ast,
)

from moment_xledger.adapters.xledger_customers import Customers
from moment_xledger.adapters.xledger_graphql import OPERATIONS
from moment_xledger.adapters.xledger_projects import Projects
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.customers import KnownCustomer
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.plans import Owner
from moment_xledger.domain.projects import KnownProject
from moment_xledger.domain.records import Record, State

Inputs = dict[str, list[Mapping[str, Any]]]
ADDRESS = {"street": "Strandgaten 1", "zipCode": "5013", "place": "Bergen", "countryCode": "NO"}
SINCE = datetime(2026, 11, 22, tzinfo=UTC)


def written() -> bytes:
    inputs = _inputs()
    found = {
        file.stem: sorted(set(_uses(parse(file.read_text("utf-8")), inputs.get(file.stem, ()))))
        for file in sorted(Path(OPERATIONS).glob("*.graphql"))
    }
    return (json.dumps(found, indent=1) + "\n").encode()


def _uses(document: DocumentNode, inputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    definitions = document.definitions
    (operation,) = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
    types = {each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions}
    yield from _selected(operation.selection_set, "", fragments, types)
    for root in operation.selection_set.selections if inputs else ():
        assert isinstance(root, FieldNode)  # noqa: S101 no document of ours begins with a fragment
        yield from (f"{root.name.value}(inputs{each})" for given in inputs for each in _parts(given))


def _selected(
    chosen: SelectionSetNode,
    path: str,
    fragments: Mapping[str, FragmentDefinitionNode],
    types: Mapping[str, str],
) -> Iterator[str]:
    for each in chosen.selections:
        if isinstance(each, FragmentSpreadNode):
            fragment = fragments[each.name.value]
            yield f"{path} on {fragment.type_condition.name.value}"
            yield from _selected(fragment.selection_set, path, fragments, types)
        elif isinstance(each, FieldNode):
            place = f"{path}.{each.name.value}" if path else each.name.value
            for argument in each.arguments:
                yield from _given(place, argument.name.value, argument.value, types)
            if each.selection_set:
                yield from _selected(each.selection_set, place, fragments, types)
            else:
                yield place


def _given(place: str, name: str, value: ValueNode, types: Mapping[str, str]) -> Iterator[str]:
    if isinstance(value, ObjectValueNode):
        for part in value.fields:
            yield from _given(place, f"{name}.{part.name.value}", part.value, types)
    elif isinstance(value, VariableNode):
        yield f"{place}({name}: {types[value.name.value]})"
    elif isinstance(value, EnumValueNode):
        yield f"{place}({name} = {value.value})"
    else:
        yield f"{place}({name})"


def _parts(value: Any) -> Iterator[str]:
    """Of an input object, each value in it by its path."""
    if not isinstance(value, Mapping):
        yield ""
        return
    for name, inner in value.items():
        yield from (f".{name}{rest}" for rest in _parts(inner))


class _Kept:
    """Stands where the way to Xledger is, and keeps what would be written."""

    def __init__(self) -> None:
        self.inputs: Inputs = {}

    def read(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation)

    def write(self, operation: str, inputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        self.inputs.setdefault(operation, []).extend(inputs)
        return {}


def _inputs() -> Inputs:
    """What is written, of records that have every field that Moment's can have."""
    kept, entity = _Kept(), Entity("", 10_000)
    firm, person = (_record(_customer(number)) for number in ("923609016", None))
    known = KnownCustomer(1, "1", Owner(True, 10_000, ""), None, None, firm.content.address, None)  # type: ignore[union-attr]
    customers, projects = Customers(kept, entity), Projects(kept, entity)
    customers.add_companies([firm, person])
    customers.update_companies([(person, 1)])
    customers.add([firm])
    customers.update([(firm, known)])
    project = _record(_project())
    projects.add([project])
    projects.update([(project, KnownProject(1, "1", Owner(True, 10_000, ""), None, None, None, None))])
    return kept.inputs


def _record(content: Customer | Project) -> Record:
    return Record(CompanyId("any"), content, State.DIRTY, SINCE, refers_to=1, closed_on=date(2026, 12, 31))


def _customer(organization_number: str | None) -> Customer:
    named = {"id": 1, "version": 1, "customerNumber": "1", "name": "A", "email": "a@a.example"}
    return Customer.model_validate({**named, "address": ADDRESS, "organizationNumber": organization_number})


def _project() -> Project:
    days = {"startDate": "2026-01-01", "endDate": "2026-12-31", "active": False}
    return Project.model_validate(
        {"id": 1, "version": 1, "projectNumber": "1", "name": "A", "customerNumber": "1", **days}
    )
