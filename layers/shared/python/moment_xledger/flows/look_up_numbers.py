"""Numbers of customers and projects that a company keeps in Xledger by hand, looked up where invoices wait for them.

Called by the worker that has the token, when a company has nothing left to send of that kind.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from moment_xledger.domain.entities import owner_code_of
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.invoice_references import Answer, LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Numbered
from moment_xledger.domain.numbers import number_key
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.outcomes import Outcomes

MOST_LOOKED_UP = 500  # what Xledger takes in one list
EVERY = "*"


class ReadsNumbers(Protocol):
    def numbers(self, kind: Kind, ids: Collection[int], codes: Collection[str]) -> Collection[Numbered]: ...


def look_up_numbers(kind: Kind, outcomes: Outcomes, xledger: ReadsNumbers) -> datetime | None:
    """One request, if there is anything to ask. When to ask again; None where nothing is left. Raises `GateClosed` as
    any request to Xledger does.

    The question is taken back last, so that a worker that dies asks once more.
    """
    company, waits, now = outcomes.company.id, outcomes.ledger.waits, outcomes.clock()
    waits.begin(company, now)
    numbers = waits.to_look_up(company, kind, MOST_LOOKED_UP)
    if not numbers:
        return None
    entity = outcomes.ledger.entities.current(company).entity
    try:
        found = xledger.numbers(kind, (), numbers)
    except Rejected:
        _note_unreadable(kind, entity, outcomes)
    else:
        _note(kind, numbers, found, entity, outcomes)
    waits.look_now(company, kind, numbers, outcomes.clock())
    waits.looked_up(company, kind, numbers)
    return outcomes.clock() if len(numbers) == MOST_LOOKED_UP else None


def _note_unreadable(kind: Kind, entity: str | None, outcomes: Outcomes) -> None:
    """Where the token may not read this kind, nobody can know, and people are told so once."""
    company, now = outcomes.company.id, outcomes.clock()
    outcomes.ledger.lookups.note(company, kind, {EVERY: LookedUp(None, entity, now)})
    details = {"refers_to": str(kind)}
    problem = Problem(company, "settings", str(kind), Code.REFERENCES_NOT_CHECKED, details, "", now, now)
    outcomes.ledger.problems.report([problem])


def _note(
    kind: Kind,
    numbers: Collection[str],
    found: Collection[Numbered],
    entity: str | None,
    outcomes: Outcomes,
) -> None:
    company, ledger, now = outcomes.company.id, outcomes.ledger, outcomes.clock()
    owner = owner_code_of(entity) if entity else None
    ours = (each.number for each in found if each.owner in (None, owner) or owner is None)
    counted = Counter(map(number_key, ours))
    hits = {number: counted[number_key(number)] for number in numbers}
    ledger.lookups.note(company, kind, {number: LookedUp(n, entity, now) for number, n in hits.items()})
    for number, n in hits.items():
        answer = Answer.NONE if n else Answer.NOT_THERE
        ledger.waits.note_answer(company, kind, number, answer, now)
