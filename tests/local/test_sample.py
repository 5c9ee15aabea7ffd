"""The sample company: what is committed is what the generator gives, and it holds together."""

import itertools
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum.no import orgnr

from local.sample import generate, sample_files, write_sample
from moment_xledger.domain.events import Event, Unreadable, read_event
from moment_xledger.domain.kid import is_valid_kid, mod10_check_digit, mod11_check_digit
from moment_xledger.domain.problems import Code

EVENTS = Path(__file__).parents[2] / "events"
RATES = {"3": Decimal(25), "31": Decimal(15), "33": Decimal(12), "5": Decimal(0)}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EVENTS / name).read_text("utf-8").splitlines()]


def data(name: str) -> list[dict[str, Any]]:
    return [event["data"] for event in lines(name)]


CUSTOMERS = data("nordvik/customers.jsonl")
PROJECTS = data("nordvik/projects.jsonl")
INVOICES = data("nordvik/invoices.jsonl")
ALL_INVOICES = INVOICES + data("more-invoices.jsonl")
CREDIT_NOTES = [document for document in INVOICES if document["kind"] == "CREDIT_NOTE"]


@pytest.mark.parametrize("name", sample_files())
def test_the_committed_file_is_what_the_generator_gives(name: str) -> None:
    assert (EVENTS / name).read_bytes() == sample_files()[name], "run `python -m local generate`"


def test_no_bad_event_is_left_from_an_earlier_generator() -> None:
    assert {f"bad/{path.name}" for path in (EVENTS / "bad").iterdir()} <= set(sample_files())


def test_writing_the_sample_gives_every_file(tmp_path: Path) -> None:
    written = write_sample(tmp_path)
    assert {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in written} == sample_files()


class TestCustomers:
    def test_there_are_enough_of_them(self) -> None:
        assert len({customer["customerNumber"] for customer in CUSTOMERS}) >= 40

    def test_norwegian_organisation_numbers_are_valid_and_belong_to_nobody(self) -> None:
        numbers = [
            c["organizationNumber"] for c in CUSTOMERS if self.norwegian(c) and "organizationNumber" in c
        ]
        assert len(numbers) >= 25
        assert all(orgnr.is_valid(number) and number.startswith("3") for number in numbers)

    def test_two_departments_share_one_organisation_number(self) -> None:
        owners = {(c["customerNumber"], c.get("organizationNumber")) for c in CUSTOMERS}
        shared = Counter(number for _, number in owners if number).most_common(2)
        assert [count for _, count in shared] == [2, 1]

    def test_some_are_private_and_some_are_foreign(self) -> None:
        assert sum("organizationNumber" not in c for c in CUSTOMERS if self.norwegian(c)) >= 5
        assert {c["address"]["countryCode"] for c in CUSTOMERS} == {"NO", "SE", "DE"}

    @pytest.mark.parametrize("character", "æøåÆØÅäöü&\"'")
    def test_names_hold_the_characters_that_break_things(self, character: str) -> None:
        assert any(character in customer["name"] for customer in CUSTOMERS)

    def test_the_stream_holds_a_change_a_duplicate_and_a_straggler(self) -> None:
        versions: dict[str, list[int]] = {}
        for customer in CUSTOMERS:
            versions.setdefault(customer["customerNumber"], []).append(customer["version"])
        assert sorted(seen for seen in versions.values() if seen != [1]) == [[1, 2, 2], [1, 2, 3], [1, 3, 2]]

    @staticmethod
    def norwegian(customer: dict[str, Any]) -> bool:
        return bool(customer["address"]["countryCode"] == "NO")


class TestProjects:
    def test_they_are_sixty_with_names_of_their_own(self) -> None:
        assert len({p["projectNumber"] for p in PROJECTS}) == len({p["name"] for p in PROJECTS}) == 60

    def test_they_belong_to_customers_that_exist_or_to_none(self) -> None:
        clients = {project.get("customerNumber") for project in PROJECTS}
        assert None in clients
        assert clients - {None} <= {customer["customerNumber"] for customer in CUSTOMERS}

    def test_some_run_some_will_end_and_some_are_over(self) -> None:
        states = {(project["active"], "endDate" in project) for project in PROJECTS}
        assert states == {(True, False), (True, True), (False, True)}


class TestInvoices:
    def test_the_series_is_whole(self) -> None:
        assert [i["invoiceNumber"] for i in ALL_INVOICES] == list(range(10001, 10001 + len(ALL_INVOICES)))
        assert (len(INVOICES), len(CREDIT_NOTES)) == (126, 6)

    def test_their_days_never_go_back_and_fill_a_year(self) -> None:
        days = [invoice["invoiceDate"] for invoice in ALL_INVOICES]
        assert days == sorted(days)
        assert len({day[:7] for day in days}) == 12

    @pytest.mark.parametrize("invoice", ALL_INVOICES, ids=lambda i: str(i["invoiceNumber"]))
    def test_the_total_is_what_the_lines_come_to(self, invoice: dict[str, Any]) -> None:
        total = Decimal(0)
        for line in invoice["vatLines"]:
            net, vat, gross = (Decimal(line[name]) for name in ("net", "vat", "gross"))
            share = net * RATES[line["vatCode"]] / 100
            assert vat == share.quantize(Decimal("0.01"), ROUND_HALF_UP)
            total += gross
            assert gross == net + vat
        assert invoice["total"] == str(total)

    def test_every_rate_occurs_and_some_invoices_have_two(self) -> None:
        codes = [tuple(line["vatCode"] for line in invoice["vatLines"]) for invoice in INVOICES]
        assert {code for several in codes for code in several} == set(RATES)
        assert sum(len(several) == 2 for several in codes) >= 5

    def test_customers_and_projects_exist_and_the_project_is_the_customers_own_and_not_over(self) -> None:
        assert {i["customer"]["customerNumber"] for i in ALL_INVOICES} <= {
            c["customerNumber"] for c in CUSTOMERS
        }
        projects = {project["projectNumber"]: project for project in PROJECTS}  # the last version of each
        for invoice in (each for each in ALL_INVOICES if "projectNumber" in each):
            project = projects[invoice["projectNumber"]]
            assert project["customerNumber"] == invoice["customer"]["customerNumber"]
            assert project["startDate"] <= invoice["invoiceDate"] <= project.get("endDate", "9999")
        assert any("projectNumber" not in invoice for invoice in INVOICES)

    def test_a_credit_note_takes_back_at_most_its_own_invoice_and_is_due_at_once(self) -> None:
        invoices = {i["invoiceNumber"]: i for i in INVOICES if i["kind"] == "INVOICE"}
        assert len({note["creditedInvoiceNumber"] for note in CREDIT_NOTES}) == len(CREDIT_NOTES)
        for note in CREDIT_NOTES:
            invoice = invoices[note["creditedInvoiceNumber"]]
            assert invoice["invoiceNumber"] < note["invoiceNumber"]
            assert invoice["customer"] == note["customer"]
            assert Decimal(0) < -Decimal(note["total"]) <= Decimal(invoice["total"])
            assert note["dueDate"] == note["invoiceDate"]
        assert "-0.00" not in json.dumps(CREDIT_NOTES)

    def test_kids_of_both_kinds_hold_by_the_integrations_own_arithmetic(self) -> None:
        kids = [invoice["kid"] for invoice in INVOICES if "kid" in invoice]
        assert all(is_valid_kid(kid) for kid in kids)
        assert sum(kid[-1] == mod10_check_digit(kid[:-1]) for kid in kids) >= 40
        assert sum(kid[-1] == mod11_check_digit(kid[:-1]) for kid in kids) >= 10
        assert any(kid.endswith("-") for kid in kids)
        assert sum("kid" not in i and i["kind"] == "INVOICE" for i in INVOICES) >= 20


@pytest.mark.parametrize("name", [name for name in sample_files() if not name.startswith("bad/")])
def test_the_integration_can_read_every_event(name: str) -> None:
    text = sample_files()[name].decode()
    for body in text.splitlines() if name.endswith(".jsonl") else [text]:
        assert isinstance(read_event(body), Event)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("not-json", Code.EVENT_NOT_JSON),
        ("not-a-cloudevent", Code.EVENT_NOT_CLOUDEVENT),
        ("unknown-type", Code.EVENT_TYPE_UNKNOWN),
        ("draft-invoice", Code.INVOICE_NOT_FINALIZED),
        ("missing-customer-number", Code.FIELD_MISSING),
        ("wrong-organisation-number", Code.FIELD_INVALID),
        ("total-as-number", Code.FIELD_INVALID),
        ("impossible-date", Code.FIELD_INVALID),
    ],
)
def test_an_unreadable_event_is_bad_for_the_reason_in_its_name(name: str, code: Code) -> None:
    answer = read_event((EVENTS / f"bad/{name}.json").read_text("utf-8"))
    assert isinstance(answer, Unreadable)
    assert answer.code == code


def test_the_wrong_kid_is_wrong_by_both_check_digits() -> None:
    [bad] = [json.loads((EVENTS / "bad/wrong-kid-check-digit.json").read_text("utf-8"))]
    assert not is_valid_kid(bad["data"]["kid"])


class TestGenerate:
    def test_the_same_seed_gives_the_same_company_and_another_seed_another_one(self) -> None:
        def company(seed: int) -> str:
            return json.dumps(list(generate("acme", 50, 20, 30, 5, seed, edits=70)))

        assert company(1) == company(1) != company(2)

    def test_it_gives_what_was_asked_for(self) -> None:
        events = list(generate("acme", 50, 20, 30, 5, 1, edits=70))
        assert Counter(e["type"].split(".")[2] for e in events) == {
            "customer": 120,
            "project": 20,
            "invoice": 35,
        }
        assert len({event["id"] for event in events}) == len(events)
        versions = Counter(e["data"]["version"] for e in events if e["type"] == "team.moment.customer.saved")
        assert versions == {1: 50, 2: 50, 3: 20}

    @pytest.mark.parametrize("invoices", [1, 2, 7, 40])
    def test_every_share_of_credit_notes_can_be_had_up_to_one_for_each_invoice(self, invoices: int) -> None:
        for credit_notes in range(invoices + 1):
            documents = [e["data"] for e in generate("acme", 5, 0, invoices, credit_notes, 1)][5:]
            credited = [d["creditedInvoiceNumber"] for d in documents if d["kind"] == "CREDIT_NOTE"]
            originals = {d["invoiceNumber"] for d in documents if d["kind"] == "INVOICE"}
            assert len(credited) == len(set(credited)) == credit_notes
            assert set(credited) <= originals

    def test_a_huge_company_begins_at_once(self) -> None:
        endless = generate("acme", 10**6, 10**6, 10**6, 10**5, 1)
        assert len(list(itertools.islice(endless, 100))) == 100

    def test_what_cannot_be_is_said(self) -> None:
        with pytest.raises(ValueError, match="more credit notes than invoices"):
            list(generate("acme", 1, 0, 1, 2, 1))
        with pytest.raises(ValueError, match="at least one customer"):
            list(generate("acme", 0, 1, 0, 0, 1))
