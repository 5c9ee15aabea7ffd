"""What became of an uploaded file can be said on its page at once, not only when a working day is over."""

from typing import Any

import pytest

from moment_xledger.domain.companies import Company
from moment_xledger.domain.deeds import What
from moment_xledger.domain.seen_invoices import handed_over
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.uploads import State, Upload, uploaded
from tests.console.site import Site, opened
from tests.world import COMPANY

UPLOADS: dict[str, Any] = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
PAGE, SAY = "/exports/1", "/exports/1/upload"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Xledger's import took the file a moment ago."""
    site = opened(monkeypatch, [Company.model_validate(COMPANY.model_dump() | UPLOADS)])
    site.export(10231, 10232)
    (upload,) = site.world.ledger.uploads.open(COMPANY.id)
    taken = handed_over(uploaded(upload, 7_000_001), site.world.time())
    site.world.ledger.uploads.save(taken, is_open=True)
    return site


def upload(site: Site) -> Upload:
    found = site.world.ledger.uploads.get(COMPANY.id, 1)
    assert found
    return found


def deeds(site: Site) -> list[str]:
    return [
        str(deed.what) for deed in site.world.ledger.audit.of(COMPANY.id) if deed.what is not What.SIGNED_IN
    ]


def test_a_refusal_that_a_person_has_seen_is_said_at_once(site: Site) -> None:
    browser = site.browser()
    assert "Har Xledger avvist filen?" in browser.get(PAGE).text
    answer = browser.press(PAGE, SAY, choice="apart", sure="on")
    assert (answer.status, answer.place) == (303, "/exports/1?did=apart")
    assert (upload(site).state, deeds(site)) == (State.TAKEN_APART, [str(What.HAD_FILE_TAKEN_APART)])
    assert "Filen deles opp i løpet av noen minutter" in browser.get(answer.place).text


def test_it_is_not_done_before_the_person_is_sure(site: Site) -> None:
    """The import may still be to run: it would then book the file beside its parts."""
    answer = site.browser().press(PAGE, SAY, choice="apart", sure="")
    assert answer.place == "/exports/1?did=not_sure"
    assert (upload(site).state, deeds(site)) == (State.UPLOADED, [])
    assert "Ingenting er gjort" in site.browser().get(answer.place).text


def test_so_is_that_it_arrived(site: Site) -> None:
    answer = site.browser().press(PAGE, SAY, choice="arrived")
    assert (answer.place, upload(site).arrived) == ("/exports/1?did=arrived", site.world.time())
    assert "Har Xledger avvist filen?" not in site.browser().get(PAGE).text


def test_of_one_that_was_seen_meanwhile_nothing_is_done(site: Site) -> None:
    browser = site.browser()
    form = browser.get(PAGE).inputs()
    browser.press(PAGE, SAY, choice="arrived")
    answer = browser.post(SAY, form | {"choice": "apart", "sure": "on"})
    assert answer.place == "/exports/1?did=decided"
    assert upload(site).state is State.UPLOADED


@pytest.mark.parametrize("choice", ["again", "", "by_hand"])
def test_that_it_is_to_be_sent_again_cannot_be_said_of_a_file_that_was_taken(site: Site, choice: str) -> None:
    answer = site.browser().press(PAGE, SAY, choice=choice, sure="on")
    assert (answer.status, upload(site).state) == (400, State.UPLOADED)


def test_an_operator_cannot_know_and_a_link_says_nothing(site: Site) -> None:
    operator = site.browser(Role.OPERATOR)
    assert SAY not in operator.get(PAGE).text
    form = site.browser().get(PAGE).inputs()
    assert operator.post(SAY, form | {"choice": "arrived"}).status == 403
    token = site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    assert SAY not in site.browser(None).get(f"/e/{token}").text


def test_nothing_is_asked_of_a_file_that_waits_or_that_nobody_uploads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = opened(monkeypatch)
    site.export(10231)
    browser = site.browser()
    assert SAY not in browser.get(PAGE).text
    form = browser.get(f"{PAGE}/again").inputs()
    assert browser.post(SAY, form | {"choice": "arrived"}).status == 404
