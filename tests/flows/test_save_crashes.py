"""Whatever call a save dies at, before or after it: settings and keys are those of one version, and what is saved is
carried out, whether the button is pressed again or nobody ever comes back."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger import keys as keys_in_table
from moment_xledger.adapters.table import Put
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.deeds import What
from moment_xledger.domain.errors import Conflict, GateClosed
from moment_xledger.domain.probes import Hold
from moment_xledger.domain.replies import Reply
from moment_xledger.flows.channel import Asks
from moment_xledger.flows.note_returned_notice import stop_address
from moment_xledger.flows.save_company import Form, save_form
from moment_xledger.flows.sync_records import Worker, open_channel
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import a_company, a_customer, a_project, of
from tests.flows.mailroom import Died, Fuse
from tests.office import FakeVault, keys, settings
from tests.world import TOKEN, URL, World, entities_of

NORDVIK, SORVIK = CompanyId("nordvik"), CompanyId("sorvik")
KARI, OLA = "kari@nordvik.example", "ola@nordvik.example"
NEW = Token("a-new-token-0123456789")
BY_MAIL: dict[str, Any] = {"route": "email", "reception_address": "mb.00000@xledger.example"}
OWNERS = {NORDVIK: 20_401, SORVIK: 20_402}
FIVE_MINUTES = timedelta(minutes=5)
TOKEN_REFUSED = ("settings", "", "TOKEN_REFUSED")
ADDRESS_STOPPED = ("settings", KARI, "NOTICE_ADDRESS_STOPPED")


class Counting:
    """Requests by the token that they were sent with."""

    def __init__(self, xledger: Asks) -> None:
        self._xledger, self.sent = xledger, Counter[Token]()

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        self.sent[token] += 1
        return self._xledger.ask(token, operation, variables)


class Office(World):
    """Nordvik's token is refused, one of its kinds is off, and mails to Kari come back. Sorvik has been given the new
    token, which Xledger refused until now."""

    def __init__(self) -> None:
        owners = [a_company(id_, owner_code=code) for id_, code in OWNERS.items()]
        super().__init__(entities_of(owners, credits_per_hour=1000), companies=[])
        self.vault, self.fuse, self.counting = FakeVault(), Fuse(), Counting(self.xledger)
        self.save(0, export_customers=False, notify=[KARI, OLA])
        self.save(0, SORVIK, NEW)
        company = self.ledger.companies.get_known(NORDVIK)
        stop_address(company, KARI, "Permanent", "", self.ledger, self.time())
        self.receive(of(SORVIK, a_customer("30001")))
        self.carry_wakes()
        self.server.replan({"tokens": [{"token": NEW.secret}]})
        self.receive(of(NORDVIK, a_customer("10001")), of(NORDVIK, a_project("P-1")))
        self.carry_wakes()
        assert list(self.problems(NORDVIK)) == [ADDRESS_STOPPED, TOKEN_REFUSED]
        assert list(self.problems(SORVIK)) == [TOKEN_REFUSED]

    def worker(self, *given: Any) -> Worker:
        return replace(super().worker(*given), vault=self.vault, xledger=self.counting)  # type: ignore[arg-type]

    def save(self, since: int, company: CompanyId = NORDVIK, token: Token = TOKEN, **but: Any) -> None:
        form = Form(
            company,
            settings(owner_code=OWNERS[company], **but),
            keys(xledger_token=token.secret),
            since,
            "Kari",
        )
        guard = self.fuse.guard
        save_form(form, Ledger(guard("table", self.table)), guard("vault", self.vault), self.time, URL)
        self.ledger.probes.keep_hold(company, Hold())  # as once everything was checked

    def press(self) -> None:
        """From the newest version, as the page has it that says why nothing was saved."""
        self.save(self.version, token=NEW, notify=[OLA], **BY_MAIL)

    @property
    def version(self) -> int:
        return self.ledger.companies.get_with_version(NORDVIK)[1]

    def go_on(self) -> None:
        """Workers, sweep, and the run that watches, as they go by themselves."""
        for _ in range(2):
            self.time.now += FIVE_MINUTES
            self.sweep()
            self.carry_wakes()
            for company in (NORDVIK, SORVIK):
                watch_deadlines(self.ledger.companies.get_known(company), self.ledger, self.time())

    def check_keys(self) -> None:
        """One version's, and each request counted at the gate of the token that it was sent with."""
        company = self.ledger.companies.get_known(NORDVIK)
        secrets = self.vault.secrets(company)
        assert secrets
        assert self.vault.fingerprint(secrets.xledger_token) == company.token_id
        for token in (TOKEN, NEW):
            counted = self.ledger.gates.get(self.vault.fingerprint(token)).usage.in_month
            assert counted == self.counting.sent[token]


def by_another_press(office: Office) -> None:
    office.press()


def by_nobody(office: Office) -> None:
    """What was not saved stays so."""


def outcome(office: Office) -> Any:
    ledger = office.ledger
    company, mailing = ledger.companies.get_known(NORDVIK), ledger.due.until(office.time()).mails
    return (
        company.model_copy(update={"keys_id": ""}),
        office.vault.secrets(company),
        ledger.settings_history.tails(NORDVIK),
        sorted(each["code"] for kind in ("customers", "projects") for each in office.held(kind)),
        [*office.problems(NORDVIK), *office.problems(SORVIK)],
        NORDVIK in mailing,
    )


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Any, int]:
    """What comes out when nobody dies, and how many calls that takes."""
    office = Office()
    calls_before = office.fuse.calls
    office.press()
    calls = office.fuse.calls - calls_before
    office.go_on()
    office.check_keys()
    return outcome(office), calls


def died(call: int, when: str) -> Office:
    office = Office()
    office.fuse.burns_at = (office.fuse.calls + call, when)
    with pytest.raises(Died):
        office.press()
    office.fuse.burns_at = None
    office.check_keys()
    return office


def test_what_a_save_brings_about(undisturbed: tuple[Any, int]) -> None:
    company, secrets, _, held, problems, is_mailing = undisturbed[0]
    assert (secrets.xledger_token, company.notify, company.export_customers) == (NEW, (OLA,), True)
    assert (held, problems, is_mailing) == (["10001", "30001", "P-1"], [], True)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("gone_on", [by_another_press, by_nobody])
def test_a_crash_at_any_call_leaves_all_of_a_save_or_nothing(
    undisturbed: tuple[Any, int], gone_on: Callable[[Office], None], when: str
) -> None:
    expected, calls = undisturbed
    assert 15 < calls < 60
    for call in range(1, calls + 1):
        office = died(call, when)
        gone_on(office)
        office.go_on()
        office.check_keys()
        deeds = [each for each in office.ledger.audit.of(NORDVIK) if each.what is What.CHANGED_SETTINGS]
        assert office.version == len(deeds) == len(list(office.ledger.settings_history.of(NORDVIK)))
        if office.version == 1:
            assert gone_on is by_nobody
            assert TOKEN_REFUSED in office.problems(NORDVIK), office.fuse.seen
            assert office.held("projects") == []
        else:
            assert outcome(office) == expected, office.fuse.seen[-calls:]


def test_of_two_who_save_at_the_same_moment_the_keys_of_one_are_read_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    rivals, offer = Token("a-rivals-token-0123456789"), office.vault.offer

    def offer_and_overtaken(*given: Any) -> Any:
        keys_id = offer(*given)
        monkeypatch.undo()
        office.save(1, token=rivals)
        return keys_id

    monkeypatch.setattr(office.vault, "offer", offer_and_overtaken)
    with pytest.raises(Conflict):
        office.press()
    office.check_keys()
    company = office.ledger.companies.get_known(NORDVIK)
    assert office.vault.xledger_token(company) == office.vault.held[NORDVIK].xledger_token == rivals


def test_who_saves_an_old_form_leaves_no_keys_behind() -> None:
    office = Office()
    office.save(1, name="Nordvik AS")
    stored = len(office.vault.versions)
    with pytest.raises(Conflict):
        office.save(1, token=NEW)
    assert len(office.vault.versions) == stored


def test_keys_that_did_not_change_are_not_stored_again() -> None:
    office = Office()
    before = office.ledger.companies.get_known(NORDVIK).keys_id
    office.save(1, name="Nordvik AS")
    assert office.ledger.companies.get_known(NORDVIK).keys_id == before


def test_a_company_that_has_just_left_a_token_opens_no_gate_with_its_new_one() -> None:
    """Whoever reads who shares a token may read the settings of one of them after a save."""
    office = Office()
    old = office.ledger.companies.get_known(NORDVIK).token_id
    office.press()
    office.table.write(Put((keys_in_table.token(old), f"TENANT#{NORDVIK}"), {}))  # as it was read before
    asked = office.counting.sent.total()
    with pytest.raises(GateClosed), open_channel(old, office.worker()):
        pass
    assert (office.ledger.companies.sharing(old), office.counting.sent.total()) == ([], asked)
