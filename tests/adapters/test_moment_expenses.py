"""Expenses in Moment's API, against the simulated one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests

from local import moment as simulated
from local.moment.records import Moment
from local.serving import Running, start
from moment_xledger.adapters.moment_expenses import MomentExpenses
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import RefusedByMoment, RunStopped, Unreachable
from moment_xledger.domain.expenses import Expense, InMoment, ProjectState
from moment_xledger.domain.problems import Code
from tests.builders import a_project

KEY = "key-of-these-tests"
COMPANY = "nordvik"
EXPENSE = Expense(
    external_id="xledger:99168:80000011",
    description="Lydberegning",
    amount=Decimal("1250.10"),
    supplier="Akustikkverkstedet AS",
    invoice_number="F-77",
    invoice_date=date(2026, 11, 15),
    account="4510",
    project="P-1",
)


class Desk:
    """Our client, the simulated Moment that it talks to, and what that one knows."""

    def __init__(self, running: Running, moment: Moment) -> None:
        self.running, self.moment = running, moment
        self.ours = self.with_key(KEY)

    def with_key(self, key: str, company: str = COMPANY) -> MomentExpenses:
        session = requests.Session()
        session.trust_env = False
        return MomentExpenses(session, self.running.url + "/api/1.0", CompanyId(company), Token(key))

    def fault(self, *words: str) -> None:
        requests.post(self.running.url + "/_faults", data=" ".join(words), timeout=5).raise_for_status()

    @property
    def held(self) -> list[dict[str, Any]]:
        return [each.record for each in self.moment.every(COMPANY, "expenses")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    moment = Moment([a_project("P-1"), a_project("P-11"), a_project("P-2", active=False)])
    with start(simulated.application(moment, {KEY: {COMPANY}})) as running:
        yield Desk(running, moment)


def test_an_expense_is_added_with_all_that_it_says(desk: Desk) -> None:
    id_ = desk.ours.add(EXPENSE)
    (held,) = desk.held
    assert held == {
        "id": id_,
        "version": 1,
        "description": "Lydberegning",
        "amount": "1250.10",
        "supplier": "Akustikkverkstedet AS",
        "invoiceDate": "2026-11-15",
        "billable": True,
        "currency": "NOK",
        "externalId": "xledger:99168:80000011",
        "supplierInvoiceNumber": "F-77",
        "accountNumber": "4510",
        "projectId": 1001,
        "projectNumber": "P-1",
    }


def test_an_expense_is_found_by_the_whole_of_our_reference(desk: Desk) -> None:
    longer = desk.ours.add(EXPENSE.model_copy(update={"external_id": EXPENSE.external_id + "2"}))
    assert desk.ours.find(EXPENSE.external_id) is None
    id_ = desk.ours.add(EXPENSE)
    assert desk.ours.find(EXPENSE.external_id) == InMoment(id_, is_invoiced=False)
    assert desk.ours.find(EXPENSE.external_id + "2") == InMoment(longer, is_invoiced=False)


def test_it_is_found_among_very_many(desk: Desk) -> None:
    for n in range(230):
        desk.moment.add_expense(COMPANY, {"externalId": f"{EXPENSE.external_id}-{n}"})
    id_ = desk.ours.add(EXPENSE)
    assert desk.ours.find(EXPENSE.external_id) == InMoment(id_, is_invoiced=False)


def test_a_change_leaves_what_it_does_not_name(desk: Desk) -> None:
    id_ = desk.ours.add(EXPENSE)
    desk.ours.change(id_, {"amount": Decimal("0.00"), "billable": False, "project": "P-11"})
    (held,) = desk.held
    assert (held["amount"], held["billable"], held["projectNumber"]) == ("0.00", False, "P-11")
    assert held["description"] == "Lydberegning"


def test_what_is_on_an_invoice_shows_it_and_is_locked(desk: Desk) -> None:
    id_ = desk.ours.add(EXPENSE)
    desk.moment.put_on_invoice(COMPANY, id_, 77)
    assert desk.ours.get(id_) == InMoment(id_, is_invoiced=True)
    with pytest.raises(RefusedByMoment) as refused:
        desk.ours.change(id_, {"billable": False})
    assert refused.value.is_locked


def test_an_expense_that_is_gone_is_none(desk: Desk) -> None:
    assert desk.ours.get(4711) is None


def test_a_project_is_known_by_the_whole_of_its_number(desk: Desk) -> None:
    states = [desk.ours.project(number) for number in ("P-1", "P-2", "P-")]
    assert states == [ProjectState.OPEN, ProjectState.CLOSED, ProjectState.UNKNOWN]


def test_what_moment_refuses_comes_with_its_words_and_nothing_is_made(desk: Desk) -> None:
    with pytest.raises(RefusedByMoment) as refused:
        desk.ours.add(EXPENSE.model_copy(update={"project": "P-9"}))
    assert refused.value.their_words == "there is no such project"
    assert not refused.value.is_locked
    assert desk.held == []


@pytest.mark.parametrize(
    ("fault", "is_made"), [("lost", True), ("500", False), ("503", False), ("429", False)]
)
def test_no_usable_answer_says_nothing_of_what_was_done(desk: Desk, fault: str, is_made: bool) -> None:
    desk.fault(fault)
    with pytest.raises(Unreachable):
        desk.ours.add(EXPENSE)
    assert (desk.ours.find(EXPENSE.external_id) is not None) is is_made


@pytest.mark.parametrize("call", ["find", "get", "project"])
def test_a_question_without_an_answer_is_not_a_no(desk: Desk, call: str) -> None:
    desk.fault("503")
    with pytest.raises(Unreachable):
        getattr(desk.ours, call)(4711 if call == "get" else "P-1")


@pytest.mark.parametrize(("key", "company"), [("wrong", COMPANY), (KEY, "another")])
def test_a_refused_key_stops_the_run(desk: Desk, key: str, company: str) -> None:
    with pytest.raises(RunStopped) as stopped:
        desk.with_key(key, company).find("x")
    assert stopped.value.code == Code.EXPENSES_KEY_REFUSED


@pytest.mark.parametrize("fault", ["page-401", "page-403"])
def test_the_page_of_a_firewall_stops_nothing(desk: Desk, fault: str) -> None:
    desk.fault(fault)
    with pytest.raises(Unreachable):
        desk.ours.find("x")
    assert desk.ours.find("x") is None


@contextmanager
def answering(status: int, body: bytes) -> Iterator[MomentExpenses]:
    from werkzeug import Response

    with start(Response(body, status, content_type="application/json")) as running:
        session = requests.Session()
        session.trust_env = False
        yield MomentExpenses(session, running.url, CompanyId(COMPANY), Token(KEY))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"<html>", id="a page"),
        pytest.param(200, b"[]", id="another shape"),
        pytest.param(201, b'{"id": "none"}', id="an id that is none"),
        pytest.param(302, b"", id="a redirect"),
        pytest.param(200, b'{"content": [', id="half of it"),
    ],
)
def test_an_answer_that_cannot_be_read_is_none(status: int, body: bytes) -> None:
    with answering(status, body) as ours:
        for ask in (lambda: ours.add(EXPENSE), lambda: ours.find("x"), lambda: ours.get(1)):
            with pytest.raises(Unreachable):
                ask()
