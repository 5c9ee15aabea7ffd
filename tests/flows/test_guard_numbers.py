"""What people change in Xledger is noticed the next night, told once, and closed when it is right again."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from local.xledger.hands import Hands
from local.xledger.plan import Plan
from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import REPORTED
from moment_xledger.domain.records import State
from moment_xledger.flows import guard_numbers as flow
from moment_xledger.flows.guard_numbers import Guard, Report, guard_numbers
from tests.builders import a_company, a_customer, a_private_person, a_project, of
from tests.world import COMPANY, TOKEN, TOKEN_ID, World


@dataclass
class Nights:
    """Two customers and a project, in step with Xledger, and a first night behind them."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.world.receive(a_private_person("10001"), a_private_person("10002"), a_project("P-1"))
        self.world.run()
        self.night()

    def night(self) -> Report:
        self.world.time.now += timedelta(days=1)
        return guard_numbers(TOKEN_ID, Guard(self.world.worker(), Reference))

    @property
    def hands(self) -> Hands:
        """What people do in Xledger's own pages."""
        return self.world.server.hands

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        return sorted(self.world.problems())


@pytest.fixture
def nights() -> Nights:
    return Nights()


def test_a_quiet_night_costs_little_and_finds_nothing(nights: Nights) -> None:
    nights.night()
    asked = nights.world.requests["total"]
    report = nights.night()
    assert (report.checked, report.found, nights.problems) == (0, 0, [])
    # what the token reaches, twice; two feeds; accounts; countries; the kind of VAT codes, these, and
    # their rates; what GL objects hold was read in this week
    assert nights.world.requests["total"] - asked == 9


def test_a_number_that_was_changed_is_told_and_closed_when_it_is_changed_back(nights: Nights) -> None:
    nights.hands.renumber("customers", "10001", "90001")
    nights.night()
    (problem,) = nights.world.ledger.problems.of(COMPANY.id)
    assert problem.sentence() == (
        "The customer 10001 from Moment was given number 90001 in Xledger. "
        "The number must be the same in both. "
        "Nothing is sent until this is settled: open the problem and choose what is right."
    )
    nights.night()
    assert len(nights.problems) == 1
    nights.hands.renumber("customers", "90001", "10001")
    nights.night()
    assert nights.problems == []


def test_what_was_changed_before_the_first_night_is_told_then() -> None:
    nights = Nights.__new__(Nights)
    nights.world = World()
    nights.world.receive(*(a_private_person(number) for number in ("301", "302", "303")))
    nights.world.receive(a_project("B-2", customerNumber="302"))
    nights.world.run()
    nights.hands.renumber("customers", "301", "309")
    nights.hands.close("projects", "B-2", "2026-03-31")
    nights.hands.remove("customers", "303")
    report = nights.night()
    assert (report.checked, report.found) == (4, 3)
    assert nights.problems == [
        ("customer", "301", "NUMBER_MOVED_IN_XLEDGER"),
        ("customer", "303", "GONE_FROM_XLEDGER"),
        ("project", "B-2", "CLOSED_IN_XLEDGER"),
    ]


def test_a_record_that_was_closed_when_it_was_found_in_xledger_is_told(nights: Nights) -> None:
    """Nothing is written of it, so the feed says nothing either."""
    nights.hands.make("projects", "Lager 7", "Lager", fields={"toDate": "2026-04-30"})
    nights.night()
    nights.world.receive(a_project("Lager 7", name="Lager", startDate=None))
    nights.world.run()
    nights.night()
    assert nights.problems == [("project", "Lager 7", "CLOSED_IN_XLEDGER")]


def test_every_record_is_compared_once_in_as_many_nights_as_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(flow, "MOST_COMPARED", 2)
    nights = Nights.__new__(Nights)
    nights.world = World()
    nights.world.receive(*(a_private_person(str(number)) for number in range(400, 414)))
    nights.world.run()
    for number in (400, 413):
        nights.hands.renumber("customers", str(number), f"{number}x")
    checked = []
    for _ in range(5):
        asked = nights.world.requests["total"]
        checked.append(nights.night().checked)
        assert nights.world.requests["total"] - asked <= 14
    assert checked == [6, 7, 3, 2, 2]  # what was found before is looked at again each night
    assert {number for _, number, _ in nights.problems} == {"400", "413"}


def test_a_night_that_is_cut_short_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "MOST_AT_ONCE", 2)
    nights = Nights.__new__(Nights)
    nights.world = World()
    nights.world.receive(*(a_private_person(str(number)) for number in range(500, 509)))
    nights.world.run()
    nights.hands.renumber("customers", "508", "508x")
    nights.world.time.now += timedelta(hours=2)
    nights.world.server.replan({"credits_per_hour": 5})
    with pytest.raises(GateClosed):
        nights.night()
    nights.world.server.replan({"credits_per_hour": None})
    assert nights.night().checked == 5
    assert nights.problems == [("customer", "508", "NUMBER_MOVED_IN_XLEDGER")]


@pytest.mark.parametrize("unknown_cursor", ["refused", "from_start", "nothing"])
def test_a_feed_that_no_longer_has_our_cursor_is_begun_anew_once(nights: Nights, unknown_cursor: str) -> None:
    nights.hands.renumber("customers", "10001", "77001")
    nights.world.time.now += timedelta(days=9)
    nights.world.server.replan({"unknown_cursor": unknown_cursor, "changes_kept_days": 7})
    report = nights.night()
    assert (report.started_over, report.not_allowed) == (2, 0)
    assert nights.problems == [("customer", "10001", "NUMBER_MOVED_IN_XLEDGER")]
    nights.hands.renumber("customers", "77001", "10001")
    nights.hands.close("customers", "10002", "2026-05-31")
    report = nights.night()
    assert (report.started_over, report.not_allowed) == (0, 0)
    assert nights.problems == [("customer", "10002", "CLOSED_IN_XLEDGER")]


def test_whatever_a_feed_refuses_a_cursor_with_is_told_from_a_missing_right(nights: Nights) -> None:
    """Here with an error of the document, and of a feed that is another one."""
    ledger = nights.world.ledger
    nights.world.server.replan({"request_errors": "vague"})
    for cursor in ("not-a-cursor", "999999"):
        place = ledger.references.place(TOKEN_ID, Kind.PROJECT)
        assert place
        ledger.references.save_place(TOKEN_ID, Kind.PROJECT, replace(place, cursor=cursor))
        assert (nights.night().started_over, nights.night().started_over) == (1, 0)


def test_the_place_that_an_older_release_left_is_followed_by_a_comparison_of_all(nights: Nights) -> None:
    table, key = nights.world.table, keys.feed(TOKEN_ID, Kind.CUSTOMER)
    nights.hands.renumber("customers", "10001", "10005")
    nights.night()
    nights.world.ledger.problems.close(COMPANY.id, [("customer", "10001")], REPORTED)
    place = nights.world.ledger.references.place(TOKEN_ID, Kind.CUSTOMER)
    assert place
    table.write(Put(key, {"cursor": place.cursor}))
    assert nights.night().checked == 2
    assert nights.problems == [("customer", "10001", "NUMBER_MOVED_IN_XLEDGER")]


def test_what_was_deleted_and_made_again_is_linked_to_its_new_id(nights: Nights) -> None:
    nights.hands.remove("customers", "10001")
    nights.night()
    assert nights.problems == [("customer", "10001", "GONE_FROM_XLEDGER")]
    made = nights.hands.make("customers", "10001", "Ås Bygg AS")
    nights.night()
    assert nights.problems == []
    nights.world.run()
    record = nights.world.ledger.records.by_number(COMPANY.id, Kind.CUSTOMER, ["10001"])["10001"]
    assert (record.db_id, record.state) == (made["dbId"], State.SYNCED)
    assert len(nights.world.held("customers")) == 2


def test_what_was_closed_in_xledger_is_told(nights: Nights) -> None:
    nights.hands.close("customers", "10001", "2026-01-31")
    nights.hands.close("projects", "P-1", "2026-01-31")
    nights.night()
    assert nights.problems == [
        ("customer", "10001", "CLOSED_IN_XLEDGER"),
        ("project", "P-1", "CLOSED_IN_XLEDGER"),
    ]


def test_a_project_that_moment_ended_itself_is_no_finding(nights: Nights) -> None:
    nights.world.receive(a_project("P-1", version=2, active=False, endDate="2026-02-01"))
    nights.world.run()
    assert nights.night().checked == 1
    assert nights.problems == []


def test_what_was_deleted_in_xledger_is_told(nights: Nights) -> None:
    (customer, _) = nights.world.held("customers")
    nights.world.server.remove("customers", customer["dbId"])
    nights.night()
    assert nights.problems == [("customer", "10001", "GONE_FROM_XLEDGER")]


def test_a_number_that_was_given_to_another_one_as_well_is_told(nights: Nights) -> None:
    nights.hands.make("customers", "10002", "Another")
    nights.night()
    assert nights.problems == [("customer", "10002", "NUMBER_DOUBLED_IN_XLEDGER")]


def test_what_we_sent_ourselves_is_no_finding(nights: Nights) -> None:
    nights.world.receive(*(a_private_person(str(number)) for number in range(10_003, 10_050)))
    nights.world.receive(a_private_person("10001", version=2, name="A new name"))
    nights.world.run()
    report = nights.night()
    assert (report.checked, report.found) == (48, 0)


def test_the_same_number_in_another_company_of_the_token_is_no_finding() -> None:
    entities = [
        {"ownerCode": 10_000},
        {"ownerCode": 10_001, "parent": 10_000},
        {"ownerCode": 10_002, "parent": 10_000},
    ]
    plan = Plan.model_validate(
        {
            "entities": entities,
            "tokens": [{"token": TOKEN.secret, "ownerCode": 10_000}],
            "credits_per_hour": None,
        }
    )
    world = World(plan, [a_company("north", owner_code=10_001), a_company("south", owner_code=10_002)])
    nights = Nights.__new__(Nights)
    nights.world = world
    nights.night()
    for company in ("north", "south"):
        world.receive(of(company, a_private_person("10001")))
    world.run()
    assert nights.night().found == 0
    (north, _) = world.held("customers")
    world.server.remove("customers", north["dbId"])
    nights.night()
    assert list(world.problems(CompanyId("north"))) == [("customer", "10001", "GONE_FROM_XLEDGER")]
    assert list(world.problems(CompanyId("south"))) == []


def test_a_closed_gate_puts_it_off_and_forgets_nothing(nights: Nights) -> None:
    nights.hands.renumber("customers", "10001", "90001")
    nights.world.server.replan({"credits_per_hour": 0})
    with pytest.raises(GateClosed):
        nights.night()
    assert nights.problems == []
    nights.world.server.replan({"credits_per_hour": None})
    nights.night()
    assert nights.problems == [("customer", "10001", "NUMBER_MOVED_IN_XLEDGER")]


def test_without_the_right_to_the_feed_the_records_go_on(nights: Nights) -> None:
    denied = {"token": TOKEN.secret, "denied": ["customer_deltas"]}
    nights.world.server.replan({"tokens": [denied]})
    nights.hands.renumber("projects", "P-1", "P-9")
    nights.hands.close("customers", "10002", "2026-06-30")
    for _ in range(3):
        report = nights.night()
        assert (report.not_allowed, report.started_over) == (1, 0)
    assert nights.problems == [  # without the feed, every record is compared again and again
        ("customer", "10002", "CLOSED_IN_XLEDGER"),
        ("project", "P-1", "NUMBER_MOVED_IN_XLEDGER"),
    ]
    nights.world.receive(a_customer("10003"))
    nights.world.run()
    assert len(nights.world.held("customers")) == 3


def test_it_reads_the_lists_that_exports_are_checked_against(nights: Nights) -> None:
    lists = nights.world.ledger.references.get(TOKEN_ID)
    assert lists is not None
    assert lists.vat_codes is not None
    assert "3" in lists.vat_codes


def test_a_record_that_has_a_problem_already_keeps_it(nights: Nights) -> None:
    nights.world.receive(a_private_person("10099", id=11_001, version=2))
    assert nights.problems == [("customer", "10099", "NUMBER_CHANGED")]
    nights.hands.close("customers", "10001", "2026-01-31")
    nights.night()
    assert nights.problems == [("customer", "10099", "NUMBER_CHANGED")]
    assert nights.world.ledger.references.place(TOKEN_ID, Kind.CUSTOMER)


def test_what_is_wrong_with_a_number_hides_nothing_of_who_is_to_have_it_in_moment_now(nights: Nights) -> None:
    nights.world.receive(a_private_person("10002", id=11_001, version=2))
    nights.hands.close("customers", "10002", "2026-01-31")
    nights.night()
    told = [("customer", "10002", "CLOSED_IN_XLEDGER"), ("customer", "10002", "NUMBER_CHANGED")]
    assert nights.problems == told
    nights.world.receive(a_private_person("10002", id=11_001, version=3, name="A new name"))
    assert nights.problems == told


def test_a_token_that_somebody_took_away_is_asked_for_like_a_refused_one(nights: Nights) -> None:
    world = nights.world
    asked, worker = world.requests["total"], replace(world.worker(), vault=cast(Any, Emptied()))
    with pytest.raises(GateClosed):
        guard_numbers(TOKEN_ID, Guard(worker, Reference))
    assert world.requests["total"] == asked
    assert nights.problems == [("settings", "", "TOKEN_REFUSED")]
    assert world.ledger.gates.get(TOKEN_ID).closed_why is Why.AUTH


class Emptied:
    def xledger_token(self, company: Company) -> None:
        return None
