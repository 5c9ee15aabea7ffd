"""The nightly function on its real wiring; what it finds is told in `tests/flows/test_guard_numbers.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.guard_numbers import handler
from moment_xledger import wakes
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.environment import Environment
from moment_xledger.flows.guard_numbers import Report
from moment_xledger.wiring import Wiring
from tests.builders import a_company
from tests.handlers.cloud import Context, a_message
from tests.handlers.cloud import wiring as wiring
from tests.world import TOKEN_ID

ONE = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)  # when the night's jobs were queued
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def use(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    more = {"XLEDGER_URL": "http://127.0.0.1:9", "XLEDGER_TIMEOUT": "1", "SECRETS_PREFIX": "test/"}
    use = Wiring(Environment({**wiring._environment._variables, **more}))
    monkeypatch.setattr(handler, "wire", lambda: use)
    use.ledger.companies.save(a_company())
    return use


def run(monkeypatch: pytest.MonkeyPatch, *outcomes: Report | GateClosed) -> Any:
    """A job for the token, as often as there are outcomes; what became of the last one."""
    left = list(outcomes)

    def guard_numbers(token: str, guard: object) -> Report:
        assert token == TOKEN_ID
        outcome = left.pop(0)
        if isinstance(outcome, GateClosed):
            raise outcome
        return outcome

    monkeypatch.setattr(handler, "guard_numbers", guard_numbers)
    message = a_message({"token": TOKEN_ID, "time": ONE.isoformat()})
    answer: Any = None
    for _ in outcomes:
        answer = handler.lambda_handler({"Records": [message]}, Context())  # type: ignore[arg-type]
    return answer


def done(use: Wiring) -> datetime | None:
    return use.ledger.scheduled_runs.done(ScheduledRun.NUMBERS, [TOKEN_ID]).get(TOKEN_ID)


def test_a_job_that_comes_twice_is_done_once(use: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, Report()) == {"batchItemFailures": []}
    assert done(use) == ONE
    monkeypatch.setattr(handler, "guard_numbers", None)
    message = a_message({"token": TOKEN_ID, "time": ONE.isoformat()})
    assert handler.lambda_handler({"Records": [message]}, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]


def hidden_until(use: Wiring, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    put_back: list[datetime] = []

    def hide(url: str, receipt: str, until: datetime, now: datetime) -> bool:
        put_back.append(until)
        return True

    monkeypatch.setattr(use.queues, "put_back", hide)
    return put_back


@pytest.mark.parametrize("why", [Why.CREDITS, Why.ALLOWANCE, Why.HELD, Why.DOWN])
def test_a_job_whose_gate_opens_within_the_night_waits_for_it(
    use: Wiring, monkeypatch: pytest.MonkeyPatch, why: Why
) -> None:
    put_back = hidden_until(use, monkeypatch)
    opens = ONE + 2 * HOUR
    assert run(monkeypatch, GateClosed(why, opens)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert (put_back, done(use)) == ([opens], None)


@pytest.mark.parametrize(("why", "hidden_for"), [(Why.ALLOWANCE, 60), (Why.CREDITS, 3), (Why.HELD, 3)])
def test_a_job_does_not_begin_again_for_each_request_that_is_free(
    use: Wiring, monkeypatch: pytest.MonkeyPatch, why: Why, hidden_for: int
) -> None:
    """Of our own count, a request an hour old is free every few minutes, and the job's beginning would take each."""
    put_back = hidden_until(use, monkeypatch)
    now = ONE + 2 * MINUTE
    monkeypatch.setattr(wakes, "now", lambda: now)
    run(monkeypatch, GateClosed(why, now + 3 * MINUTE))
    assert put_back == [now + hidden_for * MINUTE]


def test_where_the_night_is_over_it_is_left_to_the_check_that_looks_what_is_missing(
    use: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, GateClosed(Why.CREDITS, ONE + 5 * HOUR)) == {"batchItemFailures": []}
    assert done(use) is None


def test_a_token_that_is_refused_is_not_missing_for_its_people_are_told(
    use: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, GateClosed(Why.AUTH, ONE + HOUR)) == {"batchItemFailures": []}
    assert done(use) == ONE


def test_a_schedule_of_the_release_before_has_the_run_started(use: Wiring) -> None:
    """It calls the function itself, which in that release went through all tokens."""
    assert handler.lambda_handler({}, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert use.ledger.scheduled_runs.progress(ScheduledRun.NUMBERS).asked
