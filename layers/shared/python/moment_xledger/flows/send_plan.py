"""Settles what needs no write, and says how the rest of a plan is sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.plans import Known, Plan
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal
from moment_xledger.flows.attempts import Shown, Try
from moment_xledger.flows.lists import Writes
from moment_xledger.flows.outcomes import Outcomes

K = TypeVar("K", bound=Known)


def writes_of(
    made: Plan[K],
    add: Callable[[Sequence[Record]], Mapping[str, int]],
    update: Callable[[Sequence[tuple[Record, K]]], Mapping[str, int]],
    shown: Shown,
    outcomes: Outcomes,
    before: Callable[[Sequence[Record]], Sequence[Record]] = lambda sent: sent,
) -> Writes:
    """`add` and `update` send a list, and return the ids that Xledger answers with. `before` writes what the list
    needs, and returns those that may go then."""
    known = {record.client_id: there for record, there in made.update}
    latest: dict[str, Record] = {}
    spelled = {record.client_id: theirs for record, theirs in made.spelled}

    def send(operation: Operation, wanted: Sequence[Record]) -> None:
        ready = {record.client_id: record for record in before(wanted)}
        if operation is Operation.ADD:  # whoever was changed meanwhile is not sent: it has another turn
            stored = {record.client_id: record for record in outcomes.before_adding(list(ready.values()))}
            wanted = [
                record for record in wanted if record.client_id in stored or record.client_id not in ready
            ]
            ready = stored
        latest.update(ready)
        going, doing = list(ready.values()), Try(operation, shown)
        sent = [ready.get(record.client_id, record) for record in wanted]
        if operation is Operation.ADD:
            outcomes.report.added += outcomes.sent(sent, add(going) if going else {}, doing)
        else:
            answered = update([(each, known[each.client_id]) for each in going]) if going else {}
            outcomes.report.updated += outcomes.sent(sent, answered, doing, spelled)

    def refuse(operation: Operation, refused: Sequence[tuple[Record, Refusal]]) -> None:
        outcomes.refused(refused, Try(operation, shown), made.elsewhere)

    outcomes.in_step(made.in_step)
    outcomes.as_wanted([(record, there.db_id) for record, there in made.as_wanted], spelled)
    outcomes.stopped(made.stopped)
    outcomes.recognised(made.recognised)
    outcomes.never_added(made.never_added)
    return Writes(
        made.add,
        [record for record, _ in made.update],
        [record for record, _ in (*made.in_step, *made.as_wanted)],
        made.again,
        send,
        refuse,
        lambda record: latest.get(record.client_id, record),
        shown,
    )
