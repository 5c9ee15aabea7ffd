"""What a file may refer to: the records that one entity's importer can see."""

from dataclasses import dataclass
from decimal import Decimal

from local.xledger.soap.plan import SoapPlan
from local.xledger.state import State


@dataclass(frozen=True)
class Register:
    state: State
    owners: frozenset[int]  # dbIds of the entity and those above it, which share theirs
    owner_code: int
    plan: SoapPlan

    def has_customer(self, code: str) -> bool:
        return self._holds("customers", code)

    def has_project(self, code: str) -> bool:
        return self._holds("projects", code)

    def has_account(self, code: str) -> bool:
        return bool(self.state.tables["accounts"].find("code", code))

    def has_currency(self, code: str) -> bool:
        return bool(self.state.tables["currencies"].find("code", code))

    def has_vat_code(self, code: str) -> bool:
        if code in self.plan.codes_without_vat:
            return True
        return any(
            value["kind"] == "TAX_RULE" for value in self.state.tables["objectValues"].find("code", code)
        )

    def vat_rate(self, code: str) -> Decimal:
        """Today's, as a part of one."""
        today = self.state.today()
        percents = [
            setup["taxPercent"]
            for setup in self.state.tables["taxTableSetups"]
            if setup["object"]["code"] == code and today <= (setup["dateTo"] or today)
        ]
        return Decimal(str(percents[0])) / 100 if percents else Decimal(0)

    def _holds(self, table: str, code: str) -> bool:
        return any(each["ownerDbId"] in self.owners for each in self.state.tables[table].find("code", code))
