"""What the settings form offers: what was read of Xledger, so that codes are chosen and not typed from memory."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from moment_xledger.console.facts.settings import OfferedFacts, VatPairFacts
from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.dimensions import Dimensions
from moment_xledger.domain.entities import Reach
from moment_xledger.domain.preflight import STALE, Lists
from moment_xledger.domain.vat_rates import PUBLISHED_SALES, RateSources, as_text, sure

if TYPE_CHECKING:
    from datetime import datetime

    from moment_xledger.adapters.ledger import Ledger

# By the field, how the accounts begin that it is usually one of, in the Norwegian standard chart of accounts.
ACCOUNTS = {"file.receivable_account": "15", "file.vat_account": "27"}
MOST = 100  # of one list: a page that holds a whole chart of accounts helps nobody


def offered(company: Company, ledger: "Ledger", now: "datetime") -> dict[str, list[OfferedFacts]]:
    """By the field; one of which nothing was read is left out, and anything may be typed into each."""
    token = company.token_id
    lists, rates = ledger.references.get(token), _rates(company, ledger, now)
    found = {
        "owner_code": _entities(ledger.entities.reach(token)),
        **_dimensions(ledger.references.dimensions(token)),
        **{field: _plain(_beginning(begins, lists)) for field, begins in ACCOUNTS.items()},
        "vat_codes": _vat_codes(lists, rates, day_in_oslo(now)),
    }
    return {field: each for field, each in found.items() if each}


def vat_pairs(company: Company, ledger: "Ledger", now: "datetime") -> list[VatPairFacts]:
    """Moment's codes with Xledger's, as they are saved; wrong where a code is not there or has another rate."""
    lists, rates, today = (
        ledger.references.get(company.token_id),
        _rates(company, ledger, now),
        day_in_oslo(now),
    )
    known = lists.vat_codes if lists else None
    pairs: list[VatPairFacts] = []
    for ours, theirs in sorted(company.vat_codes.items()):
        our_rate, their_rate = sure(PUBLISHED_SALES.on(ours, today)), rates.rate(theirs, today)
        differs = None not in (our_rate, their_rate) and our_rate != their_rate
        pairs.append(
            {
                "ours": ours,
                "our_percent": None if our_rate is None else as_text(our_rate),
                "theirs": theirs,
                "their_percent": None if their_rate is None else as_text(their_rate),
                "is_wrong": differs or (known is not None and theirs not in known),
            }
        )
    return pairs


def _rates(company: Company, ledger: "Ledger", now: "datetime") -> RateSources:
    return RateSources(ledger.references.vat_rates(company.token_id, now - STALE), company.own_rates)


def _entities(reach: Reach | None) -> list[OfferedFacts]:
    names = reach.names if reach else {}
    return [{"value": str(code), "name": name} for code, name in names.items()]


def _dimensions(read: Dimensions | None) -> dict[str, list[OfferedFacts]]:
    if read is None:
        return {}
    slots = {"project_dimension": read.project, "department_dimension": read.department}
    return {field: _plain([str(slot)]) for field, slot in slots.items() if slot}


def _beginning(begins: str, lists: Lists | None) -> list[str]:
    return [each for each in (lists.accounts or () if lists else ()) if each.startswith(begins)]


def _plain(values: Collection[str] | None) -> list[OfferedFacts]:
    return [{"value": each, "name": ""} for each in sorted(values or ())[:MOST]]


def _vat_codes(lists: Lists | None, rates: RateSources, today: date) -> list[OfferedFacts]:
    codes = sorted(lists.vat_codes or ())[:MOST] if lists else []
    percents = {code: rates.rate(code, today) for code in codes}
    return [
        {"value": code, "name": "" if percent is None else f"{as_text(percent)} %"}
        for code, percent in percents.items()
    ]
