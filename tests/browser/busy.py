"""A company that has been at it for some weeks: something to see on every page."""

from datetime import timedelta

from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right
from moment_xledger.domain.gate import out_of_credits
from moment_xledger.domain.notices import Told
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.save_company import Form, save_form
from tests.builders import COMPANY, a_customer, a_project, an_invoice
from tests.console.site import Site
from tests.office import keys, settings
from tests.world import TOKEN_ID, URL

PERSON = "regnskap@nordvik.example"
REFUSED = "10005"
TOO_LONG = "Fjord Bygg og Anlegg Vest med datterselskaper " * 12


def make_busy(site: Site) -> None:
    _saves_settings(site)
    _exports(site)
    _sends_records(site)
    _tests_the_connection(site)
    _meets_problems(site)
    _is_told(site)
    _waits_for_the_gate(site)


def _saves_settings(site: Site) -> None:
    first = settings(language="no", owner_code=99168)
    then = first | {
        "requests_per_hour": 500,
        "notify": [PERSON, "daglig.leder@nordvik.example"],
        "import_expenses": True,
        "expense_accounts": "4000-4999,6550",
    }
    soap = {"soap_user": "nordvik-soap", "soap_password": "p-a-s-s-w-o-r-d"}
    for since, values in enumerate((first, then), start=1):
        form = Form(COMPANY.id, values, keys(**soap), since, "Ola Hansen")
        save_form(form, site.world.ledger, site.vault, site.world.time, URL)  # type: ignore[arg-type]
        site.world.time.now += timedelta(days=1)


def _tests_the_connection(site: Site) -> None:
    checks = (
        Check(Right.TOKEN, Outcome.PASSED),
        Check(Right.CUSTOMERS, Outcome.PASSED),
        Check(Right.PROJECTS, Outcome.REFUSED, "The user does not have access to 'projects'"),
        Check(Right.WRITING, Outcome.NOT_TRIED),
        Check(Right.MOMENT, Outcome.LATER, "Moment did not answer"),
    )
    ledger, now = site.world.ledger, site.world.time()
    ledger.connection_tests.save(COMPANY.id, ConnectionTest(now, "Ola Hansen", checks))
    ledger.references.save(TOKEN_ID, Lists(now, None, frozenset(COMPANY.vat_codes.values()) - {"3", "52"}))


def _sends_records(site: Site) -> None:
    """For a day; some names are longer than Xledger takes, and a project names a customer that nobody knows."""
    world = site.world
    for hour in range(20):
        customers = (a_customer(f"{10_100 + 10 * hour + n}") for n in range(hour % 7))
        world.receive(*customers, *(a_project(f"P-{10 * hour + n}") for n in range(hour % 4)))
        world.run()
        world.time.now += timedelta(hours=1)
    world.receive(a_customer(REFUSED, version=2))
    world.run()
    world.time.now += timedelta(hours=1)
    world.receive(*(a_customer(f"{number}", version=3, name=TOO_LONG) for number in range(10005, 10015)))
    world.receive(a_project("P-900", customerNumber="99999"))
    world.run()
    world.receive(a_customer("10102", version=2, name="Fjord Bygg og Anlegg Vest AS"))


def _exports(site: Site) -> None:
    """One invoice is held back, one waits, and of one no event came."""
    site.export(10231, 10232, 10235)
    site.world.time.now += timedelta(days=1)
    site.export(10236, 10240, 10233, by="Kari Nordmann")
    site.receive(an_invoice(10241), an_invoice(10242, kid="602244"))
    numbers = (10231, 10232, 10233, 10235, 10236, 10240, 10241, 10242, 10243)
    site.moment.save(site.world.time(), *(an_invoice(number) for number in numbers))


def _meets_problems(site: Site) -> None:
    now = site.world.time()
    uncertain = Problem(COMPANY.id, "export", "1", Code.UPLOAD_UNCERTAIN, first_seen=now, last_seen=now)
    site.world.ledger.problems.report([uncertain])


def _is_told(site: Site) -> None:
    now = site.world.time()
    taken = site.world.ledger.notices.take(COMPANY.id, PERSON, now)
    assert taken
    site.world.ledger.notices.give_back(taken, Told(digest_at=now, slot="2026-11-25 07", open_then=3))


def _waits_for_the_gate(site: Site) -> None:
    gates, now = site.world.ledger.gates, site.world.time()
    gates.save(TOKEN_ID, out_of_credits(gates.get(TOKEN_ID), now + timedelta(minutes=23), now))
