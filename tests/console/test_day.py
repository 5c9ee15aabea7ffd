"""The last 24 hours, drawn and in figures: what went, what it cost, and when nothing could be sent."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.console.chart import HEIGHT, chart
from moment_xledger.console.facts.day import DayFacts, HourFacts, MonthFacts
from moment_xledger.domain.companies import Language
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate, out_of_credits, token_refused
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.usage import Usage, hour_of
from tests.builders import COMPANY, a_company, a_customer, a_project
from tests.console.site import Site, opened
from tests.world import START, TOKEN_ID

HOUR = timedelta(hours=1)


def day(site: Site) -> Any:
    return site.browser().get_json("/overview").facts["day"]


def test_a_day_in_which_nothing_happened_says_so(site: Site) -> None:
    facts = day(site)
    assert len(facts["hours"]) == 24
    assert (facts["hours"][0]["begins"], facts["hours"][-1]["begins"]) == (
        "2026-11-21T10:00:00Z",
        "2026-11-22T09:00:00Z",
    )
    page = site.browser().get("/overview").text
    assert "Ingenting er overført" in page
    assert "<svg" not in page


def test_what_went_is_counted_in_its_hour_with_the_requests_that_it_took(site: Site) -> None:
    site.world.receive(a_customer("10001"), a_customer("10002"), a_project())
    site.world.run()
    site.world.time.now += 2 * HOUR
    site.world.receive(a_customer("10001", version=2, name="Nytt navn"))
    site.world.run()
    facts = day(site)
    then, _, now = facts["hours"][-3:]
    assert (then["carried"], then["refused"]) == ({"customer": 2, "project": 1}, 0)
    assert now["carried"] == {"customer": 1, "project": 0}
    assert then["requests"] + now["requests"] == facts["requests_this_month"]
    assert facts["requests_this_month"] == site.world.requests["total"]


def test_what_is_older_than_a_day_is_left_out(site: Site) -> None:
    site.world.receive(a_customer())
    site.world.run()
    site.world.time.now += 24 * HOUR
    assert sum(hour["carried"]["customer"] + hour["requests"] for hour in day(site)["hours"]) == 0


def test_what_xledger_refused_is_counted_and_drawn(site: Site) -> None:
    site.world.receive(a_customer(name="x" * 600))
    site.world.run()
    assert day(site)["hours"][-1]["refused"] == 1


def test_when_the_gate_was_closed_is_told_with_the_reason(site: Site) -> None:
    gate = out_of_credits(Gate(), START - HOUR, START - 2 * HOUR)
    site.world.ledger.gates.save(TOKEN_ID, token_refused(gate, START - HOUR / 2))
    assert day(site)["closings"] == [
        {"why": "credits", "since": "2026-11-22T07:00:00Z", "until": "2026-11-22T08:00:05Z"},
        {"why": "auth", "since": "2026-11-22T08:30:00Z", "until": None},
    ]
    page = site.browser().get("/overview").text
    assert "08:00 til 09:00, fordi Xledger sier at timens forespørsler er brukt opp." in page
    assert "fra 09:30, fordi Xledger ikke godtar" in page


def test_companies_with_one_key_are_told_that_its_requests_are_all_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = opened(monkeypatch, [COMPANY, a_company("other", name="Annet AS")])
    site.world.receive(a_customer())
    site.world.run()
    other = site.browser(company=a_company("other").id)
    facts = other.get_json("/overview").facts["day"]
    assert facts["is_shared"]
    assert facts["hours"][-1]["carried"]["customer"] == 0
    assert facts["hours"][-1]["requests"] == site.world.requests["total"]
    assert "andre selskaper bruker den samme" in other.get("/overview").text


def test_without_seeing_the_drawing_one_is_told_the_same(site: Site) -> None:
    site.world.receive(a_customer(), a_project())
    site.world.run()
    page = site.browser(language=Language.ENGLISH).get("/overview").text
    drawings = re.findall(r'<svg class="chart".*?</svg>', page, re.S)
    for drawing in drawings:
        title, desc = re.findall(r'aria-labelledby="(\S+) (\S+)"', drawing)[0]
        assert f'<title id="{title}">' in drawing
        assert f'<desc id="{desc}">1 customer and 1 project were carried with' in drawing
    assert len(drawings) == 2
    assert "The figures hour by hour" in page


def an_hour(n: int, **but: Any) -> HourFacts:
    begins = START - (23 - n) * HOUR
    empty = HourFacts(begins=begins, carried=dict.fromkeys(Kind, 0), refused=0, requests=0, turned_away=0)
    empty.update(but)  # type: ignore[typeddict-item]
    return empty


def a_day(**hours: HourFacts) -> DayFacts:
    every = [hours.get(f"h{n}", an_hour(n)) for n in range(24)]
    month: MonthFacts = {"included": None, "forecast": None, "reached": 0, "price": None, "over": None}
    return {
        "hours": every,
        "closings": [],
        "is_shared": False,
        "requests_this_month": 0,
        "month": month,
    }


def test_bars_stand_in_their_hour_upon_each_other_and_fit() -> None:
    drawn = chart(a_day(h0=an_hour(0, carried={Kind.CUSTOMER: 30, Kind.PROJECT: 10}, requests=4)))
    customers, projects = drawn.records.boxes
    assert (customers.x, customers.y, customers.height) == ("1", "15", "45")
    assert (projects.x, projects.y, projects.height) == ("1", "0", "15")
    assert (drawn.records.highest, drawn.requests.highest) == (40, 4)


def test_the_smallest_count_can_be_seen_beside_the_largest() -> None:
    drawn = chart(a_day(h0=an_hour(0, requests=1), h23=an_hour(23, requests=5000, turned_away=1)))
    assert min(float(box.height) for box in drawn.requests.boxes) == 1
    assert min(float(box.y) for box in drawn.requests.boxes) >= 0
    assert drawn.requests.highest == 5000


def test_a_closing_is_drawn_where_it_was_and_one_without_end_to_the_edge() -> None:
    since = START - 2 * HOUR
    facts = a_day()
    facts["closings"] = [
        {"why": Why.DOWN, "since": since, "until": since + HOUR / 2},
        {"why": Why.AUTH, "since": START, "until": None},
        {"why": Why.CREDITS, "since": START - 30 * HOUR, "until": START - 22 * HOUR},
    ]
    drawn = chart(facts)
    assert [(box.x, box.width, box.height) for box in drawn.closed] == [
        ("210", "5", str(HEIGHT)),
        ("230", "10", str(HEIGHT)),
        ("0", "10", str(HEIGHT)),
    ]


def test_more_turned_away_than_asked_draws_nothing_below_the_ground() -> None:
    """Such as may be where a worker died between the two."""
    drawn = chart(a_day(h1=an_hour(1, requests=0, turned_away=1)))
    assert [box.name for box in drawn.requests.boxes] == ["turned-away"]


def test_requests_of_the_month_are_those_of_this_one(site: Site) -> None:
    usage = Usage(requests={hour_of(START): 3}, month="2026-10", in_month=900)
    site.world.ledger.gates.save(TOKEN_ID, replace(Gate(), usage=usage))
    assert day(site)["requests_this_month"] == 0
    site.world.ledger.gates.save(TOKEN_ID, replace(Gate(ver=1), usage=replace(usage, month="2026-11")))
    assert "900 denne måneden." in site.browser().get("/overview").text
