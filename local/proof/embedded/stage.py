"""Everything around the functions, and the companies of the story in it, each as its administrator would set it up."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import boto3

from local import ROOT, moment
from local.aws import EmbeddedAws, Stack
from local.aws.wiring import wiring
from local.mailbox import Mailbox
from local.proof.embedded.simulators import MOMENT_KEY, plan
from local.proof.story import OTHER, TOKENS, Size, Story, tell
from local.run.options import MOMENT_PATH, XLEDGER_PATH
from local.xledger import server
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import CompanyId, Route, Secrets, Token
from moment_xledger.flows.save_company import save_company
from moment_xledger.wiring import Wiring

TEMPLATE = ROOT / "template.yaml"
TIMEOUT_SECONDS = 3  # for one answer; a lease, and the doubt about a lost answer, last half a minute longer
EVENTS_HIDDEN_SECONDS = 40  # and not 190, so that a batch whose worker died is seen again before all is over
RECEPTION = "mb.20001@xledger.example"


@dataclass(frozen=True)
class Stage:
    aws: EmbeddedAws
    stack: Stack
    mailbox: Mailbox
    xledger_url: str
    moment_url: str
    story: Story
    use: Wiring  # as the functions' own, with all that any of them has

    @property
    def bucket(self) -> str:
        return self.stack.resources["Bucket"]

    def companies(self, route: Route) -> list[CompanyId]:
        return [company.id for company in self.story.companies if company.route is route]

    def queue(self, name: str) -> str:
        return self.stack.resources[name]


def now() -> datetime:
    return datetime.now(UTC)


def told(random: Random, size: Size) -> Story:
    """The usual story, but that one company's invoices leave by mail."""
    story = tell(random, size, None)
    by_mail = {"route": Route.EMAIL, "reception_address": RECEPTION}
    story.companies = [
        each.model_copy(update=by_mail) if each.owner_code == OTHER else each for each in story.companies
    ]
    return story


@contextmanager
def staged(story: Story, seed: int, folder: Path) -> Iterator[Stage]:
    with ExitStack() as until_the_end:
        enter = until_the_end.enter_context
        mailbox = enter(Mailbox(folder / "mail"))
        aws = enter(EmbeddedAws(smtp=mailbox.address))
        books = enter(server.start(plan(seed)))
        keys = {MOMENT_KEY: {company.id for company in story.companies}}
        api = enter(moment.start([each.event for each in (*story.published, *story.unsent)], keys))
        parameters = {
            "XledgerUrl": books.url + XLEDGER_PATH,
            "XledgerTimeout": str(TIMEOUT_SECONDS),
            "MomentUrl": api.url + MOMENT_PATH,
        }
        stack = aws.deploy(TEMPLATE, parameters)
        stage = Stage(aws, stack, mailbox, books.url, api.url, story, wiring(aws, stack))
        _set_up(stage)
        yield stage


def _set_up(stage: Stage) -> None:
    stage.aws.client("sqs").set_queue_attributes(
        QueueUrl=stage.queue("EventsQueue"), Attributes={"VisibilityTimeout": str(EVENTS_HIDDEN_SECONDS)}
    )
    prefix, fingerprint = f"{stage.stack.name}/", stage.stack.resources["Fingerprint"]
    vault = Vault(boto3.client("secretsmanager"), prefix, fingerprint)
    for company in stage.story.companies:
        secrets = Secrets(TOKENS[company.token_id], Token(MOMENT_KEY), None)
        settings = company.model_dump(mode="json", exclude={"token_id"})
        save_company(settings, secrets, stage.use.ledger, vault, now, stage.xledger_url + XLEDGER_PATH)
