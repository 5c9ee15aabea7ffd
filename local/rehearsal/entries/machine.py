"""Functions, queues and the table: what AWS's own figures tell of."""

from collections.abc import Callable

from local import ROOT
from local.rehearsal.entries.records import arrives
from local.rehearsal.events import a_customer, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.rehearsal.stage import HIDDEN, Stage
from local.run.bodies import bodies, event_files
from local.run.books import COMPANY
from local.run.waiting import in_queues
from moment_xledger.domain.sessions import Role

NOWHERE = {"TABLE": "no-such-table"}  # what a release got wrong


def the_top(scene: Scene) -> None:
    """An alarm rings: its text leads to its entry."""
    stage = scene.stage
    cloudwatch, alarm = stage.aws.client("cloudwatch"), stage["SweepAlarm"]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="rehearsed")
    said = scene.type("aws cloudwatch describe-alarms").out
    scene.check("runbook.md#the-sweeper-is-silent" in said, f"the text of the alarm leads nowhere: {said}")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="rehearsed")
    scene.cannot("alarms that ring by themselves; what they look at is read from the logs")


def events_refused(scene: Scene) -> None:
    stage, since = scene.stage, now()
    stage.publish(*bodies(event_files([ROOT / "events" / "bad"])))
    stage.until("the alarm's figure rises", lambda: sum(stage.figures.of("EventsRefused", since)) > 0)
    scene.check('"refused":' in scene.type("runs ReceiveEvents").out, "the log does not count them")
    kept = scene.type("aws s3api list-objects-v2").out
    scene.check("rejected/" in kept, "they are not kept")
    good = a_customer()
    stage.publish(good)
    arrives(scene, good)
    scene.check(scene.type("aws s3api list-objects-v2").out == kept, "there are new ones under rejected/")


def a_new_reason(scene: Scene) -> None:
    """Any reason is new on the first day."""
    stage = scene.stage
    stage.publish(*bodies(event_files([ROOT / "events" / "bad"])))
    stage.until("the company has a problem", lambda: list(stage.use.ledger.problems.of(COMPANY)))
    told = [line.split() for line in scene.type("aws dynamodb query").out.splitlines()]
    scene.check(told and all(len(each) == 3 for each in told), f"which, since when, and whose it is: {told}")
    operator = scene.somebody(Role.OPERATOR)
    for problem in stage.use.ledger.problems.of(COMPANY):
        page = f"/problems/group?kind={problem.kind}&code={problem.code}"
        scene.check(operator.may_read(page), f"the console does not show {problem.code}")


def dead_letters(scene: Scene) -> None:
    """A release that cannot read the table fails with every event, as often as the queue lets it."""
    stage, event, sqs = scene.stage, a_customer(), scene.stage.aws.client("sqs")
    stage.hide("EventsQueue", 1)
    with stage.mistake("ReceiveEvents", **NOWHERE):
        stage.publish(event)
        stage.until("it is set aside", lambda: stage.letters("EventsDeadLetters"), sweeping=False)
        said = scene.type("op dead-letters", fails=True).out
        scene.check(f"momentcompany {COMPANY}" in said, f"it does not say which: {said}")
        scene.check("ResourceNotFound" in scene.type("errors ReceiveEvents").out, "the log does not say why")
        scene.type("errors ExportInvoices")
    stage.hide("EventsQueue", HIDDEN)
    scene.type("op dead-letters --redrive EventsDeadLetters")
    arrives(scene, event)
    sqs.send_message(QueueUrl=stage["SchedulesDeadLetters"], MessageBody="{}")
    scene.type("aws sqs purge-queue")
    stage.until("none is left", lambda: stage.shell.run("op dead-letters").status == 0)
    said = scene.type("op dead-letters").out
    scene.check(all(line.endswith(": 0") for line in said.splitlines()), f"some are left: {said}")


def events_wait(scene: Scene) -> None:
    """Nobody takes them in."""
    stage, event, functions = scene.stage, a_customer(), scene.stage.aws.client("lambda")
    (source,) = (
        each["UUID"]
        for each in functions.list_event_source_mappings()["EventSourceMappings"]
        if each["EventSourceArn"].endswith(stage["EventsQueue"].rpartition("/")[2])
    )
    functions.update_event_source_mapping(UUID=source, Enabled=False)
    stage.publish(event)
    stage.until("it waits", lambda: _waiting(stage))
    scene.type("errors ReceiveEvents")
    functions.update_event_source_mapping(UUID=source, Enabled=True)
    stage.until("the queue falls", lambda: not _waiting(stage))
    arrives(scene, event)


def events_in_flight(scene: Scene) -> None:
    stage, events = scene.stage, [a_customer() for _ in range(3)]
    with stage.mistake("ReceiveEvents", **NOWHERE):
        stage.publish(*events)
        stage.until("they are taken again and again", lambda: "failed" in _log(stage))
        scene.check(_waiting(stage) == len(events), "they are not in the queue any more")
        scene.check("failed" in scene.type("errors ReceiveEvents").out, "the log does not say that they fail")
    stage.until("none is in flight", lambda: not _waiting(stage))
    for each in events:
        arrives(scene, each)


def functions_fail(scene: Scene) -> None:
    """A release is wrong; the one before it gets everything back."""
    stage, event = scene.stage, a_customer()
    failures = _log(stage).count('"failed"')
    with stage.mistake("ReceiveEvents", **NOWHERE):
        stage.publish(event)
        stage.until("it fails", lambda: _log(stage).count('"failed"') > failures)
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
    stage.plan(delays=1, delay_seconds=2)
    stage.publish(*events)
    for each in events:
        arrives(scene, each)
    said = stage.stack.log_of(stage.aws, "SyncCustomers")
    scene.check("Task timed out" not in said, "a run did not stop by itself in good time")


def functions_throttled(scene: Scene) -> None:
    scene.check(
        "ConcurrentExecutions" in scene.type("aws lambda get-account-settings").out, "no limit is told"
    )
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


def costs_jump(scene: Scene) -> None:
    scene.type("aws dynamodb describe-table")
    scene.type("aws logs describe-log-groups")
    scene.cannot("costs, and so Cost Explorer and the mail about them")


def _waiting(stage: Stage) -> int:
    return in_queues(stage.aws.client("sqs"), {"events": stage["EventsQueue"]})["events"]


def _log(stage: Stage) -> str:
    return stage.stack.log_of(stage.aws, "ReceiveEvents")


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "The top": the_top,
    "Events refused": events_refused,
    "A new reason": a_new_reason,
    "Dead letters": dead_letters,
    "Events wait": events_wait,
    "Events in flight": events_in_flight,
    "Functions fail": functions_fail,
    "Functions slow": functions_slow,
    "Functions throttled": functions_throttled,
    "Ledger throttled": ledger_throttled,
    "Ledger conflicts": ledger_conflicts,
    "Costs jump": costs_jump,
}
