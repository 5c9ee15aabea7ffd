"""One row of an export, typed."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from lxml import etree

from moment_xledger.adapters.xledger_soap.assumed import Kind, assumed
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.dimensions import USUAL, Slots
from moment_xledger.domain.posted_lines import BadRow, Row

LONGEST_NAME = 100
LEARNT = ("account", "project")  # may stand in columns of other names, recognised by their values
_LINKS = ("match_id", "file_key")  # 0 stands for none: of a line that is not matched yet, say
_NAMES = ("project", "match_id")  # by which something is looked for, so a key must hold them


class _Unreadable(ValueError):
    pass


_Reader = Callable[[str, str], object]  # of a cell's text, and its column's name for the complaint


def read_row(element: etree._Element, number: int, accounts: Container[str] | None = None) -> Row | BadRow:
    """`number`: its place in the answer, from 1.

    With `accounts`, a row on another one that was never changed comes with its account and nothing else: most of a
    ledger is of no concern, and reading a row takes ten times as long as passing it over.
    """
    if accounts is not None and (account := _elsewhere(element, accounts)):
        return Row(_NOTHING, _text(element.iterchildren(_tags()[3])) or None, account=account)
    fields: dict[str, Any] = {}
    try:
        _read_into(fields, element)
        _check(fields)
    except _Unreadable as problem:
        return BadRow(str(problem), _where(fields, number))
    return Row(**fields)


_NOTHING = Decimal(0)


def placed(line: Row | BadRow, slots: Slots) -> Row | BadRow:
    """The same with project and department from the GL objects that hold them."""
    if isinstance(line, BadRow):
        return line
    project, department = (_gl_object(line, slot) for slot in slots[:2])
    if len(project or "") > LONGEST_NAME:
        where = _where({"transaction_id": line.transaction_id, "voucher_no": line.voucher_no}, 0)
        return BadRow(f"project is longer than {LONGEST_NAME} signs", where)
    return line._replace(project=project, department=department)


def renamed(line: Row | BadRow, names: Mapping[str, str]) -> Row | BadRow:
    """The same with what stands in columns of other names. `names`: in lower case, by the field of a row."""
    if isinstance(line, BadRow):
        return line
    account, project = (line.others.get(names.get(name, "")) for name in LEARNT)
    return line._replace(account=line.account or account or None, project=line.project or project or None)


def _gl_object(line: Row, slot: int | None) -> str | None:
    if slot == USUAL.department:
        return line.department
    if slot == USUAL.project:
        return line.project
    names = (name.format(slot) for name in assumed().dimensions)
    return next((value for name in names if (value := line.others.get(name))), None)


def _elsewhere(row: etree._Element, accounts: Container[str]) -> str | None:
    """Its account, if that is none of these and the row stands as it was posted; None where that is not certain."""
    children, (of_account, of_created, of_modified, _) = row.iterchildren, _tags()
    account = _text(children(of_account))
    if account in accounts:
        return None
    created = _text(children(of_created))
    return account if created and created == _text(children(of_modified)) else None


def _text(cells: Iterator[etree._Element]) -> str:
    for cell in cells:
        return (cell.text or "").strip()
    return ""


@cache
def _tags() -> tuple[str, ...]:
    """As they are usually spelt. A row that spells them otherwise is read like any other."""
    by_field = {column.field: "{*}" + column.name for column in assumed().columns.values()}
    return tuple(by_field[field] for field in ("account", "created", "modified", "transaction_id"))


def _read_into(fields: dict[str, Any], row: etree._Element) -> None:
    """Runs for every cell of a year's ledger: hence so plain."""
    others = fields["others"] = dict[str, str]()
    for cell in row:
        field, name, reader = _column(cell.tag)
        if len(cell):
            raise _Unreadable(f"{name} holds elements, not text")
        text = cell.text
        text = text.strip() if text else ""
        if field is None:
            others[name] = text
        else:
            fields[field] = (reader(text, name) if reader else text) if text else None
    if len(fields) - 1 + len(others) != len(row):
        raise _Unreadable("a column comes twice")
    if others:
        _read_by_other_names(fields, others)
    for field in _LINKS:
        if fields.get(field) == "0":
            fields[field] = None


def _read_by_other_names(fields: dict[str, Any], others: dict[str, str]) -> None:
    also = assumed().also
    for name in [name for name in others if name in also]:
        column = also[name]
        if column.field not in fields:
            text, reader = others[name], _READERS[column.kind]
            fields[column.field] = (reader(text, column.name) if reader else text) if text else None


@lru_cache(1024)
def _column(tag: str) -> tuple[str | None, str, _Reader | None]:
    """The field of `Row` if there is one, the column's name, and what reads it if it is not plain text."""
    name = etree.QName(tag).localname
    column = assumed().columns.get(name.lower())
    return (column.field, column.name, _READERS[column.kind]) if column else (None, name.lower(), None)


def _check(fields: Mapping[str, Any]) -> None:
    if not any(all(map(fields.get, way)) for way in assumed().identities):
        raise _Unreadable("no id: neither TransactionID nor VoucherNo with LineNo")
    if fields.get("amount") is None:
        raise _Unreadable("no Amount")
    for name in _NAMES:
        if len(fields.get(name) or "") > LONGEST_NAME:
            raise _Unreadable(f"{name} is longer than {LONGEST_NAME} signs")


def _where(fields: Mapping[str, Any], number: int) -> str:
    known = [
        f"{name} {fields[name]}" for name in ("transaction_id", "voucher_no", "line_no") if fields.get(name)
    ]
    return ", ".join([f"row {number}", *known])


_AMOUNT = re.compile(r"(?!-?[0-9]{1,3},[0-9]{3}$)-?[0-9]{1,18}(?:[.,][0-9]{1,8})?")
_SPACES = str.maketrans("", "", " \u00a0\u202f")


def _amount(text: str, column: str) -> Decimal:
    """Decimals after a point or a comma, thousands apart by spaces at most. `1,234` could be either: not guessed."""
    if _AMOUNT.fullmatch(text) or _AMOUNT.fullmatch(text := text.translate(_SPACES)):
        return Decimal(text.replace(",", "."))
    raise _Unreadable(f"{column} is not an amount such as 1234.50 or 1234,50")


def instant(text: str) -> datetime | None:
    """None where there is none, or none that can be read."""
    try:
        return _instant(text, "")
    except _Unreadable:
        return None


@lru_cache(1024)
def _instant(text: str, column: str) -> datetime | None:
    """Without an offset, as it stood on a Norwegian wall."""
    read = _moment(text, column, "a time such as 2026-11-22 09:15:00")
    return read and (read if read.tzinfo else read.replace(tzinfo=OSLO)).astimezone(UTC)


@lru_cache(1024)
def _day(text: str, column: str) -> date | None:
    """Of a time with an offset, the day that it was in Oslo."""
    read = _moment(text, column, "a date such as 2026-11-22")
    return read and (read.astimezone(OSLO) if read.tzinfo else read).date()


def _moment(text: str, column: str, kind: str) -> datetime | None:
    """.NET writes the year 1 where there is no date; 9999 is as near to the end of what can be reckoned with."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise _Unreadable(f"{column} is not {kind}") from None
    return read if 1 < read.year < 9999 else None


_READERS: Mapping[Kind, _Reader | None] = {
    Kind.TEXT: None,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.AMOUNT: _amount,
}
