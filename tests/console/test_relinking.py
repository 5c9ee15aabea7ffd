"""The pages on which a person says which record is which, or takes over a restored Moment."""

from urllib.parse import urlencode

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import What
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY, a_private_person
from tests.console.site import Page, Site

LATER = "2026-11-23T10:00:00Z"


def page_of(code: Code, number: str, kind: str = "customer") -> str:
    return "/problems/one?" + urlencode({"kind": kind, "code": str(code), "number": number})


def choose(site: Site, code: Code, number: str, choice: str, given: str = "", kind: str = "customer") -> Page:
    browser = site.browser(Role.ADMINISTRATOR)
    csrf = browser.get(page_of(code, number, kind)).hidden("csrf")
    fields = {"kind": kind, "code": str(code), "number": number, "choice": choice, "given": given}
    return browser.post("/problems/choose", {"csrf": csrf, **fields})


def said(site: Site) -> list[str]:
    """What stands in the log of choices."""
    deeds = site.world.ledger.audit.of(COMPANY.id)
    return [f"{deed.who}: {deed.about}" for deed in deeds if deed.what is What.DECIDED_PROBLEM]


@pytest.fixture
def troubled(site: Site) -> Site:
    """4100 was renumbered in Moment, 4200 came back under a new id, 4300 was moved in Xledger, 4400 went back."""
    people = [a_private_person(f"4{n}00", id=n, version=5, name=f"Person {n}") for n in range(1, 5)]
    site.world.receive(*people)
    site.world.run()
    site.world.receive(
        a_private_person("4101", id=1, version=6),
        a_private_person("4200", id=22, name="Person 2"),
        {**a_private_person("4400", id=4, version=2, name="Før"), "time": LATER},
    )
    now, moved = site.world.time(), Code.NUMBER_MOVED_IN_XLEDGER
    details = {"theirs": "4999", "id": "3"}
    site.world.ledger.problems.report([Problem(COMPANY.id, "customer", "4300", moved, details, "", now, now)])
    return site


ASKED = [
    pytest.param(
        Code.NUMBER_CHANGED,
        "4101",
        "customer",
        ["changed_on_both"],
        ["Kunde 4101", "Nummeret er det samme begge steder nå"],
        ["The customer 4101", "The number is the same in both now"],
        id="renumbered in Moment",
    ),
    pytest.param(
        Code.NUMBER_TAKEN,
        "4200",
        "customer",
        ["same_record"],
        ["Id 22 er den samme som id 2", "Id 22 overtar nummeret", "Id 2 sendes aldri mer"],
        ["Id 22 is the same as id 2", "Id 22 takes over the number", "Id 2 is never sent again"],
        id="a new id",
    ),
    pytest.param(
        Code.NUMBER_MOVED_IN_XLEDGER,
        "4300",
        "customer",
        ["put_back", "take_number", "look_up_again"],
        ["Nummer 4999 er riktig", "Bruk nummer 4999 i Moment også", "satt tilbake"],
        ["Number 4999 is right", "Use number 4999 in Moment, too", "put back"],
        id="renumbered in Xledger",
    ),
    pytest.param(
        Code.MOMENT_WENT_BACK,
        "",
        "records",
        ["take_over"],
        ["Antall kunder og prosjekter: 1, for eksempel 4400", "Ta over det Moment har nå"],
        ["Customers and projects concerned: 1, for example 4400", "Take over what Moment has now"],
        id="a restored Moment",
    ),
]


@pytest.mark.parametrize(("code", "number", "kind", "choices", "norwegian", "english"), ASKED)
def test_the_page_says_what_can_be_said_and_what_follows(
    troubled: Site,
    code: Code,
    number: str,
    kind: str,
    choices: list[str],
    norwegian: list[str],
    english: list[str],
) -> None:
    path = page_of(code, number, kind)
    for language, wanted in ((Language.NORWEGIAN, norwegian), (Language.ENGLISH, english)):
        text = troubled.browser(language=language).get(path).text
        assert [words for words in wanted if words not in text] == []
    facts = troubled.browser().get_json(path).facts
    assert [each["choice"] for each in facts["choices"]] == choices


@pytest.mark.parametrize(("code", "number", "kind", "choices", "norwegian", "english"), ASKED)
def test_an_operator_is_not_asked_and_cannot_say(
    troubled: Site,
    code: Code,
    number: str,
    kind: str,
    choices: list[str],
    norwegian: list[str],
    english: list[str],
) -> None:
    operator = troubled.browser(Role.OPERATOR)
    assert "/problems/choose" not in operator.get(page_of(code, number, kind)).text
    fields = {"kind": kind, "code": str(code), "number": number, "choice": choices[0], "given": ""}
    csrf = operator.get("/exports").hidden("csrf")
    assert operator.post("/problems/choose", {"csrf": csrf, **fields}).status == 403
    assert said(troubled) == []


def test_without_the_pages_own_token_nothing_is_done(troubled: Site) -> None:
    fields = {"kind": "records", "code": "MOMENT_WENT_BACK", "number": "", "choice": "take_over"}
    assert troubled.browser().post("/problems/choose", fields).status == 403
    assert not troubled.world.ledger.records.is_takeover_asked(COMPANY.id)


def test_what_is_said_is_done_noted_and_over(troubled: Site) -> None:
    world = troubled.world
    assert choose(troubled, Code.NUMBER_TAKEN, "4200", "same_record", "22").place == (
        "/problems?did=same_record"
    )
    assert choose(troubled, Code.MOMENT_WENT_BACK, "", "take_over", kind="records").place == (
        "/problems?did=take_over"
    )
    assert choose(troubled, Code.NUMBER_MOVED_IN_XLEDGER, "4300", "put_back").place == (
        "/problems?did=put_back"
    )
    world.run()
    assert [number for _, number, _ in world.problems()] == ["4101"]
    assert "Kari Nordmann: customer 4200: NUMBER_TAKEN same_record 22 = 2" in said(troubled)
    assert len(said(troubled)) == 3


def test_the_page_of_the_number_says_which_ids_were_retired(troubled: Site) -> None:
    choose(troubled, Code.NUMBER_TAKEN, "4200", "same_record", "22")
    path = "/record?kind=customer&number=4200"
    assert "Erstatter id i Moment" in troubled.browser().get(path).text
    assert "Replaces id in Moment" in troubled.browser(language=Language.ENGLISH).get(path).text
    assert troubled.browser().get_json(path).facts["replaces"] == [2]


def test_a_number_that_belongs_to_another_is_refused_in_words(troubled: Site) -> None:
    now, moved = troubled.world.time(), Code.NUMBER_MOVED_IN_XLEDGER
    details = {"theirs": "4400", "id": "3"}
    troubled.world.ledger.problems.report(
        [Problem(COMPANY.id, "customer", "4300", moved, details, "", now, now)]
    )
    place = choose(troubled, moved, "4300", "take_number").place
    assert place == "/problems?did=in_use"
    assert "nummeret tilhører noe annet" in troubled.browser().get(place).text


@pytest.mark.parametrize("given", ["x", "-1", "0", "9" * 30, "404"])
def test_an_id_that_is_none_changes_nothing(troubled: Site, given: str) -> None:
    place = choose(troubled, Code.NUMBER_TAKEN, "4200", "same_record", given).place
    assert place in ("/problems?did=choose", "/problems?did=gone")
    assert Code.NUMBER_TAKEN in [code for _, _, code in troubled.world.problems()]
