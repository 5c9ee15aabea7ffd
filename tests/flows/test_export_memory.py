"""Memory does not grow with the number of invoices: what a function has above its idle is the same for any export."""

import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import IO, Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Route
from moment_xledger.domain.entities import CurrentEntity
from moment_xledger.domain.exports import Export, Watermark
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import Lists
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from tests.builders import a_company, an_invoice
from tests.flows.office import COMPANY, MORNING

MEBIBYTE = 1024 * 1024


class AskedFor:
    """Xledger's lists, which its token may not read."""

    def get(self, _: str) -> Lists:
        return Lists(MORNING, None, None)

    def dimensions(self, _: str) -> None:
        pass


class Paging:
    """A ledger of any length that holds nothing: each invoice is made anew each time it is read."""

    def __init__(self, invoices: int) -> None:
        self._head = invoices
        self._export: Export | None = None
        self.companies = self.exports = self.invoices = self.problems = self.records = self
        self.references = AskedFor()
        self.marked = 0

    def get_known(self, _: str) -> Any:
        return a_company(COMPANY, export_customers=False)

    def asked_for(self, *_: Any) -> None:
        return None

    def watermark(self, _: str) -> Watermark:
        return Watermark()

    def held_page(self, *_: Any) -> tuple[tuple[()], None]:
        return (), None

    def of(self, *_: Any) -> tuple[()]:
        return ()

    def report(self, problems: Iterable[Any]) -> None:
        assert list(problems) == []

    def close(self, *_: Any) -> None:
        pass

    def referred_to(self, *_: Any) -> tuple[()]:
        return ()

    def current(self, _: str) -> CurrentEntity:
        return CurrentEntity()

    def by_number(self, *_: Any) -> dict[int, Snapshot]:
        return {}

    def head(self, _: str) -> int:
        return self._head

    def since(self, _: str, seq: int) -> Iterator[Snapshot]:
        return (self._snapshot(at) for at in range(seq + 1, self._head + 1))

    def in_number_order(self, _: str, first: int, last: int, seqs: range) -> Iterator[Snapshot]:
        return (self._snapshot(at) for at in seqs)

    def claim(self, export: Export, *_: Any) -> None:
        self._export = export

    def get(self, *_: Any) -> Export | None:
        return self._export

    def mark_members(self, _: Export, seqs: list[int]) -> None:
        self.marked += len(seqs)

    def note_series(self, _: Export, series: SeriesReport) -> SeriesReport:
        return series

    def finish(self, export: Export, *_: Any) -> None:
        self._export = export

    def __getattr__(self, name: str) -> Any:
        """What others have added and this export has no use for."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def _snapshot(self, seq: int) -> Snapshot:
        is_member = seq <= self.marked
        invoice = Invoice.model_validate_json(_json().replace("10231", str(100_000 + seq)))
        return Snapshot(seq, invoice, Route.FILE, MORNING, 1 if is_member else None)


@cache
def _json() -> str:
    return Invoice.model_validate(an_invoice(10231, description="Prosjektering " * 20)["data"]).to_json()


class Sink:
    """A bucket that reads what it is given, as S3's client does, and keeps nothing."""

    def sha256(self, _: str) -> None:
        return None

    def put_once(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        while body.read(64 * 1024):
            pass


def clock() -> datetime:
    return MORNING


def peak(invoices: int) -> int:
    """Bytes above what was held before."""
    ledger: Any = Paging(invoices)
    sink: Any = Sink()
    tracemalloc.start()
    try:
        export = export_invoices(COMPANY, "request", "Kari", Exporter(ledger, sink, clock, write_review))
        assert export is not None
        assert export.invoices == invoices == ledger.marked
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    peak(10)


def test_four_times_the_invoices_take_hardly_more_memory() -> None:
    few, many = peak(200), peak(800)
    assert many - few < 2 * MEBIBYTE  # files that are small stay in memory, up to 4 MiB each
    assert many < 24 * MEBIBYTE
