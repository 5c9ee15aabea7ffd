"""Saves what the form says. Keys go where secrets are kept; the ledger knows only the token's fingerprint."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from moment_xledger.domain.companies import Company, CompanyId, Route, Secrets, TokenId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Conflict, Why
from moment_xledger.domain.gate import reopen
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.problems import Code
from moment_xledger.domain.settings_changes import Saved, changes
from moment_xledger.domain.settings_faults import BadSettings, FieldFault, bad_settings
from moment_xledger.domain.typed_keys import changed_keys, check_complete, tails, with_typed

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
MOST_BYTES = 64 * 1024
OPERATOR = "operator"
NO_TOKEN = TokenId("")


@dataclass(frozen=True)
class Form:
    """As it was sent. `since` is the version that it was filled out from; 0 for a company that is new."""

    company: CompanyId
    settings: Mapping[str, Any]
    keys: Mapping[str, Any]
    since: int
    by: str


def save_form(form: Form, ledger: "Ledger", vault: "Vault", clock: Callable[[], datetime]) -> Company:
    """Raises `BadSettings` with what is wrong, and `Conflict` if somebody else saved meanwhile; then nothing is."""
    if len(json.dumps([dict(form.settings), dict(form.keys)], default=str)) > MOST_BYTES:
        raise BadSettings([FieldFault("form")])
    settings = {**form.settings, "id": form.company}
    try:
        secrets = with_typed(form.keys, vault.secrets(form.company) if form.since else None)
    except BadSettings as bad:
        raise BadSettings([*bad.faults, *_faults(settings)]) from None
    return save_company(settings, secrets, ledger, vault, clock, by=form.by, since=form.since)


def save_company(
    settings: Mapping[str, Any],
    secrets: Secrets,
    ledger: "Ledger",
    vault: "Vault",
    clock: Callable[[], datetime],
    *,
    by: str = OPERATOR,
    since: int | None = None,
) -> Company:
    """`settings` are the fields of `Company` but its token. Raises as `save_form`.

    The ledger comes first, since it alone knows whether somebody else was faster.
    """
    company = _read(settings, vault.fingerprint(secrets.xledger_token))
    check_complete(company, secrets)
    before, version = ledger.companies.get_with_version(company.id)
    company = _without_the_old_keys_end(company, before)
    version = version if since is None else since
    keys = changed_keys(vault.secrets(company.id) if before else None, secrets)
    saved = Saved(version + 1, clock(), by, changes(before, company, keys))
    ledger.companies.save(company, version, saved)
    vault.save(company.id, secrets)
    ledger.settings_history.note_tails(company.id, tails(secrets))
    about = ", ".join(change.field for change in saved.changes)
    ledger.audit.note(Deed(company.id, saved.when, by, What.CHANGED_SETTINGS, about=about[:1000]))
    open_gate(company, ledger, clock())
    _forget_removed_addresses(company, before, ledger)
    for kind in Kind:  # what waited for a better token, or for this kind to be switched on
        ledger.records.mark_work(company.token_id, kind, company.id, AT_ONCE)
    if company.route is Route.EMAIL:  # and what waited for a better key, or for an address
        ledger.mails.mark(company.id, AT_ONCE)
    return company


def _read(settings: Mapping[str, Any], token_id: TokenId) -> Company:
    try:
        return Company.model_validate({**settings, "token_id": token_id})
    except ValidationError as error:
        raise bad_settings(error) from None  # its text quotes what was typed


def _faults(settings: Mapping[str, Any]) -> tuple[FieldFault, ...]:
    """Whatever the token is, so that all that is wrong is said at once."""
    try:
        _read(settings, NO_TOKEN)
    except BadSettings as bad:
        return bad.faults
    return ()


def _without_the_old_keys_end(company: Company, before: Company | None) -> Company:
    """A date that nobody touched while the key was changed is that of the old one."""
    if before is None or before.token_id == company.token_id or before.token_expires != company.token_expires:
        return company
    return company.model_copy(update={"token_expires": None})


def _forget_removed_addresses(company: Company, before: Company | None, ledger: "Ledger") -> None:
    removed = set(before.notify if before else ()) - set(company.notify)
    gone = [("settings", address) for address in sorted(removed)]
    ledger.problems.close(company.id, gone, [Code.NOTICE_ADDRESS_STOPPED])


def open_gate(company: Company, ledger: "Ledger", now: datetime) -> None:
    """If it is closed for the token's sake. Where somebody else writes it at this moment, he has just tried the token:
    what he found stands, and what was saved here is saved all the same."""
    gate = ledger.gates.get(company.token_id)
    if gate.closed_why is Why.AUTH:
        with suppress(Conflict):
            ledger.gates.save(company.token_id, reopen(gate, now))
    for sharing in ledger.companies.sharing(company.token_id):
        ledger.problems.close(sharing.id, [("settings", "")], [Code.TOKEN_REFUSED])
