"""A list that Xledger refuses as a whole: find those at fault, so that the others go through in the same run."""

from collections.abc import Callable, Sequence

from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal

Carry = Callable[[Sequence[Record]], None]
Refuse = Callable[[Sequence[tuple[Record, Refusal]]], None]


def in_halves(records: Sequence[Record], carry: Carry, refuse: Refuse, again: Carry | None = None) -> None:
    """Calls `carry` with ever smaller lists until each record is carried, or refused alone.

    Where Xledger names the value at fault, its records are refused at once. The others are tried again by `again` if
    there is one: it must look up before it adds, because a refused list may have been half done.
    """
    if not records:
        return
    try:
        carry(records)
    except Rejected as rejected:
        if len(records) == 1:
            refuse([(records[0], rejected.refusals[0])])
            return
        blamed = [
            (record, rejected.blamed[record.client_id])
            for record in records
            if record.client_id in rejected.blamed
        ]
        refuse(blamed)
        rest = [record for record in records if record.client_id not in rejected.blamed]
        for part in [rest] if blamed else _halves(rest):
            if again:
                again(part)
            else:
                in_halves(part, carry, refuse)


def _halves(records: Sequence[Record]) -> list[Sequence[Record]]:
    middle = len(records) // 2
    return [records[:middle], records[middle:]]
