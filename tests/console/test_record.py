"""One record: where it stands, and what is recorded of how it came there."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from local.xledger.faults import Fault
from moment_xledger.domain.companies import Language
from moment_xledger.domain.invoice_mails import InvoiceMail, noted, sending, sent
from moment_xledger.domain.invoice_mails import Step as MailStep
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.uploads import sending as being_sent
from moment_xledger.domain.uploads import uploaded
from tests.builders import COMPANY, a_company, a_customer, a_project, an_invoice
from tests.console.site import Site, opened


def facts(site: Site, kind: str, number: object) -> Any:
    return site.browser().get_json(f"/record?kind={kind}&number={number}").facts


def test_a_customer_waits_and_then_is_in_xledger(site: Site) -> None:
    site.world.receive(a_customer("10001"))
    waits = facts(site, "customer", 10001)
    assert (waits["state"], waits["moment_version"], waits["xledger_version"]) == ("dirty", 1, None)
    site.world.run()
    done = facts(site, "customer", 10001)
    assert (done["state"], done["xledger_version"]) == ("synced", 1)
    assert done["xledger_id"]
    page = site.browser().get("/record?kind=customer&number=10001").text
    assert "Fjord Bygg 10001 AS" in page
    assert "Status siden: I Xledger" in page


def test_a_stopped_project_shows_its_problem(site: Site) -> None:
    site.world.receive(a_project("P-1", customerNumber="77"))
    site.world.run()
    stopped = facts(site, "project", "P-1")
    assert stopped["state"] == "problem"
    assert [problem["code"] for problem in stopped["problems"]] == ["CUSTOMER_UNKNOWN"]
    assert {step["what"] for step in stopped["steps"]} >= {"since", "seen"}


def test_an_invoice_is_followed_into_its_export(site: Site) -> None:
    site.receive(an_invoice(10231))
    assert facts(site, "invoice", 10231)["state"] == "to_go"
    site.export(10232)
    left = facts(site, "invoice", 10231)
    assert (left["state"], left["total"]) == ("left", "125000.00")
    assert [(step["what"], step["export"]) for step in left["steps"]] == [("arrived", None), ("exported", 1)]
    page = site.browser().get("/record?kind=invoice&number=10231").text
    assert '<a href="/exports/1">Eksport 1</a>' in page


def test_an_invoice_that_is_held_back_says_why(site: Site) -> None:
    site.receive(an_invoice(10231, kid="602244"))
    held = facts(site, "invoice", 10231)
    assert (held["state"], [problem["code"] for problem in held["problems"]]) == ("held", ["KID_INVALID"])


def test_an_invoice_that_leaves_by_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(route="email", reception_address="mb.00000@xledger.net")])
    site.receive(an_invoice(10231))
    assert (facts(site, "invoice", 10231)["state"], facts(site, "invoice", 10231)["route"]) == (
        "to_go",
        "email",
    )


@pytest.mark.parametrize(
    ("kind", "number"),
    [("customer", "99"), ("invoice", "99"), ("invoice", "x"), ("invoice", "9" * 40), ("invoice", "%D9%A3")],
)
def test_what_never_came_is_said_to_be_unknown(site: Site, kind: str, number: str) -> None:
    page = site.browser().get(f"/record?kind={kind}&number={number}")
    assert (page.status, "er ikke mottatt fra Moment" in page.text) == (200, True)


def test_another_kind_is_not_found(site: Site) -> None:
    assert site.browser().get("/record?kind=event&number=1").status == 404


def test_another_companys_is_as_unknown_as_any(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [COMPANY, a_company("other", name="Annet AS")])
    site.receive(an_invoice(10231))
    browser = site.browser(company=a_company("other").id)
    theirs, nobodys = (browser.get(f"/record?kind=invoice&number={number}").text for number in (10231, 10999))
    assert theirs.replace("10231", "10999") == nobodys


def test_an_operator_reads_no_ones_records(site: Site) -> None:
    assert site.browser(Role.OPERATOR).get("/record?kind=invoice&number=1").status == 403


def tries(site: Site, kind: str, number: object) -> list[Any]:
    steps = facts(site, kind, number)["steps"]
    return [step["attempt"] for step in steps if step["what"] == "tried"]


def test_each_attempt_tells_what_was_sent_and_what_xledger_answered(site: Site) -> None:
    site.world.receive(a_customer("10001"))
    site.world.run()
    site.world.receive(a_customer("10001", version=2, email=None, name="Fjord og Fjell AS"))
    site.world.run()
    added, updated = tries(site, "customer", 10001)
    assert (added["operation"], added["version"]) == ("add", 1)
    assert added["sent"]["email"] == "post@fjordbygg.example"
    assert (updated["operation"], updated["version"], updated["changed"]) == (
        "update",
        2,
        ["description", "email"],
    )
    assert updated["sent"] == {name: value for name, value in added["sent"].items() if name != "email"} | {
        "description": "Fjord og Fjell AS"
    }
    held = int(site.world.held("customers")[0]["dbId"])
    assert added["xledger_id"] == updated["xledger_id"] == held
    page = site.browser().get("/record?kind=customer&number=10001").text
    assert f"Versjon 2 sendt til Xledger: Xledger svarte med id {held}" in page
    assert "(tømt)" in page


def test_a_refused_attempt_says_so_in_xledgers_own_words(site: Site) -> None:
    site.world.receive(a_customer("10001", name="x" * 600))
    site.world.run()
    (attempt,) = tries(site, "customer", 10001)
    (problem,) = facts(site, "customer", 10001)["problems"]
    assert (attempt["xledger_id"], attempt["their_words"]) == (None, problem["their_words"])
    page = site.browser().get("/record?kind=customer&number=10001").text
    assert "avvist av Xledger" in page


def test_an_attempt_whose_answer_never_came_is_told_before_what_was_found(site: Site) -> None:
    site.world.server.next_faults.append(Fault("lost_answers", only="addCustomers"))
    site.world.receive(a_customer("10001"))
    site.world.run()
    page = site.browser(language=Language.ENGLISH).get("/record?kind=customer&number=10001").text
    assert page.index("the answer never came") < page.index("was there already, with id")


def test_a_project_tells_its_attempts_too(site: Site) -> None:
    site.world.receive(a_customer("10001"), a_project("P-1", customerNumber="10001"))
    site.world.run()
    (attempt,) = tries(site, "project", "P-1")
    assert attempt["sent"]["subledger"] == "10001"


def test_a_record_that_was_changed_for_ever_has_a_page_of_the_same_size(site: Site) -> None:
    for version in range(1, 60):
        site.world.receive(a_customer("10001", version=version, name=f"Navn {version}"))
        site.world.run()
    assert [attempt["version"] for attempt in tries(site, "customer", 10001)] == list(range(40, 60))
    assert len(site.browser().get("/record?kind=customer&number=10001").text) < 40_000


def test_an_invoices_mail_is_followed_to_its_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(route="email", reception_address="mb.00000@xledger.net")])
    site.receive(an_invoice(10231))
    mails, now = site.world.ledger.mails, site.world.time()
    mails.take_turn(COMPANY.id, "a", now, now + timedelta(minutes=1))
    mails.add(COMPANY.id, "a", 0, 1, [InvoiceMail(COMPANY.id, 1, "10231")])
    intent = sending(InvoiceMail(COMPANY.id, 1, "10231", rev=1), "mb.00000@xledger.net", "mails/1.eml")
    intent = mails.save(noted(intent, MailStep.MAILING, now, "mb.00000@xledger.net · mails/1.eml"))
    gone = mails.save(noted(sent(intent, "ses-1"), MailStep.MAILED, now + timedelta(seconds=1), "ses-1"))
    mails.note_delivery(gone, now + timedelta(minutes=2))
    steps = [step["what"] for step in facts(site, "invoice", 10231)["steps"]]
    assert steps == ["arrived", "mailing", "mailed", "delivered"]
    page = site.browser().get("/record?kind=invoice&number=10231").text
    assert "mb.00000@xledger.net · mails/1.eml" in page
    assert "Levert til mottakerens e-posttjener" in page


def test_an_invoice_in_an_uploaded_file_tells_xledgers_key_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    company = a_company(route="upload", owner_code=99168, file={"format": "gl02b"})
    site = opened(monkeypatch, [company])
    site.export(10231)
    now = site.world.time()
    (upload,) = site.world.ledger.uploads.open(company.id)
    site.world.ledger.uploads.save(uploaded(being_sent(upload, now), 7_000_001), is_open=False)
    (step,) = (step for step in facts(site, "invoice", 10231)["steps"] if step["what"] == "uploaded")
    assert (step["about"], step["export"], step["when"]) == ("7000001", 1, f"{now:%Y-%m-%dT%H:%M:%SZ}")


def test_an_invoice_that_waits_says_for_what_before_anybody_is_told(site: Site) -> None:
    site.world.receive(an_invoice(10231))
    facts = site.browser().get_json("/record?kind=invoice&number=10231").facts
    assert (facts["state"], facts["problems"]) == ("held", [])
    assert facts["waits"].startswith(
        "Faktura 10231 venter på kunde 10001, som ikke er kommet fra Moment ennå."
    )


def test_one_that_arrived_and_whose_customers_number_is_disputed_since_says_so_too(site: Site) -> None:
    site.receive(an_invoice(10231))
    site.world.receive(a_customer("10001", id=77, name="En annen AS"))
    facts = site.browser().get_json("/record?kind=invoice&number=10231").facts
    assert (facts["state"], "uklart hvem kunde 10001 er" in facts["waits"]) == ("to_go", True)


def test_its_history_says_when_and_in_which_version_it_was_not_to_be_transferred(site: Site) -> None:
    site.receive(an_invoice(10231))
    site.receive(an_invoice(10231, version=4, doNotTransfer=True))
    site.receive(an_invoice(10231, version=6))
    facts = site.browser().get_json("/record?kind=invoice&number=10231").facts
    said = [(step["what"], step["about"]) for step in facts["steps"] if "transfer" in step["what"]]
    assert said == [("not_to_transfer", "4"), ("to_transfer", "6")]
    page = site.browser().get("/record?kind=invoice&number=10231").text
    assert "Merket «skal ikke overføres» i Moment, i versjon" in page


@pytest.mark.parametrize("kind", ["customer", "project"])
@pytest.mark.parametrize("letter", ["𝄞", "🙂"])
def test_a_number_that_no_key_can_hold_is_a_bad_request(site: Site, kind: str, letter: str) -> None:
    number = quote(letter * 290)
    about = f"kind={kind}&code=NUMBER_TAKEN&number={number}"
    assert site.browser().get(f"/problems/one?{about}").status == 400
