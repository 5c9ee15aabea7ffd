"""Costs that are posted in the simulated Xledger, on their way to Moment as expenses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import requests

from local.run.options import MOMENT_PATH
from local.run.problems import Problem
from local.run.shown import State
from local.xledger.plan import OWNER_CODE
from local.xledger.soap.ledger.lines import Line
from local.xledger.soap.ledger.year import Year
from local.xledger.soap.plan import PASSWORD, USER, LedgerPlan
from local.xledger.times import CENTRAL_EUROPE
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.expense_runs import FIRST

ACCOUNTS = "4000-4999,7140"
LOGIN = SoapLogin(USER, PASSWORD)
Sums = dict[str, Decimal]  # by project


@dataclass(frozen=True)
class Costs:
    """What came of it: our own report, what Moment holds, and what is said to people about the rest."""

    report: Mapping[str, Any] = field(default_factory=dict)
    held: int = 0
    total: Decimal = Decimal(0)
    problems: tuple[Problem, ...] = ()

    def lines(self) -> Iterator[str]:
        if not self.report:
            return
        counts = ", ".join(
            f"{count} {name}" for name, count in self.report.items() if isinstance(count, int) and count
        )
        left = ", ".join(f"{reason} {count}" for reason, count in self.report["skipped"].items())
        yield f"Xledger's ledger: {counts}; left: {left or 'nothing'}"
        yield f"Moment holds {self.held} expenses, {self.total} NOK with VAT in all"
        yield from (f"  {problem.number} ({problem.code}): {problem.message}" for problem in self.problems)


def settings(state: State) -> dict[str, Any]:
    """What the administrator would fill out. The simulated token is of the first entity that is shown."""
    entities = state.get("entities") or [{"ownerCode": OWNER_CODE}]
    owner_code = entities[0]["ownerCode"]
    return {"import_expenses": True, "owner_code": owner_code, "expense_accounts": ACCOUNTS}


def in_moment(moment_url: str) -> tuple[list[dict[str, Any]], set[str]]:
    """Its expenses and the numbers of its open projects, from the simulator itself."""
    state = requests.get(moment_url.removesuffix(MOMENT_PATH) + "/_state", timeout=10).json()
    return state["expenses"], {each["projectNumber"] for each in state["projects"] if each["active"]}


def expected(ledger: Mapping[str, Any], projects: set[str], now: datetime, accounts: str = ACCOUNTS) -> Sums:
    """What posted costs add up to, for each project, from the simulated ledger alone."""
    year = Year(LedgerPlan(lines=ledger["lines"]), datetime.fromisoformat(ledger["ends"]).date())
    until = now.astimezone(CENTRAL_EUROPE).replace(tzinfo=None)
    sums: Sums = {}
    for line in year.lines():
        if line.get("Posting2") in projects and _is_due(line, until, accounts):
            project = str(line["Posting2"])
            sums[project] = sums.get(project, Decimal(0)) + _with_vat(line)
    return {project: total for project, total in sums.items() if total}


def differences(held: list[dict[str, Any]], wanted: Sums) -> Iterator[str]:
    """What Moment holds otherwise; a cost and its reversal together are nothing."""
    sums: Sums = {}
    for each in held:
        sums[each["projectNumber"]] = sums.get(each["projectNumber"], Decimal(0)) + Decimal(each["amount"])
    for project in sorted(sums.keys() | wanted.keys()):
        ours, theirs = sums.get(project, Decimal(0)), wanted.get(project, Decimal(0))
        if ours != theirs:
            yield f"Moment has expenses of {ours} on project {project}, Xledger costs of {theirs}."
    if len({each["externalId"] for each in held}) < len(held):
        yield "Moment holds an expense twice."


def _is_due(line: Line, until: datetime, accounts: str) -> bool:
    modified = line["Modified"]
    return (
        isinstance(modified, datetime)
        and until - FIRST < modified <= until
        and str(line["Account"]) in AccountRanges.read(accounts)
    )


def _with_vat(line: Line) -> Decimal:
    return Decimal(str(line["Amount"])) + Decimal(str(line.get("TaxAmount") or 0))
