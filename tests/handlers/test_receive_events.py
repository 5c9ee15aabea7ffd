"""The function that takes in what Moment publishes, on its real wiring."""

from typing import Any

import boto3
import pytest

from functions.receive_events import handler
from moment_xledger.domain.companies import CompanyId
from moment_xledger.wiring import Wiring
from tests.builders import a_company, a_customer, an_invoice
from tests.handlers.cloud import BUCKET, Context, a_message, jobs_in, watched_log
from tests.handlers.cloud import wiring as wiring

NORDVIK = CompanyId("nordvik")


def test_good_events_are_kept_and_wake_others_and_a_bad_one_holds_up_nothing(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    written = watched_log(monkeypatch)
    wiring.ledger.companies.save(a_company())
    bodies: list[Any] = [an_invoice(1), "{not json", a_customer("10001")]
    event = {"Records": [a_message(body, number) for number, body in enumerate(bodies)]}
    for _ in range(2):  # SQS may deliver twice
        assert handler.lambda_handler(event, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]

    assert [held.invoice.invoice_number for held in wiring.ledger.invoices.held(NORDVIK)] == [1]
    assert jobs_in("CUSTOMERS_QUEUE")[0] == {"token": "fingerprint"}
    (kept,) = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert kept["Key"] == "rejected/unknown/m1.json"
    log = written.getvalue()
    assert '"received":2,"refused":1' in log
    assert "Fjord Bygg" not in log
