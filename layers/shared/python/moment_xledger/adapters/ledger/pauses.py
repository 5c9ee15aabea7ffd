"""Whose work stands still: all in one partition that is nearly always empty, so that one small request answers it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.pauses import Pause
from moment_xledger.domain.pauses import Pauses as Found

REMEMBERED = timedelta(days=7)  # for the alarms, which need minutes


class Pauses:
    def __init__(self, table: Table) -> None:
        self._table = table

    def now(self) -> Found:
        return _found(self._table.query(keys.PAUSES))

    def of(self, company: CompanyId) -> Pause | None:
        """The one that this company stands still by."""
        return _found(self._table.get_many(keys.pauses(company)).values()).of(company)

    def pause(self, company: CompanyId | None, pause: Pause) -> None:
        """Of everybody where no company is named. The newest reason counts."""
        item = {"since": keys.stamp(pause.since), "who": pause.who, "why": pause.why}
        self._table.write(Put((keys.PAUSES, company or keys.EVERYBODY), item))

    def lift(self, company: CompanyId | None, now: datetime) -> bool:
        """False where there was none."""
        stands = Attr("since").exists() & Attr("lifted").not_exists()
        ttl = int((now + REMEMBERED).timestamp())
        key = (keys.PAUSES, company or keys.EVERYBODY)
        try:
            self._table.write(Update(key, set={"lifted": keys.stamp(now), "ttl": ttl}, when=stands))
        except Conflict:
            return False
        return True


def _found(items: Iterable[Item]) -> Found:
    found = {item["sk"]: _pause(item) for item in items}
    everybody = found.pop(keys.EVERYBODY, None)
    return Found(everybody, {CompanyId(sk): pause for sk, pause in found.items()})


def _pause(item: Item) -> Pause:
    lifted = keys.moment(item["lifted"]) if "lifted" in item else None
    return Pause(keys.moment(item["since"]), item["who"], item["why"], lifted)
