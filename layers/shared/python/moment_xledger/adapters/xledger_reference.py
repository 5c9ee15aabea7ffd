"""What Xledger holds besides our records: its entities, accounts and VAT codes, and what changed there.

None of it is needed to carry a record, so each read is optional: a missing right is `NoRight`, and closes no gate.
Each call is one request, where not said otherwise. Fields and types: `local/xledger/schema.graphql`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from moment_xledger.adapters.xledger_nodes import listed
from moment_xledger.domain.dimensions import Dimensions, from_setup
from moment_xledger.domain.entities import Reached
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Numbered
from moment_xledger.domain.numbers import spellings
from moment_xledger.domain.replies import Refusal
from moment_xledger.domain.vat_rates import RateRow, VatRates, as_rates

VAT_KIND = "TAX_RULE"
A_PAGE = 1_000  # of changes
MOST_NUMBERS = 500  # asked for at once

_NAMES = {Kind.CUSTOMER: "Customer", Kind.PROJECT: "Project"}
_FEEDS = {Kind.CUSTOMER: "customer_deltas", Kind.PROJECT: "project_deltas"}

Node = Mapping[str, Any]


class Reads(Protocol):
    @property
    def longest_list(self) -> int: ...

    def read(
        self, operation: str, variables: Mapping[str, Any], *, optional: bool = False
    ) -> Mapping[str, Any]: ...


def _named(entry: Node) -> tuple[str, str]:
    """A field, and the kind of value that it holds."""
    kind = (entry.get("fieldObject") or {}).get("objectKind") or {}
    return str((entry.get("field") or {}).get("name") or ""), str(kind.get("name") or "")


@dataclass(frozen=True)
class Changes:
    """Ids of what was added, changed or deleted; `cursor` is behind the last of them. `is_complete`: false where the
    feed no longer has the cursor that was asked for, so that changes may be missing."""

    ids: frozenset[int]
    cursor: str | None
    more: bool
    is_complete: bool = True


class Reference:
    def __init__(self, channel: Reads) -> None:
        self._channel = channel
        self._known_vat_ids: Mapping[int, str] | None = None
        self._vat_names: Mapping[str, str] = {}

    def try_customers(self) -> None:
        self._read("ReadOneCustomer")

    def try_companies(self) -> None:
        self._read("ReadOneCompany")

    def try_projects(self) -> None:
        self._read("ReadOneProject")

    def own_entity(self) -> Reached | None:
        """The entity that the token was made in; None where its owner code is not shown."""
        entity = (self._read("ReadOwnEntity").get("viewer") or {}).get("entity")
        found = _reached(entity) if entity else None
        return found if found and found.owner_code is not None else None

    def own_db_id(self) -> int | None:
        viewer = self._read("ReadOwnEntityId").get("viewer") or {}
        return _number((viewer.get("entity") or {}).get("ownerDbId"))

    def entities(self) -> tuple[Reached, ...] | None:
        """All that the token reaches; None where there are none, which cannot be."""
        return self._entities("ListEntities")

    def unnamed_entities(self) -> tuple[Reached, ...] | None:
        """As `entities`, without their owner codes."""
        return self._entities("CountEntities")

    def _entities(self, operation: str) -> tuple[Reached, ...] | None:
        return tuple(map(_reached, _nodes(self._read(operation).get("entities")))) or None

    def accounts(self) -> frozenset[str]:
        """Those that can be posted to."""
        found = _nodes(self._read("ListAccounts").get("accounts"))
        return frozenset(str(node["code"]) for node in found if node.get("posting") is not False)

    def countries(self) -> frozenset[str]:
        found = _nodes(self._read("ListCountries").get("countries"))
        return frozenset(str(node["code"]) for node in found if node.get("code"))

    def vat_codes(self) -> frozenset[str]:
        """Two requests."""
        return frozenset(self._vat_ids().values())

    def vat_rates(self) -> VatRates:
        """The percentages of the VAT codes. One request; two more where the codes were not read before."""
        codes = self._vat_ids()
        found = _nodes(self._read("ListVatRates").get("taxTableSetups"))
        return as_rates((row for node in found if (row := _rate_row(node, codes))), self._vat_names)

    def dimensions(self, now: datetime) -> Dimensions:
        """Which GL object holds projects, and which departments, in the token's own entity."""
        entity = (self._read("ReadDimensions").get("viewer") or {}).get("entity") or {}
        return from_setup(map(_named, filter(None, entity.get("glSetupEntries") or [])), now)

    def _vat_ids(self) -> Mapping[int, str]:
        """VAT codes by their id, read once."""
        if self._known_vat_ids is None:
            self._known_vat_ids = self._read_vat_ids()
        return self._known_vat_ids

    def _read_vat_ids(self) -> Mapping[int, str]:
        kinds = _nodes(self._read("FindVatKind").get("objectKinds"))
        ids = [int(node["dbId"]) for node in kinds if node.get("name") == VAT_KIND]
        if not ids:
            raise Rejected([Refusal(f"there is no kind of values named {VAT_KIND}")])
        found = _nodes(self._read("ListVatCodes", {"kind": ids[0]}).get("objectValues"))
        self._vat_names = {str(node["code"]): str(node.get("description") or "") for node in found}
        return {int(node["dbId"]): str(node["code"]) for node in found}

    def end_of_changes(self, kind: Kind) -> str:
        """The cursor behind everything that has changed so far; empty where nothing has."""
        answer = self._read(f"ReadLast{_NAMES[kind]}Change")
        edges = (answer.get(_FEEDS[kind]) or {}).get("edges") or []
        return str(edges[-1]["cursor"]) if edges else ""

    def changes(self, kind: Kind, after: str) -> Changes:
        answer = self._read(f"Read{_NAMES[kind]}Changes", {"after": after or None, "first": A_PAGE})
        feed = answer.get("changes") or {}
        edges = feed.get("edges") or []
        ids = frozenset(int(edge["node"]["dbId"]) for edge in edges if edge.get("node"))
        cursor = str(edges[-1]["cursor"]) if edges else None
        oldest, newest = (_first_cursor(answer.get(name)) for name in ("oldest", "newest"))
        is_complete = not after or (_first_cursor(feed) != oldest if edges else after == newest)
        return Changes(ids, cursor, bool(edges) and bool(feed["pageInfo"]["hasNextPage"]), is_complete)

    def numbers(self, kind: Kind, ids: Collection[int], codes: Collection[str]) -> frozenset[Numbered]:
        """Who has these ids or these numbers now; at most `MOST_NUMBERS` of each. One request, unless that is too much
        for Xledger."""
        left_ids, left_codes, found = sorted(ids), sorted(codes), set[Numbered]()
        while left_ids or left_codes:
            size = self._channel.longest_list
            wanted = {
                **listed("ids", left_ids[:size]),
                **listed("codes", spellings(left_codes[:size])),
            }
            answer = self._read(f"Read{_NAMES[kind]}Numbers", wanted)
            found |= {_numbered(node) for field in ("byId", "byCode") for node in _nodes(answer.get(field))}
            left_ids, left_codes = left_ids[size:], left_codes[size:]
        return frozenset(found)

    def _read(self, operation: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return self._channel.read(operation, variables or {}, optional=True)


def _reached(entity: Node) -> Reached:
    owner = entity.get("owner") or {}
    name = str(entity.get("description") or "")
    return Reached(_number(owner.get("ownerCode")), name, _number(owner.get("dbId")))


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _numbered(node: Node) -> Numbered:
    owner = node.get("owner") or {}
    code = owner.get("ownerCode")
    ends = node.get("toDate")
    return Numbered(
        int(node["dbId"]),
        str(node.get("code") or ""),
        date.fromisoformat(str(ends)[:10]) if ends else None,
        None if code is None else int(code),
        str(owner.get("description") or ""),
    )


def _first_cursor(feed: Any) -> str | None:
    edges = (feed or {}).get("edges") or []
    return str(edges[0]["cursor"]) if edges else None


def _rate_row(node: Node, codes: Mapping[int, str]) -> RateRow | None:
    """None for a row of something that is no VAT code, and for one that cannot be read."""
    try:
        code = codes.get(int(node["objectValueDbId"]))
        percent = Decimal(str(node["taxPercent"]))
        first, last = (_day(node.get(name)) for name in ("dateFrom", "dateTo"))
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None
    return RateRow(code, percent, first, last) if code and percent.is_finite() else None


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _nodes(connection: Any) -> list[Node]:
    if not connection:
        return []
    if (connection.get("pageInfo") or {}).get("hasNextPage"):
        raise Rejected([Refusal("the list is longer than the 10,000 that Xledger gives at once")])
    return [edge["node"] for edge in connection.get("edges") or [] if edge.get("node")]
