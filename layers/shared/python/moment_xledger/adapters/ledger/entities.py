"""What each token reaches in Xledger, which entity each company writes to, and which companies write to each entity.

A company moves to another entity in one transaction: what it writes to, and both entities' lists of writers. Each
carries its version as the condition, so that of two companies that want one entity at the same time only one gets it.
"""

from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Delete, Item, Put, Table
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.entities import CurrentEntity, Entity, Reach, Reached, Writers
from moment_xledger.domain.errors import EntityTaken
from moment_xledger.domain.kinds import Kind


class Entities:
    def __init__(self, table: Table) -> None:
        self._table = table

    def reach(self, token: TokenId) -> Reach | None:
        item = self._table.get(keys.reach(token))
        return _reach(item) if item else None

    def save_reach(self, token: TokenId, reach: Reach) -> None:
        """Lists and cursors that were read at another address are void, so they go."""
        before = self.reach(token)
        void = [
            keys.lists(token),
            keys.vat_rates(token),
            keys.dimensions(token),
            *(keys.feed(token, kind) for kind in Kind),
        ]
        gone = [Delete(key) for key in void] if before is None or before.address != reach.address else []
        self._table.write(Put(keys.reach(token), _reach_item(reach)), *gone)

    def current(self, company: CompanyId) -> CurrentEntity:
        item = self._table.get(keys.current_entity(company))
        return _current(item) if item else CurrentEntity()

    def keep(self, company: CompanyId, current: CurrentEntity) -> CurrentEntity:
        """The same entity with other marks. Raises `Conflict` if somebody else wrote it since it was read."""
        self._table.write(_put_current(company, current))
        return self.current(company)

    def move(
        self,
        company: CompanyId,
        before: CurrentEntity,
        entity: Entity | None,
        trouble: str = "",
        *,
        writes: bool = True,
    ) -> CurrentEntity:
        """Raises `EntityTaken` where another company writes there, and `Conflict` as `keep`. A company that only reads
        there, as its settings are, is in nobody's way."""
        self._table.write(*self.moving(company, before, entity, trouble, writes=writes))
        return self.current(company)

    def moving(
        self,
        company: CompanyId,
        before: CurrentEntity,
        entity: Entity | None,
        trouble: str = "",
        *,
        writes: bool = True,
    ) -> list[Action]:
        """The writes of `move`, for a transaction that does more. Every record is looked at again."""
        text = None if entity is None else str(entity)
        unchecked = dict.fromkeys(map(str, Kind), "") if text else {}
        actions: list[Action] = [
            _put_current(company, CurrentEntity(text, trouble, unchecked, before.ver > 0, before.ver))
        ]
        if text and writes:
            writers = self.writers(text)
            if not writers.may_join(company):
                raise EntityTaken
            actions.append(_put_writers(text, writers.joined_by(company)))
        if before.entity and before.entity != text:
            actions.append(_put_writers(before.entity, self.writers(before.entity).left_by(company)))
        return actions

    def writers(self, entity: str) -> Writers:
        item = self._table.get(keys.writers(entity))
        if item is None:
            return Writers()
        companies = tuple(map(CompanyId, item["companies"]))
        return Writers(companies, frozenset(map(CompanyId, item["allowed"])), int(item["ver"]))

    def save_writers(self, entity: str, writers: Writers) -> None:
        """Raises `Conflict` if somebody else wrote them since they were read."""
        self._table.write(_put_writers(entity, writers))


def _put_current(company: CompanyId, current: CurrentEntity) -> Put:
    item: dict[str, Any] = {"ver": current.ver + 1, "unchecked": dict(current.unchecked)}
    item["has_moved"] = current.has_moved
    item |= {"entity": current.entity} if current.entity else {}
    item |= {"trouble": current.trouble} if current.trouble else {}
    return Put(keys.current_entity(company), item, when=_is_at(current.ver))


def _put_writers(entity: str, writers: Writers) -> Put:
    item = {
        "companies": list(writers.companies),
        "allowed": sorted(writers.allowed),
        "ver": writers.ver + 1,
    }
    return Put(keys.writers(entity), item, when=_is_at(writers.ver))


def _is_at(version: int) -> ConditionBase:
    return Attr("ver").eq(version) if version else Attr("ver").not_exists()


def _current(item: Item) -> CurrentEntity:
    return CurrentEntity(
        item.get("entity"),
        item.get("trouble", ""),
        dict(item["unchecked"]),
        bool(item["has_moved"]),
        int(item["ver"]),
    )


def _reach_item(reach: Reach) -> Item:
    item: Item = {"address": reach.address, "read_at": keys.stamp(reach.read_at)}
    item |= {"own": _reached_item(reach.own)} if reach.own else {}
    if reach.entities is not None:
        item["entities"] = [_reached_item(each) for each in reach.entities]
    return item


def _reached_item(reached: Reached) -> Mapping[str, Any]:
    return {name: value for name, value in reached._asdict().items() if value is not None}


def _reach(item: Item) -> Reach:
    entities = item.get("entities")
    return Reach(
        item["address"],
        keys.moment(item["read_at"]),
        _reached(item["own"]) if "own" in item else None,
        None if entities is None else tuple(map(_reached, entities)),
    )


def _reached(item: Mapping[str, Any]) -> Reached:
    code, db_id = item.get("owner_code"), item.get("owner_db_id")
    return Reached(
        None if code is None else int(code),
        str(item.get("name", "")),
        None if db_id is None else int(db_id),
    )
