"""A file, imported: every row is checked before any is posted. What one bad row refuses is a setting of the plan."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Any

from local.xledger.soap.imports.ar10 import AR10
from local.xledger.soap.imports.gl02 import GL02, GL02B
from local.xledger.soap.imports.layouts import Layout, Posting, Row
from local.xledger.soap.imports.register import Register
from local.xledger.soap.imports.standard import STANDARD
from local.xledger.soap.plan import Layout as LayoutName

LAYOUTS: dict[LayoutName, Layout] = {"ar10": AR10, "gl02": GL02, "gl02b": GL02B, "standard": STANDARD}
MOST_REASONS = 10
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Voucher = list[Posting]


class NotAFile(ValueError):
    """The bytes are nothing that can be taken row by row."""


@dataclass
class Imported:
    """`reasons` are the first ones; what they refuse is not among the vouchers."""

    rows: int = 0
    reasons: list[str] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)  # voucher numbers

    @property
    def outcome(self) -> str:
        if not self.reasons:
            return "imported"
        return "imported in part" if self.vouchers else "refused"

    def shown(self) -> dict[str, Any]:
        warnings = [{"warning": "doubled", "voucherNo": number} for number in self.doubled]
        told = {"rows": self.rows, "outcome": self.outcome, "reasons": self.reasons}
        return told | {"warnings": warnings, "vouchers": len(self.vouchers)}


def import_file(content: bytes, layout: Layout, register: Register, posted: Collection[str]) -> Imported:
    """`posted` are the voucher numbers that the entity has already."""
    try:
        rows = _rows(content, layout)
    except NotAFile as problem:
        return Imported(reasons=[str(problem)])
    whole_file = register.plan.one_bad_row_refuses == "file"
    in_cells = list(_bad_cells(rows, layout, register))
    if in_cells and whole_file:
        return Imported(len(rows), [reason for _, reason in in_cells[:MOST_REASONS]])
    bad = {_voucher_no(row, layout) for row, _ in in_cells}
    vouchers = _vouchers([row for row in rows if _voucher_no(row, layout) not in bad], layout, register)
    wrong = [(taken, _bad_voucher(layout, *taken)) for taken in vouchers]
    reasons = [reason for _, reason in in_cells] + [reason for _, reason in wrong if reason]
    if whole_file and reasons:
        return Imported(len(rows), reasons[:MOST_REASONS])
    postings = [postings for (_, postings), reason in wrong if not reason]
    return Imported(len(rows), reasons[:MOST_REASONS], postings, list(_doubled(postings, posted)))


def _voucher_no(row: Row, layout: Layout) -> str:
    return row[layout.voucher_column] if len(row.cells) >= layout.voucher_column else ""


def _rows(content: bytes, layout: Layout) -> list[Row]:
    if content.startswith(BYTE_ORDER_MARK):
        raise NotAFile("The file begins with a byte order mark.")
    try:
        lines = content.decode("utf-8").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as problem:
        raise NotAFile(f"The file is not UTF-8: see byte {problem.start}.") from None
    rows = [Row(number, line.split(";")) for number, line in enumerate(lines, 1)]
    if layout.heads:
        _check_header(rows.pop(0), layout)
    if not rows or rows[0].cells == [""]:
        raise NotAFile("The file holds no rows.")
    return rows


def _check_header(header: Row, layout: Layout) -> None:
    for given, wanted in zip(chain(header.cells, [""] * layout.width), layout.heads, strict=False):
        if given.strip().casefold() != wanted.casefold():
            raise NotAFile(f"line 1: the header has '{given[:40]}' where {wanted} is expected.")


def _bad_cells(rows: list[Row], layout: Layout, register: Register) -> Iterator[tuple[Row, str]]:
    for row in rows:
        if len(row.cells) != layout.width:
            yield row, f"line {row.line}: there are {len(row.cells)} columns and should be {layout.width}."
            continue
        for column in layout.columns:
            complaint = column.complaint(row, register)
            if complaint:
                yield row, complaint


def _vouchers(rows: list[Row], layout: Layout, register: Register) -> list[tuple[list[Row], Voucher]]:
    """Rows that follow each other and have the same number are one voucher."""
    posted = [(row, layout.post(row, register)) for row in rows]
    groups = (list(group) for _, group in groupby(posted, key=lambda each: each[1].voucher_no))
    return [([row for row, _ in group], [posting for _, posting in group]) for group in groups]


def _bad_voucher(layout: Layout, rows: list[Row], postings: Voucher) -> str | None:
    wrong = layout.check_voucher(rows, postings)
    return wrong and f"line {rows[0].line}: voucher {postings[0].voucher_no} {wrong}."


def _doubled(vouchers: list[Voucher], posted: Collection[str]) -> Iterator[str]:
    seen = set(posted)
    for voucher in vouchers:
        number = voucher[0].voucher_no
        if number in seen:
            yield number
        seen.add(number)
