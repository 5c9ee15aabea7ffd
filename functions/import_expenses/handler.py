"""SQS: the clock, or a run that had not time enough, asks for a company's posted costs to be brought to Moment."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.import_expenses import import_expenses
from moment_xledger.observability import watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import answer_long_wakes
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    return answer_long_wakes(
        event,
        lambda company, go_on: import_expenses(company, wire().importer(go_on)).summary(),
        wire().start_import,
    )
