"""The counters of records agree with the records: those that were stored before there were counters are counted too."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def mend_counts(company: CompanyId, ledger: "Ledger", has_time: Callable[[], bool]) -> int:
    """How many counts were put right. Those that there is no time for, another night looks at."""
    return sum(ledger.records.mend_counts(company, kind, has_time) for kind in Kind if has_time())
