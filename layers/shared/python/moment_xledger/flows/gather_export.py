"""Gathers an export's invoices in the order of arrival, a part at a time: each is read once, and looked at once.

What is claimed is decided part by part: which invoices of a part wait, and so stay behind, is written into the claim
before the first of them is marked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from moment_xledger.domain.companies import Company, CompanyId, Route
from moment_xledger.domain.dimensions import settled
from moment_xledger.domain.exports import (
    Export,
    Place,
    Status,
    Watermark,
    never_leaves_in_a_file,
    next_export,
    size_of_a_part,
)
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.files.unfit import Unfit
from moment_xledger.domain.invoice_references import INVOICE, Reference, Standing, references_of
from moment_xledger.domain.invoices import Fault, Snapshot
from moment_xledger.domain.preflight import reason_of, with_absent
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.uploads import State
from moment_xledger.flows.invoice_standing import numbers_now, standings_of
from moment_xledger.flows.recheck_held import recheck_some
from moment_xledger.flows.take_in_invoices import wait_quietly

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

MOST_HELD = 5_000  # references that an export goes without


class Gatherer(Protocol):
    """`part`: how many invoices are read, claimed and marked before the next ones are looked at."""

    @property
    def ledger(self) -> "Ledger": ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def part(self) -> int: ...


@dataclass(frozen=True)
class Part:
    """Some invoices, and where each of them stands with the export."""

    placed: Sequence[tuple[Snapshot, Place | Unfit | Fault]]

    @property
    def members(self) -> list[Snapshot]:
        return [snapshot for snapshot, place in self.placed if place is Place.MEMBER]


class Gathering:
    """The invoices that arrived behind `low`. `end`: up to there they have been read; `settled`: up to there every one
    has left, leaves now, or never will."""

    def __init__(self, company: CompanyId, low: int, ledger: "Ledger") -> None:
        self._found = ledger.invoices.since(company, low)
        self._put_back: list[Snapshot] = []
        self.end = self.settled = low
        self._is_unbroken = True

    def read(self, upto: int, most: int) -> list[Snapshot]:
        """The next ones that arrived up to `upto`, so many at most."""
        some: list[Snapshot] = []
        while len(some) < most and (snapshot := self._next()):
            if snapshot.seq > upto:
                self._put_back.append(snapshot)
                break
            some.append(snapshot)
        self.end = some[-1].seq if len(some) == most else upto
        return some

    def _next(self) -> Snapshot | None:
        return self._put_back.pop() if self._put_back else next(self._found, None)

    def put_back(self, snapshots: Sequence[Snapshot]) -> None:
        """To be read again: the last of those that were read."""
        if snapshots:
            self._put_back += reversed(snapshots)
            self.end = snapshots[0].seq - 1

    def place(self, snapshots: Sequence[Snapshot], export: Export) -> Part:
        part = Part([(snapshot, export.place_of(snapshot)) for snapshot in snapshots])
        for snapshot, place in part.placed:
            leaves = place is Place.MEMBER or snapshot.export is not None or never_leaves_in_a_file(snapshot)
            self._is_unbroken = self._is_unbroken and leaves
            self.settled = snapshot.seq if self._is_unbroken else self.settled
        return part


@dataclass(frozen=True)
class Begun:
    """An export that can be claimed, whose first part with members is `part`."""

    export: Export
    gathering: Gathering
    part: Part


def begin_export(
    company: Company,
    watermark: Watermark,
    by: str,
    gatherer: Gatherer,
    repeats: int | None,
    route: Route | None,
) -> Begun | None:
    """None where nothing is to go; what stays behind is reported."""
    ledger, now = gatherer.ledger, gatherer.clock()
    if not company.file.can_be_written:
        return None
    if repeats is None:
        recheck_some(company, ledger, gatherer.clock)
    head = ledger.invoices.head(company.id)
    company = settled(company, ledger.references.dimensions(company.token_id))
    export = next_export(company, watermark, head, by, now, route)
    if repeats is not None:
        return _begin_repeat(export, known_export(company.id, repeats, ledger).members_of, gatherer)
    lists = ledger.references.get(company.token_id)
    export = replace(export, terms=with_absent(export.terms, lists, now))
    return _begin_new(company, export, watermark, gatherer)


def _begin_new(company: Company, export: Export, watermark: Watermark, gatherer: Gatherer) -> Begun | None:
    ledger, head = gatherer.ledger, export.high
    gathering = Gathering(company.id, export.low, ledger)
    while True:
        snapshots = gathering.read(head, gatherer.part)
        if begun := _begin_part(company, export, snapshots, gatherer):
            return begun
        grown, part = _claim_further(company, export, gathering, snapshots, head, gatherer)
        if part.members:
            return Begun(grown, gathering, part)
        report_left_behind(grown, part, gatherer)
        if grown.status is Status.FROZEN:
            break
        export = replace(export, held=grown.held)
    if (
        gathering.settled > export.low
    ):  # not looked at again and again: a company may have nothing else for years
        ledger.exports.settle(company.id, watermark, gathering.settled)
    return None


def _begin_repeat(export: Export, repeats: int, gatherer: Gatherer) -> Begun | None:
    first = known_export(export.company, repeats, gatherer.ledger)
    export = replace(
        export,
        repeats=first.number,
        route=first.route,
        low=first.low,
        high=first.high,
        upto=first.high if first.invoices > gatherer.part else None,
        through=None,
        series=first.series,
        numbers=first.numbers,
    )
    gathering = Gathering(export.company, export.low, gatherer.ledger)
    while gathering.end < export.high:
        part = claimed_part(export, gathering, gatherer)
        if part.members:
            return Begun(export, gathering, part)
        report_left_behind(export, part, gatherer)
    return None


def claimed_part(export: Export, gathering: Gathering, gatherer: Gatherer) -> Part:
    """The next one of what is claimed."""
    return gathering.place(gathering.read(export.high, gatherer.part), export)


def grow_export(export: Export, gathering: Gathering, gatherer: Gatherer) -> tuple[Export, Part]:
    """Claims the next part of a large one. Raises `Conflict` if another worker has done so."""
    company, upto = gatherer.ledger.companies.get_known(export.company), export.upto or export.high
    snapshots = gathering.read(upto, gatherer.part)
    grown, part = _claim_further(company, export, gathering, snapshots, upto, gatherer)
    grown = replace(grown, upto=upto if grown.status is Status.GATHERING else grown.high)
    gatherer.ledger.exports.grow(export, grown)
    return grown, part


def _claim_further(
    company: Company,
    export: Export,
    gathering: Gathering,
    snapshots: Sequence[Snapshot],
    upto: int,
    gatherer: Gatherer,
) -> tuple[Export, Part]:
    """As it is to be claimed with these invoices, the last ones read. What they refer to is looked up only now: numbers
    may have been swapped or moved since they arrived. One that would go without more references than its item holds
    ends before."""
    ledger = gatherer.ledger
    references = {each for snapshot in snapshots for each in _referred_to(snapshot)}
    standings = standings_of(company, references, ledger, gatherer.clock())
    some, held = _as_many_as_fit(snapshots, standings, export.held)
    gathering.put_back(snapshots[len(some) :])
    export = replace(
        export,
        held=held,
        high=gathering.end,
        numbers={**export.numbers, **numbers_now(company.id, standings, ledger)},
    )
    export = _without_lone_credit_notes(export, standings, ledger)
    is_whole = len(some) < len(snapshots) or export.high >= upto
    status, goes_on_to = (Status.FROZEN, None) if is_whole else (Status.GATHERING, upto)
    return replace(export, status=status, upto=goes_on_to), gathering.place(some, export)


def _as_many_as_fit(
    snapshots: Sequence[Snapshot],
    standings: Mapping[Reference, Standing],
    before: Mapping[Reference, Standing],
) -> tuple[Sequence[Snapshot], Mapping[Reference, Standing]]:
    """And what they and those before them wait for."""
    held = dict(before)
    for count, snapshot in enumerate(snapshots):
        missing = {each: standings[each] for each in _referred_to(snapshot) if not standings[each].is_plain}
        if count and missing and len(held | missing) > MOST_HELD:
            return snapshots[:count], held
        held |= missing
    return snapshots, held


def _referred_to(snapshot: Snapshot) -> tuple[Reference, ...]:
    """By one that has not left with an export."""
    return references_of(snapshot.invoice, snapshot.route) if snapshot.export is None else ()


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


def _begin_part(
    company: Company, export: Export, snapshots: Sequence[Snapshot], gatherer: Gatherer
) -> Begun | None:
    """Some invoices of a file that Xledger refused, or all of one that was overtaken, where any of them may go. What is
    new goes afterwards; those that wait hold up neither the other parts nor what is new."""
    ledger, left = gatherer.ledger, [each for each in snapshots if each.part_of]
    while found := _as_part(export, left, ledger):
        part, members = found
        # Of a file that is read in parts itself, there may be more behind these.
        goes_on = len(snapshots) == gatherer.part and _is_overtaken(part, ledger)
        upto = known_export(company.id, part.part_of or 0, ledger).high if goes_on else part.high
        gathering = Gathering(company.id, part.low, ledger)
        some = gathering.read(part.high, gatherer.part)
        grown, first = _claim_further(company, part, gathering, some, max(upto, part.high), gatherer)
        if first.members:
            return Begun(grown, gathering, first)
        report_left_behind(grown, first, gatherer)
        waiting = {each.seq for each in members}
        left = [each for each in left if each.seq not in waiting]
    return None


def _as_part(
    export: Export, released: Sequence[Snapshot], ledger: "Ledger"
) -> tuple[Export, list[Snapshot]] | None:
    """The first of them that concern one file: all of one file that they were in before. Some may not go."""
    first = next((each for each in released if _concerns(replace(export, part_of=each.part_of), each)), None)
    if first is None or first.part_of is None:
        return None
    part = replace(export, part_of=first.part_of, low=first.seq - 1, through=None)
    size = whole = known_export(export.company, first.part_of, ledger).invoices
    if not _is_overtaken(
        part, ledger
    ):  # else it goes as it would have gone then, but for what is not in it now
        size, part = size_of_a_part(whole), replace(part, series=SeriesReport())
    members = list(islice((each for each in released if _concerns(part, each)), size))
    return replace(part, high=members[-1].seq), members


def _concerns(part: Export, released: Snapshot) -> bool:
    return part.place_of(released) is not Place.ELSEWHERE


def _is_overtaken(part: Export, ledger: "Ledger") -> bool:
    """The file that these invoices were in: nobody refused that."""
    upload = ledger.uploads.get(part.company, part.part_of or 0)
    return upload is not None and upload.state is State.OVERTAKEN


def known_export(company: CompanyId, number: int, ledger: "Ledger") -> Export:
    found = ledger.exports.get(company, number)
    if found is None:
        raise LookupError(f"export {number} of {company} is not there")
    return found


def report_left_behind(export: Export, part: Part, gatherer: Gatherer) -> None:
    """What the format cannot hold is a problem; what waits for its customer or project is found again by that."""
    now, ledger = gatherer.clock(), gatherer.ledger
    waiting = [(each.invoice.invoice_number, why) for each, why in part.placed if isinstance(why, Fault)]
    if waiting:
        wait_quietly(ledger.companies.get_known(export.company), waiting, ledger, now)
    ledger.problems.report(
        Problem(
            export.company, "invoice", each.invoice.number, *reason_of(why), first_seen=now, last_seen=now
        )
        for each, why in part.placed
        if isinstance(why, Unfit)
    )
