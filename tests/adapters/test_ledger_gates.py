"""The gate's item: what is read is what was saved, with all that was counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import Conflict, Why
from moment_xledger.domain.gate import LONGEST_PROBE, Gate
from moment_xledger.domain.usage import Closing, Usage
from tests.adapters.ledgers import ledger as ledger
from tests.world import START, TOKEN_ID

HOUR = timedelta(hours=1)
USAGE = Usage({498705: 3}, {498705: 1}, (Closing(Why.CREDITS, START, START + HOUR),), "2026-11", 412)


def test_what_a_token_was_used_for_is_kept_with_its_gate(ledger: Ledger) -> None:
    ledger.gates.save(TOKEN_ID, Gate(plan=500, usage=USAGE))
    assert ledger.gates.get(TOKEN_ID) == Gate(ver=1, plan=500, usage=USAGE)


def test_who_was_slower_counts_nothing(ledger: Ledger) -> None:
    ledger.gates.save(TOKEN_ID, Gate(usage=USAGE))
    with pytest.raises(Conflict):
        ledger.gates.save(TOKEN_ID, Gate())
    assert ledger.gates.get(TOKEN_ID).usage == USAGE


def test_of_many_gates_only_what_is_asked_for_is_read_and_an_unknown_one_is_open(ledger: Ledger) -> None:
    closed = Gate(
        plan=500,
        minutes={1: 2},
        closed_until=START + HOUR,
        closed_why=Why.DOWN,
        failures=5,
        refusals=1,
        last_start=START,
        usage=USAGE,
    )
    ledger.gates.save(TOKEN_ID, closed)
    unknown = TokenId("unknown")
    assert ledger.gates.outlines([TOKEN_ID, unknown]) == {
        TOKEN_ID: Gate(closed_until=START + HOUR, failures=5, refusals=1),
        unknown: Gate(),
    }
    assert ledger.gates.without_counts([TOKEN_ID, unknown]) == {
        TOKEN_ID: replace(closed, ver=1, minutes={}, usage=Usage()),
        unknown: Gate(),
    }
    assert ledger.gates.get_many([TOKEN_ID, unknown]) == {TOKEN_ID: replace(closed, ver=1), unknown: Gate()}


def test_a_gate_that_an_older_release_closed_for_years_is_tried_again(ledger: Ledger) -> None:
    for_years = Gate(closed_until=START + timedelta(days=3650), closed_why=Why.AUTH, last_start=START)
    ledger.gates.save(TOKEN_ID, for_years)
    assert ledger.gates.outlines([TOKEN_ID])[TOKEN_ID].closed_until == START + LONGEST_PROBE
