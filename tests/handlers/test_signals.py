"""Each alarm on a figure of ours is raised by a real run of the function that publishes it, and by no calm day."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from functions.export_invoices import handler as exporting
from functions.measure_work import handler as measuring
from functions.note_bounces import handler as bounces
from functions.receive_events import handler as receiving
from functions.reconcile import handler as reconciling
from functions.send_notices import handler as notices
from functions.start_runs import handler as starting
from functions.sweep import handler as sweeping
from functions.sync_customers import handler as customers
from functions.upload_exports import handler as uploading
from local import moment
from local.xledger.plan import Plan
from moment_xledger import wiring as moment_wiring
from moment_xledger.adapters.xledger_measured import XledgerMeasured
from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate, InFlight
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.scheduled_runs import CHECKED_AFTER, ScheduledRun, latest_time
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring
from tests.alarms import on_our_figures, published, raises
from tests.builders import KEPT_BY_HAND, TOKEN, a_company, a_customer, a_project, an_invoice, may_not_look_up
from tests.handlers.cloud import BUCKET, Context, a_message
from tests.handlers.cloud import wiring as wiring
from tests.world import TOKEN_ID, World

NORDVIK, FINGERPRINT = CompanyId("nordvik"), TokenId("fingerprint")
KARI = "kari@nordvik.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AN_AFTERNOON = datetime(2026, 11, 23, 14, tzinfo=UTC)


class Stage:
    """The functions on their real wiring, at times of one's choice."""

    def __init__(self, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
        more = {"SECRETS_PREFIX": "test/", "CONFIGURATION_SET": "mails", "MOMENT_URL": "http://127.0.0.1:9"}
        self._variables = {**wiring._environment._variables, **more}
        self._patch = monkeypatch
        self.began = datetime.now(UTC)
        self.wire()

    def wire(self, **variables: str) -> None:
        self.use = Wiring(Environment(self._variables | variables))
        for module in (
            *(exporting, bounces, measuring, receiving, reconciling),
            *(notices, starting, sweeping, uploading),
        ):
            self._patch.setattr(module, "wire", lambda: self.use)

    def save(self, **settings: Any) -> None:
        self.use.ledger.companies.save(a_company(**settings))
        may_not_look_up(self.use.ledger, a_company().id)

    def receive(self, *events: dict[str, Any] | str) -> None:
        records = [a_message(event, number) for number, event in enumerate(events)]
        receiving.lambda_handler({"Records": records}, Context())  # type: ignore[arg-type]

    def export(self) -> None:
        job = {"company": NORDVIK, "request": "r", "by": "schedule"}
        exporting.lambda_handler({"Records": [a_message(job)]}, Context())  # type: ignore[arg-type]

    def upload(self) -> None:
        uploading.lambda_handler({"Records": [a_message({"company": NORDVIK})]}, Context())  # type: ignore[arg-type]

    def sweep(self, after: timedelta, *, clock_stands_still: bool = False) -> None:
        """And measure, as each minute brings both."""
        if not clock_stands_still:
            self._go_on_starting(self.began + after)
        for function in (sweeping, measuring):
            self._patch.setattr(function, "now", lambda: self.began + after)
            function.lambda_handler({}, Context())

    def _go_on_starting(self, now: datetime) -> None:
        """All runs, up to this time."""
        for run, progress in self.use.ledger.scheduled_runs.every().items():
            started = replace(progress, time=latest_time(run, now), ver=progress.ver + 1)
            self.use.ledger.scheduled_runs.save(run, started)

    def notify(self) -> None:
        starting.lambda_handler({"run": "notices"}, Context())  # type: ignore[arg-type]
        notices.lambda_handler({"Records": [a_message({"company": NORDVIK})]}, Context())  # type: ignore[arg-type]

    def reconcile(self) -> None:
        records = [a_message({"company": NORDVIK})]
        reconciling.lambda_handler({"Records": records}, Context(left=900_000))  # type: ignore[arg-type]

    def start(self, at: datetime, **event: str) -> None:
        for module in (moment_wiring, starting):
            self._patch.setattr(module, "now", lambda: at)
        starting.lambda_handler(event, Context())  # type: ignore[arg-type]

    def close_gate(self, why: Why) -> None:
        closed = Gate(closed_until=self.began + timedelta(days=1), closed_why=why)
        self.use.ledger.gates.save(FINGERPRINT, closed)


@pytest.fixture
def stage(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(wiring, monkeypatch)


def with_a_customer_that_waits(stage: Stage) -> None:
    stage.save()
    stage.receive(a_customer("10001"))


def stale(stage: Stage) -> None:
    with_a_customer_that_waits(stage)
    stage.sweep(after=16 * MINUTE)


def stale_in_all(stage: Stage) -> None:
    with_a_customer_that_waits(stage)
    stage.close_gate(Why.CREDITS)
    stage.sweep(after=2 * HOUR + MINUTE)


def in_doubt(stage: Stage) -> None:
    with_a_customer_that_waits(stage)
    stage.use.ledger.gates.save(FINGERPRINT, Gate(in_flight=InFlight("AddCustomers", stage.began)))
    stage.sweep(after=31 * MINUTE)


def token_refused(stage: Stage) -> None:
    with_a_customer_that_waits(stage)
    stage.close_gate(Why.AUTH)
    stage.sweep(after=3 * HOUR)


def export_stuck(stage: Stage) -> None:
    stage.save(route="file", **KEPT_BY_HAND)
    stage.receive(an_invoice(1))
    whole, stage.use = stage.use, Wiring(Environment({**stage.use._environment._variables, "BUCKET": "gone"}))
    with pytest.raises(Exception, match="NoSuchBucket"):
        stage.export()
    stage.use = whole
    stage.sweep(after=16 * MINUTE)


def mails_wait(stage: Stage) -> None:
    stage.save(route="email", reception_address="inbox@xledger.example", **KEPT_BY_HAND)
    stage.receive(an_invoice(1))
    stage.sweep(after=6 * MINUTE)


def with_an_upload_that_waits(stage: Stage) -> None:
    stage.save(route="upload", owner_code=99168, file={"format": "gl02b"}, **KEPT_BY_HAND)
    stage.receive(an_invoice(1))
    stage.export()


def uploads_wait(stage: Stage) -> None:
    with_an_upload_that_waits(stage)
    stage.sweep(after=6 * MINUTE)


def held_wait(stage: Stage) -> None:
    """For a customer that has not come."""
    stage.save(route="file")
    stage.receive(an_invoice(1))
    stage.sweep(after=6 * MINUTE)


def file_differs(stage: Stage) -> None:
    with_an_upload_that_waits(stage)
    stage.use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN, SoapLogin("nordvik-ws", "password")))
    (made,) = stage.use.ledger.exports.newest_first(NORDVIK)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=made.folder + made.file_name(), Body=b"other")
    stage.upload()


def event_refused(stage: Stage) -> None:
    stage.save()
    stage.receive(a_customer("10001"), "{not json")


def new_reason(stage: Stage) -> None:
    event_refused(stage)
    stage.sweep(after=30 * MINUTE)


def changed_afterwards(stage: Stage) -> None:
    stage.save(route="file", **KEPT_BY_HAND)
    stage.receive(an_invoice(1))
    stage.use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN))
    changed = an_invoice(1, version=2, dueDate="2026-12-24")
    with moment.start([changed], {TOKEN.secret: [NORDVIK]}) as running:
        stage.wire(MOMENT_URL=f"{running.url}/api/1.0")
        stage.reconcile()


def not_compared(stage: Stage) -> None:
    stage.save()
    stage.use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN))
    stage.reconcile()


def token_expires(stage: Stage) -> None:
    stage.save(token_expires=stage.began.date() + timedelta(days=6))
    stage.notify()


def notice_delayed(stage: Stage) -> None:
    """SES does not know the sender."""
    stage.wire(SENDER="nobody@moment.example")
    stage.save(notify=[KARI], token_expires=stage.began.date() + timedelta(days=1))
    stage.close_gate(Why.AUTH)
    stage.use.ledger.problems.report([_refused_token(stage.began)])
    stage.notify()


def _refused_token(at: datetime) -> Problem:
    return Problem(NORDVIK, "settings", "", Code.TOKEN_REFUSED, first_seen=at, last_seen=at)


def mail_returned(stage: Stage) -> None:
    stage.save(notify=[KARI])
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": KARI}]}
    mail = {"messageId": "m", "destination": [KARI], "tags": {"company": [NORDVIK], "notice": ["digest"]}}
    body = {"detail": {"eventType": "Bounce", "mail": mail, "bounce": bounce}}
    bounces.lambda_handler({"Records": [a_message(body)]}, Context())  # type: ignore[arg-type]


def _ask_xledger(plan: Plan, patch: pytest.MonkeyPatch, runs: int) -> None:
    world = World(plan)
    world.receive(a_customer("10001"))
    queues = SimpleNamespace(put_back=lambda *_: True)
    use = SimpleNamespace(
        queue=str,
        queues=queues,
        ask_moment=lambda *_: None,
        read_moment=lambda *_: {},
        worker=lambda: replace(world.worker(), xledger=XledgerMeasured(world.xledger)),  # type: ignore[arg-type]
    )
    patch.setattr(customers, "wire", lambda: use)
    for _ in range(runs):
        customers.lambda_handler({"Records": [a_message({"token": TOKEN_ID})]}, Context())  # type: ignore[arg-type]
        world.time.now += HOUR + MINUTE


def refused_for_speed(stage: Stage) -> None:
    _ask_xledger(Plan(burst=1, burst_seconds=3600), stage._patch, runs=1)


def credits_empty(stage: Stage) -> None:
    _ask_xledger(Plan(credits_per_hour=0), stage._patch, runs=2)


def runs_behind(stage: Stage) -> None:
    """Nothing was started since the day before."""
    stage.start(stage.began)
    stage.sweep(after=25 * HOUR, clock_stands_still=True)


def jobs_not_done(run: str) -> Callable[[Stage], None]:
    """They are queued, and queued again, and nobody does them."""

    def missing(stage: Stage) -> None:
        stage.save()
        stage.start(AN_AFTERNOON, run=run)
        for check in (1, 2):
            stage.start(AN_AFTERNOON + check * (CHECKED_AFTER[ScheduledRun(run)] + MINUTE))
        stage.sweep(after=MINUTE)

    return missing


def silence(stage: Stage) -> None:
    """Nothing runs."""


RAISED_BY: dict[str, Callable[[Stage], None]] = {
    "StaleAlarm": stale,
    "StaleInAllAlarm": stale_in_all,
    "SweepAlarm": silence,
    "MeasureAlarm": silence,
    "InDoubtAlarm": in_doubt,
    "TokensRefusedAlarm": token_refused,
    "ExportsLateAlarm": export_stuck,
    "MailsLateAlarm": mails_wait,
    "UploadsLateAlarm": uploads_wait,
    "HeldLateAlarm": held_wait,
    "FilesDifferAlarm": file_differs,
    "EventsRefusedAlarm": event_refused,
    "NewReasonAlarm": new_reason,
    "InvoicesDifferAlarm": changed_afterwards,
    "NotComparedAlarm": not_compared,
    "TokensExpireAlarm": token_expires,
    "NoticesDelayedAlarm": notice_delayed,
    "MailsReturnedAlarm": mail_returned,
    "SpeedRefusedAlarm": refused_for_speed,
    "CreditsEmptyAlarm": credits_empty,
    "RunsBehindAlarm": runs_behind,
    "ExportsNotMadeAlarm": jobs_not_done("exports"),
    "NumbersNotGuardedAlarm": jobs_not_done("numbers"),
    "NotReconciledAlarm": jobs_not_done("reconcile"),
    "NotLookedAtAlarm": jobs_not_done("notices"),
}


@pytest.mark.parametrize("alarm", sorted(on_our_figures()))
def test_what_an_alarm_is_for_raises_it(alarm: str, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    RAISED_BY[alarm](stage)
    assert raises(alarm, published(capsys.readouterr().out))


def test_a_calm_day_raises_none(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.save(notify=[KARI], token_expires=stage.began.date() + timedelta(days=100))
    stage.receive(an_invoice(1), a_customer("10001"), a_project("P-1"))
    stage.export()
    stage.sweep(after=MINUTE)
    stage.notify()
    figures = published(capsys.readouterr().out)
    assert [alarm for alarm in on_our_figures() if raises(alarm, figures)] == []


@pytest.mark.parametrize(
    ("cause", "alarm"),
    [
        pytest.param(stale_in_all, "StaleAlarm", id="who may not ask Xledger now is not stale yet"),
        pytest.param(token_refused, "StaleInAllAlarm", id="a token is for its company to renew"),
    ],
)
def test_what_another_alarm_is_for_does_not_raise_it(
    cause: Callable[[Stage], None], alarm: str, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    cause(stage)
    assert not raises(alarm, published(capsys.readouterr().out))


def test_no_figure_names_a_company(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stale(stage)
    for line in published(capsys.readouterr().out):
        assert "nordvik" not in json.dumps(line)
        assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] in ([[]], [["service"]])
