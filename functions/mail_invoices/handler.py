"""SQS: a wake. Invoices of some company wait to be mailed to Xledger."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.mail_invoices import mail_invoices
from moment_xledger.observability import logger, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    for record in event["Records"]:  # one at a time
        company = json.loads(record["body"])["company"]
        counts = mail_invoices(company, wire().mailer())
        logger.info("mailed", extra={"company": company, "counts": dict(counts)})
    return {"batchItemFailures": []}
