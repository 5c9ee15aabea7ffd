"""Settings saved through the console's function on its real wiring: Secrets Manager, GraphQL, SOAP and Moment."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.console import handler
from local import moment as simulated
from local.moment.records import Moment
from local.serving import start
from local.xledger import server
from local.xledger.plan import OWNER_CODE, Plan
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.domain.typed_settings import as_typed
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring, now
from tests.builders import a_company
from tests.console.site import Browser, Page
from tests.handlers.cloud import wiring as wiring

TOKEN, KEY, FINGERPRINTS = "token-of-these-tests", "key-of-these-tests", "the key of fingerprints"
NORDVIK = CompanyId("nordvik")
SOAP = {"import_expenses": "on", "owner_code": str(OWNER_CODE), "soap_user": USER}


@pytest.fixture
def whole(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """A company whose keys are wrong."""
    answers = simulated.application(Moment([]), {KEY: {"nordvik"}})
    with server.start(Plan(), TOKEN) as xledger, start(answers) as moment:
        variables = {
            "BUCKET": "files",
            "EXPORTS_QUEUE": "nowhere",
            "XLEDGER_URL": xledger.url + "/graphql",
            "XLEDGER_TIMEOUT": "60",
            "XLEDGER_SOAP_URL": xledger.url,
            "XLEDGER_APPLICATION": "XLEDGERTEST",
            "MOMENT_URL": moment.url + "/api/1.0",
            "SECRETS_PREFIX": "stack/",
            "FINGERPRINT": "stack/fingerprint.key",
        }
        whole = Wiring(Environment({**wiring._environment._variables, **variables}))
        whole.ledger.companies.save(a_company(export_customers=False, export_projects=False, route="off"))
        secrets: Any = boto3.client("secretsmanager")
        secrets.create_secret(Name="stack/fingerprint.key", SecretString=FINGERPRINTS)
        wrong = {"xledger_token": "wrong-token-0123456789", "moment_key": "wrong-key-0123456789"}
        secrets.create_secret(Name="stack/nordvik", SecretString=json.dumps(wrong))
        monkeypatch.setattr(handler, "wire", lambda: whole)
        yield whole


def save(use: Wiring, **typed: str) -> Page:
    """The page after an administrator has saved this."""
    person = Person(NORDVIK, "Kari Nordmann", Role.ADMINISTRATOR, Language.ENGLISH)
    browser = Browser()
    browser.post("/in/" + use.ledger.sessions.offer(person, now()))
    page = browser.get("/settings")
    form = as_typed(use.ledger.companies.get_known(NORDVIK))
    form |= {name: page.hidden(name) for name in ("csrf", "since")}
    saved = browser.post("/settings", form | typed)
    assert saved.status == 303, saved.text
    return browser.get(saved.place)


def test_keys_go_where_secrets_are_kept_and_each_is_tried(
    whole: Wiring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = save(whole, name="Nordvik AS").text
    assert "Xledger does not accept the API key." in page
    assert "Moment does not accept the API key for this company." in page

    page = save(whole, xledger_token=TOKEN, moment_key=KEY, soap_password=PASSWORD, **SOAP).text
    assert "Saved. All that can be tried is in order." in page
    assert "Xledger accepts the SOAP user and its password." in page

    company = whole.ledger.companies.get_known(NORDVIK)
    kept = whole.vault_for_saving().secrets(company)
    assert kept is not None
    assert (kept.xledger_token.secret, kept.moment_key.secret) == (TOKEN, KEY)
    assert company.token_id == whole.vault_for_saving().fingerprint(kept.xledger_token)
    said = "".join(capsys.readouterr())
    for secret in (TOKEN, KEY, PASSWORD, FINGERPRINTS):
        assert secret not in said + page


def test_a_month_is_asked_of_moment_itself(whole: Wiring) -> None:
    person = Person(NORDVIK, "Siri Vakt", Role.OPERATOR, Language.ENGLISH)
    browser = Browser()
    browser.post("/in/" + whole.ledger.sessions.offer(person, now()))
    address = f"/report?month={now():%Y-%m}"
    assert "Moment does not accept the API key" in browser.get(address).text
    save(whole, xledger_token=TOKEN, moment_key=KEY)
    assert "Moment has no invoices of this month." in browser.get(address).text
