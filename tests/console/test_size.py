"""No page is heavier than 100 KB, however much there is to show: each is tried with all that it can hold."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.console.log_pages import A_PAGE as DEEDS
from moment_xledger.console.problem_list import A_PAGE
from moment_xledger.console.settings_page import MOST_SAVES
from moment_xledger.domain.attempts import LONGEST_VALUE, LONGEST_WORDS, Attempt, Operation
from moment_xledger.domain.attempts import MOST as MOST_ATTEMPTS
from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Why
from moment_xledger.domain.files.series import MOST_LISTED, held_back
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import REASONS, Code, Problem
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.settings_changes import Saved, changes
from moment_xledger.domain.typed_settings import FIELDS, as_typed
from moment_xledger.domain.usage import HOURS_KEPT, MOST_CLOSINGS, Closing, Usage, hour_of
from tests.builders import COMPANY, a_company, a_customer, an_invoice
from tests.console.site import Site, opened
from tests.world import START, TOKEN_ID

MOST = 100_000  # bytes
A_CUSTOMERS = ("code", "description", "email", "streetAddress", "zipCode", "place", "country")
NAME = "Å" * 200
WORDS = "Verdien «Ærlig & Åpen» er for lang. " * 60  # what Xledger answers may well be as long
DETAILS = dict.fromkeys(set(re.findall(r"{(\w+)}", str(REASONS))), "D" * 40)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return opened(monkeypatch, [a_widest("A")])


def a_widest(letter: str) -> Company:
    """Every list as long as it may be, and every text; another letter, another value."""
    codes = ["3", *(f"{letter}{number:024}" for number in range(99))]
    file = {
        "format": "gl02b",
        "gl02b_amount": "net",
        "revenue_accounts": {code: f"{letter == 'A':d}{index:09}" for index, code in enumerate(codes)},
        "department": letter * 25,
    }
    return a_company(
        name=letter * 200,
        vat_codes={code: f"{letter}{index:04}" for index, code in enumerate(codes)},
        file=file,
        notify=[f"{letter * 60}{index}@{'x' * 63}.{'y' * 63}.{'z' * 50}.no" for index in range(20)],
        expense_accounts=",".join(str(4000 + 2 * each) for each in range(100)),
        reception_address=f"{letter}@{'x' * 63}.no",
        owner_code=99168,
    )


def weigh(site: Site, address: str, language: Language) -> int:
    page = site.browser(name=NAME, language=language).get(address)
    assert page.status == 200
    return len(page.text.encode())


def with_vat(invoice: dict[str, Any], code: str) -> dict[str, Any]:
    (line,) = invoice["data"]["vatLines"]
    return invoice | {"data": invoice["data"] | {"vatLines": [line | {"vatCode": code}]}}


def report(site: Site, kind: str, code: Code, count: int) -> None:
    site.world.ledger.problems.report(
        Problem(COMPANY.id, kind, f"{code:.15}-{number:09}", code, DETAILS, WORDS, START, START, 1_000_000)
        for number in range(count)
    )


@pytest.mark.parametrize("language", Language)
def test_problems(site: Site, language: Language) -> None:
    for code in Code:
        report(site, "customer", code, 4)
    assert weigh(site, "/problems", language) < MOST
    code = Code.REFUSED_BY_XLEDGER
    report(site, "customer", code, A_PAGE + 1)
    assert weigh(site, f"/problems/group?kind=customer&code={code}", language) < MOST
    assert weigh(site, f"/problems/one?kind=customer&code={code}&number={code:.15}-{0:09}", language) < MOST


@pytest.mark.parametrize("language", Language)
def test_the_log(site: Site, language: Language) -> None:
    fields = ", ".join(FIELDS)
    for minute in range(DEEDS + 1):
        when = START + timedelta(minutes=minute)
        site.world.ledger.audit.note(
            Deed(COMPANY.id, when, NAME, What.CHANGED_SETTINGS, 999_999, "f" * 100, fields)
        )
    assert weigh(site, "/log", language) < MOST


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ADMINISTRATOR])
def test_the_settings(site: Site, language: Language, role: Role) -> None:
    companies = site.world.ledger.companies
    for version in range(2, MOST_SAVES + 3):
        before, version = companies.get_with_version(COMPANY.id)
        assert before
        after = a_widest("AB"[version % 2])
        saved = Saved(version + 1, START, NAME, changes(before, after, ["xledger_token", "soap_password"]))
        companies.save(after, version, saved)
    site.world.ledger.references.save(TOKEN_ID, Lists(START, frozenset({"1500", "2700"}), frozenset()))
    codes = list(companies.get_known(COMPANY.id).vat_codes)
    site.receive(*(with_vat(an_invoice(10**8 + each), codes[each % 100]) for each in range(500)))
    page = site.browser(role, name=NAME, language=language).get("/settings")
    assert len(page.text.encode()) < MOST


@pytest.mark.parametrize("language", Language)
def test_the_settings_with_a_fault_in_every_field(site: Site, language: Language) -> None:
    browser = site.browser(Role.ADMINISTRATOR, name=NAME, language=language)
    typed = {name: f"<&>{value}<&>" for name, value in as_typed(a_widest("A")).items()}
    csrf = browser.get("/settings").hidden("csrf")
    page = browser.post("/settings", typed | {"since": "1", "csrf": csrf})
    assert page.status == 400
    assert len(page.text.encode()) < MOST


@pytest.mark.parametrize("language", Language)
def test_the_exports(site: Site, language: Language) -> None:
    for number in range(26):
        site.export(10_000 + number, by=NAME)
    assert weigh(site, "/exports", language) < MOST
    manifest = next(key for key in site.files.held if "000001" in key and key.endswith(".json"))
    numbers = [10**9 + each for each in range(MOST_LISTED)]
    reason = held_back(Code.CREDIT_NOTE_WITHOUT_INVOICE)
    more = {
        "gaps": [{"first": number, "last": number, "reason": reason} for number in numbers],
        "late": [f"{number}-{number} belong before export 999999" for number in numbers],
    }
    content = json.loads(site.files.held[manifest]) | more
    site.files.held[manifest] = json.dumps(content).encode()
    assert weigh(site, "/exports/1", language) < MOST


@pytest.mark.parametrize("language", Language)
def test_a_record(site: Site, language: Language) -> None:
    site.world.receive(a_customer("20001", name="Ø" * 1000))
    records = site.world.ledger.records
    record = records.by_number(COMPANY.id, Kind.CUSTOMER, ["20001"])["20001"]
    assert not records.save(
        [(record, replace(record, attempts=tuple(map(an_attempt, range(MOST_ATTEMPTS)))))]
    )
    for code in Code:
        site.world.ledger.problems.report(
            [Problem(COMPANY.id, "customer", "20001", code, DETAILS, WORDS, START)]
        )
    assert weigh(site, "/record?kind=customer&number=20001", language) < MOST


def an_attempt(number: int) -> Attempt:
    sent = {name: f"{number:03}".ljust(LONGEST_VALUE, "Æ") for name in A_CUSTOMERS}
    when = START + timedelta(minutes=number)
    return Attempt(when, Operation.UPDATE, 10**9 + number, sent, None, WORDS[:LONGEST_WORDS])


@pytest.mark.parametrize("language", Language)
def test_the_overview(site: Site, language: Language) -> None:
    ledger, now = site.world.ledger, site.world.time()
    hours = {hour_of(now) - back: 999_999 for back in range(HOURS_KEPT)}
    closings = tuple(
        Closing(Why.IN_DOUBT, now - timedelta(minutes=30 * back + 20), now - timedelta(minutes=30 * back))
        for back in range(MOST_CLOSINGS, 0, -1)
    )
    usage = Usage(hours, hours, closings, f"{now:%Y-%m}", 10**6)
    ledger.gates.save(TOKEN_ID, replace(ledger.gates.get(TOKEN_ID), usage=usage))
    for code in Code:
        report(site, "invoice", code, 2)
    assert weigh(site, "/overview", language) < MOST
