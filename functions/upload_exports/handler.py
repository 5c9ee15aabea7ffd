"""SQS: a wake. Files of some company's exports wait to be handed to Xledger's import.

A function of its own, so that no other export loads what speaks SOAP, or waits behind a slow answer.
"""

from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.companies import CompanyId
from moment_xledger.flows.upload_export import Outcome
from moment_xledger.flows.upload_exports import upload_exports
from moment_xledger.observability import Signal, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import answer_company_wakes
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    return answer_company_wakes(event, upload)


def upload(company: CompanyId) -> Counter[Outcome]:
    counts = upload_exports(company, wire().uploader())
    publish({Signal.FILES_DIFFER: counts[Outcome.FILE_DIFFERS]})
    return counts
