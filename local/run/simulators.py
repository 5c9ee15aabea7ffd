"""The simulated outside systems, each alone."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import ROOT
from local.run.bodies import bodies, event_files
from local.run.misuse import Misuse

SAMPLE_COMPANY = "nordvik"
SAMPLE_EVENTS = ROOT / "events" / SAMPLE_COMPANY
MORE_INVOICES = ROOT / "events" / "more-invoices.jsonl"  # of the sample company, after its first export
SAMPLE_MOMENT_KEY = "sample-key-of-nordvik"
SIMULATED_TOKEN = "token-of-the-simulated-xledger"  # opens nothing else


def serve_xledger(port: int, plan: Path | None, token: str | None) -> int:
    """Until SIGTERM or Ctrl-C."""
    from local.xledger.server import serve

    settings = the_plan(plan, token)
    with _a_port_that_is_free(port):
        serve(port, settings)
    return 0


def serve_moment(port: int, paths: Sequence[Path] | None) -> int:
    """Until SIGTERM or Ctrl-C."""
    from local.moment import serve

    events = list(_readable(event_files(paths or [SAMPLE_EVENTS])))
    print(f"The API key is {SAMPLE_MOMENT_KEY}", file=sys.stderr)
    with _a_port_that_is_free(port):
        serve(port, events, {SAMPLE_MOMENT_KEY: {SAMPLE_COMPANY}})
    return 0


def the_plan(path: Path | None, token: str | None) -> Any:
    from local.xledger.plan import Plan, PlanError, read_plan

    try:
        plan = read_plan(path) if path else Plan()
    except PlanError as fault:
        raise Misuse(f"--plan {fault}") from None
    try:
        return plan.with_token(token) if token else plan
    except ValueError:
        raise Misuse("--token: a token is letters, digits, - and _ only; give another.") from None


@contextmanager
def _a_port_that_is_free(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Misuse(f"--port {port}: cannot listen there ({fault.strerror}); name another.") from None


def _readable(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """What Moment itself would hold: the sound events, not those that are wrong on purpose."""
    from moment_xledger.domain.events import Event, read_event

    for body in bodies(files):
        if isinstance(read_event(body.text), Event):
            yield body.document()
