"""What the outside has not published is a setting: each value is served, and a query that states it is not touched."""

from typing import Any

import pytest

from local.xledger.plan import PlanError
from tests.local.xledger.caller import ADD_COMPANIES, ADD_PROJECTS, Caller, unlimited

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


SPELLINGS = (" Ø-7b", "Ø-7b", "Ø-7b  ", "Ø-7B", "ø-7b")


@pytest.mark.parametrize(
    ("plan", "stored", "found_by"),
    [
        ({}, "Ø-7b ", ["Ø-7b "]),
        ({"codes": "trimmed"}, "Ø-7b", [" Ø-7b", "Ø-7b", "Ø-7b ", "Ø-7b  "]),
        ({"codes": "padded"}, "Ø-7b".ljust(25), ["Ø-7b", "Ø-7b ", "Ø-7b  "]),
        ({"codes": "upper_case"}, "Ø-7B ", ("Ø-7b ", *SPELLINGS)),
        ({"codes_match": "any_case"}, "Ø-7b ", ("Ø-7b ", *SPELLINGS)),
    ],
    ids=str,
)
def test_how_codes_are_kept_and_found(plan: dict[str, str], stored: str, found_by: list[str]) -> None:
    caller = unlimited(**plan)
    caller.add(ADD_PROJECTS, {"code": "Ø-7b ", "description": "P"})
    document = "query($f: Project_Filter) { projects(filter: $f) { edges { node { code } } } }"
    for code in {"Ø-7b ", *SPELLINGS}:
        for wanted in ({"code": code}, {"code_in": [code, "other"]}):
            edges = caller.data(document, f=wanted)["projects"]["edges"] or []
            assert [edge["node"]["code"] for edge in edges] == [stored] * (code in {*found_by}), code


def test_the_legal_registers_numbers_are_kept_as_typed_or_without_blanks() -> None:
    for setting, kept in (("as_sent", "998 877 665 MVA"), ("without_blanks", "998877665MVA")):
        caller = unlimited(company_numbers=setting)
        caller.add(ADD_COMPANIES, {"description": "A", "companyNumber": "998 877 665 MVA"})
        assert [each["companyNumber"] for each in caller.xledger.seen()["companies"]] == [kept]


@pytest.mark.parametrize(
    ("unique", "own_again", "below_again"),
    [("no", True, True), ("entity", False, True), ("reach", False, False)],
)
def test_a_code_may_be_refused_a_second_time(unique: str, own_again: bool, below_again: bool) -> None:
    caller = two_entities(unique_codes=unique)
    again = {"code": "own", "description": "P"}
    taken = "code: The value 'own' is already in use."
    for node, allowed in ((again, own_again), (again | {"owner": {"ownerCode": 7002}}, below_again)):
        answer = caller.ask(ADD_PROJECTS, inputs=[{"node": node}])
        assert [error["message"] for error in answer.get("errors", [])] == ([] if allowed else [taken])
    twice = [{"node": {"code": "new", "description": "P"}}] * 2
    assert ("errors" in caller.ask(ADD_PROJECTS, inputs=twice)) == (unique != "no")
    (same,) = (each for each in caller.xledger.seen()["projects"] if each["code"] == "closed")
    update = "mutation($i: [UpdateProjectsInput!]!) { updateProjects(inputs: $i) { edges { cursor } } }"
    caller.data(update, i=[{"node": {"dbId": same["dbId"], "code": "closed", "description": "Q"}}])


@pytest.mark.parametrize(
    ("ids", "kinds"), [("mixed", (int, str, int)), ("numbers", (int, int, int)), ("strings", (str, str, str))]
)
def test_how_ids_are_written(ids: str, kinds: tuple[type, ...]) -> None:
    caller = two_entities(ids=ids)
    document = """{ projects(first: 1) { edges { node { dbId ownerDbId } } }
      project_deltas(first: 1) { edges { node { dbId } } } }"""
    data = caller.data(document)
    project = data["projects"]["edges"][0]["node"]
    change = data["project_deltas"]["edges"][0]["node"]
    assert (type(project["dbId"]), type(change["dbId"]), type(project["ownerDbId"])) == kinds
    by_id = "query($ids: [Int!]) { projects(filter: {dbId_in: $ids}) { edges { node { dbId } } } }"
    assert caller.data(by_id, ids=[int(project["dbId"])])["projects"]["edges"]


FEED = """query($after: String) { project_deltas(first: 9, after: $after) {
  edges { cursor node { dbId } } } }"""


@pytest.mark.parametrize(("setting", "changes"), [("refused", None), ("from_start", 3), ("nothing", 0)])
@pytest.mark.parametrize("cursor", ["99", "0", "not-a-cursor"])
def test_what_a_cursor_gets_that_the_feed_does_not_have(
    setting: str, changes: int | None, cursor: str
) -> None:
    caller = two_entities(unknown_cursor=setting)
    answer = caller.ask(FEED, after=cursor)
    if changes is None:
        assert answer["errors"][0]["message"] == f"after: '{cursor}' is not a cursor."
    else:
        assert len(answer["data"]["project_deltas"]["edges"] or []) == changes


def test_the_feed_forgets_what_is_older_than_it_keeps() -> None:
    caller = two_entities(changes_kept_days=7)
    (first, *_) = caller.data(FEED)["project_deltas"]["edges"]
    caller.clock.move(days=6)
    caller.add(ADD_PROJECTS, {"code": "late", "description": "P"})
    assert len(caller.data(FEED, after=first["cursor"])["project_deltas"]["edges"]) == 3
    caller.clock.move(days=2)
    assert len(caller.data(FEED)["project_deltas"]["edges"]) == 1
    assert "errors" in caller.ask(FEED, after=first["cursor"])


NESTED = "{ projects(first: 1) { edges { node { code owner { ownerCode } } } } }"


@pytest.mark.parametrize("denied", ["Owner", "Project.owner", "Owner.ownerCode"])
@pytest.mark.parametrize(
    ("shape", "errors", "has_data"),
    [
        ("refused", True, False),
        ("hidden", True, False),
        ("null_with_error", True, True),
        ("null", False, True),
    ],
)
def test_a_token_may_lack_the_right_to_a_type_within_another(
    shape: str,
    errors: bool,
    has_data: bool,
    denied: str,
) -> None:
    caller = two_entities(denied_types=shape)
    caller.xledger.replan({"tokens": [ENTITIES["tokens"][0] | {"denied": [denied]}]})
    answer = caller.ask(NESTED)
    assert ("errors" in answer, answer["data"] is not None) == (errors, has_data)
    if has_data:
        (edge,) = answer["data"]["projects"]["edges"]
        assert edge["node"]["code"] == "own"
        assert edge["node"]["owner"] in (None, {"ownerCode": None})
    assert "errors" not in caller.ask("{ projects { edges { node { code } } } }")


def test_a_right_can_be_denied_only_to_a_type_that_there_is() -> None:
    with pytest.raises(PlanError, match="no Adress"):
        unlimited(tokens=[{"token": "dG9w", "denied": ["Adress.country"]}])
