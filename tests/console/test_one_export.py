"""The page of one export, its files, and exporting it again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import What
from moment_xledger.domain.errors import FileDiffers
from moment_xledger.domain.exports import Export
from moment_xledger.domain.problems import Code
from moment_xledger.domain.uploads import overtaken, uploaded
from tests.builders import COMPANY, an_invoice
from tests.console.site import Site, opened

HANDED_OUT = "https://bucket.example/exports/nordvik/000001/moment-xledger-nordvik-20261122-000001-standard"


def test_the_page_says_what_is_in_it(site: Site) -> None:
    export = site.export(10231, 10232)
    page = site.browser().get("/exports/1").text
    for shown in (
        "Eksport 1",
        "22.11.2026 10:00",
        "Tidsplanen",
        "10231–10232",
        "250\u00a0000,00",
        export.sha256,
        "Ingen numre mangler",
    ):
        assert shown in page


def test_as_json_it_has_the_same_facts(site: Site) -> None:
    export = site.export(10231, 10232)
    facts = site.browser().get_json("/exports/1").facts
    assert facts["sums_by_vat_code"] == {"NOK": {"3": "250000.00"}}
    assert facts["totals"] == {"NOK": "250000.00"}
    assert (facts["rows"], facts["invoices"], facts["format"]) == (2, 2, "standard")
    assert facts["sha256"] == export.sha256
    assert [file["piece"] for file in facts["files"]] == ["file", "review", "manifest"]


def test_an_uploaded_file_is_shown_with_its_key_in_xledger(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
    company = type(COMPANY).model_validate(COMPANY.model_dump() | settings)
    site = opened(monkeypatch, [company])
    site.export(10231)
    assert "Venter, og går av seg selv" in site.browser().get("/exports/1").text
    (upload,) = site.world.ledger.uploads.open(company.id)
    site.world.ledger.uploads.save(uploaded(upload, 7_000_001), is_open=False)
    page = site.browser().get("/exports/1").text
    assert "Levert til Xledgers filimport" in page
    assert "7000001" in page
    facts = site.browser().get_json("/exports/1").facts
    unseen = {"arrived": None, "seen": 0, "can_be_seen": True, "unsound": 0}
    assert facts["upload"] == {"state": "uploaded", "file_key": 7_000_001, **unseen}


# What stopped the file, and the words of the page.
OVERTAKEN = [
    pytest.param(0, Language.NORWEGIAN, "innstillingene eller et kundenummer ble endret", id="settings"),
    pytest.param(1, Language.NORWEGIAN, "1 faktura i filen kunne ikke lenger gå. Den", id="one"),
    pytest.param(7, Language.NORWEGIAN, "7 fakturaer i filen kunne ikke lenger gå. De", id="seven"),
    pytest.param(0, Language.ENGLISH, "the settings or a customer number changed", id="settings, in English"),
    pytest.param(
        1, Language.ENGLISH, "1 invoice in the file could no longer go. It is", id="one, in English"
    ),
    pytest.param(7, Language.ENGLISH, "7 invoices in the file could no longer go. They are", id="in English"),
]


@pytest.mark.parametrize(("unsound", "language", "words"), OVERTAKEN)
def test_a_file_that_was_overtaken_says_why_and_is_not_to_be_used(
    monkeypatch: pytest.MonkeyPatch, unsound: int, language: Language, words: str
) -> None:
    settings = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
    company = type(COMPANY).model_validate(COMPANY.model_dump() | settings)
    site = opened(monkeypatch, [company])
    site.export(10231)
    (upload,) = site.world.ledger.uploads.open(company.id)
    site.world.ledger.uploads.save(overtaken(upload, unsound, site.world.time()), is_open=False)
    page = site.browser(language=language).get("/exports/1").text
    assert words in page
    assert ("Ikke bruk denne" if language is Language.NORWEGIAN else "Do not use this") in page
    facts = site.browser().get_json("/exports/1").facts["upload"]
    assert (facts["state"], facts["unsound"]) == ("overtaken", unsound)


def test_the_list_counts_what_waits_from_before_another_route_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = opened(monkeypatch)
    site.receive(an_invoice(10231))
    settings = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
    site.world.ledger.companies.save(type(COMPANY).model_validate(COMPANY.model_dump() | settings))
    site.receive(an_invoice(10232))
    assert site.browser().get_json("/exports").facts["waiting"] == 2


def test_the_list_counts_what_goes_again_out_of_a_file_that_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {"route": "upload", "owner_code": 99168, "file": {"format": "gl02b"}}
    company = type(COMPANY).model_validate(COMPANY.model_dump() | settings)
    site = opened(monkeypatch, [company])
    site.export(10231, 10232)
    ledger = site.world.ledger
    seqs = [each.seq for each in ledger.invoices.since(company.id)]
    ledger.exports.release_members(company.id, 1, seqs)
    ledger.exports.look_again(company.id, 0)
    site.receive(an_invoice(10233))
    assert site.browser().get_json("/exports").facts["waiting"] == 3


def test_gaps_and_late_numbers_are_listed_with_their_reasons(site: Site) -> None:
    site.export(10231, 10235)
    site.receive(an_invoice(10238, doNotTransfer=True))
    site.export(10232, 10239)
    page = site.browser().get("/exports/2").text
    assert "10236–10237" in page
    assert "ikke mottatt fra Moment" in page
    assert "skal ikke overføres" in page
    assert "Numre som kom for sent" in page
    facts = site.browser().get_json("/exports/2").facts["series"]
    assert facts["gaps"] == [
        {"first": 10236, "last": 10237, "reason": "not received"},
        {"first": 10238, "last": 10238, "reason": "not to be transferred"},
    ]
    assert facts["late"] == ["10232 belongs before export 1"]


def test_without_its_manifest_the_page_says_that_gaps_are_not_known(site: Site) -> None:
    export = site.export(10231)
    del site.files.held[export.folder + export.file_name(".json")]
    page = site.browser().get("/exports/1")
    assert "Følgeseddelen mangler" in page.text
    assert site.browser().get_json("/exports/1").facts["series"] is None


@pytest.mark.parametrize(("piece", "suffix"), [("file", ".csv"), ("review", ".xlsx"), ("manifest", ".json")])
def test_a_button_leads_to_a_fresh_link(site: Site, piece: str, suffix: str) -> None:
    site.export(10231)
    answer = site.browser().press("/exports/1", f"/exports/1/files/{piece}")
    assert (answer.status, answer.place) == (303, f"{HANDED_OUT}{suffix}?signed")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_holds_no_link_to_a_file(site: Site) -> None:
    site.export(10231)
    assert "bucket.example" not in site.browser().get("/exports/1").text


def test_each_download_is_noted_without_its_link(site: Site) -> None:
    export = site.export(10231)
    site.browser().press("/exports/1", "/exports/1/files/file")
    deed = next(deed for deed in site.world.ledger.audit.of(COMPANY.id) if deed.what is What.FETCHED_FILE)
    assert (deed.who, deed.export, deed.file) == ("Kari Nordmann", 1, export.file_name())
    assert "signed?" not in repr(site.world.table._partitions)
    assert "bucket.example" not in repr(site.world.table._partitions)


def test_a_deed_is_kept_for_five_years_after_its_own(site: Site) -> None:
    site.browser()
    kept = [item for sk, item in site.world.table._partitions["T#nordvik"].items() if sk.startswith("AUD#")]
    assert [item["ttl"] for item in kept] == [1_956_528_000]  # 2032-01-01, of a deed in 2026


def test_a_file_that_does_not_exist_is_not_handed_out(site: Site) -> None:
    export = site.export(10231)
    del site.files.held[export.folder + export.file_name(".xlsx")]
    browser = site.browser()
    assert "Kontrollfil" not in browser.get("/exports/1").text
    assert browser.press("/exports/1", "/exports/1/files/review").status == 404
    assert browser.press("/exports/1", "/exports/1/files/passwords").status == 404


def test_a_lost_file_is_built_again_and_is_the_same_to_the_byte(site: Site) -> None:
    export = site.export(10231, 10232, 10235)
    key = export.folder + export.file_name()
    bytes_before = site.files.held.pop(key)
    assert site.browser().press("/exports/1", "/exports/1/files/file").status == 303
    assert site.files.held[key] == bytes_before


def _as_it_would_be_rendered_otherwise(site: Site, export: Export) -> None:
    """As if a renderer had changed under an old export: what it promised cannot be made any more."""
    ledger: Any = site.world.ledger.exports
    get = ledger.get
    ledger.get = lambda company, number: replace(get(company, number), sha256="0" * 64)


@pytest.mark.parametrize("lost", [True, False])
def test_what_is_not_the_same_is_not_handed_out_and_somebody_is_told(site: Site, lost: bool) -> None:
    export = site.export(10231)
    key = export.folder + export.file_name()
    if lost:
        del site.files.held[key]
    _as_it_would_be_rendered_otherwise(site, export)
    answer = site.browser().press("/exports/1", "/exports/1/files/file")
    assert answer.status == 409
    assert "Ingenting er utlevert" in answer.text
    assert "Location" not in answer.headers
    assert (key in site.files.held) is not lost
    assert list(site.world.problems()) == [("export", "1", str(Code.FILE_DIFFERS))]
    assert [deed.what for deed in site.world.ledger.audit.of(COMPANY.id)] == [What.SIGNED_IN]


def test_the_problem_is_over_when_the_right_file_is_handed_out_again(site: Site) -> None:
    export = site.export(10231)
    key = export.folder + export.file_name()
    right, site.files.held[key] = site.files.held[key], b"another"
    browser = site.browser()
    assert browser.press("/exports/1", "/exports/1/files/file").status == 409
    site.files.held[key] = right
    assert browser.press("/exports/1", "/exports/1/files/file").status == 303
    assert list(site.world.problems()) == []


def test_somebody_else_who_stores_another_file_meanwhile_is_not_believed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = site.export(10231)
    del site.files.held[export.folder + export.file_name()]

    def another_is_there(*_: Any) -> None:
        raise FileDiffers(export.file_name())

    monkeypatch.setattr(site.files, "put_once", another_is_there)
    assert site.browser().press("/exports/1", "/exports/1/files/file").status == 409
    assert list(site.world.problems()) == [("export", "1", str(Code.FILE_DIFFERS))]


def test_exporting_again_is_asked_about_first(site: Site) -> None:
    site.export(10231, 10232)
    browser = site.browser()
    page = browser.get("/exports/1/again").text
    assert "de samme 2 fakturaene som i eksport 1" in page
    assert "ført dobbelt" in page
    assert site.jobs == []


def test_exporting_again_makes_a_new_export_that_names_the_old_one(site: Site) -> None:
    first = site.export(10231, 10232)
    browser = site.browser()
    assert browser.press("/exports/1/again", "/exports/1/again").status == 303
    (second,) = site.work()
    assert second
    assert (second.number, second.repeats, second.sha256) == (2, 1, first.sha256)
    assert "Gjentar" in browser.get("/exports/2").text
    assert What.ASKED_FOR_EXPORT_AGAIN in {deed.what for deed in site.world.ledger.audit.of(COMPANY.id)}


def test_repeating_a_repetition_repeats_the_first_one(site: Site) -> None:
    site.export(10231)
    browser = site.browser()
    browser.press("/exports/1/again", "/exports/1/again")
    site.work()
    assert "som i eksport 1" in browser.get("/exports/2/again").text
    browser.press("/exports/2/again", "/exports/2/again")
    (third,) = site.work()
    assert third
    assert (third.number, third.repeats, third.invoices) == (3, 1, 1)


def test_a_name_that_could_run_stays_text(site: Site) -> None:
    evil = "<script>alert(1)</script>\"'"
    site.export(10231, by=evil)
    for address in ("/exports", "/exports/1"):
        page = site.browser(name=evil).get(address).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_json_survives_a_name_that_could_run(site: Site) -> None:
    site.export(10231, by='"}<script>')
    assert json.loads(site.browser().get_json("/exports/1").text)["by"] == '"}<script>'
