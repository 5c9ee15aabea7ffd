"""From the inputs of a mutation to what changes in a record: checked first, then done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from local.xledger.errors import INVALID_VALUE, Refused
from local.xledger.kinds import LENGTH, LENGTHS, Kind
from local.xledger.lookups import Lookup
from local.xledger.plan import RulePlan
from local.xledger.state import Reach, State
from local.xledger.table import Record

Node = dict[str, Any]
NOT_FIELDS = ("dbId", "owner")


@dataclass(frozen=True)
class Change:
    """All that is wrong with a record shows when this is made; doing it cannot fail.

    Addresses and the like are mended, not replaced: what is not given of one stays.
    """

    kind: Kind
    owner: Record
    fields: Record
    record: Record | None  # none yet: it is to be added

    def apply(self, state: State) -> Record:
        before = self.record or self.kind.begins_with
        fields = {name: _mended(name, before.get(name), value) for name, value in self.fields.items()}
        if self.record is None:
            return state.add(self.kind.table, before | fields, self.owner)
        state.change(self.kind.table, self.record, fields)
        return self.record


@dataclass(frozen=True)
class Writer:
    """What one token may write of one kind."""

    state: State
    reach: Reach
    schema: GraphQLSchema
    kind: Kind
    rules: tuple[RulePlan, ...]
    unique_codes: str  # as in the plan

    def refuse_taken(self, change: Change, before: Sequence[Change]) -> None:
        """A code that another record has, or one before it in the same list."""
        code = change.fields.get("code")
        if self.unique_codes == "no" or code is None:
            return
        table = self.state.tables[self.kind.table]
        of_others = [each for each in table.find("code", code) if each is not change.record]
        in_list = [
            each.owner["dbId"]
            for each in before
            if each.record is not change.record or each.record is None
            if table.folded("code", each.fields.get("code")) == table.folded("code", code)
        ]
        if any(self._meet(change.owner, owner) for owner in [*(e["ownerDbId"] for e in of_others), *in_list]):
            raise Refused(f"code: The value '{code}' is already in use.", INVALID_VALUE)

    def _meet(self, owner: Record, other: int) -> bool:
        """Entities whose codes may not be the same."""
        if self.unique_codes == "entity":
            return bool(owner["dbId"] == other)
        reach = self.state.reach_from(owner)
        return other in reach.below | reach.above

    def addition(self, node: Node) -> Change:
        given = node.get("owner")
        here = self.reach.entity
        owner = self._lookup(here).find("owner", "owner", "OwnerLookupInput", given) if given else here
        self._refuse_missing(node)
        self._refuse_by_rule(node)
        return Change(self.kind, owner, self._fields(node, owner), None)

    def update(self, node: Node) -> Change:
        """Null clears, absent leaves as it was (assumed)."""
        record = self._record(node.get("dbId"))
        self._refuse_missing({name: record.get(name) for name in self._needed()} | node)
        self._refuse_by_rule(node)
        owner = record["owner"]
        return Change(self.kind, owner, self._fields(node, owner), record)

    def _record(self, db_id: str | None) -> Record:
        if db_id is None:
            raise Refused("dbId: A value is required.", INVALID_VALUE)
        record = self.state.tables[self.kind.table].get(int(db_id))
        if record is None or record["ownerDbId"] not in self.reach.below:
            owner = self.reach.entity["dbId"]
            raise Refused(f"dbId: No value matching owner {owner}, dbId '{db_id}'.", INVALID_VALUE)
        return record

    def _needed(self) -> tuple[str, ...]:
        return self.kind.mandatory + self.kind.one_of

    def _refuse_missing(self, node: Node) -> None:
        for name in self.kind.mandatory:
            if _is_empty(node.get(name)):
                raise Refused(f"{name}: A value is required.", INVALID_VALUE)
        if self.kind.one_of and all(_is_empty(node.get(name)) for name in self.kind.one_of):
            raise Refused(f"A value is required for one of {', '.join(self.kind.one_of)}.", INVALID_VALUE)

    def _refuse_by_rule(self, node: Node) -> None:
        for rule in self.rules:
            given = node.get(rule.field)
            value = str(next(iter(given.values()), "") if isinstance(given, dict) else given or "")
            if rule.kind == self.kind.table and rule.refuses(value):
                message = rule.message.replace("{field}", rule.field).replace("{value}", value)
                raise Refused(message, rule.code)

    def _lookup(self, owner: Record) -> Lookup:
        return Lookup(self.state, self.reach, owner)

    def _fields(self, node: Node, owner: Record) -> Record:
        fields: Record = {}
        lookup = self._lookup(owner)
        for name, value in node.items():
            if name not in NOT_FIELDS:
                for place, kept in self._placed(name, self._value(lookup, name, value)):
                    _put(fields, place, kept)
        return fields

    def _value(self, lookup: Lookup, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return _short_enough(name, name, value)
        if not isinstance(value, dict):
            return value
        input_type = self._input_type(name)
        if not input_type.endswith("LookupInput"):
            return _part(lookup, name, value)
        return lookup.find(name, name, input_type, value)

    def _input_type(self, name: str) -> str:
        inputs = self.schema.type_map[f"Update{self.kind.inputs}InputNode"]
        assert isinstance(inputs, GraphQLInputObjectType)  # noqa: S101 -- for the type checker
        name_of_type: str = get_named_type(inputs.fields[name].type).name
        return name_of_type

    def _placed(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """Where a value shows: a reference as itself and its dbId, or as its code if that is all there is."""
        shown = self.schema.type_map[self.kind.node]
        assert isinstance(shown, GraphQLObjectType)  # noqa: S101 -- for the type checker
        place = self.kind.places.get(name, name)
        is_record = isinstance(value, dict) and "dbId" in value
        if is_record and place in shown.fields and is_leaf_type(get_named_type(shown.fields[place].type)):
            value = value["code"]
        yield place, value
        if f"{place}DbId" in shown.fields:
            yield f"{place}DbId", value["dbId"] if is_record else None
        if place == "subledger":
            yield "customer", value if self._is_customer(value) else None

    def _is_customer(self, subledger: Record | None) -> bool:
        return subledger is not None and self.state.tables["customers"].get(subledger["dbId"]) is not None


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", {})


def _short_enough(path: str, name: str, value: str) -> str:
    longest = LENGTHS.get(name, LENGTH)
    if len(value) > longest:
        raise Refused(f"{path}: The value is longer than {longest} characters.", INVALID_VALUE)
    return value


def _part(lookup: Lookup, name: str, part: Node) -> Node:
    """An address or the like; the country in an address is a code."""
    checked = {
        key: _short_enough(f"{name}.{key}", key, value) if isinstance(value, str) else value
        for key, value in part.items()
    }
    if checked.get("country"):
        code = {"code": checked["country"]}
        checked["country"] = lookup.find(f"{name}.country", "country", "LookupInput", code)
    return checked


def _put(fields: Record, place: str, value: Any) -> None:
    name, _, inner = place.partition(".")
    fields[name] = (fields.get(name) or {}) | {inner: value} if inner else value


def _mended(name: str, before: Any, value: Any) -> Any:
    if not isinstance(value, dict) or "dbId" in value:
        return value
    part = (before or {}) | value
    return part | {"fullAddress": _full_address(part)} if name.lower().endswith("address") else part


def _full_address(address: Record) -> str:
    place = " ".join(filter(None, [address.get("zipCode"), address.get("place")]))
    country = (address.get("country") or {}).get("description")
    return ", ".join(filter(None, [address.get("streetAddress"), place, country]))
