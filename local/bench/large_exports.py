"""An export of very many invoices: what it takes of the ledger, of a function's time, memory and disk.

The invoices are made when they are read, and boto3's own client carries them, so that what it costs counts.
"""

import json
import multiprocessing
import os
import tempfile
import threading
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from math import ceil
from pathlib import Path
from typing import IO, Any

import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.awsrequest import AWSResponse

from local.bench.metering import A_PAGE, READ_BYTES, MeteredTable
from local.sample import generate
from local.twins.world import COMPANY, START
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.ledger.lookups import EVERY
from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.table import Action, Item, Key, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.exports import SWEEP, Export, Status
from moment_xledger.domain.files.settings import FileFormat, FileSettings
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import Lists
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.make_export import A_PART

FIRST = 10_001  # number
DIFFERENT = 1_000  # invoices; the others are as one of these, but for their numbers
VAT_CODES = {code: code for code in ("3", "31", "33", "5")}

# What is assumed of AWS where time is reckoned: of one call, of one partition of DynamoDB, and of the function.
A_CALL, WRITES_A_SECOND = 0.005, 1_000
LONGEST_CALL = timedelta(minutes=15)
A_MINUTE = timedelta(minutes=1)  # until the sweep finds what a call has left

INVOICES, STAMP = keys.invoices(COMPANY.id), keys.stamp(START)
_serialize = TypeSerializer().serialize


class ManyInvoices(MeteredTable):
    """One company, and of each of its invoices only with which export it left."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count, self.read = count, 0
        self._left_with = array("i", [0]) * (count + 1)
        self._made = [invoice.to_json() for invoice in invoices(DIFFERENT)]

    def lying(self, key: Key) -> Item | None:
        if key == keys.head(COMPANY.id):
            return {"n": self._count}
        return self._snapshot(_seq(key)) if _is_snapshot(key) else super().lying(key)

    def get(self, key: Key) -> Item | None:
        self.read += _is_snapshot(key)
        return super().get(key)

    def query(self, pk: str, prefix: str = "", *, after: str = "", **how: Any) -> Iterator[Item]:
        if (pk, prefix) != (INVOICES, "SEQ#"):
            return super().query(pk, prefix, after=after, **how)
        return self._all_behind(after)

    def _all_behind(self, after: str) -> Iterator[Item]:
        while page := self.page(after):
            yield from page
            after = page[-1]["sk"]

    def page(self, after: str) -> list[Item]:
        """As one query gives it."""
        found, size = [], 0
        for seq in range(_seq((INVOICES, after)) + 1 if after else 1, self._count + 1):
            found.append(self._snapshot(seq))
            size += len(found[-1]["invoice"]) + 120
            if size >= A_PAGE:
                break
        self.called()
        self.read += len(found)
        self.reads += max(1, ceil(size / READ_BYTES))
        return found

    def _snapshot(self, seq: int) -> Item:
        at = (seq - 1) % DIFFERENT
        text = self._made[at].replace(str(FIRST + at), str(FIRST + seq - 1), 1)
        item = {"pk": INVOICES, "sk": f"SEQ#{seq:010}", "invoice": text, "route": "file", "arrived": STAMP}
        return item | ({"x": self._left_with[seq]} if self._left_with[seq] else {})

    def _apply(self, action: Action) -> None:
        if _is_snapshot(action.key):
            self._left_with[_seq(action.key)] = action.set["x"]  # type: ignore[union-attr]
        else:
            super()._apply(action)


class OverTheWire(Table):
    """The ledger's real table over such a store. `own` are the seconds that the store takes, not the table."""

    def __init__(self, store: ManyInvoices) -> None:
        client = boto3.client("dynamodb", "eu-north-1", aws_access_key_id="any", aws_secret_access_key="any")
        client.meta.events.register("before-send.dynamodb", self._answer)  # type: ignore[arg-type]
        super().__init__(client, "ledger")
        self.store, self.own = store, 0.0

    def get(self, key: Key) -> Item | None:
        return self.store.get(key)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        return self.store.get_many(keys)

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        is_of_many = (pk, prefix) == (INVOICES, "SEQ#")
        return super().query(pk, prefix, **how) if is_of_many else self.store.query(pk, prefix, **how)

    def write(self, *actions: Action) -> None:
        began = time.process_time()
        self.store.write(*actions)
        self.own += time.process_time() - began
        if len(actions) > 3:
            super().write(*actions)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        began = time.process_time()
        asked: dict[str, Any] = json.loads(request.body)
        answer: dict[str, Any] = {}
        if "KeyConditionExpression" in asked:
            page = self.store.page(asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", ""))
            items = [{name: _serialize(value) for name, value in item.items()} for item in page]
            last = {name: items[-1][name] for name in ("pk", "sk")} if items else None
            answer = {"Items": items, "Count": len(items)} | ({"LastEvaluatedKey": last} if last else {})
        body = json.dumps(answer).encode()
        self.own += time.process_time() - began
        return AWSResponse(request.url, 200, {}, _Raw(body))  # type: ignore[arg-type]


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Sink:
    """A bucket that reads what it is given, as S3's client does, and keeps how much it was."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, int]] = {}

    def sha256(self, key: str) -> str | None:
        return self.held[key][0] if key in self.held else None

    def put_once(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        size = sum(len(block) for block in iter(lambda: body.read(64 * 1024), b""))
        self.held.setdefault(key, (sha256, size))


@dataclass(frozen=True)
class Cost:
    """`times_read`: each invoice. `seconds` of a processor; `minutes` by the clock, as reckoned; `megabytes` above what
    an idle worker has."""

    invoices: int
    rows: int
    times_read: float
    seconds: float
    minutes: float
    calls_of_function: int
    calls_of_dynamodb: int
    reads: float
    writes: float
    megabytes: float
    megabytes_on_disk: float
    megabytes_of_file: float


def cost_of_export(count: int, file_format: FileFormat = FileFormat.STANDARD, part: int = A_PART) -> Cost:
    """In a process of its own, for its memory is what counts."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (count, file_format, part))


def _measure(count: int, file_format: FileFormat, part: int) -> Cost:
    Site(10, file_format, part).export()  # so that all is loaded
    with tempfile.TemporaryDirectory() as folder, _Disk(folder) as disk:
        idle = peak_megabytes()
        site = Site(count, file_format, part)
        export = site.export()
        return site.cost(export, peak_megabytes() - idle, disk.most / 1e6)


class Site:
    """One company's invoices, and the function that exports them, called until it is done."""

    def __init__(self, count: int, file_format: FileFormat = FileFormat.STANDARD, part: int = A_PART) -> None:
        self.store, self.files, self.calls, self._part = ManyInvoices(count), Sink(), 0, part
        self.table = OverTheWire(self.store)
        self.ledger = Ledger(self.table)
        ready_for_invoices(self.ledger, file_format)
        self.store.calls, self.store.reads, self.store.writes = 0, 0.0, 0.0
        self._began, self._before = time.process_time(), timedelta()

    def elapsed(self) -> timedelta:
        """As reckoned, from the beginning; DynamoDB's pauses and ours do not overlap."""
        reckoned = self.seconds() + self.store.calls * A_CALL + self.store.writes / WRITES_A_SECOND
        return timedelta(seconds=reckoned) + self._before

    def seconds(self) -> float:
        return time.process_time() - self._began - self.table.own

    def clock(self) -> datetime:
        return START + self.elapsed()

    def export(self) -> Export:
        self._call("click", "Kari")
        while self.ledger.exports.watermark(COMPANY.id).open:
            self._before += A_MINUTE
            self._call(f"sweep {self.calls}", SWEEP)
        export = self.ledger.exports.get(COMPANY.id, 1)
        if export is None or export.status is not Status.READY:
            raise RuntimeError("the export is not ready")
        return export

    def _call(self, request: str, by: str) -> None:
        self.calls += 1
        end = self.elapsed() + LONGEST_CALL
        files: Any = self.files

        def time_left() -> timedelta:
            return end - self.elapsed()

        exporter = Exporter(self.ledger, files, self.clock, write_review, time_left, self._part)
        export_asked_for(COMPANY.id, request, by, exporter, None, _nobody)

    def cost(self, export: Export, memory: float, disk: float) -> Cost:
        return Cost(
            invoices=export.invoices,
            rows=export.rows,
            times_read=self.store.read / export.invoices,
            seconds=self.seconds(),
            minutes=self.elapsed() / timedelta(minutes=1),
            calls_of_function=self.calls,
            calls_of_dynamodb=self.store.calls,
            reads=self.store.reads,
            writes=self.store.writes,
            megabytes=memory,
            megabytes_on_disk=disk,
            megabytes_of_file=self.files.held[export.folder + export.file_name()][1] / 1e6,
        )


def ready_for_invoices(ledger: Ledger, file_format: FileFormat = FileFormat.STANDARD) -> None:
    """The company keeps customers and projects by hand, and its token may not read them: any invoice may come."""
    settings = FileSettings(format=file_format, ar10_longest_project=25)
    kept = {"file": settings, "vat_codes": VAT_CODES, "owner_code": 99168, "export_customers": False}
    ledger.companies.save(COMPANY.model_copy(update=kept | {"export_projects": False}))
    ledger.references.save(COMPANY.token_id, Lists(START, None, None))
    for kind in Kind:
        ledger.lookups.note(COMPANY.id, kind, {EVERY: LookedUp(None, None, START)})


class _Disk:
    """How much lay in the files that this process has open there, at most; those without a name count as well."""

    def __init__(self, folder: str) -> None:
        self._folder, self._is_over, self.most = folder, threading.Event(), 0
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Disk":
        self._usual, tempfile.tempdir = tempfile.tempdir, self._folder
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        tempfile.tempdir = self._usual
        self._is_over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            named = {entry.inode(): entry.stat().st_size for entry in _files_below(self._folder)}
            self.most = max(self.most, sum((_open_files(self._folder) | named).values()))


def _files_below(folder: str) -> Iterator["os.DirEntry[str]"]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _files_below(entry.path)
        else:
            yield entry


def _open_files(folder: str) -> dict[int, int]:
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            if str(link.readlink()).startswith(folder):
                status = link.stat()
                found[status.st_ino] = status.st_size
        except OSError:  # closed meanwhile
            continue
    return found


def invoices(count: int) -> Iterator[Invoice]:
    events = generate("nordvik", 40, 60, count, 0, seed=1)
    data = (event["data"] for event in events if event["type"] == "team.moment.invoice.finalized")
    return (Invoice.model_validate(invoice) for invoice in islice(data, count))


def peak_megabytes() -> float:
    """The kernel's own figure for this process alone; `getrusage` would begin with that of the process before."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


def _is_snapshot(key: Key) -> bool:
    return key[0] == INVOICES and key[1].startswith("SEQ#")


def _seq(key: Key) -> int:
    return int(key[1].removeprefix("SEQ#"))


def _nobody(_: CompanyId) -> None:
    pass
