"""Xledger's accounts, VAT codes and VAT rates as they were last read, by token, and how far its feeds were read."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.dimensions import Dimensions
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Place
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.vat_rates import VatRate, VatRates


class References:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token: TokenId) -> Lists | None:
        item = self._table.get(keys.lists(token))
        if item is None:
            return None
        accounts, vat_codes = item.get("accounts"), item.get("vat_codes")
        return Lists(
            keys.moment(item["read_at"]),
            None if accounts is None else frozenset(accounts),
            None if vat_codes is None else frozenset(vat_codes),
        )

    def save(self, token: TokenId, lists: Lists) -> None:
        item: dict[str, Any] = {"read_at": keys.stamp(lists.read_at)}
        for name, codes in (("accounts", lists.accounts), ("vat_codes", lists.vat_codes)):
            item |= {} if codes is None else {name: sorted(codes)}
        self._table.write(Put(keys.lists(token), item))

    def countries(self, token: TokenId, not_before: datetime) -> frozenset[str] | None:
        """Codes, if they were read since `not_before`."""
        item = self._table.get(keys.countries(token))
        if item is None or keys.moment(item["read_at"]) < not_before:
            return None
        return frozenset(item["codes"])

    def save_countries(self, token: TokenId, codes: Collection[str], now: datetime) -> None:
        item = {"read_at": keys.stamp(now), "codes": sorted(codes)}
        self._table.write(Put(keys.countries(token), item))

    def vat_rates(self, token: TokenId, not_before: datetime) -> VatRates | None:
        """The tax table, if it was read since `not_before`."""
        item = self._table.get(keys.vat_rates(token))
        if item is None or keys.moment(item["read_at"]) < not_before:
            return None
        rates = {code: tuple(map(_rate, each)) for code, each in item["rates"].items()}
        return VatRates(rates, frozenset(item.get("self_assessed", ())))

    def save_vat_rates(self, token: TokenId, rates: VatRates, now: datetime) -> None:
        """Apart from the other lists: this one is small, and is read with each batch of invoices."""
        stored = {code: [_as_text(rate) for rate in each] for code, each in rates.by_code.items()}
        item: dict[str, Any] = {"read_at": keys.stamp(now), "rates": stored}
        item |= {"self_assessed": sorted(rates.self_assessed)} if rates.self_assessed else {}
        self._table.write(Put(keys.vat_rates(token), item))

    def dimensions(self, token: TokenId) -> Dimensions | None:
        """As they were last read, however long ago: they are set up once."""
        item = self._table.get(keys.dimensions(token))
        if item is None:
            return None
        project, department = (int(item[name]) if name in item else None for name in _DIMENSIONS)
        return Dimensions(project, department, keys.moment(item["read_at"]))

    def save_dimensions(self, token: TokenId, read: Dimensions) -> None:
        item: dict[str, Any] = {"read_at": keys.stamp(read.read_at)}
        item |= {name: slot for name in _DIMENSIONS if (slot := getattr(read, name))}
        self._table.write(Put(keys.dimensions(token), item))

    def place(self, token: TokenId, kind: Kind) -> Place | None:
        """How far the nights have come; None before the first one."""
        item = self._table.get(keys.feed(token, kind))
        if item is None:
            return None
        return Place(
            None if item.get("unread") else str(item["cursor"]),
            {CompanyId(company): str(entity) for company, entity in item.get("compared", {}).items()},
            CompanyId(item["company"]) if "company" in item else None,
            str(item.get("after", "")),
            keys.moment(item["looked_at"]) if "looked_at" in item else None,
        )

    def save_place(self, token: TokenId, kind: Kind, place: Place) -> None:
        """`cursor` is always there: an older release, which knows nothing else, reads it."""
        item: dict[str, Any] = {
            "cursor": place.cursor or "",
            "unread": place.cursor is None,
            "compared": dict(place.compared),
            "after": place.after,
        }
        item |= {"company": place.company} if place.company else {}
        item |= {"looked_at": keys.stamp(place.looked_at)} if place.looked_at else {}
        self._table.write(Put(keys.feed(token, kind), item))


_DIMENSIONS = ("project", "department")


def _as_text(rate: VatRate) -> str:
    """`25 2005-01-01/`: the percentage, and from which day to which."""
    return f"{rate.percent} {rate.first or ''}/{rate.last or ''}"


def _rate(text: str) -> VatRate:
    percent, _, days = text.partition(" ")
    first, last = (date.fromisoformat(day) if day else None for day in days.split("/"))
    return VatRate(Decimal(percent), first, last)
