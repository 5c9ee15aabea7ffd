"""The settings as they stand: what was tested, what Xledger lacks, what still leaves by an old route; never a key."""

import pytest

from moment_xledger.console.settings_form import GROUPS
from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right
from moment_xledger.domain.dimensions import Dimensions
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.settings_faults import FIELDS
from moment_xledger.flows.save_company import Form, save_form
from tests.builders import COMPANY, a_company, an_invoice
from tests.console.site import Site, opened
from tests.office import FakeVault, keys, settings
from tests.world import START, TOKEN, TOKEN_ID, URL

KEY = "xledger-key-0123456789-last"


def saved(site: Site, since: int = 1, **but: object) -> Company:
    """As by the form. The site's company was saved once, when it was opened."""
    vault = FakeVault()
    form = Form(COMPANY.id, settings(**but), keys(xledger_token=KEY), since, "Ola Hansen")
    return save_form(form, site.world.ledger, vault, site.world.time, URL)  # type: ignore[arg-type]


def test_each_setting_has_its_name_and_value(site: Site) -> None:
    page = site.browser().get("/settings").text
    for fields in GROUPS.values():
        for field in fields:
            assert f"<dt>{FIELDS[field].norwegian}</dt>" in page
    assert "hver dag kl. 06" in page
    assert "every day at 06:00" in site.browser(language=Language.ENGLISH).get("/settings").text


def test_of_a_key_the_last_characters_are_shown_and_no_more(site: Site) -> None:
    saved(site)
    browser = site.browser()
    for page in (browser.get("/settings").text, browser.get_json("/settings").text):
        assert "…last" in page
        assert KEY not in page
        assert "token_id" not in page
    assert "ikke lagret" in browser.get("/settings").text  # the logon key


def test_who_saved_what_is_told(site: Site) -> None:
    saved(site, requests_per_hour=500)
    page = site.browser().get("/settings").text
    assert "Sist lagret 22.11.2026 10:00 av Ola Hansen." in page
    assert "Forespørsler i timen: – → 500" in page
    assert "API-nøkkel til Xledger ble endret" in page


def test_each_right_that_was_tested_has_its_sentence(site: Site) -> None:
    checks = (
        Check(Right.TOKEN, Outcome.PASSED),
        Check(Right.PROJECTS, Outcome.REFUSED, "No <access>"),
        Check(Right.MOMENT, Outcome.LATER, "credits"),
    )
    site.world.ledger.connection_tests.save(COMPANY.id, ConnectionTest(START, "Ola Hansen", checks))
    page = site.browser().get("/settings").text
    assert "Testet 22.11.2026 10:00 av Ola Hansen." in page
    assert "ikke rett til å lese prosjekter" in page
    assert "No &lt;access&gt;" in page
    facts = site.browser().get_json("/settings").facts["test"]
    assert [check["outcome"] for check in facts["checks"]] == ["passed", "refused", "later"]


def test_what_xledger_lacks_is_listed_with_the_invoices_that_it_stops(site: Site) -> None:
    codes = frozenset(COMPANY.vat_codes.values()) - {"3"}
    site.world.ledger.references.save(TOKEN_ID, Lists(START, None, codes))
    site.receive(an_invoice(10231), an_invoice(10232))
    page = site.browser().get("/settings").text
    assert "MVA-kode 3 blir til 3, som ikke finnes i Xledger." in page
    assert "Fakturaer som stoppes: 2 (10231, 10232)" in page


def test_invoices_on_the_old_route_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch)
    site.receive(an_invoice(10231), an_invoice(10232))
    assert site.browser().get_json("/settings").facts["other_routes"] == {}
    by_mail = a_company(route="email", reception_address="mb.00000@xledger.net")
    site.world.ledger.companies.save(by_mail)
    assert site.browser().get_json("/settings").facts["other_routes"] == {"file": 2}
    assert "<strong>2 i neste fil</strong>" in site.browser().get("/settings").text


def test_an_operator_has_no_business_with_it(site: Site) -> None:
    assert site.browser(Role.OPERATOR).get("/settings").status == 403


def test_the_token_of_these_tests_is_on_no_page(site: Site) -> None:
    assert TOKEN.secret not in site.browser().get("/settings").text


@pytest.mark.parametrize(
    ("typed", "read", "sentence"),
    [
        (None, None, "Xledger has not said where projects are. GL object 2"),
        (None, 3, "Projects are in GL object 3, as Xledger says."),
        (1, 3, "Projects are in GL object 1, as typed in the settings."),
    ],
)
def test_where_projects_are_in_xledger_is_told_with_its_source(
    site: Site, typed: int | None, read: int | None, sentence: str
) -> None:
    company = saved(site, owner_code=99168, project_dimension=typed, file={"format": "gl02b"})
    if read:
        site.world.ledger.references.save_dimensions(company.token_id, Dimensions(read, None, START))
    assert sentence in site.browser(language=Language.ENGLISH).get("/settings").text
