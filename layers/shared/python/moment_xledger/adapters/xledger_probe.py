"""What a probe asks of Xledger's GraphQL service besides `Reference`. Each call is one request, or two where said."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from moment_xledger.adapters.xledger_nodes import listed
from moment_xledger.adapters.xledger_reference import Node, Reads
from moment_xledger.adapters.xledger_schema import lacks, needs
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import spellings
from moment_xledger.domain.probes import LedgerSetup, Sample

IMPOSSIBLE = "§none§"  # no code or number is written so: asked for, it only shows whether one may ask
NEVER = "2999-12-31T00:00:00"  # nothing was changed since
_PLURAL = {Kind.CUSTOMER: "Customers", Kind.PROJECT: "Projects"}
_SHOWN_TO_MATTER = {Kind.CUSTOMER: ("company", "owner"), Kind.PROJECT: ("owner",)}


class XledgerProbe:
    def __init__(self, channel: Reads) -> None:
        self._channel = channel

    def lacking(self) -> Mapping[str, tuple[str, ...]] | None:
        """What the schema has not of what each operation uses. None where the answer is no schema."""
        return lacks(self._channel.read("IntrospectSchema", {}, optional=True))

    @property
    def operations(self) -> int:
        return len(needs())

    def sample(self, kind: Kind) -> Sample:
        """Records that any list shows, and what our look-up says of them. Two requests."""
        answer = self._channel.read(f"Sample{_PLURAL[kind]}", {}, optional=True)
        shown = {
            str(node["dbId"]): str(node.get("code") or "").strip()
            for connection in answer.values()
            for node in _nodes(connection)
        }
        codes = [IMPOSSIBLE, *spellings(filter(None, shown.values()))]
        wanted = {"since": NEVER, "withSince": True, **listed("codes", codes)}
        wanted |= listed("ids", [int(each) for each in shown])
        for name in ("companyNumbers", "companyCodes") if kind is Kind.CUSTOMER else ("customerCodes",):
            wanted |= listed(name, [IMPOSSIBLE])
        found = self._channel.read(f"LookUp{_PLURAL[kind]}", wanted, optional=True)
        by_id, by_number = (_nodes(found.get(name)) for name in ("byId", "byCode"))
        numbered = frozenset(str(node["dbId"]) for node in by_number)
        return Sample(
            shown,
            frozenset(str(node["dbId"]) for node in by_id),
            numbered | {id_ for id_, number in shown.items() if not number},
            tuple(name for name in _SHOWN_TO_MATTER[kind] if by_id and not any(map(_says(name), by_id))),
            len(_nodes(answer.get("unstated"))),
        )

    def changes(self, kind: Kind) -> None:
        self._channel.read(f"Read{kind.capitalize()}Changes", {"after": None, "first": 1}, optional=True)

    def posted_invoices(self, today: date) -> None:
        asked = {"from": today.isoformat(), "until": (today + timedelta(days=1)).isoformat()}
        self._channel.read("ReadPostedInvoices", {**asked, "first": 1, "after": None}, optional=True)

    def staged_invoices(self, today: date) -> None:
        since = f"{today.isoformat()}T00:00:00"
        self._channel.read("ReadStagedInvoices", {"since": since, "first": 1, "after": None}, optional=True)

    def setup(self) -> LedgerSetup:
        answer = self._channel.read("ReadLedgerSetup", {}, optional=True)
        levels = [node.get("jobLevel") or {} for node in _nodes(answer.get("glImportItems"))]
        named = {f"{each.get('dbSubId')} {each.get('name') or ''}".strip() for each in levels if each}
        return LedgerSetup(len(_nodes(answer.get("periodStatusItems"))), tuple(sorted(named)))


def _says(name: str) -> Any:
    return lambda node: node.get(name) is not None


def _nodes(connection: Any) -> list[Node]:
    return [edge["node"] for edge in (connection or {}).get("edges") or [] if edge and edge.get("node")]
