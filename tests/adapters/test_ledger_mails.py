"""The ledger's mails on DynamoDB (as moto plays it) and on its twin in memory alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Table
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_mails import InvoiceMail, State, Step, noted, sending, sent
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.moment import Invoice
from tests.builders import an_invoice
from tests.fakes import FakeTable
from tests.template import resources

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=2)
MAIL = InvoiceMail(NORDVIK, 1, "101")


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    if request.param == "fake":
        yield Ledger(FakeTable())  # type: ignore[arg-type]
        return
    with mock_aws():
        client = boto3.client("dynamodb", "eu-north-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_table(TableName="ledger", **_definition())
        yield Ledger(Table(client, "ledger"))


def _definition() -> dict[str, Any]:
    table = resources()["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: table[name] for name in wanted}


def arrive(ledger: Ledger, *numbers: int, route: Route = Route.EMAIL) -> None:
    invoices = [Invoice.model_validate(an_invoice(number)["data"]) for number in numbers]
    ledger.invoices.add(NORDVIK, ledger.invoices.head(NORDVIK), invoices, route, NOW)


def due(ledger: Ledger, now: datetime = NOW) -> tuple[CompanyId, ...]:
    return ledger.due.until(now).mails


def a_turn(ledger: Ledger, worker: str = "a") -> Any:
    assert ledger.mails.take_turn(NORDVIK, worker, NOW, SOON)
    return ledger.mails.desk(NORDVIK)


def test_what_is_stored_comes_back_as_it_was(ledger: Ledger) -> None:
    a_turn(ledger)
    ledger.mails.add(NORDVIK, "a", 0, 1, [MAIL])
    read = ledger.mails.get(NORDVIK, 1)
    assert read == replace(MAIL, rev=1)
    intent = ledger.mails.save(sending(read, "mb@xledger.example", "mails/1.eml"))
    assert ledger.mails.get(NORDVIK, 1) == intent
    put_off = ledger.mails.save(replace(intent, state=State.PENDING, again=SOON, tries=3))
    assert ledger.mails.get(NORDVIK, 1) == put_off
    assert ledger.mails.get(NORDVIK, 2) is None


def test_what_happened_and_that_it_was_delivered_is_kept_with_it(ledger: Ledger) -> None:
    a_turn(ledger)
    ledger.mails.add(NORDVIK, "a", 0, 1, [MAIL])
    gone = noted(sent(replace(MAIL, rev=1, attempt=1), "ses-1"), Step.MAILED, NOW, "«ses-1»")
    gone = ledger.mails.save(gone)
    ledger.mails.note_delivery(replace(gone, attempt=2), NOW)
    assert ledger.mails.get(NORDVIK, 1) == gone
    for when in (NOW, SOON):
        ledger.mails.note_delivery(gone, when)
    assert ledger.mails.get(NORDVIK, 1) == replace(gone, delivered=NOW)


def test_only_who_read_the_last_state_may_write_the_next(ledger: Ledger) -> None:
    a_turn(ledger)
    ledger.mails.add(NORDVIK, "a", 0, 1, [MAIL])
    first = replace(MAIL, rev=1)
    ledger.mails.save(sent(first, "ses-1"))
    with pytest.raises(Conflict):
        ledger.mails.save(sending(first, "mb@xledger.example", "file"))


def test_those_with_something_left_to_do_come_in_the_order_of_arrival(ledger: Ledger) -> None:
    a_turn(ledger)
    ledger.mails.add(NORDVIK, "a", 0, 3, [replace(MAIL, seq=seq, number=str(seq)) for seq in (1, 2, 3)])
    ledger.mails.save(replace(MAIL, seq=2, number="2", state=State.STOPPED, rev=1), is_open=False)
    assert [mail.seq for mail in ledger.mails.open(NORDVIK)] == [1, 3]
    ledger.mails.close(replace(MAIL, seq=1))
    assert [mail.seq for mail in ledger.mails.open(NORDVIK)] == [3]
    assert ledger.mails.count_open(NORDVIK) == 1


def test_a_turn_is_one_workers_until_it_is_over(ledger: Ledger) -> None:
    mails = ledger.mails
    assert mails.take_turn(NORDVIK, "a", NOW, SOON)
    assert not mails.take_turn(NORDVIK, "b", NOW, SOON)
    assert mails.take_turn(NORDVIK, "a", NOW, SOON + timedelta(minutes=1)), "lengthened"
    assert not mails.take_turn(NORDVIK, "b", SOON, SOON)
    assert mails.take_turn(NORDVIK, "b", SOON + timedelta(minutes=1), SOON + timedelta(minutes=2))
    with pytest.raises(Conflict):
        mails.add(NORDVIK, "a", 0, 1, [MAIL])


def test_a_worker_whose_turn_was_anothers_meanwhile_takes_nothing_in_that_is_taken_in(ledger: Ledger) -> None:
    a_turn(ledger)
    ledger.mails.add(NORDVIK, "a", 0, 60, [replace(MAIL, seq=60)])
    with pytest.raises(Conflict):
        ledger.mails.add(NORDVIK, "a", 0, 40, [])
    assert ledger.mails.desk(NORDVIK).settled == 60


def test_arrival_by_this_route_is_due_in_the_same_write_and_others_are_not(ledger: Ledger) -> None:
    arrive(ledger, 101, route=Route.FILE)
    assert due(ledger) == ()
    arrive(ledger, 102)
    assert due(ledger) == (NORDVIK,)
    arrive(ledger, 103, route=Route.FILE)
    assert due(ledger) == (NORDVIK,), "a later one by another route takes nothing back"
    assert ledger.invoices.head(NORDVIK) == 3


def test_when_nothing_is_left_nothing_is_due(ledger: Ledger) -> None:
    arrive(ledger, 101)
    desk = a_turn(ledger)
    ledger.mails.end_turn(NORDVIK, "a", desk, head=1, again=None, failures=0)
    assert due(ledger, NOW + timedelta(days=365)) == ()
    assert ledger.mails.take_turn(NORDVIK, "b", NOW, SOON)


def test_what_must_wait_is_due_then(ledger: Ledger) -> None:
    arrive(ledger, 101)
    ledger.mails.end_turn(NORDVIK, "a", a_turn(ledger), head=1, again=SOON, failures=2)
    assert due(ledger) == ()
    assert due(ledger, SOON) == (NORDVIK,)
    assert ledger.mails.desk(NORDVIK).failures == 2


def test_an_invoice_that_came_meanwhile_stays_due(ledger: Ledger) -> None:
    arrive(ledger, 101)
    desk = a_turn(ledger)
    arrive(ledger, 102)
    ledger.mails.end_turn(NORDVIK, "a", desk, head=1, again=None, failures=0)
    assert due(ledger) == (NORDVIK,)


def test_a_mark_that_was_set_meanwhile_stays_due(ledger: Ledger) -> None:
    desk = a_turn(ledger)
    ledger.mails.mark(NORDVIK, NOW)
    ledger.mails.end_turn(NORDVIK, "a", desk, head=0, again=None, failures=0)
    assert due(ledger) == (NORDVIK,)
    assert ledger.mails.take_turn(NORDVIK, "b", NOW, SOON), "the turn is over all the same"


def test_whoever_lost_the_turn_ends_nobody_elses(ledger: Ledger) -> None:
    desk = a_turn(ledger)
    assert ledger.mails.take_turn(NORDVIK, "b", SOON, SOON + timedelta(minutes=2))
    ledger.mails.end_turn(NORDVIK, "a", desk, head=0, again=None, failures=0)
    assert not ledger.mails.take_turn(NORDVIK, "c", SOON, SOON)


def test_a_stopped_address_is_so_for_its_company_and_however_it_is_spelt(ledger: Ledger) -> None:
    ledger.mails.stop(NORDVIK, Stopped("MB@xledger.example", "Permanent", NOW))
    ledger.mails.stop(NORDVIK, Stopped("mb@xledger.example", "Complaint", SOON))
    assert ledger.mails.stopped(NORDVIK, "mb@XLEDGER.example") == Stopped(
        "MB@xledger.example", "Permanent", NOW
    )
    assert ledger.mails.stopped(CompanyId("other"), "mb@xledger.example") is None
    ledger.mails.confirm(NORDVIK, "mb@xledger.example", NOW)
    assert ledger.mails.stopped(NORDVIK, "mb@xledger.example") is None
    assert due(ledger) == (NORDVIK,)
