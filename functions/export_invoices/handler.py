"""SQS: somebody, or the clock, asks for an export of a company's invoices; or the sweeper, for what was left undone."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.export_invoices import export_asked_for
from moment_xledger.flows.tell_accountant import tell_accountant
from moment_xledger.wiring import Wiring

logger = Logger()
wire = cache(Wiring)


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    for record in event["Records"]:  # one at a time
        job = json.loads(record["body"])
        company = job["company"]
        exports = export_asked_for(
            company, job["request"], job["by"], wire().exporter(), job.get("repeats"), wire().wake_uploads
        )
        made = {str(export.number): export.invoices for export in exports}
        logger.info("exported", extra={"company": company, "invoices_by_export": made})
        told = tell_accountant(company, wire().teller())
        logger.info("told", extra={"company": company, "counts": told.summary()})
    return {"batchItemFailures": []}
