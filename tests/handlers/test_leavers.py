"""Messages for a company that has left are taken off their queues, wear nothing out, and leave nothing behind."""

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from functions.export_invoices import handler as exporting
from functions.import_expenses import handler as expenses
from functions.mail_invoices import handler as mails
from functions.receive_events import handler as receiving
from functions.recheck_invoices import handler as rechecking
from functions.reconcile import handler as reconciling
from functions.send_notices import handler as notices
from functions.sync_customers import handler as customers
from functions.sync_projects import handler as projects
from functions.upload_exports import handler as uploading
from moment_xledger.domain.kinds import Kind
from tests.builders import an_invoice
from tests.handlers.cloud import Context, a_message
from tests.handlers.cloud import wiring as wiring
from tests.handlers.test_signals import FINGERPRINT, NORDVIK, Stage, with_a_customer_that_waits
from tests.handlers.test_signals import stage as stage

WORK = {
    "company": NORDVIK,
    "request": "r",
    "by": "Kari",
    "token": FINGERPRINT,
    "time": "2026-12-01T05:00:00Z",
}
BEHIND_QUEUES = [
    *(customers, projects, exporting, mails, uploading),
    *(expenses, rechecking, reconciling, notices),
]


def left(stage: Stage, *, erased: bool) -> Any:
    ledger = stage.use.ledger
    leaver = ledger.leavers.begin(NORDVIK, "Kari", stage.began)
    assert leaver
    if erased:
        ledger.leavers.erase_beside(NORDVIK, leaver, stage.began)
        ledger.leavers.erase_items(NORDVIK)
    return list(ledger.leavers.items(NORDVIK))


@pytest.mark.parametrize("handler", BEHIND_QUEUES, ids=lambda module: str(module.__name__).split(".")[1])
@pytest.mark.parametrize("erased", [False, True], ids=["leaving", "erased"])
def test_a_message_for_it_is_dropped_and_nothing_is_written(
    handler: ModuleType, erased: bool, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_customer_that_waits(stage)
    before = left(stage, erased=erased)
    stage.use.ledger.records.mark_work(FINGERPRINT, Kind.CUSTOMER, NORDVIK, stage.began)  # by one too late
    stage.wire(XLEDGER_URL="http://127.0.0.1:9", XLEDGER_TIMEOUT="1", MOMENT_URL="http://127.0.0.1:9")
    monkeypatch.setattr(handler, "wire", lambda: stage.use)
    assert handler.lambda_handler({"Records": [a_message(WORK)]}, Context()) == {"batchItemFailures": []}
    assert list(stage.use.ledger.leavers.items(NORDVIK)) == before


def test_nobody_is_woken_for_it(stage: Stage) -> None:
    with_a_customer_that_waits(stage)
    left(stage, erased=False)
    assert not stage.use.ledger.due.until(stage.began + timedelta(days=1)).records


def test_its_events_are_refused_by_the_function(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.save()
    before = left(stage, erased=True)
    monkeypatch.setattr(receiving, "wire", lambda: stage.use)
    event = an_invoice(77) | {"momentcompany": NORDVIK}
    answer = receiving.lambda_handler({"Records": [a_message(event)]}, Context())  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": []}
    assert list(stage.use.ledger.leavers.items(NORDVIK)) == before == []
