"""A nightly look at Moment's own list of finalized invoices. What never arrived is taken in as if it had, and told;
what was changed since it arrived is told. Drafts are none of our business. What was held back goes if nothing is wrong
with it any more: where invoices leave by mail, no export looks at it.

The cursor moves last, so a night that was not finished is done again by the next one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain.companies import Company, CompanyId, Token
from moment_xledger.domain.errors import Conflict, KeyRefused, Unreachable
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.reconciliation import reach
from moment_xledger.flows.compare_invoices import Comparison, Report
from moment_xledger.flows.mend_counts import mend_counts

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ABOUT_THE_KEY = ("settings", "moment_key")  # as whoever uses the key for mails reports it too


class Moment(Protocol):
    """`adapters.moment_api`, or its twin in tests."""

    def invoice_pages(
        self, company: CompanyId, key: Token, since: datetime
    ) -> Iterator[Sequence[Mapping[str, Any]]]: ...


class Keys(Protocol):
    def moment_key(self, company: Company) -> Token: ...


@dataclass(frozen=True)
class Reconciler:
    """`has_time` says whether another page can still be looked at in this run."""

    ledger: "Ledger"
    vault: Keys
    moment: Moment
    has_time: Callable[[], bool]
    clock: Callable[[], datetime]


class _OutOfTime(Exception):
    pass


def reconcile(company_id: CompanyId, reconciler: Reconciler) -> Report:
    """Where Moment's key is missing or refused, or the time over, the next night begins at the same place; where Moment
    does not answer, another try this night. One that is paused waits for the night after that."""
    report, ledger = Report(), reconciler.ledger
    company = ledger.companies.get_known(company_id)
    if ledger.pauses.now().of(company_id) is None:
        _compare(company, reconciler, report)
        report.mended = mend_counts(company_id, ledger, reconciler.has_time)
    return report


def _compare(company: Company, reconciler: Reconciler, report: Report) -> None:
    try:
        reconciler.ledger.waits.recheck(company.id, reconciler.clock())
        _compare_all(company, reconciler, report)
        reconciler.ledger.problems.close(company.id, [ABOUT_THE_KEY], [Code.MOMENT_KEY_REFUSED])
        report.companies += 1
    except _OutOfTime:
        report.later[company.id] = "out of time"
    except KeyRefused as refused:
        _tell_refused(company, reconciler)
        report.later[company.id] = str(refused)
    except Unreachable as unreachable:
        report.later[company.id], report.again = str(unreachable), True
    except Conflict:
        report.later[company.id], report.again = "somebody else writes at the same time", True


def _compare_all(company: Company, reconciler: Reconciler, report: Report) -> None:
    began, key = reconciler.clock(), reconciler.vault.moment_key(company)
    first_saved = set_up(company, reconciler.ledger)
    run = Comparison(company, reconciler.ledger, reconciler.clock, report, first_saved)
    run.resume()
    since = reach(run.progress, first_saved, began)
    pages = reconciler.moment.invoice_pages(company.id, key, since)
    while True:
        if not reconciler.has_time():
            raise _OutOfTime
        page = next(pages, None)
        if page is None:
            break
        run.compare(page)
    run.finish(began)


def _tell_refused(company: Company, reconciler: Reconciler) -> None:
    now = reconciler.clock()
    told = Problem(company.id, *ABOUT_THE_KEY, Code.MOMENT_KEY_REFUSED, first_seen=now, last_seen=now)
    reconciler.ledger.problems.report([told])


def set_up(company: Company, ledger: "Ledger") -> datetime | None:
    """When the company's settings were first saved here."""
    saved = list(ledger.settings_history.of(company.id))
    return saved[-1].when if saved else None
