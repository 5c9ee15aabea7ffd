"""Codes and accounts that Xledger does not have are listed before anything is sent, and stop only what uses them."""

from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import Language
from moment_xledger.domain.exports import Export
from moment_xledger.domain.problems import Code
from moment_xledger.flows.check_before_sending import Preflight, check_before_sending
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from tests.builders import a_company, a_customer, a_project, an_invoice, in_xledger
from tests.fakes import FakeFiles
from tests.world import COMPANY, World


def a_world(**settings: Any) -> World:
    world = World(Plan(credits_per_hour=100), [a_company(**settings)])
    world.receive(a_customer("10001"))
    return world


def check(world: World) -> Preflight:
    return check_before_sending(COMPANY.id, world.worker(), Reference)


def export(world: World, request: str) -> Export | None:
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    return export_invoices(COMPANY.id, request, "Kari", exporter)


def with_code(number: int, vat_code: str, **but: Any) -> dict[str, Any]:
    line = {"vatCode": vat_code, "net": "100.00", "vat": "0.00", "gross": "100.00"}
    return an_invoice(number, total="100.00", vatLines=[line], **but)


def listed(preflight: Preflight) -> list[tuple[str, str | None, int]]:
    return [(d.absent.theirs, d.absent.vat_code, d.invoices) for d in preflight.differences]


def test_a_vat_code_that_xledger_lacks_is_listed_with_the_invoices_it_stops() -> None:
    world = a_world(vat_codes={"3": "3", "6": "66"})
    world.receive(an_invoice(10231), with_code(10232, "6"), with_code(10233, "6"))
    found = check(world)
    assert listed(found) == [("66", "6", 2)]
    assert found.differences[0].examples == ("10232", "10233")
    assert found.differences[0].sentence() == (
        "VAT code 6 becomes 66, which Xledger does not have. It stops 2 invoices: 10232, 10233."
    )
    assert "blir til 66" in found.differences[0].sentence(Language.NORWEGIAN)
    assert found.unread == ()


def test_accounts_are_compared_where_the_format_has_them() -> None:
    settings = {"revenue_accounts": {"3": "3999", "6": "3200"}, "receivable_account": "1599"}
    standard = a_world(vat_codes={"3": "3", "6": "6"}, file=settings)
    assert listed(check(standard)) == []

    ar10 = a_world(vat_codes={"3": "3", "6": "6"}, file=settings | {"format": "ar10"})
    ar10.receive(an_invoice(10231))
    sentences = [difference.sentence() for difference in check(ar10).differences]
    assert sentences[0].startswith("Every invoice uses account 1599")
    assert sentences[1].endswith("cannot post to. No invoice waits for it yet.")
    assert sorted(listed(check(ar10))) == [("1599", None, 1), ("3999", "3", 0)]


def test_it_is_read_once_an_hour() -> None:
    world = a_world()
    check(world)
    asked = world.requests["total"]
    assert asked == 6
    world.time.now += timedelta(minutes=59)
    check(world)
    assert world.requests["total"] == asked
    world.time.now += timedelta(minutes=2)
    check(world)
    assert (
        world.requests["total"] == 2 * asked - 2
    )  # countries, and which GL object holds projects, are read once a day


def test_when_the_hour_is_used_up_the_last_lists_are_used_and_nothing_is_asked() -> None:
    world = a_world(vat_codes={"3": "66"}, requests_per_hour=100)
    read_at = check(world).read_at
    world.server.replan({"credits_per_hour": 1})
    world.time.now += timedelta(hours=2)
    world.run()
    check(world)
    assert check(world).read_at == read_at


def test_lists_that_were_never_read_are_said_to_be_unknown() -> None:
    world = a_world()
    world.server.replan({"credits_per_hour": 0})
    assert check(world) == Preflight(None, (), ())


def test_a_list_that_the_token_may_not_read_stops_nothing() -> None:
    world = a_world(vat_codes={"3": "66"})
    world.server.replan({"tokens": [{"token": "token-of-the-simulated-xledger", "denied": ["objectKinds"]}]})
    found = check(world)
    assert (listed(found), found.unread) == ([], ("VAT codes",))
    world.receive(a_customer("10002"))
    world.run()
    assert len(world.held("customers")) == 2


@pytest.fixture
def stopped() -> World:
    """One invoice that can go, and one whose VAT code Xledger lacks."""
    world = a_world(vat_codes={"3": "3", "6": "66"})
    check(world)
    in_xledger(world.ledger, COMPANY.id, a_customer("10077"), a_project("P-1"))
    of: dict[str, Any] = {"customer": {"customerNumber": "10077", "name": "Fjord Bygg 10077 AS"}}
    world.receive(an_invoice(10231, **of), with_code(10232, "6", **of))
    return world


def test_only_the_invoices_concerned_stay_behind(stopped: World) -> None:
    made = export(stopped, "first")
    assert made is not None
    assert (made.invoices, made.first, made.last) == (1, 10231, 10231)
    (problem,) = stopped.ledger.problems.of(COMPANY.id, "invoice")
    assert (problem.number, problem.code) == ("10232", Code.VAT_CODE_NOT_IN_XLEDGER)
    assert "becomes 66 in Xledger" in problem.sentence()


def test_they_go_with_the_next_export_when_the_settings_are_right(stopped: World) -> None:
    export(stopped, "first")
    stopped.ledger.companies.save(a_company(vat_codes={"3": "3", "6": "6"}))
    made = export(stopped, "second")
    assert made is not None
    assert (made.invoices, made.first) == (1, 10232)
    assert list(stopped.ledger.problems.of(COMPANY.id, "invoice")) == []


def test_a_list_that_is_days_old_stops_nothing(stopped: World) -> None:
    stopped.time.now += timedelta(days=3)
    made = export(stopped, "first")
    assert made is not None
    assert made.invoices == 2
