"""How many records were carried in each hour, and how many Xledger refused.

Counted in the very transactions that store what came of them, so a record counts once for each answer that is stored:
what a dead worker sent counts when the next one finds it in Xledger. Kept for some weeks, then gone by themselves.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.releases import as_stored

if TYPE_CHECKING:
    from moment_xledger.domain.records import Record

KEPT = timedelta(days=40)
A_DAY = 24  # hours


@dataclass(frozen=True)
class Count:
    carried: int = 0
    refused: int = 0


class Hours:
    def __init__(self, table: Table) -> None:
        self._table = table

    def since(
        self, company: CompanyId, first: datetime, hours: int = A_DAY
    ) -> dict[tuple[datetime, Kind], Count]:
        """From the hour of `first` on: those hours and kinds in which anything was tried."""
        found = self._table.get_many(keys.hours(company, first, hours))
        return {
            _place(sk): Count(int(item.get("carried", 0)), int(item.get("refused", 0)))
            for (_, sk), item in found.items()
        }


def tried(changes: "Iterable[tuple[Record | None, Record]]") -> list[Action]:
    """For the transaction that stores these changes: each ends with what was tried last, if that is new."""
    counts: dict[tuple[CompanyId, str], Counter[str]] = {}
    for old, new in changes:
        if not new.attempts or (old and old.attempts and old.attempts[-1] == new.attempts[-1]):
            continue
        last = new.attempts[-1]
        name = "carried" if last.is_carried else "refused" if last.is_refused else ""
        if name:
            counts.setdefault((new.company, f"HOUR#{keys.hour(last.when)}#{new.kind}"), Counter())[name] += 1
    return [
        Update((keys.company(company), sk), set={"ttl": _gone_by(sk)}, add=count)
        for (company, sk), count in counts.items()
    ]


def _place(sk: str) -> tuple[datetime, Kind]:
    _, hour, kind = sk.split("#")
    return _moment(hour), as_stored(Kind, kind)


def _moment(hour: str) -> datetime:
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def _gone_by(sk: str) -> int:
    return int((_moment(sk.split("#")[1]) + KEPT).timestamp())
