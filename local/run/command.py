"""`run`: a company's events through the very template and functions that go to AWS, and what came of it."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from local.aws import AwsError
from local.children import ChildError
from local.run.journey import Journey
from local.run.options import Options
from local.run.progress import Progress
from local.run.world import world


def run(options: Options) -> int:
    """0 only if all that should have happened did."""
    progress = Progress()
    try:
        with stopped_in_order(), world(options) as around:
            summary = Journey(options, around, progress).made()
    except (AwsError, ChildError) as fault:
        progress.say(str(fault))
        return 1
    if options.json:
        options.json.write_text(json.dumps(summary.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    progress.say()
    for line in summary.lines():
        progress.say(line)
    return 0 if summary.is_as_it_should_be else 1


@contextmanager
def stopped_in_order() -> Iterator[None]:
    """Whoever stops us, everything that was started is stopped on the way out. A shell's `&` ignores Ctrl-C."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
