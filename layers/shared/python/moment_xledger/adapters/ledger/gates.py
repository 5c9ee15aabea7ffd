"""The gate of each Xledger token: one item, written on condition that nobody else wrote since."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import LONGEST_PROBE, Barred, Gate, InFlight, Silence
from moment_xledger.domain.learnt_limits import Learnt
from moment_xledger.domain.releases import as_stored
from moment_xledger.domain.usage import Closing, Usage

FOR_YEARS = timedelta(days=9 * 365)
_TIMES = ("closed_until", "lease_until", "last_start")
_OUTLINE = ("closed_until", "last_start", "failures", "refusals")
_WITHOUT_COUNTS = (*_OUTLINE, "ver", "plan", "closed_why", "owner", "lease_until", "in_flight", "barred")
_PLAIN = ("plan", "owner", "failures", "refusals", "last_served")


class Gates:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token: TokenId) -> Gate:
        item = self._table.get(keys.gate(token))
        return _gate(item) if item else Gate()

    def outlines(self, tokens: Iterable[TokenId]) -> dict[TokenId, Gate]:
        """No more of each than tells whether it is closed or probed: a sweep looks at thousands. One that is not stored
        is open."""
        keys_of = {token: keys.gate(token) for token in tokens}
        found = self._table.get_parts(keys_of.values(), _OUTLINE)
        return {token: _outline(found.get(key, {})) for token, key in keys_of.items()}

    def get_many(self, tokens: Iterable[TokenId]) -> dict[TokenId, Gate]:
        keys_of = {token: keys.gate(token) for token in tokens}
        found = self._table.get_many(keys_of.values())
        return {token: _gate(found[key]) if key in found else Gate() for token, key in keys_of.items()}

    def without_counts(self, tokens: Iterable[TokenId]) -> dict[TokenId, Gate]:
        """As `get_many`, but as if nobody had sent a request: the counts are most of what a gate is, and only a token
        with a plan is closed by them."""
        keys_of = {token: keys.gate(token) for token in tokens}
        found = self._table.get_parts(keys_of.values(), _WITHOUT_COUNTS)
        return {token: _gate(found[key]) if key in found else Gate() for token, key in keys_of.items()}

    def save(self, token: TokenId, gate: Gate) -> Gate:
        """The gate as it is stored now. Raises `Conflict` if somebody else wrote it since it was read."""
        fresh = Attr("ver").not_exists() if gate.ver == 0 else Attr("ver").eq(gate.ver)
        item = _item(gate)
        self._table.write(Put(keys.gate(token), item, when=fresh))
        return _gate(item)


def _item(gate: Gate) -> Item:
    item: dict[str, Any] = {"ver": gate.ver + 1, "minutes": {str(m): n for m, n in gate.minutes.items()}}
    item |= {name: getattr(gate, name) for name in _PLAIN}
    item |= {name: moment and keys.stamp(moment) for name in _TIMES for moment in [getattr(gate, name)]}
    item["closed_why"] = gate.closed_why and str(gate.closed_why)
    item["in_flight"] = gate.in_flight and {
        "operation": gate.in_flight.operation,
        "started": keys.stamp(gate.in_flight.started),
        "client_ids": list(gate.in_flight.client_ids),
    }
    item["barred"] = gate.barred and {
        "operation": gate.barred.operation,
        "status": gate.barred.status,
        "since": keys.stamp(gate.barred.since),
        "last": keys.stamp(gate.barred.last),
    }
    item["silence"] = gate.silence and {
        "since": keys.stamp(gate.silence.since),
        "last": keys.stamp(gate.silence.last),
    }
    item["learnt"] = _learnt_item(gate.learnt)
    item["usage"] = _usage_item(gate.usage)
    return {name: value for name, value in item.items() if value is not None}


def _gate(item: Item) -> Gate:
    in_flight = item.get("in_flight")
    last_start = _moment(item, "last_start")
    return Gate(
        ver=int(item["ver"]),
        plan=None if "plan" not in item else int(item["plan"]),
        minutes={int(minute): int(count) for minute, count in item.get("minutes", {}).items()},
        closed_until=_closed_until(_moment(item, "closed_until"), last_start),
        closed_why=as_stored(Why, item["closed_why"]) if "closed_why" in item else None,
        owner=item.get("owner"),
        lease_until=_moment(item, "lease_until"),
        in_flight=in_flight
        and InFlight(
            in_flight["operation"], keys.moment(in_flight["started"]), tuple(in_flight["client_ids"])
        ),
        last_start=last_start,
        failures=int(item["failures"]),
        refusals=int(item.get("refusals", 0)),
        silence=_silence(item["silence"]) if "silence" in item else None,
        barred=_barred(item["barred"]) if "barred" in item else None,
        learnt=_learnt(item["learnt"]) if "learnt" in item else Learnt(),
        last_served=CompanyId(item["last_served"]) if "last_served" in item else None,
        usage=_usage(item["usage"]) if "usage" in item else Usage(),
    )


def _outline(item: Item) -> Gate:
    return Gate(
        closed_until=_closed_until(_moment(item, "closed_until"), _moment(item, "last_start")),
        failures=int(item.get("failures", 0)),
        refusals=int(item.get("refusals", 0)),
    )


def _closed_until(until: datetime | None, last_start: datetime | None) -> datetime | None:
    """An older release closed a gate for years where the token was refused; now it is tried again."""
    is_for_years = until and last_start and until - last_start > FOR_YEARS
    return last_start + LONGEST_PROBE if is_for_years and last_start else until


def _silence(item: Item) -> Silence:
    return Silence(keys.moment(item["since"]), keys.moment(item["last"]))


def _barred(item: Item) -> Barred:
    return Barred(
        operation=item["operation"],
        status=int(item["status"]),
        since=keys.moment(item["since"]),
        last=keys.moment(item["last"]),
    )


def _learnt_item(learnt: Learnt) -> str | None:
    """As text, and absent where nothing was learnt: it is written with each request."""
    if learnt == Learnt():
        return None
    times = [at and keys.stamp(at) for at in (learnt.list_since, learnt.plan_since)]
    return json.dumps([learnt.list_size, learnt.plan, *times, learnt.too_costly], separators=(",", ":"))


def _learnt(text: str) -> Learnt:
    list_size, plan, list_since, plan_since, too_costly = json.loads(text)[:5]
    times = [keys.moment(at) if at else None for at in (list_since, plan_since)]
    return Learnt(list_size, times[0], plan, times[1], too_costly)


def _usage_item(usage: Usage) -> str:
    """As text: forty closings as maps of their own would make the item, and each request's write, twice as large."""
    closings = [[str(each.why), keys.stamp(each.since), keys.stamp(each.until)] for each in usage.closings]
    kept = [dict(usage.requests), dict(usage.turned_away), closings, usage.month, usage.in_month]
    return json.dumps(kept, separators=(",", ":"))


def _usage(text: str) -> Usage:
    requests, turned_away, closings, month, in_month = json.loads(text)
    return Usage(
        _by_hour(requests),
        _by_hour(turned_away),
        tuple(
            Closing(as_stored(Why, why), keys.moment(since), keys.moment(until))
            for why, since, until in closings
        ),
        month,
        in_month,
    )


def _by_hour(counts: dict[str, int]) -> dict[int, int]:
    return {int(hour): count for hour, count in counts.items()}


def _moment(item: Item, name: str) -> datetime | None:
    return keys.moment(item[name]) if name in item else None
