"""One run: a story, the real handlers, and bad luck, until all is calm. A seed gives the same run every time."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from local.moment.records import Moment
from local.proof import many
from local.proof.belonging import TOKEN_OF_THE_GROUP
from local.proof.browsing import Front
from local.proof.checks import wrongs
from local.proof.deployment import (
    ANSWERING,
    CLOCKED,
    ENVIRONMENT,
    EVENTS,
    HANDLERS,
    MAIL_EVENTS,
    context,
    deployed,
    shapes,
)
from local.proof.errands import OrderExport, fetch_files, retry_problems
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, TableTwin
from local.proof.people import KARI, answer, open_questions, patient_questions, people_of
from local.proof.post import SesTwin
from local.proof.queues import Queue
from local.proof.rests import Operator
from local.proof.scheduling import Died, Scheduler
from local.proof.slowness import SlowDown, Slowness
from local.proof.stage import NotCalm, Setting, Stage
from local.proof.staging import on_the_wall, plan_of, story_of, twins, vault_of
from local.proof.story import SHARED, TOKENS, Cast, Posted, Published, kept_by_hand
from local.proof.unrest import unrest_of
from local.proof.vaults import SecretsTwin
from local.proof.visitors import Errand, Visitor
from local.twins.world import START
from local.xledger.engine import Xledger
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.exports import SCHEDULE
from moment_xledger.domain.problems import Problem
from moment_xledger.observability import Failed

MINUTE = timedelta(minutes=1)
TROUBLED = timedelta(minutes=20)  # bad things go on for so long when all is published
OUTAGE = timedelta(minutes=25)  # of a service of AWS; an event may be received ten times, in half an hour
TOO_LONG = timedelta(hours=8)
GOES_AWAY = {  # what a function may fail with: its message comes again
    "Conflict",
    "Unreachable",
    SlowDown.__name__,
    f"{Failed.__name__}: {SlowDown.__name__}",
}
START_RUNS = "start_runs"
OFTEN: tuple[tuple[str, dict[str, str], timedelta], ...] = (
    ("sweep", {}, MINUTE),
    ("measure_work", {}, MINUTE),
    (START_RUNS, {}, MINUTE),
    (START_RUNS, {"run": "expenses"}, 10 * MINUTE),
)
NIGHTLY = ("reconcile", "numbers")
ENTERED_LATE_BY = timedelta(hours=2)
NIGHTS = 2  # behind the troubles
# What is done when the day was bad and is over.
LAST: tuple[Mapping[str, Callable[[], Callable[[Visitor], bool]]], ...] = (
    {"to try again what is left": lambda: retry_problems},
    {"to export what is left": OrderExport, "to fetch it": lambda: fetch_files},
)
PEOPLE_LOOK = 7 * MINUTE
UNTIL_TOLD = 20 * MINUTE  # after a quarter of an hour people hear what an invoice waits for


def play(setting: Setting) -> Stage:
    """Plays a run to its end; what the checkers say of it is in `wrong`."""
    player = _Player(setting)
    with deployed(player.twins, player.apologised) as deployment:
        if player.unrest:
            player.unrest.deployment = deployment
        try:
            player.play()
        except NotCalm as problem:
            player.stage.unexpected.append(str(problem))
        finally:
            player.scheduler.stop()
            player.count_put_aside()
    player.stage.wrong = wrongs(player.stage)
    return player.stage


class _Player:
    def __init__(self, setting: Setting) -> None:
        self.setting, self.random = setting, Random(setting.seed)
        self.scheduler = Scheduler(START)
        self._period = setting.size.period
        self._calm = self._period + (TROUBLED if setting.rates != NONE else timedelta())
        if setting.slow:
            self._calm = max(self._calm, OUTAGE)
        # What waits for a person is looked at again and again: there it is not waited for that nothing more is due.
        self._looks_go_on = timedelta(hours=3 if setting.cast is Cast.BELONGING else 0)
        self._calls = count(1)
        fates = Fates(self.random, setting.rates, setting.chosen)
        slowness = Slowness(Random(setting.seed))
        if setting.slow:
            slowness.ends[setting.slow] = START + OUTAGE
        outside = Outside(self.scheduler, fates, self.note, slowness)
        plan = plan_of(self.random, setting)
        server = Xledger(plan, clock=self.scheduler.clock)
        server.post_lines({"lines": [], "replace": True})
        self.queues = {name: self._queue(name, fates) for name in HANDLERS}
        secrets = SecretsTwin(outside)
        self.stage = Stage(
            story_of(self.random, setting, plan.credits_per_hour),
            server,
            Moment(now=self.scheduler.clock),
            Network(server, outside, url=ENVIRONMENT["XLEDGER_URL"]),
            BucketTwin(outside),
            SesTwin(outside, ENVIRONMENT["SENDER"], self.queues[MAIL_EVENTS].put),
            Ledger(TableTwin(outside)),  # type: ignore[arg-type]
            vault_of(secrets),
            fates,
            slowness,
            is_alone=not (setting.rates.half_done and self.random.random() < 0.3),
        )
        for order in kept_by_hand(self.stage.story):
            server.hands.do(order)
        self.unrest = unrest_of(self.stage, self.scheduler, self.random, setting, self.note)
        self.twins = twins(self.stage, secrets, outside, self.queues, self.random)
        front = Front(ANSWERING, self._context, self.scheduler, fates, self.note)
        self.people = people_of(self.stage, front, Random(self.random.random()), self._period)

    def _context(self, name: str) -> Any:
        return context(name, next(self._calls))

    def _queue(self, name: str, fates: Fates) -> Queue:
        def handle(event: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = HANDLERS[name].lambda_handler(event, self._context(name))
            return answer

        carries_data = name in (EVENTS, MAIL_EVENTS)
        return Queue(name, shapes()[name], handle, self.scheduler, fates, self.note, carries_data)

    def note(self, what: str) -> None:
        self.stage.schedule.append(f"{self.scheduler.now - START} {what}")
        if "the function failed with" in what and not any(f"with {name}" in what for name in GOES_AWAY):
            self.stage.unexpected.append(what)

    def apologised(self, error: Exception) -> None:
        self.note(f"console: the function failed with {type(error).__name__}: {error}")

    def play(self) -> None:
        self._tell_story()
        self._plan_troubles()
        for name, event, every in OFTEN:
            self._again_and_again(every, lambda name=name, event=event: self._start(name, event))  # type: ignore[misc]
        self._again_and_again(PEOPLE_LOOK, self._people_look)
        self._until_calm()
        for _ in range(NIGHTS):
            self._pass_a_night()
        self._enter_late()
        self._start(START_RUNS, {"run": "expenses"})
        for errands in LAST:
            self._everywhere(errands)
            self._until_calm()

    def _tell_story(self) -> None:
        for each in self.stage.story.published:
            self.scheduler.later(each.at, lambda each=each: self._publish(each))  # type: ignore[misc]
        for each in self.stage.story.unsent:
            self.scheduler.later(each.at, lambda each=each: self._finalize(each))  # type: ignore[misc]
        for posted in self.stage.story.posted:
            self.scheduler.later(posted.at, lambda posted=posted: self._post(posted))  # type: ignore[misc]

        if self.unrest:
            self.unrest.begin(self._publish)
        if self.setting.cast is Cast.MANY:
            in_the_middle = self._period * self.random.random()
            self.scheduler.later(in_the_middle, lambda: many.map_the_code(self.stage, self.scheduler.now))

    def _finalize(self, published: Published) -> None:
        self.stage.moment.take(published.event)

    def _publish(self, published: Published) -> None:
        self._finalize(published)
        self.queues[EVENTS].put(json.dumps(published.event))

    def _post(self, posted: Posted) -> None:
        id_ = posted.line["TransactionID"]
        first = next(each for each in self.stage.story.posted if each.line["TransactionID"] == id_)
        times = {"Created": on_the_wall(first.changed), "Modified": on_the_wall(posted.changed)}
        self.stage.server.post_lines({"lines": [posted.line | times]})

    def _enter_late(self) -> None:
        """Lines whose time of change has been read already, while they were not there yet."""
        changed = self.scheduler.now - START - ENTERED_LATE_BY
        times = {"Created": on_the_wall(changed), "Modified": on_the_wall(changed)}
        lines = [line | times for line in self.stage.story.entered_late]
        self.stage.server.post_lines({"lines": lines})

    def _plan_troubles(self) -> None:
        """Exports in between, by clicks and by the clock; nights; queues emptied; others who use up the credits."""
        for company in self.stage.story.companies:
            several_at = self._period * self.random.random()
            for n in range(self.random.randint(0, 4)):
                by = self.random.choice([KARI, "Ola", SCHEDULE])
                self.scheduler.later(
                    several_at if n % 2 else self._period * self.random.random(),
                    lambda c=company.id, n=n, by=by: self._ask_for_export(c, f"r{n}", by),  # type: ignore[misc]
                )
        for run in NIGHTLY:
            at = self._period * self.random.random()
            self.scheduler.later(at, lambda run=run: self._start(START_RUNS, {"run": run}))  # type: ignore[misc]
        if self.stage.fates.happens(self.setting.rates.purges):
            self.scheduler.later(self._period * self.random.random(), self._purge)
        if self.stage.fates.happens(self.setting.rates.rests):
            self._plan_a_rest()
        if not self.stage.is_alone:
            self.scheduler.later(self._period * self.random.random() / 2, self._use_up_credits)
        self.scheduler.later(self._calm, self._be_calm)

    def _plan_a_rest(self) -> None:
        whose = self.random.choice([None, *(company.id for company in self.stage.story.companies)])
        length = timedelta(minutes=self.random.uniform(12, 30))
        operator = Operator(self.stage.ledger, self.scheduler, self.stage.rests)
        self.scheduler.later(self._period * self.random.random(), lambda: operator.rest(whose, length))

    def _ask_for_export(self, company: CompanyId, request: str, by: str) -> None:
        body = {"company": company, "request": request, "by": by, "repeats": None}
        self.queues["Exports"].put(json.dumps(body))

    def _purge(self) -> None:
        self.note("all wakes and jobs are gone from their queues")
        for queue in self.queues.values():
            if not queue.carries_data:
                queue.purge()

    def _use_up_credits(self) -> None:
        """Somebody else with the same token asks until Xledger refuses."""
        self.note("somebody else uses up the credits of the shared token")
        question = {"query": "{ entities(first: 1) { edges { node { dbId } } } }"}
        headers = {"Authorization": f"token {self._shared_token()}"}
        for _ in range(min(self.stage.server.plan.credits_per_hour or 0, 500)):
            self.stage.server.answer("/graphql", headers, json.dumps(question).encode())

    def _shared_token(self) -> str:
        if self.setting.cast is Cast.MANY:
            return self.random.choice(list(many.TOKENS.values())).secret
        return TOKEN_OF_THE_GROUP if self.stage.story.belonging else TOKENS[SHARED].secret

    def _be_calm(self) -> None:
        self.note("from now on nothing bad happens")
        self.stage.fates.over = True
        faults = dict.fromkeys(("errors_5xx", "errors_5xx_after", "half_done", "cut_bodies"), 0)
        self.stage.server.replan({**faults, "soap": dict.fromkeys(("soap_faults", "html_pages"), 0)})
        self.count_put_aside()
        for queue in self.queues.values():
            queue.redrive()

    def count_put_aside(self) -> None:
        self.stage.put_aside += Counter({name: len(queue.dead) for name, queue in self.queues.items()})

    def _again_and_again(self, every: timedelta, what: Callable[[], None]) -> None:
        what()
        self.scheduler.later(every, lambda: self._again_and_again(every, what))

    def _people_look(self) -> None:
        """Now and then; when all is calm, whenever there is something for them."""
        for visitor in self.people:
            looks = self.stage.fates.over or self.random.random() < 0.3
            asked = looks and visitor.name == KARI and self._questions(visitor)
            if not visitor.is_here and (asked or visitor.due(self.scheduler.now - START)):
                self.scheduler.start(str(visitor), lambda visitor=visitor: self._look(visitor))  # type: ignore[misc]

    def _look(self, visitor: Visitor) -> None:
        visitor.visit(self.scheduler.now - START)
        if visitor.name == KARI:
            answer(visitor, self._questions(visitor), self.stage)

    def _questions(self, visitor: Visitor) -> list[Problem]:
        return patient_questions(self.stage, visitor.company, self.scheduler.now)

    def _everywhere(self, errands: Mapping[str, Callable[[], Callable[[Visitor], bool]]]) -> None:
        """By one person of each company, at once."""
        for visitor in (each for each in self.people if each.name == KARI):
            visitor.errands += [Errand(timedelta(), what, errand()) for what, errand in errands.items()]
        self._people_look()

    def _start(self, name: str, event: dict[str, str]) -> None:
        """By the clock, one of a kind at a time."""
        has_it = name != "sweep" or self.setting.has_sweeper
        kind = " ".join([name, *event.values()])
        if has_it and not any(task.name == kind for task in self.scheduler.running):
            self.scheduler.start(kind, lambda: self._run(name, event))

    def _run(self, name: str, event: dict[str, Any]) -> None:
        try:
            CLOCKED[name].lambda_handler(event, self._context(name))
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- the clock starts it again
            self.note(f"{name}: the function failed with {type(error).__name__}: {error}")

    def _until_calm(self) -> None:
        deadline = self.scheduler.now + TOO_LONG
        asked_at = self.scheduler.now + (UNTIL_TOLD if self.unrest else timedelta())

        def is_calm() -> bool:
            nonlocal asked_at
            if self.scheduler.now < max(START + self._calm + self._looks_go_on, asked_at + MINUTE):
                return False
            asked_at = self.scheduler.now
            return asked_at > deadline or not self._work()

        self.scheduler.run(is_calm)
        if self.scheduler.now > deadline:
            raise NotCalm(f"after {TOO_LONG} there is still something to do: {self._work()}")

    def _work(self) -> list[str]:
        """What is still to be done, by the queues and by the ledger's own list of what is due."""
        due = self.stage.ledger.due.until(self.scheduler.now + timedelta(hours=3) - self._looks_go_on)
        often = {" ".join([name, *event.values()]) for name, event, _ in OFTEN}
        left = [task.name for task in self.scheduler.running if task.name not in often]
        left += [f"{len(queue.messages)} in {name}" for name, queue in self.queues.items() if queue.messages]
        left += [f"{each.code} of {each.number}" for each in open_questions(self.stage)]
        left += [f"{visitor} wants {errand.what}" for visitor in self.people for errand in visitor.errands]
        left += [f"{rest.company or 'everybody'} rests" for rest in self.stage.rests if rest.over is None]
        if self.setting.has_sweeper:
            left += [f"{kind} of {token}" for token, kind in due.records]
            left += [f"export of {company}" for company in due.exports]
            left += [f"mails of {company}" for company in due.mails]
            left += [f"uploads of {company}" for company in due.uploads]
            left += [f"expenses of {company}" for company in due.expenses]
            left += [f"held invoices of {company}" for company in due.held]
        return left

    def _pass_a_night(self) -> None:
        """Until one in which nothing is made to die: a look that never comes to its end finds nothing."""
        died = -1
        while died < self.stage.fates.met.total():
            died = self.stage.fates.met.total()
            for run in NIGHTLY:
                self._start(START_RUNS, {"run": run})
            self._until_calm()
