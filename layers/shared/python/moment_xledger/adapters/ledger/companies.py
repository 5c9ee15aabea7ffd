"""Companies: their settings, and which of them share an Xledger token."""

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Delete, Put, Table
from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.moment import Kind

_ALL = "COMPANIES"


class Companies:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId) -> Company | None:
        item = self._table.get((keys.company(company), "CONF"))
        return Company.model_validate_json(item["settings"]) if item else None

    def get_known(self, company: CompanyId) -> Company:
        """One that must exist, because the ledger names it."""
        found = self.get(company)
        if found is None:
            raise LookupError(f"company {company} has no settings")
        return found

    def save(self, company: Company) -> None:
        """Raises `Conflict` if somebody else saved since this company was read."""
        key = (keys.company(company.id), "CONF")
        stored = self._table.get(key)
        unchanged = Attr("ver").eq(stored["ver"]) if stored else Attr("ver").not_exists()
        settings = {"settings": company.model_dump_json(), "ver": (stored["ver"] if stored else 0) + 1}
        before = Company.model_validate_json(stored["settings"]) if stored else None
        actions: list[Action] = [
            Put(key, settings, when=unchanged),
            Put((_ALL, company.id), {}),
            Put((keys.token(company.token_id), f"TENANT#{company.id}"), {}),
        ]
        if before and before.token_id != company.token_id:
            actions.append(Delete((keys.token(before.token_id), f"TENANT#{company.id}")))
            actions += [Delete(keys.work(before.token_id, kind, company.id)) for kind in Kind]
        self._table.write(*actions)

    def every(self) -> list[Company]:
        return [self.get_known(CompanyId(item["sk"])) for item in self._table.query(_ALL)]

    def sharing(self, token: TokenId) -> list[Company]:
        found = self._table.query(keys.token(token), "TENANT#")
        return [self.get_known(CompanyId(item["sk"].removeprefix("TENANT#"))) for item in found]
