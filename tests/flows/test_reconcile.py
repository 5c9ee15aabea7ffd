"""Moment's own list of finalized invoices against the ledger, night by night."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from local import moment as simulator
from moment_xledger.adapters.moment_api import MomentApi
from moment_xledger.adapters.table import Update
from moment_xledger.domain.companies import Route, Secrets, Token
from moment_xledger.domain.errors import KeyRefused, Unreachable
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.settings_changes import Saved
from moment_xledger.flows.compare_invoices import Report
from moment_xledger.flows.reconcile import Reconciler, reconcile
from tests.builders import an_invoice
from tests.flows.crashing import CrashingTable, Died, Fate
from tests.flows.office import COMPANY, MORNING, Office
from tests.office import FakeVault

KEY = Token("key-of-the-simulated-moment")
A_DAY = timedelta(days=1)
PAGE = 2


@dataclass
class Moments:
    """Moment's list: each invoice with the time it was changed. Dies, or is down, at a page of one's choice."""

    fate: Fate = field(default_factory=Fate)
    held: dict[int, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    asked_from: list[datetime] = field(default_factory=list)
    down_at_page: int = 0
    refuses: bool = False

    def save(self, at: datetime, *events: Mapping[str, Any]) -> None:
        for event in events:
            self.held[event["data"]["id"]] = (at, event["data"])

    def invoice_pages(self, _company: str, _key: Token, since: datetime) -> Iterator[list[dict[str, Any]]]:
        self.asked_from.append(since)
        if self.refuses:
            raise KeyRefused("Moment: the API key is refused")
        found = [data for _, (at, data) in sorted(self.held.items()) if at >= since]
        for page, start in enumerate(range(0, len(found) or 1, PAGE), start=1):
            with self.fate.call():
                if page == self.down_at_page:
                    raise Unreachable("Moment: ConnectionError")
            yield found[start : start + PAGE]


class Nights:
    """An office beside Moment, before its first night."""

    def __init__(self, fate: Fate | None = None, **but: Any) -> None:
        fate = fate or Fate()
        self.office = Office(CrashingTable(fate), **but)
        self.moment = Moments(fate)
        self.vault = FakeVault()
        self.vault.save(COMPANY, Secrets(Token("x"), KEY))
        self.has_time = True
        self.meanwhile = lambda: self.has_time

    def finalize(self, *events: Mapping[str, Any]) -> None:
        """In Moment; their events are lost."""
        self.moment.save(self.office.now, *events)

    def run(self) -> Report:
        office = self.office
        reconciler = Reconciler(office.ledger, self.vault, self.moment, self.meanwhile, office.clock)
        return reconcile(COMPANY, reconciler)

    def night(self) -> Report:
        self.office.now += A_DAY
        return self.run()

    def told(self) -> list[str]:
        found = self.office.ledger.problems.of(COMPANY, "reconciliation")
        return [f"{problem.number}: {problem.details['count']}" for problem in found]


@pytest.fixture
def nights() -> Nights:
    return Nights()


def test_what_never_arrived_is_taken_in_by_the_route_of_today_counted_and_told(nights: Nights) -> None:
    nights.office.arrive(an_invoice(7))
    nights.finalize(an_invoice(7), an_invoice(8), an_invoice(9), an_invoice(10))
    report = nights.night()
    assert nights.office.arrived() == [(1, 7), (2, 8), (3, 9), (4, 10)]
    assert (report.companies, report.compared, report.late, report.changed) == (1, 4, 3, 0)
    (problem,) = nights.office.ledger.problems.of(COMPANY)
    assert problem.sentence() == (
        "In the night to 2026-11-23, 3 finalized invoices of Moment's were missing (among them 8, 9, 10). "
        "They are taken in now and go like others. Find out why their events did not come; "
        "this goes away after a week."
    )


def test_a_night_without_losses_tells_nothing(nights: Nights) -> None:
    nights.office.arrive(an_invoice(7))
    nights.finalize(an_invoice(7))
    assert (nights.night().late, nights.office.problems(), nights.told()) == (0, [], [])


def test_those_that_leave_by_mail_are_due_at_once() -> None:
    nights = Nights(route=Route.EMAIL, reception_address="mb.00000@xledger.example")
    nights.finalize(an_invoice(7))
    nights.night()
    assert nights.office.ledger.invoices.has_fresh_mail(COMPANY)


def test_one_that_must_not_leave_is_held_back_with_its_reason_and_counted_once(nights: Nights) -> None:
    nights.finalize(an_invoice(7, kid="1"))
    assert nights.night().late == 1
    assert (nights.office.held(), nights.office.problems()) == ([7], [("7", "KID_INVALID")])
    assert nights.night().late == 0
    (problem,) = nights.office.ledger.problems.of(COMPANY, "invoice")
    assert problem.count == 1


def test_a_correction_whose_event_was_lost_releases_what_was_held_back(nights: Nights) -> None:
    nights.office.arrive(an_invoice(7, kid="1"))
    nights.finalize(an_invoice(7, version=2, kid="602243"))
    assert nights.night().late == 0
    assert (nights.office.arrived(), nights.office.problems()) == ([(1, 7)], [])


def test_what_the_settings_have_put_right_goes_by_itself_also_where_no_export_is_made() -> None:
    nights = Nights(route=Route.EMAIL, reception_address="mb.00000@xledger.example")
    line = {"vatCode": "99", "net": "100.00", "vat": "25.00", "gross": "125.00"}
    nights.office.arrive(an_invoice(7, vatLines=[line], total="125.00"))
    assert nights.office.problems() == [("7", "VAT_CODE_UNMAPPED")]
    nights.office.set(vat_codes={"3": "3", "99": "3"})
    nights.moment.refuses = True  # of which this does not depend
    nights.night()
    nights.office.recheck()
    assert nights.office.arrived() == [(1, 7)]
    assert nights.office.ledger.invoices.has_fresh_mail(COMPANY)
    assert ("7", "VAT_CODE_UNMAPPED") not in nights.office.problems()


def test_one_that_was_skipped_stays_away(nights: Nights) -> None:
    nights.office.arrive(an_invoice(7, kid="1"))
    nights.office.ledger.invoices.skip(COMPANY, 7, nights.office.now)
    nights.finalize(an_invoice(7, version=2))
    assert (nights.night().late, nights.office.arrived(), nights.office.held()) == (0, [], [])


def test_a_change_after_finalizing_is_told_once_and_the_first_stands(nights: Nights) -> None:
    nights.office.arrive(an_invoice(7, kid=None))
    nights.finalize(an_invoice(7, version=2))
    assert nights.night().changed == 1
    assert nights.office.problems() == [("7", "INVOICE_CHANGED")]
    nights.office.ledger.problems.close(COMPANY, [("invoice", "7")])  # a person has dealt with it
    assert nights.night().changed == 0
    assert nights.office.problems() == []
    nights.finalize(an_invoice(7, version=3, projectNumber="P-9"))
    assert nights.night().changed == 1


def test_drafts_are_skipped(nights: Nights) -> None:
    nights.finalize(an_invoice(7, invoiceNumber=None), an_invoice(8, status="DRAFT"))
    assert (nights.night().compared, nights.office.arrived()) == (0, [])


def test_one_that_cannot_be_read_is_told_until_it_is_corrected_and_holds_up_nothing(nights: Nights) -> None:
    nights.finalize(an_invoice(7, currency="kroner"), an_invoice(8))
    report = nights.night()
    assert (report.late, report.unreadable) == (1, 1)
    assert nights.office.problems() == [("7", "INVOICE_UNREADABLE")]
    (problem,) = nights.office.ledger.problems.of(COMPANY, "invoice")
    assert problem.details["field"] == "currency"
    assert "kroner" not in problem.sentence()
    nights.finalize(an_invoice(7, version=2))
    nights.night()
    assert (nights.office.arrived(), nights.office.problems()) == ([(1, 8), (2, 7)], [])


class TestFromWhenOn:
    def test_thirty_days_back_at_first_then_three_days_before_the_last_complete_look(
        self, nights: Nights
    ) -> None:
        nights.night()
        nights.night()
        first = MORNING + A_DAY
        assert nights.moment.asked_from == [first - timedelta(days=30), first - timedelta(days=3)]

    def test_moment_down_means_the_next_night_with_nothing_lost(self, nights: Nights) -> None:
        nights.night()
        nights.finalize(*(an_invoice(number) for number in range(1, 6)))
        nights.moment.down_at_page = 2
        report = nights.night()
        assert (report.companies, report.late) == (0, 2)
        assert report.later == {COMPANY: "Moment: ConnectionError"}
        assert nights.told() == []
        nights.moment.down_at_page = 0
        nights.night()
        assert nights.moment.asked_from[1] == nights.moment.asked_from[2]
        assert [number for _, number in nights.office.arrived()] == [1, 2, 3, 4, 5]
        assert nights.told() == ["2026-11-25: 5"]

    def test_so_does_a_run_without_time(self, nights: Nights) -> None:
        nights.has_time = False
        assert nights.night().later == {COMPANY: "out of time"}
        assert nights.office.ledger.reconciliations.progress(COMPANY).cursor is None

    def test_a_key_that_somebody_took_away_is_asked_for_like_a_refused_one(self, nights: Nights) -> None:
        nights.vault.take_away(COMPANY)
        assert nights.night().later == {COMPANY: "Moment: the company has no API key"}
        assert nights.office.ledger.reconciliations.progress(COMPANY).cursor is None
        assert [each.code for each in nights.office.ledger.problems.of(COMPANY)] == ["MOMENT_KEY_REFUSED"]
        nights.vault.save(COMPANY, Secrets(Token("x"), KEY))
        nights.night()
        assert list(nights.office.ledger.problems.of(COMPANY)) == []

    def test_a_refused_key_is_told_to_who_can_mend_it_until_it_is_taken_again(self, nights: Nights) -> None:
        nights.moment.refuses = True
        for _ in range(2):
            assert nights.night().later == {COMPANY: "Moment: the API key is refused"}
        (problem,) = nights.office.ledger.problems.of(COMPANY)
        assert (problem.kind, problem.number, problem.code, problem.count) == (
            "settings",
            "moment_key",
            "MOMENT_KEY_REFUSED",
            2,
        )
        nights.moment.refuses = False
        nights.night()
        assert list(nights.office.ledger.problems.of(COMPANY)) == []

    def test_what_is_older_than_the_company_here_left_some_other_way(self, nights: Nights) -> None:
        """It shows up because it was paid; to take it in would book it twice."""
        when = datetime(2026, 11, 20, 12, tzinfo=UTC)
        company = nights.office.ledger.companies.get_known(COMPANY)
        nights.office.ledger.companies.save(company, 1, Saved(2, when, "Kari", ()))
        nights.finalize(
            an_invoice(1, invoiceDate="2026-11-19", dueDate="2026-12-01"),
            an_invoice(2, invoiceDate="2026-11-19", dueDate="2026-12-01", currency="?"),
            an_invoice(3, invoiceDate="2026-11-20", dueDate="2026-12-01"),
        )
        report = nights.night()
        assert nights.moment.asked_from == [when]
        assert (report.late, report.older) == (1, 2)
        assert (nights.office.arrived(), nights.office.problems()) == ([(1, 3)], [])


def test_what_was_told_goes_away_after_a_week(nights: Nights) -> None:
    nights.finalize(an_invoice(7))
    nights.night()
    for _ in range(7):
        nights.night()
        assert nights.told() == ["2026-11-23: 1"]
    nights.night()
    assert nights.told() == []


def test_a_second_run_at_the_same_time_gives_way(nights: Nights) -> None:
    nights.finalize(an_invoice(7), an_invoice(8), an_invoice(9))
    inner: list[Report] = []

    def overtaken() -> bool:
        """The other run comes just before the last page."""
        if len(nights.office.arrived()) == PAGE and not inner:
            inner.append(Report())
            inner[0] = nights.run()
        return True

    nights.meanwhile = overtaken
    outer = nights.night()
    assert [(each.companies, each.late) for each in (outer, *inner)] == [(0, 2), (1, 1)]
    assert nights.told() == ["2026-11-23: 3"]


def prepared(fate: Fate) -> Nights:
    nights = Nights(fate)
    nights.office.arrive(an_invoice(1), an_invoice(2, kid=None), an_invoice(3, kid="1"))
    nights.finalize(
        an_invoice(1),
        an_invoice(2, version=2),
        an_invoice(3, version=2),
        an_invoice(4),
        an_invoice(5, kid="1"),
        an_invoice(6, total="0"),
        an_invoice(7, currency="?"),
    )
    nights.office.now += A_DAY
    return nights


def outcome(nights: Nights) -> Any:
    office = nights.office
    cursor = office.ledger.reconciliations.progress(COMPANY).cursor
    return office.arrived(), office.held(), office.problems(), nights.told(), cursor


def test_a_crash_at_any_call_loses_no_invoice_and_no_count() -> None:
    fate = Fate()
    nights = prepared(fate)
    before = fate.calls
    nights.run()
    calls = fate.calls - before
    expected = outcome(nights)
    assert expected[0] == [(1, 1), (2, 2), (3, 4), (4, 3)]
    assert (expected[1], expected[3]) == ([5, 6], ["2026-11-23: 3"])
    assert 30 < calls < 180
    for call in range(1, calls + 1):
        fate = Fate()
        nights = prepared(fate)
        fate.at = fate.calls + call
        with pytest.raises(Died):
            nights.run()
        fate.at = 0
        nights.run()
        assert outcome(nights) == expected, call


def test_against_the_simulated_moment_over_http() -> None:
    office = Office()
    vault = FakeVault()
    vault.save(COMPANY, Secrets(Token("x"), KEY))
    invoices = [an_invoice(number) | {"time": "2026-11-20T10:00:00Z"} for number in range(1, 231)]
    old = an_invoice(900) | {"time": "2026-10-01T10:00:00Z"}
    office.arrive(*invoices[:100])
    with (
        simulator.start([*invoices, old], {KEY.secret: [COMPANY]}) as running,
        requests.Session() as session,
    ):
        session.trust_env = False
        moment = MomentApi(session, f"{running.url}/api/1.0")
        reconciler = Reconciler(office.ledger, vault, moment, lambda: True, office.clock)
        session.post(f"{running.url}/_faults", data=b"503", timeout=5)
        assert reconcile(COMPANY, reconciler).later == {COMPANY: "Moment: HTTPError"}
        report = reconcile(COMPANY, reconciler)
    assert (report.companies, report.compared, report.late) == (1, 230, 130)
    assert [number for _, number in office.arrived()] == list(range(1, 231))


def test_counts_of_records_are_put_right_by_the_night() -> None:
    nights = Nights()
    ledger = nights.office.ledger
    add = Update((f"T#{COMPANY}", "COUNT#customer#03"), add={"synced": 7})
    ledger.records._table.write(add)
    reports = [nights.night() for _ in range(2)]
    assert [report.mended for report in reports] == [1, 0]
    assert not any(ledger.records.count(COMPANY, Kind.CUSTOMER).values())
