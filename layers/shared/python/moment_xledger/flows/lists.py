"""A list that Xledger refuses as a whole: find those at fault, so that the others go through in the same run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal

Refuse = Callable[[Sequence[tuple[Record, Refusal]]], None]


@dataclass(frozen=True)
class Batch:
    """Records that are looked up together, and then sent in so many lists of each kind."""

    records: Sequence[Record]
    lists: int = 1


def in_batches(records: Sequence[Record], carry: Callable[[Batch], list[Batch]], refuse: Refuse) -> None:
    """`carry` looks up and sends; it returns what is left over, and raises `Rejected` if the look-up is refused."""
    todo = [Batch(records)]
    while todo:
        batch = todo.pop()
        try:
            todo += carry(batch)
        except Rejected as rejected:
            rest = _not_at_fault(batch.records, rejected, refuse)
            todo += [Batch(half) for half in divided(rest, 2)]


def send_list(
    records: Sequence[Record], send: Callable[[Sequence[Record]], None], refuse: Refuse
) -> list[Batch]:
    """What is left over: nothing, if the list was taken or its one record refused.

    Where Xledger names the value at fault, its records are refused at once and the others go together; where it does
    not, they go in halves. They are looked up first, because a refused list may have been half done.
    """
    try:
        send(records)
    except Rejected as rejected:
        rest = _not_at_fault(records, rejected, refuse)
        return [Batch(rest, lists=1 if len(rest) < len(records) else 2)] if rest else []
    return []


def divided(records: Sequence[Record], lists: int) -> Iterator[Sequence[Record]]:
    size = -(-len(records) // lists) or 1
    return (records[start : start + size] for start in range(0, len(records), size))


def _not_at_fault(records: Sequence[Record], rejected: Rejected, refuse: Refuse) -> list[Record]:
    blamed = rejected.blamed if len(records) > 1 else {records[0].client_id: rejected.refusals[0]}
    refuse([(record, blamed[record.client_id]) for record in records if record.client_id in blamed])
    return [record for record in records if record.client_id not in blamed]
