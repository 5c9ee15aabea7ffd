"""The functions as AWS would run them: their handlers and real wiring, over twins of what boto3 and requests open."""

import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import requests

import functions.console.handler as console
import functions.export_invoices.handler as export_invoices
import functions.guard_numbers.handler as guard_numbers
import functions.import_expenses.handler as import_expenses
import functions.mail_invoices.handler as mail_invoices
import functions.measure_work.handler as measure_work
import functions.note_bounces.handler as note_bounces
import functions.open_session.handler as open_session
import functions.receive_events.handler as receive_events
import functions.recheck_invoices.handler as recheck_invoices
import functions.reconcile.handler as reconcile
import functions.send_notices.handler as send_notices
import functions.start_runs.handler as start_runs
import functions.sweep.handler as sweep
import functions.sync_customers.handler as sync_customers
import functions.sync_projects.handler as sync_projects
import functions.upload_exports.handler as upload_exports
from local import ROOT
from local.aws.template import read
from local.proof.doors import Door, session
from local.proof.network import Network
from local.proof.queues import Shape
from local.proof.scheduling import Scheduler
from moment_xledger import wakes, wiring
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.console import application
from moment_xledger.environment import Environment
from moment_xledger.flows.sync_records import Worker
from moment_xledger.observability import log_failure

MOMENT, XLEDGER = "https://moment.example", "https://ws.xledger.net"
SECRETS, FINGERPRINT = "stack/", "stack/fingerprint.key"
EVENTS, MAIL_EVENTS = "Events", "MailEvents"  # whose messages nobody else can make again
HANDLERS: dict[str, ModuleType] = {
    EVENTS: receive_events,
    "Customers": sync_customers,
    "Projects": sync_projects,
    "Exports": export_invoices,
    "InvoiceMails": mail_invoices,
    "Uploads": upload_exports,
    "Expenses": import_expenses,
    "HeldInvoices": recheck_invoices,
    "Numbers": guard_numbers,
    "Reconcile": reconcile,
    "Notices": send_notices,
    MAIL_EVENTS: note_bounces,
}
CLOCKED: dict[str, ModuleType] = {"sweep": sweep, "measure_work": measure_work, "start_runs": start_runs}
ANSWERING: dict[str, ModuleType] = {"console": console, "open_session": open_session}  # by their addresses
ENVIRONMENT = {
    "CUSTOMERS_QUEUE": "Customers",
    "PROJECTS_QUEUE": "Projects",
    "EXPORTS_QUEUE": "Exports",
    "INVOICE_MAILS_QUEUE": "InvoiceMails",
    "UPLOADS_QUEUE": "Uploads",
    "HELD_INVOICES_QUEUE": "HeldInvoices",
    "EXPENSES_QUEUE": "Expenses",
    "NUMBERS_QUEUE": "Numbers",
    "RECONCILE_QUEUE": "Reconcile",
    "NOTICES_QUEUE": "Notices",
    "CONSOLE_URL": "https://console.example/",
    "BOOKKEEPING_YEARS": "5",
    "BUCKET": "bucket",
    "SENDER": "xledger@moment.example",
    "CONFIGURATION_SET": "mails",
    "SECRETS_PREFIX": SECRETS,
    "FINGERPRINT": FINGERPRINT,
    "XLEDGER_URL": f"{XLEDGER}/graphql",
    "XLEDGER_TIMEOUT": "60",
    "XLEDGER_SOAP_URL": XLEDGER,
    "XLEDGER_APPLICATION": "XLEDGER",
    "MOMENT_URL": f"{MOMENT}/api/1.0",
}


@cache
def shapes() -> dict[str, Shape]:
    """Visibility and receives as in the template; several at a time, but few enough to be simulated."""
    resources = read(ROOT / "template.yaml")["Resources"]

    def shape(name: str) -> Shape:
        queue = resources[f"{name}Queue"]["Properties"]
        batch = 10 if name in (EVENTS, MAIL_EVENTS) else 1
        visibility = timedelta(seconds=queue["VisibilityTimeout"])
        return Shape(visibility, queue["RedrivePolicy"]["maxReceiveCount"], batch, concurrency=3)

    return {name: shape(name) for name in HANDLERS}


@dataclass(frozen=True)
class Twins:
    """`clients` as boto3 names them."""

    ledger: Ledger
    clients: Mapping[str, Any]
    doors: Mapping[str, Door]
    network: Network
    scheduler: Scheduler
    random: Random


class TwinWiring(wiring.Wiring):
    """The real one, but for the table and Xledger's GraphQL API, whose twins speak our own words."""

    def __init__(self, twins: Twins) -> None:
        super().__init__()
        self.ledger = twins.ledger
        self.speak_to(twins.network)

    def speak_to(self, network: Network) -> None:
        """Another Xledger from now on. Whoever is at work goes on with the one before."""
        self._network = network
        url = getattr(network, "url", "")
        self._environment = Environment({**ENVIRONMENT, **({"XLEDGER_URL": url} if url else {})})

    def worker(self, *given: Any, **options: Any) -> Worker:
        made = super().worker(*given, **options)
        return replace(made, xledger=self._network.within(made.timing.timeout))


@contextmanager
def deployed(twins: Twins, failed: Callable[[Exception], None] = log_failure) -> Iterator["TwinWiring"]:
    """Within it every handler has this wiring, the simulated time, and no other way out than the twins. `failed` hears
    of what the console answers with an apology."""
    use, scheduler = TwinWiring(twins), twins.scheduler
    with ExitStack() as stack:

        def put(owner: Any, name: str, instead: Any) -> None:
            stack.enter_context(patch.object(owner, name, instead))

        for handler in (*HANDLERS.values(), *CLOCKED.values(), *ANSWERING.values()):
            put(handler, "wire", lambda: use)
        for module in (wiring, wakes, sweep, measure_work, note_bounces, start_runs, open_session):
            put(module, "now", scheduler.clock)
        put(wiring, "boto3", SimpleNamespace(client=lambda name, **_: twins.clients[name]))
        put(wiring, "time", SimpleNamespace(sleep=lambda seconds: scheduler.wait(timedelta(seconds=seconds))))
        put(wiring, "uuid", SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=_name(twins.random))))
        put(application, "log_failure", failed)
        put(wiring, "random", twins.random)
        opened = session(twins.doors)
        put(requests, "Session", lambda: opened)
        stack.enter_context(redirect_stdout(_Nowhere()))  # figures for CloudWatch
        logging.disable()
        stack.callback(logging.disable, logging.NOTSET)
        yield use


class _Nowhere(io.StringIO):
    def write(self, text: str) -> int:
        return len(text)


def _name(random: Random) -> str:
    return f"{random.getrandbits(64):x}"


def secret(token: str, soap: tuple[str, str] | None = None) -> str:
    """A company's, as the vault keeps it."""
    login = {"user": soap[0], "password": soap[1]} if soap else None
    return json.dumps({"xledger_token": token, "moment_key": "key-of-moment", "soap": login})


def context(name: str, number: int) -> Any:
    return SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:eu-north-1:123456789012:function:{name}",
        aws_request_id=f"{name}-{number}",
        get_remaining_time_in_millis=lambda: 600_000,
    )
