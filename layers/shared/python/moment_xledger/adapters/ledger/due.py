"""What is due, by the sparse index: read to find work, never to decide anything."""

from dataclasses import dataclass
from datetime import datetime

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.releases import are_known


@dataclass(frozen=True)
class Work:
    """Tokens with something to send, by kind; companies with an export that was not finished, not told of, or not begun
    in its time; companies with invoices to mail; companies with files to upload; companies with held invoices to look
    at."""

    records: tuple[tuple[TokenId, Kind], ...]
    exports: tuple[CompanyId, ...]
    mails: tuple[CompanyId, ...]
    uploads: tuple[CompanyId, ...] = ()
    held: tuple[CompanyId, ...] = ()


class Due:
    def __init__(self, table: Table) -> None:
        self._table = table

    def until(self, now: datetime) -> Work:
        """Each once."""
        records: dict[tuple[TokenId, Kind], None] = {}
        companies: dict[str, dict[CompanyId, None]] = {
            "XSTATE": {},
            "TELL": {},
            "ORDER": {},
            "XMAIL": {},
            "HEAD": {},
            "SEND": {},
            "XHELD": {},
        }
        for shard in keys.SHARDS:
            for pk, sk in self._table.due(shard, keys.stamp(now)):
                if sk.startswith("WORK#"):
                    if not are_known(Kind, [sk.split("#")[1]]):
                        continue
                    records[TokenId(pk.removeprefix("CRED#")), Kind(sk.split("#")[1])] = None
                elif sk.split("#")[0] in companies:  # else it is for a newer release than this one
                    companies[sk.split("#")[0]][CompanyId(pk.removeprefix("T#").removesuffix("#INV"))] = None
        mails = companies["XMAIL"] | companies["HEAD"]
        exports = companies["XSTATE"] | companies["TELL"] | companies["ORDER"]
        uploads, held = tuple(companies["SEND"]), tuple(companies["XHELD"])
        return Work(tuple(records), tuple(exports), tuple(mails), uploads, held)
