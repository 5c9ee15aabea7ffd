"""The connection test: each right that the switches need is tried for real, and each that is missing is named."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import Company, CompanyId, Language, SoapLogin, Token
from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right, closed, reminder
from moment_xledger.domain.deeds import What
from moment_xledger.domain.entities import CurrentEntity, Entity
from moment_xledger.domain.errors import Unreachable, Why
from moment_xledger.domain.settings_faults import BadSettings
from moment_xledger.domain.typed_keys import with_typed
from moment_xledger.flows.save_company import save_company
from moment_xledger.flows.sync_records import Worker
from moment_xledger.flows.test_connection import Trial, try_connection
from tests.builders import a_company, a_customer
from tests.office import FakeVault, keys, settings
from tests.world import START, TOKEN, URL, World, entities_of

NORDVIK = CompanyId("nordvik")
SOAP = {"soap_user": "per", "soap_password": "pass"}


@dataclass
class Office:
    """A company, saved, and what the test needs of the outside."""

    world: World = field(default_factory=lambda: World(companies=[]))
    vault: FakeVault = field(default_factory=FakeVault)
    moment: bool | Exception = True
    soap: bool | Exception = True

    def save(self, typed: dict[str, Any] | None = None, **but: Any) -> None:
        secrets = with_typed(typed or keys(), None)
        filled = settings(**but) | {"id": "nordvik"}
        ledger, clock = self.world.ledger, self.world.time
        save_company(filled, secrets, ledger, self.vault, clock, URL)  # type: ignore[arg-type]

    @property
    def current(self) -> CurrentEntity:
        return self.world.ledger.entities.current(NORDVIK)

    def deny(self, *fields: str, token: str = TOKEN.secret) -> None:
        self.world.server.replan({"tokens": [{"token": token, "denied": fields}]})

    def worker(self) -> Worker:
        worker = self.world.worker()
        object.__setattr__(worker, "vault", self.vault)
        return worker

    def test(self) -> ConnectionTest:
        def moment(_: CompanyId, __: Token) -> bool:
            return _told(self.moment)

        def soap(_: Company, __: SoapLogin) -> bool:
            return _told(self.soap)

        return try_connection(NORDVIK, "Kari", Trial(self.worker(), Reference, moment, soap))


def _told(what: bool | Exception) -> bool:
    if isinstance(what, Exception):
        raise what
    return what


@pytest.fixture
def office() -> Office:
    return Office()


def outcomes(test: ConnectionTest) -> dict[str, str]:
    return {str(check.right): str(check.outcome) for check in test.checks}


def test_what_the_switches_need_is_tried_and_writing_is_not(office: Office) -> None:
    office.save()
    test = office.test()
    assert outcomes(test) == {
        "token": "passed",
        "owner_code": "passed",
        "customers": "passed",
        "companies": "passed",
        "projects": "passed",
        "accounts": "passed",
        "objectValues": "passed",
        "writing": "not tried",
        "moment": "passed",
    }
    assert test.passed
    assert office.world.requests["total"] == 10
    assert office.world.held("customers") == []


def test_what_no_switch_needs_is_not_asked_for(office: Office) -> None:
    office.save(export_customers=False, export_projects=False, route="off")
    assert outcomes(office.test()) == {"token": "passed", "moment": "passed"}
    assert office.world.requests["total"] == 2


def test_a_missing_right_is_named_and_stops_nothing_else(office: Office) -> None:
    office.save()
    office.deny("projects", "objectValues")
    test = office.test()

    refused = [check for check in test.checks if check.outcome is Outcome.REFUSED]
    assert [check.right for check in refused] == [Right.PROJECTS, Right.VAT_CODES]
    assert "does not give the right" in refused[0].sentence()
    assert "lese prosjekter" in refused[0].sentence(Language.NORWEGIAN)
    assert list(office.world.problems()) == [
        ("settings", "objectValues", "RIGHT_MISSING"),
        ("settings", "projects", "RIGHT_MISSING"),
    ]
    office.world.receive(a_customer("10001"))
    office.world.run()
    assert [customer["code"] for customer in office.world.held("customers")] == ["10001"]


def test_a_right_that_was_given_closes_its_problem(office: Office) -> None:
    office.save()
    office.deny("projects")
    office.test()
    office.deny()
    assert office.test().passed
    assert list(office.world.problems()) == []


def test_a_token_that_may_nothing_is_refused_once_and_closes_the_gate(office: Office) -> None:
    office.save()
    office.deny(token="another-0123456789")
    test = office.test()

    assert outcomes(test) == {
        "token": "refused",
        "owner_code": "not tried",
        "customers": "not tried",
        "companies": "not tried",
        "projects": "not tried",
        "accounts": "not tried",
        "objectValues": "not tried",
        "writing": "not tried",
        "moment": "passed",
    }
    gate = office.world.ledger.gates.get(office.vault.fingerprint(TOKEN))
    assert gate.closed_why is Why.AUTH
    assert list(office.world.problems()) == [("settings", "", "TOKEN_REFUSED")]


def test_keys_that_somebody_took_away_are_asked_for_like_refused_ones(office: Office) -> None:
    office.save(typed=keys(**SOAP), route="upload", owner_code=99168, import_code="X1")
    office.vault.take_away(NORDVIK)
    test = office.test()
    tried = {name: outcome for name, outcome in outcomes(test).items() if outcome != "not tried"}
    assert tried == {"token": "refused", "soap": "refused", "moment": "refused"}
    assert {code for _, _, code in office.world.problems()} == {
        "TOKEN_REFUSED",
        "MOMENT_KEY_REFUSED",
        "SOAP_LOGIN_REFUSED",
    }
    assert office.world.requests["total"] == 0


def test_a_token_that_was_refused_is_tried_again_and_opens_the_gate(office: Office) -> None:
    office.save()
    office.deny(token="another-0123456789")
    office.test()
    office.deny()
    assert office.test().passed
    assert office.world.ledger.gates.get(office.vault.fingerprint(TOKEN)).closed_until is None
    assert list(office.world.problems()) == []


def test_an_owner_code_that_the_token_does_not_reach_is_named_with_those_it_does(office: Office) -> None:
    office.save(owner_code=10001)
    (check,) = [check for check in office.test().checks if check.right is Right.OWNER_CODE]
    assert (check.outcome, check.why) == (Outcome.REFUSED, "99168 Nordvik AS")
    assert list(office.world.problems()) == [("settings", "owner_code", "OWNER_CODE_NOT_REACHED")]
    office.save(owner_code=99168)
    assert office.test().passed


def test_the_owner_code_of_the_tokens_own_entity_is_known_without_the_right_to_list_them(
    office: Office,
) -> None:
    office.deny("entities")
    office.save()
    assert office.test().passed
    assert office.current.entity == f"99168@{URL}"


def test_where_nothing_can_be_known_the_owner_code_counts_and_is_not_said_to_be_reached(
    office: Office,
) -> None:
    office.world.server.replan({"schema_lacks": ["Query.viewer", "Entity.owner"]})
    office.save(owner_code=30_417)
    test = office.test()
    assert outcomes(test)["owner_code"] == "not tried"
    assert test.passed
    assert office.current.entity == f"30417@{URL}"
    (check,) = [check for check in test.checks if check.right is Right.OWNER_CODE]
    assert "cannot be tried" in check.sentence()


def test_where_nothing_can_be_known_and_there_is_no_owner_code_one_is_asked_for(office: Office) -> None:
    office.world.server.replan({"schema_lacks": ["Query.viewer", "Owner.ownerCode"]})
    office.save()
    assert outcomes(office.test())["owner_code"] == "refused"
    assert list(office.world.problems()) == [("settings", "owner_code", "OWNER_CODE_NEEDED")]
    office.save(owner_code=30_417)
    assert office.test().passed
    assert list(office.world.problems()) == []


def test_of_several_entities_that_the_token_reaches_none_is_chosen(office: Office) -> None:
    both = [
        a_company("a", name="Tind AS", owner_code=30_418),
        a_company("b", name="Elv AS", owner_code=30_419),
    ]
    office.world = World(entities_of(both), companies=[])
    office.save()
    (check,) = [check for check in office.test().checks if check.right is Right.OWNER_CODE]
    assert check.outcome is Outcome.REFUSED
    for language in Language:
        assert "30418 Tind AS, 30419 Elv AS" in check.sentence(language)
    assert list(office.world.problems()) == [("settings", "owner_code", "OWNER_CODE_NEEDED")]
    with pytest.raises(BadSettings, match="30418 Tind AS, 30419 Elv AS"):
        office.save()
    office.save(owner_code=30_419)
    assert office.test().passed
    assert list(office.world.problems()) == []


def test_an_entity_where_another_company_writes_by_now_is_refused(office: Office) -> None:
    office.save()
    entities, sandbox = office.world.ledger.entities, CompanyId("sandbox")
    entities.move(sandbox, entities.current(sandbox), Entity(URL, 99168))
    (check,) = [check for check in office.test().checks if check.right is Right.OWNER_CODE]
    assert (check.outcome, "Another company set up here" in check.sentence()) == (Outcome.REFUSED, True)
    assert list(office.world.problems()) == [("settings", "owner_code", "ENTITY_TAKEN")]
    entities.move(sandbox, entities.current(sandbox), None)
    assert office.test().passed
    assert list(office.world.problems()) == []


def test_an_upload_tries_the_soap_login(office: Office) -> None:
    office.save(keys(**SOAP), route="upload", owner_code=99168, import_code="OWN")
    assert outcomes(office.test())["soap"] == "passed"
    office.soap = False
    assert outcomes(office.test())["soap"] == "refused"
    assert list(office.world.problems()) == [("settings", "soap", "SOAP_LOGIN_REFUSED")]


def test_a_system_that_does_not_answer_is_no_problem_yet(office: Office) -> None:
    office.save()
    office.moment = Unreachable("Moment: ConnectTimeout")
    test = office.test()
    assert outcomes(test)["moment"] == "later"
    assert not test.passed
    assert list(office.world.problems()) == []


def test_when_the_hour_is_used_up_the_test_says_until_when(office: Office) -> None:
    office.save()
    office.world.server.replan({"credits_per_hour": 3})
    test = office.test()
    assert list(outcomes(test).values())[:4] == ["passed", "passed", "passed", "later"]
    (check,) = [check for check in test.checks if check.right is Right.PROJECTS]
    assert "(projects): timens forespørsler er brukt opp til kl. 11:0" in check.sentence(Language.NORWEGIAN)


def test_who_waits_for_the_test_waits_only_so_long(office: Office) -> None:
    office.save()
    worker = replace(office.worker(), run=timedelta(seconds=10))  # too short for a time-out
    test = try_connection(NORDVIK, "Kari", Trial(worker, Reference, lambda *_: True, lambda *_: True))
    assert set(outcomes(test).values()) == {"later", "not tried", "passed"}
    assert test.checks[0].sentence().startswith("The Xledger API key: Xledger takes too long to answer. ")
    assert office.world.requests["total"] == 0


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("language", Language)
def test_why_a_gate_is_closed_is_said_in_words(why: Why, language: Language) -> None:
    check = Check(Right.PROJECTS, Outcome.LATER, closed(why, START))
    assert f": {why}, " not in check.sentence(language)


def test_a_worker_at_the_gate_is_waited_for(office: Office) -> None:
    office.save()
    gates = office.world.ledger.gates
    token, time = office.vault.fingerprint(TOKEN), office.world.time
    gate = gates.get(token)
    until = time() + timedelta(seconds=7)
    gates.save(token, type(gate)(gate.ver, owner="somebody", lease_until=until))
    assert office.test().passed
    assert time() >= until


def test_the_newest_test_is_kept_for_the_settings_page_and_is_a_deed(office: Office) -> None:
    office.save()
    test = office.test()
    assert office.world.ledger.connection_tests.newest(NORDVIK) == test
    assert next(office.world.ledger.audit.of(NORDVIK)).what is What.TESTED_CONNECTION


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sentence_in_both_languages(right: Right, outcome: Outcome) -> None:
    check = Check(right, outcome, "words")
    assert check.sentence(Language.NORWEGIAN) != check.sentence(Language.ENGLISH)


@pytest.mark.parametrize(
    ("days", "stands"),
    [
        pytest.param(31, None, id="not yet"),
        pytest.param(30, 30, id="a month before"),
        pytest.param(8, 30, id="still the first"),
        pytest.param(7, 7, id="a week before"),
        pytest.param(1, 1, id="the day before"),
        pytest.param(-3, 1, id="too late"),
    ],
)
def test_an_expiry_is_announced_a_month_a_week_and_a_day_before(days: int, stands: int | None) -> None:
    today = date(2026, 11, 22)
    assert reminder(today + timedelta(days=days), today) == stands


def test_no_date_is_no_reminder() -> None:
    assert reminder(None, date(2026, 11, 22)) is None


@pytest.mark.parametrize("answer", ["page", "empty", "json"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_that_names_no_reason_is_not_called_a_refused_key(
    office: Office, status: int, answer: str
) -> None:
    office.save()
    office.world.server.replan({"gateway": answer, "gateway_status": status})
    test = office.test()
    (token,) = [check for check in test.checks if check.right is Right.TOKEN]
    assert token.outcome is Outcome.LATER
    assert "a firewall or a proxy stops us, or Xledger does not accept the API key" in token.sentence()
    assert "brannmur" in token.sentence(Language.NORWEGIAN)
    assert list(office.world.problems()) == []


def test_a_test_after_the_firewall_let_us_through_again_passes(office: Office) -> None:
    """Though the breaker is still open: somebody has just said that it may be over."""
    office.save()
    office.world.server.replan({"gateway": "page"})
    office.test()
    office.world.server.replan({"gateway": "absent"})
    office.world.time.now += timedelta(seconds=90)
    assert office.test().passed


def test_a_request_of_ours_that_xledger_does_not_take_is_no_fault_of_the_token() -> None:
    office = Office()
    office.save()
    office.world.server.replan({"schema_lacks": ["Query.projects"]})
    outcomes = {str(check.right): str(check.outcome) for check in office.test().checks}
    assert (outcomes["token"], outcomes["customers"], outcomes["projects"]) == ("passed", "passed", "later")
    assert list(office.world.problems(NORDVIK)) == []
