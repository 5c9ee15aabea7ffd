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
