"""How the import of expenses goes: what one item of the ledger each says of all lines and of the last run."""

from collections import Counter

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.expenses import ExpensesFacts
from moment_xledger.domain.companies import Company
from moment_xledger.domain.expense_entries import State

KINDS = ("expense", "expenses")  # of problems: with one line, and with all of them
DONE = ("created", "updated", "cancelled")


def expenses_card(company: Company, problems: Counter[str], desk: Desk) -> ExpensesFacts | None:
    """None where expenses are not imported and never were. `problems`: how many there are, by kind."""
    progress = desk.ledger.expenses.progress(company.id)
    if not company.import_expenses and progress.ran_at is None:
        return None
    count, report = desk.ledger.expenses.count(company.id), progress.report or {}
    return {
        "is_on": company.import_expenses,
        "in_moment": count[State.BOOKED] + count[State.CANCELLED],
        "waiting": count[State.HELD] + count[State.INTENT],
        "problems": sum(problems[kind] for kind in KINDS),
        "last_run": progress.ran_at,
        "last_run_finished": not report.get("stopped"),
        "last_changes": {name: int(report.get(name, 0)) for name in DONE},
    }
