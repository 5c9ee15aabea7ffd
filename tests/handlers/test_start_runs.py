"""The function that the clock calls every minute, on its real wiring."""

import boto3
import pytest

from functions.start_runs import handler
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.wiring import Wiring, now
from tests.builders import a_company
from tests.handlers.cloud import Context, jobs_in
from tests.handlers.cloud import wiring as wiring


@pytest.fixture(autouse=True)
def use(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    return wiring


def start(**event: str) -> dict[str, object]:
    return handler.lambda_handler(event, Context())  # type: ignore[arg-type]


def test_each_company_that_wants_an_export_has_a_job_of_its_own(use: Wiring) -> None:
    for company, schedule in {"nordvik": "daily", "fjord": "daily", "fjell": "by_hand"}.items():
        use.ledger.companies.save(a_company(company, schedule=schedule))
    assert start(run="exports")["started"] == {"exports": 2}
    jobs = jobs_in("EXPORTS_QUEUE")
    assert {job["company"] for job in jobs} == {"nordvik", "fjord"}
    ((request, by),) = {(job["request"], job["by"]) for job in jobs}
    assert request.startswith("schedule ")
    assert by == "schedule"


@pytest.mark.parametrize(
    ("run", "queue", "job"),
    [
        ("expenses", "EXPENSES_QUEUE", {"company": "nordvik"}),
        ("notices", "NOTICES_QUEUE", {"company": "nordvik"}),
        ("reconcile", "RECONCILE_QUEUE", {"company": "nordvik"}),
        ("numbers", "NUMBERS_QUEUE", {"token": "fingerprint"}),
    ],
)
def test_each_run_has_its_queue(use: Wiring, run: str, queue: str, job: dict[str, str]) -> None:
    use.ledger.companies.save(a_company(import_expenses=True, owner_code=99168))
    use.ledger.notices.looked(CompanyId("nordvik"), 1, None)
    assert start(run=run)["started"] == {run: 1}
    (found,) = jobs_in(queue)
    assert found.items() >= job.items()
    assert found["time"]


def test_a_company_that_may_have_something_to_hear_is_looked_at_in_the_next_minute(use: Wiring) -> None:
    use.ledger.companies.save(a_company())
    assert start() == {"looks": 1}
    assert jobs_in("NOTICES_QUEUE") == [{"company": "nordvik", "time": None}]
    assert start() == {}


def test_a_queue_that_is_gone_stops_only_its_own_run(use: Wiring) -> None:
    use.ledger.companies.save(a_company())
    start()
    for run in ("numbers", "reconcile"):
        use.ledger.scheduled_runs.ask(ScheduledRun(run), now())
    boto3.client("sqs").delete_queue(QueueUrl=use._environment["NUMBERS_QUEUE"])
    with pytest.raises(Exception, match=r"QueueDoesNotExist|NonExistentQueue"):
        start()
    assert len(jobs_in("RECONCILE_QUEUE")) == 1
