"""The function of the clock that tells people what they must act on, on its real wiring."""

from email import message_from_string, policy

import pytest
from moto.ses.models import ses_backends

from functions.send_notices import handler
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.gate import Gate, token_refused
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.wiring import Wiring, now
from tests.builders import a_company
from tests.handlers.cloud import REGION, SENDER, Context, a_message
from tests.handlers.cloud import wiring as wiring

NORDVIK = CompanyId("nordvik")
KARI = "kari@nordvik.example"


@pytest.fixture
def use(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    """With a company whose token is refused."""
    monkeypatch.setattr(handler, "wire", lambda: wiring)
    wiring.ledger.companies.save(a_company(notify=[KARI], language="en"))
    at = now()
    wiring.ledger.gates.save(a_company().token_id, token_refused(Gate(), at))
    problem = Problem(NORDVIK, "settings", "", Code.TOKEN_REFUSED, first_seen=at, last_seen=at)
    wiring.ledger.problems.report([problem])
    return wiring


def run() -> int:
    """A look at the company; how many mails have gone by now."""
    message = a_message({"company": NORDVIK})
    assert handler.lambda_handler({"Records": [message]}, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    return len(ses_backends["123456789012"][REGION].sent_messages)


def test_a_mail_goes_once_with_its_tags_and_the_consoles_link(use: Wiring) -> None:
    assert (run(), run()) == (1, 1)
    (sent,) = ses_backends["123456789012"][REGION].sent_messages
    assert (sent.source, set(sent.destinations)) == (SENDER, {KARI})
    mail = message_from_string(sent.raw_data, policy=policy.default)
    assert mail["X-SES-MESSAGE-TAGS"] == "company=nordvik, notice=urgent"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "https://console.example/problems" in body.get_content()


def test_the_same_address_is_taken_by_one_run_at_a_time(use: Wiring) -> None:
    at = now()
    taken = use.ledger.notices.take(NORDVIK, KARI, at)
    assert taken is not None
    assert use.ledger.notices.take(NORDVIK, KARI, at) is None
    assert run() == 0
    use.ledger.notices.give_back(taken, taken.told)
    assert run() == 1
