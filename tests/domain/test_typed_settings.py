"""What a form shows of the settings, and what is made of what it sends."""

from typing import Any

import pytest
from pydantic import ValidationError

from moment_xledger.domain.companies import Company
from moment_xledger.domain.settings_faults import bad_settings
from moment_xledger.domain.typed_settings import FIELDS, PAIRS, as_settings, as_typed, flat
from tests.builders import a_company

FULL = a_company(
    token_expires="2027-12-31",
    owner_code=99168,
    export_projects=False,
    route="upload",
    reception_address="mb.00000@xledger.net",
    import_code="MY_IMPORT",
    import_expenses=True,
    expenses_from="2027-01-01",
    requests_per_hour=500,
    requests_per_month=5000,
    price_per_request="0.12",
    notify=["a@b.example", "c@d.example"],
    file={"format": "gl02b", "header": False, "department": "Øst"},
)


def read(typed: dict[str, str]) -> Company:
    return Company.model_validate({**as_settings(typed), "id": "nordvik", "token_id": FULL.token_id})


@pytest.mark.parametrize("company", [a_company(), FULL], ids=["as at first", "filled out"])
def test_a_form_that_nobody_touched_says_what_is_stored(company: Company) -> None:
    typed = as_typed(company)
    assert read(typed) == company
    assert read({name: text.replace("\n", "\r\n") for name, text in typed.items()}) == company


def test_every_field_is_in_it() -> None:
    assert list(flat(FULL)) == list(FIELDS) == list(as_typed(FULL))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        pytest.param("notify", "a@b.example, c@d.example\n a@b.example", ["a@b.example", "c@d.example"]),
        pytest.param("notify", " ", []),
        pytest.param("vat_codes", "3=31\n\n 5 : 51 \n7 7\nF→6", {"3": "31", "5": "51", "7": "7", "F": "6"}),
        pytest.param("vat_codes", "", {}),
        pytest.param("owner_code", " 99168 ", "99168"),
        pytest.param("owner_code", "", None),
        pytest.param("requests_per_hour", "1\u00a0000 000", "1000000"),
        pytest.param("requests_per_month", "5 000", "5000"),
        pytest.param("price_per_request", " 0,12", "0.12"),
        pytest.param("price_per_request", "", None),
        pytest.param("token_expires", "1.2.2027", "2027-02-01"),
        pytest.param("token_expires", "2027-02-01", "2027-02-01"),
        pytest.param("export_customers", "", False),
        pytest.param("export_customers", "on", True),
    ],
)
def test_what_is_typed_is_read_kindly(field: str, text: str, value: Any) -> None:
    assert as_settings(as_typed(FULL) | {field: text})[field] == value


@pytest.mark.parametrize("line", ["3", "3 =", "= 3", "3 = 31 = 32", "3 = 31\n3 = 32"])
@pytest.mark.parametrize("field", sorted(PAIRS))
def test_a_line_that_could_mean_anything_is_refused_by_its_field(field: str, line: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(as_typed(a_company()) | {field: line})
    assert [fault.field for fault in bad_settings(refused.value).faults] == [field]


def test_a_line_of_nothing_but_blanks_between_two_signs_keeps_nobody_waiting() -> None:
    """A pattern that tries every way to part the blanks would need hours for it."""
    assert as_settings({"vat_codes": f"3{' ' * 1_000_000}="})["vat_codes"] == {"3": ""}
