"""EventBridge, every minute: queues a job for each company or token when its time comes.

With `{"run": "exports"}`, or another of them, that run is started now.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.start_runs import Report, Starter, start_looks, start_run
from moment_xledger.observability import Signal, log_failure, logger, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wiring import Wiring, now, time_for

wire = cache(Wiring)

A_PAGE = 15_000  # milliseconds: for another page of companies
Start = Callable[[Starter, Report], None]


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if asked := event.get("run"):
        wire().ledger.scheduled_runs.ask(ScheduledRun(asked), now())
    report, starter = Report(), wire().starter(time_for(A_PAGE, context))
    runs: list[Start] = [partial(start_run, run) for run in ScheduledRun if asked in (None, run)]
    failures = [error for start in (*runs, start_looks) if (error := _failure(start, starter, report))]
    logger.info("runs started", extra={"counts": report.summary()})
    if report.expiring is not None:
        publish({Signal.TOKENS_EXPIRE: report.expiring})
    if failures:
        raise failures[0]
    return report.summary()


def _failure(start: Start, starter: Starter, report: Report) -> Exception | None:
    """One run that cannot be started stops no other."""
    try:
        start(starter, report)
    except Exception as error:  # noqa: BLE001 -- raised by the handler when the others are started
        log_failure(error)
        return error
    return None
