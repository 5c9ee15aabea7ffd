"""What the functions behind queues have in common: a wake says only that there is work, for an Xledger token whose
records are carried, or for a company. A job is what the clock starts for one company or token."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from moment_xledger.adapters.queues import BatchAnswer, Queues
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import CompanyGone, GateClosed, Why
from moment_xledger.domain.scheduled_runs import HOUR, NIGHT, ScheduledRun
from moment_xledger.observability import Signal, log_failure, logger, publish
from moment_xledger.wiring import now

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.flows.outcomes import Report
    from moment_xledger.flows.sync_token import WakeLater

Name = TypeVar("Name", bound=str)

# Wakes that were each sent by the run that the one before had woken. Lambda would stop such a function at about the
# sixteenth, and put the message among the dead letters. The template tells it not to (RecursiveLoop), since this is the
# bound: where a chain of ours ends, the sweep goes on.
LONGEST_CHAIN = 10


class PartialBatch:
    """Messages that are dealt with piece by piece: what goes wrong with one piece is logged, its messages come back,
    and the others are done. Where nothing could be done, the function fails, so that it counts as failed."""

    def __init__(self, event: dict[str, Any]) -> None:
        self._ids = [str(record["messageId"]) for record in event["Records"]]
        self._back: dict[str, None] = {}
        self._error: Exception | None = None

    @contextmanager
    def apart(self, ids: Iterable[str]) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- whatever it is, it must not stop the others
            log_failure(error)
            self._error = error
            self._back |= dict.fromkeys(ids)

    def answer(self, later: Iterable[str] = ()) -> BatchAnswer:
        """With those that come back; `later` are those for which there was no time."""
        publish({Signal.MESSAGES_PUT_BACK: len(self._back)})
        back = self._back | dict.fromkeys(later)
        if self._error and len(back) == len(self._ids):
            raise self._error
        return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in back]}


@contextmanager
def dropped_if_gone(company: str) -> Iterator[None]:
    """A message for a company that has left is done with, and nothing is written for it."""
    try:
        yield
    except CompanyGone:
        logger.info("company is gone", extra={"company": company})


def answer_company_wakes(
    event: dict[str, Any], work: Callable[[CompanyId], Mapping[Name, int]]
) -> BatchAnswer:
    """`work` returns what became of how many; what it cannot finish, it leaves due in the ledger, so only a failure
    brings a wake back."""
    for record in event["Records"]:
        company = CompanyId(json.loads(record["body"])["company"])
        with dropped_if_gone(company):
            logger.info("company served", extra={"company": company, "counts": dict(work(company))})
    return {"batchItemFailures": []}


def answer_long_wakes(
    event: dict[str, Any],
    work: Callable[[CompanyId, Callable[[CompanyId], None]], Mapping[Name, int]],
    wake: Callable[[CompanyId, int], None],
) -> BatchAnswer:
    """As `answer_company_wakes`, for work that one call may not finish: it is also given what starts another. `wake` is
    told the place in the chain."""
    for record in event["Records"]:
        go_on = partial(_go_on, wake, int(json.loads(record["body"]).get("chain", 0)))
        answer_company_wakes({"Records": [record]}, partial(_work, work, go_on))
    return {"batchItemFailures": []}


def _work(work: Callable[..., Mapping[Name, int]], go_on: object, company: CompanyId) -> Mapping[Name, int]:
    return work(company, go_on)


def _go_on(wake: Callable[[CompanyId, int], None], chain: int, company: CompanyId) -> None:
    if chain < LONGEST_CHAIN:
        wake(company, chain + 1)


def answer_wakes(
    event: dict[str, Any], queue: str, queues: Queues, carry: "Callable[[TokenId, WakeLater | None], Report]"
) -> BatchAnswer:
    """A wake whose gate is closed for want of credits goes back to its queue until the gate opens, unless SQS has
    hidden it for as long as it may.

    In all other cases it is done with: the run that holds the token carries the work, or the sweeper wakes again. So a
    wake cannot wear out its receives by waiting, and a lost one costs a minute.
    """
    put_back: list[tuple[dict[str, Any], datetime]] = []
    for record in event["Records"]:
        wake = json.loads(record["body"])
        token, chain = TokenId(wake["token"]), int(wake.get("chain", 0))
        wake_later = partial(_wake_later, queue, queues, token, chain + 1) if chain < LONGEST_CHAIN else None
        try:
            counts = carry(token, wake_later).summary()
            logger.info("carried", extra={"token_id": token, "counts": counts})
        except GateClosed as closed:
            logger.info(
                "gate closed", extra={"token_id": token, "why": closed.why, "until": closed.until.isoformat()}
            )
            if closed.why is Why.CREDITS:
                put_back.append((record, closed.until))
    kept = [  # last, so that a short wait cannot run out while others are carried
        record for record, until in put_back if queues.put_back(queue, record["receiptHandle"], until, now())
    ]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in kept]}


def _wake_later(queue: str, queues: Queues, token: TokenId, chain: int, delay: timedelta) -> None:
    queues.send(queue, {"token": token, "chain": chain}, group=token, delay=delay)


def answer_jobs(
    event: dict[str, Any],
    run: ScheduledRun,
    ledger: "Ledger",
    work: Callable[[str], "Outcome"],
    put_back: Callable[[str, datetime], bool] = lambda receipt, until: False,
) -> BatchAnswer:
    """`work` is given the company, or the token. A job that comes again, for a time that is done with, is passed over.
    One whose gate is closed is put back, if it opens within the night; what is left undone is queued again by a check.

    An event without messages is a schedule's of the release before, or somebody's by hand: the run is asked for.
    """
    if "Records" not in event:
        ledger.scheduled_runs.ask(run, now())
    kept = []
    for record in event.get("Records", ()):
        job = Job(json.loads(record["body"]), run, ledger)
        try:
            with dropped_if_gone(job.subject):
                if not job.is_done():
                    outcome = work(job.subject)
                    logger.info("job done", extra={**job.named, "run": run, "counts": dict(outcome.counts)})
                    job.note_done(outcome)
        except GateClosed as closed:
            logger.info(
                "gate closed", extra={**job.named, "why": closed.why, "until": closed.until.isoformat()}
            )
            again = _worth_trying(closed)
            if closed.why is Why.AUTH:  # its people are told
                job.note_done()
            elif again < (job.time or now()) + NIGHT and put_back(record["receiptHandle"], again):
                kept.append(record)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in kept]}


def _worth_trying(closed: GateClosed) -> datetime:
    """Where our own count is used up, the gate opens for the first request that is an hour old. A job that began again
    for each of these would spend all of them on its beginning, and never come further."""
    return max(closed.until, now() + HOUR) if closed.why is Why.ALLOWANCE else closed.until


@dataclass(frozen=True)
class Outcome:
    """`is_done`: whether this was all that can be done for this time."""

    counts: Mapping[str, Any]
    is_done: bool = True


DONE = Outcome({})


class Job:
    """What a message of a scheduled run says. One without a time is neither passed over nor noted."""

    def __init__(self, body: Mapping[str, Any], run: ScheduledRun, ledger: "Ledger") -> None:
        self.subject = str(body.get("company") or body["token"])
        self.named = {"company": self.subject} if "company" in body else {"token_id": self.subject}
        self.time = datetime.fromisoformat(body["time"]) if body.get("time") else None
        self._run, self._runs = run, ledger.scheduled_runs

    def is_done(self) -> bool:
        if self.time is None:
            return False
        done = self._runs.done(self._run, [self.subject]).get(self.subject)
        return done is not None and done >= self.time

    def note_done(self, outcome: Outcome = DONE) -> None:
        if self.time and outcome.is_done:
            self._runs.note_done(self._run, self.subject, self.time)
