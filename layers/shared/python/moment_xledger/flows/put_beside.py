"""The two files that are put beside an export's file: one for eyes, and a slip that says what all of it holds.

They are made of what the export itself keeps, so whoever comes next makes the same. What is there already stays: a
newer version of us that writes another spreadsheet must not stand in the way of an export that is half made.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from moment_xledger.domain.companies import Language
from moment_xledger.domain.exports import Export
from moment_xledger.domain.files.manifest import Heading, manifest
from moment_xledger.domain.files.review import Cells
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.files.writing import Totals

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files

WriteReview = Callable[[Iterable[Cells], BinaryIO, Language, datetime], None]

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4 * 1024 * 1024  # the rest lies on disk


def put_review(
    export: Export, rows: Callable[[], Iterable[Cells]], files: "Files", write_review: WriteReview
) -> None:
    key = export.folder + export.file_name(".xlsx")
    if files.sha256(key) is not None:
        return
    with SpooledTemporaryFile(IN_MEMORY) as out:
        write_review(rows(), cast(BinaryIO, out), export.language, export.claimed)
        out.seek(0)
        sha256 = hashlib.file_digest(out, "sha256").hexdigest()
        out.seek(0)
        files.put_once(key, out, SPREADSHEET, sha256)


def put_manifest(export: Export, files: "Files") -> None:
    """Last, so that where it is, everything is."""
    key = export.folder + export.file_name(".json")
    if files.sha256(key) is not None:
        return
    content = manifest(
        _heading(export), export.terms, _totals(export), export.series or SeriesReport()
    ).encode()
    files.put_once(key, BytesIO(content), "application/json", hashlib.sha256(content).hexdigest())


def _heading(export: Export) -> Heading:
    return Heading(
        export.number, export.company, export.claimed, export.by, export.file_name(), export.repeats
    )


def _totals(export: Export) -> Totals:
    return Totals(export.sha256, export.rows, export.invoices, export.first, export.last, sums=export.sums)
