"""What an operator sees of a function: one line of log for what it did, and the figures that alarms look at.

Logs hold ids, counts and reasons. What people wrote, and whatever opens something, never gets there: only the fields
named here are written, and an error that is not one of ours goes by its type and its place, for its text may quote
anything.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from pathlib import PurePath
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.domain.errors import FileDiffers, SyncError

NAMESPACE = "MomentXledger"


class Signal(StrEnum):
    """Every figure there is, by its name in CloudWatch. One that no alarm and no dashboard looks at has no place here.

    No company is named: its name is in the log. What ends in `Seconds` is the longest there is of its kind.
    """

    # sweep, every minute
    SWEEPS = "Sweeps"  # in which nothing failed
    # measure_work, every minute
    MEASUREMENTS = "Measurements"
    WAIT = "WaitSeconds"  # of a customer or project that may go to Xledger now
    CUSTOMERS_WAIT = "CustomersWaitSeconds"
    PROJECTS_WAIT = "ProjectsWaitSeconds"
    WAIT_IN_ALL = "WaitInAllSeconds"  # also of what must wait, for the hour's requests or for Xledger
    IN_DOUBT = "InDoubtSeconds"
    EXPORTS_LATE = "ExportsLate"  # companies with something that should have been taken up by now
    MAILS_LATE = "MailsLate"
    UPLOADS_LATE = "UploadsLate"
    HELD_LATE = "HeldLate"
    TOKENS_REFUSED = "TokensRefused"
    NEW_REASONS = "NewReasons"  # for problems, that came within the hour and had not come for a month
    RUNS_BEHIND = "RunsBehindSeconds"  # since a run was due that has not been started for everybody
    # companies, or tokens, whose job has not come to its end although it was queued once more
    NUMBERS_NOT_GUARDED = "NumbersNotGuarded"
    NOT_RECONCILED = "CompaniesNotReconciled"
    EXPORTS_NOT_MADE = "ExportsNotMade"
    NOT_LOOKED_AT = "CompaniesNotLookedAt"  # for their notices
    # receive_events
    EVENTS_TAKEN_IN = "EventsTakenIn"
    EVENTS_REFUSED = "EventsRefused"
    # receive_events, note_bounces
    MESSAGES_PUT_BACK = "MessagesPutBack"  # of a batch of which others were done
    # whoever asks Xledger's GraphQL service, each request by itself
    REQUESTS = "XledgerRequests"
    SPEED_REFUSALS = "XledgerSpeedRefusals"  # too many in five seconds, or at once
    CREDIT_REFUSALS = "XledgerCreditRefusals"
    # export_invoices; and whoever finds a file that is not what it was
    EXPORTS_MADE = "ExportsMade"
    INVOICES_EXPORTED = "InvoicesExported"
    FILES_DIFFER = "FilesDiffer"
    # reconcile
    INVOICES_DIFFER = "InvoicesDiffer"
    NOT_COMPARED = "CompaniesNotCompared"
    # send_notices
    NOTICES_SENT = "NoticesSent"
    NOTICES_DELAYED = "NoticesDelayed"
    # start_runs, when it goes through all companies for their notices
    TOKENS_EXPIRE = "TokensExpire"
    # note_bounces
    MAILS_RETURNED = "MailsReturned"


LOGGED = frozenset(
    {
        *("level", "location", "message", "timestamp", "service", "xray_trace_id"),
        *("cold_start", "function_name", "function_memory_size", "function_request_id"),
        *("company", "token_id", "counts", "why", "until", "run", "file", "later"),
        *("error", "what", "code", "places"),
    }
)


class _Listed(LambdaPowertoolsFormatter):
    """Drops every field that is not in `LOGGED`, and a message that is not a sentence of ours."""

    def serialize(self, log: Any) -> str:
        kept = {name: value for name, value in log.items() if name in LOGGED}
        if not isinstance(kept["message"], str):
            kept["message"] = "(left out)"
        return str(super().serialize(kept))

    def formatException(self, _: object) -> str:  # noqa: N802 -- the name is logging's
        return ""


logger = Logger(logger_formatter=_Listed(serialize_stacktrace=False, utc=True))


def publish(figures: Mapping[Signal, float]) -> None:
    """One line in the log from which CloudWatch makes metrics: no call, and nothing that could fail."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for signal, figure in figures.items():
        unit = "Seconds" if signal.endswith("Seconds") else "Count"
        metrics.add_metric(signal, unit, figure)
    metrics.flush_metrics()


class Failed(Exception):
    """In place of an error of somebody else's, whose text may quote what nobody should read."""


Answer = TypeVar("Answer")
Handler = Callable[[dict[str, Any], LambdaContext], Answer]


def watched(handler: Handler[Answer]) -> Handler[Answer]:
    """The outermost layer of every function: says what went wrong and where, and then fails as it must.

    What an error says goes to the log of Lambda's own, and with a message to a dead-letter queue; see `Failed`.
    """

    @logger.inject_lambda_context
    @wraps(handler)
    def outermost(event: dict[str, Any], context: LambdaContext) -> Answer:
        try:
            return handler(event, context)
        except SyncError as error:  # these are ours, and hold no more than ids and reasons
            log_failure(error)
            raise error from None
        except Exception as error:  # noqa: BLE001 -- goes on, without its words
            log_failure(error)
            raise Failed(f"{type(error).__name__} at {places(error)[-1]}") from None

    return outermost


def log_failure(error: Exception) -> None:
    if isinstance(error, FileDiffers):
        publish({Signal.FILES_DIFFER: 1})
    ours = str(error) if isinstance(error, SyncError) else None
    about = {"error": type(error).__name__, "what": ours, "code": _code(error), "places": places(error)}
    logger.error("failed", extra={name: value for name, value in about.items() if value})


def places(error: BaseException) -> list[str]:
    """Where it came through, ours and others', without the folders above."""
    frames = traceback.extract_tb(error.__traceback__)
    return ["/".join(PurePath(frame.filename).parts[-2:]) + f":{frame.lineno}" for frame in frames]


def _code(error: Exception) -> str | None:
    """What AWS calls it, as in `ThrottlingException`."""
    response = getattr(error, "response", None)
    return response.get("Error", {}).get("Code") if isinstance(response, dict) else None


# What others log below a warning may quote requests. What they warn of goes without its words, too.
logging.getLogger("botocore").setLevel(logging.ERROR)
logging.getLogger("urllib3").setLevel(logging.ERROR)
