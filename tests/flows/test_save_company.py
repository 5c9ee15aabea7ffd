"""Saving a company's settings: versioned, audited, and with everything that waited going on."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import Company, CompanyId, Language, Token, TokenId
from moment_xledger.domain.deeds import What
from moment_xledger.domain.errors import Conflict, Why
from moment_xledger.domain.gate import Gate, token_refused
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.probes import Hold
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.settings_changes import Change
from moment_xledger.domain.settings_faults import BadSettings
from moment_xledger.domain.uploads import Upload, sending
from moment_xledger.domain.vat_rates import read_typed
from moment_xledger.flows.note_returned_notice import stop_address
from moment_xledger.flows.save_company import Form, save_form
from tests.builders import a_company, a_customer
from tests.office import FakeVault, keys, settings
from tests.world import TOKEN, URL, World, entities_of

NORDVIK = CompanyId("nordvik")
NEW_TOKEN = Token("a-new-token-0123456789")
RECEPTION = "mb.00000@xledger.example"
BY_MAIL: dict[str, Any] = {"route": "email", "reception_address": RECEPTION}


@dataclass
class Desk:
    world: World = field(default_factory=lambda: World(companies=[]))
    vault: FakeVault = field(default_factory=FakeVault)

    def save(
        self, since: int, company: str = "nordvik", typed: dict[str, Any] | None = None, **but: Any
    ) -> Company:
        form = Form(CompanyId(company), settings(**but), keys() if typed is None else typed, since, "Kari")
        saved = save_form(form, self.world.ledger, self.vault, self.world.time, URL)  # type: ignore[arg-type]
        self.world.ledger.probes.keep_hold(saved.id, Hold())  # as once everything was checked
        return saved

    def stop_reception(self) -> None:
        """As when an invoice's mail came back."""
        ledger, now = self.world.ledger, self.world.time()
        ledger.mails.stop(NORDVIK, Stopped(RECEPTION, "Permanent", now))
        stopped = Problem(
            NORDVIK, "settings", RECEPTION, Code.RECEPTION_ADDRESS_STOPPED, {"why": "Permanent"}, "", now, now
        )
        ledger.problems.report([stopped])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_save_is_a_version_with_who_and_what_and_no_key(desk: Desk) -> None:
    desk.save(0)
    desk.world.time.sleep(60)
    desk.save(1, typed={"moment_key": "another-key-0123456789"}, export_projects=False)

    newest, first = desk.world.ledger.settings_history.of(NORDVIK)
    assert (newest.version, newest.who) == (2, "Kari")
    assert newest.changes == (Change("export_projects", "on", "off"), Change("moment_key"))
    assert {change.field for change in first.changes} > {"name", "notify", "xledger_token"}
    assert "0123456789" not in repr(list(desk.world.ledger.settings_history.of(NORDVIK)))
    (deed, _) = desk.world.ledger.audit.of(NORDVIK)
    assert (deed.what, deed.about) == (What.CHANGED_SETTINGS, "export_projects, moment_key")


def test_who_filled_out_an_old_form_is_told_and_changes_nothing(desk: Desk) -> None:
    desk.save(0)
    desk.save(1, name="Nordvik AS")
    with pytest.raises(Conflict):
        desk.save(1, typed={"xledger_token": NEW_TOKEN.secret}, name="Another")

    company, version = desk.world.ledger.companies.get_with_version(NORDVIK)
    assert company is not None
    assert (company.name, version) == ("Nordvik AS", 2)
    assert desk.vault.held[NORDVIK].xledger_token == TOKEN


def test_what_is_wrong_with_keys_and_with_settings_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(BadSettings) as refused:
        desk.save(0, typed={"xledger_token": "short"}, owner_code="12", notify=["nobody"])
    assert [fault.field for fault in refused.value.faults] == ["xledger_token", "owner_code", "notify"]


def test_a_company_is_created_once(desk: Desk) -> None:
    desk.save(0)
    with pytest.raises(Conflict):
        desk.save(0)


def test_a_form_that_cannot_be_used_saves_nothing(desk: Desk) -> None:
    with pytest.raises(BadSettings):
        desk.save(0, route="upload")
    with pytest.raises(BadSettings, match="under 64 kB"):
        desk.save(0, name="x" * 1024 * 1024)
    assert desk.world.ledger.companies.get(NORDVIK) is None
    assert desk.vault.held == {}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reception_address", f"{'m' * 65}@xledger.net"),
        ("notify", ["per@nordvik.example", "=?utf-8?q?kari?=@nordvik.example"]),
        ("notify", [f"kari@{'x' * 64}.example"]),
    ],
)
def test_an_address_that_no_mail_server_takes_is_refused_with_what_is_wrong(
    desk: Desk, field: str, value: Any, language: Language
) -> None:
    with pytest.raises(BadSettings) as refused:
        desk.save(0, **{field: value})
    (fault,) = refused.value.faults
    said = fault.sentence(language)
    assert fault.field == field
    assert (value if isinstance(value, str) else value[-1]) in said
    assert "64" in said
    assert desk.world.ledger.companies.get(NORDVIK) is None


def test_keys_are_shown_by_their_ends(desk: Desk) -> None:
    desk.save(0)
    assert desk.world.ledger.settings_history.tails(NORDVIK).xledger_token == "…" + TOKEN.secret[-4:]


def test_switching_a_kind_on_sends_what_has_waited(desk: Desk) -> None:
    desk.save(0, export_customers=False)
    desk.world.receive(a_customer("10001"))
    desk.world.run()
    assert desk.world.held("customers") == []

    desk.save(1, export_customers=True)
    desk.world.sweep()
    desk.world.run()
    assert [customer["code"] for customer in desk.world.held("customers")] == ["10001"]


def test_a_new_token_takes_the_waiting_work_past_the_gate_of_the_old_one(desk: Desk) -> None:
    old = desk.save(0)
    desk.world.server.replan({"tokens": [{"token": NEW_TOKEN.secret}]})
    desk.world.receive(a_customer("10001"))
    desk.world.run()
    assert desk.world.closed[-1].why is Why.AUTH
    assert list(desk.world.problems()) == [("settings", "", "TOKEN_REFUSED")]

    new = desk.save(1, typed={"xledger_token": NEW_TOKEN.secret})

    ledger = desk.world.ledger
    assert ledger.records.work(old.token_id, Kind.CUSTOMER) == {}
    assert list(ledger.records.work(new.token_id, Kind.CUSTOMER)) == [NORDVIK]
    assert ledger.gates.get(new.token_id).closed_until is None
    assert list(desk.world.problems()) == []


def test_the_same_token_pasted_again_opens_its_gate_for_all_who_share_it() -> None:
    both = [a_company("nordvik", owner_code=20_301), a_company("sorvik", owner_code=20_302)]
    desk = Desk(World(entities_of(both), companies=[]))
    desk.save(0, owner_code=20_301)
    desk.save(0, company="sorvik", owner_code=20_302)
    desk.world.server.replan({"tokens": [{"token": NEW_TOKEN.secret}]})
    desk.world.receive(a_customer("10001"))
    desk.world.run()
    assert list(desk.world.problems(CompanyId("sorvik"))) == [("settings", "", "TOKEN_REFUSED")]

    desk.world.server.replan({"tokens": [{"token": TOKEN.secret}]})
    desk.save(1, owner_code=20_301)
    desk.world.sweep()
    desk.world.run()

    assert [customer["code"] for customer in desk.world.held("customers")] == ["10001"]
    assert list(desk.world.problems(CompanyId("sorvik"))) == []


def test_a_save_is_one_also_where_somebody_tries_the_token_at_the_same_moment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To be told that nothing was saved would be untrue: who believes it saves an old form once more."""
    token, gates = desk.save(0).token_id, desk.world.ledger.gates
    gates.save(token, token_refused(gates.get(token), desk.world.time()))
    read = gates.get

    def read_and_overtaken(token_id: TokenId) -> Gate:
        found = read(token_id)
        gates.save(token_id, found)
        return found

    monkeypatch.setattr(gates, "get", read_and_overtaken)
    assert desk.save(1, name="Nordvik AS").name == "Nordvik AS"
    work = desk.world.ledger.records.work(token, Kind.CUSTOMER)
    assert list(work) == [NORDVIK]


def test_the_old_keys_end_goes_with_the_old_key(desk: Desk) -> None:
    desk.save(0, token_expires="2026-12-01")
    assert desk.save(1, token_expires="2026-12-01").token_expires == date(2026, 12, 1)
    new = {"xledger_token": NEW_TOKEN.secret}
    assert desk.save(2, typed=new, token_expires="2026-12-01").token_expires is None
    assert desk.save(3, typed=keys(), token_expires="2028-12-01").token_expires == date(2028, 12, 1)


def test_an_address_that_is_taken_out_is_no_problem_any_more(desk: Desk) -> None:
    company = desk.save(0, notify=["kari@nordvik.example", "ola@nordvik.example"])
    for address in company.notify:
        stop_address(company, address, "Permanent", "", desk.world.ledger, desk.world.time())
    desk.save(1, notify=["ola@nordvik.example"])
    assert list(desk.world.problems()) == [("settings", "ola@nordvik.example", "NOTICE_ADDRESS_STOPPED")]


def test_a_reception_address_that_is_corrected_is_no_problem_any_more(desk: Desk) -> None:
    desk.save(0, **BY_MAIL)
    desk.stop_reception()
    desk.save(1, name="Nordvik AS", **BY_MAIL)
    assert list(desk.world.problems()) == [("settings", RECEPTION, "RECEPTION_ADDRESS_STOPPED")]
    desk.save(2, route="email", reception_address="mb.20000@xledger.example")
    assert list(desk.world.problems()) == []


def test_who_gives_up_importing_expenses_is_rid_of_what_kept_it_from_running(desk: Desk) -> None:
    desk.save(0)
    refused = Problem(NORDVIK, "expenses", "", Code.SOAP_LOGIN_REFUSED)
    desk.world.ledger.problems.report([refused])
    desk.save(1, import_expenses=False)
    assert list(desk.world.problems()) == []


def test_an_address_that_is_typed_anew_is_in_use_again(desk: Desk) -> None:
    company = desk.save(0, notify=["kari@nordvik.example"], **BY_MAIL)
    stop_address(company, "kari@nordvik.example", "Permanent", "", desk.world.ledger, desk.world.time())
    desk.stop_reception()
    desk.save(1, notify=[], route="email", reception_address="mb.20000@xledger.example")
    desk.save(2, notify=["kari@nordvik.example"], **BY_MAIL)
    for address in ("kari@nordvik.example", RECEPTION):
        assert desk.world.ledger.mails.stopped(NORDVIK, address) is None
    assert list(desk.world.problems()) == []


def test_an_upload_that_waits_for_a_better_login_is_tried_at_once_and_one_under_way_is_left_alone(
    desk: Desk,
) -> None:
    desk.save(0)
    uploads, now = desk.world.ledger.uploads, desk.world.time.now
    uploads.save(Upload(NORDVIK, 1, 1, again=now + timedelta(minutes=32), tries=6), is_open=True)
    sent = uploads.save(sending(Upload(NORDVIK, 2, 2, again=now), now), is_open=True)
    assert desk.world.ledger.due.until(now).uploads == ()
    desk.save(1, name="Nordvik AS")
    assert desk.world.ledger.due.until(now).uploads == (NORDVIK,)
    assert uploads.get(NORDVIK, 2) == sent


@pytest.mark.parametrize(
    ("codes", "own", "named"),
    [
        pytest.param({"31": "33"}, [], "31 (15 %) = 33 (12 %)", id="both are published"),
        pytest.param({"3": "27"}, [], "3 (25 %) = 27 (0 %)", id="one of Xledger's own"),
        pytest.param({"33": "21"}, ["21 = 15"], "33 (12 %) = 21 (15 %)", id="the company's own table"),
        pytest.param({"3": "3", "5": "6", "K": "2"}, [], "", id="the same rates"),
        pytest.param({"33": "21"}, [], "", id="a rate that is not certain"),
    ],
)
def test_a_mapping_of_codes_with_different_rates_is_refused(
    desk: Desk, codes: dict[str, str], own: list[str], named: str
) -> None:
    if not named:
        assert desk.save(0, vat_codes=codes, vat_rates=own)
        return
    with pytest.raises(BadSettings) as refused:
        desk.save(0, vat_codes=codes, vat_rates=own)
    (fault,) = refused.value.faults
    assert fault.field == "vat_codes"
    assert named in fault.sentence()
    assert named in fault.sentence(Language.NORWEGIAN)
    assert desk.world.ledger.companies.get(NORDVIK) is None


def test_xledgers_own_rates_decide_once_they_are_read(desk: Desk) -> None:
    company = desk.save(0, vat_codes={"3": "2"})
    rates = read_typed(["2 = 24"])
    desk.world.ledger.references.save_vat_rates(company.token_id, rates, desk.world.time())
    with pytest.raises(BadSettings, match=r"3 .25 %. = 2 .24 %."):
        desk.save(1, vat_codes={"3": "2"})
    assert desk.save(1, vat_codes={"3": "2"}, route="off")
