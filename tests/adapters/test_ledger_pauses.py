"""What the ledger promises of pauses, and of exports that were asked for in one, on the twin and on DynamoDB alike."""

from datetime import UTC, datetime, timedelta

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.orders import Order
from moment_xledger.domain.pauses import Pause
from tests.adapters.ledgers import ledger as ledger

NORDVIK, FJORD = CompanyId("nordvik"), CompanyId("fjord")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
WRONG, DOWN = Pause(NOW, "Kari", "a wrong account"), Pause(NOW, "Ola", "Xledger asks us to stop")


def test_a_pause_is_of_one_company_or_of_all(ledger: Ledger) -> None:
    assert not ledger.pauses.now()
    ledger.pauses.pause(NORDVIK, WRONG)
    assert (ledger.pauses.now().of(NORDVIK), ledger.pauses.now().of(FJORD)) == (WRONG, None)
    ledger.pauses.pause(None, DOWN)
    assert (ledger.pauses.now().of(NORDVIK), ledger.pauses.now().of(FJORD)) == (DOWN, DOWN)
    assert ledger.pauses.lift(None, LATER)
    assert (ledger.pauses.now().of(NORDVIK), ledger.pauses.now().of(FJORD)) == (WRONG, None)
    assert ledger.pauses.lift(NORDVIK, LATER)
    assert ledger.pauses.now().of(NORDVIK) is None


def test_what_is_not_paused_cannot_be_resumed(ledger: Ledger) -> None:
    assert not ledger.pauses.lift(NORDVIK, NOW)
    ledger.pauses.pause(NORDVIK, WRONG)
    assert not ledger.pauses.lift(None, NOW)
    assert [ledger.pauses.lift(NORDVIK, NOW) for _ in range(2)] == [True, False]


def test_nobody_has_waited_for_us_before_the_end_of_a_pause(ledger: Ledger) -> None:
    assert ledger.pauses.now().rested_until(NORDVIK, LATER) is None
    ledger.pauses.pause(NORDVIK, WRONG)
    assert ledger.pauses.now().rested_until(NORDVIK, LATER) == LATER
    ledger.pauses.lift(NORDVIK, NOW)
    assert ledger.pauses.now().rested_until(NORDVIK, LATER) == NOW


def test_an_order_is_kept_once_for_each_who_asks_and_found_by_the_sweep(ledger: Ledger) -> None:
    kept = [
        Order(NORDVIK, "r1", "schedule"),
        Order(NORDVIK, "r2", "schedule"),
        Order(NORDVIK, "r3", "Kari", 7),
    ]
    for order in kept:
        ledger.orders.keep(order, NOW)
    assert ledger.orders.of(NORDVIK) == [kept[2], kept[1]]
    assert ledger.due.until(NOW).exports == (NORDVIK,)
    for order in kept[1:]:
        ledger.orders.done(order)
    assert (ledger.orders.of(NORDVIK), ledger.due.until(NOW).exports) == ([], ())


def test_an_order_that_was_given_anew_meanwhile_stays(ledger: Ledger) -> None:
    first, anew = Order(NORDVIK, "r1", "Kari"), Order(NORDVIK, "r2", "Kari")
    for order in (first, anew):
        ledger.orders.keep(order, NOW)
    ledger.orders.done(first)
    assert ledger.orders.of(NORDVIK) == [anew]
