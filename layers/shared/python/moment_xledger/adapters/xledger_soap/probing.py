"""What a probe asks of the Export service: its description, the form of posted lines, and what a filter does."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from itertools import islice

import requests
from lxml import etree

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.xledger_soap.assumed import Column, assumed
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.filters import modified
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.rows import instant
from moment_xledger.adapters.xledger_soap.services import export
from moment_xledger.domain.probes import Filtered, PostedLines, Service
from moment_xledger.domain.soap_outcomes import CallFailed, NotSent, NotSoap, Oddity

NAMESPACE = "http://ws.xledger.net/"
MOST_ROWS = 2_000
LARGEST_WSDL = 2 * 1024 * 1024
ALMOST_ALL, MOST = 0.9, 0.8  # of rows, and of values
SEVERAL = 3
SECOND = timedelta(seconds=1)
POSTED = "posted_lines"

# What an operation or a field is called, whatever it is called: by its name in `assumed.toml`.
MEANT_BY: Mapping[str, str] = {
    "posted_lines": "(GL|Ledger).*(Transaction|Line)",
    "supplier_lines": "(Supplier|AP).*(Transaction|Line)",
    "user": "user|logon.?id",
    "key": "key",
    "application": "appl",
    "free_text": "free",
    "filter": "filter|where",
    "data_option": "option",
    "owner_code": "(entity|owner).?(code|id)",
}
Cells = Mapping[str, str]


class SoapProbe:
    """Raises `CallFailed`. What it has read of posted lines stays here."""

    def __init__(self, soap: XledgerSoap, line: Line, owner_code: int) -> None:
        """`line` is `soap`'s, and cuts what is too large."""
        self._soap, self._line, self._owner_code = soap, line, owner_code
        self._rows: list[Cells] = []

    def service(self) -> Service:
        """By its own description."""
        text = _wsdl(self._line)
        try:
            root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            raise CallFailed(NotSoap(200, Oddity.NOT_XML)) from None
        found = _compared(root)
        if not found.lacking:
            self._soap.names = found.names
        return found

    def lines(self, accounts: Collection[str], projects: Collection[str]) -> PostedLines:
        """The first that come without a filter. Columns are recognised by known accounts and projects."""
        self._rows = list(_first(self._soap.cells(POSTED, "", self._owner_code)))
        return described(self._rows, accounts, projects)

    def filtered(self) -> Filtered | None:
        """At the time of one of the lines; None where none of them says when it was changed."""
        column = _found_in(self._rows).get("modified")
        times = {when for row in self._rows if column and (when := instant(row.get(column, "")))}
        if not times:
            return None
        time = max(times)
        inside = outside = 0
        asked = modified(time - SECOND, time)
        for row in _first(self._soap.cells(POSTED, asked, self._owner_code)):
            when = instant(row.get(column or "", ""))
            is_inside = when is not None and time - SECOND < when <= time
            inside, outside = inside + is_inside, outside + (not is_inside)
        return Filtered(inside, outside)


def _first(rows: Iterator[Cells]) -> Iterator[Cells]:
    """As far as they can be read: the answer may have been cut."""
    taken = 0
    try:
        for row in islice(rows, MOST_ROWS):
            taken += 1
            yield row
    except CallFailed:
        if not taken:
            raise


def _wsdl(line: Line) -> bytes:
    try:
        with within(line.timeout, line.session):
            answer = line.session.get(
                f"{line.host.base_url}{export().path}?wsdl",
                timeout=line.timeout.total_seconds(),
                allow_redirects=False,
                cert=line.certificate,
            )
    except requests.RequestException as error:
        raise CallFailed(NotSent(type(error).__name__)) from None
    if answer.status_code != requests.codes.ok:
        raise CallFailed(NotSoap(answer.status_code, Oddity.OTHER_XML))
    return answer.content[:LARGEST_WSDL]


def _compared(root: etree._Element) -> Service:
    known = assumed()
    operations = dict.fromkeys(
        str(each.get("name")) for each in root.iterfind("{*}portType/{*}operation") if each.get("name")
    )
    if not operations:
        raise CallFailed(NotSoap(200, Oddity.OTHER_XML))
    lacking = [each for each in known.operations.values() if each not in operations]
    fields = {
        str(element.get("name")): {str(each.get("name")) for each in _fields(root, element)}
        for element in root.iterfind("{*}types/{*}schema/{*}element")
    }
    names = _others(
        lacking,
        MEANT_BY,
        known.operations,
        [each for each in operations if each not in known.operations.values()],
    )
    for assumed_name in known.operations.values():
        offered = fields.get(names.get(assumed_name, assumed_name), set[str]())
        missed = [each for each in known.parameters.values() if each not in offered] if offered else []
        names |= _others(missed, MEANT_BY, known.parameters, offered - set(known.parameters.values()))
        lacking += missed
    lacking = [each for each in lacking if each not in names]
    if root.get("targetNamespace") != NAMESPACE:
        lacking.append(f"targetNamespace {NAMESPACE}")
    return Service(tuple(operations), tuple(dict.fromkeys(lacking)), names)


def _others(
    missed: Collection[str], meant: Mapping[str, str], known: Mapping[str, str], offered: Collection[str]
) -> dict[str, str]:
    """For each that is missed the one that is offered in its place, if there is just one that can be meant by it."""
    found: dict[str, str] = {}
    for meaning, name in known.items():
        fitting = [each for each in offered if re.search(meant[meaning], each, re.IGNORECASE)]
        if name in missed and len(fitting) == 1:
            found[name] = fitting[0]
    return found if len(set(found.values())) == len(found) else {}


def _fields(root: etree._Element, element: etree._Element) -> Iterator[etree._Element]:
    """In the element itself, or in the type that it names."""
    yield from element.iterfind("{*}complexType//{*}element")
    named = (element.get("type") or "").rpartition(":")[2]
    for kind in root.iterfind("{*}types/{*}schema/{*}complexType") if named else ():
        if kind.get("name") == named:
            yield from kind.iterfind(".//{*}element")


def described(rows: list[Cells], accounts: Collection[str], projects: Collection[str]) -> PostedLines:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    names = _found_in(rows)
    free = [name for name in columns if name not in names.values() and not _slot(name)]
    learnt: dict[str, str] = {}
    if "account" not in names and accounts:
        learnt |= _recognised("account", rows, free, accounts, ALMOST_ALL)
    in_slots = {slot: _known(rows, names_of, projects) for slot, names_of in _slots(columns).items()}
    in_slots = {slot: count for slot, count in in_slots.items() if count}
    if projects and not in_slots:
        learnt |= _recognised("project", rows, free, projects, 0)
    names |= learnt
    ids = [row.get(names.get("transaction_id", ""), "") for row in rows]
    return PostedLines(
        len(rows),
        columns,
        names,
        {field: sum(bool(row.get(name)) for row in rows) for field, name in names.items()},
        {field: name.lower() for field, name in learnt.items()},
        len(set(ids)) if all(ids) else 0,
        in_slots,
    )


def _found_in(rows: list[Cells]) -> dict[str, str]:
    """The column of each field, as `read_row` would find it."""
    known = assumed()
    columns = {name.lower(): name for row in rows for name in row}
    found: dict[str, str] = {}
    for by_name in (known.columns, known.also):
        for lower, column in by_name.items():
            _add(found, column, columns.get(lower))
    return found


def _add(found: dict[str, str], column: Column, name: str | None) -> None:
    if name:
        found.setdefault(column.field, name)


def _slot(name: str) -> int | None:
    return next(
        (slot for slot in range(1, 6) for each in assumed().dimensions if name.lower() == each.format(slot)),
        None,
    )


def _slots(columns: Collection[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in columns:
        if slot := _slot(name):
            found.setdefault(slot, []).append(name)
    return found


def _known(rows: list[Cells], names: Collection[str], wanted: Collection[str]) -> int:
    return sum(any(row.get(name) in wanted for name in names) for row in rows)


def _recognised(
    field: str, rows: list[Cells], columns: Collection[str], wanted: Collection[str], share: float
) -> dict[str, str]:
    """The one column that has a value on so many rows, almost all of them among these and several different ones, if
    there is just one."""
    fitting = []
    for name in columns:
        values = [value for row in rows if (value := row.get(name))]
        known = [value for value in values if value in wanted]
        if (
            len(values) >= share * len(rows)
            and len(known) >= MOST * len(values)
            and len(set(known)) >= SEVERAL
        ):
            fitting.append(name)
    return {field: fitting[0]} if len(fitting) == 1 else {}
