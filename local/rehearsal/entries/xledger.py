"""What stands in Xledger, and days on which it or AWS itself fails."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from local.rehearsal.carrying import arrives, closed, is_known
from local.rehearsal.events import a_customer, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.run.books import COMPANY
from moment_xledger.domain.errors import Conflict, Why
from moment_xledger.domain.problems import Code
from moment_xledger.domain.sessions import Role
from moment_xledger.flows.stop_work import SETTINGS


def two_records_with_one_code(scene: Scene) -> None:
    stage, twice = scene.stage, a_customer()
    number = number_of(twice)
    first, second = (stage.xledger.make_customer(number) for _ in range(2))
    scene.check(first != second, "Xledger made one of two")
    stage.publish(twice)
    problem = f"/problems/one?kind=customer&code=NUMBER_TWICE_IN_XLEDGER&number={number}"
    accountant = scene.somebody(Role.ACCOUNTANT)
    stage.until("the problem is there", lambda: accountant.may_read(problem))
    scene.check(number in accountant.reads(problem), "the problem does not name the number")
    stage.xledger.give_number(second, f"9{number}")
    accountant.presses("/problems/group?kind=customer&code=NUMBER_TWICE_IN_XLEDGER", "/problems/retry")
    stage.until("the problem is gone", lambda: not accountant.may_read(problem))
    scene.check(stage.xledger.customers(number) == 1, "Xledger has the number twice, or not at all")
    page = accountant.reads(f"/record?kind=customer&number={number}")
    scene.check(str(first) in page, "the record's page does not say that it is in Xledger")


def xledger_is_down(scene: Scene) -> None:
    stage, waiting = scene.stage, [a_customer(), a_customer()]
    stage.xledger.plan(faults_only=None, errors_5xx=1)
    stage.publish(*waiting)
    stage.until("the breaker opens", lambda: closed(scene, Why.DOWN))
    scene.type("op company test nordvik", fails=True)
    stage.xledger.plan(errors_5xx=0)
    for each in waiting:
        arrives(scene, each, seconds=240)


def xledger_is_silent(scene: Scene) -> None:
    """It has not answered this company's token for two hours; nobody here waits so long."""
    stage, ledger, waiting = scene.stage, scene.stage.use.ledger, a_customer()
    token = ledger.companies.get_known(COMPANY).token_id
    stage.xledger.plan(faults_only=None, errors_5xx=1)
    stage.publish(waiting)
    stage.until("the breaker opens", lambda: closed(scene, Why.DOWN))

    def is_told() -> bool:
        gate = ledger.gates.get(token)
        if gate.silence and not gate.silence.is_to_be_told:
            longer = replace(gate.silence, since=now() - timedelta(hours=2))
            with suppress(Conflict):  # somebody is asking at this moment
                ledger.gates.save(token, replace(gate, silence=longer, closed_until=now()))
        return ledger.problems.get(COMPANY, SETTINGS, "", Code.XLEDGER_SILENT) is not None

    stage.until("the company is told", is_told, seconds=240)
    scene.type("op company test", fails=True)
    scene.check("down" in scene.type("logs SyncCustomers gate").out, "the log does not tell why it is closed")
    scene.type("errors SyncCustomers")
    stage.xledger.make_peace()
    arrives(scene, waiting, seconds=240)
    said = scene.type("op company test").out
    scene.check("+ Xledger accepts the API key." in said, f"the test says: {said}")
    stage.start("notices")
    stage.until(
        "the problem is gone",
        lambda: ledger.problems.get(COMPANY, SETTINGS, "", Code.XLEDGER_SILENT) is None,
    )


def trouble_in_the_region(scene: Scene) -> None:
    """Every function dies at work, and every wake is lost: what AWS's own trouble leaves behind."""
    stage, events = scene.stage, [a_customer() for _ in range(5)]
    stage.publish(*events)
    for worker in stage.aws.workers():
        worker.kill()
    stage.until("the events are taken in", lambda: all(is_known(scene, each) for each in events))
    stage.aws.client("sqs").purge_queue(QueueUrl=stage["CustomersQueue"])
    for each in events:
        arrives(scene, each)
    said = scene.type("op company report nordvik")
    scene.check("2026-10" in said.out or ";NOK;" in said.out, "the report is empty")
    scene.check(stage.shell.run("op dead-letters").status == 0, "there are dead letters")
    scene.cannot("a whole region that fails; here its functions are killed and its wakes are lost")


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Two records with one code": two_records_with_one_code,
    "Xledger is down": xledger_is_down,
    "Xledger is silent": xledger_is_silent,
    "Trouble in the region": trouble_in_the_region,
}
