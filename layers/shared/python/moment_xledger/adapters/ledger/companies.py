"""Companies: their settings, and which of them share an Xledger token."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr
from pydantic import ValidationError

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.audit import noted
from moment_xledger.adapters.ledger.notices import look_mark
from moment_xledger.adapters.ledger.settings_history import line, shown
from moment_xledger.adapters.table import Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import Company, CompanyId, Route, TokenId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import CompanyGone
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.releases import model_as_stored
from moment_xledger.domain.settings_changes import Saved
from moment_xledger.domain.typed_keys import Tails

LEFT = "left"  # in the settings of a company that leaves: since when
LONGEST_ABOUT = 1000  # of a deed


@dataclass(frozen=True)
class Page:
    """Some companies, by their ids. `unreadable`: those whose settings are missing or damaged. `last`: after which the
    next page begins; empty where this is the last one."""

    companies: tuple[Company, ...]
    unreadable: tuple[CompanyId, ...] = ()
    last: str = ""


class Companies:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId) -> Company | None:
        """None also for one that leaves: nothing is done for it any more."""
        item = self._table.get(keys.settings(company))
        return _settings(item) if item and LEFT not in item else None

    def get_known(self, company: CompanyId) -> Company:
        """One that should exist, because the ledger or a message names it. Raises `CompanyGone` where it has left."""
        found = self.get(company)
        if found is None:
            raise CompanyGone(f"company {company} has no settings")
        return found

    def get_with_version(self, company: CompanyId) -> tuple[Company | None, int]:
        """Version 0 is a company that was never saved, or leaves: neither can be saved over what is there."""
        item = self._table.get(keys.settings(company))
        return (_settings(item), int(item["ver"])) if item and LEFT not in item else (None, 0)

    def save(self, company: Company, since: int | None = None, saved: Saved | None = None) -> None:
        """Raises `Conflict` if somebody else saved since version `since` was read. `saved` goes into the history.

        What waits moves along to a new token: the gate of the old one has no say in it any more.
        """
        self._write(company, since, [line(company.id, saved)] if saved else [])

    def save_form(
        self,
        company: Company,
        since: int,
        saved: Saved,
        tails: Tails,
        typed_anew: Collection[str] = (),
        also: Sequence[Action] = (),
    ) -> None:
        """As `save`, with all that a person's save brings about: what may be shown of the keys, a line in the audit,
        and a look at whatever has waited for a better key, for an address, or for its kind to be switched on.

        A mail that once came back from an address stops nothing that is `typed_anew`. `also` goes into the same
        transaction.
        """
        look = [_mark(keys.work(company.token_id, kind, company.id)) for kind in Kind]
        if company.route is Route.EMAIL:
            look.append(_mark(keys.mailing(company.id)))
        told = [line(company.id, saved), noted(_deed(company.id, saved)), shown(company.id, tails)]
        confirmed = [Delete(keys.stopped(company.id, address)) for address in sorted(typed_anew)]
        self._write(company, since, [*told, *look, *confirmed, *also])

    def _write(self, company: Company, since: int | None, also: Sequence[Action]) -> None:
        before, version = self.get_with_version(company.id)
        version = version if since is None else since
        unchanged = Attr("ver").eq(version) & Attr(LEFT).not_exists() if version else Attr("ver").not_exists()
        settings = {"settings": company.model_dump_json(), "ver": version + 1}
        actions: list[Action] = [
            Put(keys.settings(company.id), settings, when=unchanged),
            Put((keys.COMPANIES, company.id), {}),
            Put(
                (keys.token(company.token_id), f"TENANT#{company.id}"),
                {"plan": company.requests_per_hour or 0},
            ),
            look_mark(company.id),  # to tell an address that is new, or that something is over
            *also,
        ]
        if before and before.token_id != company.token_id:
            actions.append(Delete((keys.token(before.token_id), f"TENANT#{company.id}")))
            actions += [_unmark(before, kind) for kind in Kind]
            actions += [_mark(keys.work(company.token_id, kind, company.id)) for kind in Kind]
        once = {action.key: action for action in actions}  # a mark may be wanted twice
        self._table.write(*once.values())

    def every(self) -> list[Company]:
        """By their ids. Raises where the settings of one cannot be read."""
        ids = [CompanyId(item["sk"]) for item in self._table.query(keys.COMPANIES)]
        found = self._table.get_many(map(keys.settings, ids))
        return [_settings(found[keys.settings(id_)]) for id_ in ids]

    def page(self, size: int, after: str = "") -> Page:
        """One that cannot be read stops none of the others."""
        ids = [CompanyId(item["sk"]) for item in self._table.query(keys.COMPANIES, after=after, limit=size)]
        found = self._table.get_many(map(keys.settings, ids))
        read = {id_: _settings_or_none(found.get(keys.settings(id_))) for id_ in ids}
        return Page(
            tuple(company for company in read.values() if company),
            tuple(id_ for id_, company in read.items() if company is None),
            ids[-1] if len(ids) == size else "",
        )

    def is_shared(self, token: TokenId) -> bool:
        """By more than one company."""
        return len(list(self._table.query(keys.token(token), "TENANT#", limit=2))) > 1

    def plan(self, token: TokenId) -> int | None:
        """Requests an hour, as far as anybody who shares it knows; without reading the settings of them all."""
        plans = (int(item.get("plan", 0)) for item in self._table.query(keys.token(token), "TENANT#"))
        return max(plans, default=0) or None

    def sharing(self, token: TokenId) -> list[Company]:
        tenants = self._table.query(keys.token(token), "TENANT#")
        ids = [CompanyId(item["sk"].removeprefix("TENANT#")) for item in tenants]
        found = self._table.get_many(map(keys.settings, ids))
        companies = [_settings(found[keys.settings(id_)]) for id_ in ids]
        return [company for company in companies if company.token_id == token]  # nobody who has just left


def _settings(item: Item) -> Company:
    return model_as_stored(Company, item["settings"])


def _settings_or_none(item: Item | None) -> Company | None:
    try:
        return _settings(item) if item else None
    except (ValidationError, LookupError):
        return None


def _unmark(company: Company, kind: Kind) -> Update:
    """Whoever has read the marks before must not take later ones for the same, should the token come back."""
    return Update(keys.work(company.token_id, kind, company.id), remove=["due", "due_at"], add={"marks": 1})


def _deed(company: CompanyId, saved: Saved) -> Deed:
    fields = ", ".join(change.field for change in saved.changes)
    return Deed(company, saved.when, saved.who, What.CHANGED_SETTINGS, about=fields[:LONGEST_ABOUT])


def _mark(key: Key) -> Update:
    return Update(key, set={"due": keys.shard(key[0]), "due_at": keys.stamp(keys.AT_ONCE)}, add={"marks": 1})
