"""The details of a problem, as people read them."""

import pytest

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.details import field_name, in_words
from moment_xledger.domain.problems import Code, Problem
from tests.test_contract import SCHEMAS

NO, EN = Language.NORWEGIAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("path", "norwegian", "english"),
    [
        ("data.total", "totalbeløp", "total"),
        ("data.vatLines.1.net", "nettobeløp, linje 2", "net amount, line 2"),
        ("data.customer.address.countryCode", "land", "country"),
        ("subledger.dbId", "kunde", "customer"),
        ("country.code", "land", "country"),
        ("code", "nummer", "number"),
        ("somethingNew", "somethingNew", "somethingNew"),
    ],
)
def test_a_field_has_a_name_in_both_languages(path: str, norwegian: str, english: str) -> None:
    assert (field_name(path, NO), field_name(path, EN)) == (norwegian, english)


def test_every_field_of_the_contract_has_one() -> None:
    names = {name for schema in SCHEMAS.values() for name in _properties(schema.schema)}
    assert len(names) > 30
    unnamed = {name for name in names if field_name(name, NO) == name}
    assert unnamed <= {"id", "type", "specversion", "datacontenttype", "subject", "KID"}


def _properties(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_properties, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})).union(*map(_properties, schema.values()))


def test_amounts_and_dates_are_written_as_people_write_them() -> None:
    details = {"difference": "-12345.60", "date": "2026-02-01", "vat_code": "33", "voucher": "2026-1"}
    assert in_words(details, NO) == {
        "difference": "−12\u00a0345,60",
        "date": "01.02.2026",
        "vat_code": "33",
        "voucher": "2026-1",
    }


def test_a_pattern_that_an_earlier_release_stored_is_not_shown() -> None:
    for language in Language:
        details = {"field": "data.customerNumber", "fault": "must match pattern ^[A-Z]{2}$"}
        said = Problem(CompanyId("x"), "customer", "1", Code.FIELD_INVALID, details).sentence(language)
        assert "^" not in said
        assert "data." not in said
