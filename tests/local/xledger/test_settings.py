"""What the outside has not published is a setting: each value is served, and a query that states it is not touched."""

from typing import Any

import pytest

from local.xledger.plan import PlanError
from tests.local.xledger.caller import ADD_PROJECTS, Caller, unlimited

ENTITIES: dict[str, Any] = {
    "entities": [
        {"ownerCode": 7001, "code": "HOLDING", "dimensions": {3: "PROJECT"}},
        {"ownerCode": 7002, "parent": 7001},
    ],
    "tokens": [{"token": "dG9w", "ownerCode": 7001}],
}
VIEWER = """{ viewer { entity { dbId ownerDbId code company { dbId } owner { ownerCode }
  glSetupEntries { field { name } fieldObject { objectKind { name } } } } } }"""


def two_entities(**plan: Any) -> Caller:
    """An open and a closed project in the token's own entity, and one in the entity below."""
    caller = unlimited(**ENTITIES, **plan)
    caller.headers = {"Authorization": "token dG9w"}
    caller.add(ADD_PROJECTS, {"code": "own", "description": "P"})
    caller.add(ADD_PROJECTS, {"code": "closed", "description": "P", "toDate": "2026-01-31"})
    caller.add(ADD_PROJECTS, {"code": "below", "description": "P", "owner": {"ownerCode": 7002}})
    return caller


def codes(caller: Caller, arguments: str = "first: 9") -> list[str]:
    found = caller.data(f"{{ projects({arguments}) {{ edges {{ node {{ code }} }} }} }}")
    return [edge["node"]["code"] for edge in found["projects"]["edges"] or []]


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        ({}, ["own", "closed", "below"]),
        ({"default_owner_set": "CURRENT"}, ["own", "closed"]),
        ({"default_owner_set": "LOWER"}, ["own", "closed", "below"]),
        ({"default_owner_set": "ALL"}, ["own", "closed", "below"]),
        ({"default_owner_set": "MINE"}, ["own", "closed"]),
        ({"default_owner_set": "MINE", "mine": "LOWER"}, ["own", "closed", "below"]),
        ({"default_object_status": "OPEN"}, ["own", "below"]),
    ],
    ids=str,
)
def test_what_a_query_gets_that_does_not_say_it(plan: dict[str, str], found: list[str]) -> None:
    caller = two_entities(**plan)
    assert codes(caller) == found
    assert codes(caller, "ownerSet: ALL, objectStatus: ALL") == ["own", "closed", "below"]


@pytest.mark.parametrize(("owner_set", "changes"), [("CURRENT", 2), ("LOWER", 3)])
def test_the_same_counts_for_the_feed_of_changes(owner_set: str, changes: int) -> None:
    caller = two_entities(default_owner_set=owner_set)
    for argument, expected in (("first: 9", changes), ("first: 9, ownerSet: ALL", 3)):
        feed = caller.data(f"{{ project_deltas({argument}) {{ edges {{ cursor }} }} }}")
        assert len(feed["project_deltas"]["edges"]) == expected


def test_the_viewer_is_the_entity_that_the_token_was_made_in() -> None:
    entity = two_entities(slot_name="glObject{}").data(VIEWER)["viewer"]["entity"]
    assert entity["dbId"] == entity["ownerDbId"]
    assert entity["company"]["dbId"]
    assert (entity["code"], entity["owner"]) == ("HOLDING", {"ownerCode": 7001})
    (slot,) = entity["glSetupEntries"]
    assert slot == {"field": {"name": "glObject3"}, "fieldObject": {"objectKind": {"name": "PROJECT"}}}


def test_owners_are_listed_through_the_entities_of_the_token() -> None:
    found = two_entities().data("{ entities { edges { node { code owner { ownerCode } } } } }")
    assert [edge["node"] for edge in found["entities"]["edges"]] == [
        {"code": "HOLDING", "owner": {"ownerCode": 7001}},
        {"code": "7002", "owner": {"ownerCode": 7002}},
    ]


@pytest.mark.parametrize(
    ("lacks", "document", "message"),
    [
        ("Query.viewer", "{ viewer { entity { dbId } } }", "Cannot query field 'viewer'"),
        (
            "Project_Filter.ownerDbId",
            "{ projects(filter: {ownerDbId: 1}) { edges { cursor } } }",
            "ownerDbId",
        ),
        (
            "Query.project_deltas.ownerSet",
            "{ project_deltas(ownerSet: ALL) { edges { cursor } } }",
            "ownerSet",
        ),
        ("Entity.glSetupEntries", "{ entities { edges { node { glSetupEntries { dbId } } } } }", "glSetup"),
    ],
)
def test_a_document_that_uses_what_the_schema_lacks_is_refused(
    lacks: str, document: str, message: str
) -> None:
    assert message in unlimited(schema_lacks=[lacks]).error(document)["message"]
    assert "errors" not in unlimited().ask(document)


def test_the_schema_can_lack_only_what_it_has() -> None:
    with pytest.raises(PlanError, match=r"Query\.owners"):
        unlimited(schema_lacks=["Query.owners"])


SETUPS = """{ taxTableSetups(first: 1000, ownerSet: ALL) { edges { node {
  taxPercent dateFrom dateTo objectValueDbId object { code } } } } }"""


def rates(caller: Caller, day: str) -> dict[str, float]:
    """The percentage of each VAT code on a day."""
    found = caller.data(SETUPS)["taxTableSetups"]["edges"]
    return {
        node["object"]["code"]: node["taxPercent"]
        for node in (edge["node"] for edge in found)
        if node["dateFrom"] <= day <= (node["dateTo"] or day)
    }


@pytest.mark.parametrize(
    ("plan", "day", "expected"),
    [
        ({}, "2026-11-23", {"3": 25, "33": 12, "6": 0, "1": 25, "12": 11.11, "13": 12}),
        ({}, "2021-03-01", {"3": 25, "33": 6, "13": 6}),
        ({"vat_codes": "xledger"}, "2026-11-23", {"2": 25, "21": 15, "22": 12, "27": 0, "1": 25, "12": 12}),
    ],
    ids=str,
)
def test_vat_codes_have_percentages_by_date(
    plan: dict[str, str], day: str, expected: dict[str, float]
) -> None:
    caller = unlimited(**plan)
    assert expected.items() <= rates(caller, day).items()
    values = {value["dbId"]: value["code"] for value in caller.xledger.state.tables["objectValues"]}
    for edge in caller.data(SETUPS)["taxTableSetups"]["edges"]:
        assert values[edge["node"]["objectValueDbId"]] == edge["node"]["object"]["code"]


def test_codes_without_vat_may_have_no_percentage() -> None:
    found = rates(unlimited(zero_rates_have_rows=False), "2026-11-23")
    assert "3" in found
    assert "6" not in found
