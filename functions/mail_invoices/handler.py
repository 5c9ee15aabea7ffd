"""SQS: a wake. Invoices of some company wait to be mailed to Xledger."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.mail_invoices import mail_invoices
from moment_xledger.observability import watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import answer_company_wakes
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    return answer_company_wakes(event, lambda company: mail_invoices(company, wire().mailer()))
