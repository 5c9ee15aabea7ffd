"""The deployment that the troubles befall, and what anybody can do with it."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import EmbeddedAws, Stack
from local.aws.stack import ALIAS
from local.mailbox import Mailbox
from local.rehearsal.figures import Figures
from local.rehearsal.shell import Said, Shell
from local.rehearsal.simulated import Moment, Xledger
from local.run.bodies import Body
from local.run.books import COMPANY
from local.run.publishing import publish
from local.run.waiting import in_queues
from local.serve.doors import release
from moment_xledger.domain.exports import Status
from moment_xledger.wiring import Wiring

_SWEEP_SECONDS = 3.0
_POLL_SECONDS = 0.3


class NotAsWritten(Exception):
    """Something did not come out as the runbook says; the message says what."""


@dataclass
class Stage:
    aws: EmbeddedAws
    stack: Stack
    mailbox: Mailbox
    xledger: Xledger
    moment: Moment
    use: Wiring
    shell: Shell
    folder: Path
    invoices: Iterator[Body]  # the sample's, not yet published
    _swept: float = 0.0

    def __getitem__(self, name: str) -> str:
        """The real name of what the template calls so."""
        return self.stack.resources[name]

    @property
    def figures(self) -> Figures:
        return Figures(self.aws, self.stack)

    def save(self, settings: Mapping[str, Any], keys: Mapping[str, Any] | None = None) -> Said:
        """As the company's administrator does in the settings; what is not named stays."""
        file = self.folder / "settings.json"
        file.write_text(json.dumps(settings), "utf-8")
        typed = "--keys -" if keys else ""
        said = self.shell.run(f"op company create {COMPANY} --settings {file} {typed}", json.dumps(keys))
        if " is saved, version" not in said.out:
            raise NotAsWritten(f"the settings are not saved: {said.last}")
        return said

    def probe(self) -> None:
        said = self.shell.run(f"op company probe {COMPANY}")
        if not self.use.ledger.probes.hold(COMPANY).is_open:
            raise NotAsWritten(f"a probe finds something in the way: {said.last}")

    def hide(self, queue: str, seconds: int) -> None:
        """How long a message that was taken is hidden from others."""
        given = {"VisibilityTimeout": str(seconds)}
        self.aws.client("sqs").set_queue_attributes(QueueUrl=self[queue], Attributes=given)

    @contextmanager
    def impatient(self, queue: str) -> Iterator[None]:
        """Meanwhile its messages come again at once, and are set aside after ten times."""
        sqs, names = self.aws.client("sqs"), ["RedrivePolicy", "VisibilityTimeout"]
        before = sqs.get_queue_attributes(QueueUrl=self[queue], AttributeNames=names)["Attributes"]
        soon = json.dumps(json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": 10})
        changed = {"RedrivePolicy": soon, "VisibilityTimeout": "1"}
        sqs.set_queue_attributes(QueueUrl=self[queue], Attributes=changed)
        try:
            yield
        finally:
            attributes = {name: before[name] for name in names}
            sqs.set_queue_attributes(QueueUrl=self[queue], Attributes=attributes)

    def new_invoice(self) -> Body:
        """Which Moment has, and whose event it publishes now or later."""
        invoice = next(self.invoices)
        self.moment.tell([invoice])
        return invoice

    @contextmanager
    def mistake(self, function: str, **variables: str) -> Iterator[None]:
        """A release of this function that is wrong; at the end the one before it."""
        right = self.stack.environment_of(self.aws, function)
        release(self.aws, self[function], right | variables)
        try:
            yield
        finally:
            release(self.aws, self[function], right)

    def publish(self, *events: Body) -> None:
        publish(self.aws.client("sqs"), self["EventsQueue"], events, told=lambda _: None)

    def invoke(self, function: str, **event: object) -> dict[str, Any]:
        answer = self.aws.client("lambda").invoke(
            FunctionName=self[function], Qualifier=ALIAS, Payload=json.dumps(event)
        )
        said = json.loads(answer["Payload"].read() or "null")
        if "FunctionError" in answer:
            raise NotAsWritten(f"{function} failed: {said.get('errorMessage', '')}")
        return dict(said or {})

    def start(self, run: str) -> dict[str, Any]:
        """As the clock does when its time comes: a job for each company or token."""
        return self.invoke("StartRuns", run=run)

    def ask_for_export(self) -> None:
        body = {"company": COMPANY, "request": uuid.uuid4().hex, "by": "Kari", "repeats": None}
        self.aws.client("sqs").send_message(QueueUrl=self["ExportsQueue"], MessageBody=json.dumps(body))

    def export(self, *events: Body) -> int:
        """Publish these invoices, and export what is new; the number of the export when it is ready."""
        head = self.use.ledger.invoices.head(COMPANY)
        self.publish(*events)
        self.until(
            "the invoices are taken in", lambda: self.use.ledger.invoices.head(COMPANY) >= head + len(events)
        )
        made = len(self.ready())
        self.ask_for_export()
        self.until("the export is ready", lambda: len(self.ready()) > made)
        return max(self.ready())

    def has_invoice(self, number: str) -> bool:
        return bool(self.use.ledger.invoices.by_number(COMPANY, [int(number)]))

    def ready(self) -> list[int]:
        exports = self.use.ledger.exports.newest_first(COMPANY)
        return [each.number for each in exports if each.status is Status.READY]

    def log_of(self, function: str) -> str:
        return self.stack.log_of(self.aws, function)

    def messages(self, queue: str) -> int:
        """There to be taken, in work, or put off until later."""
        return in_queues(self.aws.client("sqs"), {queue: self[queue]})[queue]

    def until(
        self, what: str, true: Callable[[], object], seconds: float = 120, *, sweeping: bool = True
    ) -> None:
        """The schedule sweeps every minute; here it comes sooner, for nobody wants to watch a minute go by."""
        give_up = time.monotonic() + seconds
        while not true():
            if time.monotonic() > give_up:
                raise NotAsWritten(f"not within {seconds:.0f} seconds: {what}")
            if sweeping and time.monotonic() > self._swept + _SWEEP_SECONDS:
                self.invoke("Sweep")
                self.invoke("MeasureWork")
                self._swept = time.monotonic()
            time.sleep(_POLL_SECONDS)
