"""Sends what a batch needs, in lists. Where Xledger refuses a list as a whole, those at fault are found, so that the
others go through in the same turn.

A refused list of new records may have been half done, so before any of them is sent again all that are left are looked
up, once. A list of changes may be sent again without that.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from moment_xledger.domain.attempts import Fields, Operation
from moment_xledger.domain.errors import Rejected, WrongRequest
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal, likeness
from moment_xledger.domain.sieves import Sieve
from moment_xledger.domain.stops import RECORDS
from moment_xledger.flows.attempts import LOOK_UP, Try
from moment_xledger.flows.outcomes import Outcomes


@dataclass(frozen=True)
class Writes:
    """What a look-up leaves to be written. `send` sends one list and stores what came of it, or raises `Rejected`.

    `found`: those that Xledger has as they are to be. `again`: those that are to be looked up once more. `refuse`
    stores of each what Xledger says of it. `latest`: a record with what it is known to refer to by now.
    """

    add: Sequence[Record]
    update: Sequence[Record]
    found: Sequence[Record]
    again: Sequence[Record]
    send: Callable[[Operation, Sequence[Record]], None]
    refuse: Callable[[Operation, Sequence[tuple[Record, Refusal]]], None]
    latest: Callable[[Record], Record]
    shown: Callable[[Record], Fields]

    def of(self, operation: Operation) -> Sequence[Record]:
        return self.add if operation is Operation.ADD else self.update


Prepare = Callable[[Sequence[Record]], Writes]


class Turn:
    """How many requests refused lists may still cost. `sent` counts those of the channel."""

    def __init__(self, sent: Callable[[], int], most: int, *, is_sifting: bool = False) -> None:
        self._sent, self._most = sent, most
        self._began = sent() if is_sifting else None

    def meet_refusal(self) -> None:
        self._began = self._sent() if self._began is None else self._began

    @property
    def spent(self) -> int:
        return 0 if self._began is None else self._sent() - self._began

    @property
    def is_over(self) -> bool:
        return self.spent >= self._most


def carry_in_lists(records: Sequence[Record], prepare: Prepare, outcomes: Outcomes, turn: Turn) -> None:
    """`prepare` looks up and decides. Each record ends in step, as a problem, or dirty for another turn."""
    for writes in _looked_up(records, prepare, outcomes, turn):
        for operation in (Operation.UPDATE, Operation.ADD):
            _send(operation, writes, prepare, outcomes, turn)
        carry_in_lists(writes.again, prepare, outcomes, turn)


def _looked_up(records: Sequence[Record], prepare: Prepare, outcomes: Outcomes, turn: Turn) -> list[Writes]:
    """In one go, if Xledger takes the question. Raises `WrongRequest` where it refuses both halves in the same way."""
    try:
        return [prepare(records)] if records else []
    except Rejected as rejected:
        turn.meet_refusal()
        return _looked_up_in_halves(records, rejected, prepare, outcomes, turn)


def _looked_up_in_halves(
    records: Sequence[Record], rejected: Rejected, prepare: Prepare, outcomes: Outcomes, turn: Turn
) -> list[Writes]:
    if len(records) == 1:
        outcomes.refused([(records[0], rejected.refusals[0])], LOOK_UP)
        return []
    if turn.is_over:
        outcomes.put_off(records)
        return []
    done: list[Writes] = []
    refused: list[tuple[Sequence[Record], Rejected]] = []
    middle = len(records) // 2
    for half in (records[:middle], records[middle:]):
        try:
            done.append(prepare(half))
        except Rejected as error:
            refused.append((half, error))
    if len(refused) == 2 and len({likeness(why.refusals) for _, why in refused}) == 1:
        raise WrongRequest("", refused[0][1].refusals)
    for half, why in refused:
        done += _looked_up_in_halves(half, why, prepare, outcomes, turn)
    return done


def _send(operation: Operation, writes: Writes, prepare: Prepare, outcomes: Outcomes, turn: Turn) -> None:
    todo = writes.of(operation)
    try:
        if todo:
            writes.send(operation, todo)
    except Rejected as rejected:
        turn.meet_refusal()
        sifting = _Sifting(operation, writes, prepare, outcomes, turn)
        sifting.note([record.client_id for record in todo], rejected)
        sifting.go_on()


class _Sifting:
    """One list that was refused, until it is known of each record what Xledger says of it, or the turn is over."""

    def __init__(
        self, operation: Operation, writes: Writes, prepare: Prepare, outcomes: Outcomes, turn: Turn
    ) -> None:
        self._operation, self._writes, self._prepare = operation, writes, prepare
        self._outcomes, self._turn = outcomes, turn
        self._records = {record.client_id: record for record in writes.of(operation)}
        fields = {id_: _fields(record, writes) for id_, record in self._records.items()}
        kind = next(iter(self._records.values())).kind
        self._sieve = Sieve(fields, outcomes.known_rules(kind))
        self._half_done: set[str] = set()  # may have been added: looked up before they are sent again
        self._is_fresh = True  # Xledger has not said yet that something is gone which the look-up found

    def go_on(self) -> None:
        while not self._turn.is_over and (ids := self._sieve.next()):
            if not self._half_done.isdisjoint(ids):
                if not self._look_again():
                    break
            else:
                self._try(ids)
        self._leave()

    def note(self, ids: Sequence[str], rejected: Rejected) -> None:
        """`ids`: of the list that was refused."""
        many = len(ids) > 1
        self._records |= {id_: self._writes.latest(self._records[id_]) for id_ in ids}
        if many and self._operation is Operation.ADD:
            self._half_done |= set(ids)
        elif many:
            doubtful = self._outcomes.doubt_sent(self._of(ids))
            self._records |= {record.client_id: record for record in doubtful}
        blamed = rejected.blamed if many else {ids[0]: rejected.refusals[0]}
        named = {id_: blamed[id_] for id_ in ids if id_ in blamed}
        if named and self._is_fresh and any(refusal.key == "dbId" for refusal in named.values()):
            # Somebody removed it since it was looked up, and perhaps others.
            self._is_fresh = not self._look_again()
        elif named:
            self._refuse(named)
        else:
            self._sieve.refused(ids, rejected.refusals)

    def _try(self, ids: Sequence[str]) -> None:
        try:
            self._writes.send(self._operation, self._of(ids))
        except Rejected as rejected:
            self.note(ids, rejected)
        else:
            self._sieve.accepted(ids)

    def _look_again(self) -> bool:
        """At all that are left. False where Xledger does not take the question."""
        try:
            self._writes = self._prepare([self._writes.latest(each) for each in self._of(self._sieve.open)])
        except Rejected:
            return False
        self._half_done.clear()
        left = {record.client_id: record for record in self._writes.of(self._operation)}
        self._records |= left
        self._sieve.accepted({record.client_id for record in self._writes.found})
        self._sieve.set_aside(set(self._sieve.open) - left.keys())
        if self._operation is Operation.ADD:  # what was half done, and has been changed since
            _send(Operation.UPDATE, self._writes, self._prepare, self._outcomes, self._turn)
        carry_in_lists(self._writes.again, self._prepare, self._outcomes, self._turn)
        return True

    def _refuse(self, named: Mapping[str, Refusal]) -> None:
        found = [(self._records[id_], refusal) for id_, refusal in named.items()]
        self._writes.refuse(self._operation, found)
        for refusal in dict.fromkeys(named.values()):
            self._sieve.at_fault([id_ for id_, each in named.items() if each == refusal], refusal)

    def _leave(self) -> None:
        outcomes, refusal = self._outcomes, self._sieve.is_refused_as_such
        if refusal and self._operation is Operation.ADD and outcomes.is_first_and_alone:
            outcomes.take_back(list(self._records.values()))
            kind = next(iter(self._records.values())).kind
            raise WrongRequest(f"Add{RECORDS[kind].capitalize()}", [refusal])
        alike = self._sieve.alike()
        for group in alike:
            doing = Try(self._operation, self._writes.shown)
            rules = self._sieve.learnt(group.likeness)
            self._outcomes.refused_alike(self._of(group.ids), group.likeness, group.refusal, doing, rules)
        grouped = {id_ for group in alike for id_ in group.ids}
        self._outcomes.put_off(self._of([id_ for id_ in self._sieve.open if id_ not in grouped]))

    def _of(self, ids: Collection[str]) -> list[Record]:
        return [self._records[id_] for id_ in ids]


def _fields(record: Record, writes: Writes) -> Fields:
    """All that is sent of it, also what is sent of its company in the legal register."""
    number = getattr(record.content, "organization_number", None)
    return {**writes.shown(record), **({"companyNumber": number} if number else {})}
