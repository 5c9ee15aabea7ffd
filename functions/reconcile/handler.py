"""SQS: every night, of a company: takes in what Moment finalized and never published, or what was lost on the way."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.reconcile import reconcile
from moment_xledger.observability import Signal, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import Outcome, answer_jobs
from moment_xledger.wiring import Wiring, time_for

wire = cache(Wiring)

ENOUGH = 60_000  # milliseconds: an answer that takes its time, and a page of invoices taken in


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    def compare(company: str) -> Outcome:
        report = reconcile(CompanyId(company), wire().reconciler(time_for(ENOUGH, context)))
        publish({Signal.INVOICES_DIFFER: report.differences, Signal.NOT_COMPARED: len(report.later)})
        return Outcome(report.summary(), is_done=not report.again)

    return answer_jobs(event, ScheduledRun.RECONCILE, wire().ledger, compare)
