"""How much has been asked, by whom it is not known: in all, by operation and by minute."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

MINUTE = "%Y-%m-%dT%H:%MZ"


class Counts:
    def __init__(self) -> None:
        self._total = 0
        self._refused = 0
        self._by_operation: Counter[str] = Counter()
        self._by_minute: dict[str, Counter[str]] = {}

    def asked(self, operation: str, now: datetime) -> None:
        self._total += 1
        self._by_operation[operation] += 1
        self._in(now)["total"] += 1

    def refused(self, now: datetime) -> None:
        self._refused += 1
        self._in(now)["refused"] += 1

    def _in(self, now: datetime) -> Counter[str]:
        return self._by_minute.setdefault(now.astimezone(UTC).strftime(MINUTE), Counter(total=0, refused=0))

    def shown(self) -> dict[str, Any]:
        by_operation = dict(sorted(self._by_operation.items()))
        by_minute = {minute: dict(counted) for minute, counted in self._by_minute.items()}
        totals = {"total": self._total, "refused": self._refused}
        return totals | {"by_operation": by_operation, "by_minute": by_minute}
