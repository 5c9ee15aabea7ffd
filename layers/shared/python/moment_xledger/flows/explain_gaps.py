"""Why numbers are missing from an export, as far as the ledger knows."""

from functools import cached_property
from typing import TYPE_CHECKING

from moment_xledger.domain.absences import absence
from moment_xledger.domain.exports import Export
from moment_xledger.domain.files.series import NOT_TO_BE_TRANSFERRED, held_back
from moment_xledger.domain.invoices import KEPT_HERE, Held
from moment_xledger.domain.problems import OF_A_LATER_VERSION

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


class Gaps:
    def __init__(self, export: Export, ledger: "Ledger") -> None:
        self._export, self._ledger = export, ledger

    def reasons(self, hole: range) -> dict[int, str]:
        """Of the numbers in this range that have come at all."""
        company = self._export.company
        arrived = self._ledger.invoices.by_number(company, hole)
        held = self._ledger.invoices.held_now(company, hole)
        skipped = self._ledger.invoices.skipped_among(company, hole)
        reasons = dict.fromkeys(skipped, NOT_TO_BE_TRANSFERRED)
        codes = {number: self._code(number, each) for number, each in held.items()}
        reasons |= {
            number: NOT_TO_BE_TRANSFERRED if code in KEPT_HERE else held_back(code)
            for number, code in codes.items()
        }
        return reasons | {number: absence(snapshot, self._export) for number, snapshot in arrived.items()}

    def _code(self, number: int, held: Held) -> str:
        """What people were told, else what was written down when it was held."""
        return self._codes.get(str(number)) or (str(held.why.code) if held.why else "?")

    @cached_property
    def _codes(self) -> dict[str, str]:
        problems = self._ledger.problems.of(self._export.company, "invoice")
        return {
            problem.number: str(problem.code)
            for problem in problems
            if problem.code not in OF_A_LATER_VERSION  # that holds nothing back
        }
