"""A nightly look at what changed in Xledger: customers and projects whose number was changed, closed, deleted or given
to another one there. It is reported, never mended; what is right again is closed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.errors import Rejected, WrongRequest
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import STOPPED_BY, Place, guarded_number, is_guarded
from moment_xledger.domain.numbers import number_key
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.stops import RECORDS
from moment_xledger.flows.check_records import check_again
from moment_xledger.flows.compare_numbers import compare_numbers
from moment_xledger.flows.find_entity import look_at_companies
from moment_xledger.flows.probe_company import Prober
from moment_xledger.flows.read_lists import fresh_lists
from moment_xledger.flows.stop_work import tell_it_is_over, tell_once
from moment_xledger.flows.sync_records import Worker, open_channel
from moment_xledger.flows.watch_schema import probe_one, watch_schema

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_probe import XledgerProbe
    from moment_xledger.adapters.xledger_reference import Reads, Reference

MOST_PAGES = 5  # of changes, a night; the rest wait for the next one
MOST_AT_ONCE = 500  # numbers asked for in one request
MOST_COMPARED = 20  # requests with numbers, a night, for one kind
# A probe begins only so early, and asks nothing after so long: with one more wait it ends within the function's 150 s.
LEAVES_TIME, LONGEST_PROBE = timedelta(seconds=20), timedelta(seconds=50)
MOST_WITHOUT_FEED = 4  # the same for a token that may not read the feed, every night


@dataclass
class Report:
    """`not_allowed`: kinds whose changes a token may not read; `not_understood`: kinds for which Xledger does not take
    our request as such; `started_over`: kinds whose feed no longer had what came after the last night, so that every
    record is compared anew."""

    checked: int = 0
    found: int = 0
    not_allowed: int = 0
    not_understood: int = 0
    started_over: int = 0

    def summary(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass(frozen=True)
class Guard:
    worker: Worker
    reference: Callable[["Reads"], "Reference"]
    xledger: Callable[["Reads"], "XledgerProbe"] | None = None  # without it, the schema is not looked at


def guard_numbers(token: TokenId, guard: Guard) -> Report:
    """Of all companies that share the token; empty where the work of each is paused. Raises `GateClosed` where the rest
    must wait, with nothing forgotten."""
    report, ledger = Report(), guard.worker.ledger
    sharing, pauses = ledger.companies.sharing(token), ledger.pauses.now()
    awake = [company for company in sharing if pauses.of(company.id) is None]
    began = guard.worker.clock()
    if awake:
        _guard_token(token, guard, report)
    if guard.xledger and guard.worker.clock() - began < LEAVES_TIME:
        prober = Prober(guard.worker, guard.reference, guard.xledger, longest=LONGEST_PROBE)
        probe_one(awake, prober)
    return report


def _guard_token(token: TokenId, guard: Guard, report: Report) -> None:
    """And, while the line is open, reads the lists that tomorrow's exports are checked against, and the schema."""
    with open_channel(token, guard.worker) as channel:
        reference, worker = guard.reference(channel), guard.worker
        look_at_companies(token, reference, worker.ledger, worker.url, worker.clock)
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
        if guard.xledger:
            watch_schema(token, guard.xledger(channel), guard.worker)


@dataclass(frozen=True)
class Changes:
    """Ids of what changed since the last night, and the place after it. `refused`: why the feed cannot be read."""

    place: Place
    ids: frozenset[int] = frozenset()
    started_over: bool = False
    refused: Rejected | WrongRequest | None = None


def _guard_kind(token: TokenId, kind: Kind, reference: "Reference", worker: Worker, report: Report) -> None:
    """First what changed since the last night; then, page by page, every record of companies that were never compared.

    The cursor moves after what came before it was compared: a process that dies earlier is followed by one that looks
    at the same changes. Where the feed cannot be read, the pages go round for ever, and the refusal is raised at last.
    """
    began, references = worker.clock(), worker.ledger.references
    before = references.place(token, kind)
    changes = _changes(kind, before, reference)
    report.started_over += changes.started_over
    place = replace(changes.place, looked_at=began)
    if before:
        place = _compare_changed(token, kind, changes.ids, before, place, reference, worker, report)
    references.save_place(token, kind, place)
    _compare_all(token, kind, place, reference, worker, report)
    if changes.refused:
        raise changes.refused


def _changes(kind: Kind, place: Place | None, reference: "Reference") -> Changes:
    """A feed that refuses our cursor, or no longer has it, but tells where it ends, is begun anew."""
    if place is None or place.cursor is None:
        return _begin(kind, place, reference)
    ids: frozenset[int] = frozenset()
    cursor = place.cursor
    try:
        for _ in range(MOST_PAGES):
            page = reference.changes(kind, cursor)
            if not page.is_complete:
                return _begin(kind, place, reference)
            ids, cursor = ids | page.ids, page.cursor or cursor
            if not page.more:
                break
    except (Rejected, WrongRequest):
        return _begin(kind, place, reference)
    return Changes(replace(place, cursor=cursor), ids)


def _begin(kind: Kind, place: Place | None, reference: "Reference") -> Changes:
    """At the end of the feed, with nothing compared yet."""
    had_cursor = place is not None and place.cursor is not None
    try:
        return Changes(Place(reference.end_of_changes(kind)), started_over=had_cursor)
    except (Rejected, WrongRequest) as refused:
        return Changes(replace(place or Place(None), cursor=None), refused=refused)


def _compare_changed(
    token: TokenId,
    kind: Kind,
    changed: Collection[int],
    before: Place,
    place: Place,
    reference: "Reference",
    worker: Worker,
    report: Report,
) -> Place:
    """A company with more to compare than a night may take is compared anew, page by page."""
    found = (each for ids in _chunks(sorted(changed)) for each in reference.numbers(kind, ids, ()))
    numbers = {number_key(each.number) for each in found}
    for company, entity in _companies(token, worker):
        affected = _affected(company, entity, kind, changed, numbers, before, worker)
        for n, records in enumerate(_chunks(affected)):
            if n == MOST_COMPARED:
                place = place.without(company.id)
                break
            _compare(company, entity, kind, records, reference, worker, report)
    return place


def _companies(token: TokenId, worker: Worker) -> Iterator[tuple[Company, str]]:
    """With the entity that each writes to, where that is known."""
    for company in sorted(worker.ledger.companies.sharing(token), key=lambda each: each.id):
        entity = worker.ledger.entities.current(company.id).entity
        if entity is not None:
            yield company, entity


def _affected(
    company: Company,
    entity: str,
    kind: Kind,
    changed: Collection[int],
    numbers: Collection[str],
    before: Place,
    worker: Worker,
) -> Iterator[Record]:
    """What may be otherwise than when it was last compared: changed in Xledger, found or sent by us since then, or
    reported and not right again."""
    problems = worker.ledger.problems.of(company.id, kind)
    wanted = {number_key(problem.number) for problem in problems if problem.code in STOPPED_BY} | set(numbers)
    are_all_here = True
    for record in worker.ledger.records.every(company.id, kind):
        are_all_here = are_all_here and (record.state is not State.SYNCED or record.entity == entity)
        is_new = before.looked_at is not None and record.since >= before.looked_at
        is_touched = record.db_id in changed or is_new or number_key(guarded_number(record)) in wanted
        if is_touched and is_guarded(record, entity):
            yield record
    if not are_all_here:
        check_again(company, kind, worker.ledger, worker.clock)


def _compare_all(
    token: TokenId, kind: Kind, place: Place, reference: "Reference", worker: Worker, report: Report
) -> None:
    """As many pages as a night may take; the place is stored after each."""
    left = MOST_COMPARED if place.cursor is not None else MOST_WITHOUT_FEED
    for company, entity in _companies(token, worker):
        while place.compared.get(company.id) != entity:
            if not left:
                return
            begins = place.begins_at(company.id)
            records, after = worker.ledger.records.page(company.id, kind, begins, MOST_AT_ONCE)
            guarded = [record for record in records if is_guarded(record, entity)]
            if guarded:
                _compare(company, entity, kind, guarded, reference, worker, report)
                left -= 1
            place = place.after_page(company.id, entity, after)
            worker.ledger.references.save_place(token, kind, place)
    if place.cursor is None:
        worker.ledger.references.save_place(token, kind, replace(place, compared={}))


def _compare(
    company: Company,
    entity: str,
    kind: Kind,
    records: Sequence[Record],
    reference: "Reference",
    worker: Worker,
    report: Report,
) -> None:
    compared = compare_numbers(company, entity, kind, records, reference, worker)
    report.checked += compared.checked
    report.found += compared.found


def _chunks(items: Iterable[Any]) -> Iterator[Any]:
    rest = iter(items)
    while some := list(islice(rest, MOST_AT_ONCE)):
        yield some
