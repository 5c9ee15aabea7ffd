"""Kinds of work that stand still for a token; see `domain.stops`."""

from contextlib import suppress
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Put, Table, Update
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code
from moment_xledger.domain.releases import as_stored
from moment_xledger.domain.stops import Stop

MOST_WORDS = 2_000


class Stops:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token: TokenId, kind: Kind) -> Stop | None:
        item = self._table.get(keys.stop(token, kind))
        if item is None:
            return None
        return Stop(
            as_stored(Code, item["code"]),
            item["operation"],
            item["words"],
            keys.moment(item["since"]),
            keys.moment(item["again"]),
            int(item["tries"]),
            item["release"],
        )

    def save(self, token: TokenId, kind: Kind, stop: Stop) -> None:
        item = {
            "code": str(stop.code),
            "operation": stop.operation,
            "words": stop.words[:MOST_WORDS],
            "since": keys.stamp(stop.since),
            "again": keys.stamp(stop.again),
            "tries": stop.tries,
            "release": stop.release,
        }
        self._table.write(Put(keys.stop(token, kind), item))

    def remove(self, token: TokenId, kind: Kind) -> None:
        self._table.write(Delete(keys.stop(token, kind)))

    def hurry(self, token: TokenId, now: datetime) -> None:
        """What stands still is tried again at once."""
        for kind in Kind:
            with suppress(Conflict):
                is_there = Attr("again").exists()
                self._table.write(
                    Update(keys.stop(token, kind), set={"again": keys.stamp(now)}, when=is_there)
                )
