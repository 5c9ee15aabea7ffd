"""Puts the pieces together for the functions. What is dear is made on first use, once for each process."""

import random
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Table
from moment_xledger.domain.kinds import Kind
from moment_xledger.environment import Environment

if TYPE_CHECKING:
    from email.message import EmailMessage

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from botocore.config import Config
    from requests import Session

    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.mail import Mail
    from moment_xledger.adapters.moment_api import MomentApi
    from moment_xledger.adapters.queues import Queues
    from moment_xledger.adapters.releases import Releases
    from moment_xledger.adapters.secrets import Vault
    from moment_xledger.adapters.xledger_postings import Postings
    from moment_xledger.adapters.xledger_soap.client import XledgerSoap
    from moment_xledger.console.desk import Desk
    from moment_xledger.domain.companies import Company, CompanyId, SoapLogin, TokenId
    from moment_xledger.domain.moment import Saved
    from moment_xledger.domain.notices import Notice
    from moment_xledger.domain.scheduled_runs import ScheduledRun
    from moment_xledger.domain.seen_invoices import InXledger
    from moment_xledger.flows.expense_run import Importer
    from moment_xledger.flows.export_invoices import Exporter
    from moment_xledger.flows.guard_numbers import Guard
    from moment_xledger.flows.mail_invoice import Mailer
    from moment_xledger.flows.probe_company import Prober
    from moment_xledger.flows.receive_events import Receiver
    from moment_xledger.flows.recheck_invoices import Rechecker
    from moment_xledger.flows.reconcile import Reconciler
    from moment_xledger.flows.send_notices import Notifier
    from moment_xledger.flows.start_runs import Starter
    from moment_xledger.flows.sweep import Lanes
    from moment_xledger.flows.sync_records import Worker
    from moment_xledger.flows.tell_accountant import News, Teller
    from moment_xledger.flows.test_connection import Trial
    from moment_xledger.flows.upload_export import Uploader

A_WAIT = timedelta(seconds=15)  # for one answer, where a person waits for all of them or a run is short
SOAP_TIMEOUT = timedelta(seconds=60)
QUEUES = {Kind.CUSTOMER: "CUSTOMERS_QUEUE", Kind.PROJECT: "PROJECTS_QUEUE"}
JOB_QUEUES = {  # by what the clock starts
    "numbers": "NUMBERS_QUEUE",
    "reconcile": "RECONCILE_QUEUE",
    "exports": "EXPORTS_QUEUE",
    "notices": "NOTICES_QUEUE",
    "expenses": "EXPENSES_QUEUE",
}


def now() -> datetime:
    return datetime.now(UTC)


def time_for(milliseconds: int, context: "LambdaContext") -> Callable[[], bool]:
    """Whether more than that is left of this call."""
    return lambda: bool(context.get_remaining_time_in_millis() > milliseconds)


TRIES = 3  # at one call of AWS


def _ended(seconds: int) -> "Config":
    """For a service that answers at once or not at all. By itself boto3 would wait for ten minutes, longer than most
    functions may take: three tries of so many seconds end before any of them."""
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": TRIES}
    return Config(connect_timeout=1, read_timeout=seconds, retries=retries)


class Wiring:
    """Imports what only some functions need where they need it: a cold start loads nothing that it does not use."""

    def __init__(self, environment: Environment | None = None) -> None:
        self._environment = environment or Environment()

    @cached_property
    def ledger(self) -> Ledger:
        client = boto3.client("dynamodb", config=_ended(3))
        years = int(self._environment["BOOKKEEPING_YEARS"])
        return Ledger(Table(client, self._environment["TABLE"], books_years=years))

    @cached_property
    def queues(self) -> "Queues":
        from moment_xledger.adapters.queues import Queues

        return Queues(boto3.client("sqs", config=_ended(5)))

    @cached_property
    def files(self) -> "Files":
        from botocore.config import Config

        from moment_xledger.adapters.files import Files

        # Without these boto3 signs the old way in some regions, and for a host that redirects.
        config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"}).merge(_ended(8))
        return Files(boto3.client("s3", config=config), self._environment["BUCKET"])

    @cached_property
    def vault(self) -> "Vault":
        from moment_xledger.adapters.secrets import Vault

        return Vault(boto3.client("secretsmanager", config=_ended(4)), self._environment["SECRETS_PREFIX"])

    @cached_property
    def mail(self) -> "Mail":
        from botocore.config import Config

        from moment_xledger.adapters.mail import Mail

        # No retry behind our back: a mail whose answer was lost would go twice.
        config = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1})
        client = boto3.client("ses", config=config)
        return Mail(client, self._environment["SENDER"], self._environment["CONFIGURATION_SET"])

    @property
    def speaks_soap(self) -> bool:
        """Such a function has the layer for it."""
        return "XLEDGER_SOAP_URL" in self._environment

    def releases(self) -> "Releases":
        from botocore.config import Config

        from moment_xledger.adapters.releases import Releases

        once = Config(connect_timeout=2, read_timeout=60, retries={"total_max_attempts": 1})
        return Releases(boto3.client("codedeploy", config=_ended(5)), boto3.client("lambda", config=once))

    def receiver(self, *how: Any) -> "Receiver":
        """`how`: what becomes of one company's trouble, and whether there is time for another."""
        from moment_xledger.flows.receive_events import Receiver

        return Receiver(self.ledger, self.files, self.wake, self.wake_mails, now, *how)

    def exporter(self, time_left: Callable[[], timedelta]) -> "Exporter":
        from moment_xledger.adapters.review_file import write_review
        from moment_xledger.flows.export_invoices import Exporter

        return Exporter(self.ledger, self.files, now, write_review, time_left)

    def desk(self) -> "Desk":
        from moment_xledger.console.desk import Desk

        return Desk(
            self.ledger,
            self.start_export,
            now,
            files=lambda: self.files,
            vault=self.vault_for_saving,
            trial=self.trial,
            prober=self.prober,
            moment=self.moment,
            xledger_url=lambda: self._environment["XLEDGER_URL"],
        )

    def vault_for_saving(self) -> "Vault":
        """One that tells tokens apart as well, which nobody else needs to."""
        from moment_xledger.adapters.secrets import Vault

        return Vault(
            boto3.client("secretsmanager", config=_ended(4)),
            self._environment["SECRETS_PREFIX"],
            self._environment["FINGERPRINT"],
        )

    def moment(self) -> "MomentApi":
        import requests

        from moment_xledger.adapters.moment_api import MomentApi

        url = self._environment["MOMENT_URL"]
        return MomentApi(requests.Session(), url, follows=lambda company: self.ledger.probes.follows(company))

    def teller(self) -> "Teller":
        from moment_xledger.adapters.ledger.links import LIFETIME
        from moment_xledger.flows.tell_accountant import Teller

        return Teller(self.ledger, self.mail, self._write_export_ready, self.console_url, LIFETIME, now)

    @staticmethod
    def _write_export_ready(news: "News", to: str, sender: str, at: datetime) -> "EmailMessage":
        from moment_xledger.mails.export_ready import export_ready  # and with it the templates

        return export_ready(news, to, sender, at)

    @property
    def console_url(self) -> str:
        return self._environment["CONSOLE_URL"]

    def worker(self, longest_wait: timedelta = timedelta.max) -> "Worker":
        """With a connection of its own: one that slept with a frozen function may be dead, and a write lost in it."""
        import requests

        from moment_xledger.adapters import xledger_reference
        from moment_xledger.adapters.xledger_customers import Customers
        from moment_xledger.adapters.xledger_graphql import XledgerGraphql
        from moment_xledger.adapters.xledger_measured import XledgerMeasured
        from moment_xledger.adapters.xledger_projects import Projects
        from moment_xledger.domain.gate import Timing
        from moment_xledger.flows.sync_records import Worker

        timeout = timedelta(seconds=int(self._environment["XLEDGER_TIMEOUT"]))
        timing = Timing(min(timeout, longest_wait))
        xledger = XledgerGraphql(requests.Session(), self._environment["XLEDGER_URL"], timing.timeout)
        return Worker(
            self.ledger,
            self.vault,
            XledgerMeasured(xledger),
            customers=Customers,
            projects=Projects,
            clock=now,
            sleep=time.sleep,
            jitter=random.random,
            new_id=lambda: uuid.uuid4().hex,
            timing=timing,
            release=self._environment.release,
            url=self._environment["XLEDGER_URL"],
            reference=xledger_reference.Reference,
        )

    def mailer(self) -> "Mailer":
        import requests

        from moment_xledger.adapters.moment_pdfs import MomentPdfs
        from moment_xledger.flows.mail_invoice import Mailer

        return Mailer(
            self.ledger,
            self.vault,
            self.files,
            MomentPdfs(requests.Session(), self._environment["MOMENT_URL"]),
            self.mail,
            clock=now,
            sleep=time.sleep,
            new_id=lambda: uuid.uuid4().hex,
        )

    def uploader(self) -> "Uploader":
        from moment_xledger.domain.exports import SWEEP
        from moment_xledger.flows.upload_export import Uploader

        def tell(company: "CompanyId") -> None:
            self.start_export(company, uuid.uuid4().hex, SWEEP)

        return Uploader(
            self.ledger,
            self.vault,
            self.files,
            self.open_soap,
            self.invoices_in_xledger,
            tell,
            self.start_export,
            now,
        )

    def invoices_in_xledger(
        self, company: "Company", dates: Collection[date], since: datetime
    ) -> "InXledger":
        from moment_xledger.adapters.xledger_invoices import XledgerInvoices
        from moment_xledger.flows.look_for_invoices import read_invoices

        return read_invoices(company, dates, since, self.worker(A_WAIT), XledgerInvoices)

    def open_soap(
        self,
        company: "Company",
        login: "SoapLogin",
        timeout: timedelta = SOAP_TIMEOUT,
        session: "Session | None" = None,
        *,
        cuts: bool = False,
    ) -> "XledgerSoap":
        """Xledger's SOAP services for one company; a renewed logon key is kept."""
        import requests

        from moment_xledger.adapters.xledger_soap.certificates import as_file
        from moment_xledger.adapters.xledger_soap.client import XledgerSoap
        from moment_xledger.adapters.xledger_soap.hosts import pinned
        from moment_xledger.adapters.xledger_soap.posting import Line

        host = pinned(self._environment["XLEDGER_SOAP_URL"], self._environment["XLEDGER_APPLICATION"])
        certificate = as_file(login.certificate) if login.certificate else None
        line = Line(host, session or requests.Session(), timeout, certificate=certificate, cuts=cuts)
        return XledgerSoap(login, line, keep_key=lambda key: self.vault.keep_logon_key(company, key))

    def importer(self, go_on: "Callable[[CompanyId], None]") -> "Importer":
        """Its connections to Moment are its own: a kept one may be dead, and an expense lost in it."""
        import requests

        from moment_xledger.adapters.moment_expenses import MomentExpenses
        from moment_xledger.flows.expense_run import Importer

        url = self._environment["MOMENT_URL"]
        return Importer(
            self.ledger,
            self._open_postings,
            lambda company: MomentExpenses(
                requests.Session(),
                url,
                company.id,
                self.vault.moment_key(company),
                follows=self.ledger.probes.follows(company.id),
            ),
            go_on,
            now,
            lambda: uuid.uuid4().hex,
        )

    def _open_postings(self, company: "Company") -> "Postings":
        from moment_xledger.adapters.xledger_postings import Postings
        from moment_xledger.domain.dimensions import slots_of
        from moment_xledger.domain.errors import RunStopped
        from moment_xledger.domain.followed import columns_of, names_of
        from moment_xledger.domain.problems import Code

        login = self.vault.soap_login(company)
        if login is None or company.owner_code is None:
            raise RunStopped(Code.SOAP_LOGIN_REFUSED)
        slots = slots_of(company, self.ledger.references.dimensions(company.token_id))
        follows = self.ledger.probes.follows(company.id)
        soap = self.open_soap(company, login)
        soap.names = names_of(follows)
        return Postings(soap, company.owner_code, slots, columns_of(follows))

    def guard(self) -> "Guard":
        from moment_xledger.adapters.xledger_probe import XledgerProbe
        from moment_xledger.adapters.xledger_reference import Reference
        from moment_xledger.flows.guard_numbers import Guard

        return Guard(self.worker(), Reference, XledgerProbe)

    def put_back_guard(self, receipt: str, until: datetime) -> bool:
        return self.queues.put_back(self._environment["NUMBERS_QUEUE"], receipt, until, now())

    def starter(self, has_time: Callable[[], bool]) -> "Starter":
        from moment_xledger.flows.start_runs import Starter

        return Starter(self.ledger, self._queue_jobs, has_time, now)

    def _queue_jobs(self, run: "ScheduledRun", subjects: Sequence[str], time: datetime | None) -> int:
        """How many were not taken."""
        from moment_xledger.flows.start_runs import job_of

        queue = self._environment[JOB_QUEUES[run]]
        return len(self.queues.send_all(queue, ((job_of(run, each, time), each) for each in subjects)))

    def reconciler(self, has_time: Callable[[], bool]) -> "Reconciler":
        from moment_xledger.flows.reconcile import Reconciler

        return Reconciler(self.ledger, self.vault, self.moment(), has_time, now)

    def notifier(self) -> "Notifier":
        """Its mails are told of by the same events as those with invoices, so that a bounce stops an address."""
        from moment_xledger.flows.send_notices import Notifier

        return Notifier(self.ledger, self.mail, self._write_notice, now)

    def _write_notice(
        self, notice: "Notice", company: "Company", to: str, sender: str, at: datetime
    ) -> "EmailMessage":
        from moment_xledger.mails.notice import notice_mail  # and with it the templates

        link = f"{self.console_url.rstrip('/')}/problems"
        return notice_mail(notice, company, to, sender, at, link)

    def trial(self) -> "Trial":
        """A connection test, for somebody who waits for it.

        SOAP is loaded only where a company's switches need it.
        """
        from moment_xledger.adapters.xledger_reference import Reference
        from moment_xledger.flows.test_connection import RUN, Trial

        def accepts_soap(company: "Company", login: "SoapLogin") -> bool:
            return self.open_soap(company, login, A_WAIT).authenticate()

        worker = replace(self.worker(A_WAIT), run=RUN)
        return Trial(worker, Reference, self.moment().accepts, accepts_soap)

    def prober(self) -> "Prober":
        """Its connections to SOAP and Moment tell of each request before they send it."""
        from moment_xledger.adapters.moment_shapes import MomentShapes
        from moment_xledger.adapters.told_requests import told_session
        from moment_xledger.adapters.xledger_probe import XledgerProbe
        from moment_xledger.adapters.xledger_reference import Reference
        from moment_xledger.flows.probe_company import RUN, Prober

        def soap(
            company: "Company", login: "SoapLogin", owner_code: int, spend: Callable[[str], None]
        ) -> Any:
            from moment_xledger.adapters.xledger_soap.probing import SoapProbe

            opened = self.open_soap(company, login, A_WAIT, told_session(spend, "SOAP"), cuts=True)
            return SoapProbe(opened, opened.line, owner_code)

        worker = replace(self.worker(A_WAIT), run=RUN)
        url = self._environment["MOMENT_URL"]
        return Prober(
            worker,
            Reference,
            XledgerProbe,
            soap,
            lambda spend: MomentShapes(told_session(spend, "Moment"), url, A_WAIT),
        )

    def rechecker(self, go_on: "Callable[[CompanyId], None]") -> "Rechecker":
        from moment_xledger.flows.recheck_invoices import Rechecker

        return Rechecker(
            self.ledger,
            self.ask_moment,
            self.wake,
            self.wake_mails,
            go_on,
            now,
            lambda: uuid.uuid4().hex,
        )

    def ask_moment(self, company: "Company", kind: Kind, number: str) -> "Saved | None":
        return self.moment().record(company.id, self.vault.moment_key(company), kind, number)

    def read_moment(self, company: "Company", kind: Kind, ids: "Collection[int]") -> "Mapping[int, Saved]":
        return self.moment().records(company.id, self.vault.moment_key(company), kind, ids)

    def wake(self, kind: Kind, token: "TokenId") -> None:
        self.queues.send(self.queue(kind), {"token": token}, group=token)

    def start_export(self, company: "CompanyId", request: str, by: str, repeats: int | None = None) -> None:
        body = {"company": company, "request": request, "by": by, "repeats": repeats}
        self.queues.send(self._environment["EXPORTS_QUEUE"], body, group=company)

    def wake_mails(self, company: "CompanyId") -> None:
        self.queues.send(self._environment["INVOICE_MAILS_QUEUE"], {"company": company}, group=company)

    def start_import(self, company: "CompanyId", chain: int) -> None:
        body = {"company": company, "chain": chain}
        self.queues.send(self._environment["EXPENSES_QUEUE"], body, group=company)

    def wake_uploads(self, company: "CompanyId") -> None:
        self.queues.send(self._environment["UPLOADS_QUEUE"], {"company": company}, group=company)

    def wake_held(self, company: "CompanyId", chain: int) -> None:
        body = {"company": company, "chain": chain}
        self.queues.send(self._environment["HELD_INVOICES_QUEUE"], body, group=company)

    def lanes(self, request: str) -> "Lanes":
        """Where the sweep puts its wakes. `request` is its own: what it resumes is no new export."""
        from moment_xledger.adapters.queues import WakeQueue
        from moment_xledger.domain.exports import SWEEP
        from moment_xledger.flows.sweep import Lanes

        def company(name: str) -> dict[str, str]:
            return {"company": name}

        def token(name: str) -> dict[str, str]:
            return {"token": name}

        def export(name: str) -> dict[str, str | None]:
            return {"company": name, "request": request, "by": SWEEP, "repeats": None}

        return Lanes(
            {kind: WakeQueue(self.queues, self.queue(kind), token) for kind in Kind},
            WakeQueue(self.queues, self._environment["EXPORTS_QUEUE"], export),
            WakeQueue(self.queues, self._environment["INVOICE_MAILS_QUEUE"], company),
            WakeQueue(self.queues, self._environment["UPLOADS_QUEUE"], company),
            WakeQueue(self.queues, self._environment["EXPENSES_QUEUE"], company),
            WakeQueue(self.queues, self._environment["HELD_INVOICES_QUEUE"], company),
        )

    @staticmethod
    def shuffle(names: list[Any]) -> None:
        random.shuffle(names)

    def queue(self, kind: Kind) -> str:
        return self._environment[QUEUES[kind]]


Wire = Callable[[], Wiring]
