"""The loads of the benchmarks: events as Moment would publish them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.twins.world import COMPANY

FIRST_NUMBER = 10_001
WITHOUT_EFFECT = 0.3  # of the edits: saved again in Moment, with nothing in it that Xledger gets


@dataclass(frozen=True)
class Edit:
    at: datetime
    event: dict[str, Any]


def new_customers(count: int) -> Iterator[dict[str, Any]]:
    return (customer(n, 1, f"Kunde {n} AS") for n in range(count))


def new_projects(count: int, customers: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        number = str(FIRST_NUMBER + n % customers)
        data = {"id": 100_000 + n, "version": 1, "projectNumber": f"P{n}", "name": f"Prosjekt {n}"}
        yield _event("project", data | {"customerNumber": number, "active": True})


def edits(count: int, customers: int, start: datetime, period: timedelta, seed: int) -> list[Edit]:
    """Zipf: some customers are edited very often, most now and then. Versions go on from 1."""
    random = Random(seed)
    chosen = random.choices(range(customers), [1 / (rank + 1) for rank in range(customers)], k=count)
    times = sorted(start + period * random.random() for _ in range(count))
    versions, names = [1] * customers, [f"Kunde {n} AS" for n in range(customers)]
    made = []
    for at, n in zip(times, chosen, strict=True):
        versions[n] += 1
        if random.random() >= WITHOUT_EFFECT:
            names[n] = f"Kunde {n} v{versions[n]} AS"
        made.append(Edit(at, customer(n, versions[n], names[n])))
    return made


def customer(n: int, version: int, name: str) -> dict[str, Any]:
    """Every third is a private person; of the others, some share a company."""
    data: dict[str, Any] = {"id": n + 1, "version": version, "customerNumber": str(FIRST_NUMBER + n)}
    if n % 3:
        data |= {"organizationNumber": f"F{n // 2}", "address": {"countryCode": "SE"}}
    return _event("customer", data | {"name": name})


def _event(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{kind}-{data['id']}-{data['version']}",
        "source": "moment",
        "type": f"team.moment.{kind}.saved",
        "time": "2026-11-22T09:00:00Z",
        "momentcompany": COMPANY.id,
        "data": data,
    }
