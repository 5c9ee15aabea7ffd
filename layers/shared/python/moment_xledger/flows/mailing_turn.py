"""The right to mail a company's invoices, or to import its expenses, for a while; checked on the holder's own clock
just before each mail or request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from moment_xledger.domain.companies import CompanyId

TURN = timedelta(seconds=120)


class Turns(Protocol):
    """`ledger.mails` or `ledger.expenses`."""

    def take_turn(self, company: CompanyId, worker: str, now: datetime, until: datetime) -> bool: ...


class Turn:
    """`worker` is a name that was never given before: a turn that outlived its worker is nobody's."""

    def __init__(self, company: CompanyId, worker: str, turns: Turns, clock: Callable[[], datetime]) -> None:
        self._company = company
        self.worker = worker
        self._turns = turns
        self._clock = clock
        self._until: datetime | None = None

    def take(self) -> bool:
        """Counts from before it was asked for, so that ours is never longer than what others see."""
        now = self._clock()
        taken = self._turns.take_turn(self._company, self.worker, now, now + TURN)
        self._until = now + TURN if taken else None
        return taken

    def lasts(self, needed: timedelta) -> bool:
        return self._until is not None and self._clock() + needed <= self._until

    def hold(self, needed: timedelta) -> bool:
        """Lengthened where it would run out before."""
        return self.lasts(needed) or self.take()
