"""Every flow of every function once, in an account where each function has its role's rights and no more."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

from local import ROOT
from local.aws import EmbeddedAws, Stack
from local.rights.visitor import Visitor
from local.run.bodies import bodies, event_files
from local.run.books import COMPANY
from local.run.journey import Journey
from local.run.options import MOMENT_PATH, XLEDGER_PATH, Options
from local.run.progress import Progress
from local.run.publishing import publish
from local.run.simulators import MORE_INVOICES, SAMPLE_EVENTS
from local.run.waiting import Look, in_queues, until_quiet
from local.run.world import World, world
from local.serve.doors import sign_in_links
from moment_xledger.domain.companies import Route
from moment_xledger.domain.sessions import Role

FEW = 4  # invoices
PATIENCE_SECONDS = 60.0
SOURCES = (
    "EventsQueue",
    "CustomersQueue",
    "ProjectsQueue",
    "ExportsQueue",
    "UploadsQueue",
    "ExpensesQueue",
    "InvoiceMailsQueue",
    "HeldInvoicesQueue",
    "NumbersQueue",
    "ReconcileQueue",
    "NoticesQueue",
    "MailEventsQueue",
)
RUNS = ("exports", "expenses", "numbers", "reconcile", "notices")  # that the clock starts
Told = Callable[[EmbeddedAws, Stack], None]


class Tour:
    """One route for invoices. `wrong` are sentences on what did not come to its end."""

    def __init__(self, route: Route, folder: Path, witness: Path, progress: Progress) -> None:
        self._route, self._witness, self._progress = route, witness, progress
        self._options = Options(events=tuple(_few_events(folder)), out=folder / "out", route=route)
        self.wrong: list[str] = []

    def take(self, at_the_end: Told) -> None:
        with world(self._options, witness=self._witness) as around:
            journey = Journey(self._options, around, self._progress)
            summary = journey.made()
            self.wrong += [] if summary.is_as_it_should_be else list(summary.lines())
            self._aws, self._stack = around.aws, journey.stack
            self._meet_trouble(around)
            for function in ("Sweep", "MeasureWork"):
                self._invoke(function)
            for run in RUNS:
                self._invoke("StartRuns", run=run)
            self._invoke("StartRuns")
            self._let_everybody_in()
            self._settle()
            at_the_end(around.aws, journey.stack)

    def _meet_trouble(self, around: World) -> None:
        """So that there is something to decide, to tell of and to try again."""
        _TROUBLE[self._route](around)
        self._publish([MORE_INVOICES])
        if self._route is Route.EMAIL:
            sqs = self._aws.client("sqs")
            sqs.send_message(QueueUrl=self._stack.resources["MailEventsQueue"], MessageBody=_a_bounce())
        self._settle()
        for run in ("exports", "expenses"):
            self._invoke("StartRuns", run=run)
        self._settle()

    def _publish(self, files: list[Path]) -> None:
        wrong = event_files([ROOT / "events" / "bad"])
        queue = self._stack.resources["EventsQueue"]
        publish(self._aws.client("sqs"), queue, bodies([*files, *wrong]), told=lambda _: None)

    def _let_everybody_in(self) -> None:
        """Of the other tours one person is enough: the buttons are the same, and all are the administrator's."""
        links = sign_in_links(self._aws, self._stack, COMPANY)
        if self._route is not Route.FILE:
            links = {Role.ADMINISTRATOR: links[Role.ADMINISTRATOR]}
        for role, link in links.items():
            visitor = Visitor(link, self._aws.url)
            visitor.look_around()
            answers = ", ".join(f"{count} × {status}" for status, count in sorted(visitor.answers.items()))
            self._progress.step(f"{role}: every page opened, every button pressed: {answers}")
            self.wrong += visitor.failed

    def _settle(self) -> None:
        sqs = self._aws.client("sqs")
        addresses = {name: self._stack.resources[name] for name in SOURCES}
        left = until_quiet(lambda: Look(in_queues(sqs, addresses)), self._progress, patience=PATIENCE_SECONDS)
        self.wrong += [left] if left else []

    def _invoke(self, function: str, **event: str) -> None:
        name = self._stack.resources[function]
        answer = self._aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        if "FunctionError" in answer:
            what = json.loads(answer["Payload"].read()).get("errorMessage", "")
            self.wrong.append(f"{function} failed: {what}")


def _few_events(folder: Path) -> Iterator[Path]:
    """The sample company, with the first of its invoices."""
    for file in event_files([SAMPLE_EVENTS]):
        few = folder / file.name
        if file.stem == "invoices":
            few.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[:FEW]), "utf-8")
        else:
            shutil.copyfile(file, few)
        yield few


def _a_bounce() -> str:
    """Of the first invoice's mail, as SES tells of it."""
    tags = {"company": [COMPANY], "invoice": ["10001"], "attempt": ["1"]}
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"diagnosticCode": "smtp; 550 no such user"}]}
    detail = {"eventType": "Bounce", "mail": {"messageId": "1", "tags": tags}, "bounce": bounce}
    return json.dumps({"source": "aws.ses", "detail-type": "Email Bounced", "detail": detail})


def _nothing(_: World) -> None:
    """The bad events are trouble enough."""


def _a_lost_answer(around: World) -> None:
    """Nobody can know whether the next file was taken."""
    lost = [{"what": "lost_answers", "only": "ReceiveFile"}]
    _post(around.xledger_url.removesuffix(XLEDGER_PATH) + "/_plan", {"soap": {"scheduled": lost}})


def _a_missing_pdf(around: World) -> None:
    requests.post(f"{around.moment_url.removesuffix(MOMENT_PATH)}/_faults", data="404", timeout=10)


def _post(url: str, what: Any) -> None:
    requests.post(url, json=what, timeout=10).raise_for_status()


_TROUBLE: dict[Route, Callable[[World], None]] = {
    Route.FILE: _nothing,
    Route.UPLOAD: _a_lost_answer,
    Route.EMAIL: _a_missing_pdf,
}
