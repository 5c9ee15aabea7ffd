"""From published events to the accountant's file, once."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from local import ROOT
from local.aws import EmbeddedAws, Stack
from local.aws.stack import ALIAS
from local.build.deploying import deploy_built
from local.run import costs
from local.run.arrivals import Arrived, in_files, in_imports, in_mails, uploads_between
from local.run.bodies import bodies
from local.run.books import COMPANY, Books
from local.run.costs import Costs
from local.run.faults import faults
from local.run.holds import (
    differences,
    missing_invoices,
    numbers_published,
    requests_between,
)
from local.run.leaving import RECEPTION
from local.run.options import Options
from local.run.progress import Progress
from local.run.publishing import as_queue_event, publish
from local.run.shown import State, not_shown, state_of
from local.run.spilt import spilt
from local.run.summary import Export, Summary, Upload
from local.run.waiting import Look, in_queues, until_quiet
from local.run.world import World
from moment_xledger.domain.companies import Route

TEMPLATE = ROOT / "template.yaml"
PATIENCE_SECONDS = 75.0  # beyond a doubt: longer than the minute in which the sweep finds whatever was lost
SWEEP_SECONDS = 3.0
SIMULATED_TIMEOUT = "10"  # a simulator on this machine answers at once, or on purpose never
EVENTS = {"events": "EventsQueue"}
WAKES = {"wakes for customers": "CustomersQueue", "wakes for projects": "ProjectsQueue"}
EXPORTS = {"exports": "ExportsQueue", "wakes for uploads": "UploadsQueue"}
EXPENSES = {"imports of expenses": "ExpensesQueue"}
MAILS = {"wakes for mails": "InvoiceMailsQueue"}
HELD = {"wakes for held invoices": "HeldInvoicesQueue"}
DEAD_LETTERS = (
    "EventsDeadLetters",
    "CustomersDeadLetters",
    "ProjectsDeadLetters",
    "ExportsDeadLetters",
    "UploadsDeadLetters",
    "ExpensesDeadLetters",
    "InvoiceMailsDeadLetters",
    "HeldInvoicesDeadLetters",
    "MailEventsDeadLetters",
    "JobsDeadLetters",
)


class Journey:
    """Made once, with `made`."""

    def __init__(self, options: Options, around: World, progress: Progress) -> None:
        self._options, self._around, self._progress = options, around, progress
        self._aws: EmbeddedAws = around.aws
        self._not_done: list[str] = []
        self._swept = time.monotonic()
        self._closed: tuple[datetime, str] | None = None

    def made(self) -> Summary:
        self._before = state_of(self._around.xledger_url)
        self._progress.step(f"Xledger at {self._around.xledger_url}, Moment at {self._around.moment_url}")
        self._stack = self._deploy()
        self._books = Books(self._aws, self._stack)
        self._books.save_company(
            self._around.xledger_token,
            self._options.route,
            self._options.settings,
            costs.settings(self._before) if self._imports_expenses else None,
        )
        published = self._publish(self._options.events)
        self._carry_and_export()
        if self._options.later_events:
            published += self._publish(self._options.later_events)
            self._carry_and_export()
        if self._imports_expenses:
            self._import_expenses()
        return self._told(published)

    @property
    def stack(self) -> Stack:
        """What was deployed; once it is made."""
        return self._stack

    @property
    def _imports_expenses(self) -> bool:
        """Only where Xledger and Moment are simulated: nothing is written to a Moment that is real, and costs are
        looked for only in an Xledger that shows which are posted."""
        simulated = "ledger" in self._before and not self._options.moment_url
        return simulated and bool(self._options.settings.get("import_expenses", True))

    def _import_expenses(self) -> None:
        """As the schedule would every hour."""
        self._books.read_lists()
        self._invoke("StartRuns", {"run": "expenses"})
        self._wait(lambda: Look(self._in_queues(EXPENSES)))
        self._progress.step("imported what is posted in Xledger")
        held, projects = costs.in_moment(self._around.moment_url)
        accounts = self._options.settings.get("expense_accounts", costs.ACCOUNTS)
        wanted = costs.expected(self._before["ledger"], projects, datetime.now(UTC), accounts)
        self._not_done += costs.differences(held, wanted)

    def _carry_and_export(self) -> None:
        self._wait(self._look_at_records)
        self._progress.step(self._books.done_records())
        self._wait(self._look_at_held)
        if self._options.route is Route.EMAIL:
            self._wait(self._look_at_mails)
            self._progress.step("mailed what is new")
        elif self._options.route is not Route.OFF:
            self._export()

    def _deploy(self) -> Stack:
        parameters = {"XledgerUrl": self._around.xledger_url, "MomentUrl": self._around.moment_url}
        if self._around.soap_url:
            parameters["XledgerSoapUrl"] = self._around.soap_url
        if not self._options.xledger_url:
            parameters["XledgerTimeout"] = SIMULATED_TIMEOUT
        built = self._options.built
        stack = (
            deploy_built(self._aws, built, parameters) if built else self._aws.deploy(TEMPLATE, parameters)
        )
        self._progress.step(f"deployed {built or TEMPLATE.name}: {len(stack.resources)} resources")
        self._not_done += stack.left_out
        return stack

    def _publish(self, files: Sequence[Path]) -> int:
        """What the queue does not take goes to the function that it would have reached."""
        sent = 0

        def told(count: int) -> None:
            nonlocal sent
            sent = count
            self._progress.live(f"published {count} events")

        sqs, outputs = self._aws.client("sqs"), self._stack.outputs
        refused = publish(sqs, outputs["EventsQueueUrl"], bodies(files), told=told)
        for body in refused:
            self._invoke("ReceiveEvents", as_queue_event(body, outputs["EventsQueueArn"]))
        self._progress.step(
            f"published {sent} events" + (f", and {len(refused)} past the queue" * bool(refused))
        )
        return sent + len(refused)

    def _export(self) -> None:
        """As the schedule would at six in the morning."""
        self._invoke("StartRuns", {"run": "exports"})
        self._wait(self._look_at_exports)
        uploaded = " and handed it to Xledger" * (self._options.route is Route.UPLOAD)
        self._progress.step(f"exported what is new{uploaded}")
        for sentence in self._books.unseen():
            self._progress.step(sentence)

    def _wait(self, look: Callable[[], Look]) -> None:
        patience = PATIENCE_SECONDS + self._books.doubt.total_seconds()
        left = until_quiet(look, self._progress, patience=patience)
        if left:
            self._not_done.append(left)

    def _look_at_records(self) -> Look:
        events, wakes = self._in_queues(EVENTS), self._in_queues(WAKES)
        records = self._books.open_records()
        closed = self._books.closed()
        self._watch_gate()
        if any(records.values()) and not any([*events.values(), *wakes.values(), closed]):
            self._sweep()
        return Look(events | records, self._books.done_records(), wakes, closed)

    def _look_at_exports(self) -> Look:
        queued, to_upload = self._in_queues(EXPORTS), self._books.to_upload()
        if to_upload and not any(queued.values()):
            self._sweep()
        return Look(queued | {"files to upload": to_upload})

    def _look_at_held(self) -> Look:
        wakes, waiting = self._in_queues(HELD), self._books.to_recheck()
        if waiting and not any(wakes.values()):
            self._sweep()
        return Look({"held invoices to look at": waiting}, hints=wakes)

    def _look_at_mails(self) -> Look:
        wakes, waiting = self._in_queues(MAILS), self._books.to_mail()
        if waiting and not any(wakes.values()):
            self._sweep()
        return Look({"invoices to mail": waiting}, f"{len(list(self._around.mailbox))} mails arrived", wakes)

    def _watch_gate(self) -> None:
        """Tells when the way to Xledger closes, and when it is open again."""
        now = self._books.closed_until()
        if now and now != self._closed:
            self._progress.step(f"no more requests to Xledger until {now[0]:%H:%M:%S} UTC: {now[1]}")
        elif self._closed and not now:
            self._progress.step("requests to Xledger may go again")
        self._closed = now

    def _in_queues(self, queues: Mapping[str, str]) -> dict[str, int]:
        addresses = {name: self._stack.resources[queue] for name, queue in queues.items()}
        return in_queues(self._aws.client("sqs"), addresses)

    def _sweep(self) -> None:
        """What the schedule does every minute; here at once, for nobody wants to watch a minute go by."""
        if time.monotonic() > self._swept + SWEEP_SECONDS:
            self._invoke("Sweep", {})
            self._swept = time.monotonic()

    def _told(self, published: int) -> Summary:
        kinds = self._books.kinds()
        exports = list(self._books.exports(self._options.out, list(self._around.mailbox)))
        before, after = self._before, state_of(self._around.xledger_url)
        said = (problem for kind in kinds.values() for problem in (*kind.problems, *kind.held))
        reported = {(problem.kind, problem.number) for problem in said}
        expected = numbers_published(bodies(self._options.events), COMPANY)
        waiting = {name: kind.waiting for name, kind in kinds.items()}
        self._not_done += differences(expected, reported, waiting, after)
        uploads = uploads_between(before, after)
        not_seen = not_shown({name: part for name, part in after.items() if name in before}, self._wanted())
        arrived = self._arrived(exports, uploads, after)
        if arrived is not None:
            self._not_done += missing_invoices(bodies(self._published()), COMPANY, reported, arrived)
        self._not_done += self._dead_letters()
        mailed = [mail.path for mail in self._around.mailbox]
        self._not_done += spilt(self._aws, self._stack, self._options.out, mailed)
        asked = requests_between(before, after)
        wrong = list(faults(self._aws, self._stack)) if self._not_done else []
        mails = list(self._around.mailbox)
        imported = self._books.costs(self._around.moment_url) if self._imports_expenses else Costs()
        return Summary(
            published, kinds, exports, asked, uploads, mails, self._not_done, wrong, imported, not_seen
        )

    def _wanted(self) -> Iterator[str]:
        """What Xledger would have to show for this run to be judged by it."""
        yield from ("customers", "projects", "requests")
        if self._options.route is Route.UPLOAD:
            yield from ("uploads", "vouchers")
        if not self._options.moment_url and self._options.settings.get("import_expenses", True):
            yield "ledger"

    def _arrived(self, exports: Sequence[Export], uploads: Sequence[Upload], after: State) -> Arrived | None:
        """Where the invoices must be found by now, on the route that they took. None where nobody can look."""
        match self._options.route:
            case Route.OFF:
                return None
            case Route.EMAIL:
                reception = self._options.settings.get("reception_address", RECEPTION)
                return in_mails(self._around.mailbox, reception)
            case Route.UPLOAD:
                can_look = "uploads" in self._before and {"uploads", "vouchers"} <= after.keys()
                return in_imports(uploads, after) if can_look else None
            case _:
                return in_files(export.file for export in exports)

    def _published(self) -> list[Path]:
        return [*self._options.events, *self._options.later_events]

    def _dead_letters(self) -> list[str]:
        found = self._in_queues({name: name for name in DEAD_LETTERS})
        return [f"{count} messages ended in {name}." for name, count in found.items() if count]

    def _invoke(self, function: str, event: Mapping[str, object]) -> None:
        name = self._stack.resources[function]
        functions = self._aws.client("lambda")
        answer = functions.invoke(FunctionName=name, Qualifier=ALIAS, Payload=json.dumps(event))
        if "FunctionError" in answer:
            what = json.loads(answer["Payload"].read()).get("errorMessage", "")
            self._not_done.append(f"{function} failed: {what}")
