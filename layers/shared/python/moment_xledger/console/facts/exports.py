"""A company's exports."""

from datetime import datetime
from decimal import Decimal

from typing_extensions import TypedDict

from moment_xledger.domain.exports import Status
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.uploads import State
from moment_xledger.flows.fetch_file import Piece


class ExportRow(TypedDict):
    """`repeats`: the export that this one makes again. `totals`: by currency, including VAT."""

    number: int
    made: datetime
    by: str
    status: Status
    repeats: int | None
    invoices: int
    first_number: int | None
    last_number: int | None
    totals: dict[str, Decimal]


class Asked(TypedDict):
    """What became of an order; nothing yet where `export` is null, and nothing before a pause is over."""

    export: int | None
    status: Status | None
    is_paused: bool


class Exports(TypedDict):
    """`older_than`: what to send as `before` for the next ones. `waiting` is counted to one more than
    `waiting_counted_to` at most."""

    exports: list[ExportRow]
    older_than: int | None
    being_made: int | None
    waiting: int
    waiting_counted_to: int
    last_export: int | None
    last_export_at: datetime | None
    asked: Asked | None


class FileFacts(TypedDict):
    """Of an export: to be fetched below its address, at `files/{piece}`."""

    piece: Piece
    name: str


class UploadFacts(TypedDict):
    """What came of handing the file to Xledger's import.

    `arrived`: when all its invoices were seen in Xledger, or a person said that they are there. `seen`: so many of them
    at the last look. `can_be_seen`: whether the token may read them. `unsound`: how many may not leave, where the file
    was overtaken; 0 where only the settings were others.
    """

    state: State
    file_key: int | None
    arrived: datetime | None
    seen: int
    can_be_seen: bool
    unsound: int


class GapFacts(TypedDict):
    """Numbers that are missing for one reason, both ends included."""

    first: int
    last: int
    reason: str


class SeriesFacts(TypedDict):
    """Whether the numbers are without gaps; `late` are sentences about numbers that belong before another export."""

    gaps: list[GapFacts]
    gaps_not_listed: int
    late: list[str]
    late_not_listed: int


class UnfinishedExport(ExportRow):
    """Its files are being made."""

    files: list[FileFacts]


class FinishedExport(UnfinishedExport):
    """`sums_by_vat_code`: by currency, by Xledger's VAT code. `series` is null where it was not looked at."""

    rows: int
    format: FileFormat
    sums_by_vat_code: dict[str, dict[str, Decimal]]
    sha256: str
    upload: UploadFacts | None
    series: SeriesFacts | None
