"""The posted ledger of one entity: its year, and what tests have added to it or replaced."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from local.xledger.soap.ledger.given import as_given
from local.xledger.soap.ledger.lines import (
    OF_THE_SUPPLIER,
    PAYABLES,
    Line,
    NotALine,
    read_line,
)
from local.xledger.soap.ledger.purchases import Purchase
from local.xledger.soap.ledger.year import Year
from local.xledger.soap.plan import LedgerPlan, SoapPlan

OF_COSTS = ("TaxRule", "TaxAmount", "Posting1", "Posting2")
ID = "TransactionID"


class PostedLedger:
    def __init__(self, last: date) -> None:
        self._last = last
        self._only_added = False
        self._added: dict[str, Line] = {}  # by TransactionID
        self._nameless: list[Line] = []

    def put(self, request: Any) -> None:
        """`{"lines": [...], "replace": false}`; a line with a known TransactionID takes that one's place."""
        if not isinstance(request, dict) or not isinstance(request.get("lines"), list):
            raise NotALine(
                'Write {"lines": [{"TransactionID": 1, ...}]}, and "replace": true to empty it first.'
            )
        lines = [read_line(line) for line in request["lines"]]
        if request.get("replace"):
            self._only_added, self._added, self._nameless = True, {}, []
        for line in lines:
            if line.get(ID) is None:
                self._nameless.append(line)
            else:
                self._added[str(line[ID])] = line

    def lines(self, plan: LedgerPlan, vat_codes: Mapping[str, str]) -> Iterator[Line]:
        """All, as they stand now: what is added while somebody reads comes to the next reader."""
        year = (_with_code(line, vat_codes) for line in self._year(plan))
        return _merged(year, dict(self._added), list(self._nameless))

    def bought(self, plan: LedgerPlan, file_key: int) -> Purchase | None:
        return Year(plan, plan.ends or self._last).bought(file_key)

    def shown(self, plan: LedgerPlan) -> dict[str, Any]:
        ends = (plan.ends or self._last).isoformat()
        made = 0 if self._only_added else plan.lines
        return {"lines": made, "ends": ends, "added": len(self._added) + len(self._nameless)}

    def _year(self, plan: LedgerPlan) -> Iterator[Line]:
        return iter(()) if self._only_added else Year(plan, plan.ends or self._last).lines()


def _with_code(line: Line, vat_codes: Mapping[str, str]) -> Line:
    rule = line.get("TaxRule")
    return line | {"TaxRule": vat_codes[str(rule)]} if str(rule) in vat_codes else line


def _merged(year: Iterator[Line], added: dict[str, Line], nameless: list[Line]) -> Iterator[Line]:
    for line in year:
        yield added.pop(str(line[ID]), line)
    yield from added.values()
    yield from nameless


def of_general_ledger(lines: Iterable[Line], plan: SoapPlan) -> Iterator[Line]:
    """Every line; who the supplier is stands in the supplier ledger, under the same MatchID."""
    hidden = () if plan.supplier_on_gl_lines else OF_THE_SUPPLIER
    return as_given((_without(line, hidden) for line in lines), plan)


def of_suppliers(lines: Iterable[Line], plan: SoapPlan) -> Iterator[Line]:
    """What suppliers are owed and were paid, with VAT."""
    return as_given((_without(line, OF_COSTS) for line in lines if line.get("Account") == PAYABLES), plan)


def _without(line: Line, hidden: tuple[str, ...]) -> Line:
    return {name: value for name, value in line.items() if name not in hidden} if hidden else line
