"""What a person can do about a problem: try it again, try all of a kind again, skip it and say why."""

from typing import Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Why
from moment_xledger.domain.problems import Code
from moment_xledger.domain.resolutions import WAYS, Way
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.resolve_problem import Resolver, retry_all, retry_problem, skip_problem
from tests.builders import (
    KEPT_BY_HAND,
    a_company,
    a_customer,
    a_private_person,
    a_project,
    an_invoice,
    may_not_look_up,
)
from tests.fakes import FakeFiles
from tests.world import COMPANY, TOKEN, World

BAD = {"address": {"countryCode": "XX"}}  # a country that Xledger does not have


def resolver(world: World) -> Resolver:
    return Resolver(world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari")


def retry(world: World, kind: str, number: str, code: Code) -> Way:
    way = retry_problem(COMPANY.id, kind, number, code, resolver(world))
    world.run()
    return way


def deeds(world: World) -> list[Deed]:
    return list(world.ledger.audit.of(COMPANY.id))


def codes(world: World) -> list[str]:
    return [customer["code"] for customer in world.held("customers")]


def invoicing(**but: Any) -> World:
    """Any invoice may come."""
    world = World(companies=[a_company(**KEPT_BY_HAND, **but)])
    may_not_look_up(world.ledger, COMPANY.id)
    return world


@pytest.fixture
def world() -> World:
    """Two customers that Xledger refused, because it lacks a country."""
    world = World()
    world.receive(a_private_person("10001", **BAD), a_private_person("10002", **BAD))
    world.run()
    assert list(world.problems()) == [
        ("customer", "10001", "REFERENCE_NOT_FOUND"),
        ("customer", "10002", "REFERENCE_NOT_FOUND"),
    ]
    return world


def add_country(world: World) -> None:
    """What a person does in Xledger about it."""
    world.server.state.tables["countries"].add({"dbId": 9_999, "code": "XX", "description": "Atlantis"})


def test_every_reason_has_a_way_out() -> None:
    assert set(Code) == set(WAYS)


def test_one_is_tried_again_and_closed_by_its_success(world: World) -> None:
    add_country(world)
    assert retry(world, "customer", "10001", Code.REFERENCE_NOT_FOUND) is Way.SEND
    assert codes(world) == ["10001"]
    assert list(world.problems()) == [("customer", "10002", "REFERENCE_NOT_FOUND")]
    (deed,) = deeds(world)
    assert (deed.who, deed.what, deed.about) == (
        "Kari",
        What.RETRIED_PROBLEM,
        "customer 10001: REFERENCE_NOT_FOUND",
    )


def test_what_is_still_wrong_stays_a_problem_and_is_counted(world: World) -> None:
    retry(world, "customer", "10001", Code.REFERENCE_NOT_FOUND)
    problem = world.ledger.problems.get(COMPANY.id, "customer", "10001", Code.REFERENCE_NOT_FOUND)
    assert problem is not None
    assert problem.count == 2


def test_all_of_a_reason_are_tried_again(world: World) -> None:
    add_country(world)
    assert retry_all(COMPANY.id, resolver(world), code=Code.REFERENCE_NOT_FOUND) == {Way.SEND: 2}
    world.run()
    assert (codes(world), list(world.problems())) == (["10001", "10002"], [])
    assert deeds(world)[0].about == "all REFERENCE_NOT_FOUND (2)"


def test_all_of_a_kind_are_tried_again_and_no_other(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10001"))
    assert retry_all(COMPANY.id, resolver(world), kind="project") == {}
    assert retry_all(COMPANY.id, resolver(world), kind="customer") == {Way.SEND: 2}


def test_a_newer_version_releases_it(world: World) -> None:
    world.receive(a_private_person("10001", version=2))
    world.run()
    assert list(world.problems()) == [("customer", "10002", "REFERENCE_NOT_FOUND")]


def test_a_new_number_releases_it_also_where_it_is_just_being_tried_again(world: World) -> None:
    retry_problem(COMPANY.id, "customer", "10001", Code.REFERENCE_NOT_FOUND, resolver(world))
    world.receive(a_private_person("10003", id=11_001, version=2))
    world.run()
    assert codes(world) == ["10003"]
    assert list(world.problems()) == [("customer", "10002", "REFERENCE_NOT_FOUND")]


def test_a_new_number_that_is_taken_is_all_that_is_wrong(world: World) -> None:
    world.receive(a_private_person("10002", id=11_001, version=2))
    assert list(world.problems()) == [
        ("customer", "10002", "NUMBER_TAKEN"),
        ("customer", "10002", "REFERENCE_NOT_FOUND"),
    ]


def test_a_problem_that_is_over_cannot_be_tried_again(world: World) -> None:
    with pytest.raises(LookupError, match="no problem REFERENCE_NOT_FOUND of customer 10003"):
        retry(world, "customer", "10003", Code.REFERENCE_NOT_FOUND)


def test_what_must_be_corrected_is_said_and_nothing_is_sent() -> None:
    world = World()
    world.receive(a_private_person("10001"))
    world.run()
    world.receive(a_private_person("10099", id=11_001, version=2))
    assert retry(world, "customer", "10099", Code.NUMBER_CHANGED) is Way.CORRECT
    assert codes(world) == ["10001"]


def test_a_refused_token_is_tried_again() -> None:
    world = World()
    world.server.replan({"tokens": [{"token": "another-0123456789"}]})
    world.receive(a_private_person("10001"))
    world.run()
    assert world.closed[-1].why is Why.AUTH
    world.server.replan({"tokens": [{"token": TOKEN.secret}]})
    assert retry(world, "settings", "", Code.TOKEN_REFUSED) is Way.OPEN_GATE
    assert (codes(world), list(world.problems())) == (["10001"], [])


def test_a_held_invoice_goes_when_what_was_wrong_is_right() -> None:
    world = invoicing(vat_codes={"6": "6"})
    world.receive(a_customer("10001"), an_invoice(10231))
    assert list(world.problems()) == [("invoice", "10231", "VAT_CODE_UNMAPPED")]
    world.ledger.companies.save(a_company(**KEPT_BY_HAND))
    assert retry(world, "invoice", "10231", Code.VAT_CODE_UNMAPPED) is Way.OFFER
    assert (list(world.problems()), world.ledger.invoices.head(COMPANY.id)) == ([], 1)


def test_a_skip_is_an_audit_line_with_its_reason_and_the_record_waits_for_a_newer_version(
    world: World,
) -> None:
    skip_problem(
        COMPANY.id, "customer", "10001", Code.REFERENCE_NOT_FOUND, "closed  last\nyear", resolver(world)
    )
    assert list(world.problems()) == [("customer", "10002", "REFERENCE_NOT_FOUND")]
    (deed,) = deeds(world)
    assert (deed.what, deed.about) == (
        What.SKIPPED_PROBLEM,
        "customer 10001: REFERENCE_NOT_FOUND: closed last year",
    )
    add_country(world)
    world.sweep()
    world.run()
    assert codes(world) == []
    world.receive(a_private_person("10001", version=2))
    world.run()
    assert codes(world) == ["10001"]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 301, "\x00\x01\x02\x03"])
def test_a_skip_without_a_reason_is_refused(world: World, reason: str) -> None:
    with pytest.raises(ValueError, match="reason: must be"):
        skip_problem(COMPANY.id, "customer", "10001", Code.REFERENCE_NOT_FOUND, reason, resolver(world))
    assert deeds(world) == []


@pytest.mark.parametrize("code", [Code.TOKEN_REFUSED, Code.MAIL_UNCERTAIN, Code.EXPORT_FAILED])
def test_what_stops_everything_or_may_be_doubled_cannot_be_skipped(world: World, code: Code) -> None:
    with pytest.raises(ValueError, match="cannot be skipped"):
        skip_problem(COMPANY.id, "settings", "", code, "never mind", resolver(world))


def test_a_skipped_invoice_never_leaves_and_the_gap_says_so() -> None:
    world = invoicing(vat_codes={"3": "3"})
    line = {"vatCode": "6", "net": "100.00", "vat": "0.00", "gross": "100.00"}
    world.receive(
        a_customer("10001"),
        an_invoice(10231),
        an_invoice(10232, total="100.00", vatLines=[line]),
        an_invoice(10233),
    )
    skip_problem(COMPANY.id, "invoice", "10232", Code.VAT_CODE_UNMAPPED, "booked by hand", resolver(world))
    world.ledger.companies.save(a_company(**KEPT_BY_HAND))
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    made = export_invoices(COMPANY.id, "r", "Kari", exporter)
    assert made is not None
    assert made.invoices == 2
    assert made.series is not None
    (gap,) = made.series.gaps
    assert (gap.first, gap.reason) == (10232, "not to be transferred")
    assert list(world.problems()) == []


def test_a_skipped_invoice_whose_event_comes_again_stays_skipped_and_a_newer_version_is_looked_at() -> None:
    world = invoicing(vat_codes={"3": "3"})
    line = {"vatCode": "6", "net": "100.00", "vat": "0.00", "gross": "100.00"}
    event = an_invoice(10231, total="100.00", vatLines=[line])
    world.receive(a_customer("10001"), event)
    skip_problem(COMPANY.id, "invoice", "10231", Code.VAT_CODE_UNMAPPED, "booked by hand", resolver(world))
    world.receive(event)
    assert list(world.problems()) == []
    world.ledger.companies.save(a_company(**KEPT_BY_HAND))
    world.receive(event)
    assert list(world.ledger.invoices.since(COMPANY.id)) == []
    world.receive(an_invoice(10231, version=2, total="100.00", vatLines=[line]))
    assert [each.invoice.version for each in world.ledger.invoices.since(COMPANY.id)] == [2]


def test_an_invoice_that_the_format_cannot_hold_can_be_booked_by_hand() -> None:
    world = invoicing(file={"format": "ar10"})
    world.receive(a_customer("10001"), an_invoice(10231, projectNumber="P-123456"))
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    assert export_invoices(COMPANY.id, "r1", "Kari", exporter) is None
    skip_problem(COMPANY.id, "invoice", "10231", Code.FORMAT_CANNOT_HOLD, "booked by hand", resolver(world))
    assert export_invoices(COMPANY.id, "r2", "Kari", exporter) is None
    assert list(world.problems()) == []


def test_what_only_a_repeat_could_not_hold_is_skipped_and_stays_where_it_left() -> None:
    world = invoicing(file={"format": "standard"})
    world.receive(a_customer("10001"), an_invoice(10230), an_invoice(10231, projectNumber="P-123456"))
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    export_invoices(COMPANY.id, "r1", "Kari", exporter)
    world.ledger.companies.save(a_company(file={"format": "ar10"}, **KEPT_BY_HAND))
    export_invoices(COMPANY.id, "r2", "Kari", exporter, repeats=1)
    assert list(world.problems()) == [("invoice", "10231", "FORMAT_CANNOT_HOLD")]
    skip_problem(COMPANY.id, "invoice", "10231", Code.FORMAT_CANNOT_HOLD, "it is in Xledger", resolver(world))
    assert list(world.problems()) == []
    assert [each.export for each in world.ledger.invoices.since(COMPANY.id)] == [1, 1]
