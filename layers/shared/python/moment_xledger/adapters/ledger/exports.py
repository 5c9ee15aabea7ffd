"""Exports and the watermark. Each step can be taken again by whoever comes next, with the same result."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import TypeAdapter

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.tellings import to_tell
from moment_xledger.adapters.ledger.uploads import to_upload
from moment_xledger.adapters.table import MOST_ACTIONS, Action, Check, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId, Language, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import PATIENCE, SCHEDULE, Export, Status, Watermark, highest
from moment_xledger.domain.files.series import Previous, Run, SeriesReport
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.invoice_references import Reference, Standing
from moment_xledger.domain.moment import InvoiceKind
from moment_xledger.domain.releases import as_stored, model_as_stored
from moment_xledger.domain.uploads import Upload

_PLAIN = (
    "number",
    "low",
    "high",
    "by",
    "repeats",
    "upto",
    "part_of",
    "rows",
    "invoices",
    "first",
    "last",
    "sha256",
)

_SERIES = TypeAdapter(SeriesReport)

MOST_MEMBERS = MOST_ACTIONS - 1  # marked together, with the check that the export is still frozen


class Exports:
    def __init__(self, table: Table) -> None:
        self._table = table

    def watermark(self, company: CompanyId) -> Watermark:
        item = self._table.get(keys.watermark(company))
        return _watermark(item) if item else Watermark()

    def get(self, company: CompanyId, number: int) -> Export | None:
        item = self._table.get(_export_key(company, number))
        return _export(company, item) if item else None

    def newest_first(self, company: CompanyId) -> Iterator[Export]:
        found = self._table.query(keys.invoices(company), "EXP#", newest_first=True)
        yield from (_export(company, item) for item in found)

    def downwards(self, company: CompanyId, number: int, many: int) -> list[Export]:
        """So many, from this number on down: read by their numbers, in one go."""
        wanted = [_export_key(company, each) for each in range(number, max(0, number - many), -1)]
        found = self._table.get_many(wanted)
        return [_export(company, found[key]) for key in wanted if key in found]

    def asked_for(self, company: CompanyId, request: str) -> int | None:
        """The export that this request made or joined."""
        item = self._table.get(_request(company, request))
        return int(item["export"]) if item else None

    def join(self, company: CompanyId, request: str, number: int) -> None:
        self._table.write(Put(_request(company, request), {"export": number}))

    def claim(self, export: Export, watermark: Watermark, request: str) -> None:
        """Raises `Conflict` if another export was claimed or finished since the watermark was read, or this request
        has one."""
        opened = replace(watermark, ver=watermark.ver + 1, open=export.number)
        self._table.write(
            Put(
                keys.watermark(export.company),
                _watermark_item(opened) | _due(export.company, export.claimed + PATIENCE),
                when=_unchanged(watermark),
            ),
            Put(_export_key(export.company, export.number), _item(export), when=Attr("status").not_exists()),
            Put(
                _request(export.company, request), {"export": export.number}, when=Attr("export").not_exists()
            ),
        )

    def grow(self, export: Export, grown: Export) -> None:
        """`grown` is the same export with more of it claimed.

        Raises `Conflict` if another worker has claimed more of it meanwhile, or finished it.
        """
        claimed = {"high": grown.high, "upto": grown.upto, "status": str(grown.status)} | _held_item(grown)
        as_it_was = Attr("high").eq(export.high) & Attr("status").eq(str(Status.GATHERING))
        self._table.write(Update(_export_key(export.company, export.number), set=claimed, when=as_it_was))

    def take(self, export: Export, watermark: Watermark, until: datetime) -> None:
        """So that nobody else works on it until then. Raises `Conflict` if somebody else has taken it since the
        watermark was read, or finished it."""
        seen = watermark.taken_until
        as_it_was = Attr("due_at").eq(keys.stamp(seen)) if seen else Attr("due_at").not_exists()
        self._table.write(_taken(export, until, as_it_was))

    def hold(self, export: Export, until: datetime) -> None:
        """By the worker that has taken it. If that is now, the next sweep finds another one."""
        with suppress(Conflict):
            self._table.write(_taken(export, until))

    def settle(self, company: CompanyId, watermark: Watermark, settled: int) -> None:
        """Nothing up to there is left to export, so nobody need look there again. Gives way to whoever writes first."""
        moved = replace(watermark, ver=watermark.ver + 1, settled=settled)
        with suppress(Conflict):
            self._table.write(
                Put(keys.watermark(company), _watermark_item(moved), when=_unchanged(watermark))
            )

    def mark_members(self, export: Export, seqs: Sequence[int]) -> None:
        """At most `MOST_MEMBERS`; from now on they are kept as long as the export, and not for ever.

        Raises `Conflict` if one has left with another export, or this one is ready.
        """
        free = Attr("x").not_exists() | Attr("x").eq(export.number)
        members = [
            Update(
                (keys.invoices(export.company), f"SEQ#{seq:010}"),
                set={"x": export.number},
                when=free,
                books_of=export.claimed,
            )
            for seq in seqs
        ]
        unfinished = Attr("status").eq(str(Status.FROZEN)) | Attr("status").eq(str(Status.GATHERING))
        self._table.write(
            Check(_export_key(export.company, export.number), when=unfinished),
            *members,
        )

    def release_members(self, company: CompanyId, number: int, seqs: Sequence[int]) -> None:
        """They leave with a later export: Xledger refused the file of this one. At most `MOST_MEMBERS`.

        That each was in its file stays known, so that the file can be made again. Raises `Conflict` if one of them is
        not of this export.
        """
        theirs = Attr("x").eq(number)
        freed = [
            Update(
                (keys.invoices(company), f"SEQ#{seq:010}"),
                remove=["x", "ttl"],
                set={f"was_{number}": True},
                when=theirs,
            )
            for seq in seqs
        ]
        self._table.write(*freed)

    def refuse_member(self, company: CompanyId, number: int, seq: int) -> None:
        """The only invoice of a refused file: it is released, and waits until a person says what is to be done."""
        self._table.write(
            Update(
                (keys.invoices(company), f"SEQ#{seq:010}"),
                remove=["x", "ttl"],
                set={f"was_{number}": True, "refused": True},
                when=Attr("x").eq(number),
            )
        )

    def let_again(self, company: CompanyId, seq: int) -> None:
        """A person says that what was refused alone is to be tried again. Raises `Conflict` if it has left."""
        key = (keys.invoices(company), f"SEQ#{seq:010}")
        self._table.write(Update(key, remove=["refused"], when=Attr("x").not_exists()))

    def look_again(self, company: CompanyId, settled: int) -> None:
        """The next export looks at all that arrived after `settled` again.

        Raises `Conflict` while an export is open, which will say itself how far it has settled, or if somebody else
        writes the watermark at this moment.
        """
        watermark = self.watermark(company)
        if watermark.open is not None:
            raise Conflict
        if settled < watermark.settled:
            moved = replace(watermark, ver=watermark.ver + 1, settled=settled)
            self._table.write(
                Put(keys.watermark(company), _watermark_item(moved), when=_unchanged(watermark))
            )

    def note_series(self, export: Export, series: SeriesReport) -> SeriesReport:
        """What was noted first, which is what all files of this export say. The reasons may change meanwhile."""
        key = _export_key(export.company, export.number)
        text = _SERIES.dump_json(series).decode()
        try:
            self._table.write(Update(key, set={"series": text}, when=Attr("series").not_exists()))
        except Conflict:
            noted = self.get(export.company, export.number)
            return (noted and noted.series) or series
        return series

    def finish(
        self,
        export: Export,
        settled: int | None,
        now: datetime,
        replaces: Upload | None = None,
        runs: Sequence[Run] | None = None,
    ) -> None:
        """Ready, and the watermark moves; `settled` and `runs` stay where they are None. What the clock has made is now
        to be told.

        What leaves by upload is now to be uploaded, and is told of when it is known what came of that. A repeat goes
        in place of what it `replaces`, or is only a file. Does nothing where somebody else finished it, with the same
        file.
        """
        watermark = self.watermark(export.company)
        moved = replace(
            watermark,
            ver=watermark.ver + 1,
            open=None,
            last_export=export.number,
            last_at=now,
            settled=watermark.settled if settled is None else settled,
            highest=highest(export),
            runs=watermark.runs if runs is None else tuple(runs),
        )
        open_here = Attr("open").eq(export.number) & Attr("ver").eq(watermark.ver)
        frozen = Attr("status").eq(str(Status.FROZEN))
        actions: list[Action] = [
            Put(keys.watermark(export.company), _watermark_item(moved), when=open_here),
            Put(
                _export_key(export.company, export.number),
                _item(export),
                when=frozen,
                books_of=export.claimed,
            ),
        ]
        if replaces or (export.route is Route.UPLOAD and not export.repeats):
            actions += to_upload(export, replaces, export.by != SCHEDULE, now)
        elif export.by == SCHEDULE:
            actions.append(to_tell(export.company, export.number, now))
        try:
            self._table.write(*actions)
        except Conflict:
            stored = self.get(export.company, export.number)
            if stored is None or stored.status is not Status.READY or stored.sha256 != export.sha256:
                raise


def _unchanged(watermark: Watermark) -> ConditionBase:
    return Attr("ver").eq(watermark.ver) if watermark.ver else Attr("ver").not_exists()


def _export_key(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"EXP#{number:06}"


def _request(company: CompanyId, request: str) -> Key:
    return keys.invoices(company), f"TOK#{request}"


def _due(company: CompanyId, until: datetime) -> Item:
    return {"due": keys.shard(keys.watermark(company)[0]), "due_at": keys.stamp(until)}


def _taken(export: Export, until: datetime, when: ConditionBase | None = None) -> Update:
    is_open = Attr("open").eq(export.number)
    return Update(
        keys.watermark(export.company),
        set=_due(export.company, until),
        when=is_open & when if when else is_open,
    )


def _watermark_item(watermark: Watermark) -> Item:
    """Without until when it is taken, which is written by itself."""
    item = vars(watermark) | {
        "taken_until": None,
        "last_at": watermark.last_at and keys.stamp(watermark.last_at),
        "highest": watermark.highest and vars(watermark.highest),
        "runs": _runs_item(watermark.runs),
    }
    return {name: value for name, value in item.items() if value is not None}


def _watermark(item: Item) -> Watermark:
    return Watermark(
        int(item["ver"]),
        int(item["last_export"]),
        keys.moment(item["last_at"]) if "last_at" in item else None,
        int(item["settled"]),
        int(item["open"]) if "open" in item else None,
        _previous(item.get("highest")),
        _runs(item.get("runs")),
        keys.moment(item["due_at"]) if "due_at" in item else None,
    )


def _previous(item: Item | None) -> Previous | None:
    return Previous(int(item["export"]), int(item["last"])) if item else None


def _runs_item(runs: Iterable[Run]) -> list[str] | None:
    """`10001 10002 4 CREDIT_NOTE,INVOICE`: first, last, export and kinds of each."""
    return [f"{run.first} {run.last} {run.export} {','.join(sorted(run.kinds))}" for run in runs] or None


def _runs(items: Iterable[str] | None) -> tuple[Run, ...]:
    found = (item.split(" ") for item in items or ())
    return tuple(
        Run(
            int(first),
            int(last),
            frozenset(as_stored(InvoiceKind, kind) for kind in kinds.split(",")),
            int(export),
        )
        for first, last, export, kinds in found
    )


def _item(export: Export) -> Item:
    plain = {name: getattr(export, name) for name in _PLAIN}
    return {name: value for name, value in plain.items() if value is not None} | {
        "claimed": keys.stamp(export.claimed),
        "terms": export.terms.model_dump_json(),
        "status": str(export.status),
        "sums": {
            currency: {code: str(s) for code, s in sums.items()} for currency, sums in export.sums.items()
        },
        "language": str(export.language),
        "route": str(export.route),
        **_held_item(export),
        **({"through": export.through.isoformat()} if export.through else {}),
        **({"previous": vars(export.previous)} if export.previous else {}),
        **({"runs": _runs_item(export.runs)} if export.runs else {}),
        **({"series": _SERIES.dump_json(export.series).decode()} if export.series else {}),
    }


def _held_item(export: Export) -> Item:
    held = [[*each, standing] for each, standing in export.held.items()]
    numbers = {"numbers": json.dumps(dict(export.numbers))} if export.numbers else {}
    return numbers | ({"held": json.dumps(held)} if held else {})


def _export(company: CompanyId, item: Item) -> Export:
    plain: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    plain |= {name: int(value) for name, value in plain.items() if isinstance(value, Decimal)}
    return Export(
        company=company,
        **plain,
        claimed=keys.moment(item["claimed"]),
        terms=model_as_stored(Terms, item["terms"]),
        status=as_stored(Status, item["status"]),
        sums={currency: {c: Decimal(s) for c, s in sums.items()} for currency, sums in item["sums"].items()},
        numbers=json.loads(item.get("numbers", "{}")),
        held={
            Reference(kind, number): as_stored(Standing, standing)
            for kind, number, standing in json.loads(item.get("held", "[]"))
        },
        through=date.fromisoformat(item["through"]) if "through" in item else None,
        language=as_stored(Language, item["language"]),
        route=as_stored(Route, item.get("route", Route.FILE)),
        previous=_previous(item.get("previous")),
        runs=_runs(item.get("runs")),
        series=_SERIES.validate_json(item["series"]) if "series" in item else None,
    )
