"""One sweep, of which each wake is told at once: its queues are always empty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.sweep import Lanes, Swept, sweep


@dataclass(frozen=True)
class _Lane:
    wake_one: Callable[[Any], None]

    def waiting(self) -> int:
        return 0

    def wake(self, names: Sequence[str]) -> int:
        for name in names:
            self.wake_one(name)
        return len(names)


def _nobody(name: str) -> None:
    """Is told of it."""


def sweep_once(
    ledger: Ledger,
    now: datetime,
    *,
    records: Callable[[Kind, TokenId], None] = lambda kind, token: None,
    exports: Callable[[CompanyId], None] = _nobody,
    mails: Callable[[CompanyId], None] = _nobody,
    uploads: Callable[[CompanyId], None] = _nobody,
    expenses: Callable[[CompanyId], None] = _nobody,
    held: Callable[[CompanyId], None] = _nobody,
) -> Swept:
    """Raises what failed on the way, as the function does."""
    of_records = {kind: _Lane(partial(records, kind)) for kind in Kind}
    lanes = Lanes(of_records, *map(_Lane, (exports, mails, uploads, expenses, held)))
    swept = sweep(ledger, lanes, now, Random(now.minute).shuffle, lambda: True)
    if swept.failures:
        raise swept.failures[0]
    return swept
