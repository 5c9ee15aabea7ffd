"""What the ledger promises of exports, and of who was told of them, on the twin and on DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.exports import MOST_MEMBERS
from moment_xledger.adapters.ledger.tellings import LEASE
from moment_xledger.domain.companies import Company, CompanyId, Language, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import PATIENCE, SCHEDULE, Export, Status, Watermark
from moment_xledger.domain.files.series import Gap, Late, Previous, Run, SeriesReport
from moment_xledger.domain.invoice_references import Reference, Standing
from moment_xledger.domain.moment import Invoice, InvoiceKind
from tests.adapters.ledgers import ledger as ledger
from tests.adapters.ledgers import nothing_written
from tests.builders import a_company, an_invoice

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 5, 0, 1, 23, tzinfo=UTC)
SERIES = SeriesReport((Gap(3, 4, "not received"),), (Late(1, 1, 16),), 2, 1)


@pytest.fixture
def company(ledger: Ledger) -> Company:
    made = a_company(NORDVIK, language="en", file={"format": "gl02b"}, owner_code=99168)
    ledger.companies.save(made)
    return made


def an_export(company: Company, number: int = 1, by: str = "Kari", **but: Any) -> Export:
    return Export(NORDVIK, number, 0, 2, by, NOW, company.terms, **but)


def add(ledger: Ledger, count: int) -> None:
    found = [Invoice.model_validate(an_invoice(number)["data"]) for number in range(1, count + 1)]
    for start in range(0, count, 33):
        ledger.invoices.add(NORDVIK, start, found[start : start + 33], Route.FILE, NOW)


RUNS = (
    Run(1, 1010, frozenset({InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE}), 16),
    Run(9_001, 9_004, frozenset({InvoiceKind.CREDIT_NOTE}), 14),
)


def ready(export: Export) -> Export:
    return replace(
        export,
        status=Status.READY,
        rows=4,
        invoices=2,
        first=1,
        last=9,
        sums={"NOK": {"3": Decimal("1250.50"), "6": Decimal("-0.50")}, "EUR": {"3": Decimal(7)}},
        sha256="abc",
        series=SERIES,
    )


def test_a_claim_comes_back_with_all_that_decides_the_bytes(ledger: Ledger, company: Company) -> None:
    claimed = an_export(
        company, through=date(2026, 10, 31), language=Language.ENGLISH, previous=Previous(16, 1010), runs=RUNS
    )
    ledger.exports.claim(claimed, Watermark(), "click")
    assert ledger.exports.get(NORDVIK, 1) == claimed
    assert ledger.exports.asked_for(NORDVIK, "click") == 1
    assert ledger.exports.asked_for(NORDVIK, "another") is None
    assert ledger.exports.watermark(NORDVIK) == Watermark(ver=1, open=1)


def test_of_two_claims_at_once_one_is_made(ledger: Ledger, company: Company) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "one")
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.exports.claim(an_export(company, by="Ola"), Watermark(), "other")
    assert ledger.exports.asked_for(NORDVIK, "other") is None


def test_an_export_that_is_open_for_long_is_due(ledger: Ledger, company: Company) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "click")
    assert NORDVIK not in ledger.due.until(NOW + PATIENCE - timedelta(seconds=1)).exports
    assert NORDVIK in ledger.due.until(NOW + PATIENCE).exports
    ledger.exports.finish(ready(an_export(company)), 2, NOW)
    assert ledger.due.until(NOW + timedelta(days=9)).exports == ()


def test_members_are_marked_as_often_as_one_likes_but_for_one_export(
    ledger: Ledger, company: Company
) -> None:
    add(ledger, MOST_MEMBERS)
    export = an_export(company)
    ledger.exports.claim(export, Watermark(), "click")
    ledger.exports.mark_members(export, range(1, MOST_MEMBERS + 1))
    ledger.exports.mark_members(export, [1, 2])
    assert {snapshot.export for snapshot in ledger.invoices.since(NORDVIK)} == {1}
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.exports.mark_members(replace(export, number=2), [1])


def test_nobody_is_marked_for_an_export_that_is_ready(ledger: Ledger, company: Company) -> None:
    add(ledger, 2)
    ledger.exports.claim(an_export(company), Watermark(), "click")
    ledger.exports.finish(ready(an_export(company)), 2, NOW)
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.exports.mark_members(an_export(company), [1])


def test_what_was_noted_of_the_series_first_is_what_all_say(ledger: Ledger, company: Company) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "click")
    assert ledger.exports.note_series(an_export(company), SERIES) == SERIES
    assert ledger.exports.note_series(an_export(company), SeriesReport()) == SERIES
    found = ledger.exports.get(NORDVIK, 1)
    assert found is not None
    assert found.series == SERIES


def test_ready_is_ready_with_all_its_figures_and_the_watermark_moves(
    ledger: Ledger, company: Company
) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "click")
    ledger.exports.finish(ready(an_export(company)), 2, NOW)
    assert ledger.exports.get(NORDVIK, 1) == ready(an_export(company))
    assert ledger.exports.watermark(NORDVIK) == Watermark(2, 1, NOW, 2, None, Previous(1, 9))


def test_finishing_what_is_finished_does_nothing_unless_it_is_another_file(
    ledger: Ledger, company: Company
) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "click")
    done = ready(an_export(company))
    ledger.exports.finish(done, 2, NOW)
    with nothing_written(ledger):
        ledger.exports.finish(done, 2, NOW + timedelta(hours=1))
        with pytest.raises(Conflict):
            ledger.exports.finish(replace(done, sha256="another"), 2, NOW)


def test_a_repeat_leaves_the_mark_of_what_has_left_where_it_was(ledger: Ledger, company: Company) -> None:
    ledger.exports.claim(an_export(company), Watermark(), "one")
    ledger.exports.finish(ready(an_export(company)), 2, NOW, runs=RUNS)
    before = ledger.exports.watermark(NORDVIK)
    repeat = an_export(company, 2, repeats=1, previous=before.highest)
    ledger.exports.claim(repeat, before, "again")
    ledger.exports.finish(ready(repeat), None, NOW)
    after = ledger.exports.watermark(NORDVIK)
    assert (after.settled, after.highest, after.last_export) == (2, Previous(1, 9), 2)
    assert after.runs == RUNS


def test_exports_are_listed_newest_first_and_page_by_page(ledger: Ledger, company: Company) -> None:
    for number in range(1, 5):
        export = an_export(company, number)
        ledger.exports.claim(export, ledger.exports.watermark(NORDVIK), f"r{number}")
        ledger.exports.finish(ready(export), 2, NOW)
    assert [e.number for e in ledger.exports.newest_first(NORDVIK)] == [4, 3, 2, 1]
    assert [e.number for e in ledger.exports.downwards(NORDVIK, 4, 2)] == [4, 3]
    assert [e.number for e in ledger.exports.downwards(NORDVIK, 2, 9)] == [2, 1]
    assert ledger.exports.downwards(NORDVIK, 0, 2) == []


# --- telling --------------------------------------------------------------------------------------------


@pytest.fixture
def untold(ledger: Ledger, company: Company) -> None:
    export = an_export(company, by=SCHEDULE)
    ledger.exports.claim(export, Watermark(), "morning")
    ledger.exports.finish(ready(export), 2, NOW)


@pytest.mark.usefixtures("untold")
def test_what_the_clock_has_made_is_to_be_told_and_due_if_nobody_does(ledger: Ledger) -> None:
    (telling,) = ledger.tellings.open(NORDVIK)
    assert (telling.export, telling.done, telling.attempts) == (1, (), 0)
    assert ledger.due.until(NOW + LEASE).exports == (NORDVIK,)


@pytest.mark.usefixtures("untold")
def test_one_tells_at_a_time(ledger: Ledger) -> None:
    (telling,) = ledger.tellings.open(NORDVIK)
    until = ledger.tellings.take(telling, NOW)
    assert until == NOW + LEASE
    (taken,) = ledger.tellings.open(NORDVIK)
    for seen in (telling, taken):
        with pytest.raises(Conflict):
            ledger.tellings.take(seen, NOW)
    assert ledger.tellings.take(taken, until) == until + LEASE
    with pytest.raises(Conflict):
        ledger.tellings.note(taken, ["kari@nordvik.example"], until)


@pytest.mark.usefixtures("untold")
def test_what_is_put_off_is_free_and_due_later_and_remembers_who_was_told(ledger: Ledger) -> None:
    (telling,) = ledger.tellings.open(NORDVIK)
    until = ledger.tellings.take(telling, NOW)
    ledger.tellings.note(telling, ["kari@nordvik.example"], until)
    later = NOW + timedelta(hours=1)
    ledger.tellings.put_off(telling, until, later)
    assert ledger.due.until(later - timedelta(seconds=1)).exports == ()
    assert ledger.due.until(later).exports == (NORDVIK,)
    (again,) = ledger.tellings.open(NORDVIK)
    assert (again.done, again.attempts) == (("kari@nordvik.example",), 1)
    ledger.tellings.take(again, NOW)


@pytest.mark.usefixtures("untold")
def test_what_was_told_is_not_due_any_more_but_kept(ledger: Ledger) -> None:
    (telling,) = ledger.tellings.open(NORDVIK)
    ledger.tellings.take(telling, NOW)
    ledger.tellings.close(telling, ["kari@nordvik.example"], NOW)
    assert list(ledger.tellings.open(NORDVIK)) == []
    assert ledger.due.until(NOW + timedelta(days=9)).exports == ()
    assert ledger.tellings.told(NORDVIK, 1) == ("kari@nordvik.example",)
    with pytest.raises(Conflict):
        ledger.tellings.take(telling, NOW + LEASE)


# --- large ones -----------------------------------------------------------------------------------------

CUSTOMER = Reference("customer", "20001")


def claimed_in_part(ledger: Ledger, company: Company) -> Export:
    export = an_export(company, upto=6, held={CUSTOMER: Standing.NOT_YET}, status=Status.GATHERING)
    ledger.exports.claim(export, Watermark(), "click")
    return export


def test_a_claim_grows_until_it_is_whole(ledger: Ledger, company: Company) -> None:
    first = claimed_in_part(ledger, company)
    assert ledger.exports.get(NORDVIK, 1) == first
    second = replace(first, high=4, held={**first.held, Reference("project", "7"): Standing.DISPUTED})
    ledger.exports.grow(first, second)
    assert ledger.exports.get(NORDVIK, 1) == second
    whole = replace(second, high=6, status=Status.FROZEN)
    ledger.exports.grow(second, whole)
    assert ledger.exports.get(NORDVIK, 1) == whole
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.exports.grow(whole, replace(whole, high=8))


def test_of_two_that_claim_the_same_part_one_does(ledger: Ledger, company: Company) -> None:
    first = claimed_in_part(ledger, company)
    ledger.exports.grow(first, replace(first, high=4))
    with nothing_written(ledger), pytest.raises(Conflict):
        ledger.exports.grow(first, replace(first, high=5))


def test_invoices_are_marked_while_a_claim_grows(ledger: Ledger, company: Company) -> None:
    add(ledger, 2)
    export = claimed_in_part(ledger, company)
    ledger.exports.mark_members(export, [1, 2])
    assert [each.export for each in ledger.invoices.since(NORDVIK)] == [1, 1]


def test_one_worker_at_a_time_takes_a_large_one(ledger: Ledger, company: Company) -> None:
    export = claimed_in_part(ledger, company)
    seen = ledger.exports.watermark(NORDVIK)
    assert seen.taken_until == export.claimed + PATIENCE
    until = NOW + timedelta(hours=1)
    ledger.exports.take(export, seen, until)
    with pytest.raises(Conflict):
        ledger.exports.take(export, seen, until + timedelta(hours=1))
    assert ledger.exports.watermark(NORDVIK).taken_until == until
    assert ledger.due.until(until - timedelta(seconds=1)).exports == ()


def test_the_sweep_finds_what_its_worker_has_left(ledger: Ledger, company: Company) -> None:
    export = claimed_in_part(ledger, company)
    ledger.exports.hold(export, NOW)
    assert ledger.due.until(NOW).exports == (NORDVIK,)


def test_what_is_ready_is_not_held_any_more(ledger: Ledger, company: Company) -> None:
    export = an_export(company)
    ledger.exports.claim(export, Watermark(), "click")
    ledger.exports.finish(ready(export), 2, NOW)
    with nothing_written(ledger):
        ledger.exports.hold(export, NOW)
    assert ledger.due.until(NOW + timedelta(days=1)).exports == ()
    assert ledger.exports.watermark(NORDVIK).taken_until is None
