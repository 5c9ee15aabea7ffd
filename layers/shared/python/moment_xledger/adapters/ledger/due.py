"""What is due, by the sparse index: read to find work, never to decide anything."""

from datetime import datetime

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.moment import Kind


class Due:
    def __init__(self, table: Table) -> None:
        self._table = table

    def until(self, now: datetime) -> tuple[list[tuple[TokenId, Kind]], list[CompanyId]]:
        """Tokens with something to send, by kind; companies with an export that was not finished in its time."""
        records: dict[tuple[TokenId, Kind], None] = {}
        exports = []
        for shard in keys.SHARDS:
            for pk, sk in self._table.due(shard, keys.stamp(now)):
                if sk.startswith("WORK#"):
                    records[TokenId(pk.removeprefix("CRED#")), Kind(sk.split("#")[1])] = None
                else:
                    exports.append(CompanyId(pk.removeprefix("T#").removesuffix("#INV")))
        return list(records), exports
