"""Notes on a record what was tried with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from moment_xledger.domain.attempts import Attempt, Fields, Operation
from moment_xledger.domain.records import Record, State, in_doubt, tried

Shown = Callable[[Record], Fields]


@dataclass(frozen=True)
class Try:
    """What is being done with a list. `shown`: what is sent of a record, for people's eyes."""

    operation: Operation
    shown: Shown = lambda record: {}


LOOK_UP = Try(Operation.LOOK_UP)


def was_taken(record: Record, sent: Record, db_id: int, doing: Try, now: datetime) -> Record:
    """What needed no request, because Xledger was told it before, was no attempt."""
    if doing is LOOK_UP and sent.db_id is not None:
        return record
    return _noted(record, sent, doing, Attempt(now, doing.operation, sent.content.version, db_id=db_id))


def was_refused(record: Record, words: str, doing: Try, now: datetime) -> Record:
    attempt = Attempt(now, doing.operation, record.content.version, words=words or "–")
    return _noted(record, record, doing, attempt)


def was_unanswered(record: Record, version: int, operation: Operation, at: datetime) -> Record:
    """It was sent, and nobody stored what came of it. Where an answer was stored all the same, that stands."""
    if record.state is State.SYNCED:
        return record
    doubtful = in_doubt(record)
    if any(each.version == version and each.when >= at for each in record.attempts):
        return doubtful
    return tried(doubtful, Attempt(at, operation, version), None)


def _noted(record: Record, sent: Record, doing: Try, attempt: Attempt) -> Record:
    return tried(record, attempt, None if doing is LOOK_UP else doing.shown(sent))
