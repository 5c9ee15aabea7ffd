"""What the simulated Xledger says no to, and in which words."""

from typing import Any

import pytest

from tests.local.xledger.caller import (
    ADD_COMPANIES,
    ADD_CUSTOMERS,
    ADD_PROJECTS,
    UPDATE_CUSTOMERS,
    Caller,
    customer,
    unlimited,
)


@pytest.fixture
def caller() -> Caller:
    return unlimited()


@pytest.mark.parametrize(
    ("headers", "beginning"),
    [
        pytest.param({}, "Bad format for API Token", id="no token"),
        pytest.param({"Authorization": "Bearer abc"}, "Bad format for API Token", id="the wrong word"),
        pytest.param({"Authorization": "token a b"}, "Bad format for API Token", id="not base64url"),
        pytest.param({"Authorization": "token abc"}, "The API Token is not valid", id="an unknown token"),
    ],
)
def test_a_bad_token_is_refused(caller: Caller, headers: dict[str, str], beginning: str) -> None:
    caller.headers = headers
    assert caller.error("{ __typename }")["message"].startswith(beginning)


def test_a_plan_chooses_the_status_of_a_refused_token() -> None:
    caller = unlimited(token_error_status=401)
    caller.headers = {}
    assert caller.send("{ __typename }").status == 401


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        pytest.param("{ customers", "SYNTAX_ERROR", "Syntax Error", id="broken text"),
        pytest.param(
            "{ customers { edges { node { colour } } } }",
            "FIELDS_ON_CORRECT_TYPE",
            "Cannot query field",
            id="an unknown field",
        ),
        pytest.param(
            '{ customers(first: "ten") { edges { cursor } } }',
            "ARGUMENTS_OF_CORRECT_TYPE",
            "Int cannot represent",
            id="an argument of the wrong type",
        ),
        pytest.param(
            "{ customers(orderBy: code) { edges { cursor } } }",
            "KNOWN_ARGUMENT_NAMES",
            "Unknown argument",
            id="an unknown argument",
        ),
        pytest.param(
            "{ customers(first: 10001) { edges { cursor } } }",
            "INVALID_VALUE",
            "At most 10000",
            id="too long a page",
        ),
        pytest.param(
            '{ customers(after: "x") { edges { cursor } } }', "INVALID_VALUE", "not a cursor", id="no cursor"
        ),
        pytest.param("query A { __typename } query B { __typename }", "BAD_REQUEST", "several", id="unclear"),
    ],
)
def test_a_document_that_does_not_fit_is_refused(
    caller: Caller, document: str, code: str, words: str
) -> None:
    error = caller.error(document)
    assert words in error["message"]
    assert error["code"] == error["extensions"]["code"] == code


NAMED = {"code": "1", "description": "Navn"}


@pytest.mark.parametrize(
    ("document", "node", "message"),
    [
        pytest.param(
            ADD_COMPANIES,
            {"email": "a@b.example"},
            "A value is required for one of description, companyNumber, code.",
            id="a company without a name",
        ),
        pytest.param(ADD_CUSTOMERS, NAMED, "company: A value is required.", id="no company"),
        pytest.param(ADD_PROJECTS, {"code": "1"}, "description: A value is required.", id="no description"),
        pytest.param(ADD_PROJECTS, {**NAMED, "code": ""}, "code: A value is required.", id="an empty code"),
        pytest.param(UPDATE_CUSTOMERS, NAMED, "dbId: A value is required.", id="an update of nothing"),
        pytest.param(
            UPDATE_CUSTOMERS,
            {"dbId": 7},
            "dbId: No value matching owner 42000001, dbId '7'.",
            id="an update of what is not there",
        ),
        pytest.param(
            ADD_PROJECTS,
            NAMED | {"subledger": {"code": "P123456"}},
            "subledger.code: No value matching owner 42000001, code 'P123456'.",
            id="an unknown customer",
        ),
        pytest.param(
            ADD_COMPANIES,
            NAMED | {"country": {"code": "XX"}},
            "country.code: No value matching owner 42000001, code 'XX'.",
            id="an unknown country",
        ),
        pytest.param(
            ADD_COMPANIES,
            NAMED | {"address": {"country": "XX"}},
            "address.country.code: No value matching owner 42000001, code 'XX'.",
            id="an unknown country in an address",
        ),
        pytest.param(
            ADD_COMPANIES,
            NAMED | {"owner": {"ownerCode": 7}},
            "owner.ownerCode: No value matching owner 42000001, ownerCode '7'.",
            id="an unknown owner",
        ),
        pytest.param(
            ADD_PROJECTS,
            NAMED | {"projectGroup": {"code": "3"}},
            "projectGroup.code: No value matching owner 42000001, code '3'.",
            id="a VAT code is not a project group",
        ),
        pytest.param(
            ADD_PROJECTS,
            NAMED | {"code": "9" * 26},
            "code: The value is longer than 25 characters.",
            id="too long a code",
        ),
        pytest.param(
            ADD_COMPANIES,
            NAMED | {"address": {"zipCode": "9" * 31}},
            "address.zipCode: The value is longer than 30 characters.",
            id="too long a zip code",
        ),
    ],
)
def test_what_a_record_lacks_shows_when_it_is_written(
    caller: Caller, document: str, node: dict[str, Any], message: str
) -> None:
    assert caller.error(document, inputs=[{"node": node}])["message"] == message
    assert not any(caller.xledger.seen()[kind] for kind in ("companies", "customers", "projects"))


@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"customer": {"code": "1"}}, id="a project has no customer, only a subledger"),
        pytest.param({"fromDate": "23.11.2026"}, id="a date the Norwegian way"),
        pytest.param({"totalCost": "1,50"}, id="money with a comma"),
        pytest.param({"totalCost": "NaN"}, id="money that is no number"),
        pytest.param({"code": 1}, id="a code that is no text"),
    ],
)
def test_an_input_that_does_not_fit_is_an_invalid_value(caller: Caller, field: dict[str, Any]) -> None:
    error = caller.error(ADD_PROJECTS, inputs=[{"node": NAMED | field}])
    assert error["extensions"]["code"] == "INVALID_VALUE"
    assert "Variable '$inputs'" in error["message"]


def test_more_than_500_inputs_are_refused_and_500_are_not(caller: Caller) -> None:
    nodes = [{"node": {"code": str(number), "description": "Navn"}} for number in range(501)]
    assert "At most 500" in caller.error(ADD_PROJECTS, inputs=nodes)["message"]
    assert caller.codes("projects") == []
    caller.data(ADD_PROJECTS, inputs=nodes[:500])
    assert len(caller.codes("projects")) == 500


def test_two_records_with_one_code_make_a_reference_ambiguous(caller: Caller) -> None:
    first, _ = caller.add_customers("10001", "10001")
    by_code = {**NAMED, "subledger": {"code": "10001"}}
    assert caller.error(ADD_PROJECTS, inputs=[{"node": by_code}])["message"] == (
        "subledger.code: More than one value matching owner 42000001, code '10001'."
    )
    caller.add(ADD_PROJECTS, {**NAMED, "subledger": {"dbId": first}})


def test_alternatives_are_listed_on_request(caller: Caller) -> None:
    node = {**NAMED, "taxRule": {"showAlternatives": "YES"}}
    listed = caller.error(ADD_PROJECTS, inputs=[{"node": node}])["extensions"]["exampleValidInputs"]
    assert [value["code"] for value in listed][:8] == ["3", "31", "33", "5", "51", "52", "6", "7"]


def test_a_token_may_lack_a_right() -> None:
    token = {"token": "cmVhZGVy", "denied": ["addCustomers"]}
    caller = unlimited(tokens=[token])
    caller.headers = {"Authorization": "token cmVhZGVy"}
    inputs = [{"node": customer("1", 1)}]
    assert caller.error(ADD_CUSTOMERS, inputs=inputs)["code"] == "FORBIDDEN"
    assert caller.data("{ customers { edges { cursor } } }") == {"customers": {"edges": None}}


def test_errors_may_come_with_status_400() -> None:
    assert unlimited().send("{ nothing }").status == 200
    assert unlimited(error_status=400).send("{ nothing }").status == 400


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"[]", b'{"query": 1}', b'{"query": "{ __typename }", "variables": 3}']
)
def test_what_is_no_request_gets_an_error(caller: Caller, body: bytes) -> None:
    assert b"not a GraphQL request" in caller.xledger.answer("/graphql", caller.headers, body).body
