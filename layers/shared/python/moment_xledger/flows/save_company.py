"""Saves what the form says. Keys go where secrets are kept; the ledger knows only the token's fingerprint."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, Secrets
from moment_xledger.domain.gate import reopen

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault


def save_company(settings: Mapping[str, Any], secrets: Secrets, ledger: "Ledger", vault: "Vault") -> Company:
    """`settings` are the fields of `Company` but its token. Raises `ValueError` (pydantic's) naming a bad field."""
    token_id = vault.fingerprint(secrets.xledger_token)
    company = Company.model_validate({**settings, "token_id": token_id})
    vault.save(company.id, secrets)
    ledger.companies.save(company)
    gate = ledger.gates.get(token_id)
    if gate.closed_until:
        ledger.gates.save(token_id, reopen(gate))
    return company
