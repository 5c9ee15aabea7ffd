"""The root fields, and what each does with the state of the engine that is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema

from local.xledger import reading
from local.xledger.document import Shape, schema
from local.xledger.errors import INVALID_VALUE, TIMED_OUT, Refused
from local.xledger.kinds import COMPANIES, CUSTOMERS, KINDS, Kind
from local.xledger.plan import Plan, TokenPlan
from local.xledger.rights import no_right
from local.xledger.state import LEDGERS, Reach, State
from local.xledger.table import Record
from local.xledger.writing import Change, Writer

MOST_INPUTS = 500
CONNECTIONS = (
    *("companies", "customers", "projects", "accounts", "objectKinds", "objectValues"),
    *("taxTableSetups", "entities", "countries", "currencies", "arTransactions", "glImportItems"),
    "periodStatusItems",
)
DELTAS = {"customer_deltas": "customers", "project_deltas": "projects"}
Checked = Callable[[Writer, Record], Change]


@dataclass(frozen=True)
class Asked:
    """What the resolvers of one request work with."""

    state: State
    reach: Reach
    plan: Plan
    token: TokenPlan
    charge: Callable[[int], None]
    half_done: bool

    @property
    def shape(self) -> Shape:
        return self.plan.shape(self.token)

    def reading(self) -> reading.Reader:
        return reading.Reader(self.state, self.reach, self.plan)


@cache
def served_schema(shape: Shape) -> GraphQLSchema:
    roots = schema(shape)
    for table in CONNECTIONS:
        _serve(roots, table, _reads(table))
    _serve(roots, "subledgers", _reads("customers", "suppliers"))
    _serve(roots, "subledger", _subledger)
    _serve(roots, "viewer", lambda asked, _: {"entity": asked.reach.entity})
    for name, table in DELTAS.items():
        _serve(roots, name, _reads_deltas(table))
    for kind in KINDS:
        _serve(roots, f"add{kind.inputs}", _writes(kind, Writer.addition))
        _serve(roots, f"update{kind.inputs}", _writes(kind, Writer.update))
    _serve(roots, "addCompany", _writes_one(COMPANIES, Writer.addition))
    _serve(roots, "addCustomer", _writes_one(CUSTOMERS, Writer.addition))
    _serve(roots, "updateCustomer", _writes_one(CUSTOMERS, Writer.update))
    return roots


def _serve(roots: GraphQLSchema, name: str, answer: Callable[[Asked, Record], Any]) -> None:
    def resolve(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        asked: Asked = info.context
        if name in asked.token.denied:
            raise no_right(name, asked.plan.request_errors)
        return answer(asked, arguments)

    for root in (roots.query_type, roots.mutation_type):
        if root is not None and name in root.fields:
            root.fields[name].resolve = resolve


def _reads(*tables: str) -> Callable[[Asked, Record], Record]:
    return lambda asked, arguments: reading.connection(asked.reading(), tables, arguments)


def _reads_deltas(table: str) -> Callable[[Asked, Record], Record]:
    return lambda asked, arguments: reading.deltas(asked.reading(), table, arguments)


def _subledger(asked: Asked, arguments: Record) -> Record | None:
    db_id = str(arguments.get("dbId"))
    tables = (asked.state.tables[name] for name in LEDGERS)
    found = (
        [record for table in tables for record in table.find("dbId", int(db_id))] if db_id.isdecimal() else []
    )
    return next((record for record in found if record["ownerDbId"] in asked.reach.below), None)


def _writes(kind: Kind, check: Checked) -> Callable[[Asked, Record], Record]:
    def write(asked: Asked, arguments: Record) -> Record:
        inputs: list[Record] = arguments["inputs"]
        if len(inputs) > MOST_INPUTS:
            raise Refused(
                f"inputs: At most {MOST_INPUTS} are allowed, {len(inputs)} were given.", INVALID_VALUE
            )
        asked.charge(len(inputs) * asked.plan.cost_per_item)
        records = _done(asked, kind, check, [each["node"] for each in inputs])
        edges = [_edge(given, record) for given, record in zip(inputs, records, strict=True)]
        return {"edges": edges or None, "pageInfo": {"hasNextPage": False, "hasPreviousPage": False}}

    return write


def _done(asked: Asked, kind: Kind, check: Checked, nodes: list[Record]) -> list[Record]:
    """All are checked before any is done, so a record cannot refer to one before it in the same list."""
    writer = Writer(
        asked.state,
        asked.reach,
        served_schema(asked.shape),
        kind,
        asked.plan.rules,
        asked.plan.unique_codes,
    )
    changes: list[Change] = []
    try:
        for node in nodes:
            changes.append(change := check(writer, node))
            writer.refuse_taken(change, changes[:-1])
    except Refused:
        if not asked.plan.atomic_lists:
            _apply(asked, changes)
        raise
    if asked.half_done:
        _apply(asked, changes[: len(changes) // 2])
        raise Refused("The query timed out.", TIMED_OUT)
    return _apply(asked, changes)


def _apply(asked: Asked, changes: list[Change]) -> list[Record]:
    return [change.apply(asked.state) for change in changes]


def _edge(given: Record, record: Record) -> Record:
    return {"clientId": given.get("clientId"), "cursor": str(record["dbId"]), "node": record}


def _writes_one(kind: Kind, check: Checked) -> Callable[[Asked, Record], Record]:
    """The older forms: arguments instead of inputs, `companyDbId` instead of `company: {dbId}`."""

    def write(asked: Asked, arguments: Record) -> Record:
        return _done(asked, kind, check, [_as_node(arguments)])[0]

    return write


def _as_node(arguments: Record) -> Record:
    return dict(_as_reference(name, value) for name, value in arguments.items())


def _as_reference(name: str, value: Any) -> tuple[str, Any]:
    if name == "dbId" or not name.endswith("DbId"):
        return name, value
    return name.removesuffix("DbId"), None if value is None else {"dbId": value}
