"""SQS: somebody, or the clock, asks for an export of a company's invoices; or the sweeper, for what was left undone."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.export_invoices import export_invoices
from moment_xledger.flows.tell_accountant import tell_accountant
from moment_xledger.wiring import Wiring

logger = Logger()
wire = cache(Wiring)


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    for record in event["Records"]:  # one at a time
        job = json.loads(record["body"])
        export = export_invoices(
            job["company"], job["request"], job["by"], wire().exporter(), job.get("repeats")
        )
        made = {"export": export.number, "invoices": export.invoices} if export else {"invoices": 0}
        logger.info("exported", extra={"company": job["company"], "counts": made})
        told = tell_accountant(job["company"], wire().teller())
        logger.info("told", extra={"company": job["company"], "counts": told.summary()})
    return {"batchItemFailures": []}
