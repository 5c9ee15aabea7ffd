"""Companies that leave: that they do, everything there is of one, and its erasure piece by piece."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.companies import LEFT
from moment_xledger.adapters.ledger.pauses import REMEMBERED
from moment_xledger.adapters.table import Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.entities import CurrentEntity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.leaving import Leaver
from moment_xledger.domain.releases import model_as_stored
from moment_xledger.domain.retention import begins

AT_ONCE = 50  # items erased together, of which each may have another one beside it
WAKES_LAST = timedelta(days=15)  # in any queue: until then its work stands still, and is not missing
_PAUSED = "the company has left"


class Leavers:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId) -> Leaver | None:
        item = self._table.get(keys.leaver(company))
        return _leaver(item) if item else None

    def begin(self, company: CompanyId, by: str, now: datetime) -> Leaver | None:
        """In one write nobody finds the company any more. None where there is none; one that leaves already goes on.

        Raises `Conflict` if its settings are saved at this moment.
        """
        settings = self._table.get(keys.settings(company))
        if settings is None:
            return self.get(company)
        if LEFT in settings:
            return self.get(company)
        token = model_as_stored(Company, settings["settings"]).token_id
        leaver = Leaver(now, by, token)
        self._table.write(
            Update(
                keys.settings(company),
                set={LEFT: keys.stamp(now)},
                when=Attr("ver").eq(settings["ver"]) & Attr(LEFT).not_exists(),
            ),
            Put(keys.leaver(company), _item(leaver)),
            Put((keys.PAUSES, company), {"since": keys.stamp(now), "who": by, "why": _PAUSED}),
            Delete((keys.COMPANIES, company)),
            Delete((keys.token(token), f"TENANT#{company}")),
            *(Delete(keys.work(token, kind, company)) for kind in Kind),
        )
        return leaver

    def take_back(self, company: CompanyId, now: datetime) -> bool:
        """In one write it is here again, with all that waited. False where it does not leave, or is being erased.

        Raises `Conflict` if it is begun to be erased at this moment.
        """
        settings, leaver = self._table.get(keys.settings(company)), self.get(company)
        if settings is None or LEFT not in settings or leaver is None or leaver.erasing:
            return False
        own = model_as_stored(Company, settings["settings"])
        due = {"due_at": keys.stamp(now)}
        self._table.write(
            Update(keys.settings(company), remove=[LEFT], when=Attr(LEFT).exists()),
            Delete(keys.leaver(company), when=Attr("erasing").not_exists()),
            Put((keys.COMPANIES, company), {}),
            Put((keys.token(own.token_id), f"TENANT#{company}"), {"plan": own.requests_per_hour or 0}),
            Update(
                (keys.PAUSES, company),
                set={"lifted": keys.stamp(now), "ttl": int((now + REMEMBERED).timestamp())},
            ),
            *(
                Update(key, set=due | {"due": keys.shard(key[0])}, add={"marks": 1})
                for key in (keys.work(own.token_id, kind, company) for kind in Kind)
            ),
        )
        return True

    def shut(self, company: CompanyId) -> None:
        """Nobody is signed in any more, and no link opens anything."""
        for prefix in ("SESSION#", "LINK#"):
            found = self._table.query(keys.company(company), prefix)
            while some := list(islice(found, AT_ONCE)):
                self._table.write(*map(Delete, dict.fromkeys(_keys_of(some))))

    def save(self, company: CompanyId, leaver: Leaver) -> None:
        """Stores it. Once the company is erased, this item expires when the bookkeeping period ends."""
        self._table.write(Put(keys.leaver(company), _item(leaver), books_of=leaver.erased))

    def items(self, company: CompanyId) -> Iterator[Item]:
        """Everything in the company's own partitions, read page by page."""
        for pk in _partitions(company):
            yield from self._table.query(pk)

    def lingers(self, company: CompanyId) -> bool:
        return any(True for _ in self.items(company))

    def erase_items(self, company: CompanyId) -> Counter[str]:
        """How many items of each kind were erased. The settings go last, so that an erasure that died is found."""
        erased: Counter[str] = Counter()
        for pk in _partitions(company):
            items = (item for item in self._table.query(pk) if item["sk"] != "CONF")
            while some := list(islice(items, AT_ONCE)):
                self._table.write(*map(Delete, dict.fromkeys(_keys_of(some))))
                erased.update(begins(item["sk"]).rstrip("#") for item in some)
        if self._table.get(keys.settings(company)):
            self._table.write(Delete(keys.settings(company)))
            erased["CONF"] += 1
        return erased

    def erase_beside(self, company: CompanyId, leaver: Leaver, now: datetime) -> Counter[str]:
        """Erases what names the company outside its own partitions: its place among those that write
        to an entity, the reasons that it met first, and all that is kept of its token where nobody else uses that."""
        erased: Counter[str] = Counter()
        erased["WRITERS"] += self._leave_entity(company)
        for item in self._table.query(keys.REASONS):
            if item.get("company") == company:
                self._table.write(Update((keys.REASONS, item["sk"]), remove=["company"]))
        if leaver.token_id:
            erased += self._erase_token(leaver.token_id)
        gone = int((now + WAKES_LAST).timestamp())
        self._table.write(
            Update(
                (keys.PAUSES, company),
                set={"since": keys.stamp(now), "who": leaver.by, "why": _PAUSED, "ttl": gone},
            )
        )
        return erased

    def _leave_entity(self, company: CompanyId) -> int:
        from moment_xledger.adapters.ledger.entities import Entities

        entities = Entities(self._table)
        current: CurrentEntity = entities.current(company)
        if current.entity is None:
            return 0
        writers = entities.writers(current.entity)
        if company not in (*writers.companies, *writers.allowed):
            return 0
        left = replace(writers.left_by(company), allowed=writers.allowed - {company})
        entities.save_writers(current.entity, left)
        return 1

    def _erase_token(self, token: TokenId) -> Counter[str]:
        erased: Counter[str] = Counter()
        pk = keys.token(token)
        if any(True for _ in self._table.query(pk, "TENANT#", limit=1)):
            return erased
        items = self._table.query(pk)
        while some := list(islice(items, AT_ONCE)):
            self._table.write(*(Delete((pk, item["sk"])) for item in some))
            erased.update(begins(item["sk"]).rstrip("#") for item in some)
        return erased


def _partitions(company: CompanyId) -> tuple[str, str, str]:
    """Each named in full: no other company's begins the same way and is meant as well."""
    return keys.records(company), keys.invoices(company), keys.company(company)


def _keys_of(items: list[Item]) -> Iterator[Key]:
    """The keys of these items, and of the items by which a session or a link is found without its company."""
    for item in items:
        pk, sk = item["pk"], item["sk"]
        yield pk, sk
        if sk.startswith("SESSION#"):
            yield sk, "SESSION"
        elif sk.startswith("LINK#") and not pk.endswith("#REC"):
            yield f"LINK#{sk.rpartition('#')[2]}", "LINK"


_TIMES = ("erasing", "erased")


def _item(leaver: Leaver) -> Item:
    item: Item = {"since": keys.stamp(leaver.since), "by": leaver.by, "counts": dict(leaver.counts)}
    item |= {name: keys.stamp(at) for name in _TIMES if (at := getattr(leaver, name))}
    item |= {"manifest": leaver.manifest} if leaver.manifest else {}
    return item | ({"token_id": leaver.token_id} if leaver.token_id else {})


def _leaver(item: Item) -> Leaver:
    times = {name: keys.moment(item[name]) for name in _TIMES if name in item}
    token = TokenId(item["token_id"]) if "token_id" in item else None
    counts = {name: int(count) for name, count in item["counts"].items()}
    return Leaver(
        keys.moment(item["since"]), item["by"], token, item.get("manifest", ""), counts=counts, **times
    )
