"""A person is found and forgotten, on the twin and on DynamoDB alike; what the books need stays, and says why."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.assumptions import Assumption, Finding, Work
from moment_xledger.domain.companies import CompanyId, Language, Route
from moment_xledger.domain.connection_tests import ConnectionTest
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.expense_entries import Entry
from moment_xledger.domain.expense_entries import State as ExpenseState
from moment_xledger.domain.expenses import Expense
from moment_xledger.domain.exports import SCHEDULE, Export
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.moment import Customer, Invoice
from moment_xledger.domain.notices import Told
from moment_xledger.domain.pauses import Pause
from moment_xledger.domain.people import STRUCK, Fate, Found, Wanted
from moment_xledger.domain.probes import Hold, Probe
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.domain.settings_changes import Change, Saved
from tests.adapters.ledgers import ledger as ledger
from tests.builders import A_FAULT, a_company, a_customer, an_invoice

FJELL, DAL = CompanyId("fjell"), CompanyId("dal")
NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
NAME, ADDRESS, OTHER = "Siv Aune", "siv.aune@fjell.example", "post@fjell.example"
SIV = Wanted([NAME, ADDRESS])
IN_2032 = datetime(2032, 1, 1, tzinfo=UTC)


def a_private_customer(id_: int, number: str, name: str, **but: Any) -> Record:
    content = Customer.model_validate(a_customer(id=id_, customerNumber=number, name=name, **but)["data"])
    return Record(FJELL, content, State.SYNCED, NOW, db_id=id_ + 70_000, entity="https://x.example 30417")


def fill(ledger: Ledger) -> None:
    """Siv in every place that holds a name, and beside her somebody whose name begins alike."""
    settings = a_company(FJELL, notify=[ADDRESS, OTHER])
    ledger.companies.save(settings, 0, Saved(1, NOW, "Ola", (Change("notify", "", f"{ADDRESS}, {OTHER}"),)))
    siv = a_private_customer(5, "20005", f"{NAME}", email=ADDRESS)
    alike = a_private_customer(6, "20006", f"{NAME}vold AS")
    assert not ledger.records.save([(None, siv), (None, alike)])
    ledger.audit.note(Deed(FJELL, NOW, NAME, What.FETCHED_FILE, 1))
    ledger.audit.note(Deed(FJELL, NOW, "Ola", What.CONFIRMED_ADDRESS, about=ADDRESS))
    for address in (ADDRESS, OTHER):
        taken = ledger.notices.take(FJELL, address, NOW)
        assert taken
        ledger.notices.give_back(taken, Told(frozenset()))
        ledger.mails.stop(FJELL, Stopped(address, "bounced", NOW))
    ledger.connection_tests.save(FJELL, ConnectionTest(NOW, NAME, ()))
    ledger.pauses.pause(FJELL, Pause(NOW, NAME, f"as {NAME} asked"))
    words = f'The value "{NAME}" is too long'
    ledger.problems.report(
        [
            Problem(FJELL, "project", "77", Code.REFUSED_BY_XLEDGER, {"name": NAME}, words, NOW, NOW),
            Problem(FJELL, "customer", "20005", Code.NUMBER_CHANGED, {}, "", NOW, NOW),
            Problem(FJELL, "settings", ADDRESS, Code.NOTICE_ADDRESS_STOPPED, {}, "", NOW, NOW),
        ]
    )
    line = Expense(
        external_id="xledger:30417:9",
        description=f"Reise {NAME}",
        amount=Decimal("10.00"),
        supplier="Taxi AS",
        invoice_number="88",
        invoice_date=NOW.date(),
        account="7140",
        project="P-1",
    )
    ledger.expenses.save(FJELL, (None, Entry("9", ExpenseState.BOOKED, line, 7)))
    person = Person(FJELL, NAME, Role.ACCOUNTANT, Language.NORWEGIAN)
    ledger.sessions.enter(ledger.sessions.offer(person, NOW), NOW)


def arrive(ledger: Ledger, number: int, customer: str = "20005", *, leaves: bool) -> None:
    of = {"customerNumber": customer, "name": NAME}
    invoice = Invoice.model_validate(an_invoice(number, customer=of)["data"])
    ledger.invoices.append(FJELL, [invoice], Route.FILE, NOW)
    if leaves:
        terms = a_company(FJELL).terms
        export = Export(FJELL, 1, low=0, high=1, by=SCHEDULE, claimed=NOW, terms=terms)
        ledger.exports.claim(export, ledger.exports.watermark(FJELL), "a click")
        ledger.exports.mark_members(export, [1])


def fates(found: list[Found]) -> Counter[tuple[Fate, str]]:
    return Counter((each.fate, each.what.split(",")[0]) for each in found)


def all_of(ledger: Ledger, company: CompanyId) -> list[Any]:
    return list(ledger.leavers.items(company))


def test_what_is_found_is_what_is_done_and_finding_changes_nothing(ledger: Ledger) -> None:
    fill(ledger)
    arrive(ledger, 31, leaves=True)
    before = all_of(ledger, FJELL)
    found = list(ledger.people.find(FJELL, SIV))
    assert all_of(ledger, FJELL) == before
    assert fates(list(ledger.people.erase(FJELL, SIV, "Ola", NOW))) == fates(found)


def test_afterwards_only_what_the_books_keep_is_found(ledger: Ledger) -> None:
    fill(ledger)
    arrive(ledger, 31, leaves=True)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    left = list(ledger.people.find(FJELL, SIV))
    assert {(each.fate, each.why, each.until) for each in left} == {
        (Fate.KEPT, "kept for the books", IN_2032),  # the log's line, the invoice
        (Fate.KEPT, "kept for the books", None),  # the cost, as long as its voucher is followed
    }
    assert fates(left) == {
        (Fate.KEPT, "who did what: the trail of the books"): 1,
        (Fate.KEPT, "a finalized invoice"): 1,
        (Fate.KEPT, "a posted cost that became an expense"): 1,
    }


def test_a_customer_is_forgotten_with_all_that_belongs_to_it(ledger: Ledger) -> None:
    fill(ledger)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    assert ledger.records.by_number(FJELL, Kind.CUSTOMER, ["20005"]) == {}
    assert ledger.records.get_many(FJELL, [(Kind.CUSTOMER, 5)]) == {}
    assert ledger.records.holders(FJELL, Kind.CUSTOMER, "https://x.example 30417", [70_005]) == {}
    assert ledger.records.count(FJELL, Kind.CUSTOMER)[State.SYNCED] == 1
    assert ledger.problems.get(FJELL, "customer", "20005", Code.NUMBER_CHANGED) is None
    table: Any = ledger._table
    keys = [item["sk"] for item in all_of(ledger, FJELL)]
    assert not any("20005" in sk or sk.endswith("#5") for sk in keys), keys
    assert table.get(("T#fjell#REC", "ENT#customer#6"))


def test_who_is_called_alike_is_somebody_else(ledger: Ledger) -> None:
    fill(ledger)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    (alike,) = ledger.records.by_number(FJELL, Kind.CUSTOMER, ["20006"]).values()
    assert alike.content.name == f"{NAME}vold AS"
    assert ledger.mails.stopped(FJELL, OTHER)


def test_an_address_is_forgotten_and_the_history_says_only_that_it_was(ledger: Ledger) -> None:
    fill(ledger)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    company = ledger.companies.get_known(FJELL)
    assert company.notify == (OTHER,)
    newest, first = ledger.settings_history.of(FJELL)
    assert (newest.who, newest.changes) == ("Ola", (Change("notify"),))
    assert first.changes == (Change("notify", "", f"{STRUCK}, {OTHER}"),)
    assert ledger.mails.stopped(FJELL, ADDRESS) is None
    assert ledger.notices.told(FJELL, ADDRESS) == Told()
    assert ledger.problems.get(FJELL, "settings", ADDRESS, Code.NOTICE_ADDRESS_STOPPED) is None
    assert {deed.about for deed in ledger.audit.of(FJELL)} == {"", STRUCK}


def test_a_name_is_struck_out_where_the_rest_is_needed(ledger: Ledger) -> None:
    fill(ledger)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    problem = ledger.problems.get(FJELL, "project", "77", Code.REFUSED_BY_XLEDGER)
    assert problem
    assert (problem.details, problem.their_words) == ({"name": STRUCK}, f'The value "{STRUCK}" is too long')
    assert (ledger.pauses.of(FJELL) or Pause(NOW, "", "")).why == f"as {STRUCK} asked"
    tested = ledger.connection_tests.newest(FJELL)
    assert tested
    assert tested.by == STRUCK
    assert {deed.who for deed in ledger.audit.of(FJELL)} == {NAME, "Ola"}  # who answers for the books


@pytest.mark.parametrize("is_held", [False, True])
def test_a_customer_whose_invoice_is_still_to_leave_is_kept_until_then(ledger: Ledger, is_held: bool) -> None:
    fill(ledger)
    if is_held:
        of = {"customerNumber": "20005", "name": NAME}
        ledger.invoices.hold(FJELL, Invoice.model_validate(an_invoice(32, customer=of)["data"]), A_FAULT)
    else:
        arrive(ledger, 32, leaves=False)
    found = list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    kept = [each for each in found if each.what.startswith("a customer or project")]
    assert [(each.fate, each.why) for each in kept] == [
        (Fate.KEPT, "an invoice has not left; it is kept until then")
    ]
    assert ledger.records.by_number(FJELL, Kind.CUSTOMER, ["20005"])


def test_another_company_is_not_touched(ledger: Ledger) -> None:
    fill(ledger)
    ledger.companies.save(a_company(DAL, notify=[ADDRESS]))
    ledger.audit.note(Deed(DAL, NOW, NAME, What.FETCHED_FILE))
    before = all_of(ledger, DAL)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    assert all_of(ledger, DAL) == before


def test_whoever_dies_half_way_is_followed_by_one_who_goes_on(ledger: Ledger) -> None:
    fill(ledger)
    for _ in zip(range(4), ledger.people.erase(FJELL, SIV, "Ola", NOW), strict=False):
        pass  # and then nobody asks for the next
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    assert {each.fate for each in ledger.people.find(FJELL, SIV)} == {Fate.KEPT}


def test_a_newer_word_is_not_lost(ledger: Ledger) -> None:
    fill(ledger)
    record = ledger.records.get_many(FJELL, [(Kind.CUSTOMER, 5)])[Kind.CUSTOMER, 5]
    real = ledger.records.get_many

    def read_before_a_save(*asked: Any) -> Any:
        found = real(*asked)
        ledger.records.save([(record, replace(record, since=NOW + timedelta(minutes=1)))])
        return found

    ledger.records.get_many = read_before_a_save  # type: ignore[method-assign, assignment]
    with pytest.raises(Conflict):
        ledger.records.erase(FJELL, Kind.CUSTOMER, 5)


def test_what_moment_publishes_again_is_new(ledger: Ledger) -> None:
    fill(ledger)
    list(ledger.people.erase(FJELL, SIV, "Ola", NOW))
    again = replace(a_private_customer(5, "20005", "Siv Bakke"), state=State.DIRTY, db_id=None, entity=None)
    assert not ledger.records.save([(None, again)])
    assert [each.id for each in ledger.records.dirty(FJELL, Kind.CUSTOMER, 10)] == [5]


@pytest.mark.parametrize(
    ("text", "value", "is_found"),
    [
        ("Per Dal", "per  dal", True),
        ("per   dal", "Per Dal", True),
        ("Per Dal", "Per Dale", False),
        ("20017", "kunde 20017, Oslo", True),
        ("20017", "120017", False),
        ("a.b@c.no", "axb@c.no", False),
        ("Øre", "øre", True),
    ],
)
def test_whole_words_count_in_any_case(text: str, value: str, is_found: bool) -> None:
    assert Wanted([text]).are_in({"a": [value]}) == is_found


@pytest.mark.parametrize("texts", [[], [" "], ["ab"], ["Siv Aune", "x"]])
def test_what_would_be_found_everywhere_is_not_looked_for(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="3 signs"):
        Wanted(texts)


def test_a_probe_loses_the_name_of_who_asked_for_it_and_what_it_found_of_them(ledger: Ledger) -> None:
    missed = Finding(Assumption.ALL_CUSTOMERS, "missed", {"missed": NAME}, frozenset({Work.CUSTOMERS}))
    ledger.probes.save(DAL, Probe(NOW, NAME, 9, (missed,)), Hold())
    assert [each.fate for each in ledger.people.erase(DAL, SIV, "Ola", NOW)] == [Fate.STRUCK]
    kept = ledger.probes.newest(DAL)
    assert kept
    assert NAME not in kept.by + str(kept.findings)
    assert kept.findings[0].case == "missed"
