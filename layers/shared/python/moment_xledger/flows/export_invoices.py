"""Answers whoever asks for an export: claims one, joins the one that is open, or finishes it first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from moment_xledger.domain.assumptions import Work
from moment_xledger.domain.companies import Company, CompanyId, Route
from moment_xledger.domain.errors import Conflict, Unfinished
from moment_xledger.domain.exports import SCHEDULE, SWEEP, Export, Status, routes_to_export
from moment_xledger.domain.orders import Order
from moment_xledger.domain.releases import is_known
from moment_xledger.flows.gather_export import Begun, begin_export, known_export
from moment_xledger.flows.make_export import A_PART, LONGEST_CALL, make_export
from moment_xledger.flows.put_beside import WriteReview

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger

UNTIL_ASKED_AGAIN = timedelta(hours=1)
ROUNDS = 8  # of reading again where others claim at the same moment


def _no_end() -> timedelta:
    return timedelta.max


@dataclass(frozen=True)
class Exporter:
    """What an export needs of the world. `part`: how many invoices are read, claimed and marked before the next ones
    are looked at; an export of more is a large one."""

    ledger: "Ledger"
    files: "Files"
    clock: Callable[[], datetime]
    write_review: WriteReview
    time_left: Callable[[], timedelta] = _no_end  # of this call
    part: int = A_PART


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
    found = _join_or_claim(company, request, by, exporter, repeats, route)
    return None if found is None else _made(found, exporter)


def export_each_route(company_id: CompanyId, request: str, by: str, exporter: Exporter) -> Iterator[Export]:
    """An export for each route that has something waiting: what arrived before the setting was changed still goes."""
    own, other = routes_to_export(exporter.ledger.companies.get_known(company_id))
    wanted = ((own, request), (other, f"{request}.{other}"))
    for route, name in wanted:
        yield from _with_parts(company_id, name, by, exporter, route)


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
    """What one job makes, and what was asked for while the work was paused or an export was too large for one call.
    Whoever uploads is woken; a wake that is lost costs a minute. Raises `CompanyGone` for a company that has left."""
    order, orders = Order(company_id, request, by, repeats), exporter.ledger.orders
    if exporter.ledger.pauses.now().of(company_id):
        exporter.ledger.companies.get_known(company_id)
        _keep(order, exporter, exporter.clock())
        return []
    made: list[Export] = []
    for each in _due(order, exporter):
        try:
            made.extend(_ordered(each, exporter))
        except Unfinished:  # the next sweep finds the export, and its job what was asked for
            for undone in (each, order):
                _keep(undone, exporter, exporter.clock() + LONGEST_CALL)
            break
        if each is not order:
            orders.done(each)
    if any(export.route is Route.UPLOAD for export in made):
        wake_uploads(company_id)
    return made


def _due(order: Order, exporter: Exporter) -> Iterator[Order]:
    """What was asked for before, then this. Where a probe found what must not go on, only what was begun or exported
    before: a person's order is kept, and tomorrow's schedule takes all that waits."""
    kept = exporter.ledger.orders.of(order.company)
    if not exporter.ledger.probes.hold(order.company).holds(Work.INVOICES):
        yield from (*kept, order)
        return
    if order.by == SWEEP or order.repeats is not None:
        yield order
    for each in kept if order.by in (SWEEP, SCHEDULE) else (*kept, order):
        exporter.ledger.orders.keep(each, exporter.clock() + UNTIL_ASKED_AGAIN)


def _keep(order: Order, exporter: Exporter, due: datetime) -> None:
    if order.by != SWEEP:  # it asks again by itself
        exporter.ledger.orders.keep(order, due)


def _ordered(order: Order, exporter: Exporter) -> Iterator[Export]:
    if order.repeats is None:
        yield from export_each_route(order.company, order.request, order.by, exporter)
    elif again := export_invoices(order.company, order.request, order.by, exporter, order.repeats):
        yield again


def _join_or_claim(
    company: Company, request: str, by: str, exporter: Exporter, repeats: int | None, route: Route | None
) -> Export | Begun | None:
    """Who loses the race for a claim joins whoever won it. Raises `Conflict` if that cannot be."""
    exports = exporter.ledger.exports
    for _ in range(ROUNDS):
        if (number := exports.asked_for(company.id, request)) is not None:
            return known_export(company.id, number, exporter.ledger)
        watermark = exports.watermark(company.id)
        if watermark.open is not None:
            there = known_export(company.id, watermark.open, exporter.ledger)
            if _is_wanted(there, repeats, route, exporter.ledger):
                exports.join(company.id, request, there.number)
                return there
            _made(there, exporter)
            continue
        begun = None if by == SWEEP else begin_export(company, watermark, by, exporter, repeats, route)
        if begun is None:
            return None
        try:
            exports.claim(begun.export, watermark, request)
        except Conflict:
            continue
        return begun
    raise Conflict


def _is_wanted(export: Export, repeats: int | None, route: Route | None, ledger: "Ledger") -> bool:
    """Whether this one, which is open, is what is asked for."""
    first = known_export(export.company, repeats, ledger).members_of if repeats else None
    return export.repeats == first and route in (None, export.route)


def _made(found: Export | Begun, exporter: Exporter) -> Export:
    if isinstance(found, Begun):
        return _make(found.export, exporter, found)
    if found.status is Status.READY or not is_known(found.status):
        return found
    if not found.terms.settings.can_be_written:
        return found
    if found.is_large:
        _take(found, exporter)
    look_at_notices = exporter.ledger.notices.look_now
    look_at_notices(
        found.company
    )  # it was left open: people may have to hear of it, also if this attempt dies
    made = _make(found, exporter)
    look_at_notices(found.company)  # or that it is over
    return made


def _make(export: Export, exporter: Exporter, begun: Begun | None = None) -> Export:
    try:
        return make_export(export, exporter, begun)
    except Conflict:  # somebody else may have made it meanwhile, which is as good
        there = known_export(export.company, export.number, exporter.ledger)
        if there.status is Status.READY:
            return there
        if there.is_large:  # or claimed more of it
            raise Unfinished(export.number) from None
        raise


def _take(export: Export, exporter: Exporter) -> None:
    """A large one is left to whoever is at work on it."""
    watermark, now = exporter.ledger.exports.watermark(export.company), exporter.clock()
    is_taken = watermark.taken_until is not None and watermark.taken_until > now
    try:
        if not is_taken:
            exporter.ledger.exports.take(export, watermark, now + LONGEST_CALL)
            return
    except Conflict:  # somebody else was first
        pass
    raise Unfinished(export.number)
