"""The deployment that the troubles befall: one company, its records in Xledger, and eight exports."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from local import ROOT, moment
from local.aws import EmbeddedAws, Stack
from local.aws.stack import ALIAS
from local.mailbox import Mailbox
from local.rehearsal.figures import Figures
from local.rehearsal.shell import Said, Shell
from local.run.bodies import Body, bodies
from local.run.books import COMPANY
from local.run.options import MOMENT_PATH, XLEDGER_PATH
from local.run.publishing import publish
from local.run.simulators import MORE_INVOICES, SAMPLE_EVENTS, SAMPLE_MOMENT_KEY
from local.run.waiting import in_queues
from local.serve.doors import release
from local.xledger import server
from local.xledger.plan import OWNER_CODE, Plan
from moment_xledger.domain.exports import Status
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring

TEMPLATE = ROOT / "template.yaml"
TOKEN = "token-of-the-rehearsal"
TOKENS = (TOKEN, "second-token-of-the-rehearsal", "third-token-of-the-rehearsal")  # each in its time
EXPORTS = 8  # the runbook's examples are 7 and 8
SINCE = '"invoiceDate":"2026-1'  # the months that the runbook's examples are of
TIMEOUT = "3"  # seconds, for one answer of Xledger
NOTIFIED = "regnskap@nordvik.example"
SETTINGS: dict[str, Any] = {
    "name": "Nordvik Arkitekter AS",
    "language": "en",  # as the runbook quotes it
    "notify": [NOTIFIED],
    "route": "file",
    "owner_code": OWNER_CODE,
    "file": {"format": "gl02b"},  # whose rows name accounts, so that they can be wrong
}
KEYS = {"xledger_token": TOKEN, "moment_key": SAMPLE_MOMENT_KEY}
HIDDEN = 5  # seconds, and not minutes, until a message that failed comes back
_SWEEP_SECONDS = 3.0
_POLL_SECONDS = 0.3


class NotAsWritten(Exception):
    """Something did not come out as the runbook says; the message says what."""


@dataclass
class Stage:
    aws: EmbeddedAws
    stack: Stack
    mailbox: Mailbox
    xledger_url: str
    moment_url: str
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

    def hide(self, queue: str, seconds: int) -> None:
        """How long a message that was taken is hidden from others."""
        given = {"VisibilityTimeout": str(seconds)}
        self.aws.client("sqs").set_queue_attributes(QueueUrl=self[queue], Attributes=given)

    def plan(self, **changes: Any) -> None:
        """What the simulated Xledger is like from now on."""
        requests.post(f"{self.xledger_url}/_plan", json=changes, timeout=10).raise_for_status()

    def held(self, kind: str, number: str) -> int:
        """How often Xledger has a customer or project of that number."""
        return sum(1 for each in self.state()[kind] if str(each["code"]) == number)

    def state(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.xledger_url}/_state", timeout=10).json())

    def make_peace(self) -> None:
        """Xledger fails no more, whatever it was told before, and takes every token that it was ever told of."""
        tokens = [{"token": each} for each in TOKENS]
        self.plan(**Plan().model_dump(exclude={"entities", "tokens", "soap"}), tokens=tokens)

    def new_invoice(self) -> Body:
        """Which Moment has, and whose event it publishes now or later."""
        invoice = next(self.invoices)
        self.tell_moment([invoice])
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

    def fail_at_moment(self, *words: str) -> None:
        requests.post(f"{self.moment_url}/_faults", data="\n".join(words), timeout=10).raise_for_status()

    def tell_moment(self, events: Iterable[Body]) -> None:
        """Only Moment: its queue hears nothing."""
        text = "\n".join(each.text for each in events)
        requests.post(f"{self.moment_url}/_events", data=text.encode(), timeout=10).raise_for_status()

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

    def letters(self, name: str) -> int:
        return in_queues(self.aws.client("sqs"), {name: self[name]})[name]

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
                self._swept = time.monotonic()
            time.sleep(_POLL_SECONDS)


@contextmanager
def staged(folder: Path, beginning: str) -> Iterator[Stage]:
    events = {name: list(bodies([SAMPLE_EVENTS / f"{name}.jsonl"])) for name in ("customers", "projects")}
    late = [each for each in bodies([SAMPLE_EVENTS / "invoices.jsonl"]) if SINCE in each.text]
    invoices = [*late, *bodies([MORE_INVOICES])]
    with ExitStack() as until_the_end:
        enter = until_the_end.enter_context
        mailbox = enter(Mailbox(folder / "mail"))
        aws = enter(EmbeddedAws(smtp=mailbox.address))
        books = enter(server.start(Plan(), TOKEN))
        api = enter(moment.start([], {SAMPLE_MOMENT_KEY: {COMPANY}}))
        addresses = {"XledgerUrl": books.url + XLEDGER_PATH, "XledgerSoapUrl": books.url}
        addresses |= {"MomentUrl": api.url + MOMENT_PATH, "XledgerTimeout": TIMEOUT}
        stack = aws.deploy(TEMPLATE, addresses)
        shell = Shell(beginning, aws.environment())
        stage = Stage(
            aws, stack, mailbox, books.url, api.url, _wiring(aws, stack), shell, folder, iter(invoices)
        )
        stage.save(SETTINGS, KEYS)
        for queue in ("EventsQueue", "ExportsQueue"):
            stage.hide(queue, HIDDEN)
        known = [*events["customers"], *events["projects"]]
        stage.tell_moment(known)
        stage.publish(*known)
        for _ in range(EXPORTS):
            stage.export(stage.new_invoice())
        yield stage


def _wiring(aws: EmbeddedAws, stack: Stack) -> Wiring:
    os.environ.update(aws.environment())  # clients find their way by it, as on AWS
    variables: dict[str, str] = {}
    for function in stack.functions:
        variables |= stack.environment_of(aws, function)
    return Wiring(Environment(variables))
