"""Every field of the form has limits, and a sentence in both languages for whoever goes beyond them."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from moment_xledger.domain.companies import Company, Language, Secrets, SoapLogin, Token
from moment_xledger.domain.files.settings import FileSettings
from moment_xledger.domain.settings_changes import Change, changes
from moment_xledger.domain.settings_faults import (
    CONTRADICTIONS,
    FIELDS,
    BadSettings,
    FieldFault,
    bad_settings,
)
from moment_xledger.domain.typed_keys import (
    LIMITS,
    REMOVABLE,
    changed_keys,
    check_complete,
    removal,
    tails,
    with_typed,
)
from tests.builders import a_company

MEGABYTE = "x" * 1024 * 1024
STORED = Secrets(
    Token("token-0123456789"), Token("moment-0123456789"), SoapLogin("per", "secret", "key-0123456789")
)


def faults(**but: Any) -> list[FieldFault]:
    with pytest.raises(ValidationError) as refused:
        a_company(**but)
    return list(bad_settings(refused.value).faults)


def test_every_field_of_the_form_has_its_sentence() -> None:
    fields = {*Company.model_fields, *LIMITS, *(f"file.{name}" for name in FileSettings.model_fields)}
    fields |= set(map(removal, REMOVABLE))
    assert fields <= FIELDS.keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "", id="no name"),
        pytest.param("name", "   ", id="a name of nothing but spaces"),
        pytest.param("name", "<script>alert(1)</script>", id="a script in a name"),
        pytest.param("name", "Nordvik\r\nBcc: x@y.example", id="a header in a name"),
        pytest.param("name", MEGABYTE, id="a megabyte of a name"),
        pytest.param("owner_code", 1916, id="an owner code of four digits"),
        pytest.param("owner_code", 991680, id="an owner code of six digits"),
        pytest.param("owner_code", "nineteen", id="an owner code in words"),
        pytest.param("route", "fax", id="a route that there is not"),
        pytest.param("reception_address", "a@b.example\r\nBcc: c@d.example", id="a header in an address"),
        pytest.param("reception_address", "a@b.example, c@d.example", id="two addresses in one"),
        pytest.param("notify", ["a@b.example", "Per <per@b.example>"], id="an address with a name"),
        pytest.param("notify", [f"a{n}@b.example" for n in range(21)], id="more than twenty to notify"),
        pytest.param("vat_codes", {str(n): "3" for n in range(101)}, id="more than a hundred VAT codes"),
        pytest.param("vat_codes", {"3": "=1+1"}, id="a VAT code that would run as a formula"),
        pytest.param("import_code", "../AR10", id="an import code with a path"),
        pytest.param("expense_accounts", "", id="no accounts"),
        pytest.param("expense_accounts", "4999-4000", id="a range that runs backwards"),
        pytest.param("expense_accounts", "4000;4999", id="accounts with semicolons"),
        pytest.param("expenses_from", "01.01.2027", id="a from-date in the Norwegian way"),
        pytest.param("requests_per_hour", 0, id="no requests at all"),
        pytest.param("requests_per_hour", 10**9, id="more requests than there are"),
        pytest.param("token_expires", "31.12.2027", id="a date in the Norwegian way"),
        pytest.param("expense_accounts", "4000 to 4999", id="accounts in words"),
        pytest.param("language", "se", id="a language that nobody wrote"),
        pytest.param("colour", "blue", id="a field that there is not"),
    ],
)
def test_a_field_beyond_its_limits_is_named_in_both_languages_and_not_quoted(field: str, value: Any) -> None:
    (fault,) = faults(**{field: value})
    assert fault.field == field
    for language in Language:
        sentence = fault.sentence(language)
        assert sentence.endswith(".")
        assert len(sentence) < 200
        assert "script" not in sentence
        assert "Bcc" not in sentence
    assert fault.sentence(Language.NORWEGIAN) != fault.sentence(Language.ENGLISH)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        pytest.param({"route": "upload"}, "owner_code", id="an upload to nobody"),
        pytest.param(
            {"route": "upload", "owner_code": 99168}, "import_code", id="an upload without an import"
        ),
        pytest.param({"import_expenses": True}, "owner_code", id="expenses of nobody"),
        pytest.param({"route": "email"}, "reception_address", id="mails to nobody"),
        pytest.param({"file": {"format": "gl02b"}}, "owner_code", id="a voucher file of nobody"),
        pytest.param(
            {"file": {"format": "ar10", "header": True}}, "file.header", id="a header where none may be"
        ),
        pytest.param(
            {"file": {"format": "ar10", "receivable_account": "15000"}},
            "file.revenue_accounts",
            id="an account that is too long for its format",
        ),
        pytest.param(
            {"owner_code": 99168, "vat_codes": {"99": "3"}, "file": {"format": "gl02b"}},
            "file.revenue_accounts",
            id="a VAT code without an account",
        ),
    ],
)
def test_switches_that_contradict_each_other_are_named(settings: dict[str, Any], field: str) -> None:
    (fault,) = faults(**settings)
    assert fault.field == field
    assert fault.sentence() != fault.sentence(Language.NORWEGIAN)


def test_each_field_is_named_once_however_much_is_wrong_with_it() -> None:
    found = faults(notify=["a", "b", "c"], name="", owner_code=1)
    assert [fault.field for fault in found] == ["name", "owner_code", "notify"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"xledger_token": "abc"}, "xledger_token", id="a token that is too short"),
        pytest.param({"xledger_token": "abcdefgh\r\nX: y"}, "xledger_token", id="a header in a token"),
        pytest.param({"moment_key": MEGABYTE}, "moment_key", id="a megabyte of a key"),
        pytest.param({"soap_password": "a\x00b"}, "soap_password", id="a control character in a password"),
        pytest.param({"password": "abc"}, "password", id="a key that there is not"),
    ],
)
def test_a_key_beyond_its_limits_is_named_and_not_quoted(typed: dict[str, str], field: str) -> None:
    with pytest.raises(BadSettings) as refused:
        with_typed(typed, STORED)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert all(value not in str(refused.value) for value in typed.values())


def test_what_is_left_empty_stays_as_it_is_stored() -> None:
    assert with_typed({"xledger_token": "", "soap_user": ""}, STORED) == STORED


def test_a_new_company_needs_both_keys() -> None:
    with pytest.raises(BadSettings) as refused:
        with_typed({}, None)
    assert [fault.field for fault in refused.value.faults] == ["xledger_token", "moment_key"]


def test_a_new_password_forgets_the_key_that_the_old_one_was_given() -> None:
    soap = with_typed({"soap_password": "another"}, STORED).soap
    assert soap == SoapLogin("per", "another", None)


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
PEM = f"{CERTIFICATE}\n-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----"


def test_a_certificate_is_kept_with_the_login_and_never_shown() -> None:
    kept = with_typed({"soap_certificate": PEM}, STORED)
    assert kept.soap and kept.soap.certificate == PEM  # noqa: PT018
    assert with_typed({"soap_password": "another"}, kept).soap == SoapLogin("per", "another", None, PEM)
    assert tails(kept).soap_certificate == "…"
    assert "MIGH" not in repr(kept)


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(BadSettings, match="SOAP certificate"):
        with_typed({"soap_certificate": CERTIFICATE}, STORED)


def test_a_user_without_a_password_is_refused() -> None:
    with pytest.raises(BadSettings, match="SOAP password"):
        with_typed({"soap_user": "per"}, Secrets(STORED.xledger_token, STORED.moment_key))


def test_an_upload_without_a_login_is_refused() -> None:
    company = a_company(route="upload", owner_code=99168, import_code="OWN")
    with pytest.raises(BadSettings, match="needs a SOAP user"):
        check_complete(company, Secrets(STORED.xledger_token, STORED.moment_key))
    check_complete(company, STORED)


def test_expenses_without_a_login_are_refused() -> None:
    with pytest.raises(BadSettings, match="needs a SOAP user"):
        check_complete(
            a_company(import_expenses=True, owner_code=99168),
            Secrets(STORED.xledger_token, STORED.moment_key),
        )


def test_of_a_key_only_its_end_is_shown_and_of_a_password_nothing() -> None:
    shown = tails(STORED)
    assert (shown.xledger_token, shown.soap_user, shown.soap_password) == ("…6789", "per", "…")
    assert tails(Secrets(Token("12345678"), Token("12345678"))).xledger_token == "…"


def test_a_change_is_kept_with_old_and_new_and_a_key_by_name_only() -> None:
    before, after = (
        a_company(),
        a_company(export_projects=False, file={"department": "10"}, notify=["a@b.example"]),
    )
    keys = changed_keys(STORED, Secrets(Token("another-0123456789"), STORED.moment_key, STORED.soap))
    assert changes(before, after, keys) == (
        Change("export_projects", "on", "off"),
        Change("file.department", "", "10"),
        Change("notify", "", "a@b.example"),
        Change("xledger_token"),
    )


def test_every_contradiction_is_about_a_field_of_the_form() -> None:
    assert CONTRADICTIONS.keys() <= FIELDS.keys()


WHOLE = with_typed({"soap_certificate": PEM}, STORED)
LOGIN = SoapLogin("per", "secret", "key-0123456789", PEM)


@pytest.mark.parametrize(
    ("removed", "left"),
    [
        pytest.param([], LOGIN, id="nothing"),
        pytest.param(["soap_user"], None, id="the login, and all that belongs to it"),
        pytest.param(["soap_user", "soap_password", "soap_certificate"], None, id="each by its name"),
        pytest.param(["soap_logon_key"], replace(LOGIN, logon_key=None), id="the logon key"),
        pytest.param(["soap_certificate"], replace(LOGIN, certificate=None), id="the certificate"),
    ],
)
def test_what_is_removed_is_gone_and_the_rest_stays(removed: list[str], left: SoapLogin | None) -> None:
    assert with_typed({}, WHOLE, removed) == replace(WHOLE, soap=left)


@pytest.mark.parametrize(
    ("typed", "removed", "field"),
    [
        pytest.param({}, "xledger_token", "xledger_token", id="a key that nobody can be without"),
        pytest.param({}, "moment_key", "moment_key", id="nor without this one"),
        pytest.param({}, "soap_password", "soap_password", id="a password whose user stays"),
        pytest.param({}, "colour", "colour", id="a key that there is not"),
        pytest.param({"soap_password": "new"}, "soap_user", "remove_soap_user", id="a new password for it"),
        pytest.param({"soap_certificate": PEM}, "soap_user", "remove_soap_user", id="a certificate for it"),
        pytest.param({"soap_logon_key": "new"}, "soap_logon_key", "remove_soap_logon_key", id="a new one"),
    ],
)
def test_what_cannot_be_removed_is_named(typed: dict[str, str], removed: str, field: str) -> None:
    with pytest.raises(BadSettings) as refused:
        with_typed(typed, WHOLE, [removed])
    (fault,) = refused.value.faults
    assert fault.field == field
    assert fault.sentence() != fault.sentence(Language.NORWEGIAN)


def test_a_login_that_is_removed_can_be_typed_anew_later() -> None:
    without = with_typed({}, WHOLE, ["soap_user"])
    typed = {"soap_user": "ola", "soap_password": "another"}
    assert with_typed(typed, without).soap == SoapLogin("ola", "another")


def test_a_login_that_something_needs_is_not_removed() -> None:
    without = replace(STORED, soap=None)
    with pytest.raises(BadSettings) as refused:
        check_complete(a_company(import_expenses=True, owner_code=99168), without, ["soap_user"])
    assert str(refused.value) == (
        "The field “Remove the stored SOAP login” must be off: uploading invoices and importing expenses need the "
        "login; switch them off first."
    )
    check_complete(a_company(), without, ["soap_user"])
