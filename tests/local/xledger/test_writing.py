"""What is written, and how it reads back."""

from datetime import UTC, datetime
from typing import Any

from tests.local.xledger.caller import (
    ADD_COMPANIES,
    ADD_CUSTOMERS,
    ADD_PROJECTS,
    UPDATE_CUSTOMERS,
    Caller,
    customer,
    unlimited,
)

ALL_CUSTOMERS = """{ customers { edges { node {
  dbId code description email phone phone2 number taxNo creditLimit fromDate createdAt modifiedAt companyDbId
  company { companyNumber country } address { streetAddress zipCode place fullAddress country { code } }
  billAddress { place } payTerms { code } owner { ownerCode } } } } }"""
GROUP = {
    "entities": [
        {"ownerCode": 1, "description": "Topp"},
        {"ownerCode": 11, "description": "Under", "parent": 1},
        {"ownerCode": 2, "description": "Annen"},
    ],
    "tokens": [
        {"token": "dG9w", "ownerCode": 1},
        {"token": "c3Vi", "ownerCode": 11},
        {"token": "b3RoZXI", "ownerCode": 2},
    ],
}


def only_customer(caller: Caller) -> dict[str, Any]:
    (edge,) = caller.data(ALL_CUSTOMERS)["customers"]["edges"]
    node: dict[str, Any] = edge["node"]
    return node


def test_every_input_shows_where_the_node_has_it() -> None:
    caller = unlimited()
    company = {"companyNumber": "923609016", "country": {"code": "NO"}}
    (company_id,) = caller.add(ADD_COMPANIES, company)
    fields = {
        "email": "post@fjordbygg.example",
        "phone": "55123456",
        "phoneNumber2": "99887766",
        "streetAddress": "Strandgaten 1",
        "zipCode": "5013",
        "place": "Bergen",
        "country": {"description": "Norway"},
        "place2": "Voss",
        "creditLimit": 1000.5,
        "payTerms": {"code": "14"},
        "fromDate": "2026-01-01",
        "taxNumber": "923609016MVA",
    }
    (db_id,) = caller.add(ADD_CUSTOMERS, customer("10001", company_id) | fields)
    assert only_customer(caller) == {
        "dbId": db_id,
        "code": "10001",
        "description": "Kunde 10001",
        "email": "post@fjordbygg.example",
        "phone": "55123456",
        "phone2": "99887766",
        "number": 1,
        "taxNo": "923609016MVA",
        "creditLimit": "1000.50",
        "fromDate": "2026-01-01",
        "createdAt": "2026-11-23T10:15:03",
        "modifiedAt": "2026-11-23T10:15:03",
        "companyDbId": company_id,
        "company": {"companyNumber": "923609016", "country": "NO"},
        "address": {
            "streetAddress": "Strandgaten 1",
            "zipCode": "5013",
            "place": "Bergen",
            "fullAddress": "Strandgaten 1, 5013 Bergen, Norway",
            "country": {"code": "NO"},
        },
        "billAddress": {"place": "Voss"},
        "payTerms": {"code": "14"},
        "owner": {"ownerCode": 99168},
    }


def test_null_clears_and_absent_leaves_as_it_was() -> None:
    caller = unlimited()
    (db_id,) = caller.add_customers("10001", email="a@b.example", phone="1", zipCode="5013", place="Bergen")
    caller.clock.move(hours=1)
    caller.add(UPDATE_CUSTOMERS, {"dbId": str(db_id), "email": None, "zipCode": "5014"})
    seen = only_customer(caller)
    assert (seen["email"], seen["phone"]) == (None, "1")
    assert (seen["address"]["zipCode"], seen["address"]["place"]) == ("5014", "Bergen")
    assert (seen["createdAt"], seen["modifiedAt"]) == ("2026-11-23T10:15:03", "2026-11-23T11:15:03")


def test_one_record_twice_in_a_list_takes_both_changes() -> None:
    caller = unlimited()
    (db_id,) = caller.add_customers("10001")
    caller.add(UPDATE_CUSTOMERS, {"dbId": db_id, "zipCode": "5014"}, {"dbId": db_id, "place": "Voss"})
    assert only_customer(caller)["address"]["fullAddress"] == "5014 Voss"


def test_what_is_mandatory_cannot_be_cleared() -> None:
    caller = unlimited()
    (db_id,) = caller.add_customers("10001")
    cleared = [{"node": {"dbId": db_id, "description": None}}]
    assert caller.error(UPDATE_CUSTOMERS, inputs=cleared)["message"] == "description: A value is required."


def test_the_same_code_twice_makes_two_records() -> None:
    caller = unlimited()
    first, second = caller.add_customers("10001", "10001")
    assert first != second
    assert caller.codes("customers") == ["10001", "10001"]


def test_a_bad_email_is_not_noticed() -> None:
    caller = unlimited()
    caller.add_customers("10001", email="not an address")
    assert only_customer(caller)["email"] == "not an address"


def test_the_client_id_comes_back_on_the_edge() -> None:
    inputs = [{"clientId": id_, "node": {"code": "1", "description": "N"}} for id_ in ("b", "a", None)]
    edges = unlimited().data(ADD_PROJECTS, inputs=inputs)["addProjects"]["edges"]
    assert [edge["clientId"] for edge in edges] == ["b", "a", None]


def test_one_input_need_not_be_in_a_list() -> None:
    caller = unlimited()
    caller.data(ADD_PROJECTS, inputs={"node": {"code": "P1", "description": "Prosjekt"}})
    assert caller.codes("projects") == ["P1"]


def test_a_projects_customer_is_its_subledger() -> None:
    caller = unlimited()
    (customer_id,) = caller.add_customers("10001")
    caller.add(ADD_PROJECTS, {"code": "P1", "description": "Prosjekt", "subledger": {"code": "10001"}})
    document = "{ projects { edges { node { customer { dbId } subledger { code ledgerType { code } } } } } }"
    (edge,) = caller.data(document)["projects"]["edges"]
    assert edge["node"] == {
        "customer": {"dbId": customer_id},
        "subledger": {"code": "10001", "ledgerType": {"code": "AR"}},
    }


def test_a_reference_shows_the_newest_state_of_the_other() -> None:
    caller = unlimited()
    (customer_id,) = caller.add_customers("10001")
    caller.add(ADD_PROJECTS, {"code": "P1", "description": "Prosjekt", "subledger": {"dbId": customer_id}})
    caller.add(UPDATE_CUSTOMERS, {"dbId": customer_id, "code": "10002"})
    (edge,) = caller.data("{ projects { edges { node { subledger { code } } } } }")["projects"]["edges"]
    assert edge["node"]["subledger"]["code"] == "10002"


def test_an_updated_code_is_found_and_the_old_one_is_not() -> None:
    caller = unlimited()
    (db_id,) = caller.add_customers("10001")
    caller.add(UPDATE_CUSTOMERS, {"dbId": db_id, "code": "10002"})
    document = "query($c: [String!]) { customers(filter: {code_in: $c}) { edges { node { dbId } } } }"
    assert caller.data(document, c=["10001"])["customers"]["edges"] is None
    assert caller.data(document, c=["10002"])["customers"]["edges"] == [{"node": {"dbId": db_id}}]


def test_the_hour_that_comes_twice_reads_the_same_twice() -> None:
    caller = unlimited()
    for utc_hour in (0, 1):
        caller.clock.now = datetime(2026, 10, 25, utc_hour, 30, tzinfo=UTC)
        caller.add_customers("10001")
    times = [record["createdAt"] for record in caller.xledger.seen()["customers"]]
    assert times == ["2026-10-25T02:30:00", "2026-10-25T02:30:00"]


def test_a_record_lands_in_the_tokens_entity_or_in_the_one_it_names() -> None:
    caller = unlimited(**GROUP)
    caller.headers = {"Authorization": "token dG9w"}
    caller.add_customers("10001")
    caller.add_customers("10002", owner={"ownerCode": 11})
    owners = [record["owner"]["ownerCode"] for record in caller.xledger.seen()["customers"]]
    assert owners == [1, 11]


def test_a_token_cannot_write_above_itself_or_beside() -> None:
    caller = unlimited(**GROUP)
    caller.headers = {"Authorization": "token dG9w"}
    (db_id,) = caller.add_customers("10001")
    caller.headers = {"Authorization": "token c3Vi"}
    update = [{"node": {"dbId": db_id, "description": "Nytt"}}]
    assert "No value matching owner" in caller.error(UPDATE_CUSTOMERS, inputs=update)["message"]
    for owner_code in (1, 2):
        node = {"code": "P", "description": "P", "owner": {"ownerCode": owner_code}}
        assert "owner.ownerCode: No value" in caller.error(ADD_PROJECTS, inputs=[{"node": node}])["message"]


def test_a_record_may_refer_to_what_those_above_share_but_not_to_strangers() -> None:
    caller = unlimited(**GROUP)
    caller.headers = {"Authorization": "token dG9w"}
    caller.add_customers("10001")
    node = {"code": "P", "description": "P", "subledger": {"code": "10001"}}
    caller.headers = {"Authorization": "token c3Vi"}
    caller.add(ADD_PROJECTS, node)
    caller.headers = {"Authorization": "token b3RoZXI"}
    assert "subledger.code: No value" in caller.error(ADD_PROJECTS, inputs=[{"node": node}])["message"]
