"""The nightly function on its real wiring; what it finds is told in `tests/flows/test_reconcile.py`."""

import json
from dataclasses import dataclass

import boto3
import pytest

from functions.reconcile import handler
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring
from tests.builders import a_company
from tests.handlers.cloud import Context, watched_log
from tests.handlers.cloud import wiring as wiring


@dataclass(frozen=True)
class Timed(Context):
    left: int = 900_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture
def use(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    """Moment is where nobody listens."""
    more = {"MOMENT_URL": "http://127.0.0.1:9", "SECRETS_PREFIX": "test/"}
    use = Wiring(Environment({**wiring._environment._variables, **more}))
    monkeypatch.setattr(handler, "wire", lambda: use)
    use.ledger.companies.save(a_company())
    keys = json.dumps({"xledger_token": "t", "moment_key": "key-of-nordvik"})
    boto3.client("secretsmanager").create_secret(Name="test/nordvik", SecretString=keys)
    return use


def test_when_moment_is_down_it_says_so_in_its_log_and_keeps_its_place(
    use: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = watched_log(monkeypatch)
    counts = handler.lambda_handler({}, Timed())  # type: ignore[arg-type]
    assert (counts["companies"], counts["later"]) == (0, {"nordvik": "Moment: ConnectionError"})
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert line["counts"] == counts
    assert "key-of-nordvik" not in log.getvalue()
    assert use.ledger.reconciliations.progress(a_company().id).cursor is None


def test_without_time_for_another_page_it_stops(use: Wiring) -> None:
    counts = handler.lambda_handler({}, Timed(left=50_000))  # type: ignore[arg-type]
    assert counts["later"] == {"nordvik": "out of time"}
