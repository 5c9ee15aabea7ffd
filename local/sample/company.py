"""A company in Moment, and the envelope its records travel in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from local.sample.dice import Dice

Event = dict[str, Any]

OFFICE_OPENS = time(7, tzinfo=UTC)  # so that the date is the same in UTC and in Norway
OFFICE_SECONDS = 8 * 3600
VERBS = {"customer": "saved", "project": "saved", "invoice": "finalized"}


@dataclass(frozen=True)
class Company:
    """`name` is the CloudEvents attribute momentcompany; the counts say which records others may refer to."""

    name: str
    customers: int
    projects: int
    seed: int

    def __post_init__(self) -> None:
        if self.customers < 1 and self.projects > 0:
            raise ValueError("Projects need at least one customer.")

    def dice(self, kind: str, *key: int) -> Dice:
        return Dice(f"{self.seed}/{self.name}/{kind}/{'/'.join(map(str, key))}")


def event(company: Company, kind: str, when: datetime, data: dict[str, Any]) -> Event:
    """One save of one record: the same record and version always has the same id."""
    identity = company.dice(f"event/{kind}", data["id"], data["version"]).below(1 << 128)
    return {
        "specversion": "1.0",
        "id": f"{identity:032x}",
        "source": "moment",
        "type": f"team.moment.{kind}.{VERBS[kind]}",
        "time": when.isoformat().replace("+00:00", "Z"),
        "subject": f"{kind}s/{data['id']}",
        "momentcompany": company.name,
        "datacontenttype": "application/json",
        "data": data,
    }


def office_hours(first: date, last: date, count: int) -> Iterator[datetime]:
    """`count` instants in order, spread evenly over the weekdays from first to last."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    mornings = [datetime.combine(day, OFFICE_OPENS) for day in days if day.weekday() < 5]
    for n in range(count):
        nth, rest = divmod(n * len(mornings), count)
        yield mornings[nth] + timedelta(seconds=OFFICE_SECONDS * rest // count)
