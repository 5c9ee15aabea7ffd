"""Xledger's accounts, VAT codes and VAT rates, through the gate, at most once an hour for each token."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import GateClosed, Rejected, WrongRequest
from moment_xledger.domain.preflight import FRESH, Lists
from moment_xledger.flows.stop_work import tell_it_is_over, tell_once
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_reference import Reads, Reference


A_DAY = timedelta(days=1)
LISTS = "accounts and VAT codes"
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
    """A list that the token may not read stays unknown; so does one that Xledger does not take our request for, of
    which people are told. Raises `GateClosed`."""
    wrong: list[WrongRequest] = []
    accounts = _unless_refused(reference.accounts, wrong)
    vat_codes = _unless_refused(reference.vat_codes, wrong)
    lists = Lists(worker.clock(), accounts, vat_codes)
    worker.ledger.references.save(token, lists)
    read_countries(token, worker, reference)
    _read_vat_rates(token, worker, reference, wrong)
    read_dimensions(token, worker, reference)
    sharing = worker.ledger.companies.sharing(token)
    if wrong:
        tell_once(sharing, LISTS, LISTS, wrong[0], worker)
    else:
        tell_it_is_over(sharing, LISTS, worker)
    return lists


def read_dimensions(token: TokenId, worker: Worker, reference: "Reference") -> None:
    """Optional: where Xledger does not tell, those that were read before count, or the usual ones."""
    known = worker.ledger.references.dimensions(token)
    if known and worker.clock() - known.read_at < A_DAY:
        return
    read = _unless_refused(lambda: reference.dimensions(worker.clock()), [])
    if read is not None:
        worker.ledger.references.save_dimensions(token, read)


def read_countries(token: TokenId, worker: Worker, reference: "Reference") -> None:
    """Optional, once a day: without it a customer's country is judged by Xledger alone."""
    now = worker.clock()
    if worker.ledger.references.countries(token, now - A_DAY) is None:
        codes = _unless_refused(reference.countries, [])
        if codes:
            worker.ledger.references.save_countries(token, codes, now)


def read_vat_rates(token: TokenId, worker: Worker, reference: "Reference") -> None:
    """Where the token may not read the tax table, the rates of earlier days count until they are too old."""
    _read_vat_rates(token, worker, reference, [])


def _read_vat_rates(
    token: TokenId, worker: Worker, reference: "Reference", wrong: list[WrongRequest]
) -> None:
    rates = _unless_refused(reference.vat_rates, wrong)
    if rates is not None:
        worker.ledger.references.save_vat_rates(token, rates, worker.clock())


def _unless_refused(read: Callable[[], Read], wrong: list[WrongRequest]) -> Read | None:
    try:
        return read()
    except Rejected:
        return None
    except WrongRequest as refused:
        wrong.append(refused)
        return None
