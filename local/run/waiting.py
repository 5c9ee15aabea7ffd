"""Waiting until nothing moves any more."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local.run.progress import Progress

LIMIT_SECONDS = 1800.0
SOON = timedelta(
    seconds=60
)  # a way that is closed for longer is waited for only where a doubt may last as long
_POLL_SECONDS = 0.2
# Between two looks at several queues a message may pass from one that is not yet read to one that is.
_QUIET_LOOKS = 3


@dataclass(frozen=True)
class Look:
    """How much is still to be done, by the name of where it lies; and a line about what is done.

    `hints` come and go while nothing gets done: they must be gone in the end, but they are no progress.
    """

    open: Mapping[str, int]
    done: str = ""
    hints: Mapping[str, int] = field(default_factory=dict)
    stuck: str = field(default="")  # why what is open will not move within any patience, if that is known

    @property
    def remaining(self) -> str:
        return ", ".join(
            f"{name} {count}" for name, count in [*self.open.items(), *self.hints.items()] if count
        )

    @property
    def standing(self) -> tuple[str, dict[str, int]]:
        return self.done, dict(self.open)


def why_stuck(closed: tuple[datetime, str] | None, now: datetime, doubt: timedelta) -> str:
    """Empty where the way to Xledger is open, or will be after a doubt at the latest. `closed`: until when, and why."""
    if closed is None or closed[0] <= now + max(SOON, doubt):
        return ""
    return f"The way to Xledger is closed until {closed[0]:%H:%M} UTC ({closed[1]})."


def until_quiet(
    look: Callable[[], Look],
    progress: Progress,
    *,
    patience: float,
    limit: float = LIMIT_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Empty when all is done; else a sentence on what still waits after `patience` seconds of no change."""
    began = moved_at = clock()
    quiet = 0
    last: object = None
    while quiet < _QUIET_LOOKS:
        now = look()
        progress.live("; ".join(filter(None, (now.done, f"to do: {now.remaining or 'nothing'}"))))
        quiet = 0 if now.remaining else quiet + 1
        if now.standing != last:
            last, moved_at = now.standing, clock()
        if now.remaining and now.stuck:
            return f"Not waited for: {now.remaining}. {now.stuck}"
        if now.remaining and clock() - moved_at > patience:
            return f"Nothing moved for {patience:.0f} seconds, and this still waits: {now.remaining}."
        if now.remaining and clock() - began > limit:
            return f"It took longer than {limit / 60:.0f} minutes, and this still waits: {now.remaining}."
        sleep(_POLL_SECONDS)
    return ""


def in_queues(sqs: Any, queues: Mapping[str, str]) -> dict[str, int]:
    """Messages that are there to be taken, in work, or put off until later."""
    return {name: _messages(sqs, url) for name, url in queues.items()}


def _messages(sqs: Any, url: str) -> int:
    counts = ("", "NotVisible", "Delayed")
    names = [f"ApproximateNumberOfMessages{each}" for each in counts]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)
