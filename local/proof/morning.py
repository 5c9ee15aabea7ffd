"""A morning of a hundred companies: the night's looks, the day's exports and its notices, started by the clock.

Calls die and stand still anywhere, messages are lost and doubled, queues are emptied; before noon all must have theirs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

from local.moment.app import application
from local.moment.records import Moment
from local.proof.arrivals import numbers_in
from local.proof.deployment import (
    CLOCKED,
    EVENTS,
    HANDLERS,
    MOMENT,
    SECRETS,
    Twins,
    context,
    deployed,
    secret,
    shapes,
)
from local.proof.doors import Door
from local.proof.fates import Fates, Rates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, QueuesTwin, TableTwin
from local.proof.post import SesTwin
from local.proof.queues import Queue
from local.proof.scheduling import Died, Scheduler
from local.proof.vaults import SecretsTwin
from local.sample.company import Company as Sample
from local.sample.generate import finalized
from local.sample.invoices import Series
from local.xledger.engine import Xledger
from local.xledger.plan import parse_plan
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.lookups import EVERY
from moment_xledger.domain.companies import Company, CompanyId, Schedule, TokenId
from moment_xledger.domain.entities import CurrentEntity, Entity
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.notices import slot
from moment_xledger.domain.pauses import Pause
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.scheduled_runs import ScheduledRun, behind
from moment_xledger.flows import start_runs

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)  # in Oslo, before a Monday
ONE, SIX, SEVEN = MIDNIGHT + HOUR, MIDNIGHT + 6 * HOUR, MIDNIGHT + 7 * HOUR
BEGINS = ONE - 10 * MINUTE
CALM = MIDNIGHT + 8 * HOUR  # from then on nothing bad happens
ENDS = MIDNIGHT + 11.5 * HOUR  # the look at numbers is checked every two hours
COMPANIES, SHARING, INVOICES = 100, 10, 2
PAGE = 10  # companies that are started between two writes; a hundred would be one page
JOBS = ("Numbers", "Reconcile", "Exports", "Notices")
TROUBLE = Rates(deaths=0.01, stalls=0.005, half_done=0, rests=0)
A_DAY = timedelta(days=1)
URL = "https://xledger.example/graphql"


@dataclass
class Morning:
    """What came of it. `longest`: until all jobs of a run were queued."""

    wrong: list[str] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)
    longest: timedelta = timedelta()
    schedule: list[str] = field(default_factory=list)


def play_morning(seed: int, companies: int = COMPANIES, rates: Rates = TROUBLE) -> Morning:
    with patch.object(start_runs, "PAGE", PAGE):
        return _Morning(seed, companies, rates).played()


class _Morning:
    def __init__(self, seed: int, companies: int, rates: Rates) -> None:
        self._random = Random(seed)
        self._scheduler = Scheduler(BEGINS)
        self._fates = Fates(self._random, rates, over=True)
        self._outside = Outside(self._scheduler, self._fates, self._note)
        self._ledger = Ledger(TableTwin(self._outside))  # type: ignore[arg-type]
        self._companies = [_company(n) for n in range(companies)]
        self._paused = {company.id for company in self._random.sample(self._companies, companies // 20)}
        self._moment = Moment(now=self._scheduler.clock)
        self._bucket = BucketTwin(self._outside)
        self._post = SesTwin(self._outside, "xledger@moment.example", lambda event: None)
        self._queues = {name: self._queue(name) for name in HANDLERS}
        self._calls = count(1)
        self._found = Morning()

    def _note(self, what: str) -> None:
        self._found.schedule.append(f"{self._scheduler.now:%H:%M:%S} {what}")

    def _queue(self, name: str) -> Queue:
        def handle(event: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = HANDLERS[name].lambda_handler(event, context(name, next(self._calls)))
            return answer

        return Queue(name, shapes()[name], handle, self._scheduler, self._fates, self._note, name == EVENTS)

    def played(self) -> Morning:
        secrets = SecretsTwin(self._outside)
        self._set_up(secrets)
        with deployed(self._twins(secrets), lambda error: None):
            self._receive()
            for name in ("start_runs", "sweep"):
                self._every_minute(name)
            self._scheduler.later(HOUR / 12, lambda: setattr(self._fates, "over", False))
            self._scheduler.later(CALM - BEGINS, lambda: setattr(self._fates, "over", True))
            for run_begins in (ONE, MIDNIGHT + 3.5 * HOUR, SIX, SEVEN):
                self._scheduler.later(run_begins - BEGINS + MINUTE * self._random.random() * 10, self._purge)
            self._scheduler.run(lambda: self._scheduler.now >= ENDS)
            self._scheduler.stop()
        self._found.died = Counter(site for site, meets in self._fates.met if meets.startswith("dies"))
        self._found.wrong = list(self._wrong())
        return self._found

    def _set_up(self, secrets: SecretsTwin) -> None:
        for company in self._companies:
            secrets.create_secret(Name=SECRETS + company.id, SecretString=secret(company.token_id))
            self._ledger.companies.save(company)
            entity = Entity.at(URL, self._owner_codes()[company.token_id])
            self._ledger.entities.move(company.id, CurrentEntity(), entity, writes=False)
            self._ledger.references.save(company.token_id, Lists(BEGINS, None, None))
            for kind in Kind:  # which this company's token may not look up, so that no invoice waits for them
                self._ledger.lookups.note(company.id, kind, {EVERY: LookedUp(None, str(entity), BEGINS)})
            told = {"field": ""}
            self._ledger.problems.report(
                [Problem(company.id, "customer", "1", Code.REFUSED_BY_XLEDGER, told, "", BEGINS, BEGINS)]
            )
        for company_id in self._paused:
            self._ledger.pauses.pause(company_id, Pause(BEGINS, "Kari", "a wrong account"))

    def _receive(self) -> None:
        """One invoice of each company before the night; the other's event never comes."""
        for company in self._companies:
            friday = BEGINS.date() - 2 * A_DAY
            first, *others = finalized(Sample(company.id, 1, 0, seed=1), Series(INVOICES, 0), friday, friday)
            for each in (first, *others):
                self._moment.take(each | {"time": BEGINS.isoformat()})
            self._queues[EVENTS].put(json.dumps(first))

    def _twins(self, secrets: SecretsTwin) -> Twins:
        tokens = [{"token": token, "ownerCode": code} for token, code in self._owner_codes().items()]
        entities = [{"ownerCode": each["ownerCode"]} for each in tokens]
        plan = parse_plan({"entities": entities, "tokens": tokens, "credits_per_hour": 500})
        clients = {
            "sqs": QueuesTwin(self._outside, self._queues),
            "s3": self._bucket,
            "ses": self._post,
            "secretsmanager": secrets,
        }
        keys = {"key-of-moment": {company.id for company in self._companies}}
        doors = {MOMENT: Door(self._outside, application(self._moment, keys))}
        server = Xledger(plan, clock=self._scheduler.clock)
        network = Network(server, self._outside, url=URL)
        return Twins(self._ledger, clients, doors, network, self._scheduler, self._random)

    def _owner_codes(self) -> dict[TokenId, int]:
        """Each token has an entity of its own."""
        tokens = dict.fromkeys(company.token_id for company in self._companies)
        return {token: 10_000 + n for n, token in enumerate(tokens)}

    def _every_minute(self, name: str) -> None:
        self._scheduler.start(name, lambda: self._call(name))
        self._scheduler.later(MINUTE, lambda: self._every_minute(name))
        for run, progress in self._ledger.scheduled_runs.every().items():
            if progress.time:
                self._found.longest = max(self._found.longest, behind(run, progress, self._scheduler.now))

    def _call(self, name: str) -> None:
        try:
            CLOCKED[name].lambda_handler({}, context(name, next(self._calls)))
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- the next minute calls it again
            self._note(f"{name}: the function failed with {type(error).__name__}: {error}")

    def _purge(self) -> None:
        """Somebody empties a queue of jobs."""
        name = self._random.choice(JOBS)
        self._note(f"{len(self._queues[name].messages)} jobs are gone from {name}")
        self._queues[name].purge()

    def _wrong(self) -> Iterator[str]:
        for run, progress in self._ledger.scheduled_runs.every().items():
            if late := behind(run, progress, ENDS):
                yield f"{run} has been due for {late}"
            if progress.missing:
                yield f"{run} is still missing for {progress.missing}"
        yield from self._looked_at()
        yield from self._exported()
        yield from self._told()

    def _looked_at(self) -> Iterator[str]:
        """Each token, and each company's invoices, since the night's jobs were queued."""
        awake = [company for company in self._companies if company.id not in self._paused]
        for token in sorted({company.token_id for company in awake}):
            if not self._ledger.scheduled_runs.done(ScheduledRun.NUMBERS, [token]):
                yield f"numbers of {token} were not looked at"
        for company in awake:
            compared = self._ledger.reconciliations.progress(company.id).cursor
            if compared is None or compared < MIDNIGHT + 3.5 * HOUR:
                yield f"invoices of {company.id} were not compared: {compared}"

    def _exported(self) -> Iterator[str]:
        for company in self._companies:
            files = [
                body.decode()
                for name, body in self._bucket.files.items()
                if name.endswith(".csv") and f"/{company.id}/" in name
            ]
            left = Counter(number for text in files for number in set(numbers_in(text)))
            wanted = INVOICES if company.schedule is Schedule.DAILY and company.id not in self._paused else 0
            compared = self._ledger.reconciliations.progress(company.id).cursor
            is_late = compared is not None and compared >= SIX  # Moment did not answer all night
            if not wanted - (wanted and is_late) <= len(left) <= wanted or left.total() != len(left):
                yield f"{company.id} has {sorted(left.elements())} in files, and should have {wanted}"

    def _told(self) -> Iterator[str]:
        """Once, in the morning; twice only where a call died or stood still between a mail and its note. One that may
        have gone counts as gone."""
        to = Counter(mail.to for mail in self._post.mails if mail.is_notice and mail.at >= SEVEN)
        hiccups = sum(n for (site, _), n in self._fates.met.items() if site.startswith("send_notices"))
        for company in self._companies:
            if self._ledger.notices.told(company.id, company.notify[0]).slot != slot(SEVEN):
                yield f"nobody of {company.id} was told what waits"
        twice = sum(times - 1 for times in to.values() if times > 1)
        if twice > hiccups:
            yield f"{twice} were told twice, with {hiccups} calls that died or stood still"


def _company(n: int) -> Company:
    """Ten of a hundred share a token, and ten export by hand."""
    token = "shared" if n < SHARING else f"token-{n:03}"
    return Company(
        id=CompanyId(f"company-{n:03}"),
        name=f"Company {n} AS",
        token_id=TokenId(token),
        export_customers=False,
        export_projects=False,
        schedule=Schedule.BY_HAND if n % 10 == 9 else Schedule.DAILY,
        notify=(f"kari@company{n:03}.example",),
    )
