"""How it goes, in figures and in words; and that looking costs the same however much there is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.gate import Gate, Timing, out_of_credits, token_refused, unanswered
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pause
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import State
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.usage import Usage
from tests.builders import COMPANY, a_company, a_customer, a_project, an_invoice
from tests.console.site import Site, opened
from tests.world import START, TOKEN_ID

IN_XLEDGER, WAITING, PROBLEMS = "in_xledger", "waiting", "problems"


def kinds(site: Site) -> dict[str, Any]:
    facts = site.browser().get_json("/overview").facts
    return {kind["kind"]: kind for kind in facts["kinds"]}


def test_a_new_company_sees_that_nothing_waits(site: Site) -> None:
    facts = site.browser().get_json("/overview").facts
    assert [(kind[IN_XLEDGER], kind[WAITING], kind[PROBLEMS]) for kind in facts["kinds"]] == [(0, 0, 0)] * 2
    assert facts["invoices"]["to_go"] == {}
    assert "Ingen problemer" in site.browser().get("/overview").text


def test_what_waits_is_counted_with_its_age_and_then_is_in_xledger(site: Site) -> None:
    site.world.receive(a_customer(), a_project())
    site.world.time.now += timedelta(hours=1)
    waits = kinds(site)
    assert waits["customer"][WAITING] == waits["project"][WAITING] == 1
    assert waits["customer"]["oldest_waiting"] == "2026-11-22T09:00:00Z"
    site.world.run()
    done = kinds(site)
    assert (done["customer"][IN_XLEDGER], done["customer"][WAITING]) == (1, 0)
    assert done["project"][IN_XLEDGER] == 1
    assert done["project"]["oldest_waiting"] is None


def test_problems_are_counted_by_who_can_solve_them(site: Site) -> None:
    site.world.ledger.problems.report(
        Problem(COMPANY.id, kind, number, code, {"why": "x", "right": "x"}, first_seen=START, last_seen=START)
        for kind, number, code in [
            ("customer", "1", Code.NUMBER_TWICE_IN_XLEDGER),
            ("customer", "2", Code.NUMBER_TWICE_IN_XLEDGER),
            ("settings", "", Code.TOKEN_REFUSED),
        ]
    )
    facts = site.browser().get_json("/overview").facts
    assert facts["problems"] == sum(facts["problems_by_fixer"].values()) == 3
    assert kinds(site)["customer"][PROBLEMS] == 2
    assert "<strong>3 problemer</strong>" in site.browser().get("/overview").text


def test_invoices_that_wait_are_counted_by_the_route_that_each_had_when_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = opened(monkeypatch)
    site.receive(an_invoice(1), an_invoice(2))
    by_mail = a_company(route="email", reception_address="mb.00000@xledger.net")
    site.world.ledger.companies.save(by_mail)
    site.world.time.now += timedelta(days=1)
    site.receive(an_invoice(3))
    invoices = site.browser().get_json("/overview").facts["invoices"]
    assert (invoices["to_go"], invoices["is_more"]) == ({"email": 1, "file": 2}, False)
    assert invoices["oldest_waiting"] == "2026-11-22T09:00:00Z"
    assert invoices["received"] == 3


def test_the_last_export_is_named(site: Site) -> None:
    site.export(10231)
    page = site.browser().get("/overview").text
    assert '<a href="/exports/1">1</a>, 22.11.2026' in page
    assert "Ingen venter" in page


def gates() -> Iterator[Any]:
    gate = Gate()
    when = START + timedelta(hours=1, minutes=59, seconds=55)
    yield pytest.param(gate, "Åpen", "0 forespørsler brukt den siste timen", id="open")
    yield pytest.param(
        out_of_credits(gate, when, START), "Stengt til 12:00", "Xledger sier at timens", id="credits"
    )
    yield pytest.param(token_refused(gate, START), "Stengt<", "ikke godtar API-nøkkelen", id="token")
    down = gate
    for _ in range(5):
        down = unanswered(down, writes=False, now=START, timing=Timing())
    yield pytest.param(down, "Stengt til 10:01", "fordi Xledger ikke svarer", id="down")


@pytest.mark.parametrize(("gate", "state", "why"), list(gates()))
def test_the_gate_is_told_in_words(site: Site, gate: Gate, state: str, why: str) -> None:
    site.world.ledger.gates.save(TOKEN_ID, gate)
    page = site.browser().get("/overview").text
    assert state in page
    assert why in page


def test_the_requests_of_the_hour_are_set_against_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(requests_per_hour=500)])
    minute = int(START.timestamp()) // 60
    site.world.ledger.gates.save(TOKEN_ID, Gate(plan=500, minutes={minute - 90: 50, minute - 5: 412}))
    assert "412 av 500 forespørsler brukt" in site.browser().get("/overview").text
    assert "412 of 500 requests used" in site.browser(language=Language.ENGLISH).get("/overview").text


def test_the_requests_of_the_month_are_set_against_what_is_included(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(requests_per_month=1_000, price_per_request="0.12")])
    month = f"{START:%Y-%m}"
    site.world.ledger.gates.save(TOKEN_ID, Gate(usage=Usage(month=month, in_month=910)))
    facts = site.browser().get_json("/overview").facts["day"]["month"]
    assert (facts["included"], facts["reached"], facts["price"]) == (1_000, 90, "0.12")
    assert facts["forecast"] > 1_000
    page = site.browser(language=Language.ENGLISH).get("/overview").text
    assert "The agreement includes 1" in page
    assert "More than 90 % is used." in page
    assert "Each request over that costs 0.12." in page


def reads_of(site: Site) -> int:
    """How many items are read to show the page."""
    browser, table = site.browser(Role.OPERATOR), site.world.table
    count = 0
    get, query = table.get, table.query

    def counted_get(key: Any) -> Any:
        nonlocal count
        count += 1
        return get(key)

    def counted_query(*args: Any, **kwargs: Any) -> Iterator[Any]:
        nonlocal count
        for item in query(*args, **kwargs):
            count += 1
            yield item

    table.get, table.query = counted_get, counted_query  # type: ignore[method-assign]
    assert browser.get("/overview").status == 200
    table.get, table.query = get, query  # type: ignore[method-assign]
    return count


def test_the_page_costs_the_same_for_a_hundred_times_as_many_records(site: Site) -> None:
    def come(numbers: range) -> None:
        site.world.receive(*(a_customer(str(number), organizationNumber=None) for number in numbers))
        site.world.run()
        site.world.ledger.problems.report(
            Problem(COMPANY.id, "customer", str(number), Code.NUMBER_TAKEN, first_seen=START)
            for number in numbers
        )

    come(range(100, 120))  # every counter is in use
    before = reads_of(site)
    come(range(1000, 3000))
    assert site.world.ledger.records.count(COMPANY.id, Kind.CUSTOMER)[State.SYNCED] == 2020
    assert reads_of(site) <= before + 20


def test_a_pause_is_told_with_who_when_and_why(site: Site) -> None:
    assert site.browser().get_json("/overview").facts["pause"] is None
    site.world.ledger.pauses.pause(None, Pause(START, "operator", "feil konto <4000>"))
    page = site.browser().get("/overview").text
    assert "Arbeidet er satt på pause." in page
    assert "Det er gjort av driftsansvarlig 22.11.2026 10:00. Grunn: «feil konto &lt;4000&gt;»." in page
    assert site.browser().get_json("/overview").facts["pause"] == {
        "since": "2026-11-22T09:00:00Z",
        "who": "operator",
        "why": "feil konto <4000>",
    }
