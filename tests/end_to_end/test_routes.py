"""`run --route email` and `run --route upload` as processes. What came of them is looked up where invoices arrive."""

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests

from local import ROOT
from local.xledger.plan import Plan
from local.xledger.server import start

TOKEN = "token-of-these-tests"
SAMPLE = ROOT / "events" / "nordvik"
MOST_SECONDS = 100
A_FEW = 4  # invoices
RECEPTION = "mb.00000@xledger.example"

Event = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    status: int
    said: str
    told: dict[str, Any]  # --json
    state: dict[str, Any]  # Xledger's own
    out: Path


def sample(kind: str, count: int | None = None) -> list[Event]:
    lines = (SAMPLE / f"{kind}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:count]]


INVOICES = sample("invoices", A_FEW)
NUMBERS = sorted(event["data"]["invoiceNumber"] for event in INVOICES)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All customers and projects of the sample, with the first invoices."""
    folder = tmp_path_factory.mktemp("few")
    kinds = {"customers": sample("customers"), "projects": sample("projects"), "invoices": INVOICES}
    for kind, found in kinds.items():
        lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in found]
        (folder / f"{kind}.jsonl").write_text("".join(lines), "utf-8")
    return folder


def run(route: str, events: Path, folder: Path, plan: Plan | None = None) -> Outcome:
    told = folder / "told.json"
    with start((plan or Plan()).with_token(TOKEN)) as xledger:
        command = [sys.executable, "-m", "local", "run", "--route", route, "--events", str(events)]
        command += ["--out", str(folder / "out"), "--json", str(told)]
        command += ["--xledger-url", xledger.url, "--xledger-token", TOKEN]
        ended = subprocess.run(  # noqa: S603
            command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
        assert told.exists(), ended.stdout + ended.stderr
        state = requests.get(f"{xledger.url}/_state", timeout=10).json()
    return Outcome(ended.returncode, ended.stdout, json.loads(told.read_text()), state, folder / "out")


@pytest.fixture(scope="module")
def uploaded(events: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run("upload", events, tmp_path_factory.mktemp("upload"))


@pytest.fixture(scope="module")
def mailed(events: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run("email", events, tmp_path_factory.mktemp("email"))


def test_by_upload_all_is_well(uploaded: Outcome) -> None:
    assert uploaded.status == 0, uploaded.said
    assert "Everything that should have happened did." in uploaded.said


def test_xledger_has_a_voucher_of_each_invoice_that_sums_to_zero(uploaded: Outcome) -> None:
    vouchers = uploaded.state["vouchers"]
    assert sorted(int(each["voucherNo"]) for each in vouchers) == NUMBERS
    totals = {event["data"]["invoiceNumber"]: Decimal(event["data"]["total"]) for event in INVOICES}
    for voucher in vouchers:
        amounts = [Decimal(line["amount"]) for line in voucher["lines"]]
        assert sum(amounts) == 0
        (owed,) = [Decimal(line["amount"]) for line in voucher["lines"] if line["customer"]]
        assert owed == totals[int(voucher["voucherNo"])]


def test_the_upload_is_told_of_as_xledger_has_it(uploaded: Outcome) -> None:
    (theirs,), (told,) = uploaded.state["uploads"], uploaded.told["uploads"]
    assert (told["file_key"], told["file"]) == (theirs["fileKey"], theirs["fileName"])
    assert (told["outcome"], told["import_code"], told["vouchers"]) == ("imported", "GL02b", A_FEW)
    (export,) = uploaded.told["exports"]
    assert told["sha256"] == theirs["sha256"] == export["sha256"]


def test_the_accountant_is_told_that_nothing_is_to_be_imported(uploaded: Outcome) -> None:
    (mail,) = (uploaded.out / "mail").glob("*.eml")
    text = _read(mail).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert str(uploaded.state["uploads"][0]["fileKey"]) in text
    assert "Du trenger ikke å importere noe." in text


def test_by_mail_all_is_well(mailed: Outcome) -> None:
    assert mailed.status == 0, mailed.said
    assert "Everything that should have happened did." in mailed.said


def test_each_invoice_is_one_mail_with_one_pdf(mailed: Outcome) -> None:
    mails = [_read(path) for path in (mailed.out / "mail").glob("*.eml")]
    assert len(mails) == len(mailed.told["mails"]) == A_FEW
    attached = [part for mail in mails for part in mail.iter_attachments()]
    names = sorted(str(part.get_filename()) for part in attached)
    assert [int(name.removesuffix(".pdf").rpartition("-")[2]) for name in names] == NUMBERS
    assert all(part.get_content().startswith(b"%PDF-") for part in attached)
    assert {address for told in mailed.told["mails"] for address in told["to"]} == {RECEPTION}


def test_by_mail_no_file_is_made(mailed: Outcome) -> None:
    assert mailed.told["exports"] == mailed.told["uploads"] == []
    assert list(mailed.out.glob("*.csv")) == []


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
