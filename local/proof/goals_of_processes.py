"""What is shown by real processes: the template's own functions in an embedded AWS, each in workers of its own."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from local.aws import AwsError
from local.children import ChildError
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale
from local.run.progress import Progress


class Verdict(Protocol):
    @property
    def wrong(self) -> Sequence[str]: ...

    @property
    def figures(self) -> str: ...

    def lines(self) -> Iterable[str]: ...


def killed_workers(_: Scale, workers: Workers, say: Say) -> Row:
    """At any scale the same: fewer events would be over before anybody can be killed."""
    from local.proof.embedded.__main__ import USUAL_SEED
    from local.proof.embedded.run import play

    return _shown("G1 with real workers that are killed", lambda: play(USUAL_SEED, Progress()), say)


def rights(_: Scale, workers: Workers, say: Say) -> Row:
    from local.rights.trying import try_rights

    return _shown("G11 every right of every function", lambda: try_rights(Progress()), say)


def _shown(goal: str, judged: Callable[[], Verdict], say: Say) -> Row:
    try:
        verdict = judged()
    except (AwsError, ChildError) as fault:
        say(str(fault))
        return Row(goal, "did not come to its end; above it says why", False)
    for line in verdict.lines():
        say(line)
    return Row(goal, verdict.figures, not verdict.wrong)
