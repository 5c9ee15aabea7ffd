"""What Moment publishes in each contest, and on what plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from random import Random
from typing import Any

from local.bench.load import Edit, customer, edits, new_customers, new_projects

PLAN = 500  # requests an hour
CUSTOMERS = 1_500
TOO_LONG = "x" * 300  # Xledger takes 255 characters of a name

Publish = Callable[[datetime, int], list[Edit]]


@dataclass(frozen=True)
class Load:
    """`known`: customers that are in Xledger before. `publish` is given when it begins, and a seed. The rivals are
    watched for so long after the last event."""

    name: str
    what: str
    known: int
    publish: Publish
    watched: timedelta = timedelta(hours=72)
    is_random: bool = True  # no two seeds publish the same

    @property
    def names(self) -> Mapping[str, str]:
        """What Xledger holds when it begins, by code."""
        return {code(event): text(event) for event in new_customers(self.known)}


def code(event: Mapping[str, Any]) -> str:
    data = event["data"]
    return str(data.get("projectNumber") or data["customerNumber"])


def text(event: Mapping[str, Any]) -> str:
    return str(event["data"]["name"])


def is_poison(event: Mapping[str, Any]) -> bool:
    """Xledger refuses it whatever is tried."""
    return text(event).endswith(TOO_LONG)


def _bulk_edit(start: datetime, seed: int) -> list[Edit]:
    return edits(5_000, CUSTOMERS, start, timedelta(minutes=10), seed)


def _after_an_outage(start: datetime, seed: int) -> list[Edit]:
    return [Edit(start, each.event) for each in _bulk_edit(start, seed)]


def _onboarding(start: datetime, seed: int) -> list[Edit]:
    return [Edit(start, event) for event in chain(new_customers(2_000), new_projects(3_000, 2_000))]


def _storm(start: datetime, seed: int) -> list[Edit]:
    """Each is saved, and saved again, as it was."""
    random = Random(seed)
    times = sorted(start + timedelta(minutes=10) * random.random() for _ in range(5_000))
    saved = [divmod(number, CUSTOMERS) for number in range(5_000)]
    return [
        Edit(at, customer(n, 2 + turn, f"Kunde {n} AS")) for at, (turn, n) in zip(times, saved, strict=True)
    ]


def _overload(start: datetime, seed: int) -> list[Edit]:
    return edits(PLAN * 14 // 10 * 24, CUSTOMERS, start, timedelta(hours=24), seed)


def _poison(start: datetime, seed: int) -> list[Edit]:
    return [
        _poisoned(each) if (each.event["data"]["id"] % 100) == 50 else each
        for each in _bulk_edit(start, seed)
    ]


def _poisoned(edit: Edit) -> Edit:
    data = edit.event["data"]
    return Edit(edit.at, edit.event | {"data": data | {"name": f"{data['name']} {TOO_LONG}"}})


LOADS = {
    load.name: load
    for load in (
        Load(
            "bulk edit",
            "5,000 edits of 1,500 customers in 10 minutes, 30 % without effect",
            CUSTOMERS,
            _bulk_edit,
        ),
        Load("after an outage", "the same 5,000 edits, all waiting at once", CUSTOMERS, _after_an_outage),
        Load(
            "onboarding",
            "2,000 new customers and 3,000 new projects of theirs at once",
            0,
            _onboarding,
            is_random=False,
        ),
        Load(
            "no-op storm",
            "5,000 saves in 10 minutes with nothing in them that Xledger gets",
            CUSTOMERS,
            _storm,
        ),
        Load("overload", "24 hours of 700 edits an hour, 140 % of the plan", CUSTOMERS, _overload),
        Load(
            "1 % poison",
            "the bulk edit, and Xledger refuses one customer in a hundred for good",
            CUSTOMERS,
            _poison,
        ),
    )
}
