"""Functions and the table: what AWS's own figures tell of."""

from collections.abc import Callable

from local.rehearsal.carrying import arrives
from local.rehearsal.events import a_customer, number_of
from local.rehearsal.scene import Scene
from local.run.books import COMPANY


def the_top(scene: Scene) -> None:
    """An alarm rings: its text leads to its entry."""
    stage = scene.stage
    cloudwatch, alarm = stage.aws.client("cloudwatch"), stage["SweepAlarm"]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="rehearsed")
    said = scene.type("aws cloudwatch describe-alarms").out
    scene.check("runbook.md#the-sweeper-is-silent" in said, f"the text of the alarm leads nowhere: {said}")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="rehearsed")
    scene.cannot("alarms that ring by themselves; what they look at is read from the logs")


def functions_fail(scene: Scene) -> None:
    """A release is wrong; the one before it gets everything back."""
    stage, event = scene.stage, a_customer()
    failures = stage.log_of("ReceiveEvents").count('"failed"')
    with stage.mistake("ReceiveEvents", TABLE="no-such-table"):
        stage.publish(event)
        stage.until("it fails", lambda: stage.log_of("ReceiveEvents").count('"failed"') > failures)
        scene.check("ResourceNotFound" in scene.type("errors ReceiveEvents").out, "the log does not say why")
        scene.type("aws deploy list-deployments")
    arrives(scene, event)
    said = scene.type("errors ReceiveEvents").out
    another = a_customer()
    stage.publish(another)
    arrives(scene, another)
    scene.check(scene.type("errors ReceiveEvents").out == said, "errors shows something new")
    scene.check(stage.shell.run("op dead-letters").status == 0, "there are dead letters")


def functions_slow(scene: Scene) -> None:
    """Xledger takes its time, and less than the time-out."""
    stage, events = scene.stage, [a_customer() for _ in range(3)]
    stage.xledger.plan(delays=1, delay_seconds=2)
    stage.publish(*events)
    for each in events:
        arrives(scene, each)
    said = stage.log_of("SyncCustomers")
    scene.check("Task timed out" not in said, "a run did not stop by itself in good time")


def functions_throttled(scene: Scene) -> None:
    limit = scene.type("aws lambda get-account-settings").out
    scene.check(limit.strip().isdigit(), f"no limit is told: {limit}")
    scene.type("aws service-quotas")
    scene.check(scene.stage.shell.run("op dead-letters").status == 0, "there are dead letters")
    scene.cannot("functions that are throttled: the emulator counts no runs that come by an alias")


def ledger_throttled(scene: Scene) -> None:
    scene.check("ACTIVE" in scene.type("aws dynamodb describe-table").out, "the table is not active")
    scene.cannot("a table that is throttled: the emulator's takes all there is")


def ledger_conflicts(scene: Scene) -> None:
    """Moment publishes everything three times at once."""
    events = [a_customer() for _ in range(10)]
    scene.stage.publish(*events, *reversed(events), *events)
    for each in events:
        arrives(scene, each)
    stored = scene.stage.use.ledger.problems.of(COMPANY, "customer")
    numbers = {number_of(each) for each in events}
    scene.check(not numbers & {each.number for each in stored}, "something is wrong in the books")


def stack_fails(scene: Scene) -> None:
    scene.check("COMPLETE" in scene.type("aws cloudformation describe-stacks").out, "no status is told")
    scene.type("aws cloudformation describe-stack-events")
    scene.cannot("a stack that fails and is made again")


def costs_jump(scene: Scene) -> None:
    scene.type("aws dynamodb describe-table")
    scene.type("aws logs describe-log-groups")
    scene.cannot("costs, and so Cost Explorer and the mail about them")


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "The top": the_top,
    "Functions fail": functions_fail,
    "Functions slow": functions_slow,
    "Functions throttled": functions_throttled,
    "Ledger throttled": ledger_throttled,
    "Ledger conflicts": ledger_conflicts,
    "Costs jump": costs_jump,
    "Stack fails": stack_fails,
}
