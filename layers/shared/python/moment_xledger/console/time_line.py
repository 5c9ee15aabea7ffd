"""The steps of a time line."""

from collections.abc import Sequence
from datetime import datetime

from moment_xledger.console.facts.record import AttemptFacts, Step, StepName
from moment_xledger.domain.attempts import Attempt, Fields, with_all_sent
from moment_xledger.domain.invoice_mails import InvoiceMail
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.records import Record


def step(
    what: StepName,
    when: datetime,
    *,
    export: int | None = None,
    attempt: AttemptFacts | None = None,
    about: str = "",
) -> Step:
    return {"what": what, "when": when, "export": export, "attempt": attempt, "about": about}


def tried(record: Record) -> list[Step]:
    """Each attempt that is still remembered."""
    told = with_all_sent(record.attempts)
    return [step("tried", attempt.when, attempt=_attempt(attempt, sent)) for attempt, sent in told]


def _attempt(attempt: Attempt, sent: Fields) -> AttemptFacts:
    return {
        "operation": attempt.operation,
        "version": attempt.version,
        "sent": dict(sent) if attempt.changed else {},
        "changed": list(attempt.changed),
        "xledger_id": attempt.db_id,
        "their_words": attempt.words,
    }


def mailed(mail: InvoiceMail) -> list[Step]:
    steps = [step(each.what.value, each.when, about=each.about) for each in mail.steps]
    return [*steps, *([step("delivered", mail.delivered)] if mail.delivered else [])]


def seen(problems: Sequence[Problem]) -> list[Step]:
    first = [step("seen", each.first_seen) for each in problems if each.first_seen]
    last = [
        step("seen_last", each.last_seen)
        for each in problems
        if each.last_seen and each.last_seen != each.first_seen
    ]
    return first + last


def in_order(steps: Sequence[Step]) -> list[Step]:
    return sorted(steps, key=lambda each: each["when"])
