from typing import Any

import pytest
from pydantic import ValidationError

from moment_xledger.domain.files.settings import FileSettings, Terms


def terms(owner_code: int | None = 501, vat_codes: dict[str, str] | None = None, **settings: Any) -> Terms:
    kept = FileSettings.model_validate(settings)
    return Terms(settings=kept, vat_codes=vat_codes or {"3": "3"}, owner_code=owner_code)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"receivable_account": "15x0"}, "must be an account number of 1 to 10 digits, such as '1500'"),
        ({"format": "ar10", "header": True}, "header: an ar10 file never has a header line; switch it off"),
        ({"format": "ar10", "receivable_account": "15000"}, "account 15000: ar10 holds at most 4 digits"),
        ({"format": "ar10", "department": "1234567"}, "department: ar10 holds at most 6 signs"),
        ({"ar10_longest_project": 3}, "greater than or equal to 4"),
        ({"ar10_longest_project": 26}, "less than or equal to 25"),
        ({"ar10_invoice_type": "1234"}, "must be a number of at most 3 digits, or empty"),
        ({"department": "-1"}, "must be a department code of at most 25 signs"),
        (
            {"format": "gl02b", "owner_code": None},
            "owner_code: gl02b needs Xledger's owner code; fill it out",
        ),
        (
            {"format": "gl02b", "vat_codes": {"99": "99"}},
            "revenue_accounts: VAT code 99 has no account; add one",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(wrong, sentence):
    with pytest.raises(ValidationError) as refused:
        terms(**wrong)
    [error] = refused.value.errors()
    assert sentence in error["msg"]


@pytest.mark.parametrize(("name", "has_header"), [("standard", True), ("gl02b", True), ("ar10", False)])
def test_each_format_has_its_usual_header(name, has_header):
    assert FileSettings(format=name).has_header is has_header


def test_terms_are_kept_with_the_export_and_come_back_the_same():
    kept = terms(format="gl02b", gl02b_amount="net", department="10")
    assert Terms.model_validate_json(kept.model_dump_json()) == kept
