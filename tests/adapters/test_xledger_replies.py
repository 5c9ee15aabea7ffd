"""What a reply means, by its status and its body."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.adapters.xledger_replies import read_moment, read_reply
from moment_xledger.domain.replies import (
    BurstLimit,
    ConcurrencyLimit,
    Data,
    OutOfCredits,
    Refusal,
    Refused,
    Reply,
    RequestRefused,
    TokenRefused,
    Unanswered,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BURST, CROWD, CREDITS = (
    f"BAD_REQUEST.{name}"
    for name in ("BURST_RATE_LIMIT_REACHED", "CONCURRENCY_LIMIT_REACHED", "INSUFFICIENT_CREDITS")
)


def read(status: int, *errors: Any, data: Any = None) -> Reply:
    return read_reply(status, json.dumps({"errors": list(errors), "data": data}).encode(), NOW)


def an_error(message: str = "No.", code: str | None = None, **extensions: Any) -> dict[str, Any]:
    return {"message": message, "extensions": extensions} | ({"code": code} if code else {})


@pytest.mark.parametrize("status", [200, 400, 429, 500])
@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        pytest.param(an_error("whatever", BURST), BurstLimit, id="burst"),
        pytest.param(
            an_error("Too many requests in the last 5 seconds."), BurstLimit, id="burst, older wording"
        ),
        pytest.param(an_error("whatever", CROWD), ConcurrencyLimit, id="concurrency"),
        pytest.param(an_error("whatever", CREDITS), OutOfCredits, id="credits"),
        pytest.param(an_error("Insufficient credits. Wait."), OutOfCredits, id="credits, older wording"),
        pytest.param(
            {"message": "", "extensions": {"code": CREDITS}}, OutOfCredits, id="code in extensions only"
        ),
        pytest.param(an_error("no", "UNAUTHENTICATED"), TokenRefused, id="not signed in"),
        pytest.param(an_error("no", "FORBIDDEN"), RequestRefused, id="no right"),
        pytest.param(an_error("no", "INVALID_TOKEN"), TokenRefused, id="bad token"),
        pytest.param(an_error("Bad format for API Token. Expected …"), TokenRefused, id="token's format"),
    ],
)
def test_a_known_error_means_the_same_whatever_the_status(status: int, error: Any, meaning: type) -> None:
    assert isinstance(read(status, error), meaning)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, Refused),
        (400, Refused),
        (401, TokenRefused),
        (403, TokenRefused),
        (500, Unanswered),
        (503, Unanswered),
    ],
)
def test_an_unknown_error_is_judged_by_its_status(status: int, meaning: type) -> None:
    assert isinstance(read(status, an_error("Something.")), meaning)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b'"text"', b"{}", b'{"data": null}', b'{"data": {}}', b'{"data": [1]}'),
        *(b"<html>502 Bad Gateway</html>", b'{"data": {"customers": {"ed', b"\xff\xfe", b"[" * 100_000),
        *(b'{"errors": "no"}', b'{"errors": {}}', b'{"errors": [1]}', b'{"errors": true, "data": {"x": 1}}'),
    ],
)
@pytest.mark.parametrize("status", [200, 302, 404, 500, 502])
def test_without_usable_json_it_is_not_known_whether_the_request_was_carried_out(
    status: int, body: bytes
) -> None:
    assert isinstance(read_reply(status, body, NOW), Unanswered)


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"<html>",
            b"{}",
            b'{"message": "Forbidden"}',
            b'{"errors": []}',
            b'{"errors": [{}]}',
            b"null",
        ),
        *(b'{"errors": [{"title": "Forbidden", "status": "403"}]}', b'{"data": {"x": 1}}', b"\xff"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_a_status_that_says_no_without_errors_to_read_may_come_from_a_firewall(
    status: int, body: bytes
) -> None:
    assert read_reply(status, body, NOW) == Unanswered(f"HTTP {status} without a reason", barred=status)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "TOKEN_EXPIRED",
            "API_TOKEN_REVOKED",
            "BAD_REQUEST.INVALID_API_TOKEN",
            "ExpiredToken",
            "token-not-valid",
        ),
        *("UNAUTHORIZED", "AUTH_NOT_AUTHENTICATED", "AuthenticationError", "UNAUTHORISED_ACCESS", "NO_TOKEN"),
    ],
)
def test_a_code_that_refuses_the_token_is_known(code: str) -> None:
    assert isinstance(read(200, an_error("No.", code)), TokenRefused)


@pytest.mark.parametrize(
    "code",
    [
        *("CSRF_TOKEN_MISSING", "TOKEN_BUCKET_EMPTY", "INVALID_CONTINUATION_TOKEN", "CANCELLATION_TOKEN"),
        *("PROXY_AUTHENTICATION_REQUIRED", "AUTHENTICATION_SERVICE_DOWN", "TokenServiceUnavailable"),
    ],
)
def test_a_code_that_merely_holds_such_a_word_is_no_answer(code: str) -> None:
    reply = read(200, an_error("No.", code))
    assert isinstance(reply, Unanswered)
    assert reply.barred is None


@pytest.mark.parametrize("code", ["UNEXPECTED_TOKEN", "INVALID_TOKEN"])
def test_a_token_of_the_document_is_no_api_token(code: str) -> None:
    reply = read(400, an_error("Syntax Error: Expected Name, found <EOF>.", code))
    assert isinstance(reply, RequestRefused)


def test_a_token_in_a_record_is_a_matter_of_that_record() -> None:
    assert isinstance(read(200, an_error("description: Too many words.", "TOKEN_COUNT")), Refused)


def test_data_without_errors_is_an_answer() -> None:
    assert read_reply(200, b'{"data": {"customers": null}, "errors": []}', NOW) == Data({"customers": None})


def test_data_beside_an_error_is_no_answer() -> None:
    assert isinstance(read(200, an_error("no", "X"), data={"customers": {}}), Refused)


def test_xledgers_own_time_out_leaves_the_request_in_doubt() -> None:
    assert isinstance(read(200, an_error("The query timed out after 30 s")), Unanswered)


def test_of_several_errors_the_one_that_stops_everybody_counts() -> None:
    assert isinstance(read(200, an_error("no", "X"), an_error("no", CREDITS)), OutOfCredits)


@pytest.mark.parametrize(
    ("message", "field", "value", "key"),
    [
        ("subledger.code: No value matching owner 42365431, code 'P123456'.", "subledger", "P123456", "code"),
        ("dbId: No value matching owner 1, dbId '50'.", "dbId", "50", "dbId"),
        ("country.code: No value matching owner 1, code 'X'Y'.", "country", "X'Y", "code"),
        ("description: The value is longer than 250 characters.", "description", None, None),
        ("Something else is wrong", None, None, None),
        ("Note well: this is prose", None, None, None),
    ],
)
def test_the_field_and_the_value_are_told_where_xledger_tells_them(
    message: str, field: str | None, value: str | None, key: str | None
) -> None:
    assert read(200, an_error(message, "INVALID_VALUE")) == Refused(
        (Refusal(message, "INVALID_VALUE", field, value, key),)
    )


TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
UNREADABLE: tuple[Any, ...] = (
    "soon",
    "",
    "NaN",
    "inf",
    "-5",
    "1e400",
    "2026-13-01T00:00:00",
    True,
    {},
    [],
    "9" * 400,
)
MILLIS = int(TEN.timestamp() * 1000)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        pytest.param("2026-11-22T10:00:00Z", TEN, id="UTC"),
        pytest.param("2026-11-22T11:00:00+01:00", TEN, id="with an offset"),
        pytest.param("2026-11-22T11:00:00", TEN, id="Central European, without one"),
        pytest.param("2026-11-22 11:00:00", TEN, id="with a space"),
        pytest.param("2026-11-22T10:00:00.1234567Z", TEN.replace(microsecond=123456), id="seven decimals"),
        pytest.param("  2026-11-22T10:00:00Z ", TEN, id="with blanks around it"),
        pytest.param(int(TEN.timestamp()), TEN, id="seconds since 1970"),
        pytest.param(str(int(TEN.timestamp())), TEN, id="seconds since 1970, as text"),
        pytest.param(MILLIS, TEN, id="milliseconds since 1970"),
        pytest.param(float(MILLIS), TEN, id="milliseconds since 1970, as a float"),
        pytest.param(3600, TEN, id="seconds from now"),
        pytest.param("3600", TEN, id="seconds from now, as text"),
        pytest.param("Sun, 22 Nov 2026 10:00:00 GMT", TEN, id="as HTTP writes it"),
        pytest.param(
            "2026-10-25T02:30:00",
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            id="in the hour that autumn repeats, the later one",
        ),
        pytest.param(
            "2026-10-25T01:59:00", datetime(2026, 10, 24, 23, 59, tzinfo=UTC), id="before it: summer"
        ),
        pytest.param("2026-10-25T03:00:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC), id="after it: winter"),
        pytest.param("2026-07-01T12:00:00", datetime(2026, 7, 1, 10, 0, tzinfo=UTC), id="in summer"),
        *[pytest.param(value, None, id=f"unreadable: {value!r:.30}") for value in UNREADABLE],
        pytest.param("0001-01-01T00:00:00", None, id="a moment that no calendar has"),
    ],
)
def test_the_end_of_a_closing_is_read_in_any_plausible_form(value: Any, moment: datetime | None) -> None:
    assert read_moment(value, NOW) == moment


@pytest.mark.parametrize("extensions", [{}, {"resetAt": None}, {"resetAt": ""}, {"resetAt": "garbage"}])
def test_without_a_readable_end_the_hour_is_for_the_gate_to_choose(extensions: Any) -> None:
    assert read(200, an_error("no", CREDITS, **extensions)) == OutOfCredits(None)


def test_the_end_stands_beside_the_code() -> None:
    reply = read(200, an_error("no", CREDITS, resetAt="2026-11-22T10:00:00Z"))
    assert reply == OutOfCredits(NOW + timedelta(hours=1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.integers(100, 599), st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_reply_means_something(status: int, body: bytes) -> None:
    read_reply(status, body, NOW)


@given(st.lists(json_values, max_size=3), json_values, json_values)
def test_any_errors_mean_something(errors: list[Any], code: Any, reset_at: Any) -> None:
    error = {"message": code, "code": code, "extensions": {"code": code, "resetAt": reset_at}}
    read(200, error, *errors)
    read_moment(reset_at, NOW)


DOCUMENT = [
    an_error("whatever", "ARGUMENTS_OF_CORRECT_TYPE"),
    an_error("whatever", "FIELDS_ON_CORRECT_TYPE"),
    an_error("whatever", "BAD_REQUEST.KNOWN_ARGUMENT_NAMES"),
    an_error("whatever", "GRAPHQL_VALIDATION_FAILED"),
    an_error("Cannot query field 'vatNumber' on type 'Customer'. Did you mean 'taxNo'?"),
    an_error('Unknown argument "objectStatus" on field "Query.projects".'),
    an_error('Unknown type "Customer_Filter".'),
    an_error('Variable "$codes" of type "[String!]" used in position expecting type "[Int!]".'),
    an_error(
        "Variable '$inputs' got invalid value {'code': '7', 'vat': 1} at 'inputs[0].node'; "
        "Field 'vat' is not defined by type 'AddCustomersInputNode'.",
        "INVALID_VALUE",
    ),
    an_error(
        "Variable '$inputs[0].node' is invalid. Unrecognized input fields 'vat' for type 'AddCustomersInputNode'.",
        "INVALID_VALUE",
    ),
    an_error("Invalid value for variable $codes"),
    an_error("The field `vat` does not exist on the type `Customer`.", "HC0020"),
    an_error("The specified input object field `vat` does not exist."),
    an_error(
        "Validation error (FieldUndefined@[customers/edges]) : Field 'vat' in type 'Customer' is undefined"
    ),
    an_error("Field 'vat' doesn't exist on type 'Customer'"),
    an_error('Syntax Error: Expected Name, found "}".', "SYNTAX_ERROR"),
]


@pytest.mark.parametrize("error", DOCUMENT, ids=lambda each: each["message"][:30])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_error_of_the_document_is_told_from_one_of_a_record(error: Any, status: int) -> None:
    reply = read(status, error)
    assert isinstance(reply, RequestRefused)
    assert not reply.lacks_right


@pytest.mark.parametrize(
    "error",
    [
        an_error("no", "FORBIDDEN"),
        an_error("no", "AUTH_NOT_AUTHORIZED"),
        an_error("You do not have permission to read the type Address"),
        an_error("Access denied"),
        an_error("The API token lacks the scope Common.Subledger."),
        an_error("Du har ikke tilgang til Project."),
        an_error("Mangler nødvendig rettighet."),
        an_error("API-nøkkelen krever tillatelse til feltet Customer.address."),
        an_error("addProjects: Your token does not have access."),
        an_error("no", "UNAUTHORIZED") | {"path": ["customers", "edges", 0, "node", "address"]},
    ],
    ids=lambda each: each["message"][:30],
)
def test_a_right_that_is_missing_for_a_part_is_told_from_a_token_that_is_bad(error: Any) -> None:
    reply = read(200, error)
    assert isinstance(reply, RequestRefused)
    assert reply.lacks_right


@pytest.mark.parametrize(
    "error",
    [
        an_error("email: Not a valid address.", "INVALID_VALUE"),
        an_error("subledger.code: No value matching owner 42365431, code 'P123456'.", "INVALID_VALUE"),
        an_error("subledger: You do not have access to subledger 5512.", "INVALID_VALUE"),
        an_error("You have no access to customer 5512"),
        an_error("description: Cannot query field is no name"),
        an_error("Variable '$inputs' got invalid value '31.12' at 'inputs[7].node.toDate'; Not a date."),
        an_error("The request could not be processed."),
        an_error("The customer already exists", "VALIDATION_ERROR"),
    ],
    ids=lambda each: each["message"][:30],
)
def test_a_refusal_of_a_records_values_is_no_error_of_the_document(error: Any) -> None:
    assert isinstance(read(200, error), Refused)


@pytest.mark.parametrize(
    ("error", "position"),
    [
        (an_error("Variable '$inputs' got invalid value at 'inputs[7].node.toDate'; Not a date."), 7),
        (an_error("inputs.12.node.email is not valid"), 12),
        (an_error("no") | {"path": ["addCustomers", "inputs", 3, "node"]}, 3),
        (an_error("no") | {"path": ["customers", "edges", 3]}, None),
    ],
)
def test_the_place_among_the_inputs_is_read_where_it_is_named(error: Any, position: int | None) -> None:
    reply = read(200, error)
    assert isinstance(reply, Refused)
    assert reply.refusals[0].position == position


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("country.code: No value 'XK'.", "country.code: No value 'AX'.", True),
        ("The address ola@fjord.example will not do.", "The address kari@dal.example will not do.", True),
        ("Row 12 is too long (max 40)", "Row 7 is too long (max 40)", True),
        ("Name 12 is taken", "Number 12 is taken", False),
        ('"A" is not valid', "'B C' is not valid", True),
    ],
)
def test_two_refusals_are_alike_if_only_values_differ(one: str, other: str, alike: bool) -> None:
    assert (Refusal(one).likeness == Refusal(other).likeness) is alike
