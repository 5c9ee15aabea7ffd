"""The nightly function on its real wiring; what it finds is told in `tests/flows/test_guard_numbers.py`."""

from dataclasses import dataclass

import pytest

from functions.guard_numbers import handler
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring
from tests.builders import a_company
from tests.handlers.cloud import Context
from tests.handlers.cloud import wiring as wiring


@dataclass(frozen=True)
class Ending(Context):
    """A run that is nearly out of time."""

    left: int = 100_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


def test_a_token_for_which_there_is_no_time_waits_for_the_next_night(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"XLEDGER_URL": "http://127.0.0.1:9", "XLEDGER_TIMEOUT": "1", "SECRETS_PREFIX": "test/"}
    use = Wiring(Environment({**wiring._environment._variables, **more}))
    monkeypatch.setattr(handler, "wire", lambda: use)
    use.ledger.companies.save(a_company())
    counts = handler.lambda_handler({}, Ending())  # type: ignore[arg-type]
    assert (counts["tokens"], counts["later"]) == (0, 1)
