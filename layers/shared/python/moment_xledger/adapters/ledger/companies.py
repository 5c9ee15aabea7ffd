"""Companies: their settings, and which of them share an Xledger token."""

from datetime import UTC, datetime

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.settings_history import line
from moment_xledger.adapters.table import Action, Delete, Item, Put, Table, Update
from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.settings_changes import Saved

_ALL = "COMPANIES"
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class Companies:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId) -> Company | None:
        item = self._table.get(keys.settings(company))
        return _settings(item) if item else None

    def get_known(self, company: CompanyId) -> Company:
        """One that must exist, because the ledger names it."""
        found = self.get(company)
        if found is None:
            raise LookupError(f"company {company} has no settings")
        return found

    def get_with_version(self, company: CompanyId) -> tuple[Company | None, int]:
        """Version 0 is a company that was never saved."""
        item = self._table.get(keys.settings(company))
        return (_settings(item), int(item["ver"])) if item else (None, 0)

    def save(self, company: Company, since: int | None = None, saved: Saved | None = None) -> None:
        """Raises `Conflict` if somebody else saved since version `since` was read. `saved` goes into the history.

        What waits moves along to a new token: the gate of the old one has no say in it any more.
        """
        before, version = self.get_with_version(company.id)
        version = version if since is None else since
        unchanged = Attr("ver").eq(version) if version else Attr("ver").not_exists()
        settings = {"settings": company.model_dump_json(), "ver": version + 1}
        actions: list[Action] = [
            Put(keys.settings(company.id), settings, when=unchanged),
            Put((_ALL, company.id), {}),
            Put((keys.token(company.token_id), f"TENANT#{company.id}"), {}),
            *([line(company.id, saved)] if saved else []),
        ]
        if before and before.token_id != company.token_id:
            actions.append(Delete((keys.token(before.token_id), f"TENANT#{company.id}")))
            actions += [_unmark(before, kind) for kind in Kind]
            actions += [_mark(company, kind) for kind in Kind]
        self._table.write(*actions)

    def every(self) -> list[Company]:
        return [self.get_known(CompanyId(item["sk"])) for item in self._table.query(_ALL)]

    def is_shared(self, token: TokenId) -> bool:
        """By more than one company."""
        return len(list(self._table.query(keys.token(token), "TENANT#", limit=2))) > 1

    def sharing(self, token: TokenId) -> list[Company]:
        tenants = self._table.query(keys.token(token), "TENANT#")
        ids = [CompanyId(item["sk"].removeprefix("TENANT#")) for item in tenants]
        found = self._table.get_many(map(keys.settings, ids))
        return [_settings(found[keys.settings(id_)]) for id_ in ids]


def _settings(item: Item) -> Company:
    """What only a later release knows is passed over: while one is rolled out, two are at work."""
    return Company.model_validate_json(item["settings"], extra="ignore")


def _unmark(company: Company, kind: Kind) -> Update:
    """Whoever has read the marks before must not take later ones for the same, should the token come back."""
    return Update(keys.work(company.token_id, kind, company.id), remove=["due", "due_at"], add={"marks": 1})


def _mark(company: Company, kind: Kind) -> Update:
    key = keys.work(company.token_id, kind, company.id)
    return Update(key, set={"due": keys.shard(key[0]), "due_at": keys.stamp(AT_ONCE)}, add={"marks": 1})
