"""What an Xledger shows of itself at `/_state`: the simulator all of this, another one perhaps some of it, or nothing.

Only what has the form that is expected here is used. Of the rest a run says that it was not looked at.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import requests
from pydantic import BaseModel, TypeAdapter, ValidationError

from local.run.options import XLEDGER_PATH
from local.run.places import is_on_this_machine

State = Mapping[str, Any]  # its parts by name; what is not shown is not there


class _Coded(BaseModel):
    code: str


class _Counted(BaseModel):
    total: int
    refused: int
    by_operation: dict[str, int]


class _Uploaded(BaseModel):
    fileKey: int  # noqa: N815 -- as it is shown
    fileName: str  # noqa: N815
    importCode: str  # noqa: N815
    outcome: str
    rows: int
    vouchers: int
    reasons: list[str]
    sha256: str


class _Line(BaseModel):
    amount: str


class _Voucher(BaseModel):
    fileKey: int  # noqa: N815
    voucherNo: str  # noqa: N815
    lines: list[_Line]


class _Posted(BaseModel):
    lines: int
    ends: str


class _Entity(BaseModel):
    ownerCode: int  # noqa: N815


_FORMS: Mapping[str, TypeAdapter[Any]] = {
    "customers": TypeAdapter(list[_Coded]),
    "projects": TypeAdapter(list[_Coded]),
    "requests": TypeAdapter(_Counted),
    "uploads": TypeAdapter(list[_Uploaded]),
    "vouchers": TypeAdapter(list[_Voucher]),
    "ledger": TypeAdapter(_Posted),
    "entities": TypeAdapter(list[_Entity]),
}
_IN_WORDS = {
    "customers": "which customers it holds",
    "projects": "which projects it holds",
    "requests": "how many requests it counted",
    "uploads": "what its import took",
    "vouchers": "which vouchers its import made",
    "ledger": "which costs are posted, so none were imported",
}


def state_of(xledger_url: str) -> State:
    """What it shows. One that is not on this machine is never asked for such a thing."""
    if not is_on_this_machine(xledger_url):
        return {}
    try:
        answer = requests.get(xledger_url.removesuffix(XLEDGER_PATH) + "/_state", timeout=10)
        content = answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        return {}
    parts = content if isinstance(content, dict) else {}
    return {name: part for name, part in parts.items() if name in _FORMS and _fits(name, part)}


def _fits(name: str, part: Any) -> bool:
    try:
        _FORMS[name].validate_python(part)
    except ValidationError:
        return False
    return True


def not_shown(state: State, wanted: Iterable[str]) -> list[str]:
    """What of this is wanted and not there, in words."""
    return [_IN_WORDS[name] for name in wanted if name not in state]
