"""All that a simulated Xledger holds, and which part of it a token reaches."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from operator import itemgetter

from local.xledger.plan import EntityPlan, Plan
from local.xledger.reference import gl_setup, reference_tables
from local.xledger.table import Record, Table
from local.xledger.times import wall_time

FIRST_ENTITY = 42_000_001
FIRST_RECORD = 50_000_001
OWN_COMPANIES = 1_000_000  # from an entity's dbId to that of its own company in the legal register
IMPORTED = ("glImportItems", "arTransactions")  # what a file import leaves: staged lines, posted invoices
# Of one entity; everything else is shared by all.
OWNED = ("companies", "customers", "projects", "suppliers", *IMPORTED)
WITH_DELTAS = ("customers", "projects")
LEDGERS = {"customers": "AR", "suppliers": "AP"}  # with their types; both are subledgers


KEPT: dict[str, Callable[[str], str]] = {
    "as_sent": str,
    "trimmed": str.strip,
    "padded": lambda code: code.ljust(25),
    "upper_case": str.upper,
}
_at = itemgetter("at")


def fold_of(plan: Plan) -> Callable[[str], str]:
    """What two codes are the same by."""
    if plan.codes == "upper_case" or plan.codes_match == "any_case":
        return lambda code: code.strip().casefold()
    if plan.codes == "as_sent":
        return str
    return str.strip if plan.codes == "trimmed" else str.rstrip


@dataclass(frozen=True)
class Reach:
    """From one entity: it and those below, which its token may write to; those above, which share theirs."""

    entity: Record
    below: frozenset[int]
    above: frozenset[int]

    def owners(self, owner_set: str) -> frozenset[int]:
        sets = {"LOWER": self.below, "UPPER": self.above, "ALL": self.below | self.above}
        return sets.get(owner_set, frozenset({self.entity["dbId"]}))


class State:
    """Not safe for several threads: the engine lets one in at a time."""

    def __init__(self, plan: Plan, clock: Callable[[], datetime]) -> None:
        self._plan, self._clock = plan, clock
        self._db_ids = count(FIRST_RECORD)
        self._customer_numbers = count(1)
        self._delta_numbers = count(1)
        self.entities = Table(_entities(plan.entities, self.now()))
        shared = reference_tables(plan, self.entities.records[0], self.now())
        nok = shared["currencies"].find("code", "NOK")[0]
        for entity in self.entities:
            entity["currency"] = nok
        for entity, planned in zip(self.entities, plan.entities, strict=True):
            entity["glSetupEntries"] = gl_setup(planned.dimensions, plan.slot_name, shared["objectKinds"])
        self.tables = (
            shared | {"entities": self.entities} | {name: Table(fold=fold_of(plan)) for name in OWNED}
        )
        self.deltas: dict[str, list[Record]] = {name: [] for name in WITH_DELTAS}

    def now(self, later: timedelta = timedelta()) -> str:
        return wall_time(self._clock() + later)

    def today(self) -> str:
        return self.now()[:10]

    def reach_of(self, owner_code: int) -> Reach:
        return self.reach_from(self.entities.find("ownerCode", owner_code)[0])

    def reach_from(self, entity: Record) -> Reach:
        below = (each["dbId"] for each in self.entities if entity["dbId"] in chain_of(each))
        return Reach(entity, frozenset(below), frozenset(chain_of(entity)))

    def add(self, table: str, fields: Record, owner: Record) -> Record:
        now = self.now()
        origin = {"owner": owner, "ownerDbId": owner["dbId"], "createdAt": now, "modifiedAt": now}
        identity = {"dbId": next(self._db_ids)} | self._as_ledger(table)
        record = self.tables[table].add(identity | self._kept(fields) | origin)
        self._note(table, record, "ADDED")
        return record

    def change(self, table: str, record: Record, changes: Record) -> None:
        self.tables[table].change(record, self._kept(changes) | {"modifiedAt": self.now()})
        self._note(table, record, "UPDATED")

    def remove(self, table: str, record: Record) -> None:
        self.tables[table].remove(record)
        self._note(table, record, "DELETED")

    def move(self, table: str, record: Record, owner: Record) -> None:
        """To another entity."""
        self._note(table, record, "DELETED")
        moved = {"owner": owner, "ownerDbId": owner["dbId"], "modifiedAt": self.now()}
        self.tables[table].change(record, moved)
        self._note(table, record, "ADDED")

    def changes(self, table: str, days: float | None) -> list[Record]:
        """The feed, as far back as it is kept."""
        if days is None:
            return self.deltas[table]
        return self.deltas[table][bisect_left(self.deltas[table], self._clock() - timedelta(days), key=_at) :]

    def _kept(self, fields: Record) -> Record:
        """As texts are stored."""
        kept = dict(fields)
        if kept.get("code") is not None:
            kept["code"] = KEPT[self._plan.codes](kept["code"])
        if kept.get("companyNumber") is not None and self._plan.company_numbers == "without_blanks":
            kept["companyNumber"] = "".join(kept["companyNumber"].split())
        return kept

    def _as_ledger(self, table: str) -> Record:
        if table not in LEDGERS:
            return {}
        types = self.tables["systemValues"].find("kind", "LEDGER_TYPE")
        (ledger_type,) = (each for each in types if each["code"] == LEDGERS[table])
        return {"number": next(self._customer_numbers), "ledgerType": ledger_type}

    def _note(self, table: str, record: Record, mutation: str) -> None:
        if table in self.deltas:
            node = {"dbId": record["dbId"], "mutationType": mutation}
            place = {"dbId": next(self._delta_numbers), "ownerDbId": record["ownerDbId"]}
            self.deltas[table].append(place | {"at": self._clock(), "node": node})


def _entities(plans: tuple[EntityPlan, ...], now: str) -> list[Record]:
    entities = [_entity(db_id, plan, now) for db_id, plan in enumerate(plans, FIRST_ENTITY)]
    by_code = {entity["ownerCode"]: entity for entity in entities}
    for entity, plan in zip(entities, plans, strict=True):
        above = None if plan.parent is None else by_code[plan.parent]
        entity["parent"] = above
        entity["owner"] = entity
        entity["ownerDbId"] = entity["dbId"]
    return entities


def _entity(db_id: int, plan: EntityPlan, now: str) -> Record:
    code = plan.code or str(plan.ownerCode)
    named = {"code": code, "ownerCode": plan.ownerCode, "description": plan.description}
    register = {"dbId": db_id + OWN_COMPANIES, "code": code, "description": plan.description}
    return {"dbId": db_id, **named, "company": register, "createdAt": now, "modifiedAt": now}


def chain_of(entity: Record) -> list[int]:
    """The entity and all above it."""
    chain = []
    step: Record | None = entity
    while step is not None:
        chain.append(step["dbId"])
        step = step["parent"]
    return chain
