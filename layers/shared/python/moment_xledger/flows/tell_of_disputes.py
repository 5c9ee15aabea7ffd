"""People are told once per company that Moment went back, however many records that is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import RECORDS, Code, Problem
from moment_xledger.domain.records import Record

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

EXAMPLES = 3


def refresh_disputes(
    company: CompanyId,
    changes: Iterable[tuple[Record | None, Record]],
    unchanged: Sequence[Record],
    ledger: "Ledger",
    now: datetime,
) -> None:
    """After these changes were stored, and others found done: by an earlier call that may have died before it told."""
    is_new = any(
        after.disputed and after.disputed != (before and before.disputed) for before, after in changes
    )
    is_over = any(before and before.disputed and not after.disputed for before, after in changes)
    if not (is_new or is_over or unchanged):
        return
    told = ledger.problems.get(company, RECORDS, "", Code.MOMENT_WENT_BACK)
    if is_new or (told is None and any(record.disputed for record in unchanged)) or (told and is_over):
        _tell(company, ledger, now, count=int(is_new))
    elif told and unchanged and not ledger.records.count_disputed(company):
        close_disputes(company, ledger)


def _tell(company: CompanyId, ledger: "Ledger", now: datetime, count: int) -> None:
    many = ledger.records.count_disputed(company)
    if many <= 0:
        close_disputes(company, ledger)
        return
    found = [record for kind in Kind for record in ledger.records.disputed(company, kind, EXAMPLES)]
    details = {"many": str(many), "examples": ", ".join(record.number for record in found[:EXAMPLES])}
    ledger.problems.report(
        [Problem(company, RECORDS, "", Code.MOMENT_WENT_BACK, details, "", now, now, count)]
    )


def close_disputes(company: CompanyId, ledger: "Ledger") -> None:
    ledger.problems.close(company, [(RECORDS, "")], [Code.MOMENT_WENT_BACK])
