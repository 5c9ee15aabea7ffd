"""What the ledger promises of settings, tests, lists and skips, on the twin and on DynamoDB alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from local import ROOT
from local.aws.template import read
from local.twins.table import FakeTable
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import CompanyId, Route, TokenId
from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.notices import Told
from moment_xledger.domain.number_guard import Place
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.settings_changes import Change, Saved
from moment_xledger.domain.turns import Pending
from moment_xledger.domain.typed_keys import Tails
from moment_xledger.domain.vat_rates import read_typed
from tests.builders import A_FAULT, a_company, an_invoice

NORDVIK, TOKEN = CompanyId("nordvik"), TokenId("fingerprint")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["twin", "dynamodb"])
def ledger(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    if request.param == "twin":
        yield Ledger(FakeTable())  # type: ignore[arg-type]
        return
    for name, value in {
        "DEFAULT_REGION": "eu-north-1",
        "ACCESS_KEY_ID": "moto",
        "SECRET_ACCESS_KEY": "moto",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        table = read(ROOT / "template.yaml")["Resources"]["Table"]["Properties"]
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        boto3.client("dynamodb").create_table(TableName="ledger", **{name: table[name] for name in wanted})
        yield Ledger(Table(boto3.client("dynamodb"), "ledger"))


def saved(version: int) -> Saved:
    return Saved(version, NOW, "Kari", (Change("route", "file", "off"), Change("moment_key")))


def test_a_version_is_saved_once_with_its_line(ledger: Ledger) -> None:
    ledger.companies.save(a_company(), 0, saved(1))
    ledger.companies.save(a_company(route="off"), 1, saved(2))
    with pytest.raises(Conflict):
        ledger.companies.save(a_company(name="Late"), 1, saved(2))
    company, version = ledger.companies.get_with_version(NORDVIK)
    assert company is not None
    assert (company.route, version) == (Route.OFF, 2)
    assert list(ledger.settings_history.of(NORDVIK)) == [saved(2), saved(1)]


def test_work_of_all_kinds_is_read_with_what_was_woken_for(ledger: Ledger) -> None:
    later = NOW + timedelta(seconds=13)
    ledger.companies.save(a_company())
    for kind, due in zip(Kind, (NOW, later), strict=True):
        ledger.records.mark_work(TOKEN, kind, NORDVIK, due)
    customers, projects = ledger.records.pending(TOKEN)
    assert customers == Pending(Kind.CUSTOMER, NORDVIK, NOW)
    assert projects == Pending(Kind.PROJECT, NORDVIK, later)
    ledger.records.note_wake(TOKEN, projects)
    ledger.records.mark_work(TOKEN, Kind.PROJECT, NORDVIK, NOW)  # a new event forgets nothing
    assert ledger.records.pending(TOKEN)[1] == Pending(Kind.PROJECT, NORDVIK, NOW, woken_for=later)
    for kind in Kind:
        (marks, _) = ledger.records.work(TOKEN, kind)[NORDVIK]
        ledger.records.work_done(TOKEN, kind, NORDVIK, marks)
    assert ledger.records.pending(TOKEN) == []


def test_a_new_token_takes_the_work_along(ledger: Ledger) -> None:
    ledger.companies.save(a_company())
    ledger.records.mark_work(TOKEN, Kind.CUSTOMER, NORDVIK, NOW)
    ledger.companies.save(a_company(token_id="another"))
    assert ledger.records.work(TOKEN, Kind.CUSTOMER) == {}
    assert list(ledger.records.work(TokenId("another"), Kind.CUSTOMER)) == [NORDVIK]
    assert [company.id for company in ledger.companies.sharing(TokenId("another"))] == [NORDVIK]
    assert ledger.companies.sharing(TOKEN) == []


def test_what_is_written_is_read_as_it_was(ledger: Ledger) -> None:
    test = ConnectionTest(
        NOW, "Kari", (Check(Right.TOKEN, Outcome.PASSED), Check(Right.SOAP, Outcome.LATER, "x"))
    )
    ledger.connection_tests.save(NORDVIK, test)
    assert ledger.connection_tests.newest(NORDVIK) == test
    lists = Lists(NOW, frozenset({"1500", "3000"}), None)
    ledger.references.save(TOKEN, lists)
    assert ledger.references.get(TOKEN) == lists
    rates = read_typed(["3 = 25", "33 = 12", "33 = 13 2027-01-01"])
    ledger.references.save_vat_rates(TOKEN, rates, NOW)
    assert ledger.references.vat_rates(TOKEN, NOW) == rates
    assert ledger.references.vat_rates(TOKEN, NOW + timedelta(seconds=1)) is None
    for place in (Place(""), Place(None), Place("9", {NORDVIK: "7@x"}, NORDVIK, "ENT#customer#12", NOW)):
        ledger.references.save_place(TOKEN, Kind.CUSTOMER, place)
        assert ledger.references.place(TOKEN, Kind.CUSTOMER) == place
    assert ledger.references.place(TOKEN, Kind.PROJECT) is None
    ledger.settings_history.note_tails(NORDVIK, Tails("…cdef", "…1234"))
    assert ledger.settings_history.tails(NORDVIK) == Tails("…cdef", "…1234")


def test_what_was_never_written_is_nothing(ledger: Ledger) -> None:
    assert ledger.connection_tests.newest(NORDVIK) is None
    assert ledger.references.get(TOKEN) is None
    assert ledger.references.vat_rates(TOKEN, NOW) is None
    assert ledger.settings_history.tails(NORDVIK) == Tails()
    assert ledger.notices.told(NORDVIK, "kari@nordvik.example") == Told()


def test_an_address_is_held_by_one_and_given_back_with_what_it_was_told(ledger: Ledger) -> None:
    taken = ledger.notices.take(NORDVIK, "Kari@nordvik.example", NOW)
    assert taken is not None
    assert ledger.notices.take(NORDVIK, "kari@nordvik.example", NOW) is None
    told = Told(frozenset({"settings#TOKEN_REFUSED#"}), NOW, "2026-11-22 07", NOW, 3)
    ledger.notices.give_back(taken, told)
    assert ledger.notices.told(NORDVIK, "kari@nordvik.example") == told
    with pytest.raises(Conflict):
        ledger.notices.give_back(taken, Told())


def test_a_held_invoice_is_skipped_and_a_newer_version_is_looked_at(ledger: Ledger) -> None:
    invoice = Invoice.model_validate(an_invoice(10231)["data"])
    ledger.invoices.hold(NORDVIK, invoice, A_FAULT)
    ledger.invoices.skip(NORDVIK, 10231, NOW)
    assert list(ledger.invoices.held(NORDVIK)) == []
    assert ledger.invoices.skipped_among(NORDVIK, range(10230, 10233)) == {10231: 1}
    assert ledger.invoices.arrived(NORDVIK, [10231]) == {}


def test_whoever_saw_it_held_before_the_skip_neither_lets_it_in_nor_holds_it_again(ledger: Ledger) -> None:
    invoice = Invoice.model_validate(an_invoice(10231)["data"])
    ledger.invoices.hold(NORDVIK, invoice, A_FAULT)
    held = ledger.invoices.held_among(NORDVIK, [10231])
    ledger.invoices.skip(NORDVIK, 10231, NOW)
    with pytest.raises(Conflict):
        ledger.invoices.add(NORDVIK, 0, [invoice], Route.FILE, NOW, held)
    assert not ledger.invoices.hold(NORDVIK, invoice, A_FAULT)
    assert ledger.invoices.hold(NORDVIK, invoice.model_copy(update={"version": 2}), A_FAULT)


def test_one_that_has_arrived_and_is_yet_to_be_released_stays_behind_too(ledger: Ledger) -> None:
    invoice = Invoice.model_validate(an_invoice(10231)["data"])
    ledger.invoices.hold(NORDVIK, invoice, A_FAULT)
    ledger.invoices.add(NORDVIK, 0, [invoice], Route.FILE, NOW, {10231: 1})
    ledger.invoices.skip(NORDVIK, 10231, NOW)
    (snapshot,) = ledger.invoices.since(NORDVIK, 0)
    assert snapshot.route is Route.OFF


def test_an_invoice_that_has_arrived_stays_behind_for_good(ledger: Ledger) -> None:
    invoice = Invoice.model_validate(an_invoice(10231)["data"])
    ledger.invoices.add(NORDVIK, 0, [invoice], Route.FILE, NOW)
    ledger.invoices.skip(NORDVIK, 10231, NOW)
    (snapshot,) = ledger.invoices.since(NORDVIK, 0)
    assert snapshot.route is Route.OFF


def test_none_is_skipped_while_an_export_is_open_and_none_is_claimed_by_who_did_not_see_the_skip(
    ledger: Ledger,
) -> None:
    """Or the one would be in a file all the same, and the other could be left with nothing in it."""
    first, second = (Invoice.model_validate(an_invoice(number)["data"]) for number in (10231, 10232))
    ledger.invoices.add(NORDVIK, 0, [first, second], Route.FILE, NOW)
    before = ledger.exports.watermark(NORDVIK)
    ledger.invoices.skip(NORDVIK, 10231, NOW)
    export = Export(NORDVIK, 1, low=0, high=2, by="Kari", claimed=NOW, terms=a_company().terms)
    with pytest.raises(Conflict):
        ledger.exports.claim(export, before, "r1")
    ledger.exports.claim(export, ledger.exports.watermark(NORDVIK), "r2")
    with pytest.raises(Conflict):
        ledger.invoices.skip(NORDVIK, 10232, NOW)


def test_companies_are_read_page_by_page_and_one_that_is_damaged_stops_no_other(ledger: Ledger) -> None:
    for n in range(5):
        ledger.companies.save(a_company(f"company-{n}"))
    ledger.companies._table.write(Put(keys.settings(CompanyId("company-1")), {"settings": "{", "ver": 1}))
    first = ledger.companies.page(2)
    second = ledger.companies.page(2, first.last)
    third = ledger.companies.page(2, second.last)
    assert [[each.id for each in page.companies] for page in (first, second, third)] == [
        ["company-0"],
        ["company-2", "company-3"],
        ["company-4"],
    ]
    assert (first.unreadable, third.last) == (("company-1",), "")
