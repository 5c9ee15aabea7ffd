"""`serve`: all of `run`, then the console in a browser until Ctrl-C."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from local.aws import AwsError, EmbeddedAws, Stack
from local.children import ChildError
from local.run.books import COMPANY
from local.run.command import stopped_in_order
from local.run.journey import Journey
from local.run.options import Options
from local.run.progress import Progress
from local.run.world import world
from local.serve.doors import open_to_browser, sign_in_links
from local.serve.publishing import Running

A_WHILE = 3600.0  # seconds; a sleep that a signal ends


def serve(options: Options) -> int:
    """Ends by Ctrl-C, and with it everything that was started."""
    progress = Progress()
    try:
        with stopped_in_order(), world(options) as around:
            journey = Journey(options, around, progress)
            for line in journey.made().lines():
                progress.say(line)
            address = open_to_browser(around.aws, journey.stack)
            with _announced(around.aws, journey.stack, options):
                _stay(around.aws, journey.stack, address, options, progress)
    except (AwsError, ChildError) as fault:
        progress.say(str(fault))
    return 1


@contextmanager
def _announced(aws: EmbeddedAws, stack: Stack, options: Options) -> Iterator[None]:
    """So that `publish` finds its way here."""
    running = Running(stack.outputs["EventsQueueUrl"], aws.environment())
    running.write(options.out)
    try:
        yield
    finally:
        Running.forget(options.out)


def _stay(aws: EmbeddedAws, stack: Stack, address: str, options: Options, progress: Progress) -> None:
    """A link is good once: Enter makes new ones."""
    progress.say(f"\nThe console: {address}")
    progress.say(f"More events:  python -m local publish FILE … --out {options.out}")
    while True:
        progress.say("\nSign in (each link works once, within five minutes):")
        for role, link in sign_in_links(aws, stack, COMPANY).items():
            progress.say(f"  {role:<14} {link}")
        progress.say("Enter: new links. Ctrl-C: stop everything.")
        while not sys.stdin.readline():  # nobody types: it is not a terminal
            time.sleep(A_WHILE)
