"""What the ledger promises of uploads, on the twin and on DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import SCHEDULE, Export, Status, Watermark
from moment_xledger.domain.problems import Code
from moment_xledger.domain.uploads import State, Upload, sending, uploaded, waiting_for_a_person
from tests.adapters.ledgers import ledger as ledger
from tests.builders import a_company

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 5, 0, 1, 23, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
TERMS = a_company(NORDVIK).terms


def make(ledger: Ledger, number: int = 1, replaces: Upload | None = None, **but: Any) -> Export:
    """An export, claimed and ready."""
    plain: dict[str, Any] = {"by": "Kari", "route": Route.UPLOAD}
    export = Export(NORDVIK, number, low=0, high=2, claimed=NOW, terms=TERMS, **plain | but)
    ledger.exports.claim(export, ledger.exports.watermark(NORDVIK), f"r{number}")
    ledger.exports.finish(replace(export, status=Status.READY, sha256="abc"), None, NOW, replaces)
    return export


def the_upload(ledger: Ledger, number: int = 1) -> Upload:
    found = ledger.uploads.get(NORDVIK, number)
    assert found
    return found


def test_an_export_of_the_route_is_to_be_uploaded_from_the_moment_that_it_is_ready(ledger: Ledger) -> None:
    make(ledger)
    assert list(ledger.uploads.open(NORDVIK)) == [Upload(NORDVIK, 1, 1, NOW, is_told=True, rev=1)]
    assert ledger.due.until(NOW).uploads == (NORDVIK,)
    stored = ledger.exports.get(NORDVIK, 1)
    assert stored
    assert stored.route is Route.UPLOAD


def test_one_of_the_other_route_is_not(ledger: Ledger) -> None:
    make(ledger, route=Route.FILE)
    assert ledger.uploads.get(NORDVIK, 1) is None
    assert ledger.due.until(LATER).uploads == ()


def test_what_the_clock_made_is_told_of_only_with_what_came_of_it(ledger: Ledger) -> None:
    make(ledger, by=SCHEDULE)
    assert list(ledger.tellings.open(NORDVIK)) == []
    upload = replace(uploaded(the_upload(ledger), 7), is_told=True)
    ledger.uploads.save(upload, is_open=False, tell_at=LATER)
    assert [telling.export for telling in ledger.tellings.open(NORDVIK)] == [1]


def test_what_was_saved_comes_back(ledger: Ledger) -> None:
    make(ledger)
    upload = replace(
        waiting_for_a_person(the_upload(ledger), State.REFUSED, Code.UPLOAD_FAULT), attempts=2, tries=3
    )
    assert ledger.uploads.save(upload, is_open=False) == the_upload(ledger) == replace(upload, rev=2)
    arrived = uploaded(the_upload(ledger), 7_000_001)
    assert ledger.uploads.save(arrived, is_open=False) == the_upload(ledger)


def test_only_one_of_two_workers_takes_it(ledger: Ledger) -> None:
    make(ledger)
    upload = the_upload(ledger)
    ledger.uploads.save(sending(upload, NOW), is_open=True)
    with pytest.raises(Conflict):
        ledger.uploads.save(sending(upload, NOW), is_open=True)
    assert the_upload(ledger).attempts == 1


def test_what_is_being_sent_is_looked_at_again_when_nobody_can_be_sending_it(ledger: Ledger) -> None:
    make(ledger)
    ledger.uploads.save(sending(the_upload(ledger), NOW), is_open=True)
    assert ledger.due.until(LATER - timedelta(seconds=1)).uploads == ()
    assert ledger.due.until(LATER).uploads == (NORDVIK,)


def test_what_is_done_is_not_looked_for(ledger: Ledger) -> None:
    make(ledger)
    saved = ledger.uploads.save(uploaded(the_upload(ledger), 7), is_open=True)
    ledger.uploads.close(saved)
    assert list(ledger.uploads.open(NORDVIK)) == []
    assert ledger.due.until(LATER).uploads == ()


def test_a_repeat_takes_the_place_of_what_was_refused(ledger: Ledger) -> None:
    make(ledger)
    refused = waiting_for_a_person(the_upload(ledger), State.REFUSED, Code.UPLOAD_REFUSED)
    saved = ledger.uploads.save(refused, is_open=False)
    make(ledger, 2, saved, repeats=1)
    assert (the_upload(ledger).state, the_upload(ledger).export) == (State.PENDING, 2)
    assert ledger.uploads.get(NORDVIK, 2) is None


def test_a_repeat_does_not_become_ready_beside_a_decision_that_was_made_meanwhile(ledger: Ledger) -> None:
    make(ledger)
    refused = waiting_for_a_person(the_upload(ledger), State.REFUSED, Code.UPLOAD_REFUSED)
    saved = ledger.uploads.save(refused, is_open=False)
    ledger.uploads.save(replace(saved, state=State.PENDING), is_open=True)
    with pytest.raises(Conflict):
        make(ledger, 2, saved, repeats=1)
    assert the_upload(ledger).export == 1


def test_the_mark_moves_only_where_nobody_wrote_since(ledger: Ledger) -> None:
    before = ledger.exports.watermark(NORDVIK)
    ledger.exports.settle(NORDVIK, before, 5)
    assert ledger.exports.watermark(NORDVIK) == Watermark(ver=1, settled=5)
    ledger.exports.settle(NORDVIK, before, 3)
    assert ledger.exports.watermark(NORDVIK).settled == 5
