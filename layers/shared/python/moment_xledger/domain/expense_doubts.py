"""Signs that a guess about a company's Xledger is wrong: told of, instead of a run that did nothing being a success.

Once an answer has shown the opposite, a quiet hour is no sign of anything.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from moment_xledger.domain.expense_facts import LACKS_VAT, VAT, Facts
from moment_xledger.domain.expenses import ProjectState, Terms
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code

SEVERAL = 3  # projects that Moment does not have may be a coincidence below that
MANY = 10  # costs without a word about VAT
LINE, ACCOUNT, PROJECT, KNOWN = "line", "account", "project", "known_project"
COLUMNS = {ACCOUNT: "Account", VAT: "TaxRule, TaxAmount"}
CODES = (
    Code.EXPENSES_NOTHING_POSTED,
    Code.EXPENSES_COLUMN_MISSING,
    Code.EXPENSES_AMOUNTS_UNCLEAR,
    Code.EXPENSES_WITHOUT_PROJECTS,
    Code.EXPENSES_PROJECTS_UNKNOWN,
)


class Doubt(NamedTuple):
    code: Code
    details: dict[str, str]


@dataclass
class Looked:
    """What the answers of one run have shown."""

    lines: int = 0
    costs: int = 0  # on the company's accounts
    seen: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)

    def at(self, rows: Sequence[Row], terms: Terms) -> None:
        self.lines += len(rows)
        if rows:
            self.seen.add(LINE)
        for row in rows:
            if row.account:
                self.seen.add(ACCOUNT)
            if row.account in terms.accounts:
                self.costs += 1
                if row.project:
                    self.seen.add(PROJECT)
                    self.projects.add(row.project)
                if row.tax_rule is not None or row.tax_amount is not None:
                    self.seen.add(VAT)

    def doubts(self, facts: Facts, states: dict[str, ProjectState], terms: Terms) -> Iterator[Doubt]:
        """At the end of a run. `facts` have what earlier runs have seen, too."""
        seen, slot = facts.seen | self.seen, str(terms.project_dimension)
        if LINE not in seen:
            yield Doubt(Code.EXPENSES_NOTHING_POSTED, {})
        elif ACCOUNT not in seen:
            yield missing(COLUMNS[ACCOUNT], self.lines)
        elif self.costs and PROJECT not in seen:
            yield Doubt(Code.EXPENSES_WITHOUT_PROJECTS, {"lines": str(self.costs), "slot": slot})
        elif len(self.projects) >= SEVERAL and KNOWN not in seen | known(self.projects, states):
            yield Doubt(Code.EXPENSES_PROJECTS_UNKNOWN, {"projects": str(len(self.projects)), "slot": slot})
        if facts.is_unclear:
            yield Doubt(Code.EXPENSES_AMOUNTS_UNCLEAR, facts.counts())
        if VAT not in seen and (self.costs >= MANY or LACKS_VAT in seen):
            yield missing(COLUMNS[VAT], max(self.costs, 1))


def known(projects: Set[str], states: dict[str, ProjectState]) -> set[str]:
    found = (states.get(project, ProjectState.UNKNOWN) for project in projects)
    return {KNOWN} if any(state is not ProjectState.UNKNOWN for state in found) else set()


def missing(column: str, lines: int) -> Doubt:
    return Doubt(Code.EXPENSES_COLUMN_MISSING, {"column": column, "lines": str(lines)})


def is_one_fault(bad: Sequence[BadRow], rows: Sequence[Row], facts: Facts) -> bool:
    """Every row of the answer has the same fault, and none was ever read: that is no fault of the rows."""
    return not rows and len(bad) > 1 and LINE not in facts.seen and len({row.reason for row in bad}) == 1
