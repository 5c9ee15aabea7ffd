"""What a file import leaves behind, as GraphQL shows it: staged lines, then posted invoices."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.xledger.engine import Xledger
from local.xledger.plan import OWNER_CODE, TOKEN, parse_plan
from local.xledger.soap.imports.register import Register

POSTED = """{ arTransactions(first: 10, filter: {invoiceDate_gte: "2026-10-01", invoiceDate_lt: "2026-11-01"},
  ownerSet: ALL) { edges { node { invoiceNumber amount subledger { code } owner { ownerCode }
  slTransactionType { name } transactionHeader { trRegNumber transactionSource { code } } } } } }"""
STAGED = "{ glImportItems(first: 10, ownerSet: ALL) { edges { node { invoiceNumber ownerDbId } } } }"
HEAD = "InvoiceNo;Text;CustomerNo;Project;InvoiceDate;DueDate;PaymentId;TotalAmount;VatCode"


def row(number: int, customer: str = "10001", amount: str = "125.00") -> str:
    return f"{number};Arbeid;{customer};;20261031;20261114;{number};{amount};3"


class Imports:
    def __init__(self, **soap: Any) -> None:
        self.now = datetime(2026, 11, 2, 8, tzinfo=UTC)
        plan = parse_plan({"soap": {"own_import_codes": {"OWN": "standard"}, **soap}})
        self.xledger = Xledger(plan, clock=lambda: self.now)
        self.state = self.xledger.state
        self.owner = self.state.entities.find("ownerCode", OWNER_CODE)[0]
        self.state.add("customers", {"code": "10001", "description": "Fjord"}, self.owner)

    def receive(self, *rows: str) -> dict[str, Any]:
        register = Register(self.state, frozenset({self.owner["dbId"]}), OWNER_CODE, self.xledger.plan.soap)
        content = "\r\n".join([HEAD, *rows, ""]).encode()
        self.xledger.soap.uploads.receive("f.csv", content, "OWN", register)
        return dict(self.xledger.seen()["uploads"][-1])

    def ask(self, query: str) -> list[dict[str, Any]]:
        headers = {"Authorization": f"token {TOKEN}"}
        answer = self.xledger.answer("/graphql", headers, json.dumps({"query": query}).encode())
        (connection,) = json.loads(answer.body)["data"].values()
        return [edge["node"] for edge in connection["edges"] or []]


def test_an_imported_invoice_is_a_posted_line_of_its_customer() -> None:
    imports = Imports()
    imports.receive(row(101), row(101, amount="25.00"), row(102, amount="-60.00"))
    first, second = imports.ask(POSTED)
    assert (first["invoiceNumber"], first["amount"], first["subledger"]) == (
        "101",
        "150.00",
        {"code": "10001"},
    )
    assert (first["owner"], first["slTransactionType"]) == ({"ownerCode": OWNER_CODE}, {"name": "INVOICE"})
    assert (second["invoiceNumber"], second["slTransactionType"]) == ("102", {"name": "CREDIT_MEMO"})
    assert imports.ask(STAGED) == []


def test_it_is_staged_until_it_is_posted() -> None:
    imports = Imports(import_posts_after_seconds=1800)
    imports.receive(row(101))
    assert [each["invoiceNumber"] for each in imports.ask(STAGED)] == ["101"]
    assert imports.ask(POSTED) == []
    imports.now += timedelta(minutes=31)
    assert [each["invoiceNumber"] for each in imports.ask(POSTED)] == ["101"]
    assert imports.ask(STAGED) == []


def test_where_nobody_approves_it_it_stays_staged() -> None:
    imports = Imports(import_posts_after_seconds=None)
    imports.receive(row(101))
    imports.now += timedelta(days=30)
    assert (len(imports.ask(STAGED)), imports.ask(POSTED)) == (1, [])


@pytest.mark.parametrize(
    ("refuses", "outcome", "posted"),
    [("file", "refused", []), ("voucher", "imported in part", ["101", "103"])],
)
def test_one_bad_row_refuses_the_file_or_its_own_voucher(
    refuses: str, outcome: str, posted: list[str]
) -> None:
    imports = Imports(one_bad_row_refuses=refuses)
    seen = imports.receive(row(101), row(102), row(102, customer="99999"), row(103))
    assert (seen["outcome"], len(seen["reasons"])) == (outcome, 1)
    assert [each["invoiceNumber"] for each in imports.ask(POSTED)] == posted
