"""What is asked of the lines: sFilter, sFreeText and eDataOption."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from local.xledger.soap.envelope import SoapFault
from local.xledger.soap.ledger.lines import AMOUNTS, COLUMNS, DATES, MOMENTS, NUMBERS, OPEN, Line, Value

Test = Callable[[Line], bool]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": ge,
    "<=": le,
    "<>": ne,
    ">": gt,
    "<": lt,
    "=": eq,
}
CONDITION = re.compile(r'\s*\[(?P<column>[^\]]*)\]\s*(?P<comparison>>=|<=|<>|>|<|=)\s*"(?P<value>[^"]*)"\s*')
AND = re.compile(r"and\b", re.IGNORECASE)
SPELT = {column.casefold(): column for column in COLUMNS}


def tests(free_text: str | None, conditions: str | None, data_option: str) -> list[Test]:
    """All that a line must pass; a SoapFault says what could not be read."""
    passed = _conditions(conditions or "")
    if free_text:
        wanted = free_text.casefold()
        passed.append(lambda line: wanted in str(line.get("Text") or "").casefold())
    if data_option != "All":
        passed.append(lambda line: (line.get(OPEN) is not False) == (data_option == "Open"))
    return passed


def _conditions(text: str) -> list[Test]:
    """`[Column] > "value"`, joined with `and`."""
    found: list[Test] = []
    rest = text.strip()
    while rest:
        condition = CONDITION.match(rest)
        if condition is None:
            raise SoapFault(f"The filter cannot be read from '{rest[:60]}' on.")
        found.append(_condition(**condition.groupdict()))
        rest = rest[condition.end() :]
        joined = AND.match(rest)
        if bool(joined) != bool(rest) or (joined and not rest[joined.end() :].strip()):
            raise SoapFault("The conditions of a filter are joined with 'and'.")
        rest = rest[joined.end() :] if joined else ""
    return found


def _condition(column: str, comparison: str, value: str) -> Test:
    name = SPELT.get(column.strip().casefold())
    if name is None:
        raise SoapFault(f"There is no column [{column[:40]}].")
    compare, wanted = COMPARISONS[comparison], _wanted(name, value)

    def test(line: Line) -> bool:
        given = comparable(name, line.get(name))
        return given is not None and compare(given, wanted)

    return test


def _wanted(name: str, value: str) -> Any:
    wanted = comparable(name, value)
    if wanted is None:
        raise SoapFault(f'"{value[:40]}" cannot be compared with [{name}].')
    return wanted


def comparable(name: str, value: Value) -> Any:
    """None is what nothing compares with."""
    if value is None:
        return None
    try:
        if name in DATES + MOMENTS:
            return _moment(value)
        return Decimal(str(value)) if name in NUMBERS + AMOUNTS else str(value)
    except (ValueError, InvalidOperation):
        return None


def _moment(value: Value) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 -- wall time
    return datetime.fromisoformat(str(value)).replace(tzinfo=None)
