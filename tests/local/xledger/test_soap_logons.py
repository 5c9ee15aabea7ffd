"""Who gets in: users, keys that expire, applications, entities, rights."""

from typing import Any

import pytest

from local.xledger.plan import PlanError, parse_plan
from local.xledger.soap.plan import PASSWORD, USER
from tests.local.xledger.soap_caller import SoapCaller, logged_on

LOGON = {"sLogonID": USER, "sPassword": PASSWORD, "sApplication": "XLEDGER"}
GROUP = [{"ownerCode": 99168}, {"ownerCode": 100, "parent": 99168}, {"ownerCode": 200}]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sLogonID": "nobody"}, "Invalid user name or password"),
        ({"sPassword": "guess"}, "Invalid user name or password"),
        ({"sPassword": None}, "Invalid user name or password"),
        ({"sApplication": "LEDGERX"}, "Unknown application"),
    ],
)
def test_a_wrong_logon_is_a_fault(changed: dict[str, Any], says: str) -> None:
    assert says in SoapCaller().refusal("LogonKey", **(LOGON | changed))


@pytest.mark.parametrize("application", ["XLEDGER", "XLEDGERDEMO", "XLEDGERTEST"])
def test_every_logon_gives_a_key_of_its_own(application: str) -> None:
    caller = SoapCaller()
    keys = {caller.text("LogonKey", **LOGON | {"sApplication": application}) for _ in range(3)}
    assert len(keys) == 3
    assert None not in keys


def test_a_key_expires_when_its_life_is_over() -> None:
    caller = logged_on(key_life_seconds=600)
    caller.clock.move(seconds=599)
    assert caller.text("AuthenticateConnection", **caller.known) == "true"
    caller.clock.move(seconds=1)
    assert caller.text("AuthenticateConnection", **caller.known) == "false"
    assert "expired" in caller.refusal("ReceiveFile", **caller.upload_fields(b"x"))
    assert "expired" in caller.refusal("GetGLTransactionsData", **caller.export_fields())
    assert caller.text("AuthenticateConnection", **caller.log_on().known) == "true"


def test_a_lasting_key_does_not_expire() -> None:
    caller = SoapCaller({"users": [{"key": "lasting"}], "key_life_seconds": 0})
    caller.key = "lasting"
    assert caller.general_ledger('[LineNo] = "1"')


def test_a_key_is_its_users_own() -> None:
    caller = logged_on(users=[{}, {"userName": "other"}])
    assert "Invalid logon key" in caller.refusal("LogonTicket", **_as_logon(caller, sLogonID="other"))


def _as_logon(caller: SoapCaller, **changed: Any) -> dict[str, Any]:
    fields = {"sLogonID": USER, "sKey": caller.key, "sApplication": "XLEDGER"}
    return fields | changed


def test_tickets_and_roles() -> None:
    caller = logged_on(users=[{"roles": [7]}])
    assert caller.text("LogonTicket", **_as_logon(caller))
    fields = {"sLogonID": USER, "sKey": caller.key}
    answers = [
        caller.text("LogonRoleAccess", **fields, lRoleID=role, sApplication="XLEDGER") for role in (7, 8)
    ]
    assert answers == ["true", "false"]


def test_an_operation_may_be_withheld_from_a_user() -> None:
    caller = logged_on(users=[{"denied": ["ReceiveFile"]}])
    assert "no access to ReceiveFile" in caller.refusal("ReceiveFile", **caller.upload_fields(b"x"))
    assert caller.general_ledger()


@pytest.mark.parametrize("entity", [7, 200])
def test_an_entity_out_of_reach_is_a_fault(entity: int) -> None:
    caller = SoapCaller(others={"entities": GROUP}).log_on()
    assert f"no entity {entity}" in caller.refusal("ReceiveFile", **caller.upload_fields(b"x", entity=entity))
    assert f"no entity {entity}" in caller.refusal(
        "GetGLTransactionsData", **caller.export_fields(entity=entity)
    )


def test_an_upload_to_an_unknown_entity_is_a_zero_where_the_plan_says_so() -> None:
    caller = logged_on(unknown_entity="zero")
    assert caller.upload(b"x", entity=7) == 0
    assert caller.xledger.seen()["uploads"] == []


def test_a_group_sees_the_ledger_of_the_companies_below_it_and_they_see_their_own() -> None:
    caller = SoapCaller({"ledger": {"ownerCode": 100}}, others={"entities": GROUP}).log_on()
    assert len(caller.general_ledger(entity=99168)) == len(caller.general_ledger(entity=100)) == 1512
    above = SoapCaller(others={"entities": GROUP}).log_on()
    assert above.general_ledger(entity=100) == []


def test_without_a_certificate_there_is_a_page_in_the_way_of_all_but_the_logon() -> None:
    caller = logged_on(client_certificate=True)
    answer = caller.send("AuthenticateConnection", **caller.known)
    assert answer.status == 403
    assert answer.headers["Content-Type"].startswith("text/html")


def test_what_was_asked_is_counted() -> None:
    caller = logged_on()
    caller.upload(b"x")
    assert caller.xledger.seen()["soapRequests"] == {"LogonKey": 1, "ReceiveFile": 1}


@pytest.mark.parametrize(
    ("soap", "says"),
    [
        ({"users": [{"ownerCode": 7}]}, "there is no entity with ownerCode 7"),
        ({"ledger": {"ownerCode": 7}}, "there is no entity with ownerCode 7"),
        ({"scheduled": [{"what": "earthquake"}]}, "soap.scheduled.0.what"),
        ({"own_import_codes": {"X": "pdf"}}, "soap.own_import_codes.X"),
    ],
)
def test_a_bad_plan_is_refused(soap: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        parse_plan({"soap": soap})
