"""What is due, by the sparse index: read to find work, never to decide anything."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import DueKey, Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.releases import are_known

# How the sort keys of companies' own work begin, and what has to be done there.
_OF_COMPANIES = {
    "XSTATE": "exports",
    "TELL": "exports",
    "ORDER": "exports",
    "XMAIL": "mails",
    "HEAD": "mails",
    "SEND": "uploads",
    "IMP": "expenses",
    "XHELD": "held",
}


@dataclass(frozen=True)
class Work:
    """For each token and kind with something to send, the companies that have it; companies with an export that was not
    finished, not told of, or not begun in its time; companies with invoices to mail, with files to upload, with an
    import of expenses that did not come to its end, and with held invoices to look at."""

    records: Mapping[tuple[TokenId, Kind], tuple[CompanyId, ...]] = field(default_factory=dict)
    exports: tuple[CompanyId, ...] = ()
    mails: tuple[CompanyId, ...] = ()
    uploads: tuple[CompanyId, ...] = ()
    expenses: tuple[CompanyId, ...] = ()
    held: tuple[CompanyId, ...] = ()


class Due:
    def __init__(self, table: Table) -> None:
        self._table = table

    def until(self, now: datetime, *, begin: int = 0, has_time: Callable[[], bool] = lambda: True) -> Work:
        """Each once; what has been due for longest comes first in its shard.

        Where there is no time for all shards, those from the number `begin` on are read."""
        return _work(self._entries(now, begin, has_time))

    def until_and_before(self, now: datetime, earlier: datetime, *, begin: int = 0) -> tuple[Work, Work]:
        """What is due, and what of it was due `earlier`, by one look."""
        entries = list(self._entries(now, begin, lambda: True))
        return _work(entries), _work(each for each in entries if each[2] <= keys.stamp(earlier))

    def _entries(self, now: datetime, begin: int, has_time: Callable[[], bool]) -> Iterator[DueKey]:
        for n in range(len(keys.SHARDS)):
            if not has_time():
                return
            yield from self._table.due(keys.SHARDS[(begin + n) % len(keys.SHARDS)], keys.stamp(now))


def _work(entries: Iterable[DueKey]) -> Work:
    records: dict[tuple[TokenId, Kind], dict[CompanyId, None]] = {}
    companies: dict[str, dict[CompanyId, None]] = {name: {} for name in _OF_COMPANIES.values()}
    for pk, sk, _ in entries:
        what, *more = sk.split("#", 2)
        if what == "WORK":
            if are_known(Kind, more[:1]):
                line = records.setdefault((TokenId(pk.removeprefix("CRED#")), Kind(more[0])), {})
                line[CompanyId(more[1])] = None
        elif what in _OF_COMPANIES:  # else it is for a newer release than this one
            company = CompanyId(pk.removeprefix("T#").removesuffix("#INV"))
            companies[_OF_COMPANIES[what]][company] = None
    return Work(
        {line: tuple(its) for line, its in records.items()},
        **{name: tuple(its) for name, its in companies.items()},
    )
