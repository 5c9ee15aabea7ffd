"""SQS: a wake. Files of some company's exports wait to be handed to Xledger's import.

A function of its own, so that no other export loads what speaks SOAP, or waits behind a slow answer.
"""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.upload_export import Outcome
from moment_xledger.flows.upload_exports import upload_exports
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    for record in event["Records"]:  # one at a time
        company = json.loads(record["body"])["company"]
        counts = upload_exports(company, wire().uploader())
        logger.info("uploaded", extra={"company": company, "counts": dict(counts)})
        publish({Signal.FILES_DIFFER: counts[Outcome.FILE_DIFFERS]})
    return {"batchItemFailures": []}
