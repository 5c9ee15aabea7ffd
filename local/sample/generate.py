"""A company of any size, one event at a time: a million of them take no more memory than ten."""

from collections.abc import Iterator
from datetime import date, timedelta

from local.sample.company import Company, Event, event, office_hours
from local.sample.customers import customer
from local.sample.invoices import Document, Series
from local.sample.projects import project

FIRST_DAY = date(2025, 12, 1)
LAST_DAY = date(2026, 11, 18)
SWITCHED_ON = timedelta(
    weeks=1
)  # before the first invoice, when all customers and projects come for the first time


def generate(
    company: str,
    customers: int,
    projects: int,
    invoices: int,
    credit_notes: int,
    seed: int,
    *,
    edits: int = 0,
    first: date = FIRST_DAY,
    last: date = LAST_DAY,
) -> Iterator[Event]:
    """
    Every customer, every project, `edits` later saves of the customers in turn, then the invoices.

    The same arguments give the same events, byte for byte, on every machine. Records have the same numbers in
    every company.
    """
    owner = Company(company, customers, projects, seed)
    yield from saved_customers(owner, first)
    yield from saved_projects(owner, first)
    yield from edited_customers(owner, edits, first, last)
    yield from finalized(owner, Series(invoices, credit_notes), first, last)


def saved_customers(company: Company, first: date) -> Iterator[Event]:
    for n, when in enumerate(office_hours(first - SWITCHED_ON, first - timedelta(days=1), company.customers)):
        yield event(company, "customer", when, customer(company, n))


def saved_projects(company: Company, first: date) -> Iterator[Event]:
    for n, when in enumerate(office_hours(first - SWITCHED_ON, first - timedelta(days=1), company.projects)):
        yield event(company, "project", when, project(company, n))


def edited_customers(company: Company, edits: int, first: date, last: date) -> Iterator[Event]:
    for nth, when in enumerate(office_hours(first, last, edits)):
        times_round, n = divmod(nth, company.customers)
        yield event(company, "customer", when, customer(company, n, version=2 + times_round))


def finalized(company: Company, series: Series, first: date, last: date) -> Iterator[Event]:
    for position, when in enumerate(office_hours(first, last, len(series))):
        yield event(company, "invoice", when, Document(company, series, position).data(when))
