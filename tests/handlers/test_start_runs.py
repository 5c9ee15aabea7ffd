"""The function of the clock: a job for each company that wants an export today."""

import pytest

from functions.start_runs import handler
from moment_xledger.wiring import Wiring
from tests.builders import a_company
from tests.handlers.cloud import Context, jobs_in
from tests.handlers.cloud import wiring as wiring


def test_each_company_that_wants_one_has_a_job_of_its_own(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    for company, schedule in {"nordvik": "daily", "fjord": "daily", "fjell": "by_hand"}.items():
        wiring.ledger.companies.save(a_company(company, schedule=schedule))
    counts = handler.lambda_handler({"run": "exports"}, Context())  # type: ignore[arg-type]
    jobs = jobs_in("EXPORTS_QUEUE")
    assert counts == {"started": 2}
    assert {job["company"] for job in jobs} == {"nordvik", "fjord"}
    assert {(job["request"], job["by"]) for job in jobs} == {("request-1", "schedule")}


def test_each_company_that_imports_expenses_has_a_job_every_hour(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    for company, wants in {"nordvik": True, "fjord": False, "fjell": True}.items():
        wiring.ledger.companies.save(a_company(company, import_expenses=wants, owner_code=99168))
    counts = handler.lambda_handler({"run": "expenses"}, Context())  # type: ignore[arg-type]
    assert counts == {"started": 2}
    assert sorted(job["company"] for job in jobs_in("EXPENSES_QUEUE")) == ["fjell", "nordvik"]
