"""VAT codes: Xledger calls them tax rules, and keeps their percentages, by date, in a table of their own.

Which codes a tenant has is its own affair. Two lists are seen: the standard tax codes of SAF-T, and the numbers that
Norwegian and Swedish users of Xledger write in their imports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from local.xledger.table import Record

VatCodes = Literal["saf_t", "xledger"]
# A percentage, and the first day that it counts on.
Rates = tuple[tuple[float, str], ...]
HIGH: Rates = ((24, "2001-01-01"), (25, "2005-01-01"))
MIDDLE: Rates = ((14, "2007-01-01"), (15, "2012-01-01"))
LOW: Rates = ((10, "2016-01-01"), (12, "2018-01-01"), (6, "2020-04-01"), (12, "2021-10-01"))
RAW_FISH: Rates = ((11.11, "2001-01-01"),)
NONE: Rates = ((0, "2001-01-01"),)


@dataclass(frozen=True)
class VatCode:
    description: str
    rates: Rates
    account: str | None = None  # where the VAT is posted


CODES: Mapping[VatCodes, Mapping[str, VatCode]] = {
    "saf_t": {
        "3": VatCode("Utgående avgift, 25 %", HIGH, "2700"),
        "31": VatCode("Utgående avgift, 15 %", MIDDLE, "2701"),
        "33": VatCode("Utgående avgift, 12 %", LOW, "2702"),
        "5": VatCode("Innenlands omsetning med fritak, 0 %", NONE),
        "51": VatCode("Innenlands omsetning med omvendt avgiftsplikt, 0 %", NONE),
        "52": VatCode("Utførsel av varer og tjenester, 0 %", NONE),
        "6": VatCode("Omsetning utenfor merverdiavgiftsloven, 0 %", NONE),
        "7": VatCode("Ingen merverdiavgiftsbehandling", NONE),
        "1": VatCode("Inngående avgift, 25 %", HIGH, "2710"),
        "11": VatCode("Inngående avgift, 15 %", MIDDLE, "2710"),
        "12": VatCode("Inngående avgift, råfisk, 11,11 %", RAW_FISH, "2710"),
        "13": VatCode("Inngående avgift, 12 %", LOW, "2710"),
    },
    "xledger": {
        "2": VatCode("Utgående mva. 25 %", HIGH, "2700"),
        "21": VatCode("Utgående mva. 15 %", MIDDLE, "2701"),
        "22": VatCode("Utgående mva. 12 %", LOW, "2702"),
        "20": VatCode("Fritatt for mva.", NONE),
        "27": VatCode("Salg til utlandet", NONE),
        "29": VatCode("Utenfor mva.-loven", NONE),
        "1": VatCode("Inngående mva. 25 %", HIGH, "2710"),
        "11": VatCode("Inngående mva. 15 %", MIDDLE, "2710"),
        "12": VatCode("Inngående mva. 12 %", LOW, "2710"),
    },
}
# The codes on the posted lines that the simulator makes, where they are others.
POSTED_AS: Mapping[VatCodes, Mapping[str, str]] = {"saf_t": {}, "xledger": {"3": "2", "13": "12"}}


def tax_table_setups(
    codes: VatCodes, rules: Mapping[str, Record], accounts: Mapping[str, Record], *, with_zero: bool
) -> Iterator[Record]:
    """A row for each code and period; `rules` are the tax rules by code."""
    rows = [(code, vat.account, *row) for code, vat in CODES[codes].items() for row in _periods(vat.rates)]
    for db_id, (code, account, percent, begins, ends) in enumerate(rows, 5001):
        if not percent and not with_zero:
            continue
        posted = accounts.get(account or "")
        yield {
            "dbId": db_id,
            "dateFrom": begins,
            "dateTo": ends,
            "taxPercent": percent,
            "objectValueDbId": rules[code]["dbId"],
            "objectValue": rules[code],
            "object": rules[code],
            "accountDbId": posted and posted["dbId"],
        } | {name: rules[code][name] for name in ("ownerDbId", "createdAt", "modifiedAt")}


def _periods(rates: Rates) -> Iterator[tuple[float, str, str | None]]:
    """Each until the day before the next."""
    lasts = [str(date.fromisoformat(first) - timedelta(days=1)) for _, first in rates[1:]]
    for (percent, first), last in zip(rates, [*lasts, None], strict=True):
        yield percent, first, last
