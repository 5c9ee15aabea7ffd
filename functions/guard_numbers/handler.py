"""SQS: every night, of a token: looks whether numbers that Moment gave were changed in Xledger."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.guard_numbers import guard_numbers
from moment_xledger.observability import watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import Outcome, answer_jobs
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    def guard(token: str) -> Outcome:
        return Outcome(guard_numbers(TokenId(token), wire().guard()).summary())

    return answer_jobs(event, ScheduledRun.NUMBERS, wire().ledger, guard, wire().put_back_guard)
