"""Everything that `run` needs around the functions, started at the same time and stopped together."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.aws import EmbeddedAws
from local.children import Child
from local.mailbox import Mailbox
from local.run.options import MOMENT_PATH, XLEDGER_PATH, Options
from local.run.places import is_on_this_machine
from local.run.simulators import SIMULATED_TOKEN


@dataclass(frozen=True)
class World:
    aws: EmbeddedAws
    mailbox: Mailbox
    xledger_url: str
    xledger_token: str
    soap_url: str | None  # None where it is the live one's
    moment_url: str


@contextmanager
def world(options: Options, *, witness: Path | None = None) -> Iterator[World]:
    """With a `witness`, in an account where rights count: see `EmbeddedAws`."""
    with ExitStack() as until_the_end:
        logs = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="run-")))
        mailbox = until_the_end.enter_context(Mailbox(options.out / "mail"))
        aws = until_the_end.enter_context(EmbeddedAws(smtp=mailbox.address, witness=witness))

        def start(*arguments: str) -> Child:
            child = Child("local", arguments, log=logs / arguments[0])
            until_the_end.callback(child.stop)
            return child

        xledger = None if options.xledger_url else start("xledger", *_xledger_arguments(options))
        moment = None if options.moment_url else start("moment", *_moment_arguments(options))
        xledger_url = xledger.address() + XLEDGER_PATH if xledger else str(options.xledger_url)
        yield World(
            aws,
            mailbox,
            xledger_url,
            options.xledger_token or SIMULATED_TOKEN,
            xledger_url.removesuffix(XLEDGER_PATH) if is_on_this_machine(xledger_url) else None,
            moment.address() + MOMENT_PATH if moment else str(options.moment_url),
        )


def _xledger_arguments(options: Options) -> list[str]:
    plan = ["--plan", str(options.plan.resolve())] if options.plan else []
    return ["--port", "0", "--token", SIMULATED_TOKEN, *plan]


def _moment_arguments(options: Options) -> list[str]:
    files = (file.resolve() for file in (*options.events, *options.later_events))
    return ["--port", "0", "--events", *map(str, files)]
