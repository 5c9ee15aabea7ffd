"""Connections: pages, cursors, filters, whose records are seen, and the feed of changes."""

from typing import Any

import pytest

from tests.local.xledger.caller import (
    ADD_CUSTOMERS,
    ADD_PROJECTS,
    UPDATE_CUSTOMERS,
    Caller,
    customer,
    unlimited,
)
from tests.local.xledger.test_writing import GROUP

PAGE = """query($first: Int, $last: Int, $after: String, $before: String) {
  projects(first: $first, last: $last, after: $after, before: $before) {
    edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage } } }"""
FILTERED = "query($filter: Customer_Filter) { customers(filter: $filter) { edges { node { code } } } }"
DELTAS = """query($first: Int, $last: Int, $after: String) {
  customer_deltas(first: $first, last: $last, after: $after) {
    edges { cursor node { dbId mutationType } } pageInfo { hasNextPage } } }"""


@pytest.fixture
def seven() -> Caller:
    """A Xledger with the projects 1 to 7."""
    caller = unlimited()
    caller.add(ADD_PROJECTS, *({"code": str(number), "description": "P"} for number in range(1, 8)))
    return caller


def codes(connection: dict[str, Any]) -> list[str] | None:
    edges = connection["edges"]
    return None if edges is None else [edge["node"]["code"] for edge in edges]


def test_edges_is_null_where_nothing_matches() -> None:
    ends = {"hasNextPage": False, "hasPreviousPage": False}
    assert unlimited().data(PAGE)["projects"] == {"edges": None, "pageInfo": ends}


def test_paging_forward_by_the_last_cursor_meets_every_record_once(seven: Caller) -> None:
    pages, after, more = [], None, True
    while more:
        page = seven.data(PAGE, first=3, after=after)["projects"]
        pages.append(codes(page))
        after, more = page["edges"][-1]["cursor"], page["pageInfo"]["hasNextPage"]
    assert pages == [["1", "2", "3"], ["4", "5", "6"], ["7"]]


def test_paging_backward_begins_with_the_newest(seven: Caller) -> None:
    page = seven.data(PAGE, last=3)["projects"]
    assert codes(page) == ["5", "6", "7"]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    page = seven.data(PAGE, last=5, before=page["edges"][0]["cursor"])["projects"]
    assert codes(page) == ["1", "2", "3", "4"]
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}


def test_beyond_the_end_there_is_nothing(seven: Caller) -> None:
    end = seven.data(PAGE, last=1)["projects"]["edges"][0]["cursor"]
    page = seven.data(PAGE, first=3, after=end)["projects"]
    assert page["edges"] is None
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"code": "b"}, ["b"], id="equal"),
        pytest.param({"code_in": ["c", "a", "x"]}, ["a", "c"], id="one of"),
        pytest.param({"code_in": []}, None, id="one of none"),
        pytest.param({"code_in": None}, None, id="one of null"),
        pytest.param({"modifiedAt_gte": None}, None, id="since null"),
        pytest.param({"code_gt": "a"}, ["b", "c"], id="after"),
        pytest.param({"description": None}, None, id="without a name"),
        pytest.param({"description": "Kunde b", "code_in": ["a", "b"]}, ["b"], id="both"),
        pytest.param({"modifiedAt_gte": "2026-11-23T10:15:04"}, ["c"], id="changed since, in wall time"),
        pytest.param(
            {"modifiedAt_gte": "2026-11-23T10:15:03"}, ["a", "b", "c"], id="the second itself counts"
        ),
        pytest.param({}, ["a", "b", "c"], id="all"),
    ],
)
def test_filters(wanted: dict[str, Any], found: list[str] | None) -> None:
    caller = unlimited()
    *_, last = caller.add_customers("a", "b", "c")
    caller.clock.move(seconds=1)
    caller.add(UPDATE_CUSTOMERS, {"dbId": last, "email": "a@b.example"})
    assert codes(caller.data(FILTERED, filter=wanted)["customers"]) == found


def test_a_closed_project_is_one_past_its_end(seven: Caller) -> None:
    seven.add(ADD_PROJECTS, {"code": "old", "description": "P", "toDate": "2026-11-22"})
    seven.add(ADD_PROJECTS, {"code": "today", "description": "P", "toDate": "2026-11-23"})
    document = "query($s: ObjectStatus) { projects(objectStatus: $s) { edges { node { code } } } }"
    assert codes(seven.data(document, s="CLOSED")["projects"]) == ["old"]
    assert codes(seven.data(document, s="OPEN")["projects"]) == ["1", "2", "3", "4", "5", "6", "7", "today"]


@pytest.mark.parametrize(
    ("token", "owner_set", "found"),
    [
        pytest.param("dG9w", None, ["top", "sub"], id="a token sees its entity and those below"),
        pytest.param("dG9w", "CURRENT", ["top"], id="or its own only"),
        pytest.param("c3Vi", None, ["sub"], id="but not those above"),
        pytest.param("c3Vi", "UPPER", ["top", "sub"], id="unless it asks for them"),
        pytest.param("dG9w", "ALL", ["top", "sub"], id="all is not everybody's"),
        pytest.param("b3RoZXI", "ALL", None, id="a stranger sees nothing"),
    ],
)
def test_whose_records_are_seen(token: str, owner_set: str | None, found: list[str] | None) -> None:
    caller = unlimited(**GROUP)
    caller.headers = {"Authorization": "token dG9w"}
    caller.add_customers("top")
    caller.add_customers("sub", owner={"code": "11"})
    caller.headers = {"Authorization": f"token {token}"}
    document = "query($set: OwnerSet) { customers(ownerSet: $set) { edges { node { code } } } }"
    assert codes(caller.data(document, set=owner_set)["customers"]) == found


def test_the_feed_tells_every_change_in_order_from_a_cursor_on() -> None:
    caller = unlimited()
    first, second = caller.add_customers("a", "b")
    end = caller.data(DELTAS, last=1)["customer_deltas"]["edges"][0]["cursor"]
    caller.add(UPDATE_CUSTOMERS, {"dbId": first, "email": "a@b.example"})
    caller.xledger.remove("customers", second)
    feed = caller.data(DELTAS, first=100, after=end)["customer_deltas"]
    assert [edge["node"] for edge in feed["edges"]] == [
        {"dbId": str(first), "mutationType": "UPDATED"},
        {"dbId": str(second), "mutationType": "DELETED"},
    ]
    assert caller.codes("customers") == ["a"]
    end = feed["edges"][-1]["cursor"]
    assert caller.data(DELTAS, after=end)["customer_deltas"]["edges"] is None


def test_the_books_are_set_up_as_a_norwegian_company_has_them() -> None:
    caller = unlimited()
    accounts = caller.data("{ accounts(first: 10000, objectStatus: OPEN) { edges { node { code } } } }")
    assert {"1500", "2700", "3000", "3100", "3200", "4000", "7798"} <= set(codes(accounts["accounts"]) or [])
    countries = codes(caller.data("{ countries { edges { node { code } } } }")["countries"])
    assert {"NO", "SE", "SJ", "US"} <= set(countries or [])


def test_vat_codes_are_found_through_their_kind() -> None:
    caller = unlimited()
    kinds = caller.data('{ objectKinds(filter: {name: "TAX_RULE"}) { edges { node { dbId } } } }')
    kind = int(kinds["objectKinds"]["edges"][0]["node"]["dbId"])
    document = "query($k: Int) { objectValues(filter: {objectKindDbId: $k}) { edges { node { code } } } }"
    values = codes(caller.data(document, k=kind)["objectValues"])
    assert values == ["3", "31", "33", "5", "51", "52", "6", "7", "1", "11", "12", "13"]


def test_introspection_is_open_to_a_token() -> None:
    document = '{ __type(name: "AddCustomersInputNode") { inputFields { name } } }'
    fields = unlimited().data(document)["__type"]["inputFields"]
    assert {"code", "company", "owner"} <= {field["name"] for field in fields}


def test_500_codes_among_many_are_found_through_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = unlimited()
    (company,) = {record["company"]["dbId"] for record in _with_one_customer(caller)}
    for start in range(0, 5000, 500):
        caller.add(ADD_CUSTOMERS, *(customer(str(code), company) for code in range(start, start + 500)))
    table = caller.xledger.state.tables["customers"]
    monkeypatch.setattr(table, "records", None)  # a scan would need them
    found = caller.data(FILTERED, filter={"code_in": [str(code) for code in range(0, 5000, 10)]})
    assert len(found["customers"]["edges"]) == 500


def _with_one_customer(caller: Caller) -> list[dict[str, Any]]:
    caller.add_customers("first")
    records: list[dict[str, Any]] = caller.xledger.seen()["customers"]
    return records
