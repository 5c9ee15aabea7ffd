"""How long what waits has waited: each kind by itself, and only what could go if somebody carried it."""

from datetime import timedelta

import pytest

from local.bench.metering import MeteredTable
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate, InFlight
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pause
from moment_xledger.flows.measure_work import FEWEST_COMPANIES, MOST_COMPANIES, measure_work
from moment_xledger.observability import Signal
from tests.builders import a_company, a_customer, a_project, of
from tests.world import COMPANY, START, TOKEN_ID, World, reach_of

MINUTE = timedelta(minutes=1)
OVER = {int(START.timestamp()) // 60: 450}  # nine tenths of a plan of 500, in the minute when all begins


def measured(
    world: World, after: timedelta = 10 * MINUTE, looks: int = MOST_COMPANIES
) -> dict[Signal, float]:
    """`looks`: for so many companies there is time."""
    left = iter(range(looks))
    return measure_work(world.ledger, START + after, lambda: next(left, None) is not None)


def test_each_kind_waits_by_itself_and_the_longest_counts() -> None:
    world = World()
    world.receive(a_customer("10001"))
    world.time.now += 4 * MINUTE
    world.receive(a_project("P-1", customerNumber=None))
    found = measured(world)
    assert (found[Signal.CUSTOMERS_WAIT], found[Signal.PROJECTS_WAIT]) == (600, 360)
    assert (found[Signal.WAIT], found[Signal.WAIT_IN_ALL]) == (600, 600)


def test_of_several_companies_with_one_token_the_oldest_counts() -> None:
    world = World(companies=[a_company("nordvik"), a_company("fjord")])
    world.receive(of("fjord", a_customer("10001")))
    world.time.now += 4 * MINUTE
    world.receive(of("nordvik", a_customer("10001")))
    assert measured(world)[Signal.WAIT] == 600


def test_where_time_is_short_the_oldest_is_looked_for_among_fewer_companies() -> None:
    """Which are looked at first changes with the minute, so that every one is at some time."""
    many = 2 * FEWEST_COMPANIES
    world = World(companies=[a_company(f"vik{n}") for n in range(many)])
    for n in range(many):
        world.receive(of(f"vik{n}", a_customer("10001")))
        world.time.now += timedelta(seconds=1)
    in_time, short = measured(world), [measured(world, (10 + n) * MINUTE, looks=0) for n in range(16)]
    assert set(short[0]) == set(in_time)
    assert in_time[Signal.WAIT] == 600
    assert all(600 - many < each[Signal.WAIT] - n * 60 <= 600 for n, each in enumerate(short))


def test_later_edits_make_no_record_younger() -> None:
    world = World()
    world.receive(a_customer("10001"))
    world.time.now += 4 * MINUTE
    world.receive(a_customer("10001", version=2))
    assert measured(world)[Signal.WAIT] == 600


def test_what_has_gone_waits_no_more_and_a_project_without_its_customer_is_not_late() -> None:
    world = World()
    world.receive(a_customer("10001"), a_project("P-1", customerNumber="99"))
    world.run()
    found = measured(world)
    assert (found[Signal.WAIT], found[Signal.WAIT_IN_ALL], found[Signal.MEASUREMENTS]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("gate", "waits", "in_all", "refused"),
    [
        pytest.param(Gate(), 600, 600, 0, id="open"),
        pytest.param(
            Gate(owner="somebody", lease_until=START + 60 * MINUTE), 600, 600, 0, id="somebody carries it"
        ),
        pytest.param(Gate(plan=500, minutes=OVER), 0, 600, 0, id="the hour's requests are used by our count"),
        pytest.param(
            Gate(closed_until=START + 60 * MINUTE, closed_why=Why.CREDITS), 0, 600, 0, id="and by Xledger's"
        ),
        pytest.param(
            Gate(closed_until=START + 60 * MINUTE, closed_why=Why.DOWN), 0, 600, 0, id="Xledger is down"
        ),
        pytest.param(
            Gate(closed_until=START + 60 * MINUTE, closed_why=Why.AUTH), 0, 0, 1, id="the token is refused"
        ),
        pytest.param(
            Gate(closed_until=START + MINUTE, closed_why=Why.CREDITS), 600, 600, 0, id="it was closed before"
        ),
    ],
)
def test_what_counts_depends_on_the_gate(gate: Gate, waits: float, in_all: float, refused: int) -> None:
    world = World()
    world.receive(a_customer("10001"))
    world.ledger.gates.save(TOKEN_ID, gate)
    found = measured(world)
    assert (found[Signal.WAIT], found[Signal.WAIT_IN_ALL]) == (waits, in_all)
    assert found[Signal.TOKENS_REFUSED] == refused


def test_a_write_without_an_answer_is_in_doubt_since_it_began() -> None:
    world = World()
    world.receive(a_customer("10001"))
    world.ledger.gates.save(TOKEN_ID, Gate(in_flight=InFlight("AddCustomers", START + MINUTE)))
    assert measured(world)[Signal.IN_DOUBT] == 540


def test_a_clock_that_is_behind_makes_nothing_negative() -> None:
    world = World()
    world.receive(a_customer("10001"))
    assert min(measured(world, after=timedelta()).values()) >= 0


def test_companies_that_stand_still_are_not_measured_and_a_shared_token_is_for_the_others() -> None:
    world = World(companies=[a_company("nordvik"), a_company("fjord")])
    world.receive(of("fjord", a_customer("10001")))
    world.time.now += 4 * MINUTE
    world.receive(of("nordvik", a_customer("10001")))
    world.ledger.pauses.pause(CompanyId("fjord"), Pause(START, "Kari", "a wrong account"))
    assert measured(world)[Signal.WAIT] == 360


def test_of_ten_thousand_that_wait_some_hundreds_are_looked_at_and_first_those_that_may_go() -> None:
    table = MeteredTable()
    ledger = Ledger(table)  # type: ignore[arg-type]
    closed = Gate(closed_until=START + 60 * MINUTE, closed_why=Why.DOWN)
    for n in range(5_000):
        for kind in Kind:
            ledger.records.mark_work(TokenId(f"token-{n}"), kind, CompanyId(f"company-{n}"), START)
        ledger.gates.save(TokenId(f"token-{n}"), closed)
    world = World()
    world.table, world.ledger = table, ledger
    ledger.companies.save(COMPANY)
    ledger.entities.save_reach(TOKEN_ID, reach_of(world.server.plan, START))
    world.receive(a_customer("10001"))
    before = table.calls
    found = measured(world)
    assert (found[Signal.WAIT], found[Signal.CUSTOMERS_WAIT]) == (600, 600)
    assert table.calls - before < 50 + MOST_COMPANIES + 2 * len(keys.SHARDS) + 10
