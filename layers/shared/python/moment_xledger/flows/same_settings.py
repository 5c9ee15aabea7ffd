"""Keeps a run from writing once its company has another token or owner code than the run began with."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import MovedOn

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger.companies import Companies
    from moment_xledger.adapters.xledger_nodes import Sends


class SameSettings:
    """Sends for one company. Raises `MovedOn` instead of a write that would go to where the company no longer is."""

    def __init__(self, sends: "Sends", company: Company, companies: "Companies") -> None:
        self._sends, self._company, self._companies = sends, company, companies

    def read(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._sends.read(operation, variables)

    def write(self, operation: str, inputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        now, began = self._companies.get_known(self._company.id), self._company
        if (now.token_id, now.owner_code) != (began.token_id, began.owner_code):
            raise MovedOn
        return self._sends.write(operation, inputs)
