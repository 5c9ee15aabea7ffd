"""Finalized invoices: each once, in the order of arrival, unchanged for ever; and those that are held back."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import credit_notes, keys
from moment_xledger.adapters.ledger.mails import mail_again
from moment_xledger.adapters.ledger.uploads import file_of, not_taken
from moment_xledger.adapters.table import MOST_KEYS, Action, Check, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exchange_rates import Earlier
from moment_xledger.domain.invoice_mails import State
from moment_xledger.domain.invoice_references import Decision, Standing
from moment_xledger.domain.invoices import KEPT_HERE, Fault, Held, Known, Snapshot
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.releases import as_stored, model_as_stored
from moment_xledger.domain.uploads import NOT_TAKEN
from moment_xledger.domain.uploads import State as UploadState

NOT_GONE = Attr("state").eq(str(State.PENDING)) | Attr("state").eq(str(State.STOPPED))  # a mail, for certain
MOST_TRIES = 20  # to be the next, where others are at the same moment
NONE_HELD: Mapping[int, int] = {}
NONE_CREDITED: Mapping[int, Decimal] = {}


class Invoices:
    def __init__(self, table: Table) -> None:
        self._table = table

    def head(self, company: CompanyId) -> int:
        """The sequence number of the newest invoice."""
        item = self._table.get(keys.head(company))
        return int(item["n"]) if item else 0

    def has_fresh_mail(self, company: CompanyId) -> bool:
        """Whether invoices that leave by mail may have arrived that are not yet among those to be mailed."""
        return "due" in (self._table.get(keys.head(company)) or {})

    def arrived(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Known]:
        """Those of these invoices that have arrived before."""
        found = self._numbered(company, numbers)
        older = [int(item["seq"]) for item in found.values() if "books" not in item or "kept" not in item]
        snapshots = self._snapshots(company, older) if older else {}
        return {number: _known(item, snapshots) for number, item in found.items()}

    def _numbered(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Item]:
        found = self._table.get_many(_number(company, number) for number in numbers)
        return {int(sk.removeprefix("INV#")): item for (_, sk), item in found.items()}

    def _snapshots(self, company: CompanyId, seqs: Iterable[int]) -> dict[int, Snapshot]:
        found = self._table.get_many(_snapshot_key(company, seq) for seq in seqs)
        return {snapshot.seq: snapshot for snapshot in map(_snapshot, found.values())}

    def by_number(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Snapshot]:
        seqs = [int(item["seq"]) for item in self._numbered(company, numbers).values()]
        found = self._snapshots(company, seqs).values()
        return {snapshot.invoice.invoice_number: snapshot for snapshot in found}

    def add(
        self,
        company: CompanyId,
        head: int,
        invoices: Sequence[Invoice],
        route: Route,
        now: datetime,
        held: Mapping[int, int] = NONE_HELD,
        credited: Mapping[int, Decimal] = NONE_CREDITED,
    ) -> None:
        """As `arriving_together` gives them, behind `head`, in one transaction: the number exists exactly when the
        invoice does.

        Those that leave by mail are due in the same transaction: whoever dies behind it has forgotten none of them.
        Raises `Conflict` if one of them, or anything else, has arrived since, or one that was `held` is not so any
        more: a person may just have skipped it. So it does if another credit note has taken from an invoice what is
        `credited` here.
        """
        self._table.write(*_arrival(company, head, invoices, route, now, held, credited))

    def append(
        self,
        company: CompanyId,
        invoices: Sequence[Invoice],
        route: Route,
        now: datetime,
        held: Mapping[int, int] = NONE_HELD,
        credited: Mapping[int, Decimal] = NONE_CREDITED,
    ) -> None:
        """As `add`, behind whatever is the head by then. Where many come at once, others are quicker all the time: that
        changes nothing about these invoices, so it is tried again, after a pause."""
        for tries in range(MOST_TRIES):
            actions = _arrival(company, self.head(company), invoices, route, now, held, credited)
            try:
                self._table.write(*actions)
            except Conflict as conflict:
                if tries == MOST_TRIES - 1 or not _are_places(actions, conflict.positions):
                    raise
                self._table.pause(tries)
            else:
                return

    def pause(self, tries: int) -> None:
        """Before what others have changed meanwhile is read again."""
        self._table.pause(tries)

    def credited(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Decimal]:
        """What credit notes take from each of these invoices: those that leave, and those booked by hand."""
        return credit_notes.credited(self._table, company, numbers)

    def taken(
        self, company: CompanyId, numbers: Iterable[int]
    ) -> tuple[dict[int, Decimal], dict[int, Counter[str]]]:
        """As `credited`; and the same in øre, by Moment's VAT code, as far as it was noted."""
        return credit_notes.taken(self._table, company, numbers)

    def is_left_out(self, company: CompanyId, note: Invoice) -> bool:
        """A credit note that has arrived and takes nothing from its invoice, since it does not leave."""
        return credit_notes.is_left_out(self._table, company, note)

    def let_through(self, company: CompanyId, number: int, version: int, code: Code) -> None:
        """A person knows what is wrong with this version, and lets it leave all the same."""
        item = self._table.get(_let_through(company, number)) or {}
        codes = item["codes"] if item.get("version") == version else []
        content = {"version": version, "codes": sorted({*codes, str(code)})}
        self._table.write(Put(_let_through(company, number), content))

    def let_through_among(
        self, company: CompanyId, numbers: Iterable[int]
    ) -> dict[tuple[int, int], tuple[Code, ...]]:
        """What a person has allowed, by number and version."""
        found = self._table.get_many(_let_through(company, number) for number in numbers)
        return {
            (int(sk.removeprefix("PASS#")), int(item["version"])): tuple(
                as_stored(Code, code) for code in item["codes"]
            )
            for (_, sk), item in found.items()
        }

    def earlier_rates(self, company: CompanyId, currencies: Iterable[str]) -> dict[str, Earlier]:
        """The exchange rate of the newest invoice in each currency that has arrived."""
        found = self._table.get_many(_rate(company, currency) for currency in currencies)
        return {
            sk.removeprefix("RATE#"): Earlier(Decimal(item["rate"]), int(item["number"]))
            for (_, sk), item in found.items()
        }

    def note_rates(self, company: CompanyId, rates: Mapping[str, Earlier]) -> None:
        for currency, each in rates.items():
            self._table.write(Put(_rate(company, currency), {"rate": str(each.rate), "number": each.invoice}))

    def since(self, company: CompanyId, seq: int = 0) -> Iterator[Snapshot]:
        """In the order of arrival, read page by page."""
        after = f"SEQ#{seq:010}" if seq else ""
        yield from map(_snapshot, self._table.query(keys.invoices(company), "SEQ#", after=after))

    def between(self, company: CompanyId, seq: int, head: int) -> Iterator[Snapshot]:
        """Behind `seq` and up to `head`, as `since`: a few by their places, in one go; many page by page."""
        if head - seq > MOST_KEYS:
            yield from self.since(company, seq)
            return
        places = [_snapshot_key(company, each) for each in range(seq + 1, head + 1)]
        found = self._table.get_many(places)
        yield from (_snapshot(found[place]) for place in places)

    def get(self, company: CompanyId, seq: int) -> Snapshot | None:
        item = self._table.get(_snapshot_key(company, seq))
        return _snapshot(item) if item else None

    def hold(self, company: CompanyId, invoice: Invoice, why: Fault) -> bool:
        """Until what is wrong is put right; a corrected one takes its place. False for an older one, and for one that
        a person has skipped."""
        number, version = invoice.invoice_number, Attr("version")
        item = {
            "invoice": invoice.to_json(),
            "version": invoice.version,
            "code": str(why.code),
            "details": dict(why.details),
            "waits_for": [list(each) for each in why.waits_for],
        }
        newest = version.not_exists() | version.lte(invoice.version)
        unskipped = version.not_exists() | version.lt(invoice.version)
        try:
            self._table.write(
                Put(_held(company, number), item, when=newest),
                Check(_skipped(company, number), when=unskipped),
            )
        except Conflict:
            return False
        return True

    def held(self, company: CompanyId) -> Iterator[Held]:
        yield from map(_held_invoice, self._table.query(keys.invoices(company), "HELD#"))

    def held_page(self, company: CompanyId, after: str, size: int) -> tuple[list[Held], str | None]:
        """Some of those that are held, and the place that the next ones come `after`; None where these are the last."""
        items = list(self._table.query(keys.invoices(company), "HELD#", after=after, limit=size))
        return [_held_invoice(item) for item in items], str(items[-1]["sk"]) if len(items) == size else None

    def held_or_arrived(self, company: CompanyId, number: int) -> Invoice | None:
        """What is held counts before what has arrived under the same number."""
        held = self.held_now(company, [number]).get(number)
        snapshot = None if held else self.by_number(company, [number]).get(number)
        return held.invoice if held else snapshot.invoice if snapshot else None

    def held_now(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Held]:
        """Those of these invoices that are held, and why."""
        found = self._table.get_many(_held(company, number) for number in numbers)
        return {int(sk.removeprefix("HELD#")): _held_invoice(item) for (_, sk), item in found.items()}

    def held_among(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, int]:
        """Those of these invoices that are held, and in which version."""
        found = self._table.get_many(_held(company, number) for number in numbers)
        return {int(sk.removeprefix("HELD#")): int(item["version"]) for (_, sk), item in found.items()}

    def release(self, company: CompanyId, numbers: Iterable[int]) -> list[str]:
        """Those of them that were held."""
        found = self._table.get_many(_held(company, number) for number in numbers)
        for key in found:
            self._table.write(Delete(key))
        return [sk.removeprefix("HELD#") for _, sk in found]

    def skip(
        self,
        company: CompanyId,
        number: int,
        now: datetime,
        decision: Decision | None = None,
        by: str = "",
    ) -> None:
        """It never leaves. One that was held back is kept beside; a newer version of it is looked at all the same.
        `decision`: what a person, `by`, says of one that has arrived, in the same transaction.

        Raises `Conflict` if it has left, or leaves at this moment, or an export is being made: that may have it. A file
        that waits to be handed over is looked at again before it is. One that has arrived may still be held,
        where the worker that let it in has not released it yet.
        """
        held = self._table.get(_held(company, number))
        if known := self.arrived(company, [number]).get(number):
            snapshot = self.get(company, known.seq)
            stays, guard = self._stays(company, snapshot)
            out = Update(
                _snapshot_key(company, known.seq), set={"route": str(Route.OFF)}, when=stays, books_of=now
            )
            said = decision or self.decisions(company, [number]).get(number)
            is_booked = said is Decision.BY_HAND
            decided = [_decision(company, number, decision, by, now)] if decision else []
            turned = credit_notes.given_back if is_booked else credit_notes.left_out
            taken = turned(self._table, company, snapshot.invoice) if snapshot else ()
            self._table.write(out, *decided, *guard, *taken, *self._taken_from(company, known.seq))
        elif held:
            kept = {"invoice": held["invoice"], "version": held["version"]}
            self._table.write(
                Put(_skipped(company, number), kept, books_of=now),
                Delete(_held(company, number), when=Attr("version").eq(held["version"])),
                Check(_number(company, number), when=Attr("seq").not_exists()),
            )

    def set_transfer(self, company: CompanyId, invoice: Invoice, known: Known, now: datetime) -> bool:
        """As this newer version says, with a line in the invoice's history. False where it has left, or leaves at this
        moment: then only the line is written. A file that waits to be handed over is looked at again before it is.

        Raises `Conflict` where an export is being made, which may have it, or where somebody else wrote meanwhile.
        """
        kept, snapshot = invoice.do_not_transfer, self.get(company, known.seq)
        newer = Attr("said").not_exists() | Attr("said").lt(invoice.version)
        number = invoice.invoice_number
        said = Update(_number(company, number), set={"said": invoice.version, "kept": kept}, when=newer)
        line = Put(
            _line(company, number, invoice.version), {"kept": kept, "when": keys.stamp(now)}, books_of=now
        )
        if kept == known.kept or snapshot is None:
            self._table.write(said)
            return True
        if self._has_left(company, snapshot):
            self._table.write(said, line)
            return False
        content = snapshot.invoice.model_copy(update={"do_not_transfer": kept}).to_json()
        stays, guard = self._stays(company, snapshot)
        here = stays & Attr("invoice").eq(snapshot.invoice.to_json())
        changed = Update(_snapshot_key(company, known.seq), set={"invoice": content}, when=here)
        turned = self._taken_from(company, known.seq) if kept else self._given_back(company, snapshot, now)
        counted = credit_notes.left_out if kept else credit_notes.given_back
        self._table.write(
            said, line, changed, *guard, *turned, *counted(self._table, company, snapshot.invoice)
        )
        return True

    def has_left(self, company: CompanyId, seq: int) -> bool:
        """Or leaves at this moment."""
        snapshot = self.get(company, seq)
        return snapshot is not None and self._has_left(company, snapshot)

    def _has_left(self, company: CompanyId, snapshot: Snapshot) -> bool:
        if snapshot.route is Route.EMAIL:
            mail = self._table.get(keys.mail(company, snapshot.seq))
            return mail is not None and mail["state"] not in (str(State.PENDING), str(State.STOPPED))
        if snapshot.export is None or snapshot.route is Route.FILE:
            return snapshot.export is not None
        file = file_of(self._table, company, snapshot.export)
        return file is not None and file["state"] not in map(str, NOT_TAKEN)

    def _goes_first(self, company: CompanyId, snapshot: Snapshot) -> bool:
        """It has left, or is the next to be handed over: its credit note may follow. In doubt it does not."""
        if snapshot.route is Route.EMAIL:
            mail = self._table.get(keys.mail(company, snapshot.seq))
            return mail is not None and mail["state"] in (str(State.SENDING), str(State.SENT))
        if snapshot.export is None or snapshot.route is Route.FILE:
            return snapshot.export is not None
        file = file_of(self._table, company, snapshot.export)
        if file is None or file["state"] == str(UploadState.PENDING):
            return file is None or not file["tries"]
        return file["state"] not in map(str, (*NOT_TAKEN, UploadState.UNCERTAIN))

    def _stays(self, company: CompanyId, snapshot: Snapshot | None) -> tuple[ConditionBase, list[Action]]:
        """That it is in no file, or in one that is surely not taken. Raises `Conflict` where that is being made."""
        if snapshot is None or snapshot.export is None or snapshot.route is Route.FILE:
            return Attr("x").not_exists(), []
        file = file_of(self._table, company, snapshot.export)
        if file is None or file["state"] not in map(str, NOT_TAKEN):
            raise Conflict
        return Attr("x").eq(snapshot.export), [not_taken(company, snapshot.export, file)]

    def _given_back(self, company: CompanyId, snapshot: Snapshot, now: datetime) -> Iterator[Action]:
        """Exports look at its place again; it is to be mailed, whether it was passed by or not."""
        watermark = self._table.get(keys.watermark(company)) or {}
        settled = min(int(watermark.get("settled", 0)), snapshot.seq - 1)
        same = Attr("ver").eq(watermark["ver"]) if watermark else Attr("ver").not_exists()
        fresh = {} if watermark else {"last_export": 0}
        none_open = same & Attr("open").not_exists()
        yield Update(
            keys.watermark(company), set={"settled": settled} | fresh, add={"ver": 1}, when=none_open
        )
        if snapshot.route is Route.EMAIL:
            mailing = self._table.get(keys.mailing(company)) or {}
            there = self._table.get(keys.mail(company, snapshot.seq))
            yield from mail_again(company, snapshot, mailing, there, now)

    def decide(
        self,
        company: CompanyId,
        number: int,
        decision: Decision,
        by: str,
        now: datetime,
        takes: Invoice | None = None,
    ) -> None:
        """What a person says of this invoice, which may not have come at all. `takes`: the same as a credit note that
        is held and takes its amount from its invoice, since a person has booked it.

        Raises `Conflict` where another credit note has taken something from that invoice at the same moment.
        """
        taken = credit_notes.booked_by_hand(self._table, company, takes) if takes else ()
        self._table.write(_decision(company, number, decision, by, now), *taken)

    def decisions(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, Decision]:
        found = self._table.get_many(_decided(company, number) for number in numbers)
        return {
            int(sk.removeprefix("DECIDED#")): as_stored(Decision, item["decision"])
            for (_, sk), item in found.items()
        }

    def standing_of_credited(self, company: CompanyId, numbers: Collection[int]) -> dict[int, Standing]:
        """Of invoices that credit notes name."""
        decided, arrived = self.decisions(company, numbers), self.by_number(company, numbers)
        held, skipped = self.held_now(company, numbers), self.skipped_among(company, numbers)
        found = dict.fromkeys(numbers, Standing.NEVER_CAME)
        found |= dict.fromkeys(skipped, Standing.LEFT_OUT)
        for number, each in held.items():
            is_kept = each.why is not None and each.why.code in KEPT_HERE
            found[number] = Standing.LEFT_OUT if is_kept else Standing.HELD
        for number, snapshot in arrived.items():
            if snapshot.route is Route.OFF or snapshot.invoice.do_not_transfer:
                found[number] = Standing.LEFT_OUT
            else:
                goes_first = self._goes_first(company, snapshot)
                found[number] = Standing.LEFT if goes_first else Standing.TO_LEAVE
        return found | {
            number: Standing.LEFT if decision is Decision.BY_HAND else Standing.LEFT_OUT
            for number, decision in decided.items()
        }

    def transfer_history(self, company: CompanyId, number: int) -> list[tuple[int, bool, datetime]]:
        """Version, whether it said "do not transfer", and when it came, of each change."""
        return [
            (int(item["sk"].rpartition("#")[2]), bool(item["kept"]), keys.moment(item["when"]))
            for item in self._table.query(keys.company(company), f"SAID#{number:012}#")
        ]

    def _taken_from(self, company: CompanyId, seq: int) -> Iterator[Action]:
        """Whoever is about to take it along finds that somebody else wrote since, and looks again."""
        fresh = {"last_export": 0, "settled": 0}
        none_open = Attr("open").not_exists()
        yield Update(keys.watermark(company), set_once=fresh, add={"ver": 1}, when=none_open)
        if mail := self._table.get(keys.mail(company, seq)):
            unchanged = NOT_GONE & Attr("rev").eq(mail["rev"])
            yield Update(keys.mail(company, seq), add={"rev": 1}, when=unchanged)

    def skipped_among(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, int]:
        """Those of these invoices that a person skipped while they were held back, and in which version."""
        found = self._table.get_many(_skipped(company, number) for number in numbers)
        skipped = (model_as_stored(Invoice, item["invoice"]) for item in found.values())
        return {invoice.invoice_number: invoice.version for invoice in skipped}


def _are_places(actions: Sequence[Action], positions: Sequence[int]) -> bool:
    """Others have taken the places behind the head, and that is all."""
    at_fault = [actions[position].key[1] for position in positions]
    return bool(at_fault) and all(sk.startswith(("HEAD", "SEQ#")) for sk in at_fault)


def _arrival(
    company: CompanyId,
    head: int,
    invoices: Sequence[Invoice],
    route: Route,
    now: datetime,
    held: Mapping[int, int],
    credited: Mapping[int, Decimal],
) -> list[Action]:
    pk = keys.invoices(company)
    unchanged = Attr("n").eq(head) if head else Attr("n").not_exists()
    due = {"due": keys.shard(pk), "due_at": keys.stamp(now)} if route is Route.EMAIL else {}
    actions: list[Action] = [
        Update(keys.head(company), set={"n": head + len(invoices)} | due, when=unchanged)
    ]
    never_leaves = (
        now if route is Route.OFF else None
    )  # the others are kept until they have left, however late
    for seq, invoice in enumerate(invoices, start=head + 1):
        snapshot = {"invoice": invoice.to_json(), "route": str(route), "arrived": keys.stamp(now)}
        hashes = {"hash": invoice.content_hash(), "books": invoice.books_hash()}
        known = {"seq": seq, "version": invoice.version, "kept": invoice.do_not_transfer, **hashes}
        actions.append(Put(_number(company, invoice.invoice_number), known, when=Attr("seq").not_exists()))
        fresh = Attr("invoice").not_exists()
        actions.append(Put(_snapshot_key(company, seq), snapshot, when=fresh, books_of=never_leaves))
        if version := held.get(invoice.invoice_number):
            actions.append(Check(_held(company, invoice.invoice_number), when=Attr("version").eq(version)))
    return [*actions, *credit_notes.arriving(company, invoices, credited)]


def _held(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"HELD#{number}"


def _decision(company: CompanyId, number: int, decision: Decision, by: str, now: datetime) -> Put:
    item = {"decision": str(decision), "by": by, "when": keys.stamp(now)}
    return Put(_decided(company, number), item, books_of=now)


def _decided(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"DECIDED#{number}"


def _line(company: CompanyId, number: int, version: int) -> Key:
    """Apart from the invoices, so that a page can ask for a few of them."""
    return keys.company(company), f"SAID#{number:012}#{version:020}"


def _rate(company: CompanyId, currency: str) -> Key:
    return keys.invoices(company), f"RATE#{currency}"


def _let_through(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"PASS#{number}"


def _known(item: Item, snapshots: Mapping[int, Snapshot]) -> Known:
    """An older release did not store what the books hold: its snapshot says it."""
    seq = int(item["seq"])
    books = item.get("books") or (snapshots[seq].invoice.books_hash() if seq in snapshots else "")
    kept = item.get("kept", seq in snapshots and snapshots[seq].invoice.do_not_transfer)
    return Known(int(item["version"]), item["hash"], seq, books, int(item.get("said", 0)), bool(kept))


def _held_invoice(item: Item) -> Held:
    """An older release did not say why."""
    why = None
    if "code" in item:
        waits_for = tuple((str(kind), str(number)) for kind, number in item.get("waits_for", []))
        why = Fault(as_stored(Code, item["code"]), item.get("details", {}), waits_for)
    return Held(model_as_stored(Invoice, item["invoice"]), why)


def _skipped(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"SKIP#{number}"


def _number(company: CompanyId, number: int) -> Key:
    """Padded, so that the table's order is the order of the numbers."""
    return keys.invoices(company), f"INV#{number:012}"


def _snapshot_key(company: CompanyId, seq: int) -> Key:
    return keys.invoices(company), f"SEQ#{seq:010}"


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk


def _snapshot(item: Item) -> Snapshot:
    return Snapshot(
        int(item["sk"].removeprefix("SEQ#")),
        model_as_stored(Invoice, item["invoice"]),
        as_stored(Route, item["route"]),
        keys.moment(item["arrived"]),
        int(item["x"]) if "x" in item else None,
        frozenset(int(name.removeprefix("was_")) for name in item if name.startswith("was_")),
        bool(item.get("refused")),
    )
