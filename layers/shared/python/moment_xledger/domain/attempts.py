"""What was tried with one customer or project: when, which version, what was sent, and what Xledger answered.

The newest few are kept in the record's own item and written with it, so they cost no write of their own. Of what was
sent only the difference to the attempt before is kept, so that most items stay within the kilobyte that a write
costs; the oldest one kept has it all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

MOST = 20  # of a record; those before are forgotten
LONGEST_VALUE = 120
LONGEST_WORDS = 300

Fields = Mapping[str, str]


class Operation(StrEnum):
    ADD = "add"
    UPDATE = "update"
    LOOK_UP = "look up"  # nothing was sent: Xledger had it already, or refused the question


@dataclass(frozen=True)
class Attempt:
    """Answered with an id, or refused in Xledger's own words; with neither, no answer is known.

    `changed`: the fields that are not as the attempt before had them; emptied ones are empty.
    """

    when: datetime
    operation: Operation
    version: int
    changed: Fields = field(default_factory=dict)
    db_id: int | None = None
    words: str = ""

    @property
    def is_carried(self) -> bool:
        return self.db_id is not None

    @property
    def is_refused(self) -> bool:
        return bool(self.words)


def with_attempt(attempts: Sequence[Attempt], new: Attempt, sent: Fields | None) -> tuple[Attempt, ...]:
    """`sent`: all that was sent; None where nothing was, or nobody knows. The same again changes nothing."""
    if any(_is_same(each, new) for each in attempts):
        return tuple(attempts)
    before = _overlaid(attempts)
    changed = (
        {} if sent is None else _difference(before, {name: _short(value) for name, value in sent.items()})
    )
    return _newest([*attempts, replace(new, changed=changed, words=new.words[:LONGEST_WORDS])])


def with_all_sent(attempts: Sequence[Attempt]) -> Iterator[tuple[Attempt, Fields]]:
    """Each with all that is known to have been sent until then."""
    sent: dict[str, str] = {}
    for attempt in attempts:
        sent = sent | dict(attempt.changed)
        yield attempt, _filled(sent)


def _is_same(one: Attempt, other: Attempt) -> bool:
    return (one.when, one.operation, one.version) == (other.when, other.operation, other.version)


def _newest(attempts: list[Attempt]) -> tuple[Attempt, ...]:
    """What is forgotten leaves what it sent to the one behind it."""
    while len(attempts) > MOST:
        oldest, second, *rest = attempts
        attempts = [replace(second, changed=_filled(_overlaid([oldest, second]))), *rest]
    return tuple(attempts)


def _overlaid(attempts: Sequence[Attempt]) -> dict[str, str]:
    return {name: value for attempt in attempts for name, value in attempt.changed.items()}


def _difference(before: Fields, after: Fields) -> dict[str, str]:
    names = [*after, *(name for name in before if name not in after)]
    return {name: after.get(name, "") for name in names if after.get(name, "") != before.get(name, "")}


def _filled(fields: Fields) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
