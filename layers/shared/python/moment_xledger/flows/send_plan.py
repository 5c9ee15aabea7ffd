"""Sends what a plan says, in lists, and stores what came of each."""

from collections.abc import Callable, Mapping, Sequence

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.plans import Plan
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal
from moment_xledger.flows.attempts import Shown, Try
from moment_xledger.flows.lists import Batch, Refuse, divided, send_list
from moment_xledger.flows.outcomes import Outcomes


def send_plan(
    made: Plan,
    lists: int,
    add: Callable[[Sequence[Record]], Mapping[str, int]],
    update: Callable[[Sequence[tuple[Record, int]]], Mapping[str, int]],
    shown: Shown,
    outcomes: Outcomes,
) -> list[Batch]:
    """Returns what is left over. `add` and `update` return the ids that Xledger answers with."""
    adding, updating = Try(Operation.ADD, shown), Try(Operation.UPDATE, shown)
    db_ids = {record.client_id: db_id for record, db_id in made.update}

    def send_new(sent: Sequence[Record]) -> None:
        outcomes.report.added += outcomes.sent(sent, add(sent), adding)

    def send_changed(sent: Sequence[Record]) -> None:
        answered = update([(record, db_ids[record.client_id]) for record in sent])
        outcomes.report.updated += outcomes.sent(sent, answered, updating)

    outcomes.in_step(made.in_step)
    outcomes.doubled(made.doubled)
    left: list[Batch] = []
    for part in divided([record for record, _ in made.update], lists):
        left += send_list(part, send_changed, _refuse(outcomes, updating))
    for batch in left:  # a refused list may have been half done
        outcomes.doubt((record.kind, record.id) for record in batch.records)
    for part in divided(made.add, lists):
        left += send_list(part, send_new, _refuse(outcomes, adding))
    return left


def _refuse(outcomes: Outcomes, doing: Try) -> Refuse:
    def refuse(refused: Sequence[tuple[Record, Refusal]]) -> None:
        outcomes.refused(refused, doing)

    return refuse
