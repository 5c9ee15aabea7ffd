"""`make run`'s own path, as a process. What came of it is looked up in Xledger and in the file, not in our reports."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from local import ROOT
from local.xledger.plan import Plan
from local.xledger.server import start

TOKEN = "token-of-these-tests"
SAMPLE = ROOT / "events" / "nordvik"
MOST_SECONDS = 120
A_FEW = 12  # invoices
COLUMNS = "InvoiceNo;Text;CustomerNo;Project;InvoiceDate;DueDate;PaymentId;TotalAmount;VatCode"

Event = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What is left when everything that ran has been stopped."""

    status: int
    said: str
    told: dict[str, Any]  # --json
    state: dict[str, Any]  # Xledger's own
    files: list[Path]

    @property
    def rows(self) -> list[dict[str, str]]:
        (file,) = self.files
        return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline=""), delimiter=";"))

    def problems(self) -> dict[str, str]:
        """Code → message."""
        kinds = ("customers", "projects", "invoices", "events")
        return {each["code"]: each["message"] for kind in kinds for each in self.told[kind]["problems"]}


def run(folder: Path, xledger: str, *events: Path) -> Outcome:
    out, told = folder / "out", folder / "told.json"
    command = [sys.executable, "-m", "local", "run", "--events", *map(str, events), "--out", str(out)]
    command += ["--json", str(told), "--xledger-url", xledger, "--xledger-token", TOKEN]
    ended = subprocess.run(  # noqa: S603
        command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert told.exists(), ended.stdout + ended.stderr
    state = requests.get(f"{xledger}/_state", timeout=10).json()
    return Outcome(
        ended.returncode, ended.stdout, json.loads(told.read_text()), state, sorted(out.glob("*.csv"))
    )


@contextmanager
def an_xledger() -> Iterator[str]:
    with start(Plan().with_token(TOKEN)) as running:
        yield running.url


def sample(kind: str, count: int | None = None) -> list[Event]:
    lines = (SAMPLE / f"{kind}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:count]]


def write(folder: Path, **kinds: list[Event]) -> Path:
    for kind, events in kinds.items():
        lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in events]
        (folder / f"{kind}.jsonl").write_text("".join(lines), "utf-8")
    return folder


def newest(events: list[Event]) -> list[Event]:
    """What Moment says in the end of each record."""
    by_id: dict[int, Event] = {}
    for data in (event["data"] for event in events):
        if data["version"] > by_id.get(data["id"], {"version": -1})["version"]:
            by_id[data["id"]] = data
    return list(by_id.values())


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All customers and projects of the sample, with the first invoices."""
    folder = tmp_path_factory.mktemp("few")
    invoices = sample("invoices", A_FEW)
    return write(folder, customers=sample("customers"), projects=sample("projects"), invoices=invoices)


@pytest.fixture(scope="module")
def outcome(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    with an_xledger() as xledger:
        yield run(tmp_path_factory.mktemp("good"), xledger, few)


def test_all_is_well(outcome: Outcome) -> None:
    assert outcome.status == 0, outcome.said
    assert "Everything that should have happened did." in outcome.said
    assert outcome.problems() == {}


def test_xledger_holds_each_customer_once_as_moment_last_said(outcome: Outcome) -> None:
    wanted = newest(sample("customers"))
    held = {record["code"]: record for record in outcome.state["customers"]}
    assert len(outcome.state["customers"]) == len(held)
    assert {code: record["description"] for code, record in held.items()} == {
        data["customerNumber"]: data["name"] for data in wanted
    }


def test_customers_with_one_organisation_number_share_a_company(outcome: Outcome) -> None:
    customers = newest(sample("customers"))
    wanted = {data["organizationNumber"] for data in customers if data.get("organizationNumber")}
    companies = [each["companyNumber"] for each in outcome.state["companies"] if each.get("companyNumber")]
    assert sorted(companies) == sorted(wanted)


def test_xledger_holds_each_project_once_with_its_customer(outcome: Outcome) -> None:
    wanted = {data["projectNumber"]: data["name"] for data in newest(sample("projects"))}
    assert len(outcome.state["projects"]) == len(wanted)
    assert {record["code"]: record["description"] for record in outcome.state["projects"]} == wanted


def test_the_file_holds_every_invoice_to_the_oere(outcome: Outcome) -> None:
    totals: dict[str, Decimal] = {}
    for row in outcome.rows:
        totals[row["InvoiceNo"]] = totals.get(row["InvoiceNo"], Decimal(0)) + Decimal(row["TotalAmount"])
    wanted = {str(e["data"]["invoiceNumber"]): Decimal(e["data"]["total"]) for e in sample("invoices", A_FEW)}
    assert totals == wanted


def test_the_file_is_one_that_xledger_imports(outcome: Outcome) -> None:
    (file,) = outcome.files
    content = file.read_bytes()
    assert content.startswith(f"{COLUMNS}\r\n".encode())
    assert content.count(b"\n") == content.count(b"\r\n") == len(outcome.rows) + 1
    assert all(len(row["InvoiceDate"]) == 8 for row in outcome.rows)


def test_what_is_told_is_what_happened(outcome: Outcome) -> None:
    (file,), (export,) = outcome.files, outcome.told["exports"]
    assert export["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (export["file"], export["rows"], export["invoices"]) == (str(file), len(outcome.rows), A_FEW)
    assert Decimal(export["total"]) == sum(Decimal(row["TotalAmount"]) for row in outcome.rows)
    asked = outcome.state["requests"]
    assert outcome.told["xledger"] == {
        "requests": asked["total"],
        "refused": asked["refused"],
        "by_operation": asked["by_operation"],
    }


def test_what_changes_together_travels_together(outcome: Outcome) -> None:
    assert outcome.state["requests"]["refused"] == 0
    asked = outcome.state["requests"]["by_operation"]
    records = sum(count for name, count in asked.items() if name.startswith(("Add", "Update", "LookUp")))
    assert records <= 7
    assert outcome.state["requests"]["total"] <= 14  # with what is read of accounts, rates and entities


# A file of events/bad, or one made here -> the code, and what the sentence must name.
BAD = {
    "not-json": ("EVENT_NOT_JSON", "JSON"),
    "not-a-cloudevent": ("EVENT_NOT_CLOUDEVENT", "specversion"),
    "unknown-type": ("EVENT_TYPE_UNKNOWN", "type"),
    "unknown-company": ("COMPANY_UNKNOWN", "ukjent"),
    "missing-customer-number": ("FIELD_MISSING", "customer number"),
    "impossible-date": ("FIELD_INVALID", "invoice date"),
    "draft-invoice": ("INVOICE_NOT_FINALIZED", ""),
    "total-differs-from-vat-lines": ("TOTAL_DIFFERS", ""),
    "unknown-vat-code": ("VAT_CODE_UNMAPPED", "99"),
    "wrong-kid-check-digit": ("KID_INVALID", "KID"),
    "due-before-invoice-date": ("DUE_BEFORE_INVOICE_DATE", ""),
    "credit-note-without-invoice": ("CREDIT_NOTE_WITHOUT_INVOICE", ""),
    "changed-after-finalized": ("INVOICE_CHANGED", ""),
    "too-large": ("EVENT_TOO_LARGE", "1 MiB"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As in events/bad, but each invoice with a number of its own, so that each is a problem of its own."""
    folder = tmp_path_factory.mktemp("bad")
    for n, name in enumerate(BAD):
        if name == "too-large":
            large = sample("customers", 1)[0]
            text = json.dumps(large | {"data": large["data"] | {"name": "x" * 1024 * 1024}})
        else:
            text = (ROOT / "events" / "bad" / f"{name}.json").read_text("utf-8")
        (folder / f"{name}.json").write_text(
            text.replace('"invoiceNumber": 10130', f'"invoiceNumber": {20_000 + n}')
        )
    return folder


@pytest.fixture(scope="module")
def spoiled(few: Path, bad: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    with an_xledger() as xledger:
        yield run(tmp_path_factory.mktemp("spoiled"), xledger, few, bad)


def test_bad_events_show_in_the_status_and_on_the_screen(spoiled: Outcome) -> None:
    assert spoiled.status == 1
    assert "Everything that should have happened did." not in spoiled.said


@pytest.mark.parametrize("name", BAD)
def test_each_bad_event_is_reported_with_its_reason(spoiled: Outcome, name: str) -> None:
    code, named = BAD[name]
    assert named in spoiled.problems()[code]
    assert code in spoiled.said


def test_the_good_events_go_through_all_the_same(spoiled: Outcome) -> None:
    customers = {data["customerNumber"] for data in newest(sample("customers"))}
    invoices = {str(event["data"]["invoiceNumber"]) for event in sample("invoices", A_FEW)}
    assert sorted(record["code"] for record in spoiled.state["customers"]) == sorted(customers)
    assert {row["InvoiceNo"] for row in spoiled.rows} == invoices
