"""Saves what the form says. Keys go where secrets are kept; the ledger knows only the token's fingerprint."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, Secrets
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import reopen
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.problems import Code

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def save_company(settings: Mapping[str, Any], secrets: Secrets, ledger: "Ledger", vault: "Vault") -> Company:
    """`settings` are the fields of `Company` but its token. Raises `ValueError` (pydantic's) naming a bad field."""
    token_id = vault.fingerprint(secrets.xledger_token)
    company = Company.model_validate({**settings, "token_id": token_id})
    vault.save(company.id, secrets)
    ledger.companies.save(company)
    _open_gate(company, ledger)
    for kind in Kind:  # what waited for a better token, or for this kind to be switched on
        ledger.records.mark_work(token_id, kind, company.id, AT_ONCE)
    return company


def _open_gate(company: Company, ledger: "Ledger") -> None:
    """If it is closed for the token's sake."""
    gate = ledger.gates.get(company.token_id)
    if gate.closed_why is Why.AUTH:
        ledger.gates.save(company.token_id, reopen(gate))
    for sharing in ledger.companies.sharing(company.token_id):
        ledger.problems.close(sharing.id, [("settings", "")], [Code.TOKEN_REFUSED])
