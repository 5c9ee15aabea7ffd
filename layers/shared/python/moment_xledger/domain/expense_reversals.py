"""A cost and the line that reverses it: together they are nothing, for as long as they still fit each other."""

from dataclasses import dataclass
from decimal import Decimal

from moment_xledger.domain.companies import Language
from moment_xledger.domain.expense_entries import Entry, State
from moment_xledger.domain.expenses import LONGEST_TEXT, Expense

REVERSED = {Language.NORWEGIAN: "Tilbakeført", Language.ENGLISH: "Reversed"}


def cancellation(told: Expense, language: Language) -> dict[str, object]:
    """The expense stays, so that everybody sees what became of it."""
    text = f"{REVERSED[language]}: {told.description}"[:LONGEST_TEXT]
    return {"amount": Decimal("0.00"), "billable": False, "description": text}


def takes_back(line: Expense, other: Entry) -> bool:
    """Return True if `line`, a negative one, is the reversal of what Moment was told by `other`."""
    return other.state is State.BOOKED and other.expense is not None and _cancel_out(other.expense, line)


def _cancel_out(cost: Expense, reversal: Expense) -> bool:
    stands = (cost.account, cost.project)
    return cost.amount == -reversal.amount and stands == (reversal.account, reversal.project)


@dataclass(frozen=True)
class Pair:
    """Moment has the cost with no amount, and nothing of the reversal."""

    cost: Entry
    reversal: Entry

    @classmethod
    def of(cls, entry: Entry, other: Entry | None) -> "Pair | None":
        """None where the other one does not know of it."""
        if other is None:
            return None
        pair = cls(other, entry) if entry.counters else cls(entry, other)
        known = pair.reversal.counters == pair.cost.id and pair.cost.countered_by == pair.reversal.id
        return pair if known else None

    @property
    def holds(self) -> bool:
        """Both are matched with each other and come to nothing, as they were last seen."""
        cost, reversal = self.cost, self.reversal
        if cost.expense is None or reversal.expense is None or cost.match_id is None:
            return False
        return cost.match_id == reversal.match_id and _cancel_out(cost.expense, reversal.expense)
