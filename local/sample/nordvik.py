"""Nordvik Arkitekter AS, the company of the examples: a year of its life up to November 2026."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count

from local.sample.company import Company, Event, event, office_hours
from local.sample.customers import customer
from local.sample.generate import FIRST_DAY, LAST_DAY, finalized, saved_customers, saved_projects
from local.sample.invoices import Document, Series
from local.sample.projects import project

NORDVIK = Company("nordvik", customers=42, projects=60, seed=1905)
SERIES = Series(invoices=120, credit_notes=6)
MORE = 3


def customers() -> list[Event]:
    """The first export of all, then the few whose deliveries tell a story."""
    return [
        *saved_customers(NORDVIK, FIRST_DAY),
        _moved(5, 2, date(2026, 1, 15)),
        _moved(11, 2, date(2026, 2, 9)),
        _moved(11, 2, date(2026, 2, 9)),  # the very same delivery once more
        _moved(5, 3, date(2026, 3, 2)),  # moved on
        _moved(23, 3, date(2026, 5, 20)),
        _moved(23, 2, date(2026, 5, 19)),  # overtaken on its way by the newer version above
    ]


def projects() -> list[Event]:
    """Two of them come to their end during the year."""
    return [
        *saved_projects(NORDVIK, FIRST_DAY),
        _ended(12, date(2026, 6, 30)),
        _ended(18, date(2026, 10, 30)),
    ]


def invoices() -> list[Event]:
    return list(finalized(NORDVIK, SERIES, FIRST_DAY, LAST_DAY))


def more_invoices() -> Iterator[Event]:
    """What is finalized in the days after: the numbers go on."""
    days = office_hours(LAST_DAY + timedelta(days=1), LAST_DAY + timedelta(days=2), MORE)
    for position, when in enumerate(days, start=len(SERIES)):
        yield _finalized(position, when)


def unseen_customer() -> Event:
    """One that is in none of the files above, so that what is spoiled in it is all that is wrong."""
    return event(NORDVIK, "customer", _noon(LAST_DAY), customer(NORDVIK, NORDVIK.customers))


def unseen_invoice() -> Event:
    """The first one after all above that has a KID."""
    later = (_finalized(position, _noon(LAST_DAY)) for position in count(len(SERIES) + MORE))
    return next(invoice for invoice in later if "kid" in invoice["data"])


def _finalized(position: int, when: datetime) -> Event:
    return event(NORDVIK, "invoice", when, Document(NORDVIK, SERIES, position).data(when))


def _moved(n: int, version: int, day: date) -> Event:
    return event(NORDVIK, "customer", _noon(day), customer(NORDVIK, n, version))


def _ended(n: int, day: date) -> Event:
    return event(NORDVIK, "project", _noon(day), project(NORDVIK, n, version=2, closed_on=day))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
