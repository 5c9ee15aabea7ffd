"""What is measured: for each function, what there is more and more of, and what may follow from that.

To add one, write how a site comes to have `n` of it, and what is then done and counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from local.bench.scale.site import Site
from local.sample.company import Company, event
from local.sample.customers import customer
from local.sample.generate import FIRST_DAY, LAST_DAY, finalized
from local.sample.invoices import Series
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate

Work = Callable[[], None]
SOON = timedelta(minutes=30)
ANOTHER = 7  # a customer of whom there is nothing else


class Growth(Enum):
    """How the whole cost may grow with `n`; what one call of a function costs is bounded in any case."""

    NONE = "none"
    LINEAR = "linear"


@dataclass(frozen=True)
class Case:
    """`what` begins with the function and says what there are `first`, ten and a hundred times `first` of. `few` is a
    number at which a test soon sees how it grows. `growth`: what is promised; None where nothing is yet."""

    what: str
    first: int
    few: int
    site: Callable[[int], tuple[Site, Work]]
    growth: Growth | None = None


def _held_beside(count: int) -> tuple[Site, Work]:
    """Invoices of one customer, of whom nothing has come; then another customer is saved."""
    site = Site()
    with site.running():
        site.receive(_invoices(site, count))
        site.work()
    return site, lambda: site.receive([_customer(site, ANOTHER)])


def _held_and_released(count: int) -> tuple[Site, Work]:
    """The same invoices; then their customer is saved."""
    site = Site()
    with site.running():
        site.receive(_invoices(site, count))
        site.work()

    def work() -> None:
        site.receive([_customer(site, 0)])
        site.run()
        _check(
            "invoices held", len(_looked_at(site, lambda: site.ledger.invoices.held(site.companies[0].id))), 0
        )

    return site, work


def _gates_closed(count: int) -> tuple[Site, Work]:
    site = Site(count)
    with site.running():
        site.receive(_customer(site, 0, n) for n in range(count))
    for queue in site.queues.values():
        queue.waiting.clear()
    until = site.scheduler.now + SOON
    for company in site.companies:
        site.ledger.gates.save(company.token_id, Gate(closed_until=until, closed_why=Why.CREDITS))
    return site, lambda: site.call("sweep")


def _gates_closed_and_measured(count: int) -> tuple[Site, Work]:
    site, _ = _gates_closed(count)
    return site, lambda: site.call("measure_work")


def _tokens_woken(count: int) -> tuple[Site, Work]:
    """All may go, and their wakes are lost."""
    site, _ = _gates_closed(count)
    site.later(SOON)
    return site, lambda: site.call("sweep")


def _exports_started(count: int) -> tuple[Site, Work]:
    site = Site(count)
    return site, lambda: site.call("start_runs", {"run": "exports"})


def _imports_started(count: int) -> tuple[Site, Work]:
    site = Site(count, import_expenses=True)
    return site, lambda: site.call("start_runs", {"run": "expenses"})


def _notices(count: int) -> tuple[Site, Work]:
    site = Site(count)
    return site, lambda: _start(site, "notices")


def _numbers_guarded(count: int) -> tuple[Site, Work]:
    """Of companies with a customer each, which were compared the night before."""
    site = Site(count)
    with site.running():
        site.receive(_customer(site, 0, n) for n in range(count))
        site.work()
        _start(site, "numbers")
    site.later(timedelta(days=1))
    return site, lambda: _start(site, "numbers")


def _reconciled(count: int) -> tuple[Site, Work]:
    site = Site(count)
    return site, lambda: _start(site, "reconcile")


def _start(site: Site, run: str) -> None:
    """All jobs of a run, as the clock queues them."""
    site.call("start_runs", {"run": run})
    site.work()


def _projects_wait(count: int) -> tuple[Site, Work]:
    """Projects come before their customers, ten for each; then the customers do, and all goes to Xledger."""
    site = Site()
    customers = max(1, count // 10)
    with site.running():
        site.receive(_project(site, n, n % customers) for n in range(count))
        site.work()

    def work() -> None:
        site.receive(_customer(site, n) for n in range(customers))
        site.run()
        _check("projects in Xledger", len(site.server.seen()["projects"]), count)

    return site, work


def _exported(count: int) -> tuple[Site, Work]:
    site = Site()
    with site.running():
        site.receive([_customer(site, 0)])
        site.work()
        site.receive(_invoices(site, count))
        site.work()
        site.call("start_runs", {"run": "exports"})
    return site, site.work


CASES: Sequence[Case] = (
    Case("receive_events: one customer, beside n invoices held", 100, 10, _held_beside, Growth.NONE),
    Case(
        "receive_events: a customer for whom n invoices wait, until they may go",
        100,
        10,
        _held_and_released,
        Growth.LINEAR,
    ),
    Case("sweep: n tokens, all closed", 100, 10, _gates_closed, Growth.LINEAR),
    Case("sweep: n tokens that may go", 100, 10, _tokens_woken, Growth.LINEAR),
    Case("measure_work: n tokens, all closed", 100, 10, _gates_closed_and_measured, Growth.LINEAR),
    Case("start_runs: exports of n companies", 100, 10, _exports_started, Growth.LINEAR),
    Case("start_runs: expenses of n companies", 100, 10, _imports_started, Growth.LINEAR),
    Case("send_notices: n companies with nothing to tell", 100, 10, _notices, Growth.LINEAR),
    Case("guard_numbers: n tokens, a customer each", 10, 3, _numbers_guarded, Growth.LINEAR),
    Case("reconcile: n companies", 10, 3, _reconciled, Growth.LINEAR),
    Case("sync_projects: n that waited for their customers", 1_000, 20, _projects_wait, Growth.LINEAR),
    Case("export_invoices: n invoices", 100, 20, _exported, Growth.LINEAR),
)


def _looked_at(site: Site, look: Callable[[], Iterable[Any]]) -> list[Any]:
    with site.table.unbilled():
        return list(look())


def _check(what: str, found: int, wanted: int) -> None:
    """A case that did not come to its end says nothing."""
    if found != wanted:
        raise RuntimeError(f"{what}: {found:,}, not {wanted:,}")


def _owner(site: Site, n: int = 0, customers: int = 1, projects: int = 0) -> Company:
    return Company(site.companies[n].id, customers, projects, seed=1)


def saved_customer(site: Site, of: int) -> dict[str, Any]:
    """The first of this company."""
    return _customer(site, 0, of)


def _customer(site: Site, number: int, of: int = 0) -> dict[str, Any]:
    owner = _owner(site, of)
    return event(owner, "customer", site.scheduler.now, customer(owner, number))


def _project(site: Site, n: int, of_customer: int) -> dict[str, Any]:
    owner = _owner(site)
    data = {
        "id": 100_000 + n,
        "version": 1,
        "projectNumber": f"P{n}",
        "name": f"Prosjekt {n}",
        "customerNumber": customer(owner, of_customer)["customerNumber"],
        "active": True,
    }
    return event(owner, "project", site.scheduler.now, data)


def _invoices(site: Site, count: int) -> Iterator[dict[str, Any]]:
    """All of the first customer."""
    return finalized(_owner(site), Series(count, 0), FIRST_DAY, LAST_DAY)
