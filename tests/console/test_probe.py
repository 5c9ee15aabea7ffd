"""*Check everything*: what is assumed, what was found, and who may ask for it."""

from moment_xledger.domain.sessions import Role
from tests.console.site import Site

PAGE = "/settings/probe"


def test_before_the_first_there_is_nothing_but_the_button(site: Site) -> None:
    browser = site.browser(Role.ADMINISTRATOR)
    page = browser.get(PAGE).text
    assert "Det er ikke sjekket ennå." in page
    assert f'action="{PAGE}"' in page
    assert f'action="{PAGE}"' in browser.get("/settings").text


def test_what_was_found_is_a_page_and_the_same_as_json(site: Site) -> None:
    site.world.server.replan({"schema_lacks": ["AddProjectsInputNode.subledger"]})
    browser = site.browser(Role.ADMINISTRATOR)
    assert browser.press("/settings", PAGE).place == PAGE
    page = browser.get(PAGE)
    assert "Noe er i veien. Det står øverst." in page.text
    assert page.text.index("AddProjectsInputNode.subledger") < page.text.index("Xledger svarer, og godtar")
    facts = browser.get(PAGE, accept="application/json").facts
    assert (facts["by"], facts["passed"]) == ("Kari Nordmann", False)
    assert facts["requests"] <= 25
    (schema,) = [each for each in facts["findings"] if each["assumption"] == "schema"]
    assert (schema["verdict"], schema["stops"]) == ("stop", ["projects"])
    assert "AddProjects" in schema["evidence"]


def test_it_is_in_the_log_and_writes_nothing(site: Site) -> None:
    site.browser().press("/settings", PAGE)
    assert "sjekket alt" in site.browser().get("/log").text
    assert site.world.held("customers") == []


def test_an_operator_sees_no_settings_and_no_probe(site: Site) -> None:
    assert site.browser(Role.OPERATOR).get(PAGE).status == 403


def test_after_a_check_the_form_offers_what_xledger_has_and_shows_a_wrong_pair(site: Site) -> None:
    browser = site.browser(Role.ADMINISTRATOR)
    before = browser.get_json("/settings").facts
    assert "vat_codes" not in before["offered"]
    browser.press("/settings", PAGE)
    facts = browser.get_json("/settings").facts
    assert {"value": "33", "name": "12 %"} in facts["offered"]["vat_codes"]
    assert {"value": "99168", "name": "Nordvik AS"} in facts["offered"]["owner_code"]
    assert {"value": "2700", "name": ""} in facts["offered"]["file.vat_account"]
    assert facts["offered"]["project_dimension"] == [{"value": "2", "name": ""}]
    wrong = [each for each in facts["vat_pairs"] if each["is_wrong"]]
    assert [(each["ours"], each["theirs"]) for each in wrong] == [("32", "32")]  # Xledger has no 32
    page = browser.get("/settings").text
    assert 'list="f-owner_code-offered"' in page
    assert "Momentkode 32 (11.11 %) blir 32" in page


def test_the_rights_to_tick_are_listed_for_the_switches_that_are_on(site: Site) -> None:
    facts = site.browser(Role.ADMINISTRATOR).get_json(PAGE).facts
    named = {(each["area"], each["name"]): each for each in facts["rights"]}
    assert named["Common", "Customer"]["writes"]
    assert not named["General Ledger", "Account"]["writes"]
    assert named["", "Period"]["is_optional"]
    page = site.browser(Role.ADMINISTRATOR).get(PAGE).text
    assert "felles integrasjonsbruker" in page
