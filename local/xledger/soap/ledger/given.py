"""How posted lines look to those who read them, where that is not published: the plan says which way."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from local.xledger.soap.ledger.lines import Line
from local.xledger.soap.plan import SoapPlan

Change = Callable[[Line], Line]


def as_given(lines: Iterable[Line], plan: SoapPlan) -> Iterator[Line]:
    changes = list(_changes(plan))
    for line in lines:
        given = line
        for change in changes:
            given = change(given)
        yield given


def _changes(plan: SoapPlan) -> Iterator[Change]:
    if plan.posted_amounts == "gross":
        yield _with_vat
    if plan.ids_name == "voucher":
        yield _named_by_voucher
    if plan.project_in != 2:
        yield lambda line: _placed(line, plan.project_in)
    if plan.column_names:
        yield lambda line: _renamed(line, plan.column_names)


def _with_vat(line: Line) -> Line:
    amount, tax = line.get("Amount"), line.get("TaxAmount")
    if line.get("TaxRule") is None or not isinstance(amount, Decimal) or not isinstance(tax, Decimal):
        return line
    return line | {"Amount": amount + tax}


def _named_by_voucher(line: Line) -> Line:
    return line if line.get("TransactionID") is None else line | {"TransactionID": line.get("VoucherNo")}


def _placed(line: Line, slot: int) -> Line:
    """The department goes where the project is not."""
    project, department = line.get("Posting2"), line.get("Posting1")
    rest = {name: value for name, value in line.items() if name not in ("Posting1", "Posting2")}
    other = 2 if slot == 1 else 1
    return rest | {f"Posting{slot}": project, f"Posting{other}": department}


def _renamed(line: Line, names: dict[str, str]) -> Line:
    return {names.get(name, name): value for name, value in line.items() if names.get(name, name)}
