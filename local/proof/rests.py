"""An operator stops the work of a company, or of all, and lets it go on; and what must not leave meanwhile."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local.proof.post import INVOICE
from local.proof.scheduling import Scheduler
from local.proof.slowness import SlowDown
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.flows.pause_work import pause_work, resume_work

if TYPE_CHECKING:
    from local.proof.stage import Stage

OPERATOR = "Siv"
A_MINUTE = timedelta(minutes=1)
STILL_LEAVES = timedelta(minutes=10)  # what was begun before, by workers that stand still


@dataclass
class Rest:
    """Of all where no company is named. From when the operator was told so, until they say that it is over."""

    company: CompanyId | None
    begun: datetime
    over: datetime | None = None

    def holds(self, company: str, at: datetime) -> bool:
        is_within = self.begun + STILL_LEAVES < at and (self.over is None or at < self.over)
        return self.company in (None, company) and is_within


@dataclass
class Operator:
    """Whoever sees an error tries again."""

    ledger: Ledger
    scheduler: Scheduler
    rests: list[Rest]

    def rest(self, company: CompanyId | None, length: timedelta) -> None:
        def pause() -> None:
            pause_work(company, OPERATOR, "maintenance", self.ledger, self.scheduler.now)
            rest = Rest(company, self.scheduler.now)
            self.rests.append(rest)
            self.scheduler.later(length, lambda: self._go_on(rest))

        self._insist(pause)

    def _go_on(self, rest: Rest) -> None:
        rest.over = self.scheduler.now
        self._insist(lambda: resume_work(rest.company, OPERATOR, self.ledger, self.scheduler.now))

    def _insist(self, work: Callable[[], object]) -> None:
        done: list[bool] = []

        def attempt() -> None:
            with suppress(SlowDown):
                work()
                done.append(True)

        task = self.scheduler.start("operator", attempt)

        def look() -> None:
            if not task.is_over:
                self.scheduler.later(A_MINUTE, look)
            elif not done:
                self._insist(work)

        self.scheduler.later(A_MINUTE, look)


def wrong_in_rests(stage: "Stage") -> Iterator[str]:
    """No mail, no export and no write to Xledger is begun for whoever rests."""
    for rest in stage.rests:
        for what, whose, at in _left(stage):
            if rest.holds(whose, at):
                yield f"{what} of {whose} left while its work was paused"
        for request in stage.network.requests if rest.company is None else ():
            if request.writes and rest.holds("", request.journey.sent):
                yield f"{request.journey.operation} was sent while all work was paused"


def _left(stage: "Stage") -> Iterator[tuple[str, str, datetime]]:
    for mail in stage.post.mails:
        if INVOICE in mail.message:
            whose, number, _ = str(mail.message[INVOICE]).split(".")
            yield f"invoice {number}", whose, mail.at
    for company in stage.story.companies:
        for name, _ in stage.csv_files(company.id):
            slip = json.loads(stage.bucket.files[name.removesuffix(".csv") + ".json"])
            yield f"export {slip['export']}", company.id, datetime.fromisoformat(slip["created"])
