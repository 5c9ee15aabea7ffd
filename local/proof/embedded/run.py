"""One run: troubles, then peace, then what a person does about what is left, and at last a look from outside."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import requests

from local.proof.checks import broken_promises
from local.proof.embedded.seen import Seen
from local.proof.embedded.simulators import PEACE
from local.proof.embedded.stage import RECEPTION, Stage, now, staged, told
from local.proof.embedded.sweeping import Sweeping
from local.proof.embedded.troubles import Troubles
from local.proof.story import Size
from local.run.arrivals import in_mails
from local.run.faults import faults
from local.run.progress import Progress
from local.run.waiting import Look, in_queues, until_quiet
from moment_xledger.domain.companies import Route
from moment_xledger.domain.exports import Status
from moment_xledger.domain.invoice_mails import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.flows.decide_mail import resolve_mail, waiting_mails
from moment_xledger.flows.resolve_problem import Resolver, retry_all

# Of each of three companies, in up to four versions.
TWO_THOUSAND = Size(customers=150, projects=100, invoices=80)
PATIENCE_SECONDS = 180.0  # longer than anything that a dead worker leaves locked
MORE_TROUBLE_SECONDS = 120.0  # at most, where nobody has been at work often enough to be killed
SOON = timedelta(hours=3)
PERSON = "Kari"


@dataclass(frozen=True)
class Verdict:
    seed: int
    published: int
    killed: Counter[str]
    requests: Mapping[str, Any]
    problems: int  # that a person had to do something about, all together
    seconds: float
    wrong: list[str]

    @property
    def figures(self) -> str:
        killed, wrong = self.killed.total(), len(self.wrong)
        return f"{self.published} events, {killed} workers killed: {wrong} lost, doubled, old or changed"

    def lines(self) -> Iterator[str]:
        asked, kills = self.requests, ", ".join(f"{name} {n}" for name, n in sorted(self.killed.items()))
        yield f"seed {self.seed}: {self.published} events published, {self.seconds:.0f} s in all"
        yield f"{self.killed.total()} workers killed: {kills}"
        yield f"{asked['total']} requests to Xledger, {asked['refused']} refused"
        yield f"{self.problems} problems that a person did something about"
        yield from self.wrong or ["Nothing was lost, doubled, old or changed."]


def play(seed: int, progress: Progress, size: Size = TWO_THOUSAND) -> Verdict:
    began = time.monotonic()
    random = Random(seed)
    story = told(random, size)
    with tempfile.TemporaryDirectory(prefix="proof-") as folder, staged(story, seed, Path(folder)) as stage:
        progress.step(f"seed {seed}: deployed, {len(story.published)} events to publish")
        run = _Run(stage, Troubles(stage, random), progress)
        with Sweeping(stage.aws, stage.stack.resources["Sweep"]):
            run.play()
        asked = Seen(stage).server.seen()["requests"]
        seconds = time.monotonic() - began
        return Verdict(
            seed, run.troubles.published, run.troubles.killed, asked, run.problems, seconds, run.wrong
        )


class _Run:
    def __init__(self, stage: Stage, troubles: Troubles, progress: Progress) -> None:
        self.stage, self.troubles, self.progress = stage, troubles, progress
        self.wrong: list[str] = []
        self.problems = 0

    def play(self) -> None:
        self._be_troubled()
        self._make_peace()
        self._wait("all is calm")
        self._answer_problems()
        self._wait("what a person was asked is answered")
        for company in self.stage.companies(Route.FILE):
            self.troubles.ask_for_export(company, PERSON)
        self._wait("the last export is made", until_all_left=True)
        self._judge()

    def _be_troubled(self) -> None:
        began = time.monotonic()
        for planned in self.troubles.planned():
            time.sleep(max(0.0, began + planned.after - time.monotonic()))
            planned.what()
            self.progress.live(str(self.troubles))
        until = time.monotonic() + MORE_TROUBLE_SECONDS
        for pause in self.troubles.kill_on():
            if time.monotonic() + pause > until:
                break
            time.sleep(pause)
            self.progress.live(str(self.troubles))
        self.progress.step(str(self.troubles))

    def _make_peace(self) -> None:
        """From now on nothing bad happens."""
        requests.post(f"{self.stage.xledger_url}/_plan", json=PEACE, timeout=10).raise_for_status()
        self.troubles.publish_late()

    def _wait(self, reached: str, *, until_all_left: bool = False) -> None:
        left = until_quiet(lambda: self._look(until_all_left), self.progress, patience=PATIENCE_SECONDS)
        self.wrong += [left] if left else []
        self.progress.step(left or reached)

    def _look(self, until_all_left: bool) -> Look:
        """By the ledger's own list of what is due, as the sweep sees it, and by the queue of events."""
        ledger = self.stage.use.ledger
        due = ledger.due.until(now() + SOON)
        events = in_queues(self.stage.aws.client("sqs"), {"events": self.stage.queue("EventsQueue")})
        mails = sum(waiting_mails(each.id, ledger) for each in self.stage.story.companies)
        work = {"kinds of records": len(due.records), "invoices to mail": mails}
        if until_all_left:
            work["invoices in no file"] = self._in_no_file()
        asked = sum(sum(ledger.gates.get(token).minutes.values()) for token in self._tokens())
        return Look({**events, **work}, f"{asked} requests to Xledger")

    def _tokens(self) -> set[Any]:
        companies = (
            self.stage.use.ledger.companies.get_known(each.id) for each in self.stage.story.companies
        )
        return {company.token_id for company in companies}

    def _in_no_file(self) -> int:
        """By the exports that are ready; whether it is true is judged by the files themselves."""
        by_file = self.stage.companies(Route.FILE)
        exports = (
            each for company in by_file for each in self.stage.use.ledger.exports.newest_first(company)
        )
        left = sum(export.invoices for export in exports if export.status is Status.READY)
        return sum(len(self.stage.story.invoices[company]) for company in by_file) - left

    def _answer_problems(self) -> None:
        """What a person does when the day was bad and is over."""
        use = self.stage.use
        resolver = Resolver(use.ledger, use.wake, now, PERSON)
        for company in self.stage.story.companies:
            self._say_whether_mails_arrived(company.id)
            self.problems += sum(retry_all(company.id, resolver).values())

    def _say_whether_mails_arrived(self, company: Any) -> None:
        """By a look into the mailbox."""
        arrived = in_mails(self.stage.mailbox, RECEPTION).numbers
        for problem in self.stage.use.ledger.problems.of(company, "invoice"):
            if problem.code is Code.MAIL_UNCERTAIN:
                choice = Choice.IT_ARRIVED if arrived[problem.number] else Choice.SEND_AGAIN
                resolve_mail(company, int(problem.number), choice, PERSON, self.stage.use.ledger, now)
                self.problems += 1

    def _judge(self) -> None:
        seen = Seen(self.stage)
        self.wrong += [*broken_promises(seen), *seen.wrong_mails()]
        if self.wrong:
            self.wrong += faults(self.stage.aws, self.stage.stack)
