"""One page of a list, chosen by the parameters of the address."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from local.moment.records import Record, Stored

DEFAULT_SIZE, MAX_SIZE = 50, 200

Test = Callable[[Stored], bool]


def page(stored: Iterable[Stored], wanted: Mapping[str, str]) -> dict[str, Any]:
    """A parameter that is unknown or cannot be read is a ValueError that names it."""
    number = _whole(wanted, "page", default=1)
    size = _whole(wanted, "size", default=DEFAULT_SIZE, most=MAX_SIZE)
    tests = [_test(name, value) for name, value in wanted.items() if name not in ("page", "size", "sort")]
    found = [each.record for each in stored if all(test(each) for test in tests)]
    ordered = _sorted(found, wanted.get("sort", "id,asc"))
    return {"content": ordered[(number - 1) * size : number * size], "page": {"totalElements": len(found)}}


def _test(name: str, value: str) -> Test:
    match name:
        case "id" | "ids":
            chosen = _ids(name, value)
            return lambda stored: stored.record["id"] in chosen
        case "query":
            return lambda stored: _mentions(stored.record, value.casefold())
        case "createdDateFrom" | "lastModifiedDateFrom":
            first = _instant(name, value, time.min)
            return lambda stored: _when(name, stored) >= first
        case "createdDateTo" | "lastModifiedDateTo":
            last = _instant(name, value, time.max)
            return lambda stored: _when(name, stored) <= last
    raise ValueError(f"The parameter {name} is not known here.")


def _when(name: str, stored: Stored) -> datetime:
    return stored.created if name.startswith("created") else stored.modified


def _ids(name: str, value: str) -> set[int]:
    try:
        return {int(each) for each in value.split(",")}
    except ValueError:
        raise ValueError(f"The parameter {name} must hold whole numbers with commas between.") from None


def _mentions(record: Record, text: str) -> bool:
    return any(text in str(value).casefold() for value in record.values() if isinstance(value, str | int))


def _instant(name: str, value: str, time_of_day: time) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"The parameter {name} must be a date or a time such as 2026-11-22T09:15:03Z."
        ) from None
    if len(value) == len("2026-11-22"):
        instant = datetime.combine(instant, time_of_day)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _sorted(records: list[Record], order: str) -> list[Record]:
    """By one field of the record; what lacks it comes first, and equals stay in the order of their ids."""
    field, _, direction = order.partition(",")
    if direction not in ("", "asc", "desc") or any(
        isinstance(each.get(field), dict | list) for each in records
    ):
        raise ValueError("The parameter sort must be a field, a comma, and asc or desc.")
    by_id = sorted(records, key=lambda record: int(record["id"]))
    return sorted(by_id, key=lambda record: _rank(record.get(field)), reverse=direction == "desc")


def _rank(value: object) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _whole(wanted: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    value = wanted.get(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise ValueError(f"The parameter {name} must be a whole number from 1 to {most}.")
    return int(value)
