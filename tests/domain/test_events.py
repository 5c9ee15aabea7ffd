"""Why an event cannot be read: the reason, the field, and never the value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.events import MAX_BYTES, Event, Unreadable, read_event
from moment_xledger.domain.moment import Address, Customer, Invoice, Project
from moment_xledger.domain.problems import Code
from tests.builders import a_customer, a_project, an_event, an_invoice

SECRET = "Ola Nordmanns hemmelighet"


def read(event: Any) -> Event | Unreadable:
    return read_event(json.dumps(event))


def unreadable(event: Any) -> Unreadable:
    found = read(event)
    assert isinstance(found, Unreadable)
    return found


@pytest.mark.parametrize(
    ("event", "kind"), [(a_customer(), Customer), (a_project(), Project), (an_invoice(), Invoice)]
)
def test_what_moment_publishes_is_read(event: Any, kind: type) -> None:
    found = read(event)
    assert isinstance(found, Event)
    assert isinstance(found.content, kind)
    assert found.company == "nordvik"


def test_fields_that_are_not_known_are_passed_over() -> None:
    event = a_customer(favouriteColour="blue") | {"traceparent": "00-…"}
    assert isinstance(read(event), Event)


def test_however_deep_they_are() -> None:
    body = json.dumps(a_customer(favouriteColours=0)).replace(
        '"favouriteColours": 0', '"favouriteColours": ' + '{"and": ' * 900 + "0" + "}" * 900
    )
    assert isinstance(read_event(body), Event)


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+02:00"])
def test_a_time_on_no_day_in_norway_is_no_time(time: str) -> None:
    found = unreadable(a_project(active=False) | {"time": time})
    assert (found.code, found.field, found.fault) == (
        Code.EVENT_NOT_CLOUDEVENT,
        "time",
        "must be a valid datetime",
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", Code.EVENT_NOT_JSON),
        ("{", Code.EVENT_NOT_JSON),
        ("NaN", Code.EVENT_NOT_JSON),
        ('{"data": Infinity}', Code.EVENT_NOT_JSON),
        ("[" * 100_000, Code.EVENT_NOT_JSON),
        ("9" * 5_000, Code.EVENT_NOT_JSON),
        ("[]", Code.EVENT_NOT_CLOUDEVENT),
        ('"text"', Code.EVENT_NOT_CLOUDEVENT),
        ("{}", Code.EVENT_NOT_CLOUDEVENT),
        ('"' + "x" * MAX_BYTES + '"', Code.EVENT_TOO_LARGE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_event_at_all(body: str, code: Code) -> None:
    found = read_event(body)
    assert isinstance(found, Unreadable)
    assert found.code is code


@pytest.mark.parametrize("field", ["specversion", "id", "source", "type", "time", "momentcompany", "data"])
def test_an_attribute_that_is_missing_is_named(field: str) -> None:
    event = a_customer()
    del event[field]
    found = unreadable(event)
    assert (found.code, found.field) == (Code.EVENT_NOT_CLOUDEVENT, field)


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "2026-11-22T09:15:03"}, "time"),
        ({"momentcompany": "nord vik"}, "momentcompany"),
        ({"momentcompany": "x" * 65}, "momentcompany"),
        ({"data": "text"}, "data"),
        ({"id": ""}, "id"),
    ],
)
def test_an_attribute_that_is_wrong_is_named(attributes: Any, field: str) -> None:
    found = unreadable(a_customer() | attributes)
    assert (found.code, found.field) == (Code.EVENT_NOT_CLOUDEVENT, field)


@pytest.mark.parametrize(
    ("type", "code"),
    [
        ("team.moment.employee.saved", Code.EVENT_TYPE_UNKNOWN),
        ("com.somebody.else", Code.EVENT_TYPE_UNKNOWN),
        ("team.moment.invoice.saved", Code.INVOICE_NOT_FINALIZED),
    ],
)
def test_types_that_are_not_ours(type: str, code: Code) -> None:
    assert unreadable(an_event(type, {"invoiceNumber": 7})).code is code


@pytest.mark.parametrize(
    ("event", "code", "field"),
    [
        pytest.param(a_customer(name=""), Code.FIELD_MISSING, "data.name", id="no name"),
        pytest.param(a_customer(name="   "), Code.FIELD_MISSING, "data.name", id="a blank name"),
        pytest.param(a_customer(version=-1), Code.FIELD_INVALID, "data.version", id="a negative version"),
        pytest.param(a_customer(version="1"), Code.FIELD_INVALID, "data.version", id="a version as text"),  # type: ignore[arg-type]
        pytest.param(a_customer(id=2**63), Code.FIELD_INVALID, "data.id", id="an id beyond all bounds"),
        pytest.param(
            a_customer("1;2"), Code.FIELD_INVALID, "data.customerNumber", id="a number with a semicolon"
        ),
        pytest.param(
            a_customer("10\u200b1"), Code.FIELD_INVALID, "data.customerNumber", id="a sign that nobody sees"
        ),
        pytest.param(
            a_customer(organizationNumber="123456789"),
            Code.FIELD_INVALID,
            "data.organizationNumber",
            id="a wrong organisation number",
        ),
        pytest.param(
            a_customer(address={"countryCode": "Norge"}),
            Code.FIELD_INVALID,
            "data.address.countryCode",
            id="a country in words",
        ),
        pytest.param(a_customer(name="\ud800"), Code.FIELD_INVALID, "data.name", id="half a character"),
        pytest.param(a_project(active="yes"), Code.FIELD_INVALID, "data.active", id="yes is not true"),
        pytest.param(
            a_project(startDate="22.11.2026"), Code.FIELD_INVALID, "data.startDate", id="a Norwegian date"
        ),
        pytest.param(
            an_invoice(total=125000.0), Code.FIELD_INVALID, "data.total", id="an amount as a number"
        ),
        pytest.param(an_invoice(vatLines=[]), Code.FIELD_INVALID, "data.vatLines", id="no VAT line"),
        pytest.param(
            an_invoice(vatLines=[{}]), Code.FIELD_MISSING, "data.vatLines.0.vatCode", id="an empty VAT line"
        ),
    ],
)
def test_a_field_that_cannot_be_used_is_named(event: Any, code: Code, field: str) -> None:
    found = unreadable(event)
    assert (found.code, found.field, found.company) == (code, field, "nordvik")


@pytest.mark.parametrize("number", ["10 001", "A:12", "KÖ-7", "2026/04 (b)", "Łódź+1"])
def test_a_number_is_whatever_people_write_on_one_line(number: str) -> None:
    for event in (a_customer(number), a_project(number, customerNumber=number)):
        found = read(event)
        assert isinstance(found, Event)
        assert found.content.number == number


def test_a_no_break_space_in_a_number_is_a_space() -> None:
    found = read(a_customer("\u00a010\u00a0001 "))
    assert isinstance(found, Event)
    assert found.content.number == "10 001"


BLANKS = ["", " ", "\t \n", "\u00a0", None]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    ("model", "optional"),
    [
        (Customer, ["organizationNumber", "email", "address"]),
        (Project, ["customerNumber", "startDate", "endDate"]),
        (Invoice, ["projectNumber", "creditedInvoiceNumber", "description", "kid", "doNotTransfer"]),
    ],
)
def test_blank_is_absent_in_every_optional_field(model: type[Any], optional: list[str], blank: Any) -> None:
    event = {"Customer": a_customer(), "Project": a_project(), "Invoice": an_invoice()}[model.__name__]
    without = {name: value for name, value in event["data"].items() if name not in optional}
    found = model.model_validate({**without, **dict.fromkeys(optional, blank)})
    assert found == model.model_validate(without)


@pytest.mark.parametrize("blank", BLANKS)
def test_also_in_an_address(blank: Any) -> None:
    parts = dict.fromkeys(["street", "zipCode", "place", "countryCode"], blank)
    assert Customer.model_validate(a_customer(address=parts)["data"]).address == Address()


def test_countries_and_currencies_may_come_in_small_letters() -> None:
    customer = Customer.model_validate(a_customer(address={"countryCode": " no"})["data"])
    assert customer.address.country_code == "NO"
    assert Invoice.model_validate(an_invoice(currency="nok")["data"]).currency == "NOK"


def test_whose_event_it_was_is_told_as_far_as_it_can_be() -> None:
    found = unreadable(a_customer("10007", name=None))
    assert (found.company, found.kind, found.number) == ("nordvik", "customer", "10007")


@pytest.mark.parametrize(
    "field", ["customerNumber", "organizationNumber", "version", "email", "address", "id"]
)
def test_a_reason_never_quotes_the_value(field: str) -> None:
    event = a_customer()
    event["data"][field] = [SECRET]
    assert SECRET not in repr(unreadable(event))


@pytest.mark.parametrize("blank", ["", None])
def test_a_field_that_was_emptied_is_absent(blank: Any) -> None:
    found = read(a_customer(email=blank, organizationNumber=blank))
    assert isinstance(found, Event)
    assert isinstance(found.content, Customer)
    assert (found.content.email, found.content.organization_number) == (None, None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([a_customer, a_project, an_invoice]), st.data())
def test_whatever_stands_in_a_field_there_is_an_event_or_a_reason(builder: Any, data: st.DataObject) -> None:
    event = builder()
    field = data.draw(st.sampled_from(sorted(event["data"])))
    event["data"][field] = data.draw(json_values)
    found = read(event)
    assert isinstance(found, Event | Unreadable)
    assert not isinstance(found, Unreadable) or found.field


@pytest.mark.parametrize(
    ("written", "read"), [("125000", "125000.00"), ("125000.5", "125000.50"), ("-7", "-7.00"), ("7.", "7.00")]
)
def test_an_amount_is_the_same_however_many_decimals_it_is_written_with(written: str, read: str) -> None:
    """Else an invoice that the API writes otherwise than its event did would count as changed."""
    line = {"vatCode": "3", "net": written, "vat": "0", "gross": written}
    one, other = (
        Invoice.model_validate(an_invoice(total=total, vatLines=lines)["data"])
        for total, lines in [
            (written, [line]),
            (read, [line | {"net": read, "vat": "0.00", "gross": read}]),
        ]
    )
    assert one.content_hash() == other.content_hash()
    assert str(one.total) == read


@pytest.mark.parametrize("number", [0, 86_400, "0", "20261122"])
def test_a_number_is_no_date(number: Any) -> None:
    """It would be one of 1970, and go into a file with it."""
    found = read_event(json.dumps(an_invoice(invoiceDate=number)))
    assert isinstance(found, Unreadable)
    assert (found.code, found.field) == (Code.FIELD_INVALID, "data.invoiceDate")
