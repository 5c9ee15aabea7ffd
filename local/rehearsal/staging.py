"""The deployment as it is before anything befalls it: one company, its records in Xledger, and eight exports."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from local import ROOT, moment
from local.aws import EmbeddedAws
from local.aws.wiring import wiring
from local.mailbox import Mailbox
from local.rehearsal.shell import Shell
from local.rehearsal.simulated import TOKENS, Moment, Xledger
from local.rehearsal.stage import Stage
from local.run.bodies import Body, bodies
from local.run.books import COMPANY
from local.run.options import MOMENT_PATH, XLEDGER_PATH
from local.run.simulators import MORE_INVOICES, SAMPLE_EVENTS, SAMPLE_MOMENT_KEY
from local.xledger import server
from local.xledger.plan import OWNER_CODE, Plan

TEMPLATE = ROOT / "template.yaml"
EXPORTS = 8  # the runbook's examples are 7 and 8
SINCE = '"invoiceDate":"2026-1'  # the months that the runbook's examples are of
TIMEOUT = "3"  # seconds, for one answer of Xledger
SETTINGS: dict[str, Any] = {
    "name": "Nordvik Arkitekter AS",
    "language": "en",  # as the runbook quotes it
    "notify": ["regnskap@nordvik.example"],
    "route": "file",
    "owner_code": OWNER_CODE,
    "file": {"format": "gl02b"},  # whose rows name accounts, so that they can be wrong
}
KEYS = {"xledger_token": TOKENS[0], "moment_key": SAMPLE_MOMENT_KEY}
HIDDEN = 5  # seconds, and not minutes, until a message that failed comes back


@contextmanager
def staged(folder: Path, beginning: str) -> Iterator[Stage]:
    with ExitStack() as until_the_end:
        enter = until_the_end.enter_context
        mailbox = enter(Mailbox(folder / "mail"))
        aws = enter(EmbeddedAws(smtp=mailbox.address))
        books = enter(server.start(Plan(), TOKENS[0]))
        api = enter(moment.start([], {SAMPLE_MOMENT_KEY: {COMPANY}}))
        addresses = {"XledgerUrl": books.url + XLEDGER_PATH, "XledgerSoapUrl": books.url}
        addresses |= {"MomentUrl": api.url + MOMENT_PATH, "XledgerTimeout": TIMEOUT}
        stack = aws.deploy(TEMPLATE, addresses)
        shell = Shell(beginning, aws.environment())
        use, outside = wiring(aws, stack), (Xledger(books.url), Moment(api.url))
        stage = Stage(aws, stack, mailbox, *outside, use, shell, folder, _invoices())
        stage.save(SETTINGS, KEYS)
        stage.probe()  # nothing of a new company goes before
        for queue in ("EventsQueue", "ExportsQueue"):
            stage.hide(queue, HIDDEN)
        known = list(bodies([SAMPLE_EVENTS / "customers.jsonl", SAMPLE_EVENTS / "projects.jsonl"]))
        stage.moment.tell(known)
        stage.publish(*known)
        for _ in range(EXPORTS):
            stage.export(stage.new_invoice())
        yield stage


def _invoices() -> Iterator[Body]:
    sample = bodies([SAMPLE_EVENTS / "invoices.jsonl"])
    yield from (each for each in sample if SINCE in each.text)
    yield from bodies([MORE_INVOICES])
