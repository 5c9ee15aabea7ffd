"""Customers and projects on their way to Xledger."""

import re
from collections.abc import Callable

from local.rehearsal.carrying import arrives, closed, falls_to_nothing, is_open
from local.rehearsal.events import a_customer, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from moment_xledger.domain.errors import Why
from moment_xledger.domain.sessions import Role


def stop_everything(scene: Scene) -> None:
    stage = scene.stage
    scene.type("op company pause nordvik")
    asked, waiting = stage.xledger.requests(), a_customer()
    stage.publish(waiting)
    stage.until("the event is taken in", lambda: is_open(scene, waiting))
    stage.invoke("Sweep")
    page = scene.somebody(Role.ADMINISTRATOR).reads("/overview")
    scene.check("wrong account in the file of today" in page, "the console does not say who and why")
    scene.type("op company pause --all")
    said = scene.type("op company resume nordvik", fails=True)
    scene.check("is still paused, with all" in said.out, "resume does not name who is still paused")
    stage.invoke("Sweep")
    scene.check(stage.xledger.requests() == asked, "Xledger was asked during the pause")
    said = stage.shell.run("op company test nordvik")
    scene.check("+ Xledger" in said.out, "a connection test does not ask Xledger during the pause")
    scene.type("op company resume --all")
    arrives(scene, waiting)


def records_wait(scene: Scene) -> None:
    """Requests are used up, for a while that is short here."""
    stage, waiting, since = scene.stage, a_customer(), now()
    stage.xledger.plan(credits_per_hour=0, reset_after_seconds=20)
    stage.publish(waiting)
    stage.until("the gate closes", lambda: closed(scene, Why.CREDITS))
    scene.type("errors SyncCustomers")
    scene.type("errors SyncProjects")
    scene.check('"why":"credits"' in scene.type("logs SyncCustomers gate").out, "the log does not say why")
    stage.until("the figure of what waits rises", lambda: any(stage.figures.of("WaitInAllSeconds", since)))
    stage.xledger.plan(credits_per_hour=None)
    arrives(scene, waiting)
    falls_to_nothing(scene, "WaitInAllSeconds")


def the_sweeper_is_silent(scene: Scene) -> None:
    """Its rule is switched off, and a wake is lost."""
    stage, waiting, since = scene.stage, a_customer(), now()
    events = stage.aws.client("events")
    (rule,) = events.list_rules(NamePrefix=f"{stage.stack.name}-Sweep")["Rules"]
    events.disable_rule(Name=rule["Name"])
    stage.shell.run('op company pause nordvik --reason "so that nothing is carried"')
    stage.publish(waiting)
    stage.until("the event is taken in", lambda: is_open(scene, waiting), sweeping=False)
    stage.until("its wake is gone", lambda: not stage.messages("CustomersQueue"), sweeping=False)
    stage.shell.run("op company resume nordvik")
    scene.type("errors Sweep")
    scene.check("DISABLED" in scene.type("aws events list-rules").out, "the rule's state is not told")
    stage.until("the answer counts a wake", lambda: _woken(scene) > 0, sweeping=False)
    arrives(scene, waiting)  # it is started by hand until then
    stage.until(
        "its sign of life, which the alarm looks for, is there", lambda: stage.figures.of("Sweeps", since)
    )
    events.enable_rule(Name=rule["Name"])
    scene.check("ENABLED" in scene.type("aws events list-rules").out, "the rule is not on again")


def nothing_is_measured(scene: Scene) -> None:
    """Its rule is switched off."""
    stage, since = scene.stage, now()
    events = stage.aws.client("events")
    (rule,) = events.list_rules(NamePrefix=f"{stage.stack.name}-MeasureWork")["Rules"]
    events.disable_rule(Name=rule["Name"])
    scene.type("errors MeasureWork")
    scene.check("DISABLED" in scene.type("aws events list-rules").out, "the rule's state is not told")
    said = scene.type("aws lambda invoke").out
    scene.check('"WaitSeconds"' in said, f"it does not answer with figures: {said}")
    stage.until(
        "its sign of life, which the alarm looks for, is there",
        lambda: stage.figures.of("Measurements", since),
    )
    events.enable_rule(Name=rule["Name"])
    scene.check("ENABLED" in scene.type("aws events list-rules").out, "the rule is not on again")


def writes_in_doubt(scene: Scene) -> None:
    """Xledger does what it is told, and nobody hears of it."""
    stage, new = scene.stage, a_customer()
    stage.xledger.plan(faults_only="mutation", lost_answers=1)
    stage.publish(new)
    stage.until("the write is in doubt", lambda: closed(scene, Why.IN_DOUBT))
    scene.type("errors SyncCustomers")
    scene.type("errors SyncProjects")
    said = scene.type("op company test nordvik", fails=True).out
    scene.check("? " in said, f"the test does not say that it is not known yet: {said}")
    stage.xledger.plan(faults_only=None, lost_answers=0)
    arrives(scene, new)
    falls_to_nothing(scene, "InDoubtSeconds")
    page = scene.somebody(Role.ACCOUNTANT).reads(f"/record?kind=customer&number={number_of(new)}")
    scene.check(number_of(new) in page, "the record's page does not tell of it")


def _woken(scene: Scene) -> int:
    """By a start by hand."""
    counted = re.search(r'"woken": ?(\d+)', scene.type("aws lambda invoke").out)
    return int(counted[1]) if counted else 0


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Stop everything": stop_everything,
    "Records wait": records_wait,
    "The sweeper is silent": the_sweeper_is_silent,
    "Nothing is measured": nothing_is_measured,
    "Writes in doubt": writes_in_doubt,
}
