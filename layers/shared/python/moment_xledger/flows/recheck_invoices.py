"""Looks at a company's held invoices as far as they are due, one worker at a time.

What they wait for is found by its number and by the time of its next look, so that a call does what is due and nothing
else. What there is no time for stays due; a round of looks at all that is held goes on where the last call ended.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, Route, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.mailing_turn import Turn
from moment_xledger.flows.recheck_held import recheck_page
from moment_xledger.flows.settle_waits import AskMoment, Looking, settle_waits

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.waits import Desk

SLICE = timedelta(seconds=80)  # of a function that may run for 150: one company never holds a worker for long
A_STEP = timedelta(seconds=60)  # a question to Moment, or as many invoices as arrive together
LOOKED_AT = 100  # numbers, in one go
FIRST_HELD = "HELD#"  # those that are held come behind all that is waited for


@dataclass(frozen=True)
class Rechecker:
    """`wake` says that there is work for this token, `wake_mails` that there are invoices to mail, and `go_on` starts
    another run for what this one had no time for."""

    ledger: "Ledger"
    ask_moment: AskMoment
    wake: Callable[[Kind, TokenId], None]
    wake_mails: Callable[[CompanyId], None]
    go_on: Callable[[CompanyId], None]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


def recheck_invoices(company_id: CompanyId, rechecker: Rechecker) -> Counter[str]:
    """What was done, by count. Nothing where another worker has the turn, or the work is paused."""
    ledger, clock = rechecker.ledger, rechecker.clock
    if ledger.pauses.of(company_id):
        return Counter()
    turn = Turn(company_id, rechecker.new_id(), ledger.waits, clock)
    if not turn.take():
        return Counter()
    company, ends = ledger.companies.get_known(company_id), clock() + SLICE
    ledger.waits.begin(company_id, clock())
    desk = ledger.waits.desk(company_id)

    def has_time() -> bool:
        return clock() < ends and turn.hold(A_STEP)

    look = Looking(company, ledger, rechecker.ask_moment, rechecker.wake, clock, has_time)
    counts: Counter[str] = Counter()
    _look(look, counts)
    is_over = _go_on_with_round(look, desk, counts)
    again = ledger.waits.next_look(company_id) if is_over else clock()
    ledger.waits.end_turn(company_id, turn.worker, desk.marks, again)
    if again and again <= clock():
        rechecker.go_on(company_id)
    if look.let_go and company.route is Route.EMAIL:
        rechecker.wake_mails(company_id)
    return counts + Counter(let_go=look.let_go)


def _look(look: Looking, counts: Counter[str]) -> None:
    """At all that is due."""
    waits, company = look.ledger.waits, look.company.id
    while look.has_time() and (due := waits.due(company, look.clock(), LOOKED_AT)):
        settle_waits(due, look)
        counts["looked_at"] += len(due)


def _go_on_with_round(look: Looking, desk: "Desk", counts: Counter[str]) -> bool:
    """False where it is not over."""
    place = desk.round
    while place is not None:
        if not look.has_time():
            return False
        place = _page(place, look, counts)
        if not look.ledger.waits.round_goes_on(look.company.id, desk, place):
            return False
    return True


def _page(place: str, look: Looking, counts: Counter[str]) -> str | None:
    """Some of what is waited for gets the look that an earlier release did not give it; then some of what is held is
    looked at."""
    company, waits = look.company, look.ledger.waits
    if place >= FIRST_HELD:
        looked_at, behind = recheck_page(company, place, look.ledger, look.clock)
        counts["rechecked"] += looked_at
        return behind
    found, following = waits.without_look(company.id, place, LOOKED_AT)
    waits.look_again(company.id, dict.fromkeys(found, look.clock()))
    return following or FIRST_HELD
