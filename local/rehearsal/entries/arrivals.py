"""Events on their way into the ledger."""

import json
from collections.abc import Callable

from local import ROOT
from local.rehearsal.carrying import arrives
from local.rehearsal.events import a_customer, number_of, of_customer
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.run.bodies import bodies, event_files
from local.run.books import COMPANY
from moment_xledger.domain.sessions import Role


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
    told = json.loads(scene.type("aws dynamodb query").out)
    scene.check(told and all(len(each) == 3 for each in told), f"which, since when, and whose it is: {told}")
    operator = scene.somebody(Role.OPERATOR)
    for problem in stage.use.ledger.problems.of(COMPANY):
        page = f"/problems/group?kind={problem.kind}&code={problem.code}"
        scene.check(operator.may_read(page), f"the console does not show {problem.code}")


def dead_letters(scene: Scene) -> None:
    """A release that cannot read the table fails with every event, as often as the queue lets it: here less often."""
    stage, event, sqs = scene.stage, a_customer(), scene.stage.aws.client("sqs")
    with stage.impatient("EventsQueue"), stage.mistake("ReceiveEvents", TABLE="no-such-table"):
        stage.publish(event)
        stage.until("it is set aside", lambda: stage.messages("EventsDeadLetters"), sweeping=False)
        said = scene.type("op dead-letters", fails=True).out
        scene.check(f"momentcompany {COMPANY}" in said, f"it does not say which: {said}")
        scene.check("ResourceNotFound" in scene.type("errors ReceiveEvents").out, "the log does not say why")
        scene.type("errors ExportInvoices")
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
    stage.until("it waits", lambda: stage.messages("EventsQueue"))
    scene.type("errors ReceiveEvents")
    functions.update_event_source_mapping(UUID=source, Enabled=True)
    stage.until("the queue falls", lambda: not stage.messages("EventsQueue"))
    arrives(scene, event)


def events_in_flight(scene: Scene) -> None:
    stage, events = scene.stage, [a_customer() for _ in range(3)]
    with stage.mistake("ReceiveEvents", TABLE="no-such-table"):
        stage.publish(*events)
        stage.until("they are taken again and again", lambda: "failed" in stage.log_of("ReceiveEvents"))
        scene.check(stage.messages("EventsQueue") == len(events), "they are not in the queue any more")
        scene.check("failed" in scene.type("errors ReceiveEvents").out, "the log does not say that they fail")
    stage.until("none is in flight", lambda: not stage.messages("EventsQueue"))
    for each in events:
        arrives(scene, each)


def held_invoices_wait(scene: Scene) -> None:
    """A release that cannot read the table, while the customer comes that an invoice waits for."""
    stage, customer = scene.stage, a_customer()
    invoice = of_customer(stage.new_invoice(), number_of(customer))
    with stage.mistake("RecheckInvoices", TABLE="no-such-table"):
        stage.publish(invoice, customer)
        stage.until("nobody looks at it", lambda: "failed" in stage.log_of("RecheckInvoices"))
        said = scene.type("errors RecheckInvoices").out
        scene.check("ResourceNotFound" in said, f"the log does not say why: {said}")
        scene.type("runs RecheckInvoices")
        scene.type("aws sqs get-queue-attributes")
        arrives(scene, customer)
        scene.check(not stage.has_invoice(number_of(invoice)), "it has arrived all the same")
    stage.until("it goes by itself", lambda: stage.has_invoice(number_of(invoice)))
    scene.check('"let_go": 1' in scene.type("runs RecheckInvoices").out, "the log does not count it")


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Events refused": events_refused,
    "A new reason": a_new_reason,
    "Dead letters": dead_letters,
    "Events wait": events_wait,
    "Events in flight": events_in_flight,
    "Held invoices wait": held_invoices_wait,
}
