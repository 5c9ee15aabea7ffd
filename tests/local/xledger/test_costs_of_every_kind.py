"""The import of costs from a simulated Xledger, whatever it is like where that is not published: the same expenses."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from local.serving import Running
from local.xledger.plan import Plan
from local.xledger.server import start
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.adapters.xledger_postings import Postings
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.dimensions import Dimensions, slots_of
from moment_xledger.domain.expenses import ProjectState
from tests.flows.costs import Costs

ENDS = date(2026, 11, 20)
OTHER_NAMES = {
    "TransactionID": "TransactionDbId",
    "VoucherNo": "TransactionNumber",
    "VoucherDate": "PostedDate",
    "InvoiceNo": "InvoiceNumber",
    "SubledgerName": "SupplierName",
    "Posting1": "GLObject1",
    "Posting2": "GLObject2",
    "Text": "Description",
    "TaxAmount": "VATAmount",
    "TaxRule": "VatCode",
}


@pytest.fixture(scope="module")
def xledger() -> Iterator[Running]:
    with start(Plan.model_validate({"soap": {"ledger": {"ends": ENDS, "lines": 540}}})) as running:
        yield running


class AllProjects(dict[str, ProjectState]):
    """Every project but the one that Moment never had."""

    def get(self, number: str, default: Any = None) -> ProjectState:
        is_known = number.startswith("P-") and number != "P-9001"
        return ProjectState.OPEN if is_known else ProjectState.UNKNOWN


def imported(xledger: Running, project: int | None = None, **soap: Any) -> Costs:
    """`project`: the GL object that Xledger says projects are in."""
    usual = {"posted_amounts": "net", "ids_name": "line", "project_in": 2, "column_names": {}}
    ordered = {"soap": usual | soap}
    requests.post(f"{xledger.url}/_plan", json=ordered, timeout=5).raise_for_status()
    costs = Costs(is_first=True, expenses_from=date(2025, 12, 1))
    costs.moment.projects = AllProjects()
    if project:
        read = Dimensions(project, None, costs.time.now)
        costs.ledger.references.save_dimensions(costs.company.token_id, read)
    session = requests.Session()
    session.trust_env = False
    line = Line(host("test", xledger.url), session, timedelta(seconds=20))
    slots = slots_of(costs.company, costs.ledger.references.dimensions(costs.company.token_id))
    costs.books = Postings(XledgerSoap(SoapLogin(USER, PASSWORD), line), 99168, slots)  # type: ignore[assignment]
    return costs


def told(costs: Costs) -> Counter[tuple[Any, ...]]:
    names = ("description", "amount", "project", "account", "supplier", "invoice_number", "invoice_date")
    return Counter(tuple(each[name] for name in names) for each in costs.moment.expenses.values())


@pytest.fixture(scope="module")
def expected(xledger: Running) -> Counter[tuple[Any, ...]]:
    costs = imported(xledger)
    assert costs.run().stopped == ""
    assert len(costs.moment.expenses) > 30
    return told(costs)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"posted_amounts": "gross"}, id="amounts with their VAT"),
        pytest.param({"ids_name": "voucher"}, id="ids of vouchers"),
        pytest.param({"project_in": 1, "project": 1}, id="the project in GL object 1"),
        pytest.param({"project_in": 3, "project": 3}, id="the project in GL object 3"),
        pytest.param({"column_names": OTHER_NAMES}, id="other names for columns"),
        pytest.param(
            {"posted_amounts": "gross", "ids_name": "voucher", "project_in": 3, "project": 3},
            id="all at once",
        ),
        pytest.param(
            {"ids_name": "voucher", "result_shape": "string", "decimal_comma": True}, id="in another shape"
        ),
    ],
)
def test_the_same_expenses_come(
    xledger: Running, expected: Counter[tuple[Any, ...]], settings: dict[str, Any]
) -> None:
    usual: dict[str, Any] = {"result_shape": "fragment", "decimal_comma": False}
    costs = imported(xledger, **(usual | settings))
    assert costs.run().stopped == ""
    assert told(costs) == expected
    assert {code for _, code in costs.problems()} <= {"EXPENSE_PROJECT_UNKNOWN"}
    again = costs.later()
    assert (again.created, again.stopped, told(costs) == expected) == (0, "", True)


@pytest.mark.parametrize(
    ("settings", "doubt"),
    [
        pytest.param({"project_in": 3}, "EXPENSES_WITHOUT_PROJECTS", id="the project is elsewhere"),
        pytest.param({"column_names": {"Amount": "Sum"}}, "EXPENSES_COLUMN_MISSING", id="no amount"),
        pytest.param({"column_names": {"Account": "Konto"}}, "EXPENSES_COLUMN_MISSING", id="no account"),
        pytest.param(
            {"column_names": {"TaxRule": "", "TaxAmount": ""}},
            "EXPENSES_COLUMN_MISSING",
            id="nothing about VAT",
        ),
    ],
)
def test_a_guess_that_is_wrong_here_is_told_of(
    xledger: Running, settings: dict[str, Any], doubt: str
) -> None:
    costs = imported(xledger, **settings)
    assert costs.run().stopped == doubt
    assert doubt in {code for _, code in costs.problems()}
