"""Sends what a plan says, in lists, and stores what came of each."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.plans import Known, Plan
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal
from moment_xledger.flows.attempts import Shown, Try
from moment_xledger.flows.lists import Batch, Refuse, divided, send_list
from moment_xledger.flows.outcomes import Outcomes

K = TypeVar("K", bound=Known)


def send_plan(
    made: Plan[K],
    lists: int,
    add: Callable[[Sequence[Record]], Mapping[str, int]],
    update: Callable[[Sequence[tuple[Record, K]]], Mapping[str, int]],
    shown: Shown,
    outcomes: Outcomes,
) -> list[Batch]:
    """Returns what is left over. `add` and `update` return the ids that Xledger answers with."""
    adding, updating = Try(Operation.ADD, shown), Try(Operation.UPDATE, shown)
    known = {record.client_id: there for record, there in made.update}
    spelled = {record.client_id: theirs for record, theirs in made.spelled}

    def send_new(sent: Sequence[Record]) -> None:
        outcomes.report.added += outcomes.sent(sent, add(sent), adding)

    def send_changed(sent: Sequence[Record]) -> None:
        answered = update([(record, known[record.client_id]) for record in sent])
        outcomes.report.updated += outcomes.sent(sent, answered, updating, spelled)

    outcomes.in_step(made.in_step)
    outcomes.as_wanted([(record, there.db_id) for record, there in made.as_wanted], spelled)
    outcomes.stopped(made.stopped)
    left = [Batch(made.again)] if made.again else []
    refused: list[Batch] = []
    for part in divided([record for record, _ in made.update], lists):
        refused += send_list(part, send_changed, _refuse(outcomes, updating))
    for batch in refused:  # a refused list may have been half done
        outcomes.doubt((record.kind, record.id) for record in batch.records)
    for part in divided(made.add, lists):
        left += send_list(part, send_new, _refuse(outcomes, adding, made.elsewhere))
    return left + refused


def _refuse(
    outcomes: Outcomes, doing: Try, elsewhere: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> Refuse:
    def refuse(refused: Sequence[tuple[Record, Refusal]]) -> None:
        outcomes.refused(refused, doing, elsewhere)

    return refuse
