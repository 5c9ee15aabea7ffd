"""The first invoices of a company wait until Xledger's accounts, VAT codes and VAT rates have been read."""

from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import OWNER_CODE, Plan
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.exports import Export
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from tests.builders import a_company, a_customer, a_project, an_invoice
from tests.fakes import FakeFiles
from tests.world import COMPANY, TOKEN, World, reach_of

A_HUNDRED = Plan(credits_per_hour=100)
LISTS = {"ListAccounts", "FindVatKind", "ListVatCodes", "ListVatRates", "ListCountries", "ReadDimensions"}


def a_world(plan: Plan = A_HUNDRED, **settings: Any) -> World:
    """A company that has just been set up: nothing was read from Xledger, and nobody has tested the connection."""
    needed: dict[str, Any] = {
        "owner_code": OWNER_CODE,
        "import_code": "MOMENT",
        "reception_address": "mottak@nordvik.example",
    }
    world = World(plan, [a_company(**needed | settings)])
    world.receive(a_customer("10001"), a_project("P-1"))
    return world


def with_code(number: int, vat_code: str, vat: str = "0.00", gross: str = "100.00") -> dict[str, Any]:
    line = {"vatCode": vat_code, "net": "100.00", "vat": vat, "gross": gross}
    return an_invoice(number, total=gross, vatLines=[line])


def export(world: World, request: str = "first") -> Export | None:
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    return export_invoices(COMPANY.id, request, "Kari", exporter)


def held(world: World) -> dict[int, str]:
    found = world.ledger.invoices.held(COMPANY.id)
    return {each.invoice.invoice_number: str(each.why and each.why.code) for each in found}


def told(world: World) -> list[tuple[str, str]]:
    return [(number, code) for kind, number, code in world.problems() if kind == "invoice"]


def lists_read(world: World) -> list[str]:
    return [operation for operation, _ in world.xledger.asked if operation in LISTS]


def test_a_default_vat_code_that_xledger_lacks_does_not_leave_on_the_first_day() -> None:
    world = a_world(vat_codes={"3": "3", "6": "66"})
    world.receive(an_invoice(10231), with_code(10232, "6"))
    world.run()
    made = export(world)
    assert made is not None
    assert (made.invoices, made.first) == (1, 10231)
    assert told(world) == [("10232", "VAT_CODE_NOT_IN_XLEDGER")]


def test_vat_is_compared_with_xledgers_own_rate_on_the_first_day() -> None:
    world = a_world(Plan(credits_per_hour=100, vat_codes="xledger"), vat_codes={"3": "21"})
    world.receive(an_invoice(10231))
    world.run()
    assert (export(world), told(world)) == (None, [("10231", "VAT_DIFFERS")])


def test_they_are_read_once_for_all_invoices() -> None:
    world = a_world()
    world.receive(*(an_invoice(number) for number in range(10231, 10241)))
    world.run()
    world.receive(an_invoice(10241))
    world.run()
    assert sorted(lists_read(world)) == sorted(LISTS)
    made = export(world)
    assert made is not None
    assert made.invoices == 11


@pytest.mark.parametrize("route", ["file", "upload"])
def test_invoices_wait_while_xledger_cannot_be_asked_and_go_by_themselves_when_it_can(route: str) -> None:
    world = a_world(route=route)
    world.run()
    world.server.replan({"credits_per_hour": 0})
    world.receive(an_invoice(10231))
    world.run(timedelta(minutes=30))
    assert (export(world), held(world)) == (None, {10231: "WAITS_FOR_LOOK_UP"})
    (problem,) = world.ledger.problems.of(COMPANY.id, "invoice")
    waits = "Invoice 10231 waits until we can look up accounts and VAT codes in Xledger."
    assert problem.sentence().startswith(waits)
    world.server.replan({"credits_per_hour": 100})
    world.run()
    assert (held(world), told(world)) == ({}, [])
    assert export(world, "second") is not None


@pytest.mark.parametrize("route", ["email", "off"])
def test_what_leaves_in_no_file_waits_for_no_list(route: str) -> None:
    world = a_world(route=route)
    world.receive(an_invoice(10231))
    world.run()
    assert (held(world), lists_read(world)) == ({}, [])


def test_where_the_token_may_not_read_them_people_are_told_once_and_the_invoices_go() -> None:
    world = a_world()
    denied = {"token": TOKEN.secret, "denied": ["objectKinds"]}
    world.server.replan({"tokens": [denied]})
    world.receive(an_invoice(10231))
    world.run()
    assert export(world) is not None
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.kind, problem.number, problem.code) == ("settings", "objectValues", "RIGHT_MISSING")


def test_after_a_new_token_what_has_arrived_waits_until_its_lists_were_read() -> None:
    world = a_world()
    world.receive(an_invoice(10231))
    world.run()
    other = TokenId("another")
    world.ledger.companies.save(a_company(token_id=other))
    world.ledger.entities.save_reach(other, reach_of(world.server.plan, world.time()))
    assert (export(world), world.ledger.references.get(other)) == (None, None)
    world.run()
    assert world.ledger.references.get(other)
    made = export(world, "second")
    assert made is not None
    assert made.invoices == 1
