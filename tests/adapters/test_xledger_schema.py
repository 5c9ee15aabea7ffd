"""What our small comparison says of a schema is what a whole GraphQL library says."""

from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema, parse, validate

from local import ROOT
from moment_xledger.adapters.xledger_graphql import OPERATIONS, document
from moment_xledger.adapters.xledger_schema import lacks, needs

TEXT = (ROOT / "local" / "xledger" / "schema.graphql").read_text("utf-8")
READS = [
    file.stem for file in sorted(Path(OPERATIONS).glob("*.graphql")) if "mutation" not in file.read_text()
]


def both(text: str) -> tuple[set[str], set[str], Any]:
    """The operations that a library refuses, those that we say do not fit, and what we say of them."""
    schema = build_schema(text)
    refused = {each for each in READS if validate(schema, parse(document(each)))}
    said = lacks({"__schema": introspection_from_schema(schema)["__schema"]})
    assert said is not None
    return refused, set(said) & set(READS), said


def test_the_schema_that_is_known_fits() -> None:
    assert both(TEXT) == (set(), set(), {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  companyNumber_in: [String!]", ""),
        ("  code_in: [String!]", "  code_in: [String!]!"),
        ("  objectKindDbId: Int", "  objectKindDbId: Int64String"),
        ("enum OwnerSet {", "enum OwnerSet {\n  OTHER"),
        ("  MINE\n", "  OURS\n"),
        ("type Customer {", "type Client {\n  dbId: Int\n}\n\ntype Customer {"),
        ("  modifiedAt_gte: DateTimeString", "  modifiedAt_gte: String"),
        ("  fullAddress: String\n  country: Country", "  fullAddress: String\n  country: String"),
        ("  taxPercent: Float", "  taxRate: Float"),
        ("type DeltaEdge {\n  cursor: String", "type DeltaEdge {\n  place: String"),
        ("  viewer: Viewer", "  viewer(of: Int!): Viewer"),
        ("  viewer: Viewer", "  viewer(of: Int! = 1): Viewer"),
        ("  viewer: Viewer", "  me: Viewer"),
    ],
)
def test_it_says_what_a_library_says(old: str, new: str) -> None:
    assert old in TEXT
    refused, said, words = both(TEXT.replace(old, new))
    assert said == refused
    assert all(words[each] for each in said)


def test_another_name_of_a_type_that_documents_write_out_is_named() -> None:
    renamed = TEXT.replace("type Project {", "type Job {").replace(": Project\n", ": Job\n")
    refused, said, words = both(renamed)
    assert said == refused >= {"LookUpProjects", "ReadProjectNumbers"}
    assert words["LookUpProjects"] == ("ProjectEdge.node: Job, not Project",)


def test_a_field_of_what_is_written_is_missed_too() -> None:
    (_, _, words) = both(TEXT.replace("  zipCode: String\n  place: String\n", "  place: String\n"))
    missed = [operation for operation in words if operation not in READS]
    assert missed
    assert all("zipCode" in place for each in missed for place in words[each])


def test_an_answer_that_is_no_schema_says_nothing() -> None:
    assert lacks({}) is None
    assert lacks({"__schema": {"types": []}}) is None


def test_every_operation_is_compared() -> None:
    assert set(needs()) == {file.stem for file in Path(OPERATIONS).glob("*.graphql")}
