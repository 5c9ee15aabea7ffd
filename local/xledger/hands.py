"""What people do in Xledger's own pages, besides what comes through the API."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Literal, get_args

from pydantic import ConfigDict, ValidationError, validate_call

from local.xledger.kinds import COMPANIES, CUSTOMERS, PROJECTS
from local.xledger.state import State
from local.xledger.table import Record

KindName = Literal["companies", "customers", "projects", "suppliers"]
Named = int | str  # a dbId, or the code that one record alone has
BEGINS_WITH: Mapping[str, Record] = {
    kind.table: kind.begins_with for kind in (COMPANIES, CUSTOMERS, PROJECTS)
}
Deed = Literal["make", "renumber", "rename", "close", "reopen", "move", "remove"]
_checked = validate_call(config=ConfigDict(strict=True))


class NotDone(ValueError):
    """What nobody can do there; one sentence."""


class Hands:
    """`lock` lets one at a time into the state."""

    def __init__(self, state: State, lock: AbstractContextManager[Any]) -> None:
        self._state, self._lock = state, lock

    def do(self, order: Any) -> Record | None:
        """From JSON: `{"do": "renumber", "kind": "customers", "record": "10001", "code": "90001"}`."""
        if not isinstance(order, dict) or order.get("do") not in get_args(Deed):
            raise NotDone(f"do: Write one of {', '.join(get_args(Deed))}.")
        deed: Callable[..., Record | None] = getattr(self, order["do"])
        try:
            return deed(**{name: value for name, value in order.items() if name != "do"})
        except ValidationError as problem:
            first = problem.errors()[0]
            raise NotDone(f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}.") from None

    @_checked
    def make(
        self,
        kind: KindName,
        code: str,
        description: str,
        ownerCode: int | None = None,  # noqa: N803 -- as Xledger spells it
        company: int | None = None,
        subledger: int | None = None,
        fields: dict[str, Any] | None = None,
    ) -> Record:
        """`company` and `subledger` are dbIds. A customer without a company gets one of its own name."""
        with self._lock:
            owner = self._owner(ownerCode)
            made = BEGINS_WITH.get(kind, {}) | {"code": code, "description": description} | (fields or {})
            if kind == "customers":
                legal = self._company(company, description, owner)
                made |= {"company": legal, "companyDbId": legal["dbId"]}
            if kind == "projects" and subledger is not None:
                made |= self._customer_of_project(subledger)
            return self._state.add(kind, made, owner)

    @_checked
    def renumber(self, kind: KindName, record: Named, code: str) -> None:
        self._change(kind, record, code=code)

    @_checked
    def rename(self, kind: KindName, record: Named, description: str) -> None:
        self._change(kind, record, description=description)

    @_checked
    def close(self, kind: KindName, record: Named, toDate: str) -> None:  # noqa: N803
        try:
            date.fromisoformat(toDate)
        except ValueError:
            raise NotDone(f"toDate: '{toDate}' is no date; write yyyy-MM-dd.") from None
        self._change(kind, record, toDate=toDate)

    @_checked
    def reopen(self, kind: KindName, record: Named) -> None:
        self._change(kind, record, toDate=None)

    @_checked
    def move(self, kind: KindName, record: Named, ownerCode: int) -> None:  # noqa: N803
        """To another entity: gone from the feed of the one, new in that of the other."""
        with self._lock:
            self._state.move(kind, self._record(kind, record), self._owner(ownerCode))

    @_checked
    def remove(self, kind: KindName, record: Named) -> None:
        with self._lock:
            self._state.remove(kind, self._record(kind, record))

    def _change(self, kind: str, record: Named, **changes: Any) -> None:
        with self._lock:
            self._state.change(kind, self._record(kind, record), changes)

    def _record(self, kind: str, named: Named) -> Record:
        found = self._state.tables[kind].find("dbId" if isinstance(named, int) else "code", named)
        if len(found) != 1:
            raise NotDone(f"record: {len(found)} of the {kind} are {named!r}; name one by its dbId.")
        return found[0]

    def _owner(self, owner_code: int | None) -> Record:
        if owner_code is None:
            return self._state.entities.records[0]
        found = self._state.entities.find("ownerCode", owner_code)
        if not found:
            raise NotDone(f"ownerCode: There is no entity {owner_code}.")
        return found[0]

    def _company(self, db_id: int | None, name: str, owner: Record) -> Record:
        if db_id is not None:
            return self._record("companies", db_id)
        return self._state.add("companies", {"description": name}, owner)

    def _customer_of_project(self, db_id: int) -> Record:
        customer = self._record("customers", db_id)
        return {"subledger": customer, "customer": customer}
