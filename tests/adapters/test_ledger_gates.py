"""The gate's item: what is read is what was saved, with all that was counted."""

from datetime import timedelta

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.errors import Conflict, Why
from moment_xledger.domain.gate import Gate
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
