"""SQS: somebody, or the clock, asks for an export of a company's invoices; or the sweeper, for what was left undone."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.tell_accountant import tell_accountant
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import Job, dropped_if_gone
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    exporter = wire().exporter(time_left)
    for record in event["Records"]:  # one at a time
        asked = json.loads(record["body"])
        with dropped_if_gone(asked["company"]):
            _make(asked, exporter)
    return {"batchItemFailures": []}


def _make(asked: dict[str, Any], exporter: Exporter) -> None:
    job, company = Job(asked, ScheduledRun.EXPORTS, wire().ledger), asked["company"]
    if job.is_done():
        return
    exports = export_asked_for(
        company, asked["request"], asked["by"], exporter, asked.get("repeats"), wire().wake_uploads
    )
    made = [{"export": each.number, "invoices": each.invoices} for each in exports]
    for counts in made or [{"invoices": 0}]:
        logger.info("exported", extra={"company": company, "counts": counts})
    invoices = sum(each.invoices for each in exports)
    told = tell_accountant(company, wire().teller())
    publish(
        {
            Signal.EXPORTS_MADE: len(exports),
            Signal.INVOICES_EXPORTED: invoices,
            Signal.NOTICES_DELAYED: len(told.delayed),
        }
    )
    logger.info("told", extra={"company": company, "counts": told.summary()})
    job.note_done()
