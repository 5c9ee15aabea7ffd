"""The function that takes in what Moment publishes, on its real wiring."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.receive_events import handler
from moment_xledger.domain.companies import CompanyId
from moment_xledger.wiring import Wiring, now
from tests.alarms import published
from tests.builders import a_company, a_customer, an_invoice
from tests.handlers.cloud import BUCKET, Context, a_message, jobs_in, watched_log
from tests.handlers.cloud import wiring as wiring

NORDVIK, SORVIK = CompanyId("nordvik"), CompanyId("sorvik")


@pytest.fixture
def two(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    """Companies, each with a token of its own."""
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    wiring.ledger.companies.save(a_company())
    wiring.ledger.companies.save(a_company(id=SORVIK, token_id="another"))
    return wiring


def of_sorvik(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"momentcompany": SORVIK}


def batch(*bodies: Any) -> dict[str, Any]:
    return {"Records": [a_message(body, number) for number, body in enumerate(bodies)]}


def back(event: dict[str, Any], context: Context | None = None) -> list[str]:
    """The messages that come again."""
    answer = handler.lambda_handler(event, context or Context())  # type: ignore[arg-type]
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def slow_down(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "any")


def slow_down_for(company: CompanyId, carry_on: Any) -> Any:
    return lambda id_, *given: slow_down() if id_ == company else carry_on(id_, *given)


def invoices_of(company: CompanyId, wiring: Wiring) -> list[int]:
    return [held.invoice.invoice_number for held in wiring.ledger.invoices.held(company)]


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


def test_one_companys_trouble_sends_back_its_own_events_alone(
    two: Wiring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    companies = two.ledger.companies
    event = batch(of_sorvik(an_invoice(1)), an_invoice(1), of_sorvik(an_invoice(2)))
    with monkeypatch.context() as patch:
        patch.setattr(companies, "get", slow_down_for(SORVIK, companies.get))
        assert back(event) == ["m0", "m2"]
    assert (invoices_of(NORDVIK, two), invoices_of(SORVIK, two)) == ([1], [])
    assert [
        each["MessagesPutBack"] for each in published(capsys.readouterr().out) if "MessagesPutBack" in each
    ] == [[2]]
    assert back(event) == []
    assert invoices_of(SORVIK, two) == [1, 2]


def test_where_the_bucket_refuses_a_bad_event_that_one_alone_comes_back(
    two: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = a_customer("10001", name=None)
    with monkeypatch.context() as patch:
        patch.setattr(two.files, "put", slow_down)
        assert back(batch(an_invoice(1), bad, of_sorvik(an_invoice(1)))) == ["m1"]
    assert (invoices_of(NORDVIK, two), invoices_of(SORVIK, two)) == ([1], [1])


def test_a_wake_that_is_lost_brings_back_nothing_that_is_stored(
    two: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two.queues, "send", slow_down)
    assert back(batch(a_customer("10001"), an_invoice(1))) == []
    assert two.ledger.due.until(now()).records


def test_what_there_is_no_time_for_comes_back(two: Wiring) -> None:
    assert back(batch(an_invoice(1), an_invoice(2)), Context(left=5_000)) == ["m0", "m1"]
    assert invoices_of(NORDVIK, two) == []


def test_a_batch_of_which_nothing_could_be_done_fails(two: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the function counts as failed, and not as done."""
    monkeypatch.setattr(two.ledger.companies, "get", slow_down)
    with pytest.raises(Exception, match="ClientError"):
        back(batch(an_invoice(1), of_sorvik(an_invoice(1))))
