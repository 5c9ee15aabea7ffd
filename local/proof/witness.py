"""Sees from outside all that a simulated Xledger is told: by our requests, or by people's hands in its own pages.

What belongs to whom is read from the names that the story gives: each says which company's record of Moment it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from local.proof.scheduling import Scheduler
from local.xledger.engine import Xledger
from local.xledger.hands import NotDone
from local.xledger.table import Record

_NAMED = re.compile(r"(?:Kunde|Prosjekt) M(\d+) ([a-z]+)")
NUMBERED = ("customers", "projects")


class Whose(NamedTuple):
    """A record of Moment."""

    company: str
    id: int


def whose(name: str | None) -> Whose | None:
    found = _NAMED.match(name or "")
    return Whose(found[2], int(found[1])) if found else None


@dataclass(frozen=True)
class Change:
    """One of our requests wrote this record of Xledger. `before` is None where it is new; `namesakes` are others that
    had its number in its entity already, with the time when they came there."""

    at: datetime
    table: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    by_hand: bool  # people made this record
    namesakes: tuple[Whose | None, ...] = ()


@dataclass(frozen=True)
class OnAccount:
    """An invoice left for the customer number; `held` are those that had it in Xledger then, each with its entity."""

    at: datetime
    company: str
    invoice: int
    number: str
    held: tuple[tuple[int, Whose | None], ...]


@dataclass
class Witness:
    """Of all simulated Xledgers of a run. `are_ours` are the records of ours that people removed and made again."""

    scheduler: Scheduler
    began: datetime = field(init=False)
    changes: list[Change] = field(default_factory=list)
    left: list[OnAccount] = field(default_factory=list)
    are_ours: set[int] = field(default_factory=set)
    renumbered: dict[int, datetime] = field(default_factory=dict)  # by hand, by dbId
    _hands: bool = False
    _made_by_hand: set[int] = field(default_factory=set)  # by the id of the record in this process

    def __post_init__(self) -> None:
        self.began = self.scheduler.now

    def watch(self, server: Xledger) -> None:
        state = server.state
        add, change = state.add, state.change

        def added(table: str, fields: Record, owner: Record) -> Record:
            code = fields.get("code")
            others = state.tables[table].find("code", code) if table in NUMBERED else ()
            namesakes = tuple(
                whose(each["description"]) for each in others if each["ownerDbId"] == owner["dbId"]
            )
            record = add(table, fields, owner)
            if self._hands:
                self._made_by_hand.add(id(record))
            else:
                self._note(table, None, record, namesakes)
            return record

        def changed(table: str, record: Record, changes: Record) -> None:
            before = dict(record)
            change(table, record, changes)
            if not self._hands:
                self._note(table, before, record)
            elif before["code"] != record["code"]:
                self.renumbered[record["dbId"]] = self.scheduler.now

        state.add, state.change = added, changed  # type: ignore[method-assign]

    def _note(
        self, table: str, before: Record | None, record: Record, namesakes: tuple[Whose | None, ...] = ()
    ) -> None:
        by_hand = id(record) in self._made_by_hand
        self.changes.append(Change(self.scheduler.now, table, before, dict(record), by_hand, namesakes))

    def by_hand(self, server: Xledger, order: Mapping[str, Any]) -> Record | None:
        """What a person does in Xledger. None also where it cannot be done, as the record is not there."""
        self._hands = True
        try:
            done = server.hands.do(dict(order))
        except NotDone:
            return None
        finally:
            self._hands = False
        return done

    def invoices_left(self, company: str, rows: Iterable[tuple[int, str]], server: Xledger) -> None:
        """`held` are all that have the number then, in whichever entity."""
        customers = server.state.tables["customers"]
        for invoice, number in rows:
            held = tuple(
                (each["owner"]["ownerCode"], whose(each["description"]))
                for each in customers.find("code", number)
            )
            self.left.append(OnAccount(self.scheduler.now, company, invoice, number, held))
