"""A pause raises no alarm and wears out no message: neither while it lasts, nor in the minute in which it ends."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from functions.export_invoices import handler as exporting
from functions.import_expenses import handler as expenses
from functions.mail_invoices import handler as mails
from functions.recheck_invoices import handler as rechecking
from functions.sync_customers import handler as customers
from functions.sync_projects import handler as projects
from functions.upload_exports import handler as uploading
from moment_xledger.domain.companies import Secrets, SoapLogin
from moment_xledger.domain.pauses import Pause
from tests.alarms import on_our_figures, published, raises
from tests.builders import TOKEN
from tests.handlers.cloud import Context, a_message
from tests.handlers.cloud import wiring as wiring
from tests.handlers.test_signals import (
    FINGERPRINT,
    MINUTE,
    NORDVIK,
    Stage,
    export_stuck,
    held_wait,
    in_doubt,
    mails_wait,
    stale,
    stale_in_all,
    token_refused,
    uploads_wait,
    with_a_customer_that_waits,
)
from tests.handlers.test_signals import stage as stage

Cause = Callable[[Stage], None]
WORK = {"company": NORDVIK, "request": "r", "by": "Kari", "token": FINGERPRINT}
CAUSES = [
    pytest.param(stale, id="records"),
    pytest.param(stale_in_all, id="records behind a closed gate"),
    pytest.param(in_doubt, id="a write in doubt"),
    pytest.param(token_refused, id="a refused token"),
    pytest.param(export_stuck, id="an export"),
    pytest.param(mails_wait, id="mails"),
    pytest.param(held_wait, id="held"),
    pytest.param(uploads_wait, id="uploads"),
]


def _before_each_sweep(stage: Stage, do: Callable[[timedelta], object]) -> None:
    sweep = stage.sweep

    def sweep_then(after: timedelta) -> None:
        do(after)
        sweep(after)

    stage.sweep = sweep_then  # type: ignore[assignment, method-assign]


def _raised(capsys: pytest.CaptureFixture[str]) -> list[str]:
    figures = published(capsys.readouterr().out)
    return [alarm for alarm in on_our_figures() if raises(alarm, figures)]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("company", [NORDVIK, None], ids=["this company", "all of them"])
def test_what_stands_still_by_intent_raises_no_alarm(
    cause: Cause, company: Any, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    why = Pause(stage.began, "Kari", "a wrong account")
    _before_each_sweep(stage, lambda _: stage.use.ledger.pauses.pause(company, why))
    cause(stage)
    assert _raised(capsys) == []


@pytest.mark.parametrize("cause", [stale, export_stuck, mails_wait, uploads_wait, held_wait])
def test_nor_does_what_is_about_to_go_on(
    cause: Cause, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def end_a_pause(after: timedelta) -> None:
        stage.use.ledger.pauses.pause(NORDVIK, Pause(stage.began, "Kari", "a wrong account"))
        stage.use.ledger.pauses.lift(NORDVIK, stage.began + after - MINUTE)

    _before_each_sweep(stage, end_a_pause)
    cause(stage)
    assert _raised(capsys) == []


@pytest.mark.parametrize(
    "handler",
    [customers, projects, exporting, mails, uploading, expenses, rechecking],
    ids=lambda module: str(module.__name__),
)
def test_a_wake_is_taken_off_its_queue_and_nothing_outside_is_called(
    handler: ModuleType, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No address of the outside is known to these functions here: whoever asks for one fails."""
    with_a_customer_that_waits(stage)
    stage.save(import_expenses=True, owner_code=99168)
    stage.use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN, SoapLogin("nordvik-ws", "password")))
    stage.use.ledger.pauses.pause(None, Pause(stage.began, "Kari", "a wrong account"))
    stage.wire(XLEDGER_URL="http://127.0.0.1:9", XLEDGER_TIMEOUT="1")
    monkeypatch.setattr(handler, "wire", lambda: stage.use)
    answer = handler.lambda_handler({"Records": [a_message(WORK)]}, Context())
    assert answer == {"batchItemFailures": []}
