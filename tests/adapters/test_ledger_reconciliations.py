"""How far a company was compared with Moment, on DynamoDB and on its twin."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.reconciliation import Progress
from tests.adapters.ledgers import ledger as ledger

NORDVIK, OTHER = CompanyId("nordvik"), CompanyId("other")
HALF_DONE = Progress(1, None, 2, (7, 8), (9, 10))


def test_it_is_kept_as_it_was_saved(ledger: Ledger) -> None:
    assert ledger.reconciliations.progress(NORDVIK) == Progress()
    done = Progress(2, datetime(2026, 11, 22, 4, 0, tzinfo=UTC))
    for progress in (HALF_DONE, done):
        ledger.reconciliations.save(NORDVIK, progress)
        assert ledger.reconciliations.progress(NORDVIK) == progress
    assert ledger.reconciliations.progress(OTHER) == Progress()


@pytest.mark.parametrize("ver", [1, 3])
def test_who_did_not_read_the_newest_cannot_save(ledger: Ledger, ver: int) -> None:
    ledger.reconciliations.save(NORDVIK, HALF_DONE)
    with pytest.raises(Conflict):
        ledger.reconciliations.save(NORDVIK, replace(HALF_DONE, ver=ver))


def test_changes_that_were_told_are_remembered_by_their_content(ledger: Ledger) -> None:
    ledger.reconciliations.tell_changes(NORDVIK, {7: "a", 8: "b"})
    ledger.reconciliations.tell_changes(NORDVIK, {7: "c"})
    assert ledger.reconciliations.told_changes(NORDVIK, [7, 8, 9]) == {7: "c", 8: "b"}
    assert ledger.reconciliations.told_changes(OTHER, [7]) == {}
