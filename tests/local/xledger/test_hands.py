"""What people do in Xledger's own pages, by its code or its dbId, in a test or over HTTP."""

from typing import Any

import pytest
import requests

from local.xledger.hands import NotDone
from local.xledger.plan import Plan
from local.xledger.server import start
from tests.local.xledger.caller import ADD_PROJECTS, Caller, unlimited

GROUP: dict[str, Any] = {
    "entities": [{"ownerCode": 310}, {"ownerCode": 320, "parent": 310}],
    "tokens": [{"token": "dG9w", "ownerCode": 310}, {"token": "c3Vi", "ownerCode": 320}],
}
ALL = """{ customers(ownerSet: ALL, objectStatus: ALL) { edges { node {
  dbId code description toDate owner { ownerCode } company { description } } } } }"""


@pytest.fixture
def caller() -> Caller:
    """With the customer 77 in the upper of two entities."""
    caller = unlimited(**GROUP)
    caller.headers = {"Authorization": "token dG9w"}
    caller.add_customers("77")
    return caller


def customers(caller: Caller) -> list[dict[str, Any]]:
    edges = caller.data(ALL)["customers"]["edges"] or []
    return [edge["node"] for edge in edges]


def test_a_customer_is_renumbered_renamed_closed_and_opened_again(caller: Caller) -> None:
    hands = caller.xledger.hands
    hands.renumber("customers", "77", "K-77")
    hands.rename("customers", "K-77", "Vik Mek AS")
    hands.close("customers", "K-77", "2026-10-31")
    (seen,) = customers(caller)
    assert (seen["code"], seen["description"], seen["toDate"]) == ("K-77", "Vik Mek AS", "2026-10-31")
    hands.reopen("customers", seen["dbId"])
    assert customers(caller)[0]["toDate"] is None


def test_a_record_is_moved_to_another_entity_and_the_feed_tells_both(caller: Caller) -> None:
    caller.xledger.hands.move("customers", "77", 320)
    assert customers(caller)[0]["owner"] == {"ownerCode": 320}
    feed = caller.data("{ customer_deltas(ownerSet: LOWER) { edges { node { mutationType } } } }")
    told = [edge["node"]["mutationType"] for edge in feed["customer_deltas"]["edges"]]
    assert told == ["ADDED", "DELETED", "ADDED"]
    caller.headers = {"Authorization": "token c3Vi"}
    assert [node["code"] for node in customers(caller)] == ["77"]


def test_a_customer_made_by_hand_has_a_company_and_what_else_is_typed(caller: Caller) -> None:
    made = caller.xledger.hands.make("customers", "88", "Ås Bygg AS", 320, fields={"email": "a@b.example"})
    (_, seen) = customers(caller)
    assert (seen["dbId"], seen["company"]) == (made["dbId"], {"description": "Ås Bygg AS"})
    assert seen["owner"] == {"ownerCode": 320}


def test_a_supplier_with_a_customers_number_makes_a_reference_by_code_ambiguous(caller: Caller) -> None:
    (customer,) = customers(caller)
    supplier = caller.xledger.hands.make("suppliers", "77", "Sag og Høvel AS")
    found = caller.data(
        '{ subledgers(filter: {code: "77"}) { edges { node { dbId ledgerType { code } } } } }'
    )
    assert [edge["node"] for edge in found["subledgers"]["edges"]] == [
        {"dbId": customer["dbId"], "ledgerType": {"code": "AR"}},
        {"dbId": supplier["dbId"], "ledgerType": {"code": "AP"}},
    ]
    project = {"code": "P1", "description": "P"}
    by_code = caller.error(ADD_PROJECTS, inputs=[{"node": project | {"subledger": {"code": "77"}}}])
    assert by_code["message"].startswith("subledger.code: More than one value")
    caller.add(ADD_PROJECTS, project | {"subledger": {"dbId": customer["dbId"]}})
    caller.add(ADD_PROJECTS, project | {"subledger": {"dbId": supplier["dbId"]}})
    shown = caller.data("{ projects { edges { node { customer { code } subledger { description } } } } }")
    assert [edge["node"] for edge in shown["projects"]["edges"]] == [
        {"customer": {"code": "77"}, "subledger": {"description": "Kunde 77"}},
        {"customer": None, "subledger": {"description": "Sag og Høvel AS"}},
    ]


def test_a_parent_entitys_customer_is_seen_from_below_and_may_be_referred_to(caller: Caller) -> None:
    caller.headers = {"Authorization": "token c3Vi"}
    assert [node["owner"] for node in customers(caller)] == [{"ownerCode": 310}]
    project = {"code": "P1", "description": "P", "subledger": {"code": "77"}}
    caller.add(ADD_PROJECTS, project)
    caller.add_customers("77")
    assert "More than one" in caller.error(ADD_PROJECTS, inputs=[{"node": project}])["message"]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"do": "burn"}, "do: Write one of"),
        ({"do": "renumber", "kind": "customers", "record": "78", "code": "1"}, "record: 0 of the customers"),
        ({"do": "move", "kind": "customers", "record": "77", "ownerCode": 5}, "There is no entity 5"),
        ({"do": "close", "kind": "customers", "record": "77", "toDate": "soon"}, "is no date"),
        ({"do": "rename", "kind": "accounts", "record": "1", "description": "x"}, "kind: Input should be"),
        ({"do": "remove", "kind": "customers", "record": "77", "why": "x"}, "why: Unexpected keyword"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(caller: Caller, order: Any, sentence: str) -> None:
    with pytest.raises(NotDone) as refused:
        caller.xledger.hands.do(order)
    assert sentence in str(refused.value)


def test_the_same_is_done_over_http() -> None:
    with start(Plan(), "dGVzdA") as running:

        def do(**order: Any) -> requests.Response:
            return requests.post(f"{running.url}/_hands", json=order, timeout=5)

        made = do(do="make", kind="projects", code="P-5", description="Brygge").json()
        assert do(do="close", kind="projects", record="P-5", toDate="2026-10-31").status_code == 204
        (project,) = requests.get(f"{running.url}/_state", timeout=5).json()["projects"]
        assert (project["dbId"], project["toDate"]) == (made["dbId"], "2026-10-31")
        assert do(do="remove", kind="projects", record="P-6").text == (
            "record: 0 of the projects are 'P-6'; name one by its dbId.\n"
        )
