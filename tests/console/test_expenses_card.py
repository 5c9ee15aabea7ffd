"""Expenses on the first page: what the ledger has counted, and what the last run did."""

from datetime import timedelta

import pytest

from moment_xledger.domain.expense_entries import Entry, State
from moment_xledger.domain.expense_runs import Report
from moment_xledger.domain.problems import Code, Problem
from tests.builders import COMPANY, a_company
from tests.console.site import Site, opened
from tests.world import START

IMPORTS = a_company(import_expenses=True, owner_code=99168)


def imported(site: Site, stopped: str = "", **states: State) -> None:
    """A run that left lines in these states."""
    ledger = site.world.ledger.expenses
    ledger.take_turn(COMPANY.id, "a", START, START + timedelta(hours=1))
    for id_, state in states.items():
        ledger.save(COMPANY.id, (None, Entry(id_, state)))
    report = Report(created=1240, updated=2, stopped=stopped)
    ledger.end_run(COMPANY.id, "a", START, report.summary(), failures=0)


def test_a_company_without_expenses_sees_nothing_of_them(site: Site) -> None:
    assert site.browser().get_json("/overview").facts["expenses"] is None
    assert "Utgifter fra Xledger" not in site.browser().get("/overview").text


def test_before_the_first_run_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [IMPORTS])
    assert "Ikke ennå; det skjer hver time." in site.browser().get("/overview").text


def test_what_is_in_moment_what_waits_and_what_the_last_run_did(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [IMPORTS])
    imported(site, a=State.BOOKED, b=State.CANCELLED, c=State.HELD, d=State.STOPPED)
    problems = [
        Problem(COMPANY.id, "expense", "d", Code.EXPENSE_VAT_MISSING, {"vat_code": "3"}),
        Problem(COMPANY.id, "expenses", "", Code.EXPENSES_NOT_READ),
    ]
    site.world.ledger.problems.report(problems)
    facts = site.browser().get_json("/overview").facts["expenses"]
    assert facts == {
        "is_on": True,
        "in_moment": 2,
        "waiting": 1,
        "problems": 2,
        "last_run": "2026-11-22T09:00:00Z",
        "last_run_finished": True,
        "last_changes": {"created": 1240, "updated": 2, "cancelled": 0},
    }
    assert "1\u00a0240 nye, 2 endret, 0 satt til null." in site.browser().get("/overview").text


def test_a_run_that_broke_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [IMPORTS])
    imported(site, stopped="Moment does not answer")
    assert "Kom ikke helt gjennom." in site.browser().get("/overview").text
