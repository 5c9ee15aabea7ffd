"""Counts for people's eyes. Nothing is decided by them: a repeated delivery may count twice."""

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Table, Update
from moment_xledger.domain.companies import CompanyId


class Tallies:
    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, company: CompanyId, kind: str, name: str, count: int) -> None:
        self._table.write(Update((keys.company(company), f"TALLY#{kind}"), add={name: count}))

    def get(self, company: CompanyId, kind: str) -> dict[str, int]:
        item = self._table.get((keys.company(company), f"TALLY#{kind}")) or {}
        return {name: int(count) for name, count in item.items() if name not in ("pk", "sk")}
