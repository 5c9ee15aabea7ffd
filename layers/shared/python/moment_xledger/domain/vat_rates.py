"""How many percent of VAT a code of Xledger's has, and on which days.

Three sources, the surest first: Xledger's own tax table, the company's table in the settings, and what is published.
Where none of them gives exactly one rate for a code and a day, the rate is unknown: nothing is checked against it, and
nothing is computed with it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import NamedTuple

A_DAY = timedelta(days=1)
HIGHEST = Decimal(100)


@dataclass(frozen=True)
class VatRate:
    """`first` and `last` are included; None leaves that side open."""

    percent: Decimal
    first: date | None = None
    last: date | None = None

    def counts_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class VatRates:
    """The rates of one source, by VAT code. A code may have several at once, one for each account or tax table.

    `self_assessed`: codes by whose names the company reckons the VAT itself, as for import and reverse charge.
    """

    by_code: Mapping[str, tuple[VatRate, ...]]
    self_assessed: frozenset[str] = frozenset()

    def on(self, code: str, day: date) -> frozenset[Decimal]:
        """Every percentage that this source gives for the code on that day."""
        return frozenset(rate.percent for rate in self.by_code.get(code, ()) if rate.counts_on(day))

    def knows(self, code: str) -> bool:
        return code in self.by_code


NO_RATES = VatRates({})


def _steps(*rates: tuple[str, str]) -> tuple[VatRate, ...]:
    """Percentages in force one after the other, each with its first day; an empty day is the beginning of time."""
    days = [date.fromisoformat(first) if first else None for _, first in rates]
    ends = [day - A_DAY for day in days[1:] if day]
    return tuple(
        VatRate(Decimal(percent), first, last)
        for (percent, _), first, last in zip(rates, days, [*ends, None], strict=True)
    )


# The Storting sets the rates for each year. 12 % was 6 % for the eighteen months of the pandemic's relief.
_REGULAR = _steps(("24", "2001-01-01"), ("25", "2005-01-01"))
_MIDDLE = _steps(("11", "2005-01-01"), ("13", "2006-01-01"), ("14", "2007-01-01"), ("15", "2012-01-01"))
_LOW = _steps(
    ("8", "2006-01-01"),
    ("10", "2016-01-01"),
    ("12", "2018-01-01"),
    ("6", "2020-04-01"),
    ("12", "2021-10-01"),
)
_RAW_FISH = _steps(("11.11", "2005-01-01"))
_NONE = _steps(("0", ""))

# Two lists are published: the Tax Administration's standard tax codes (SAF-T) and the sales codes of Norwegian Xledger
# tenants. 20, 21 and 22 stand in both and mean different things, so what they mean is not known by being published.
PUBLISHED_SALES = VatRates(
    {
        "3": _REGULAR,
        "31": _MIDDLE,
        "32": _RAW_FISH,
        "33": _LOW,
        **dict.fromkeys(("5", "51", "52", "6", "7"), _NONE),
        "2": _REGULAR,
        **dict.fromkeys(("27", "29"), _NONE),
    }
)
# Of purchases both lists agree on these two alone: 12 is raw fish in one of them and the low rate in the other.
PUBLISHED_PURCHASES = VatRates({"1": _REGULAR, "11": _MIDDLE})


@dataclass(frozen=True)
class RateSources:
    """Where a rate may come from. `xledger` is None where the tax table was never read, or too long ago."""

    xledger: VatRates | None = None
    company: VatRates = NO_RATES
    published: VatRates = PUBLISHED_SALES

    def rate(self, code: str, day: date) -> Decimal | None:
        """The percentage of a code of Xledger's on that day, where it is certain.

        A source that has the code at all ends the search only if it gives one rate; the published lists are not
        believed against an Xledger that knows the code and says something else, or several things.
        """
        for source in (self.xledger, self.company):
            found = source.on(code, day) if source else frozenset()
            if len(found) == 1:
                return next(iter(found))
        if any(source.knows(code) for source in (self.xledger, self.company) if source):
            return None
        return sure(self.published.on(code, day))


def sure(percents: frozenset[Decimal]) -> Decimal | None:
    """The one percentage there is; None where there is none or more than one."""
    return next(iter(percents)) if len(percents) == 1 else None


class Differing(NamedTuple):
    """Two VAT codes of one mapping that have different rates for certain."""

    ours: str
    our_percent: Decimal
    theirs: str
    their_percent: Decimal


def differing(vat_codes: Mapping[str, str], sources: RateSources, day: date) -> list[Differing]:
    """`vat_codes`: Moment's code to Xledger's. Of Moment's codes the published ones alone have a certain rate."""
    pairs = (
        (ours, sure(PUBLISHED_SALES.on(ours, day)), theirs, sources.rate(theirs, day))
        for ours, theirs in vat_codes.items()
    )
    return [
        Differing(ours, ours_is, theirs, theirs_is)
        for ours, ours_is, theirs, theirs_is in pairs
        if ours_is is not None and theirs_is is not None and ours_is != theirs_is
    ]


def as_text(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


class RateRow(NamedTuple):
    """One row of a tax table."""

    code: str
    percent: Decimal
    first: date | None
    last: date | None


_SELF_ASSESSED = re.compile(
    r"omvendt|snudd|innførsel|import|fra utlandet|utenlandske?|klimakvoter|gull|reverse|self.?assess|from abroad",
    re.IGNORECASE,
)


def is_named_self_assessed(name: str) -> bool:
    return bool(_SELF_ASSESSED.search(name))


def as_rates(rows: Iterable[RateRow], names: Mapping[str, str] = MappingProxyType({})) -> VatRates:
    """A percentage between 0 and 1 may be a fraction or a percentage: no rate is so low, so that row says nothing."""
    found: dict[str, list[VatRate]] = {}
    for row in rows:
        if not 0 < abs(row.percent) < 1 and abs(row.percent) <= HIGHEST:
            found.setdefault(row.code, []).append(VatRate(row.percent, row.first, row.last))
    by_name = frozenset(code for code, name in names.items() if is_named_self_assessed(name))
    return VatRates({code: tuple(dict.fromkeys(rates)) for code, rates in found.items()}, by_name)


_TYPED = re.compile(
    r"(?P<code>[A-Za-z0-9._-]{1,5})(?:\s*[=:→]\s*|\s+)(?P<percent>[0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*%?"
    r"(?:\s+(?:fra|from)?\s*(?P<day>[0-9.-]{8,10}))?"
)
_NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read_typed(lines: Iterable[str]) -> VatRates:
    """The company's own table: `22 = 12` on a line, and `22 = 15 2027-01-01` for a rate that counts from then on.

    Raises `ValueError` where a line cannot be read, or a code has two rates from the same day.
    """
    found: dict[str, dict[date | None, Decimal]] = {}
    for line in lines:
        code, percent, day = _typed_line(line)
        if day in found.setdefault(code, {}):
            raise ValueError("a VAT code has two rates from the same day")
        found[code][day] = percent
    return VatRates({code: _in_order(rates) for code, rates in found.items()})


def tidied(lines: Iterable[str]) -> tuple[str, ...]:
    """The same table, written in one way."""
    return tuple(_as_line(*_typed_line(line)) for line in lines)


def _typed_line(line: str) -> tuple[str, Decimal, date | None]:
    found = _TYPED.fullmatch(" ".join(line.split()))
    if found is None:
        raise ValueError("not a VAT code, its percentage and perhaps a date")
    try:
        percent = Decimal(found["percent"].replace(",", "."))
    except InvalidOperation:
        raise ValueError("not a percentage") from None
    if percent > HIGHEST:
        raise ValueError("not a percentage")
    return found["code"], percent, _day(found["day"])


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    if norwegian := _NORWEGIAN_DAY.fullmatch(text):
        return date(int(norwegian[3]), int(norwegian[2]), int(norwegian[1]))
    return date.fromisoformat(text)


def _as_line(code: str, percent: Decimal, day: date | None) -> str:
    return f"{code} = {percent}" + (f" {day}" if day else "")


def _in_order(rates: Mapping[date | None, Decimal]) -> tuple[VatRate, ...]:
    """Each until the day before the next. Where every line has a day, nothing is said of earlier ones."""
    days = sorted(rates, key=lambda day: day or date.min)
    ends: list[date | None] = [day - A_DAY for day in days[1:] if day]
    return tuple(VatRate(rates[first], first, last) for first, last in zip(days, [*ends, None], strict=True))
