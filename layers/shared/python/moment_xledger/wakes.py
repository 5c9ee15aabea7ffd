"""What the functions behind queues have in common: a wake says only that there is work, for an Xledger token whose
records are carried, or for a company."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from moment_xledger.adapters.queues import BatchAnswer, Queues
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.observability import logger
from moment_xledger.wiring import now

if TYPE_CHECKING:
    from moment_xledger.flows.outcomes import Report

Name = TypeVar("Name", bound=str)


def answer_company_wakes(
    event: dict[str, Any], work: Callable[[CompanyId], Mapping[Name, int]]
) -> BatchAnswer:
    """`work` returns what became of how many; what it cannot finish, it leaves due in the ledger, so only a failure
    brings a wake back."""
    for record in event["Records"]:
        company = CompanyId(json.loads(record["body"])["company"])
        logger.info("company served", extra={"company": company, "counts": dict(work(company))})
    return {"batchItemFailures": []}


def answer_wakes(
    event: dict[str, Any], queue: str, queues: Queues, carry: Callable[[TokenId], "Report"]
) -> BatchAnswer:
    """A wake whose gate is closed for want of credits goes back to its queue until the gate opens, unless SQS has
    hidden it for as long as it may.

    In all other cases it is done with: whoever holds the gate carries the work, or the sweeper wakes again. So a wake
    cannot wear out its receives by waiting, and a lost one costs a minute.
    """
    put_back: list[tuple[dict[str, Any], datetime]] = []
    for record in event["Records"]:
        token = TokenId(json.loads(record["body"])["token"])
        try:
            logger.info("carried", extra={"token_id": token, "counts": carry(token).summary()})
        except GateClosed as closed:
            logger.info(
                "gate closed", extra={"token_id": token, "why": closed.why, "until": closed.until.isoformat()}
            )
            if closed.why is Why.CREDITS:
                put_back.append((record, closed.until))
    kept = [  # last, so that a short wait cannot run out while others are carried
        record for record, until in put_back if queues.put_back(queue, record["receiptHandle"], until, now())
    ]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in kept]}
