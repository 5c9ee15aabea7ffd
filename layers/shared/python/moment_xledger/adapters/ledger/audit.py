"""The audit: one line for each deed, never changed. It holds no link and no token."""

from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.releases import as_stored


class Audit:
    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, deed: Deed) -> None:
        self._table.write(noted(deed))

    def of(self, company: CompanyId, limit: int | None = None) -> Iterator[Deed]:
        """Newest first."""
        found = self._table.query(keys.company(company), "AUD#", limit=limit, newest_first=True)
        yield from (_deed(company, item) for item in found)

    def page(self, company: CompanyId, size: int, before: str = "") -> tuple[list[Deed], str]:
        """Newest first, and what the next page comes `before`; nothing where this is the last one."""
        start = f"AUD#{before}" if before else ""
        items = self._table.query(
            keys.company(company), "AUD#", after=start, limit=size + 1, newest_first=True
        )
        found = list(islice(items, size + 1))
        following = found[size - 1]["sk"].removeprefix("AUD#") if len(found) > size else ""
        return [_deed(company, item) for item in found[:size]], following


def noted(deed: Deed) -> Put:
    sk = f"AUD#{keys.stamp(deed.when)}#{uuid4().hex}"
    item: Item = {"who": deed.who, "what": str(deed.what)}
    item |= {"export": deed.export} if deed.export else {}
    item |= {"file": deed.file} if deed.file else {}
    item |= {"about": deed.about} if deed.about else {}
    return Put((keys.company(deed.company), sk), item, Attr("what").not_exists(), books_of=deed.when)


def _deed(company: CompanyId, item: Item) -> Deed:
    return Deed(
        company,
        keys.moment(item["sk"].split("#")[1]),
        item["who"],
        as_stored(What, item["what"]),
        int(item["export"]) if "export" in item else None,
        item.get("file", ""),
        item.get("about", ""),
    )
