"""Xledger's own scalars: what each takes and how it is shown."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema

from local.xledger.times import WALL_TIME

LARGEST = 2**63 - 1


def _int64(value: Any) -> str:
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if (
        not isinstance(written, str)
        or not re.fullmatch(r"-?\d{1,19}", written)
        or abs(int(written)) > LARGEST
    ):
        raise GraphQLError(
            f"Int64String cannot represent {value!r}: a whole number, bare or in a string, is expected."
        )
    return str(int(written))


def _money(value: Any) -> str:
    """To the øre, with a point."""
    try:
        amount = Decimal(str(value)) if isinstance(value, str | int | float) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        raise GraphQLError(f"MoneyString cannot represent {value!r}: a decimal with a point is expected.")
    return f"{amount:.2f}"


def _date(value: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != value:
        raise GraphQLError(f"DateString cannot represent {value!r}: yyyy-MM-dd is expected.")
    return day.isoformat()


def _date_time(value: Any) -> str:
    try:
        moment = datetime.strptime(value, WALL_TIME)  # noqa: DTZ007 -- it has no zone, by definition
    except (TypeError, ValueError):
        raise GraphQLError(
            f"DateTimeString cannot represent {value!r}: yyyy-MM-ddTHH:mm:ss is expected."
        ) from None
    return moment.strftime(WALL_TIME)


PARSERS: dict[str, Callable[[Any], str]] = {
    "Int64String": _int64,
    "MoneyString": _money,
    "DateString": _date,
    "DateTimeString": _date_time,
}


def give_scalars(schema: GraphQLSchema) -> None:
    for name, parse in PARSERS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)  # noqa: S101 -- for the type checker
        scalar.parse_value = parse  # type: ignore[method-assign, assignment]
        scalar.serialize = str  # type: ignore[method-assign, assignment]
