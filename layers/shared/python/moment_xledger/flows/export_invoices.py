"""Makes an export: claim, members, files, ready. Read each step as: whoever dies here is followed by somebody who
takes the same step again, with the same result."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count, islice, takewhile
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId, Route
from moment_xledger.domain.dimensions import settled
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import (
    SWEEP,
    Export,
    Status,
    Watermark,
    never_leaves_in_a_file,
    next_export,
    routes_to_export,
    size_of_a_part,
)
from moment_xledger.domain.files.series import Numbered, SeriesReport, check_series, runs_after
from moment_xledger.domain.files.writing import Totals, write
from moment_xledger.domain.invoice_references import (
    ACCOUNTS_AND_VAT,
    INVOICE,
    WAITING_CODES,
    Reference,
    Standing,
)
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.orders import Order
from moment_xledger.domain.preflight import STOPS_AN_INVOICE, reason_of, with_absent
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.releases import is_known
from moment_xledger.domain.uploads import EXPORT, REASONS, State, Upload
from moment_xledger.flows.explain_gaps import Gaps
from moment_xledger.flows.invoice_standing import standings_of
from moment_xledger.flows.put_beside import WriteReview, put_manifest, put_review
from moment_xledger.flows.recheck_held import recheck_some
from moment_xledger.flows.take_in_invoices import wait_quietly

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger

ROUNDS = 8  # of reading again where others claim at the same moment
MARKED_AT_ONCE = 99  # with the check of the export, what one transaction takes
MOST_HELD = 5_000  # references that an export goes without
IN_MEMORY = 4 * 1024 * 1024  # of a file that is being made; the rest lies on disk


@dataclass(frozen=True)
class Exporter:
    ledger: "Ledger"
    files: "Files"
    clock: Callable[[], datetime]
    write_review: WriteReview


def export_invoices(
    company_id: CompanyId,
    request: str,
    by: str,
    exporter: Exporter,
    repeats: int | None = None,
    route: Route | None = None,
) -> Export | None:
    """The export that `request` made or joined, ready; None where there is nothing new.

    While an export is open, everybody who asks for the same gets that one; any other is finished first. The same
    request always gets the same export. The sweeper begins none.
    """
    company = exporter.ledger.companies.get_known(company_id)
    number = _join_or_claim(company, request, by, exporter, repeats, route)
    return None if number is None else _made(company_id, number, exporter)


def export_each_route(company_id: CompanyId, request: str, by: str, exporter: Exporter) -> list[Export]:
    """An export for each route that has something waiting: what arrived before the setting was changed still goes."""
    own, other = routes_to_export(exporter.ledger.companies.get_known(company_id))
    wanted = ((own, request), (other, f"{request}.{other}"))
    return [each for route, name in wanted for each in _with_parts(company_id, name, by, exporter, route)]


def _with_parts(
    company: CompanyId, request: str, by: str, exporter: Exporter, route: Route
) -> Iterator[Export]:
    """What Xledger refused goes first, in parts; then what is new. Each part is a request of its own."""
    for part in count(1):
        made = export_invoices(company, request, by, exporter, route=route)
        if made:
            yield made
        if made is None or made.part_of is None:
            return
        request = f"{request.partition('/')[0]}/{part}"


def export_asked_for(
    company_id: CompanyId,
    request: str,
    by: str,
    exporter: Exporter,
    repeats: int | None,
    wake_uploads: Callable[[CompanyId], None],
) -> list[Export]:
    """What one job makes, and what was asked for while the work was paused. Whoever uploads is woken; a wake that is
    lost costs a minute."""
    order, orders = Order(company_id, request, by, repeats), exporter.ledger.orders
    if exporter.ledger.pauses.now().of(company_id):
        if by != SWEEP:  # it asks again by itself
            orders.keep(order, exporter.clock())
        return []
    made: list[Export] = []
    for kept in orders.of(company_id):
        made += _ordered(kept, exporter)
        orders.done(kept)
    made += _ordered(order, exporter)
    if any(export.route is Route.UPLOAD for export in made):
        wake_uploads(company_id)
    return made


def _ordered(order: Order, exporter: Exporter) -> list[Export]:
    if order.repeats is None:
        return export_each_route(order.company, order.request, order.by, exporter)
    again = export_invoices(order.company, order.request, order.by, exporter, order.repeats)
    return [again] if again else []


def _join_or_claim(
    company: Company, request: str, by: str, exporter: Exporter, repeats: int | None, route: Route | None
) -> int | None:
    """Who loses the race for a claim joins whoever won it. Raises `Conflict` if that cannot be."""
    ledger = exporter.ledger
    for _ in range(ROUNDS):
        if (number := ledger.exports.asked_for(company.id, request)) is not None:
            return number
        watermark = ledger.exports.watermark(company.id)
        if watermark.open is not None:
            if _is_wanted(_known(company.id, watermark.open, ledger), repeats, route, ledger):
                ledger.exports.join(company.id, request, watermark.open)
                return watermark.open
            _made(company.id, watermark.open, exporter)
            continue
        export = None if by == SWEEP else _next(company, watermark, by, exporter, repeats, route)
        if export is None:
            return None
        try:
            ledger.exports.claim(export, watermark, request)
        except Conflict:
            continue
        return export.number
    raise Conflict


def _is_wanted(export: Export, repeats: int | None, route: Route | None, ledger: "Ledger") -> bool:
    """Whether this one, which is open, is what is asked for."""
    first = _known(export.company, repeats, ledger).members_of if repeats else None
    return export.repeats == first and route in (None, export.route)


def _next(
    company: Company,
    watermark: Watermark,
    by: str,
    exporter: Exporter,
    repeats: int | None,
    route: Route | None,
) -> Export | None:
    if repeats is None:
        recheck_some(company, exporter.ledger, exporter.clock)
    head = exporter.ledger.invoices.head(company.id)
    company = settled(company, exporter.ledger.references.dimensions(company.token_id))
    export = next_export(company, watermark, head, by, exporter.clock(), route)
    if repeats is None:
        lists = exporter.ledger.references.get(company.token_id)
        export = replace(export, terms=with_absent(export.terms, lists, exporter.clock()))
        export = _as_part(export, exporter.ledger)
        export = _without_what_waits(company, export, exporter)
    if repeats is not None:
        first = _known(company.id, _known(company.id, repeats, exporter.ledger).members_of, exporter.ledger)
        export = replace(
            export,
            repeats=first.number,
            route=first.route,
            low=first.low,
            high=first.high,
            through=None,
            series=first.series,
        )
    if any(export.takes(snapshot) for snapshot in _candidates(export, exporter.ledger)):
        return export
    candidates = _candidates(export, exporter.ledger)
    while chunk := list(islice(candidates, MARKED_AT_ONCE)):
        _report_unfit(export, chunk, exporter)
    if repeats is None:
        _settle(export, watermark, exporter.ledger)
    return None


def _as_part(export: Export, ledger: "Ledger") -> Export:
    """Some invoices of a file that Xledger refused, where there are any to go. What is new goes afterwards."""
    found = (
        each for each in _candidates(export, ledger) if replace(export, part_of=each.part_of).takes(each)
    )
    first = next((each for each in found if each.part_of is not None), None)
    if first is None or first.part_of is None:
        return export
    part = replace(export, part_of=first.part_of, low=first.seq - 1, through=None, series=SeriesReport())
    size = size_of_a_part(_known(export.company, first.part_of, ledger).invoices)
    *_, last = islice((each for each in _candidates(part, ledger) if part.takes(each)), size)
    return replace(part, high=last.seq)


def _without_what_waits(company: Company, export: Export, exporter: Exporter) -> Export:
    """As it is claimed: numbers may have been swapped or moved since the invoices arrived. Of a great many invoices
    whose references wait, so many are looked at that the export's item holds what they wait for."""
    low, ledger, now = export.low, exporter.ledger, exporter.clock()
    while True:
        references = {ACCOUNTS_AND_VAT, *ledger.invoices.referred_to(export.company, low, export.high)}
        standings = standings_of(company, references, ledger, now)
        held = {each: standing for each, standing in standings.items() if not standing.lets_go}
        if len(held) <= MOST_HELD:
            return _without_lone_credit_notes(replace(export, held=held), standings, ledger)
        export = replace(export, high=low + max(1, (export.high - low) // 2))


def _without_lone_credit_notes(
    export: Export, standings: Mapping[Reference, Standing], ledger: "Ledger"
) -> Export:
    """A credit note goes with its invoice or after it."""
    numbers = [int(each.number) for each, standing in standings.items() if standing is Standing.TO_LEAVE]
    credited = ledger.invoices.by_number(export.company, numbers)
    stay = {
        Reference(INVOICE, str(number)): Standing.STAYS
        for number, snapshot in credited.items()
        if not (export.low < snapshot.seq <= export.high and export.takes(snapshot))
    }
    return replace(export, held={**export.held, **stay})


def _settle(export: Export, watermark: Watermark, ledger: "Ledger") -> None:
    """What never leaves in a file is not looked at again and again: a company may have nothing else for years."""
    settled = export.low
    for snapshot in takewhile(_is_settled, _candidates(export, ledger)):
        settled = snapshot.seq
    if settled > export.low:
        ledger.exports.settle(export.company, watermark, settled)


def _known(company: CompanyId, number: int, ledger: "Ledger") -> Export:
    found = ledger.exports.get(company, number)
    if found is None:
        raise LookupError(f"export {number} of {company} is not there")
    return found


def _candidates(export: Export, ledger: "Ledger") -> Iterator[Snapshot]:
    for snapshot in ledger.invoices.since(export.company, export.low):
        if snapshot.seq > export.high:
            return
        yield snapshot


def _made(company: CompanyId, number: int, exporter: Exporter) -> Export:
    export = _known(company, number, exporter.ledger)
    if export.status is Status.READY or not is_known(export.status):
        return export
    try:
        return _make(export, exporter)
    except Conflict:  # somebody else may have made it meanwhile, which is as good
        export = _known(company, number, exporter.ledger)
        if export.status is Status.READY:
            return export
        raise


def _make(export: Export, exporter: Exporter) -> Export:
    """From wherever it was left. Raises `Conflict` if it cannot be finished as it was claimed."""
    members = _mark_members(export, exporter)
    if export.series is None:
        gaps = Gaps(export, exporter.ledger)
        series = check_series(members.numbers, export.left_before, gaps.reasons)
        export = replace(export, series=exporter.ledger.exports.note_series(export, series))
    ready = _put_file(export, members, exporter)
    invoices = partial(_invoices, ready, exporter.ledger, ready.first, ready.last)
    put_review(ready, invoices, exporter.files, exporter.write_review)
    put_manifest(ready, exporter.files)
    goes_again = export.repeats is not None or export.part_of is not None
    settled = None if goes_again else members.settled
    replaced = _replaced_by(ready, exporter.ledger)
    if replaced:  # what was said of the refused file is over; of this one it is said anew
        exporter.ledger.problems.close(export.company, [(EXPORT, replaced.number)], REASONS)
    runs = None if goes_again else runs_after(export.left_before, members.numbers, export.number)
    exporter.ledger.exports.finish(ready, settled, exporter.clock(), replaced, runs)
    return ready


def _replaced_by(export: Export, ledger: "Ledger") -> Upload | None:
    """The upload that this file goes in place of: one that Xledger has surely not taken. Only with all its invoices,
    or those that the format cannot hold would pass as uploaded."""
    upload = ledger.uploads.get(export.company, export.members_of) if export.repeats else None
    if upload is None or upload.state is not State.REFUSED:
        return None
    return upload if _known(export.company, export.members_of, ledger).invoices == export.invoices else None


@dataclass
class Members:
    """Their numbers and kinds, in the order of arrival, and up to which seq every invoice has left or never will."""

    numbers: list[Numbered] = field(default_factory=list)
    settled: int = 0

    @property
    def first(self) -> int:
        return min(self.numbers)[0]

    @property
    def last(self) -> int:
        return max(self.numbers)[0]


def _mark_members(export: Export, exporter: Exporter) -> Members:
    found, is_unbroken = Members(settled=export.low), True
    candidates = _candidates(export, exporter.ledger)
    solved = _unfit_before(export, exporter.ledger)
    while chunk := list(islice(candidates, MARKED_AT_ONCE)):
        members = {snapshot.seq: snapshot for snapshot in chunk if export.takes(snapshot)}
        _mark(export, members.values(), solved, exporter)
        _report_unfit(export, chunk, exporter)
        found.numbers += [(each.invoice.invoice_number, each.invoice.kind) for each in members.values()]
        for snapshot in chunk:
            is_unbroken = is_unbroken and (_is_settled(snapshot) or snapshot.seq in members)
            found.settled = snapshot.seq if is_unbroken else found.settled
    return found


def _mark(export: Export, members: Iterable[Snapshot], solved: Collection[str], exporter: Exporter) -> None:
    """What the format could not hold before leaves now, so that problem is over."""
    seqs = [snapshot.seq for snapshot in members if snapshot.export is None]
    if seqs:
        exporter.ledger.exports.mark_members(export, seqs)
    over = [("invoice", s.invoice.number) for s in members if s.invoice.number in solved]
    exporter.ledger.problems.close(export.company, over)


def _is_settled(snapshot: Snapshot) -> bool:
    return snapshot.export is not None or never_leaves_in_a_file(snapshot)


def render(export: Export, ledger: "Ledger", first: int, last: int, out: IO[bytes]) -> Totals:
    """The file's bytes, in the order of the invoice numbers. The same for ever."""
    return write(_invoices(export, ledger, first, last), out, export.terms)


def _invoices(export: Export, ledger: "Ledger", first: int, last: int) -> Iterator[Invoice]:
    seqs = range(export.low + 1, export.high + 1)
    for snapshot in ledger.invoices.in_number_order(export.company, first, last, seqs):
        if export.members_of in (snapshot.export, *snapshot.released_from) and export.takes(snapshot):
            yield snapshot.invoice


def _put_file(export: Export, members: Members, exporter: Exporter) -> Export:
    with SpooledTemporaryFile(IN_MEMORY) as out:
        ready = _ready(export, render(export, exporter.ledger, members.first, members.last, out))
        out.seek(0)
        exporter.files.put_once(ready.folder + ready.file_name(), out, "text/csv", ready.sha256)
    return ready


def _ready(export: Export, totals: Totals) -> Export:
    return replace(
        export,
        status=Status.READY,
        rows=totals.rows,
        invoices=totals.invoices,
        first=totals.first,
        last=totals.last,
        sums=totals.sums,
        sha256=totals.sha256,
    )


def _unfit_before(export: Export, ledger: "Ledger") -> set[str]:
    problems = ledger.problems.of(export.company, "invoice")
    return {problem.number for problem in problems if problem.code in (*STOPS_AN_INVOICE, *WAITING_CODES)}


def _report_unfit(export: Export, snapshots: Sequence[Snapshot], exporter: Exporter) -> None:
    """And what waits for its customer or project is found again by that."""
    now = exporter.clock()
    waiting = [(s.invoice.invoice_number, why) for s in snapshots if (why := export.waits(s))]
    if waiting:
        wait_quietly(exporter.ledger.companies.get_known(export.company), waiting, exporter.ledger, now)
    exporter.ledger.problems.report(
        Problem(
            export.company,
            "invoice",
            snapshot.invoice.number,
            *reason_of(found),
            first_seen=now,
            last_seen=now,
        )
        for snapshot in snapshots
        if (found := export.unfit(snapshot))
    )
