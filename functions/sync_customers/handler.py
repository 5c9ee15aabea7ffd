"""SQS: a wake. Customers of some Xledger token wait to be sent; what else waits under it goes with them."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.sync_token import sync_token
from moment_xledger.observability import watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import answer_wakes
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    use = wire()
    return answer_wakes(
        event,
        use.queue(Kind.CUSTOMER),
        use.queues,
        lambda token, wake_later: sync_token(
            Kind.CUSTOMER, token, use.worker(), use.ask_moment, use.read_moment, wake_later
        ),
    )
