"""What an administrator does with the settings: types a wrong address and a wrong key, is told, and mends both."""

import pytest
from playwright.sync_api import expect

from moment_xledger.domain.sessions import Role
from tests.browser.conftest import Visit
from tests.browser.opened import Opened
from tests.browser.visitor import Hands, Keyboard, Mouse, Visitor
from tests.builders import COMPANY
from tests.world import TOKEN

KEY, NOTICES, SAVE = "API-nøkkel til Xledger", "Varsler", "Lagre og test forbindelsen"
WRONG = "key-of-last-year-0123456789"


@pytest.mark.parametrize(
    ("hands", "browser"),
    [
        pytest.param(Keyboard(), {}, id="with the keyboard alone"),
        pytest.param(Mouse(), {"java_script_enabled": False}, id="without script"),
    ],
)
def test_a_wrong_key_is_explained_and_mended(
    visit: Visit, console: Opened, hands: Hands, browser: dict[str, object]
) -> None:
    ola = visit(hands, **browser)
    ola.sign_in(console.link(Role.ADMINISTRATOR))
    ola.press("Innstillinger")
    ola.sees("Endre innstillingene")
    _is_told_of_a_wrong_address(ola)
    _is_told_that_xledger_refuses_the_key(ola)
    ola.write(KEY, TOKEN.secret)
    ola.press(SAVE)
    ola.sees("Lagret. Alt som kan prøves, er i orden.")
    assert console.site.vault.held[COMPANY.id].xledger_token == TOKEN
    assert TOKEN.secret not in ola.page.content()


def _is_told_of_a_wrong_address(ola: Visitor) -> None:
    ola.write(NOTICES, "regnskap.nordvik.example")
    ola.press(SAVE)
    ola.sees("Ingenting er lagret ennå.")
    ola.press(ola.page.get_by_role("alert").get_by_role("link").inner_text())
    expect(ola.page.get_by_label(NOTICES)).to_be_focused()
    expect(ola.page.get_by_label(NOTICES)).to_have_value("regnskap.nordvik.example")


def _is_told_that_xledger_refuses_the_key(ola: Visitor) -> None:
    ola.write(NOTICES, "regnskap@nordvik.example")
    ola.write(KEY, WRONG)
    ola.press(SAVE)
    ola.sees("Lagret, men testen viser noe som må rettes", "Xledger godtar ikke API-nøkkelen")
    assert WRONG not in ola.page.content()


def test_a_form_with_faults_is_fit_for_everybody_too(visit: Visit, console: Opened) -> None:
    ola = visit(viewport={"width": 390, "height": 844})
    ola.sign_in(console.link(Role.ADMINISTRATOR))
    ola.press("Innstillinger")
    _is_told_of_a_wrong_address(ola)
    ola.look = "on a phone"
    ola.take_picture("settings-with-a-fault")
    assert ola.hindrances() == []
    assert not ola.must_scroll_sideways()
