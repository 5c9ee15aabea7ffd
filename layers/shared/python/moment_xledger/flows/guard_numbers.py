"""A nightly look at what changed in Xledger: customers and projects whose number was changed, closed, deleted or given
to another one there. It is reported, never mended; what is right again is closed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.errors import GateClosed, Rejected, WrongRequest
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import REPORTED, findings
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.records import Record
from moment_xledger.domain.stops import RECORDS
from moment_xledger.flows.read_lists import fresh_lists
from moment_xledger.flows.stop_work import tell_it_is_over, tell_once
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_reference import Reads, Reference

MOST_PAGES = 5  # of changes, a night; the rest wait for the next one
MOST_AT_ONCE = 500  # numbers asked for in one request


@dataclass
class Report:
    """`later`: tokens whose gate was closed, or whose work is paused; `not_allowed`: kinds whose changes a token may
    not read; `not_understood`: kinds for which Xledger does not take our request as such."""

    tokens: int = 0
    checked: int = 0
    found: int = 0
    later: int = 0
    not_allowed: int = 0
    not_understood: int = 0

    def summary(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Guard:
    """`has_time` says whether another token can still be looked at in this run."""

    worker: Worker
    reference: Callable[["Reads"], "Reference"]
    has_time: Callable[[], bool]


def guard_numbers(guard: Guard) -> Report:
    """Token by token, those first that have waited longest. One whose gate is closed, or whose companies are all
    paused, is put off until the next night, with nothing forgotten."""
    report, ledger = Report(), guard.worker.ledger
    companies, pauses = ledger.companies.every(), ledger.pauses.now()
    awake = {company.token_id for company in companies if not pauses.of(company.id)}
    tokens = dict.fromkeys(company.token_id for company in companies)
    for token in sorted(tokens, key=ledger.references.guarded):
        if token not in awake or not guard.has_time():
            report.later += 1
            continue
        ledger.references.note_guarded(token, guard.worker.clock())
        try:
            _guard_token(token, guard, report)
            report.tokens += 1
        except GateClosed:
            report.later += 1
    return report


def _guard_token(token: TokenId, guard: Guard, report: Report) -> None:
    """And, while the line is open, reads the lists that tomorrow's exports are checked against."""
    with open_channel(token, guard.worker) as channel:
        reference = guard.reference(channel)
        for kind in Kind:
            sharing, about = guard.worker.ledger.companies.sharing(token), f"changes of {RECORDS[kind]}"
            try:
                _guard_kind(token, kind, reference, guard.worker, report)
                tell_it_is_over(sharing, about, guard.worker)
            except Rejected:
                report.not_allowed += 1
            except WrongRequest as refused:
                report.not_understood += 1
                tell_once(sharing, about, about, refused, guard.worker)
        fresh_lists(token, guard.worker, reference)


def _guard_kind(token: TokenId, kind: Kind, reference: "Reference", worker: Worker, report: Report) -> None:
    """The cursor moves last: whoever dies before that is followed by somebody who looks at the same changes."""
    cursor = worker.ledger.references.cursor(token, kind)
    if cursor is None:
        worker.ledger.references.move_cursor(token, kind, reference.end_of_changes(kind))
        return
    changed, cursor = _changes(kind, cursor, reference)
    numbers = {each.number for ids in _chunks(sorted(changed)) for each in reference.numbers(kind, ids, ())}
    for company in worker.ledger.companies.sharing(token):
        wanted = _reported_before(company, kind, worker)
        affected = (
            record
            for record in worker.ledger.records.in_step(company.id, kind)
            if record.db_id in changed or record.sent_number in numbers | wanted
        )
        for records in _chunks(affected):
            _compare(company, kind, records, reference, worker, report)
    worker.ledger.references.move_cursor(token, kind, cursor)


def _changes(kind: Kind, cursor: str, reference: "Reference") -> tuple[frozenset[int], str]:
    ids: frozenset[int] = frozenset()
    for _ in range(MOST_PAGES):
        page = reference.changes(kind, cursor)
        ids, cursor = ids | page.ids, page.cursor or cursor
        if not page.more:
            break
    return ids, cursor


def _reported_before(company: Company, kind: Kind, worker: Worker) -> set[str]:
    """Looked at every night until they are right again."""
    problems = worker.ledger.problems.of(company.id, kind)
    return {problem.number for problem in problems if problem.code in REPORTED}


def _compare(
    company: Company,
    kind: Kind,
    records: Sequence[Record],
    reference: "Reference",
    worker: Worker,
    report: Report,
) -> None:
    now = worker.clock()
    held = reference.numbers(kind, _known(r.db_id for r in records), _known(r.sent_number for r in records))
    found = list(findings(records, held, company.owner_code, day_in_oslo(now)))
    worker.ledger.problems.report(
        Problem(company.id, kind, str(each.record.sent_number), each.code, each.details, "", now, now)
        for each in found
    )
    wrong = {each.record.id for each in found}
    right = [(str(kind), str(record.sent_number)) for record in records if record.id not in wrong]
    worker.ledger.problems.close(company.id, right, REPORTED)
    report.checked += len(records)
    report.found += len(found)


def _known(values: Iterator[Any]) -> Collection[Any]:
    return {value for value in values if value is not None}


def _chunks(items: Any) -> Iterator[Any]:
    rest = iter(items)
    while some := list(islice(rest, MOST_AT_ONCE)):
        yield some
