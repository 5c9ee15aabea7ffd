"""What was wrong with an event that could not be read is over when its record comes in that version or a newer one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.events import UNREADABLE, names
from moment_xledger.domain.problems import Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def close_unreadable(company: CompanyId, read: Iterable[tuple[str, int, str, int]], ledger: "Ledger") -> None:
    """`read`: kind, id, number and version."""
    versions: dict[tuple[str, str], int] = {}
    for kind, id_, number, version in read:
        for name in names(kind, id_, number):
            versions[name] = max(version, versions.get(name, version))

    def is_over(problem: Problem) -> bool:
        return int(problem.details.get("version", 0)) <= versions[problem.kind, problem.number]

    ledger.problems.close(company, versions, UNREADABLE, where=is_over)
