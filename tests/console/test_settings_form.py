"""Filling out the settings: what is wrong stands beside its field, what is right is saved and tried for real."""

import re
from html import unescape

import pytest

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.settings import SettingsFacts
from moment_xledger.console.routes import settings
from moment_xledger.console.settings_form import FIELDSETS, KEYS, REMOVED_BY
from moment_xledger.console.settings_page import settings_page
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import Company, CompanyId, Language, Secrets, SoapLogin
from moment_xledger.domain.deeds import What
from moment_xledger.domain.entities import Entity, Reach, Reached
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.typed_settings import FIELDS, as_typed
from moment_xledger.flows.share_entity import share_entity
from tests.builders import COMPANY
from tests.console.site import Browser, Page, Site
from tests.office import MOMENT_KEY
from tests.world import TOKEN

SOAP = SoapLogin("per", "a-soap-password", "a-logon-key-0123456789", "a-certificate-0123456789")
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def administrator(site: Site) -> Browser:
    return site.browser(Role.ADMINISTRATOR)


def stored(site: Site) -> Company:
    return site.world.ledger.companies.get_known(COMPANY.id)


def filled_out(browser: Browser, **but: str) -> dict[str, str]:
    """The page's form, as somebody sends it who changes this."""
    page = browser.get("/settings")
    return as_typed(COMPANY) | {name: page.hidden(name) for name in ("csrf", "since")} | but


def save(browser: Browser, **but: str) -> Page:
    return browser.post("/settings", filled_out(browser, **but))


def sentence_beside(page: Page, field: str) -> str:
    """What the field says of itself to whoever cannot see the page."""
    name = field.replace(".", "-")
    assert re.search(
        rf'id="f-{name}"[^>]*aria-describedby="f-{name}-fault[^>]*aria-invalid="true"', page.text
    )
    found = re.search(rf'id="f-{name}-fault">([^<]*)<', page.text)
    return unescape(found[1]) if found else ""


def test_every_field_has_its_label_and_stands_as_it_is_stored(administrator: Browser) -> None:
    page = administrator.get("/settings").text
    fields = [name for names in FIELDSETS.values() for name in names if name not in REMOVED_BY]
    assert sorted(fields) == sorted({*FIELDS, *KEYS})
    for name in fields:
        assert page.count(f'name="{name}"') == 1, name
        assert (
            page.count(f'<label for="f-{name.replace(".", "-")}"')
            + page.count(f'<label class="switch" for="f-{name.replace(".", "-")}"')
            == 1
        ), name
    assert f'value="{COMPANY.name}"' in page
    assert "\n3 = 3\n31 = 31\n" in page


def test_only_an_administrator_is_offered_the_form(site: Site) -> None:
    page = site.browser(Role.ACCOUNTANT).get("/settings").text
    assert 'action="/settings"' not in page
    assert 'action="/settings/test"' in page


def test_what_is_saved_is_tried_at_once_and_told(site: Site, administrator: Browser) -> None:
    saved = save(administrator, name="Nordvik AS", notify="a@b.example\r\nc@d.example")
    assert (saved.status, saved.place) == (303, "/settings?did=saved")
    assert (stored(site).name, stored(site).notify) == ("Nordvik AS", ("a@b.example", "c@d.example"))
    page = administrator.get(saved.place).text
    assert "Lagret. Alt som kan prøves, er i orden." in page
    assert "Xledger godtar API-nøkkelen." in page
    assert "MVA-kode 32 blir til 32, som ikke finnes i Xledger." in page
    assert "Sist lagret 22.11.2026 10:00 av Kari Nordmann." in page
    deeds = [deed.what for deed in site.world.ledger.audit.of(COMPANY.id)]
    assert {What.TESTED_CONNECTION, What.CHANGED_SETTINGS} <= set(deeds)


def test_what_could_not_be_tried_is_not_called_wrong(site: Site, administrator: Browser) -> None:
    site.world.server.replan({"credits_per_hour": 3})
    page = administrator.get(save(administrator).place).text
    assert "Lagret. Noe kunne ikke prøves nå: se nedenfor." in page
    assert "timens forespørsler er brukt opp til kl. 11:00. Test igjen om litt." in page


def test_nothing_typed_changes_nothing(site: Site, administrator: Browser) -> None:
    assert save(administrator).status == 303
    assert stored(site) == COMPANY
    assert site.vault.held[COMPANY.id].xledger_token == TOKEN


def test_a_refused_key_is_explained_and_a_good_one_mends_it(site: Site, administrator: Browser) -> None:
    saved = save(administrator, xledger_token="a-wrong-token-0123456789")
    page = administrator.get(saved.place).text
    assert "Lagret, men testen viser noe som må rettes" in page
    assert "Xledger godtar ikke API-nøkkelen. Lag en ny i Xledger" in page
    assert "Lagret: …6789." in page
    assert "Testet 22.11.2026 10:00: avvist." in page
    assert "Kontoplanen kunne ikke leses, så kontoene er ikke sammenlignet." in page
    assert "finnes i Xledger" not in page
    save(administrator, xledger_token=TOKEN.secret)
    page = administrator.get("/settings").text
    assert "Testet 22.11.2026 10:00: i orden." in page
    assert list(site.world.ledger.problems.of(COMPANY.id)) == []


def test_each_wrong_field_has_its_sentence_and_what_was_typed_stays(
    site: Site, administrator: Browser
) -> None:
    wrong = {"name": SCRIPT, "owner_code": "1916", "vat_codes": "3", "expense_accounts": "5-4"}
    page = save(administrator, **wrong, requests_per_hour="500", **{"file.department": "Ø" * 30})
    assert page.status == 400
    assert sentence_beside(page, "owner_code") == "Feltet «Eierkode» må være fem sifre."
    for field in (*wrong, "file.department"):
        assert sentence_beside(page, field)
        assert f'<a href="#f-{field.replace(".", "-")}">' in page.text
    assert SCRIPT not in page.text
    assert SCRIPT in unescape(page.text)
    assert 'value="500"' in page.text
    assert "<details open>" in page.text  # where something in it is wrong
    assert stored(site) == COMPANY


def test_what_another_field_makes_necessary_is_asked_for(administrator: Browser) -> None:
    page = save(administrator, route="email")
    assert "trenger mottaksadressen" in sentence_beside(page, "reception_address")
    page = save(administrator, import_expenses="on", owner_code="99168")
    assert "trenger SOAP-bruker" in sentence_beside(page, "soap_user")


def test_it_says_so_in_english_too(site: Site) -> None:
    page = save(site.browser(Role.ADMINISTRATOR, language=Language.ENGLISH), owner_code="1916")
    assert "Nothing is saved yet." in page.text
    assert "must be five digits" in sentence_beside(page, "owner_code")


def test_what_is_wrong_is_said_in_json_too(administrator: Browser) -> None:
    form = filled_out(administrator, owner_code="1916")
    answer = administrator.post("/settings", form, accept="application/json")
    assert answer.status == 400
    assert answer.facts["faults"] == [
        {"field": "owner_code", "sentence": "Feltet «Eierkode» må være fem sifre."}
    ]
    assert answer.facts["version"] == 1


def test_a_form_shows_the_very_settings_whose_version_it_carries(
    site: Site, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another administrator saves while the page is made: whoever then saves it would undo that unseen."""

    def meanwhile(visit: Visit, desk: Desk) -> SettingsFacts:
        site.world.ledger.companies.save(COMPANY.model_copy(update={"name": "Nordvik Bygg AS"}))
        return settings_page(visit, desk)

    monkeypatch.setattr(settings, "settings_page", meanwhile)
    page = administrator.get("/settings")
    assert page.hidden("since") == "2"
    assert 'name="name" value="Nordvik Bygg AS"' in page.text


def test_who_saves_an_old_form_sees_what_changed_meanwhile_and_may_insist(
    site: Site, administrator: Browser
) -> None:
    mine = filled_out(administrator, name="Mitt AS", moment_key="my-own-key-0123456789")
    save(site.browser(Role.ADMINISTRATOR, name="Ola Hansen"), name="Olas AS")
    page = administrator.post("/settings", mine)
    assert page.status == 409
    assert "Noen andre lagret mens du fylte ut skjemaet." in page.text
    assert "Ola Hansen: Selskapets navn: Nordvik Arkitekter AS → Olas AS" in page.text
    assert 'value="Mitt AS"' in page.text
    assert "lim dem inn på nytt" in page.text
    assert (stored(site).name, site.vault.held[COMPANY.id].moment_key) == ("Olas AS", MOMENT_KEY)
    assert administrator.post("/settings", mine | {"since": page.hidden("since")}).status == 303
    assert stored(site).name == "Mitt AS"
    answer = administrator.post("/settings", mine, accept="application/json")
    assert (answer.status, answer.facts["faults"]) == (409, [])


@pytest.mark.parametrize("page_has", ["saved", "a fault", "a conflict"])
def test_no_key_is_ever_on_a_page(site: Site, administrator: Browser, page_has: str) -> None:
    site.vault.save(COMPANY.id, Secrets(TOKEN, MOMENT_KEY, SOAP))
    typed = {
        "xledger_token": "typed-token-0123456789",
        "moment_key": "typed-key-0123456789",
        "soap_password": "typed-password",
        "soap_logon_key": "typed-logon-0123456789",
    }
    but = {"a fault": {"owner_code": "1"}, "a conflict": {"since": "9"}}.get(page_has, {})
    answered = save(administrator, **typed, **but)
    pages = [answered.text, administrator.get("/settings").text, administrator.get_json("/settings").text]
    for key in (*typed.values(), TOKEN.secret, MOMENT_KEY.secret, SOAP.password, SOAP.logon_key):
        assert key
        assert not any(key in page for page in pages), key


def test_a_stored_login_can_be_removed(site: Site, administrator: Browser) -> None:
    assert 'name="remove_' not in administrator.get("/settings").text  # there is nothing yet
    save(administrator, soap_user="per", soap_password="a-soap-password", soap_logon_key="a-logon-key-0123")
    page = administrator.get("/settings").text
    assert 'name="remove_soap_user"' in page
    assert 'name="remove_soap_certificate"' not in page

    assert save(administrator, remove_soap_logon_key="on").status == 303
    assert site.vault.held[COMPANY.id].soap == SoapLogin("per", "a-soap-password")
    assert save(administrator, remove_soap_user="on").status == 303
    assert site.vault.held[COMPANY.id] == Secrets(TOKEN, MOMENT_KEY)
    page = administrator.get("/settings").text
    assert 'name="remove_' not in page
    assert "SOAP-bruker ble endret" in page


def test_a_login_stays_as_long_as_something_needs_it(site: Site, administrator: Browser) -> None:
    save(administrator, soap_user="per", soap_password="a-soap-password")
    page = save(administrator, remove_soap_user="on", import_expenses="on", owner_code="99168")
    assert page.status == 400
    said = sentence_beside(page, "remove_soap_user")
    assert "opplasting av fakturaer og henting av utgifter trenger tilgangen; slå dem av først" in said
    assert re.search(r'name="remove_soap_user" value="on" checked', page.text)
    page = save(administrator, remove_soap_user="on", soap_password="another-password")
    assert "må stå av når en ny skrives inn" in sentence_beside(page, "remove_soap_user")
    assert site.vault.held[COMPANY.id].soap == SoapLogin("per", "a-soap-password")


@pytest.mark.parametrize("since", ["", "0", "-1", "x", "1" * 9])
def test_a_form_of_no_version_is_none(administrator: Browser, since: str) -> None:
    assert save(administrator, since=since).status == 400


def test_a_megabyte_gets_a_sentence_as_well(site: Site, administrator: Browser) -> None:
    page = save(administrator, name="x" * 1024 * 1024)
    assert page.status == 400
    assert "Feltet «Skjemaet» må være under 64 kB." in page.text
    assert len(page.text) < 100_000
    assert stored(site) == COMPANY


def test_one_may_test_again(site: Site) -> None:
    browser = site.browser(Role.ACCOUNTANT)
    site.moment_accepts = False
    tested = browser.press("/settings", "/settings/test")
    assert tested.place == "/settings?did=tested"
    assert "Moment godtar ikke API-nøkkelen for dette selskapet." in browser.get(tested.place).text
    site.moment_accepts = True
    browser.press("/settings", "/settings/test")
    assert "Testet. Alt som kan prøves, er i orden." in browser.get(tested.place).text


def test_a_test_of_what_was_saved_before_is_told_as_such(site: Site, administrator: Browser) -> None:
    save(administrator)
    assert "Innstillingene er endret etter denne testen." not in administrator.get("/settings").text
    site.world.time.sleep(60)
    form = filled_out(administrator, name="Nordvik AS")
    with pytest.MonkeyPatch.context() as dies:
        dies.setattr(site, "_trial", lambda: 1 / 0)
        assert administrator.post("/settings", form).status == 500
    assert stored(site).name == "Nordvik AS"
    assert "Innstillingene er endret etter denne testen." in administrator.get("/settings").text


SEVERAL = (Reached(30_611, "Fjell AS"), Reached(30_612, "Dal & Elv AS"))


def reach_several(site: Site) -> None:
    reach = Reach(site.world.url, site.world.time(), SEVERAL[0], SEVERAL)
    site.world.ledger.entities.save_reach(COMPANY.token_id, reach)


def test_where_the_key_reaches_several_companies_the_form_offers_them_and_wants_one(
    site: Site, administrator: Browser
) -> None:
    reach_several(site)
    page = administrator.get("/settings").text
    assert "30611 Fjell AS, 30612 Dal &amp; Elv AS" in page
    assert re.search(r'id="f-owner_code"[^>]* list="f-owner_code-offered"', page)
    assert '<option value="30612">Dal &amp; Elv AS</option>' in page

    refused = save(administrator, owner_code="")
    assert refused.status == 400
    assert "når flere selskaper i Xledger" in sentence_beside(refused, "owner_code")
    assert stored(site) == COMPANY


def test_an_entity_where_another_company_writes_is_refused_at_its_field(
    site: Site, administrator: Browser
) -> None:
    reach_several(site)
    entities, other = site.world.ledger.entities, CompanyId("other")
    entities.move(other, entities.current(other), Entity(site.world.url, 30_612))
    refused = save(administrator, owner_code="30612")
    assert refused.status == 400
    assert "selskap 30612 Dal & Elv AS" in sentence_beside(refused, "owner_code")
    assert "other" not in sentence_beside(refused, "owner_code")
    assert stored(site) == COMPANY


def test_the_page_says_where_records_go_and_that_an_operator_allowed_another_one_there(
    site: Site, administrator: Browser
) -> None:
    entities, other, now = site.world.ledger.entities, CompanyId("other"), site.world.time()
    save(administrator)
    page = administrator.get("/settings").text
    assert "Kunder og prosjekter hører til selskap 99168 Nordvik AS i Xledger." in page
    assert "det har driften tillatt" not in page
    entity = Entity(site.world.url, 99168)
    share_entity(other, entity, "Ola", "a copy", site.world.ledger, now)
    entities.move(other, entities.current(other), entity)
    assert "det har driften tillatt" in administrator.get("/settings").text


def test_a_new_company_is_probed_by_the_first_save_whose_keys_are_good(
    site: Site, administrator: Browser
) -> None:
    probes = site.world.ledger.probes
    probes.require(COMPANY.id)
    site.moment_accepts = False
    assert save(administrator).place == "/settings?did=saved"
    assert probes.hold(COMPANY.id).waits_for_probe
    site.moment_accepts = True
    assert save(administrator).place == "/settings/probe"
    assert probes.hold(COMPANY.id).is_open
    assert save(administrator).place == "/settings?did=saved"
