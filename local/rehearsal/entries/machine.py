"""Functions and the table: what AWS's own figures tell of."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

from local.aws.stack import ALIAS
from local.rehearsal.carrying import arrives
from local.rehearsal.events import a_customer, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.rehearsal.stage import Stage
from local.run.books import COMPANY
from moment_xledger.adapters.releases import Releases
from moment_xledger.domain.release_check import Version
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.domain.sessions import Role
from moment_xledger.flows.check_release import Outcome, check_release

TOPICS = ("Pages", "Tickets")


def the_top(scene: Scene) -> None:
    """An alarm rings: its text leads to its entry."""
    stage = scene.stage
    cloudwatch, alarm = stage.aws.client("cloudwatch"), stage["SweepAlarm"]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="rehearsed")
    said = scene.type("aws cloudwatch describe-alarms").out
    scene.check("runbook.md#the-sweeper-is-silent" in said, f"the text of the alarm leads nowhere: {said}")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="rehearsed")
    scene.cannot("alarms that ring by themselves; what they look at is read from the logs")


def runs_behind(scene: Scene) -> None:
    """A release of the function that starts runs sends to a queue that is not there."""
    stage, since = scene.stage, now()
    stage.invoke("StartRuns")  # so that there is a time from which it can be behind
    made = len(stage.ready())
    with stage.mistake("StartRuns", EXPORTS_QUEUE="nowhere"):
        stage.use.ledger.scheduled_runs.ask(ScheduledRun.EXPORTS, now())
        stage.until("the alarm's figure rises", lambda: any(stage.figures.of("RunsBehindSeconds", since)))
        stage.until("the log says why", lambda: "failed" in scene.type("errors StartRuns").out)
        scene.type("runs StartRuns")
        rules = scene.type("aws events list-rules").out
        scene.check("ENABLED" in rules, f"the rule is not there, or off: {rules}")
    since, invoice = now(), stage.new_invoice()
    stage.publish(invoice)
    stage.until("the invoice is taken in", lambda: stage.has_invoice(number_of(invoice)))
    scene.type("aws lambda invoke")
    stage.until("what was missed is made up for", lambda: len(stage.ready()) > made)
    stage.until("the alarm's figure is 0", lambda: stage.figures.of("RunsBehindSeconds", since)[-1:] == [0])


def jobs_not_done(scene: Scene) -> None:
    """A release of the function that exports finds no bucket; nobody waits for an hour here, so the checks are due at
    once."""
    stage, runs = scene.stage, scene.stage.use.ledger.scheduled_runs
    invoice, since, made = stage.new_invoice(), now(), len(stage.ready())
    stage.publish(invoice)
    stage.until("the invoice is taken in", lambda: stage.has_invoice(number_of(invoice)))

    def check() -> None:
        progress = runs.progress(ScheduledRun.EXPORTS)
        runs.save(ScheduledRun.EXPORTS, replace(progress, next_check=now(), ver=progress.ver + 1))
        stage.invoke("StartRuns")

    with stage.mistake("ExportInvoices", BUCKET="nowhere"):
        stage.start("exports")
        for _ in range(2):
            stage.until("it fails", lambda: "failed" in stage.log_of("ExportInvoices"))
            check()
        stage.until("the alarm's figure rises", lambda: any(stage.figures.of("ExportsNotMade", since)))
        scene.check("NoSuchBucket" in scene.type("errors ExportInvoices").out, "the log does not say why")
        for other in ("GuardNumbers", "Reconcile", "SendNotices"):
            scene.type(f"errors {other}")
        scene.check(COMPANY in scene.type("logs StartRuns who").out, "the log does not say who is missing")
        scene.type("op dead-letters")
    since = now()
    scene.type("start exports")
    stage.until("the export is made", lambda: len(stage.ready()) > made)
    stage.until("its job is done", lambda: runs.done(ScheduledRun.EXPORTS, [COMPANY]))
    for _ in range(2):
        check()
    stage.until("the alarm's figure is 0", lambda: stage.figures.of("ExportsNotMade", since)[-1:] == [0])


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


class _Live(Releases):
    """The check of a release without CodeDeploy, which is not here: of all functions, as they are deployed."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(None, stage.aws.client("lambda"))
        self._stage = stage

    def versions(self, deployment: str) -> list[Version]:
        names = [
            self._stage[function] for function in self._stage.stack.functions if function != "CheckRelease"
        ]
        lead_to = {name: self._functions.get_alias(FunctionName=name, Name=ALIAS) for name in names}
        return [Version(name, alias["FunctionVersion"]) for name, alias in lead_to.items()]

    def tell(self, deployment: str, hook: str, *, is_good: bool) -> None:
        pass


def _what_does_not_pass(stage: Stage) -> set[str]:
    outcomes = check_release("", "", _Live(stage), time.sleep)
    return {function for function, outcome in outcomes.items() if outcome != Outcome.FINE}


def take_a_release_back(scene: Scene) -> None:
    """A release of one function is wrong, and its alias leads to it already."""
    stage, event = scene.stage, a_customer()
    scene.check(
        not (found := _what_does_not_pass(stage)), f"what is deployed does not pass its check: {found}"
    )
    before = json.loads(scene.type("aws lambda get-alias").out)[0]
    with stage.mistake("ReceiveEvents", TABLE="no-such-table"):
        wrong = json.loads(scene.type("aws lambda get-alias").out)[0]
        scene.check(wrong != before, "the alias does not lead to the wrong release")
        found = _what_does_not_pass(stage)
        scene.check(found == {"ReceiveEvents"}, f"the check of the wrong release finds {found}")
        known = [number for number, _ in json.loads(scene.type("aws lambda list-versions-by-function").out)]
        scene.check({before, wrong} <= set(known), f"it is not among the versions: {known}")
        scene.type("aws lambda update-alias", {"NUMBER": before})
        scene.check(json.loads(scene.type("aws lambda get-alias").out)[0] == before, "it was not put back")
        stage.publish(event)
        arrives(scene, event)
    scene.type("logs CheckRelease checked")
    scene.type("errors CheckRelease")
    scene.type("aws deploy list-deployments")
    scene.type("aws deploy stop-deployment", {"DEPLOYMENT": "d-ABCDEF123"})
    scene.cannot("CodeDeploy, which asks for the check; the check itself is made here, of every function")


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


def console_down(scene: Scene) -> None:
    """A release of the console knows no table."""
    stage = scene.stage
    person = scene.somebody(Role.ACCOUNTANT)
    with stage.mistake("Console", TABLE="no-such-table"):
        scene.check(not person.may_read("/exports"), "a page opens without a table")
        scene.check("ResourceNotFound" in scene.type("errors Console").out, "the log does not say why")
        scene.type("errors OpenSession")
    scene.check(person.may_read("/exports"), "the console does not open")
    scene.somebody(Role.ADMINISTRATOR)


def alarms_unheard(scene: Scene) -> None:
    """A stack without OperatorEmail."""
    pages, tickets = (f'aws sns list-subscriptions-by-topic --topic-arn "$(of {topic})"' for topic in TOPICS)
    scene.check(not scene.type(tickets).out.strip(), "somebody is told, and was never named")
    scene.type("aws sns subscribe", {"OPERATOR": "operator@firma.example"})
    scene.check("operator@firma.example" in scene.type(pages).out, "nobody would be told")
    scene.type("aws sns publish")
    scene.cannot("a confirmation by mail: the emulator confirms by itself")


def key_disabled(scene: Scene) -> None:
    """Somebody wants it deleted."""
    kms, key = scene.stage.aws.client("kms"), scene.stage["Key"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    scene.check("PendingDeletion" in scene.type("aws kms describe-key").out, "its state is not told")
    scene.type("aws kms cancel-key-deletion")
    scene.check("Disabled" in scene.type("aws kms describe-key").out, "it is not as it is written")
    scene.type("aws kms enable-key")
    scene.check("Enabled" in scene.type("aws kms describe-key").out, "it is not enabled")
    scene.stage.invoke("Sweep")
    scene.cannot("functions that fail without the key, and CloudTrail, which tells of it")


def fingerprint_key_lost(scene: Scene) -> None:
    """Somebody has deleted it."""
    stage, secrets = scene.stage, scene.stage.aws.client("secretsmanager")
    secrets.delete_secret(SecretId=stage["Fingerprint"], RecoveryWindowInDays=30)
    said = stage.shell.run(f"op company create {COMPANY}")
    scene.check(said.status, "settings are saved without a fingerprint")
    scene.type("errors Console")
    deleted = scene.type("aws secretsmanager describe-secret").out
    scene.check("None" not in deleted, f"it is not said to be deleted: {deleted}")
    scene.type("aws secretsmanager list-secret-version-ids")
    scene.type("aws secretsmanager restore-secret")
    scene.check("None" in scene.type("aws secretsmanager describe-secret").out, "it is still deleted")
    scene.check(COMPANY in scene.type("aws dynamodb query").out, "the company is not among those to save")
    before = stage.use.ledger.companies.get_known(COMPANY).token_id
    scene.check("is saved, version" in scene.type("op company create").out, "the company is not saved")
    scene.check(
        stage.use.ledger.companies.get_known(COMPANY).token_id == before, "it has another fingerprint"
    )


def parameter_without_effect(scene: Scene) -> None:
    stage = scene.stage
    wanted = stage.stack.environment_of(stage.aws, "SyncCustomers")["XLEDGER_TIMEOUT"]
    scene.type("aws cloudformation describe-stacks")
    runs = scene.type("aws lambda get-function-configuration").out
    scene.check(f'"XLEDGER_TIMEOUT": "{wanted}"' in runs, f"the version that works is not told: {runs}")
    scene.type("aws lambda get-alias")
    scene.cannot("a gradual roll-out")


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
    scene.cannot("a stack that fails and is made again, which `make rehearse` plays")


def costs_jump(scene: Scene) -> None:
    scene.type("aws dynamodb describe-table")
    scene.type("aws logs describe-log-groups")
    scene.cannot("costs, and so Cost Explorer and the mail about them")


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "The top": the_top,
    "Runs behind": runs_behind,
    "Jobs not done": jobs_not_done,
    "Functions fail": functions_fail,
    "Take a release back": take_a_release_back,
    "Functions slow": functions_slow,
    "Functions throttled": functions_throttled,
    "Console down": console_down,
    "Alarms unheard": alarms_unheard,
    "Key disabled": key_disabled,
    "Fingerprint key lost": fingerprint_key_lost,
    "Parameter without effect": parameter_without_effect,
    "Ledger throttled": ledger_throttled,
    "Ledger conflicts": ledger_conflicts,
    "Costs jump": costs_jump,
    "Stack fails": stack_fails,
}
