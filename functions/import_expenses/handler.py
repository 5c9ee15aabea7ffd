"""SQS: the clock, or a run that had not time enough, asks for a company's posted costs to be brought to Moment."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.import_expenses import import_expenses
from moment_xledger.observability import logger, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    for record in event["Records"]:  # one at a time
        company = json.loads(record["body"])["company"]
        report = import_expenses(company, wire().importer())
        logger.info("expenses imported", extra={"company": company, "counts": report.summary()})
    return {"batchItemFailures": []}
