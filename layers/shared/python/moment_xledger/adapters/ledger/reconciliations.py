"""How far each company's invoices have been compared with Moment's, and which changes were told."""

from collections.abc import Iterable, Mapping

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Key, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.reconciliation import Progress


class Reconciliations:
    def __init__(self, table: Table) -> None:
        self._table = table

    def progress(self, company: CompanyId) -> Progress:
        item = self._table.get(_key(company))
        if item is None:
            return Progress()
        return Progress(
            int(item["ver"]),
            keys.moment(item["cursor"]) if "cursor" in item else None,
            int(item["late"]),
            tuple(map(int, item["examples"])),
            tuple(map(int, item["expected"])),
        )

    def save(self, company: CompanyId, progress: Progress) -> None:
        """`progress.ver` is one more than what was read. Raises `Conflict` if somebody else compares as well."""
        item = {
            "ver": progress.ver,
            "late": progress.late,
            "examples": list(progress.examples),
            "expected": list(progress.expected),
        }
        cursor = {"cursor": keys.stamp(progress.cursor)} if progress.cursor else {}
        unchanged = Attr("ver").eq(progress.ver - 1) if progress.ver > 1 else Attr("ver").not_exists()
        self._table.write(Put(_key(company), item | cursor, when=unchanged))

    def told_changes(self, company: CompanyId, numbers: Iterable[int]) -> dict[int, str]:
        """Of those of them that were told as changed: as which content."""
        found = self._table.get_many(_told(company, number) for number in numbers)
        return {int(sk.removeprefix("DIFF#")): str(item["hash"]) for (_, sk), item in found.items()}

    def tell_changes(self, company: CompanyId, contents: Mapping[int, str]) -> None:
        for number, hash_ in contents.items():
            self._table.write(Put(_told(company, number), {"hash": hash_}))


def _key(company: CompanyId) -> Key:
    return keys.company(company), "COMPARED"


def _told(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"DIFF#{number}"
