"""Invoices that wait for a customer or a project: they go when Xledger has it, and people are told of what lasts.

Called when a company has nothing left to send of that kind, so that what was just sent is seen at once. Each call does
a bounded part and says when to look again.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from moment_xledger.domain.companies import Company
from moment_xledger.domain.entities import owner_code_of
from moment_xledger.domain.errors import KeyRefused, Rejected, Unreachable, UnusableAnswer
from moment_xledger.domain.events import Event
from moment_xledger.domain.invoice_references import (
    INVOICE,
    QUIET,
    Answer,
    Awaited,
    LookedUp,
    Reference,
    Standing,
    details_of,
    is_to_be_asked,
    next_look,
    reason_of,
)
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Saved
from moment_xledger.domain.number_guard import Numbered
from moment_xledger.domain.numbers import number_key
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.invoice_standing import standings_of
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.take_in_invoices import let_go
from moment_xledger.flows.take_in_records import take_in_records

AskMoment = Callable[[Company, Kind, str], Saved | None]

MOST_INVOICES = 200  # let go, or told of, in one call
MOST_QUESTIONS = 20  # to Moment, for meanwhile nobody else can use the token
MOST_LOOKED_UP = 500  # what Xledger takes in one list
EVERY = "*"


class ReadsNumbers(Protocol):
    def numbers(self, kind: Kind, ids: Collection[int], codes: Collection[str]) -> Collection[Numbered]: ...


@dataclass
class Looking:
    """One look. `left`: how many more invoices this call may deal with."""

    kind: Kind
    outcomes: Outcomes
    ask_moment: AskMoment
    xledger: ReadsNumbers
    now: datetime
    left: int = MOST_INVOICES


def settle_waits(
    kind: Kind, outcomes: Outcomes, ask_moment: AskMoment, xledger: ReadsNumbers
) -> datetime | None:
    """When to look again; None where no invoice waits. Raises `GateClosed` as any request to Xledger does."""
    look = Looking(kind, outcomes, ask_moment, xledger, outcomes.clock())
    awaited = _awaited(look)
    if not awaited:
        return None
    if _look_up([each for each, standing in awaited if _is_kept(each, standing, look)], look):
        awaited = _awaited(look)
    _ask([each for each, standing in awaited if standing is Standing.NOT_COME], look)
    awaited = _awaited(look)
    again = [_let_go([each for each, standing in awaited if standing.lets_go], look)]
    again += [_settle(each, standing, look) for each, standing in awaited if not standing.lets_go]
    return min((each for each in again if each), default=None)


def _awaited(look: Looking) -> list[tuple[Awaited, Standing]]:
    """What is waited for. Credit notes that wait for their invoice are seen to with the customers."""
    company, ledger = look.outcomes.company, look.outcomes.ledger
    kinds = (look.kind, INVOICE) if look.kind is Kind.CUSTOMER else (look.kind,)
    awaited = {
        each: Reference(each.kind, each.number)
        for kind in kinds
        for each in ledger.waits.awaited(company.id, kind)
    }
    standings = standings_of(company, awaited.values(), ledger, look.now)
    return [(each, standings[reference]) for each, reference in awaited.items()]


def _is_kept(awaited: Awaited, standing: Standing, look: Looking) -> bool:
    """By hand, and Xledger is to be asked for it now."""
    if standing is Standing.NOT_LOOKED_UP:
        return True
    is_missing = standing in (Standing.ABSENT, Standing.DISPUTED)
    return is_missing and not look.outcomes.company.carries(look.kind) and is_to_be_asked(awaited, look.now)


def _look_up(awaited: Sequence[Awaited], look: Looking) -> bool:
    """One request. Where the token may not read this kind, nobody can know, and people are told so once."""
    if not awaited:
        return False
    company, ledger = look.outcomes.company, look.outcomes.ledger
    entity = ledger.entities.current(company.id).entity
    numbers = [each.number for each in awaited[:MOST_LOOKED_UP]]
    try:
        found = look.xledger.numbers(look.kind, (), numbers)
    except Rejected:
        ledger.lookups.note(company.id, look.kind, {EVERY: LookedUp(None, entity, look.now)})
        _report("settings", str(look.kind), Code.REFERENCES_NOT_CHECKED, {"refers_to": str(look.kind)}, look)
        return True
    owner = owner_code_of(entity) if entity else None
    ours = [number_key(each.number) for each in found if each.owner in (None, owner) or owner is None]
    hits = {number: ours.count(number_key(number)) for number in numbers}
    ledger.lookups.note(
        company.id, look.kind, {number: LookedUp(n, entity, look.now) for number, n in hits.items()}
    )
    for number, n in hits.items():
        answer = Answer.NONE if n else Answer.NOT_THERE
        ledger.waits.note_answer(company.id, look.kind, number, answer, look.now)
    return True


def _ask(awaited: Sequence[Awaited], look: Looking) -> None:
    """Moment, for what has not come. What it has is taken in like an event."""
    due = [each for each in awaited if is_to_be_asked(each, look.now)]
    for each in due[:MOST_QUESTIONS]:
        answer = _answer_of_moment(each.number, look)
        look.outcomes.ledger.waits.note_answer(
            look.outcomes.company.id, look.kind, each.number, answer, look.now
        )
        if answer in (Answer.SILENT, Answer.KEY_REFUSED):
            for other in due:  # the same holds for the others: it is not asked once for each
                look.outcomes.ledger.waits.note_answer(
                    look.outcomes.company.id, look.kind, other.number, answer, look.now
                )
            return


def _answer_of_moment(number: str, look: Looking) -> Answer:
    company, ledger, clock = look.outcomes.company, look.outcomes.ledger, look.outcomes.clock
    try:
        found = look.ask_moment(company, look.kind, number)
    except KeyRefused:
        return Answer.KEY_REFUSED
    except Unreachable:
        return Answer.SILENT
    except UnusableAnswer:
        return Answer.UNUSABLE
    if found is None:
        return Answer.NOT_THERE
    take_in_records(company, look.kind, [Event("", company.id, clock(), found, from_api=True)], ledger, clock)
    return Answer.NONE


def _settle(awaited: Awaited, standing: Standing, look: Looking) -> datetime:
    """Told of once it has lasted. When to look again at this one."""
    if look.left <= 0:
        return look.now
    if awaited.since + QUIET > look.now:
        return min(awaited.since + QUIET, next_look(awaited, standing, look.now))
    if _tell(awaited, standing, look):
        return look.now
    return next_look(awaited, standing, look.now)


def _let_go(awaited: Sequence[Awaited], look: Looking) -> datetime | None:
    """All together, since meanwhile nobody else can use the token."""
    company, ledger = look.outcomes.company, look.outcomes.ledger
    waiting: dict[Awaited, list[int]] = {}
    for each in awaited:
        if look.left > 0:
            found = ledger.waits.waiting_for(company.id, each.kind, each.number, look.left)
            waiting[each] = [one.invoice for one in found]
            look.left -= len(found)
    let_go(company, waiting, ledger, look.outcomes.clock)
    return look.now if look.left <= 0 else None


def _tell(awaited: Awaited, standing: Standing, look: Looking) -> bool:
    """Each invoice once for each reason. True where some are left to be told of."""
    code = reason_of(standing, awaited)
    company, ledger = look.outcomes.company, look.outcomes.ledger
    waiting = ledger.waits.untold(company.id, awaited.kind, awaited.number, code, look.left)
    details = details_of(Reference(awaited.kind, awaited.number))
    for invoice in waiting:
        _report("invoice", str(invoice), code, details, look)
    ledger.waits.note_told(company.id, awaited.kind, awaited.number, waiting, code)
    look.left -= len(waiting)
    return look.left <= 0


def _report(kind: str, number: str, code: Code, details: dict[str, str], look: Looking) -> None:
    problem = Problem(look.outcomes.company.id, kind, number, code, details, "", look.now, look.now)
    look.outcomes.ledger.problems.report([problem])
