"""A company whose administrators change everything while it is at work: its key, its switches, its route. Its people do
all that the console offers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from local.proof.errands import (
    ExportAgain,
    OrderExport,
    change,
    fetch_files,
    follow_mail,
    retry_problems,
    shows,
    skip_invoice,
    stroll,
)
from local.proof.stage import Stage
from local.proof.story import (
    BORD,
    BORDS_KEYS,
    Published,
    Size,
    Story,
    an_event,
    tell_of_customers,
    tell_of_invoices,
)
from local.proof.visitors import Errand, Visitor
from local.xledger.engine import Xledger
from moment_xledger.domain.companies import Company, CompanyId, Route, TokenId

BORDVIK = CompanyId("bordvik")
RECEPTION = "mb.20002@xledger.example"
A_LONG_RUN = timedelta(minutes=20)
ODD = 190  # an invoice with a VAT code that nobody has mapped yet
ODD_CODE, MAPPED = "9", "3"
OLD_KEY, NEW_KEY = BORDS_KEYS


def company() -> Company:
    return Company(
        id=BORDVIK,
        name="Bordvik AS",
        token_id=TokenId(""),  # its key's fingerprint, when it is saved
        owner_code=BORD,
        export_customers=False,
        export_projects=False,
        notify=("regnskap@bordvik.example",),
    )


def tell_of_desk(story: Story, random: Random, size: Size, requests_per_hour: int | None) -> None:
    """Its invoices leave by file or by mail, whichever it is set to when they arrive."""
    bordvik = company().model_copy(update={"requests_per_hour": requests_per_hour})
    story.companies.append(bordvik)
    tell_of_customers(story, bordvik, random, size)
    tell_of_invoices(story, bordvik, random, size)
    story.by_either_route[BORDVIK] = [*story.invoices.pop(BORDVIK), ODD]
    story.published.append(_odd(story, random, size))


def _odd(story: Story, random: Random, size: Size) -> Published:
    usual = next(each.event["data"] for each in story.published if "invoiceNumber" in each.event["data"])
    lines = [{**line, "vatCode": ODD_CODE} for line in usual["vatLines"]]
    data = {**usual, "id": 500_000 + ODD, "invoiceNumber": ODD, "vatLines": lines}
    return Published(size.period * random.random() / 2, an_event("invoice.finalized", data, company()))


def wishes(random: Random) -> dict[str, dict[str, str]]:
    """What each of its administrators wants of the settings, in the order of wanting it. No two want the same field,
    so all of it must be so in the end."""
    codes = "\n".join(
        f"{ours} = {theirs}" for ours, theirs in {**company().vat_codes, ODD_CODE: MAPPED}.items()
    )
    siri = {"export_customers": "on", "vat_codes": codes, "language": "en"}
    ola = {"xledger_token": NEW_KEY, "route": Route.EMAIL, "expense_accounts": "4000-4998"}
    return {"Siri": _shuffled(siri, random), "Ola": _shuffled(ola, random)}


@dataclass
class TakeBackKey:
    """In Xledger, as soon as the new one has been in use for so long that no worker can have the old one any more."""

    server: Xledger
    seen: datetime | None = None

    def __call__(self, visitor: Visitor) -> bool:
        if not shows(visitor.open("/settings"), {"xledger_token": NEW_KEY}):
            return False
        now = visitor.front.scheduler.now
        self.seen = self.seen or now
        if now - self.seen < A_LONG_RUN:
            return False
        left = [each.model_dump() for each in self.server.plan.tokens if each.token != OLD_KEY]
        self.server.replan({"tokens": left})
        return True


def _shuffled(wanted: dict[str, str], random: Random) -> dict[str, str]:
    return dict(random.sample(list(wanted.items()), len(wanted)))


def errands_of(name: str, period: timedelta, stage: Stage, random: Random) -> list[Errand]:
    def some_time() -> timedelta:
        return period * random.random()

    if name == "Kari":
        skips = [Errand(some_time(), "to skip an invoice", skip_invoice(ODD))] * (random.random() < 0.5)
        return [
            *(Errand(some_time(), "to export", OrderExport()) for _ in range(random.randint(1, 3))),
            Errand(some_time(), "to export again", ExportAgain()),
            Errand(some_time(), "to fetch the newest files", fetch_files),
            Errand(some_time(), "to follow a mail", follow_mail(stage.post)),
            Errand(some_time(), "to try again what went wrong", retry_problems),
            Errand(some_time(), "to look around", stroll),
            *skips,
        ]
    wanted = wishes(random)[name]
    back = [Errand(timedelta(), "to take back the old key", TakeBackKey(stage.server))]
    more = {"reception_address": RECEPTION} if "route" in wanted else {}
    changes = [
        Errand(some_time(), f"to set {field}", change(**{field: value}, **(more if field == "route" else {})))
        for field, value in wanted.items()
    ]
    return [
        *changes,
        *(back if "xledger_token" in wanted else []),
        Errand(some_time(), "to export", OrderExport()),
    ]
