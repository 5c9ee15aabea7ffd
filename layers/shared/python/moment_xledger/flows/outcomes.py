"""Stores what came of a list, record by record, whatever happened to the records meanwhile."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.companies import Company
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.likenesses import KnownRule
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.plans import Stopped
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import (
    ABOUT_NUMBERS,
    FOUND_BY_LOOKING,
    OPEN_IDENTITY,
    REFUSALS,
    SOLVED_BY_SENDING,
    Record,
    State,
    as_dirty,
    as_gone,
    as_never_added,
    as_not_taken,
    as_problem,
    as_recognised,
    as_retried,
    as_suspect,
    as_waiting,
    before_adding,
    in_doubt,
    named,
    settle,
)
from moment_xledger.domain.replies import Refusal
from moment_xledger.domain.sieves import group_of
from moment_xledger.domain.stops import RECORDS
from moment_xledger.domain.traces import Trace
from moment_xledger.flows.attempts import LOOK_UP, Try, was_refused, was_taken, was_unanswered
from moment_xledger.flows.change_records import change_records, hand_on

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.table import Key

LOOK_AGAIN = timedelta(minutes=5)  # by then whoever settles a customer has released its projects, or is dead
MOST_RELEASED = 1_000  # projects, in one go: meanwhile nobody else can use the token
EXAMPLES = 3  # numbers that a group's sentence names
ROUNDS = 8  # of reading again what somebody else wrote meanwhile


NOT_MENTIONED = "the answer does not mention this record"

Finding = tuple[Record, Code, Mapping[str, str], str]  # with Xledger's own words
Spelled = Mapping[str, str]  # by client id, how Xledger writes a number that Moment writes otherwise


@dataclass
class Report:
    """What one run did, by count."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    problems: int = 0

    def summary(self) -> dict[str, int]:
        return dict(vars(self))

    def __add__(self, other: "Report") -> "Report":
        return Report(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True))
        )


@dataclass(frozen=True)
class Outcomes:
    ledger: "Ledger"
    company: Company
    clock: Callable[[], datetime]
    report: Report = field(default_factory=Report)
    entity: str | None = None  # where this run writes to
    trying: str | None = None  # the group whose member is tried by itself

    def sent(
        self,
        records: Sequence[Record],
        ids: Mapping[str, int],
        doing: Try,
        spelled: Spelled = MappingProxyType({}),
    ) -> int:
        """How many Xledger answered for. One that is left out is a problem: adding it again might double it."""
        done = [(record, ids[record.client_id]) for record in records if record.client_id in ids]
        self._settle(done, doing, SOLVED_BY_SENDING)
        self._note_spelling([record for record, _ in done], spelled)
        left_out = [record for record in records if record.client_id not in ids]
        refusal = Refusal(NOT_MENTIONED)
        self.refused([(record, refusal) for record in left_out], doing)
        return len(done)

    def in_step(self, records: Sequence[tuple[Record, int]]) -> None:
        """Nothing changed since they were sent. What a look at Xledger has found stands."""
        self._unchanged(records, SOLVED_BY_SENDING - FOUND_BY_LOOKING)

    def as_wanted(self, records: Sequence[tuple[Record, int]], spelled: Spelled) -> None:
        """A look-up has shown that Xledger has them as they are to be."""
        self._unchanged(records, SOLVED_BY_SENDING)
        self._note_spelling([record for record, _ in records], spelled)

    def _unchanged(self, records: Sequence[tuple[Record, int]], solved: Collection[Code]) -> None:
        if records:
            self._settle(records, LOOK_UP, solved)
            self.report.unchanged += len(records)
            self.ledger.tallies.add(self.company.id, records[0][0].kind, "unchanged", len(records))

    def stopped(self, stopped: Iterable[Stopped]) -> None:
        """Nothing is written of them: a person must look."""
        stopped = list(stopped)
        changed = [(each.record.kind, each.record.number) for each in stopped if "old" in each.record.details]
        if changed:  # a person vouched for the number; what Xledger has takes the place of that problem
            self.ledger.problems.close(self.company.id, changed, [Code.NUMBER_CHANGED])
        moved = [each for each in stopped if each.code is Code.NUMBER_MOVED_IN_XLEDGER]
        self._look_at_owners([(each.record, each.details["theirs"]) for each in moved])
        self._problems([(_as_looked_up(*each), each.code, each.details, "") for each in stopped])

    def _look_at_owners(self, moved: Sequence[tuple[Record, str]]) -> None:
        """A number that somebody in Xledger gave to one record may be another's of ours, which has it no more, or not
        alone. That one is looked up as well.

        First, so that whoever dies before the one is stored does it again.
        """
        if not moved:
            return
        kind, now, numbers = moved[0][0].kind, self.clock(), {theirs for _, theirs in moved if theirs}
        owners = self.ledger.records.by_number(self.company.id, kind, numbers).values()
        synced = [owner for owner in owners if owner.state is State.SYNCED]
        if synced:
            self.ledger.records.save(
                [(each, replace(as_dirty(each, now), sent_hash=None)) for each in synced]
            )
            self.ledger.records.mark_work(self.company.token_id, kind, self.company.id, now)

    def before_adding(self, records: Sequence[Record]) -> list[Record]:
        """Those that may be added now, as they are stored with the number that is about to be sent."""
        now = self.clock()
        marked = [(record, before_adding(record, self.entity, now)) for record in records]
        todo = [(record, after) for record, after in marked if record != after]
        lost = {record.id for record in self.ledger.records.save(todo)}
        written = {after.id for _, after in todo}
        return [
            replace(after, rev=after.rev + 1) if after.id in written else after
            for _, after in marked
            if after.id not in lost
        ]

    def recognised(self, found: Sequence[tuple[Record, Trace]]) -> None:
        """Xledger has what was added, and since then Moment or somebody in Xledger has given it another number."""
        by_id, now = {record.id: (record.added_as, trace) for record, trace in found}, self.clock()

        def change(record: Record) -> Record:
            number, trace = by_id[record.id]
            is_doubted = record.added_as if trace.theirs else record.doubted_number
            is_still_so = is_doubted and same_number(record.added_as, number)
            return as_recognised(record, trace.db_id, now, trace.theirs) if is_still_so else record

        self._look_at_owners([(record, trace.theirs) for record, trace in found if trace.db_id])
        stored = self._save_again([record for record, _ in found], change)
        self._report([(record, "") for record in stored if record.problem in ABOUT_NUMBERS])

    def never_added(self, records: Sequence[Record]) -> None:
        """Xledger has nothing under the numbers that they were sent with. They give these up, and have another turn."""
        if not records:
            return
        numbers = {record.id: record.added_as for record in records}

        def change(stored: Record | None) -> Record | None:
            is_still_so = stored and stored.added_as and stored.added_as == numbers[stored.id]
            return as_never_added(stored) if stored and is_still_so else None

        todo = dict.fromkeys(numbers, change)
        change_records(self.company, records[0].kind, todo, self.ledger, self.clock)

    def refused(
        self,
        refused: Sequence[tuple[Record, Refusal]],
        doing: Try = LOOK_UP,
        elsewhere: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        """Reported in Xledger's own words; the field is named where Xledger names it.

        `elsewhere`: by client id, the other entities that have the number, which may be why.
        """
        if doing.operation is Operation.ADD:
            refused = [
                (record if why.message == NOT_MENTIONED else as_not_taken(record), why)
                for record, why in refused
            ]
        alike = [each for each in refused if group_of(each[1].likeness) == self.trying]
        for record, refusal in alike:
            self._stay_alike(record, refusal, doing)
        others = [each for each in refused if each not in alike]
        found = [_finding(record, refusal, elsewhere.get(record.client_id)) for record, refusal in others]
        self._problems(found, doing)

    def _stay_alike(self, record: Record, refusal: Refusal, doing: Try) -> None:
        """A newer version that came meanwhile wins."""
        now = self.clock()
        details = {"group": str(self.trying), "certain_since": now.isoformat()}
        after = was_refused(as_problem(record, Code.REFUSED_ALIKE, now, details), refusal.message, doing, now)
        self.ledger.records.save([(record, after)])

    def known_rules(self, kind: Kind) -> list[KnownRule]:
        """Of the groups that are refused alike now."""
        groups = [
            problem.number for problem in self.ledger.problems.of(self.company.id, kind, Code.REFUSED_ALIKE)
        ]
        return self.ledger.rules.of(self.company.id, kind, groups)

    def refused_alike(
        self,
        records: Sequence[Record],
        likeness: str,
        refusal: Refusal,
        doing: Try,
        rules: Sequence[KnownRule] = (),
    ) -> None:
        """One problem for all of them, under a number of its own. Each record remembers the group, and the next lists
        begin with its `rules`."""
        if not records:
            return
        kind, group = records[0].kind, group_of(likeness)
        now = self.clock()
        self.ledger.rules.note(self.company.id, kind, group, rules)

        def grouped(record: Record) -> Record:
            after = as_problem(record, Code.REFUSED_ALIKE, now, {"group": group})
            return was_refused(after, refusal.message, doing, now)

        before = self.ledger.records.count_alike(self.company.id, kind, group)
        self._report_group(kind, group, before + len(records), records, refusal.message)
        self.ledger.records.save([(record, grouped(record)) for record in records])
        self.ledger.problems.close(
            self.company.id, [(kind, record.number) for record in records], SOLVED_BY_SENDING
        )
        self.report.problems += len(records)

    def shrink_group(self, problem: Problem) -> int:
        """The problem says how many are left; where none is, it is over. How many are."""
        kind = Kind(problem.kind)
        members = self.ledger.records.alike(self.company.id, kind, problem.number)
        left, certain = len(members), sum(1 for record in members if record.certain_since)
        if not left:
            self.ledger.problems.close(self.company.id, [(kind, problem.number)], [Code.REFUSED_ALIKE])
        elif (str(left), str(certain)) != (problem.details.get("count"), problem.details.get("certain", "0")):
            self._report_group(kind, problem.number, left, members, problem.their_words, certain)
        return left

    def has_unsure(self, problem: Problem) -> bool:
        """Some of its members were never tried by themselves."""
        members = self.ledger.records.alike(self.company.id, Kind(problem.kind), problem.number)
        return any(record.certain_since is None for record in members)

    def _report_group(
        self, kind: Kind, group: str, count: int, some: Sequence[Record], words: str, certain: int = 0
    ) -> None:
        examples = ", ".join(record.number for record in some[:EXAMPLES])
        details = {"count": str(count), "records": RECORDS[kind], "examples": examples}
        details["certain"] = str(certain)
        now = self.clock()
        self.ledger.problems.report(
            [Problem(self.company.id, kind, group, Code.REFUSED_ALIKE, details, words, now, now)]
        )

    @property
    def is_first_and_alone(self) -> bool:
        """Xledger has taken nothing in this run, and no other company would wait if the work stops."""
        is_first = not (self.report.added or self.report.updated)
        return is_first and len(self.ledger.companies.sharing(self.company.token_id)) == 1

    def take_back(self, records: Sequence[Record]) -> None:
        """It is not about these records that they were refused: they wait, and what is new goes before them."""
        now = self.clock()
        self._save_again(
            list(self.ledger.records.get_many(self.company.id, [(r.kind, r.id) for r in records]).values()),
            lambda stored: replace(
                as_retried(stored, now) if stored.problem in REFUSALS else stored, suspect=True
            ),
        )
        numbers = [(record.kind, record.number) for record in records]
        self.ledger.problems.close(self.company.id, numbers, REFUSALS)

    def put_off(self, records: Sequence[Record]) -> None:
        """They were in a refused list, and this turn is over: they go on in another one, apart from the rest."""
        self._save_again([record for record in records if not record.suspect], as_suspect)

    def without_customer(self, records: Sequence[tuple[Record, str]]) -> None:
        self._problems(
            [(record, Code.CUSTOMER_UNKNOWN, {"customer": number}, "") for record, number in records]
        )

    def wait(self, records: Sequence[Record]) -> None:
        """Until their customer is in Xledger; how long they are told apart by the pointers."""
        self.ledger.records.save([(record, as_waiting(record, self.clock())) for record in records])
        self.report.waiting += len(records)

    def release(self, customer_numbers: Collection[str]) -> list[str]:
        """The projects that wait for these customers: they are in Xledger now. Returns the customers that are left,
        since one call releases so many and no more."""
        numbers, released = sorted(customer_numbers), 0
        left: list[str] = []
        for number, waiting in self.ledger.records.waiting_for(self.company.id, numbers):
            lacking = [(record.kind, record.number) for record in waiting if record.problem]
            self.ledger.problems.close(self.company.id, lacking, [Code.CUSTOMER_UNKNOWN])
            self.ledger.records.save([(record, as_dirty(record, self.clock())) for record in waiting])
            released += len(waiting)
            if released >= MOST_RELEASED:
                left = numbers[numbers.index(number) :]
                break
        if released:
            self.ledger.records.mark_work(self.company.token_id, Kind.PROJECT, self.company.id, self.clock())
        return left

    def doubt(self, ids: Iterable[tuple[Kind, int]]) -> None:
        """Of these records it is not known what Xledger was told last."""
        found = self.ledger.records.get_many(self.company.id, ids).values()
        self._save_again([record for record in found if in_doubt(record) != record], in_doubt)

    def doubt_sent(self, records: Sequence[Record]) -> list[Record]:
        """As `doubt`, of records that go on: as they are stored now. One that somebody changed stays as it was read."""
        self.doubt((record.kind, record.id) for record in records)
        stored = self.ledger.records.get_many(self.company.id, [(r.kind, r.id) for r in records])
        return [
            replace(in_doubt(record), rev=found.rev)
            if (found := stored.get((record.kind, record.id)))
            and found.content.version == record.content.version
            else record
            for record in records
        ]

    def unanswered(
        self, versions: Mapping[tuple[Kind, int], int], operation: Operation, at: datetime
    ) -> None:
        """So `doubt`, of these versions: they were sent, and nobody stored what came of it."""

        def change(record: Record) -> Record:
            return was_unanswered(record, versions[record.kind, record.id], operation, at)

        found = self.ledger.records.get_many(self.company.id, versions).values()
        self._save_again([record for record in found if change(record) != record], change)

    def _note_spelling(self, records: Sequence[Record], spelled: Spelled) -> None:
        """People are told once where Xledger writes a number in another way, until it does not."""
        alike = [record for record in records if record.client_id not in spelled]
        numbers = {(r.kind, number) for r in alike for number in (r.number, r.sent_number) if number}
        self.ledger.problems.close(self.company.id, numbers, [Code.NUMBER_SPELLED_OTHERWISE])
        now, code = self.clock(), Code.NUMBER_SPELLED_OTHERWISE
        self.ledger.problems.report(
            Problem(self.company.id, record.kind, record.number, code, {"theirs": theirs}, "", now, now)
            for record in records
            if (theirs := spelled.get(record.client_id))
            and not self.ledger.problems.get(self.company.id, record.kind, record.number, code)
        )

    def _settle(self, done: Sequence[tuple[Record, int]], doing: Try, solved: Collection[Code]) -> None:
        """What Xledger was told holds for a record all the same if somebody changed it meanwhile."""
        sent = {record.id: (record, db_id) for record, db_id in done}
        new = {r.number for r, _ in done if r.kind is Kind.CUSTOMER and _is_news(r)}
        note = self._announce(new) if new else None
        now = self.clock()

        def change(record: Record) -> Record:
            told, db_id = sent[record.id]
            return was_taken(settle(record, told, db_id, now), told, db_id, doing, now)

        # First, so that whoever dies before they are stored does it again.
        self.ledger.problems.close(self.company.id, [(r.kind, r.number) for r, _ in done], solved)
        vouched = [record for record, _ in done if "old" in record.details]
        claims = self._renumber(vouched, change)
        done = [(record, db_id) for record, db_id in done if record.id not in claims]
        stored = self._save_again([record for record, _ in done], change)
        self._report([(record, "") for record in stored if record.problem is Code.NUMBER_CHANGED])
        if note:
            self.ledger.records.released(note, self.release(new))
        if sent:
            self._look_at_invoices([told for told, _ in sent.values()])

    def _look_at_invoices(self, records: Sequence[Record]) -> None:
        """Those that wait for these records, under the numbers that they had and have."""
        named = ((record.number, record.sent_number, record.details.get("old")) for record in records)
        numbers = {number for each in named for number in each if number}
        self.ledger.waits.look_now(self.company.id, records[0].kind, numbers, self.clock())

    def _renumber(self, records: Sequence[Record], change: Callable[[Record], Record]) -> set[int]:
        """Records whose new number a person vouched for, and Xledger has it. Their old numbers go to the next claimant.

        Before they are settled: until then they are dirty, so a run that dies is followed by one that does it again.
        Returns those whose new number still belongs to another record, as when two have swapped their numbers.
        """
        if not records:
            return set()
        claims, now, kind = set(), self.clock(), records[0].kind
        self.ledger.problems.close(
            self.company.id, [(kind, record.number) for record in records], [Code.NUMBER_CHANGED]
        )
        for record in records:
            known = replace(record, sent_number=record.number)
            old = record.details["old"]
            if not self.ledger.records.save([(record, known)]):
                if hand_on(self.company, kind, old, self.ledger, now):
                    self.ledger.records.mark_work(self.company.token_id, kind, self.company.id, now)
                continue
            owner = self.ledger.records.owner_of(self.company.id, kind, record.number)
            if owner not in (None, record.id):
                claim = as_problem(change(known), Code.NUMBER_TAKEN, now, {"other": str(owner)})
                self._report([(claim, "")])
                self.ledger.records.save([(record, claim)])
                claims.add(record.id)
        return claims

    def _announce(self, customer_numbers: Collection[str]) -> "Key | None":
        """Somebody will look at the projects of these new customers, also if we die before we release them."""
        note = self.ledger.records.note_arrivals(self.company.id, customer_numbers, self.clock())
        if note:
            latest = self.clock() + LOOK_AGAIN
            self.ledger.records.mark_work_by(self.company.token_id, Kind.PROJECT, self.company.id, latest)
        return note

    def _save_again(self, records: Sequence[Record], change: Callable[[Record], Record]) -> list[Record]:
        """Reads again those that somebody else wrote meanwhile. A record that cannot be saved (because its number
        went to another one meanwhile) is left as it is: dirty, so it is looked up again."""
        saved = []
        for _ in range(ROUNDS):
            changes = [(record, change(record)) for record in records]
            lost = {record.id for record in self.ledger.records.save(changes)}
            saved += [after for _, after in changes if after.id not in lost]
            if not lost:
                break
            found = self.ledger.records.get_many(
                self.company.id, [(r.kind, r.id) for r in records if r.id in lost]
            )
            records = list(found.values())
        return saved

    def _problems(self, found: Sequence[Finding], doing: Try | None = None) -> None:
        """A newer version that came meanwhile wins: it may be the correction. `doing`: what Xledger refused.

        People are told first: whoever dies before it is stored leaves the record to be tried once more.
        """
        now = self.clock()

        def stopped(record: Record, code: Code, details: Mapping[str, str], theirs: str) -> Record:
            after = as_problem(record, code, now, details)
            return was_refused(after, theirs, doing, now) if doing else after

        changes = [(finding[0], stopped(*finding)) for finding in found]
        words = {record.id: theirs for record, _, _, theirs in found}
        if doing is not LOOK_UP:  # a look-up has come before, and found something else than the one before it
            for code in OPEN_IDENTITY:
                over = [(record.kind, record.number) for record, now_, *_ in found if now_ is not code]
                self.ledger.problems.close(self.company.id, over, [code])
        self._report([(record, words[record.id]) for _, record in changes])
        for record in self.ledger.records.save(changes):
            if record.problem:
                self.ledger.problems.close(self.company.id, [(record.kind, record.number)], [record.problem])

    def _report(self, found: Sequence[tuple[Record, str]]) -> None:
        """With Xledger's own words."""
        now = self.clock()
        self.ledger.problems.report(
            Problem(
                self.company.id, record.kind, record.number, record.problem, named(record), words, now, now
            )
            for record, words in found
            if record.problem
        )
        self.report.problems += len(found)


def _is_news(record: Record) -> bool:
    """Xledger has it under this number from now on."""
    return record.db_id is None or not same_number(record.sent_number or "", record.number)


def _as_looked_up(record: Record, code: Code, _: Mapping[str, str]) -> Record:
    return as_gone(record) if code is Code.GONE_FROM_XLEDGER else record


def _finding(record: Record, refusal: Refusal, elsewhere: Mapping[str, str] | None) -> Finding:
    if elsewhere and refusal.field in (None, "code", "owner"):
        return record, Code.IN_ANOTHER_ENTITY, elsewhere, refusal.message
    if refusal.field and refusal.value is not None:
        after = as_gone(record) if refusal.field == "dbId" else record
        return after, Code.REFERENCE_NOT_FOUND, {"field": refusal.field}, refusal.message
    return record, Code.REFUSED_BY_XLEDGER, {"field": refusal.field or ""}, refusal.message
