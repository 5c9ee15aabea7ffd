"""The rights that are listed are those of every type that a company's operations ask of, and of no other."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit

from local.xledger.document import schema
from moment_xledger.adapters.xledger_graphql import document
from moment_xledger.domain.token_rights import AREAS, rights_of
from tests.builders import a_company

OFF: dict[str, Any] = {"export_customers": False, "export_projects": False, "route": "off"}
ALWAYS = ("ListEntities", "ReadOwnEntity", "ReadOwnEntityId", "CountEntities")
LISTS = ("ListAccounts", "FindVatKind", "ListVatCodes", "ListVatRates", "ListCountries", "ReadDimensions")
# Types that are no records of Xledger's and parts of records that have no right of their own.
PLUMBING = (
    "Connection",
    "Edge",
    "PageInfo",
    "Query",
    "Mutation",
    "Viewer",
    "Delta",
    "GLSetup",
    "FieldObject",
)
PARTS = {"TransactionSource", "PeriodStatusItem"}


def types_of(operation: str) -> set[str]:
    info, found = TypeInfo(schema()), set[str]()

    class Seen(Visitor):
        def enter_field(self, *_: object) -> None:
            kind = info.get_type()
            if kind and isinstance(named := get_named_type(kind), GraphQLObjectType):
                found.add(named.name)

    visit(parse(document(operation)), TypeInfoVisitor(info, Seen()))
    return {each for each in found if not any(word in each for word in PLUMBING)} - PARTS


@pytest.mark.parametrize(
    ("settings", "operations"),
    [
        ({}, ()),
        (
            {"export_customers": True},
            ("LookUpCustomers", "AddCompanies", "AddCustomers", "ReadCustomerNumbers"),
        ),
        ({"export_projects": True}, ("LookUpProjects", "AddProjects", "ReadProjectNumbers")),
        ({"route": "file"}, LISTS),
        (
            {"route": "upload", "owner_code": 99168, "import_code": "X1"},
            (*LISTS, "ReadPostedInvoices", "ReadStagedInvoices"),
        ),
    ],
)
def test_every_type_that_is_asked_of_is_among_them(
    settings: dict[str, Any], operations: tuple[str, ...]
) -> None:
    rights = rights_of(a_company(**{**OFF, **settings}))
    asked = {AREAS[each] for operation in (*ALWAYS, *operations) for each in types_of(operation)}
    assert asked <= {(each.area, each.name) for each in rights if not each.is_optional}


def test_what_is_written_is_ticked_for_writing_and_nothing_else() -> None:
    rights = rights_of(a_company())
    assert {each.name for each in rights if each.writes} == {"Customer", "Company", "Project"}
    assert not [each for each in rights_of(a_company(**OFF)) if each.writes]
    assert all(each.reads for each in rights)
