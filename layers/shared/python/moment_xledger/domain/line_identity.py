"""By what a posted line is known from one read to the next, and which lines cannot be told apart."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from moment_xledger.domain.expense_entries import Entry
from moment_xledger.domain.expense_facts import Ids
from moment_xledger.domain.posted_lines import BadRow, Row, posted_on
from moment_xledger.domain.purchase_vat import PurchaseVat

_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")
SEVERAL_LINES = "several lines have this id"
OTHER_ACCOUNT = "a line on another account has the same id"
OTHER_LINE = "another line had this id when it was read before"
NO_LINE = "its id is that of a voucher, and it has no LineNo"


def identity(line: Row, ids: Ids = Ids.UNKNOWN) -> str | None:
    """Of the line, within one entity. Vouchers may be counted anew each year. None: it cannot be told from others."""
    if line.transaction_id and ids is Ids.VOUCHER:
        found = f"{line.transaction_id}-{line.line_no or '?'}"
    elif line.transaction_id:
        found = line.transaction_id
    else:
        day = posted_on(line)
        found = f"v{line.voucher_no}-{day.year if day else 'x'}-{line.line_no}"
    return found if _PLAIN_ID.fullmatch(found) else None


class Told(NamedTuple):
    """Lines of one answer: each once, and those that may not be used."""

    lines: list[Row]
    bad: list[BadRow]


def told_apart(lines: Iterable[Row], aside: Iterable[Row], ids: Ids) -> Told:
    """`aside`: lines of the same answer that nothing is done about. The same line twice is one line."""
    by_id: dict[str | None, list[Row]] = {}
    for line in lines:
        by_id.setdefault(identity(line, ids), []).append(line)
    others = _ids_of_others(aside, by_id) if ids is not Ids.VOUCHER else frozenset()
    told = Told([], [])
    for id_, found in by_id.items():
        if id_ is None:
            reason = NO_LINE if ids is Ids.VOUCHER else "its id is no plain one"
            told.bad.extend(BadRow(reason, place_of(line)) for line in found)
        elif any(line != found[0] for line in found):
            told.bad.append(BadRow(SEVERAL_LINES, place_of(found[0])))
        elif found[0].transaction_id in others:
            told.bad.append(BadRow(OTHER_ACCOUNT, place_of(found[0])))
        else:
            told.lines.append(found[0])
    return told


def _ids_of_others(aside: Iterable[Row], by_id: Mapping[str | None, list[Row]]) -> frozenset[str]:
    """Those that a line which nothing is done about shares with one that counts."""
    shared = (line for line in aside if line.transaction_id in by_id)
    return frozenset(line.transaction_id for line in shared if line.transaction_id)


def place_of(line: Row) -> str:
    """As a row that could not be read says it: an id, and no other value."""
    named = [("transaction_id", line.transaction_id), ("voucher_no", line.voucher_no)]
    named += [] if line.transaction_id else [("line_no", line.line_no)]
    return ", ".join(["row", *(f"{name} {value}" for name, value in named if value)])


def of_entry(entry: Entry, lines: Sequence[Row], vat: PurchaseVat) -> Row | None:
    """Which of the lines with an entry's id, all of one voucher, is the one that it was made for; None if none is.

    Raises `ValueError` where that cannot be told. An entry of an earlier release has no line number.
    """
    if entry.line_no is not None:
        return next((line for line in lines if line.line_no == entry.line_no), None)
    told = entry.expense
    if told is None:
        return _only(lines)
    here = [line for line in lines if (line.account, line.project) == (told.account, told.project)]
    alike = [line for line in here or lines if told.amount in (line.amount, vat.with_vat(line))]
    return _only(alike or here)


def _only(lines: Sequence[Row]) -> Row | None:
    if len(lines) > 1:
        raise ValueError(SEVERAL_LINES)
    return lines[0] if lines else None
