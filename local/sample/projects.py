"""Projects: the n-th one of a company, running or closed."""

from datetime import date, timedelta
from typing import Any

from local.sample.company import Company
from local.sample.customers import customer_number
from local.sample.words import PROJECTS, SITES

FIRST_ID = 70001
FIRST_NUMBER = 1001
FIRST_START = date(2023, 1, 9)
STARTS_SPREAD = 1000  # days: the newest starts in the autumn of 2025, before the first invoice of the sample
CLOSED = date(2025, 11, 14)


def project_number(n: int) -> str:
    return f"P-{FIRST_NUMBER + n}"


def client(company: Company, n: int) -> int | None:
    """Whose project it is. Every eighth is the company's own: a competition, a study."""
    return None if n % 8 == 7 else company.dice("client", n).below(company.customers)


def is_closed(n: int) -> bool:
    return n % 9 == 4


def project(company: Company, n: int, version: int = 1, closed_on: date | None = None) -> dict[str, Any]:
    """Older projects have lower numbers. Some say when they end, and what is closed is not active."""
    start = FIRST_START + timedelta(days=n * STARTS_SPREAD // company.projects)
    end = closed_on or (CLOSED if is_closed(n) else _planned_end(start, n))
    customer = client(company, n)
    return {
        "id": FIRST_ID + n,
        "version": version,
        "projectNumber": project_number(n),
        "name": _name(n),
        **({"customerNumber": customer_number(customer)} if customer is not None else {}),
        "startDate": start.isoformat(),
        **({"endDate": end.isoformat()} if end else {}),
        "active": closed_on is None and not is_closed(n),
    }


def _name(n: int) -> str:
    """No name comes twice before every work has been done at every site."""
    times_round, work = divmod(n, len(PROJECTS))
    return f"{PROJECTS[work]}, {SITES[(n + 3 * times_round) % len(SITES)]}"


def _planned_end(start: date, n: int) -> date | None:
    return start + timedelta(days=1500) if n % 3 == 0 else None
