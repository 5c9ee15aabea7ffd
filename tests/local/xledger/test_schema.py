"""Nothing in the schema is for show: every input is taken, every field that can have a value gets one."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from local.xledger.document import schema
from local.xledger.lookups import TABLES, TABLES_BY_INPUT
from local.xledger.reference import kind_of
from tests.local.xledger.caller import Caller, unlimited

VALUES = {
    "String": "07",
    "Int": 1,
    "Float": 1.5,
    "Boolean": True,
    "ID": "1",
    "Int64String": "1",
    "DateString": "2026-11-23",
    "DateTimeString": "2026-11-23T10:15:03",
    "MoneyString": "1.50",
}


def example(caller: Caller, field: str, kind: Any) -> Any:
    """A value that an input of this type takes."""
    if not isinstance(kind, GraphQLInputObjectType):
        return VALUES[kind.name]
    if kind.name.endswith("LookupInput"):
        return {"dbId": str(referred(caller, field, kind.name))}
    parts = {name: example(caller, name, get_named_type(part.type)) for name, part in kind.fields.items()}
    return parts | ({"country": "NO"} if "country" in parts else {})


def referred(caller: Caller, field: str, input_type: str) -> int:
    """The dbId of any record that the field may refer to."""
    system = input_type == "SystemValueLookupInput"
    table = TABLES_BY_INPUT.get(input_type) or TABLES.get(field, "objectValues")
    records = caller.xledger.state.tables["systemValues" if system else table]
    fitting = (each for each in records if each.get("kind", kind_of(field)) == kind_of(field))
    db_id: int = next(fitting)["dbId"]
    return db_id


def full_input(caller: Caller, inputs: str) -> dict[str, Any]:
    kind = schema().type_map[f"Add{inputs}InputNode"]
    assert isinstance(kind, GraphQLInputObjectType)
    return {name: example(caller, name, get_named_type(field.type)) for name, field in kind.fields.items()}


def selection(kind: Any, depth: int = 2) -> str:
    """All fields of a type, and of those it refers to."""
    assert isinstance(kind, GraphQLObjectType)
    fields = []
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            fields.append(name)
        elif depth:
            fields.append(f"{name} {{ {selection(named, depth - 1)} }}")
    return " ".join(fields) or "__typename"


def empty_fields(node: dict[str, Any]) -> set[str]:
    return {name for name, value in node.items() if value is None} | {
        f"{name}.{inner}"
        for name, value in node.items()
        if name in ("address", "billAddress", "shipAddress") and value
        for inner in empty_fields(value)
    }


@pytest.fixture
def caller() -> Caller:
    """With a record of each kind for which every input was given."""
    caller = unlimited()
    # The first project has no main project to refer to yet.
    caller.data(
        'mutation { addProjects(inputs: [{node: {code: "1", description: "P"}}]) { edges { cursor } } }'
    )
    for inputs in ("Companies", "Customers", "Projects"):
        document = (
            f"mutation($i: [Add{inputs}Input!]!) {{ add{inputs}(inputs: $i) {{ edges {{ cursor }} }} }}"
        )
        caller.data(document, i=[{"node": full_input(caller, inputs)}])
    return caller


@pytest.mark.parametrize(
    ("table", "kind", "empty"),
    [
        pytest.param(
            "companies", "Company", {"address.streetNumber", "shipAddress.streetNumber"}, id="companies"
        ),
        pytest.param(
            "customers",
            "Customer",
            # The flat addresses of a customer have no state; no input has a street number.
            {
                *("extIdentifier", "address.streetNumber", "address.state"),
                *("billAddress.streetNumber", "billAddress.state", "shipAddress.streetNumber"),
            },
            id="customers",
        ),
        pytest.param(
            "projects",
            "Project",
            {"progressDate", "billAddress.streetNumber", "shipAddress.streetNumber"},
            id="projects",
        ),
        pytest.param("accounts", "Account", set(), id="accounts"),
        pytest.param("objectValues", "ObjectValue", set(), id="object values"),
        pytest.param(
            "taxTableSetups", "TaxTableSetup", {"dateTo"}, id="VAT rates, the last one without an end"
        ),
        pytest.param("objectKinds", "ObjectKind", set(), id="object kinds"),
        pytest.param("subledgers", "Subledger", {"extIdentifier"}, id="subledgers"),
        pytest.param("countries", "Country", set(), id="countries"),
        pytest.param("entities", "Entity", {"parent"}, id="an entity, with nothing above it"),
    ],
)
def test_every_field_that_can_have_a_value_has_one(
    caller: Caller, table: str, kind: str, empty: set[str]
) -> None:
    document = f"{{ {table}(last: 1) {{ edges {{ node {{ {selection(schema().type_map[kind])} }} }} }} }}"
    (edge,) = caller.data(document)[table]["edges"]
    assert empty_fields(edge["node"]) == empty


def test_every_root_field_answers() -> None:
    caller = unlimited()
    roots = schema().query_type
    assert roots is not None
    for name in roots.fields:
        kind = get_named_type(roots.fields[name].type)
        caller.data(f"{{ {name} {{ {selection(kind, 1)} }} }}")
        assert roots.fields[name].resolve is not None, name


def test_every_filter_is_a_field_of_the_node() -> None:
    nodes = {
        "Company",
        "Customer",
        "Project",
        "Account",
        "ObjectKind",
        "ObjectValue",
        "Entity",
        "Subledger",
        "TaxTableSetup",
    }
    for kind in nodes:
        node, wanted = schema().type_map[kind], schema().type_map[f"{kind}_Filter"]
        assert isinstance(node, GraphQLObjectType)
        assert isinstance(wanted, GraphQLInputObjectType)
        assert {name.split("_")[0] for name in wanted.fields} <= set(node.fields), kind


def test_every_choice_of_an_enum_is_accepted() -> None:
    for name in ("OwnerSet", "ObjectStatus"):
        kind = schema().type_map[name]
        assert isinstance(kind, GraphQLEnumType)
        argument = name[0].lower() + name[1:]
        for choice in kind.values:
            unlimited().data(f"{{ customers({argument}: {choice}) {{ edges {{ cursor }} }} }}")
