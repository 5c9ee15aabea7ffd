"""SQS: a company may have something to be told: at once, or twice on a working day."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.send_notices import send_notices
from moment_xledger.observability import Signal, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import Outcome, answer_jobs
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    def tell(company: str) -> Outcome:
        report = send_notices(CompanyId(company), wire().notifier())
        sent = report.urgent + report.digests
        publish({Signal.NOTICES_SENT: sent, Signal.NOTICES_DELAYED: len(report.delayed) + report.unverified})
        return Outcome(report.summary())

    return answer_jobs(event, ScheduledRun.NOTICES, wire().ledger, tell)
