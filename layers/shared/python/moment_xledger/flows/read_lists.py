"""Xledger's accounts, VAT codes and VAT rates, through the gate, at most once an hour for each token."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import GateClosed, Rejected
from moment_xledger.domain.preflight import FRESH, Lists
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_reference import Reads, Reference


Read = TypeVar("Read")


def read_lists(token: TokenId, worker: Worker, reference: Callable[["Reads"], "Reference"]) -> Lists | None:
    """Those of the last hour, else new ones; the last known ones where the gate is closed."""
    known = worker.ledger.references.get(token)
    if known and worker.clock() - known.read_at < FRESH:
        return known
    try:
        with open_channel(token, worker) as channel:
            return fresh_lists(token, worker, reference(channel))
    except GateClosed:
        return known


def fresh_lists(token: TokenId, worker: Worker, reference: "Reference") -> Lists:
    """A list that the token may not read stays unknown. Raises `GateClosed`."""
    lists = Lists(worker.clock(), _unless_refused(reference.accounts), _unless_refused(reference.vat_codes))
    worker.ledger.references.save(token, lists)
    read_vat_rates(token, worker, reference)
    return lists


def read_vat_rates(token: TokenId, worker: Worker, reference: "Reference") -> None:
    """Where the token may not read the tax table, the rates of earlier days count until they are too old."""
    rates = _unless_refused(reference.vat_rates)
    if rates is not None:
        worker.ledger.references.save_vat_rates(token, rates, worker.clock())


def _unless_refused(read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except Rejected:
        return None
