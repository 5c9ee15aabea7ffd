"""What a simulated Xledger holds, for JSON: records by the schema's names, what they refer to in short."""

from typing import Any

from local.xledger.state import OWNED, State
from local.xledger.table import Record

SHORT = ("dbId", "code", "description", "companyNumber", "ownerCode")


def show_state(state: State) -> dict[str, list[Record]]:
    tables = (*OWNED, "entities")
    return {name: [_shown(record) for record in state.tables[name]] for name in tables}


def _shown(record: Record) -> Record:
    return {name: _in_short(value) for name, value in record.items()}


def _in_short(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "dbId" in value:
        return {name: value[name] for name in SHORT if name in value}
    return _shown(value)
