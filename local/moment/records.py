"""What Moment knows: the newest version of each record, by company and resource."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

RESOURCES = ("customers", "projects", "invoices", "expenses")
PUBLISHED = {
    "team.moment.customer.saved": "customers",
    "team.moment.project.saved": "projects",
    "team.moment.invoice.finalized": "invoices",
}
FIRST_EXPENSE_ID = 500_001

Record = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    record: Record
    created: datetime
    modified: datetime


class Moment:
    """Fed with published events; many threads may ask and write."""

    def __init__(
        self, events: Iterable[Record] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._stored: dict[tuple[str, str], dict[int, Stored]] = {}
        self._now = now
        self._lock = threading.Lock()
        self._next_expense = FIRST_EXPENSE_ID
        for event in events:
            self.take(event)

    def take(self, event: Record) -> bool:
        """Whether it brought something new. Another type of event than the three is a ValueError."""
        resource = PUBLISHED.get(event["type"])
        if resource is None:
            raise ValueError(f"Moment publishes no {event['type']}.")
        return self._keep(
            event["momentcompany"], resource, event["data"], datetime.fromisoformat(event["time"])
        )

    def every(self, company: str, resource: str) -> list[Stored]:
        with self._lock:
            return list(self._stored.get((company, resource), {}).values())

    def get(self, company: str, resource: str, record_id: int) -> Record | None:
        with self._lock:
            found = self._stored.get((company, resource), {}).get(record_id)
        return found.record if found else None

    def numbered(self, company: str, project_number: str) -> int | None:
        """The id of the project with that number."""
        projects = (stored.record for stored in self.every(company, "projects"))
        return next((each["id"] for each in projects if each["projectNumber"] == project_number), None)

    def add_expense(self, company: str, content: Record) -> Record:
        with self._lock:
            record = {"id": self._next_expense, "version": 1, **content}
            self._next_expense += 1
        self._keep(company, "expenses", record, self._now())
        return record

    def change_expense(self, company: str, old: Record, content: Record) -> Record:
        record = {**content, "id": old["id"], "version": old["version"] + 1}
        self._keep(company, "expenses", record, self._now())
        return record

    def put_on_invoice(self, company: str, expense_id: int, invoice_id: int) -> None:
        """What a project manager does."""
        old = self.get(company, "expenses", expense_id)
        if old is None:
            raise KeyError(expense_id)
        self.change_expense(company, old, {**old, "invoiceId": invoice_id})

    def state(self, resource: str) -> Iterator[Record]:
        """All records of all companies, each with its company."""
        with self._lock:
            shelves = [
                (key[0], list(shelf.values())) for key, shelf in self._stored.items() if key[1] == resource
            ]
        for company, shelf in shelves:
            yield from ({"company": company, **stored.record} for stored in shelf)

    def _keep(self, company: str, resource: str, record: Record, when: datetime) -> bool:
        with self._lock:
            shelf = self._stored.setdefault((company, resource), {})
            known = shelf.get(record["id"])
            if known and known.record["version"] >= record["version"]:
                return False
            shelf[record["id"]] = Stored(record, known.created if known else when, when)
            return True
