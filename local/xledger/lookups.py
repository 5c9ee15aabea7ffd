"""References in inputs: `{dbId}`, `{code}`, `{description}` … must point at exactly one record."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from local.xledger.errors import INVALID_VALUE, Refused
from local.xledger.reference import kind_of
from local.xledger.state import OWNED, Reach, State, chain_of
from local.xledger.table import Record

# Fields whose records have a table of their own; the rest are values of the kind that bears the field's name.
TABLES = {
    "company": "companies",
    "subledger": "customers",
    "mainProject": "projects",
    "country": "countries",
    "country2": "countries",
    "country3": "countries",
    "currency": "currencies",
    "projectManager": "employees",
}
BESIDE = {"subledger": "suppliers"}  # a customer and a supplier may have the same code
TABLES_BY_INPUT = {
    "OwnerLookupInput": "entities",
    "ContactLookupInput": "contacts",
    "BankLookupInput": "banks",
}
COLUMNS = {"bankRouting": "code"}  # where the input's word is not the record's
MOST_ALTERNATIVES = 100


@dataclass(frozen=True)
class Lookup:
    """For one record: it may refer to what its entity and those above hold, and by dbId to all in reach."""

    state: State
    reach: Reach
    owner: Record

    def find(self, path: str, field: str, input_type: str, given: dict[str, Any]) -> Record:
        table = _table(field, input_type)
        wanted = {
            key: value for key, value in given.items() if key != "showAlternatives" and value is not None
        }
        if given.get("showAlternatives") == "YES":
            raise self._alternatives(path, table, field)
        if not wanted:
            raise Refused(f"{path}: Nothing is given to find the value by.", INVALID_VALUE)
        key, value = next(iter(wanted.items()))
        found = [record for record in self._with(table, field, key, value) if _matches(record, wanted)]
        if len(found) != 1:
            owner = self.owner["dbId"]
            what = "No value" if not found else "More than one value"
            raise Refused(f"{path}.{key}: {what} matching owner {owner}, {key} '{value}'.", INVALID_VALUE)
        return found[0]

    def _with(self, table: str, field: str, key: str, value: Any) -> list[Record]:
        column = COLUMNS.get(key, key)
        tables = [table, BESIDE[field]] if field in BESIDE else [table]
        wanted = int(value) if key == "dbId" else value
        found = [record for name in tables for record in self.state.tables[name].find(column, wanted)]
        return [record for record in found if self._is_seen(record, table, field, by_db_id=key == "dbId")]

    def _is_seen(self, record: Record, table: str, field: str, *, by_db_id: bool) -> bool:
        if table == "entities":
            return record["dbId"] in self.reach.below
        if table in OWNED:
            shared = record["ownerDbId"] in chain_of(self.owner)
            return shared or (by_db_id and record["ownerDbId"] in self.reach.below)
        return bool(record.get("kind", kind_of(field)) == kind_of(field))

    def _alternatives(self, path: str, table: str, field: str) -> Refused:
        seen = (r for r in self.state.tables[table] if self._is_seen(r, table, field, by_db_id=True))
        valid = [_alternative(record) for record in islice(seen, MOST_ALTERNATIVES)]
        return Refused(f"{path}: These are valid values.", INVALID_VALUE, exampleValidInputs=valid)


def _table(field: str, input_type: str) -> str:
    if input_type == "SystemValueLookupInput":
        return "systemValues"
    return TABLES_BY_INPUT.get(input_type) or TABLES.get(field, "objectValues")


def _matches(record: Record, wanted: dict[str, Any]) -> bool:
    fields = ((COLUMNS.get(key, key), value) for key, value in wanted.items())
    return all(field == "code" or str(record.get(field)) == str(value) for field, value in fields)


def _alternative(record: Record) -> Record:
    names = {"dbId": record["dbId"], "code": record.get("code"), "text": record.get("description")}
    return names | {"ownerDbId": record.get("ownerDbId")}
