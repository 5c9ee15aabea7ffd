"""What the deployed system knows of the sample company, read as its own functions read it."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3

from local.aws import AwsError, EmbeddedAws, Stack
from local.mailbox import Mail
from local.run import costs, leaving
from local.run.accountant import fetch, links
from local.run.costs import Costs
from local.run.problems import Problem, others_than, shown
from local.run.settings import of_the_sample
from local.run.simulators import SAMPLE_COMPANY, SAMPLE_MOMENT_KEY
from local.run.summary import Export, Kind
from local.run.waiting import why_stuck
from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.secrets import Vault
from moment_xledger.adapters.table import Table
from moment_xledger.domain.companies import CompanyId, Route, Secrets, Token
from moment_xledger.domain.exports import Export as LedgerExport
from moment_xledger.domain.exports import Status
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.invoice_mails import State as MailState
from moment_xledger.domain.invoice_references import references_of, waiting
from moment_xledger.domain.invoices import Fault, Snapshot
from moment_xledger.domain.kinds import Kind as RecordKind
from moment_xledger.domain.problems import NOBODY, RECORDS
from moment_xledger.domain.problems import Problem as LedgerProblem
from moment_xledger.domain.seen_invoices import is_looked_for
from moment_xledger.domain.uploads import State as UploadState
from moment_xledger.domain.uploads import Upload
from moment_xledger.environment import Environment
from moment_xledger.flows.decide_mail import waiting_mails
from moment_xledger.flows.invoice_standing import standings_of
from moment_xledger.flows.read_lists import read_lists
from moment_xledger.flows.save_company import save_company
from moment_xledger.flows.take_in_invoices import leaves
from moment_xledger.wiring import Wiring

COMPANY = CompanyId(SAMPLE_COMPANY)
NAMES = {RecordKind.CUSTOMER: "customers", RecordKind.PROJECT: "projects"}
OF_INVOICES, OF_COSTS = ("invoice", "export", "settings"), ("expense", "expenses")


class Books:
    def __init__(
        self, aws: EmbeddedAws, stack: Stack, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._aws = aws
        os.environ.update(aws.environment())  # the functions' own wiring finds its way by it, as on AWS
        self._variables = stack.environment_of(aws, "SyncProjects") | stack.environment_of(
            aws, "ReceiveEvents"
        )
        self._use = Wiring(Environment(self._variables))
        self._fingerprint = stack.resources["Fingerprint"]
        self._now = now
        self._states: Mapping[RecordKind, Counter[str]] = {}

    def save_company(
        self, token: str, route: Route, changed: Mapping[str, Any], expenses: Mapping[str, Any] | None
    ) -> None:
        """What the company's administrator would fill out; `changed` is laid over it. `expenses`: for their import."""
        self._route = route
        prefix, url = self._variables["SECRETS_PREFIX"], self._variables["XLEDGER_URL"]
        vault = Vault(boto3.client("secretsmanager"), prefix, self._fingerprint)
        secrets = Secrets(
            Token(token), Token(SAMPLE_MOMENT_KEY), costs.LOGIN if expenses else leaving.LOGINS.get(route)
        )
        settings = of_the_sample(route, changed, expenses)
        self._token = save_company(settings, secrets, self._use.ledger, vault, self._now, url).token_id

    def read_lists(self) -> None:
        """Accounts, VAT codes and their rates, which the test of a connection reads as the settings are saved."""
        trial = self._use.trial()
        read_lists(self._token, trial.worker, trial.reference)

    def open_records(self) -> dict[str, int]:
        """What Xledger has not been told yet though nothing stands in its way."""
        self._states = {kind: self._count(kind) for kind in NAMES}
        return {NAMES[kind]: states["dirty"] for kind, states in self._states.items()}

    def done_records(self) -> str:
        """The requests are told too: a slow or failing Xledger is being worked at, and that is not standing still."""
        held = ", ".join(f"{states['synced']} {NAMES[kind]}" for kind, states in self._states.items())
        asked = sum(self._use.ledger.gates.get(self._token).minutes.values())
        return f"in Xledger: {held}, by {asked} requests"

    def closed_until(self) -> tuple[datetime, str] | None:
        """Until when Xledger may not be asked, and why; None where it may."""
        gate = self._use.ledger.gates.get(self._token)
        if gate.closed_until is None or gate.closed_until <= self._now():
            return None
        return gate.closed_until, str(gate.closed_why)

    @property
    def doubt(self) -> timedelta:
        """How long Xledger is not asked after an answer that was lost, or by a function that died."""
        return Timing(timedelta(seconds=int(self._variables["XLEDGER_TIMEOUT"]))).doubt

    def closed(self) -> str:
        """Why nothing will move for longer than anybody wants to watch, if so."""
        return why_stuck(self.closed_until(), self._now(), self.doubt)

    def kinds(self) -> dict[str, Kind]:
        self.open_records()
        unknown = [*self._problems(COMPANY, "event"), *self._problems(NOBODY, "event")]
        others = others_than(
            (*RecordKind, RECORDS, *OF_INVOICES, "event", *OF_COSTS), self._use.ledger.problems.of(COMPANY)
        )
        return {
            **{NAMES[kind]: self._kind(kind, states) for kind, states in self._states.items()},
            "invoices": self._invoices(),
            "events": Kind(received=len(unknown), problems=unknown),
            **({"others": Kind(problems=others)} if others else {}),
        }

    def _invoices(self) -> Kind:
        """As our ledger has it; whether it is true is judged by what arrived."""
        exports = list(self._use.ledger.exports.newest_first(COMPANY))
        left = sum(export.invoices for export in exports if self._has_left(export)) + self._mailed()
        arrived = self._use.ledger.invoices.since(COMPANY)
        kept = sum(not leaves(each.invoice, each.route) for each in arrived if each.export is None)
        waits = self._use.ledger.invoices.head(COMPANY) - left - kept
        problems = [each for kind in OF_INVOICES for each in self._problems(COMPANY, kind)]
        said = {(each.kind, each.number) for each in problems}
        held = [each for each in self._held() if (each.kind, each.number) not in said]
        return Kind(self._received("invoice"), left, 0, waits, problems, held)

    def _held(self) -> Iterator[Problem]:
        """What waits by itself, whether it has arrived or not."""
        for held in self._use.ledger.invoices.held(COMPANY):
            if held.why:
                yield _said(held.invoice.number, held.why)
        company = self._use.ledger.companies.get_known(COMPANY)
        for each in self._unleft():
            references, now = references_of(each.invoice, each.route), datetime.now(UTC)
            if why := waiting(each.invoice, standings_of(company, references, self._use.ledger, now)):
                yield _said(each.invoice.number, why)

    def _unleft(self) -> Iterator[Snapshot]:
        """That have arrived and are still to leave with an export."""
        for each in self._use.ledger.invoices.since(COMPANY):
            if each.export is None and each.route is not Route.EMAIL and leaves(each.invoice, each.route):
                yield each

    def _has_left(self, export: LedgerExport) -> bool:
        """A file that was handed over has left for certain when its invoices were seen, or nobody can see them."""
        upload = self._use.ledger.uploads.get(COMPANY, export.number)
        return upload is None or upload.arrived is not None or upload.is_blind

    def _mailed(self) -> int:
        if self._route is not Route.EMAIL:
            return 0
        seqs = (snapshot.seq for snapshot in self._use.ledger.invoices.since(COMPANY))
        mails = (self._use.ledger.mails.get(COMPANY, seq) for seq in seqs)
        return sum(1 for mail in mails if mail and mail.state is MailState.SENT)

    def costs(self, moment_url: str) -> Costs:
        report = self._use.ledger.expenses.progress(COMPANY).report or {}
        held, _ = costs.in_moment(moment_url)
        said = [each for kind in OF_COSTS for each in self._problems(COMPANY, kind)]
        total = sum((Decimal(each["amount"]) for each in held), Decimal(0))
        return Costs(report, len(held), total, tuple(said))

    def to_mail(self) -> int:
        return waiting_mails(COMPANY, self._use.ledger)

    def to_recheck(self) -> int:
        """1 where something that held invoices wait for is to be looked at now."""
        return int(COMPANY in self._use.ledger.due.until(datetime.now(UTC)).held)

    def to_upload(self) -> int:
        """Those that are still to be handed over, and those whose invoices nobody has looked for yet."""
        waiting = self._use.ledger.uploads.open(COMPANY)
        return sum(1 for each in waiting if not (each.state is UploadState.UPLOADED and each.looks))

    def unseen(self) -> Iterator[str]:
        """Sentences about files that Xledger's import took, and whose invoices are not all in Xledger."""
        for upload in self._use.ledger.uploads.open(COMPANY):
            export = self._use.ledger.exports.get(COMPANY, upload.export)
            if export and is_looked_for(upload) and upload.looks:
                yield _unseen(upload, export)

    def exports(self, folder: Path, mails: Sequence[Mail]) -> Iterator[Export]:
        """The oldest first; each fetched into the folder as the accountant would, by the link of a mail."""
        for export in reversed(list(self._use.ledger.exports.newest_first(COMPANY))):
            if export.status is Status.READY:
                yield self._fetched(export, folder, mails)

    def _fetched(self, export: LedgerExport, folder: Path, mails: Sequence[Mail]) -> Export:
        mailed = next(links(mails, COMPANY, export.number), None)
        if mailed is None:
            raise AwsError(f"Nobody got a mail about export {export.number}.")
        fetched = {each.name: each for each in fetch(mailed, self._aws.url)}
        for name, file in fetched.items():
            if file.content != self._stored(export.folder + name):
                raise AwsError(f"The link to {name} brings something else than was stored.")
            (folder / name).write_bytes(file.content)
        csv = fetched[export.file_name()]
        if hashlib.sha256(csv.content).hexdigest() != export.sha256:
            raise AwsError(f"{csv.name} is not what was exported.")
        return Export(
            folder / csv.name, export.rows, export.invoices, _total(export), export.sha256, csv.link
        )

    def _stored(self, key: str) -> bytes:
        bucket = self._variables["BUCKET"]
        return self._aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()  # type: ignore[no-any-return]

    def _kind(self, kind: RecordKind, states: Mapping[str, int]) -> Kind:
        unchanged = self._use.ledger.tallies.get(COMPANY, kind).get("unchanged", 0)
        waiting = states["dirty"] + states["waiting"]
        problems = self._problems(COMPANY, kind)
        if kind is RecordKind.CUSTOMER:  # told once for customers and projects alike, so shown once
            problems += self._problems(COMPANY, RECORDS)
        return Kind(self._received(kind), states["synced"], unchanged, waiting, problems)

    def _received(self, kind: str) -> int:
        return self._use.ledger.tallies.get(COMPANY, kind).get("received", 0)

    def _problems(self, company: CompanyId, kind: str) -> list[Problem]:
        return [shown(each) for each in self._use.ledger.problems.of(company, kind)]

    def _count(self, kind: RecordKind) -> Counter[str]:
        table = Table(boto3.client("dynamodb"), self._variables["TABLE"])
        return Counter(item["state"] for item in table.query(keys.records(COMPANY), f"ENT#{kind}#"))


def _unseen(upload: Upload, export: LedgerExport) -> str:
    if upload.is_blind:
        return (
            f"Whether Xledger has booked the file of export {upload.number} cannot be seen with this token."
        )
    seen = f"{upload.seen} of its {export.invoices} invoices are seen there"
    return f"Xledger took the file of export {upload.number}; {seen}."


def _said(number: str, why: Fault) -> Problem:
    told = LedgerProblem(COMPANY, "invoice", number, why.code, why.details)
    return Problem("invoice", number, str(why.code), told.sentence())


def _total(export: LedgerExport) -> str:
    """Bare where there is one currency, which is nearly always."""
    sums = export.totals
    return str(*sums.values()) if len(sums) == 1 else " + ".join(f"{total} {c}" for c, total in sums.items())
