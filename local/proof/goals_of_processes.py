"""What is shown by real processes: the template's own functions in an embedded AWS, each in workers of its own."""

from local.aws import AwsError
from local.children import ChildError
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale
from local.run.progress import Progress

KILLED, RIGHTS = "G1 with real workers that are killed", "G11 every right of every function"


def killed_workers(_: Scale, workers: Workers, say: Say) -> Row:
    """At any scale the same: fewer events would be over before anybody can be killed."""
    from local.proof.embedded.__main__ import USUAL_SEED
    from local.proof.embedded.run import play

    try:
        verdict = play(USUAL_SEED, Progress())
    except (AwsError, ChildError) as fault:
        return _broken_off(KILLED, fault, say)
    for line in verdict.lines():
        say(line)
    figures = (
        f"{verdict.published} events, {verdict.killed.total()} workers killed: "
        f"{len(verdict.wrong)} lost, doubled, old or changed"
    )
    return Row(KILLED, figures, not verdict.wrong)


def rights(_: Scale, workers: Workers, say: Say) -> Row:
    from local.rights.trying import try_rights

    try:
        verdict = try_rights(Progress())
    except (AwsError, ChildError) as fault:
        return _broken_off(RIGHTS, fault, say)
    for line in verdict.lines():
        say(line)
    figures = (
        f"{len(verdict.rights)} functions used {verdict.used} rights on three tours, and tried {verdict.tried} "
        f"things, allowed or not: {len(verdict.wrong)} not as they should be"
    )
    return Row(RIGHTS, figures, not verdict.wrong)


def _broken_off(goal: str, fault: Exception, say: Say) -> Row:
    say(str(fault))
    return Row(goal, "did not come to its end; above it says why", False)
