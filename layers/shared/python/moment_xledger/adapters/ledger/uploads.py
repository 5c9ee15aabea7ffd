"""Uploads: the state of each, and pointers to those with something left to do, which are due at their time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.tellings import to_tell
from moment_xledger.adapters.table import Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code
from moment_xledger.domain.releases import as_stored, is_known
from moment_xledger.domain.uploads import State, Upload, pending_again

if TYPE_CHECKING:
    from moment_xledger.domain.exports import Export

_NUMBERS = ("export", "attempts", "tries")
_LATER_NUMBERS = ("looks", "seen", "unsound")  # which items of earlier releases lack
_LATER_TIMES = ("handed_over", "arrived")


def to_upload(export: "Export", replaces: Upload | None, is_told: bool, now: datetime) -> list[Action]:
    """In the transaction that makes the export ready, so that none is forgotten.

    `is_told`: nobody gets a mail about it.
    """
    if replaces:
        return _actions(pending_again(replaces, export.number, now), is_open=True)
    fresh = Upload(export.company, export.number, export.number, again=now, is_told=is_told)
    return _actions(fresh, is_open=True)


def file_of(table: Table, company: CompanyId, members_of: int) -> Item | None:
    """How far the file that these invoices are in has come, as `not_taken` reads it."""
    return table.get(_key(company, members_of))


def not_taken(company: CompanyId, members_of: int, file: Item) -> Update:
    """For a transaction that changes one of its invoices: it has surely not been taken by then, and the worker that is
    about to hand it over looks again."""
    same = Attr("rev").eq(file["rev"]) & Attr("state").eq(file["state"])
    return Update(_key(company, members_of), add={"rev": 1}, when=same)


class Uploads:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, company: CompanyId, members_of: int) -> Upload | None:
        item = self._table.get(_key(company, members_of))
        return _upload(company, item) if item else None

    def open(self, company: CompanyId) -> Iterator[Upload]:
        """Those with something left to do, oldest first."""
        for pointer in list(self._table.query(keys.invoices(company), "SEND#")):
            found = self.get(company, int(pointer["sk"].removeprefix("SEND#")))
            if found and is_known(found.state):
                yield found

    def save(self, upload: Upload, *, is_open: bool, tell_at: datetime | None = None) -> Upload:
        """As it is stored now; with `tell_at`, to be told of from then on.

        Raises `Conflict` if somebody else wrote it since it was read.
        """
        telling = [to_tell(upload.company, upload.members_of, tell_at)] if tell_at else []
        self._table.write(*_actions(upload, is_open=is_open), *telling)
        return replace(upload, rev=upload.rev + 1)

    def close(self, upload: Upload) -> None:
        """Nothing is left to do for it."""
        self._table.write(Delete(_pointer(upload)))


def _actions(upload: Upload, *, is_open: bool) -> list[Action]:
    unchanged = Attr("rev").eq(upload.rev) if upload.rev else Attr("rev").not_exists()
    kept = Put(
        _key(upload.company, upload.members_of), _item(upload), when=unchanged, books_of=upload.handed_over
    )
    return [kept, Put(_pointer(upload), _due(upload)) if is_open else Delete(_pointer(upload))]


def _key(company: CompanyId, members_of: int) -> Key:
    return keys.invoices(company), f"UPL#{members_of:06}"


def _pointer(upload: Upload) -> Key:
    return keys.invoices(upload.company), f"SEND#{upload.members_of:06}"


def _due(upload: Upload) -> Item:
    return {"due": keys.shard(keys.invoices(upload.company)), "due_at": keys.stamp(upload.again)}


def _item(upload: Upload) -> Item:
    plain: Item = {name: getattr(upload, name) for name in (*_NUMBERS, *_LATER_NUMBERS)}
    plain |= {name: keys.stamp(when) for name in _LATER_TIMES if (when := getattr(upload, name))}
    known = {"file_key": upload.file_key, "reason": upload.reason and str(upload.reason)}
    return (
        plain
        | {name: value for name, value in known.items() if value is not None}
        | {"state": str(upload.state), "again": keys.stamp(upload.again), "is_told": upload.is_told}
        | {"is_blind": upload.is_blind}
        | {"rev": upload.rev + 1}
    )


def _upload(company: CompanyId, item: Mapping[str, Any]) -> Upload:
    return Upload(
        company,
        int(item["sk"].removeprefix("UPL#")),
        again=keys.moment(item["again"]),
        state=as_stored(State, item["state"]),
        file_key=int(item["file_key"]) if "file_key" in item else None,
        reason=as_stored(Code, item["reason"]) if "reason" in item else None,
        is_told=item["is_told"],
        rev=int(item["rev"]),
        handed_over=_time(item, "handed_over"),
        arrived=_time(item, "arrived"),
        is_blind=bool(item.get("is_blind")),
        **{name: int(item[name]) for name in _NUMBERS},
        **{name: int(item.get(name, 0)) for name in _LATER_NUMBERS},
    )


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    return keys.moment(item[name]) if name in item else None
