"""What nobody but a person can know is asked on the problem's page, and what they say is done and noted."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from moment_xledger.console.wording.choices import WORDS
from moment_xledger.domain.companies import Language
from moment_xledger.domain.problem_choices import Choice, choices_of
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.resolutions import WAYS, Way
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.uploads import State, Upload, waiting_for_a_person
from moment_xledger.flows.decide_problem import _APPLY
from tests.builders import COMPANY, a_company, a_customer
from tests.console.site import Page, Site, opened
from tests.world import START

ARRIVALS = (Choice.ARRIVED, Choice.AGAIN)
UNCERTAIN = Code.UPLOAD_UNCERTAIN
PAGE = "/problems/one?" + urlencode({"kind": "export", "code": UNCERTAIN, "number": "1"})


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Export 1 may have been taken by Xledger."""
    settings = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
    made = opened(monkeypatch, [a_company(COMPANY.id, **settings)])
    made.export(10231)
    asked = waiting_for_a_person(the_upload(made), State.UNCERTAIN, UNCERTAIN)
    made.world.ledger.uploads.save(asked, is_open=False)
    problem = Problem(COMPANY.id, "export", "1", UNCERTAIN, first_seen=START, last_seen=START)
    made.world.ledger.problems.report([problem])
    return made


def the_upload(site: Site) -> Upload:
    found = site.world.ledger.uploads.get(COMPANY.id, 1)
    assert found
    return found


def say(site: Site, choice: str, **fields: str) -> Page:
    return site.browser().press(PAGE, "/problems/choose", **{"choice": choice} | fields)


def test_the_page_asks_and_warns(site: Site) -> None:
    page = site.browser(language=Language.ENGLISH).get(PAGE).text
    for shown in ("Did it arrive?", "booked twice", "It arrived", "Send again", "file key"):
        assert shown in page


def test_it_arrived_and_was_given_this_key(site: Site) -> None:
    assert say(site, "arrived", file_key="7000001").place == "/problems?did=arrived"
    assert (the_upload(site).state, the_upload(site).file_key) == (State.UPLOADED, 7_000_001)
    assert list(site.world.ledger.problems.of(COMPANY.id, "export")) == []
    assert "said that an uploaded file arrived" in [
        str(deed.what) for deed in site.world.ledger.audit.of(COMPANY.id)
    ]


def test_it_is_sent_again(site: Site) -> None:
    assert say(site, "again").place == "/problems?did=again"
    assert the_upload(site).state is State.PENDING
    assert site.world.ledger.due.until(site.world.time()).uploads == (COMPANY.id,)


def test_a_second_click_decides_nothing_more(site: Site) -> None:
    browser = site.browser()
    inputs = browser.get(PAGE).inputs()
    browser.post("/problems/choose", inputs | {"choice": "arrived"})
    assert browser.post("/problems/choose", inputs | {"choice": "again"}).place == "/problems?did=gone"
    assert the_upload(site).state is State.UPLOADED


@pytest.mark.parametrize(
    ("bad", "did"),
    [
        ({"number": "x"}, "gone"),
        ({"code": "NUMBER_TAKEN"}, "gone"),
        ({"file_key": "no key"}, "choose"),
        ({"choice": "perhaps"}, "choose"),
    ],
)
def test_what_was_not_asked_changes_nothing(site: Site, bad: dict[str, str], did: str) -> None:
    assert say(site, **{"choice": "arrived"} | bad).place == f"/problems?did={did}"
    assert the_upload(site).state is State.UNCERTAIN


def test_an_operator_cannot_know(site: Site) -> None:
    operator = site.browser(Role.OPERATOR)
    assert "Kom det fram?" not in operator.get(PAGE).text
    csrf = operator.get("/exports").hidden("csrf")
    given = {"csrf": csrf, "kind": "export", "number": "1", "choice": "arrived"}
    assert operator.post("/problems/choose", given).status == 403
    assert the_upload(site).state is State.UNCERTAIN


def test_every_choice_has_its_words_and_its_function() -> None:
    for choice in Choice:
        assert {f"choice_{choice}", f"did_{choice}"} <= set(WORDS)
        assert choice in ARRIVALS or f"about_{choice}" in WORDS
    assert set(_APPLY) == set(Choice)


def test_what_may_have_arrived_is_asked_where_nothing_else_helps() -> None:
    asked = {code for code in Code if set(ARRIVALS) & set(choices_of(code))}
    assert asked == {code for code, way in WAYS.items() if way is Way.CHOOSE}


def test_trying_a_group_again_says_what_it_costs_and_is_done_when_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = opened(monkeypatch, [COMPANY])
    world = site.world
    rule = {"field": "email", "pattern": "@nord$", "message": "email: Not an address."}
    world.server.replan({"rules": [rule]})
    world.receive(
        *[a_customer(str(n), organizationNumber=None, email=f"post{n}@nord") for n in range(810, 840)]
    )
    world.run(until=timedelta(minutes=1))
    (group,) = world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE)
    page = "/problems/one?" + urlencode({"kind": "customer", "code": group.code, "number": group.number})
    browser = site.browser(language=Language.ENGLISH)
    assert "It costs at most 27 requests" in browser.get(page).text
    world.server.replan({"rules": []})
    done = browser.press(page, "/problems/choose", choice="try_all", given="27")
    assert done.place == "/problems?did=try_all"
    world.run(until=timedelta(minutes=3))
    assert len(world.held("customers")) == int(group.details["count"])
