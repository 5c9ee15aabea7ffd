"""What is wrong, who can do something about it, and the buttons that do."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from moment_xledger.console.problem_list import A_PAGE, EXAMPLES
from moment_xledger.console.wording.problems import WORDS
from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import What
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import REASONS, Code, Problem
from moment_xledger.domain.records import as_problem
from moment_xledger.domain.resolutions import Way
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY, a_customer, an_invoice
from tests.console.site import Browser, Page, Site
from tests.world import START

TWICE = Code.NUMBER_TWICE_IN_XLEDGER


def report(site: Site, *numbers: str, kind: str = "customer", code: Code = TWICE, **but: Any) -> None:
    site.world.ledger.problems.report(
        Problem(COMPANY.id, kind, number, code, first_seen=START, last_seen=START, **but)
        for number in numbers
    )


def address(kind: str, code: Code, number: str) -> str:
    return "/problems/one?" + urlencode({"kind": kind, "code": code, "number": number})


def press(browser: Browser, deed: str, **fields: str) -> Page:
    return browser.post(f"/problems/{deed}", {"csrf": browser.get("/exports").hidden("csrf")} | fields)


def named(number: str, kind: str = "customer", code: Code = TWICE) -> dict[str, str]:
    return {"kind": kind, "code": str(code), "number": number}


def test_what_a_new_test_solves_can_be_tested_again_on_the_spot(site: Site) -> None:
    report(site, "moment_key", kind="settings", code=Code.SOAP_LOGIN_REFUSED)
    one = address("settings", Code.SOAP_LOGIN_REFUSED, "moment_key")
    assert 'action="/settings/test"' in site.browser().get(one).text
    assert 'action="/settings/test"' not in site.browser(Role.OPERATOR).get(one).text


def test_nothing_is_wrong(site: Site) -> None:
    assert "Ingen problemer" in site.browser().get("/problems").text


def test_they_are_grouped_with_the_commonest_first(site: Site) -> None:
    report(site, "1", code=Code.NUMBER_TAKEN)
    report(site, *map(str, range(10, 15)))
    facts = site.browser().get_json("/problems").facts
    assert [(group["code"], group["count"]) for group in facts["groups"]] == [(TWICE, 5), ("NUMBER_TAKEN", 1)]
    assert [len(group["problems"]) for group in facts["groups"]] == [EXAMPLES, 1]
    assert facts["total"] == 6


def test_a_problem_says_what_it_is_who_solves_it_and_how_often_it_was_seen(site: Site) -> None:
    details = {"why": "length"}
    report(site, "7", code=Code.REFUSED_BY_XLEDGER, details=details, their_words="Value is too long")
    report(site, "7", code=Code.REFUSED_BY_XLEDGER, details=details, their_words="Value is too <long>")
    page = site.browser().get(address("customer", Code.REFUSED_BY_XLEDGER, "7")).text
    assert "Xledger tar ikke imot kunde 7" in page
    assert "Value is too &lt;long&gt;" in page
    assert "Sett 2 ganger" in page
    english = site.browser(language=Language.ENGLISH).get("/problems").text
    assert "Seen 2 times" in english


def test_an_operator_does_not_read_what_stands_in_the_books(site: Site) -> None:
    report(site, "7", their_words="Ola Nordmann has that number")
    browser = site.browser(Role.OPERATOR)
    for path in ("/problems", address("customer", TWICE, "7")):
        assert "Ola Nordmann" not in browser.get(path).text + browser.get_json(path).text


def test_pages_hold_each_problem_once(site: Site) -> None:
    report(site, *(str(number) for number in range(100, 100 + 2 * A_PAGE + 1)))
    browser, path, seen = site.browser(), f"/problems/group?kind=customer&code={TWICE}", []
    for _ in range(3):
        facts = browser.get_json(path).facts
        seen += [problem["number"] for problem in facts["problems"]]
        further = re.search(r'href="(/problems/group[^"]*after[^"]*)"', browser.get(path).text)
        path = further[1].replace("&amp;", "&") if further else ""
    assert (path, len(seen), len(set(seen))) == ("", 2 * A_PAGE + 1, 2 * A_PAGE + 1)


@pytest.mark.parametrize(
    "query",
    ["", "?kind=customer", "?kind=customer&code=NOTHING", "?kind=%23&code=NUMBER_TAKEN"],
)
def test_what_is_no_group_is_not_found(site: Site, query: str) -> None:
    assert site.browser().get(f"/problems/group{query}").status == 404
    assert site.browser().get(f"/problems/one{query}").status == 404


def test_what_is_longer_than_any_key_of_the_table_is_not_found(site: Site) -> None:
    path, long = f"kind=customer&code={TWICE}", "1" * 2000
    assert site.browser().get(f"/problems/one?{path}&number={long}").status == 404
    assert site.browser().get(f"/problems/group?{path}&after=customer%23{TWICE}%23{long}").status == 404
    assert press(site.browser(), "retry", **named(long)).status == 404


def test_a_page_begins_within_its_own_group(site: Site) -> None:
    path = f"/problems/group?kind=customer&code={TWICE}&after=invoice%23KID_INVALID%231"
    assert site.browser().get(path).status == 404


def test_retry_sends_a_stuck_record_again(site: Site) -> None:
    site.world.receive(a_customer("10001"))
    record = next(iter(site.world.ledger.records.by_number(COMPANY.id, Kind.CUSTOMER, ["10001"]).values()))
    site.world.ledger.records.save([(record, as_problem(record, TWICE, START, {}))])
    report(site, "10001")
    browser = site.browser()
    assert press(browser, "retry", **named("10001")).place == "/problems?did=send"
    assert "Sendes på nytt" in browser.get("/problems?did=send").text
    site.world.run()
    assert len(site.world.held("customers")) == 1
    assert browser.get_json("/problems").facts["total"] == 0
    assert [deed.who for deed in site.world.ledger.audit.of(COMPANY.id) if deed.what is What.RETRIED_PROBLEM]


def test_all_of_a_kind_and_reason_are_tried_again_and_no_others(site: Site) -> None:
    report(site, "1", "2")
    report(site, "3", kind="project")
    assert press(site.browser(), "retry-all", kind="customer", code=TWICE).place == "/problems?did=send"
    (deed,) = [deed for deed in site.world.ledger.audit.of(COMPANY.id) if deed.what is What.RETRIED_PROBLEM]
    assert deed.about == f"all customers {TWICE} (2)"


def test_a_problem_that_is_gone_meanwhile_is_said_to_be_solved(site: Site) -> None:
    assert press(site.browser(), "retry", **named("1")).place == "/problems?did=gone"
    assert press(site.browser(), "retry-all", kind="customer", code=TWICE).place == "/problems?did=gone"


def test_a_skip_needs_a_reason(site: Site) -> None:
    report(site, "1")
    page = press(site.browser(), "skip", **named("1"), reason="  x ")
    assert page.status == 400
    assert "Skriv en grunn" in page.text
    assert site.browser().get_json("/problems").facts["total"] == 1


def test_a_skipped_invoice_never_leaves_and_the_reason_is_kept(site: Site) -> None:
    site.receive(an_invoice(10231, kid="602244"))
    assert press(
        site.browser(), "skip", **named("10231", "invoice", Code.KID_INVALID), reason="ført for hånd"
    ).place == ("/problems?did=skip")
    assert not list(site.world.ledger.invoices.held(COMPANY.id))
    (deed,) = [deed for deed in site.world.ledger.audit.of(COMPANY.id) if deed.what is What.SKIPPED_PROBLEM]
    assert deed.about.endswith("ført for hånd")


def test_what_would_be_looking_away_cannot_be_skipped(site: Site) -> None:
    report(site, "", kind="settings", code=Code.TOKEN_REFUSED)
    one = address("settings", Code.TOKEN_REFUSED, "")
    assert "/problems/skip" not in site.browser().get(one).text
    place = press(site.browser(), "skip", **named("", "settings", Code.TOKEN_REFUSED), reason="no time").place
    assert place == "/problems?did=choose"
    assert site.browser().get_json("/problems").facts["total"] == 1


def test_every_reason_can_be_shown_in_both_languages(site: Site) -> None:
    fields = {name for reason in REASONS.values() for name in re.findall(r"{(\w+)}", reason.norwegian)} - {
        "kind",
        "number",
    }
    details = dict.fromkeys(fields, "x")
    for code in Code:
        report(site, f"n-{code}", code=code, details=details)
        for language in Language:
            page = site.browser(language=language).get(address("customer", code, f"n-{code}"))
            assert page.status == 200, code


def test_a_problem_of_which_too_little_is_known_is_shown_all_the_same(site: Site) -> None:
    report(site, "7", code=Code.NUMBER_TAKEN)
    assert "Noe må ses på ved kunde 7" in site.browser().get("/problems").text


def test_there_is_a_sentence_for_whatever_retry_does() -> None:
    assert {f"did_{way.name.lower()}" for way in Way} <= set(WORDS)
