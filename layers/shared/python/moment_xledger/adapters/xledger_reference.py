"""What Xledger holds besides our records: its entities, accounts and VAT codes, and what changed there.

None of it is needed to carry a record, so each read is optional: a missing right is `NoRight`, and closes no gate.
Each call is one request, where not said otherwise. Fields and types: `local/xledger/schema.graphql`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Numbered
from moment_xledger.domain.replies import Refusal

VAT_KIND = "TAX_RULE"
A_PAGE = 1_000  # of changes
MOST_NUMBERS = 500  # asked for at once

_NAMES = {Kind.CUSTOMER: "Customer", Kind.PROJECT: "Project"}
_FEEDS = {Kind.CUSTOMER: "customer_deltas", Kind.PROJECT: "project_deltas"}

Node = Mapping[str, Any]


class Reads(Protocol):
    def read(
        self, operation: str, variables: Mapping[str, Any], *, optional: bool = False
    ) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Changes:
    """Ids of what was added, changed or deleted; `cursor` is behind the last of them."""

    ids: frozenset[int]
    cursor: str | None
    more: bool


class Reference:
    def __init__(self, channel: Reads) -> None:
        self._channel = channel

    def try_customers(self) -> None:
        self._read("ReadOneCustomer")

    def try_companies(self) -> None:
        self._read("ReadOneCompany")

    def try_projects(self) -> None:
        self._read("ReadOneProject")

    def owner_codes(self) -> Mapping[str, str]:
        """Of the companies that the token reaches: owner code → name."""
        found = _nodes(self._read("ListEntities").get("entities"))
        return {str(node["code"]): str(node.get("description") or "") for node in found}

    def accounts(self) -> frozenset[str]:
        """Those that can be posted to."""
        found = _nodes(self._read("ListAccounts").get("accounts"))
        return frozenset(str(node["code"]) for node in found if node.get("posting") is not False)

    def vat_codes(self) -> frozenset[str]:
        """Two requests."""
        kinds = _nodes(self._read("FindVatKind").get("objectKinds"))
        ids = [int(node["dbId"]) for node in kinds if node.get("name") == VAT_KIND]
        if not ids:
            raise Rejected([Refusal(f"there is no kind of values named {VAT_KIND}")])
        found = _nodes(self._read("ListVatCodes", {"kind": ids[0]}).get("objectValues"))
        return frozenset(str(node["code"]) for node in found)

    def end_of_changes(self, kind: Kind) -> str:
        """The cursor behind everything that has changed so far; empty where nothing has."""
        answer = self._read(f"ReadLast{_NAMES[kind]}Change")
        edges = (answer.get(_FEEDS[kind]) or {}).get("edges") or []
        return str(edges[-1]["cursor"]) if edges else ""

    def changes(self, kind: Kind, after: str) -> Changes:
        answer = self._read(f"Read{_NAMES[kind]}Changes", {"after": after or None, "first": A_PAGE})
        feed = answer.get(_FEEDS[kind]) or {}
        edges = feed.get("edges") or []
        ids = frozenset(int(edge["node"]["dbId"]) for edge in edges if edge.get("node"))
        cursor = str(edges[-1]["cursor"]) if edges else None
        return Changes(ids, cursor, bool(edges) and bool(feed["pageInfo"]["hasNextPage"]))

    def numbers(self, kind: Kind, ids: Collection[int], codes: Collection[str]) -> frozenset[Numbered]:
        """Who has these ids or these numbers now; at most `MOST_NUMBERS` of each."""
        wanted = {"ids": sorted(ids), "withIds": bool(ids), "codes": sorted(codes), "withCodes": bool(codes)}
        answer = self._read(f"Read{_NAMES[kind]}Numbers", wanted)
        return frozenset(
            _numbered(node) for field in ("byId", "byCode") for node in _nodes(answer.get(field))
        )

    def _read(self, operation: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return self._channel.read(operation, variables or {}, optional=True)


def _numbered(node: Node) -> Numbered:
    owner = (node.get("owner") or {}).get("ownerCode")
    ends = node.get("toDate")
    return Numbered(
        int(node["dbId"]),
        str(node.get("code") or ""),
        date.fromisoformat(str(ends)[:10]) if ends else None,
        None if owner is None else int(owner),
    )


def _nodes(connection: Any) -> list[Node]:
    if not connection:
        return []
    if (connection.get("pageInfo") or {}).get("hasNextPage"):
        raise Rejected([Refusal("the list is longer than the 10,000 that Xledger gives at once")])
    return [edge["node"] for edge in connection.get("edges") or [] if edge.get("node")]
