"""Customers and projects on their way to Xledger, and what stands in it."""

from collections.abc import Callable
from typing import Any

import requests

from local.rehearsal.events import a_customer, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.rehearsal.stage import TOKEN
from local.run.bodies import Body
from local.run.books import COMPANY
from local.run.options import XLEDGER_PATH
from moment_xledger.adapters.xledger_graphql import document
from moment_xledger.domain.errors import Why
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.sessions import Role


def stop_everything(scene: Scene) -> None:
    stage = scene.stage
    scene.type("op company pause nordvik")
    asked, waiting = stage.state()["requests"]["total"], a_customer()
    stage.publish(waiting)
    stage.until("the event is taken in", lambda: _is_open(scene, waiting))
    stage.invoke("Sweep")
    scene.check(
        "wrong account in the file of today" in _overview(scene), "the console does not say who and why"
    )
    scene.type("op company pause --all")
    said = scene.type("op company resume nordvik", fails=True)
    scene.check("is still paused, with all" in said.out, "resume does not name who is still paused")
    stage.invoke("Sweep")
    scene.check(stage.state()["requests"]["total"] == asked, "Xledger was asked during the pause")
    said = stage.shell.run("op company test nordvik")
    scene.check("+ Xledger" in said.out, "a connection test does not ask Xledger during the pause")
    scene.type("op company resume --all")
    arrives(scene, waiting)


def records_wait(scene: Scene) -> None:
    """Requests are used up, for a while that is short here."""
    stage, waiting, since = scene.stage, a_customer(), now()
    stage.plan(credits_per_hour=0, reset_after_seconds=20)
    stage.publish(waiting)
    stage.until("the gate closes", lambda: closed(scene, Why.CREDITS))
    scene.type("errors SyncCustomers")
    scene.type("errors SyncProjects")
    scene.check('"why":"credits"' in scene.type("logs SyncCustomers gate").out, "the log does not say why")
    stage.until("the figure of what waits rises", lambda: any(stage.figures.of("WaitInAllSeconds", since)))
    stage.plan(credits_per_hour=None)
    arrives(scene, waiting)
    _falls_to_nothing(scene, "WaitInAllSeconds")


def the_sweeper_is_silent(scene: Scene) -> None:
    """Its rule is switched off, and a wake is lost."""
    stage, waiting, since = scene.stage, a_customer(), now()
    events = stage.aws.client("events")
    (rule,) = events.list_rules(NamePrefix=f"{stage.stack.name}-Sweep")["Rules"]
    events.disable_rule(Name=rule["Name"])
    stage.shell.run('op company pause nordvik --reason "so that nothing is carried"')
    stage.publish(waiting)
    stage.until("the event is taken in", lambda: _is_open(scene, waiting), sweeping=False)
    stage.until("its wake is gone", lambda: not stage.letters("CustomersQueue"), sweeping=False)
    stage.shell.run("op company resume nordvik")
    scene.type("errors Sweep")
    scene.check("DISABLED" in scene.type("aws events list-rules").out, "the rule's state is not told")
    scene.check(
        '"woken":1' in scene.type("aws lambda invoke").out.replace(" ", ""), "the answer counts no wake"
    )
    stage.until("it is carried", lambda: stage.held("customers", number_of(waiting)), sweeping=False)
    stage.until(
        "its sign of life, which the alarm looks for, is there", lambda: stage.figures.of("Sweeps", since)
    )
    events.enable_rule(Name=rule["Name"])
    scene.check("ENABLED" in scene.type("aws events list-rules").out, "the rule is not on again")


def writes_in_doubt(scene: Scene) -> None:
    """Xledger does what it is told, and nobody hears of it."""
    stage, new = scene.stage, a_customer()
    stage.plan(faults_only="mutation", lost_answers=1)
    stage.publish(new)
    stage.until("the write is in doubt", lambda: closed(scene, Why.IN_DOUBT))
    scene.type("errors SyncCustomers")
    scene.type("errors SyncProjects")
    said = scene.type("op company test nordvik", fails=True).out
    scene.check("? " in said, f"the test does not say that it is not known yet: {said}")
    stage.plan(faults_only=None, lost_answers=0)
    arrives(scene, new)
    _falls_to_nothing(scene, "InDoubtSeconds")
    page = scene.somebody(Role.ACCOUNTANT).reads(f"/record?kind=customer&number={number_of(new)}")
    scene.check(number_of(new) in page, "the record's page does not tell of it")


def two_records_with_one_code(scene: Scene) -> None:
    stage, twice = scene.stage, a_customer()
    number = number_of(twice)
    first, second = (_in_xledger(scene, number) for _ in range(2))
    scene.check(first != second, "Xledger made one of two")
    stage.publish(twice)
    problem = f"/problems/one?kind=customer&code=NUMBER_TWICE_IN_XLEDGER&number={number}"
    accountant = scene.somebody(Role.ACCOUNTANT)
    stage.until("the problem is there", lambda: accountant.may_read(problem))
    scene.check(number in accountant.reads(problem), "the problem does not name the number")
    _ask(scene, "UpdateCustomers", {"dbId": int(second), "code": f"9{number}"})
    accountant.presses("/problems/group?kind=customer&code=NUMBER_TWICE_IN_XLEDGER", "/problems/retry")
    stage.until("the problem is gone", lambda: not accountant.may_read(problem))
    scene.check(stage.held("customers", number) == 1, "Xledger has the number twice, or not at all")
    page = accountant.reads(f"/record?kind=customer&number={number}")
    scene.check(str(first) in page, "the record's page does not say that it is in Xledger")


def xledger_is_down(scene: Scene) -> None:
    stage, waiting = scene.stage, [a_customer(), a_customer()]
    stage.plan(faults_only=None, errors_5xx=1)
    stage.publish(*waiting)
    stage.until("the breaker opens", lambda: closed(scene, Why.DOWN))
    scene.type("op company test nordvik", fails=True)
    stage.plan(errors_5xx=0)
    for each in waiting:
        arrives(scene, each, seconds=240)


def trouble_in_the_region(scene: Scene) -> None:
    """Every function dies at work, and every wake is lost: what AWS's own trouble leaves behind."""
    stage, events = scene.stage, [a_customer() for _ in range(5)]
    stage.publish(*events)
    for worker in stage.aws.workers():
        worker.kill()
    stage.until("the events are taken in", lambda: all(_is_known(scene, each) for each in events))
    stage.aws.client("sqs").purge_queue(QueueUrl=stage["CustomersQueue"])
    for each in events:
        arrives(scene, each)
    said = scene.type("op company report nordvik")
    scene.check("2026-10" in said.out or ";NOK;" in said.out, "the report is empty")
    scene.check(stage.shell.run("op dead-letters").status == 0, "there are dead letters")
    scene.cannot("a whole region that fails; here its functions are killed and its wakes are lost")


def arrives(scene: Scene, event: Body, seconds: float = 150) -> None:
    """In Xledger, once."""
    number = number_of(event)
    scene.stage.until(
        f"customer {number} is in Xledger", lambda: scene.stage.held("customers", number), seconds
    )
    scene.check(scene.stage.held("customers", number) == 1, f"customer {number} is in Xledger more than once")


def _falls_to_nothing(scene: Scene, metric: str) -> None:
    """What the alarm looks at."""
    since = now()
    scene.stage.until(f"{metric} is 0", lambda: scene.stage.figures.of(metric, since)[-1:] == [0])


def _overview(scene: Scene) -> str:
    return scene.somebody(Role.ADMINISTRATOR).reads("/overview")


def closed(scene: Scene, why: Why) -> bool:
    ledger = scene.stage.use.ledger
    company = ledger.companies.get_known(COMPANY)
    return ledger.gates.get(company.token_id).closed_why is why


def _is_known(scene: Scene, event: Body) -> bool:
    return _record(scene, event) is not None


def _is_open(scene: Scene, event: Body) -> bool:
    record = _record(scene, event)
    return record is not None and record.state is State.DIRTY


def _record(scene: Scene, event: Body) -> Record | None:
    number = number_of(event)
    return scene.stage.use.ledger.records.by_number(COMPANY, Kind.CUSTOMER, [number]).get(number)


def _in_xledger(scene: Scene, number: str) -> str:
    """Made by somebody there: its id."""
    company = _ask(scene, "AddCompanies", {"code": number, "description": "Kari"})
    return _ask(
        scene, "AddCustomers", {"code": number, "description": "Kari", "company": {"dbId": int(company)}}
    )


def _ask(scene: Scene, operation: str, node: dict[str, Any]) -> str:
    """The id of what was made or changed."""
    variables = {"inputs": [{"clientId": "1", "node": node}]}
    question = {"query": document(operation), "variables": variables, "operationName": operation}
    answer = requests.post(
        scene.stage.xledger_url + XLEDGER_PATH,
        json=question,
        headers={"Authorization": f"token {TOKEN}"},
        timeout=10,
    ).json()
    scene.check("errors" not in answer, f"Xledger refuses {operation}: {answer.get('errors')}")
    field = operation[0].lower() + operation[1:]
    return str(answer["data"][field]["edges"][0]["node"]["dbId"])


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Stop everything": stop_everything,
    "Records wait": records_wait,
    "The sweeper is silent": the_sweeper_is_silent,
    "Writes in doubt": writes_in_doubt,
    "Two records with one code": two_records_with_one_code,
    "Xledger is down": xledger_is_down,
    "Trouble in the region": trouble_in_the_region,
}
