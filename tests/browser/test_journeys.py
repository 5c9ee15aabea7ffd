"""What an accountant does in a browser, from the link in Moment to signing out."""

from pathlib import Path

import pytest

from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import as_problem
from tests.browser.conftest import Visit
from tests.browser.opened import Opened
from tests.browser.visitor import Hands, Keyboard, Mouse, Visitor
from tests.builders import COMPANY, a_customer, an_invoice, in_xledger
from tests.world import START

WAYS = [
    pytest.param(Mouse(), {}, id="with a mouse"),
    pytest.param(Keyboard(), {}, id="with the keyboard alone"),
    pytest.param(Mouse(), {"java_script_enabled": False}, id="without script"),
    pytest.param(Mouse(), {"viewport": {"width": 390, "height": 844}, "has_touch": True}, id="on a phone"),
]
FILE = "moment-xledger-nordvik-20261122-000001-standard.csv"


def a_morning(console: Opened) -> None:
    """Two invoices are new, one has a wrong KID, and the customer of none of them has stopped."""
    console.site.receive(an_invoice(10231), an_invoice(10232), an_invoice(10233, kid="602244"))
    ledger = console.site.world.ledger
    in_xledger(ledger, COMPANY.id, a_customer("10077"))
    found = ledger.records.by_number(COMPANY.id, Kind.CUSTOMER, ["10077"])["10077"]
    ledger.records.save([(found, as_problem(found, Code.NUMBER_TWICE_IN_XLEDGER, START, {}))])
    seen = {"first_seen": START, "last_seen": START}
    ledger.problems.report(
        [Problem(COMPANY.id, "customer", "10077", Code.NUMBER_TWICE_IN_XLEDGER, **seen)]  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("hands", "browser"), WAYS)
def test_a_morning_at_the_console(
    visit: Visit, console: Opened, hands: Hands, browser: dict[str, object], tmp_path: Path
) -> None:
    a_morning(console)
    kari = visit(hands, **browser)
    kari.sign_in(console.link())
    kari.sees("2 problemer")
    _tries_the_customer_again(kari)
    _skips_the_invoice(kari)
    _exports(kari)
    assert _downloaded(kari, tmp_path) == _stored(console)
    _looks_an_invoice_up(kari)
    kari.press("Logg")
    kari.sees("ført for hånd i Xledger", "standard.csv")
    kari.press("Logg ut")
    kari.sees("Du er logget ut")


def _tries_the_customer_again(kari: Visitor) -> None:
    kari.press("2 problemer")
    kari.sees("for regnskapsfører", "KID")
    kari.press("Prøv på nytt 10077")
    kari.sees("Sendes på nytt om et par minutter.")


def _skips_the_invoice(kari: Visitor) -> None:
    kari.press("Åpne 10233")
    kari.sees("Hopp over")
    kari.write("Grunn, til den som leser loggen (3–300 tegn)", "ført for hånd i Xledger")
    kari.press("Hopp over")
    kari.sees("Hoppet over. Det står i loggen.")


def _exports(kari: Visitor) -> None:
    kari.press("Eksporter")
    kari.sees("2 nye fakturaer venter på neste eksport.")
    kari.press("Eksporter nå")
    kari.sees("Eksporten er bestilt.")
    kari.opened.site.work()
    kari.press("Oppdater siden")
    kari.sees("Eksporten du bestilte, er klar:")
    kari.press("Eksport 1")
    kari.sees("10231–10232")


def _downloaded(kari: Visitor, folder: Path) -> bytes:
    with kari.page.expect_download() as started:
        kari.press(f"Last ned {FILE}")
    assert started.value.suggested_filename == FILE
    started.value.save_as(folder / FILE)
    return (folder / FILE).read_bytes()


def _stored(console: Opened) -> bytes:
    return console.site.files.held[f"exports/nordvik/000001/{FILE}"]


def _looks_an_invoice_up(kari: Visitor) -> None:
    kari.press("Finn")
    kari.sees("Nummer i Moment")
    kari.choose("Hva", "Faktura")
    kari.write("Nummer i Moment", "10231")
    kari.press("Slå opp")
    kari.sees("Faktura 10231", "Mottatt fra Moment", "Tatt med i Eksport 1")


def test_a_link_that_was_used_shows_a_plain_page_and_nothing_else(visit: Visit, console: Opened) -> None:
    link = console.link()
    visit().sign_in(link)
    late = visit()
    late.page.goto(link)
    late.sees("Lenken virker ikke", "Gå inn fra Moment på nytt.")
    assert late.page.get_by_role("navigation").count() == 0
    assert late.context.cookies() == []
    assert "Nordvik" not in late.page.content()


def test_after_signing_out_going_back_shows_nothing(visit: Visit, console: Opened) -> None:
    console.site.export(10231)
    kari = visit()
    kari.sign_in(console.link())
    kari.press("Eksporter")
    kari.sees("Eksporter nå")
    kari.press("Logg ut")
    kari.sees("Du er logget ut")
    kari.page.go_back()
    kari.sees("Lenken virker ikke")


def test_what_a_browser_forbids_or_fetches_elsewhere_is_noticed(visit: Visit, console: Opened) -> None:
    """Were it not, the visitors of these tests would have nothing to say."""
    ola = visit()
    ola.page.goto(console.link())
    elsewhere = "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x'}))"
    for script in ("document.body.setAttribute('style', 'color: red')", elsewhere):
        with ola.page.expect_console_message():
            ola.page.evaluate(script)
    said, ola.complaints[:] = " ".join(ola.complaints), []
    assert "style-src" in said
    assert "img-src" in said
