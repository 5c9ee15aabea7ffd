"""The function that imports expenses, on its real wiring: SOAP on one side, Moment on the other, DynamoDB between."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.import_expenses import handler
from local import moment as simulated
from local.moment.records import Moment
from local.serving import start
from local.xledger import server
from local.xledger.plan import OWNER_CODE, Plan
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.domain.companies import CompanyId
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring
from tests.builders import a_company, a_project
from tests.handlers.cloud import Context, a_message, watched_log
from tests.handlers.cloud import wiring as wiring

PROJECTS = [a_project(f"P-{number}") for number in range(1001, 1061)]
SECRETS = {
    "xledger_token": "token-of-these-tests",
    "moment_key": "key-of-these-tests",
    "soap": {"user": USER, "password": PASSWORD, "logon_key": None},
}


@pytest.fixture
def moment() -> Moment:
    return Moment(PROJECTS)


@pytest.fixture
def whole(wiring: Wiring, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """Two companies want it; of one the password is wrong."""
    answers_ours = simulated.application(moment, {SECRETS["moment_key"]: {"nordvik"}})  # type: ignore[dict-item]
    with server.start(Plan()) as xledger, start(answers_ours) as answering:
        variables = {
            "MOMENT_URL": answering.url + "/api/1.0",
            "XLEDGER_SOAP_URL": xledger.url,
            "XLEDGER_APPLICATION": "XLEDGERTEST",
            "SECRETS_PREFIX": "stack/",
        }
        whole = Wiring(Environment({**wiring._environment._variables, **variables}))
        for company in ("nordvik", "fjord"):
            whole.ledger.companies.save(
                a_company(company, import_expenses=True, owner_code=OWNER_CODE, expense_accounts="4000-4999")
            )
        secrets: Any = boto3.client("secretsmanager")
        wrong = {**SECRETS, "soap": {"user": USER, "password": "not this one", "logon_key": None}}
        secrets.create_secret(Name="stack/nordvik", SecretString=json.dumps(SECRETS))
        secrets.create_secret(Name="stack/fjord", SecretString=json.dumps(wrong))
        monkeypatch.setattr(handler, "wire", lambda: whole)
        yield whole


def run(*companies: str) -> dict[str, Any]:
    messages = [a_message({"company": company}, n) for n, company in enumerate(companies)]
    return dict(handler.lambda_handler({"Records": messages}, Context()))  # type: ignore[arg-type]


def test_costs_arrive_once_and_a_company_that_fails_holds_up_nobody(
    whole: Wiring, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = watched_log(monkeypatch)
    assert run("fjord", "nordvik", "nordvik") == {"batchItemFailures": []}
    held = [each.record for each in moment.every("nordvik", "expenses")]
    assert len(held) > 10
    assert len({each["externalId"] for each in held}) == len(held)
    assert any(each.get("supplier") for each in held)
    reports = [json.loads(line)["counts"] for line in log.getvalue().splitlines() if "counts" in line]
    assert reports[0]["stopped"] == "SOAP_LOGIN_REFUSED"
    assert reports[1]["created"] == len(held)
    assert whole.ledger.expenses.progress(CompanyId("nordvik")).report == reports[2]
    assert (reports[2]["created"], reports[2]["updated"], reports[2]["stopped"]) == (0, 0, "")


def test_nothing_secret_is_written_down(
    whole: Wiring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = watched_log(monkeypatch)
    run("nordvik", "fjord")
    said = log.getvalue() + "".join(capsys.readouterr())
    for secret in (PASSWORD, "not this one", "key-of-these-tests", "token-of-these-tests"):
        assert secret not in said
