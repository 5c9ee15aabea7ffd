"""Entities of Xledger: the accounting units that a token reaches, and which of them a company writes to.

An entity is known by the address of its Xledger and by its owner code. A dbId means something in one entity only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from moment_xledger.domain.companies import CompanyId

REREAD_AFTER = timedelta(hours=1)  # what a token reaches, where a company's entity does not follow from it


class Entity(NamedTuple):
    """One entity of one Xledger. Its text form is stored with what was learnt there, and never changes."""

    address: str
    owner_code: int

    @classmethod
    def at(cls, url: str, owner_code: int) -> Self:
        return cls(address_of(url), owner_code)

    @classmethod
    def read(cls, text: str) -> Self:
        """From its text form."""
        owner_code, _, address = text.partition("@")
        return cls(address, int(owner_code))

    def __str__(self) -> str:
        return f"{self.owner_code}@{self.address}"


def address_of(url: str) -> str:
    """The GraphQL URL without trailing slashes."""
    return url.rstrip("/")


class Reached(NamedTuple):
    """An entity in Xledger's list. `owner_code`: None where the list does not tell. `owner_db_id`: what the entity's
    records bear as `ownerDbId`, where that is certain."""

    owner_code: int | None
    name: str = ""
    owner_db_id: int | None = None


@dataclass(frozen=True)
class Reach:
    """What a token reaches. `own`: the entity that the token was made in. `entities`: None where there is no list."""

    address: str
    read_at: datetime
    own: Reached | None = None
    entities: tuple[Reached, ...] | None = None

    @property
    def known(self) -> Mapping[int, Reached]:
        """By owner code."""
        every = [*(self.entities or ()), *([self.own] if self.own else [])]
        return {each.owner_code: each for each in every if each.owner_code is not None}

    @property
    def names(self) -> Mapping[int, str]:
        return {code: self.known[code].name for code in sorted(self.known)}

    @property
    def is_several(self) -> bool:
        return len(self.entities or ()) > 1 or len(self.known) > 1

    @property
    def is_complete(self) -> bool:
        """Nothing is reached but what is `known`."""
        listed = [each.owner_code for each in self.entities or ()]
        return bool(listed) and None not in listed and len(set(listed)) == len(listed)

    def completed_by(self, older: "Reach | None") -> "Reach":
        """What could not be read this time is as it was read before, in the same Xledger."""
        if older is None or older.address != self.address:
            return self
        entities = older.entities if self.entities is None else self.entities
        return Reach(self.address, self.read_at, self.own or older.own, entities)


@dataclass(frozen=True)
class OwnerCodeNeeded:
    """The settings name no owner code, and the token does not tell which entity is meant. `offered`: code → name."""

    offered: Mapping[int, str]


@dataclass(frozen=True)
class OwnerCodeNotReached:
    """The token does not reach the entity that the settings name. `reached`: code → name."""

    owner_code: int
    reached: Mapping[int, str]


Undecided = OwnerCodeNeeded | OwnerCodeNotReached


def entity_of(owner_code: int | None, reach: Reach | None, url: str) -> Entity | Undecided:
    """The entity that a company with this owner code in its settings writes to.

    Where the token's reach is not known, the owner code in the settings counts. Each record that comes back is
    compared with it.
    """
    address = address_of(url)
    if reach is None or reach.address != address:
        reach = None
    if owner_code is not None:
        if reach and reach.is_complete and owner_code not in reach.known:
            return OwnerCodeNotReached(owner_code, reach.names)
        return Entity(address, owner_code)
    if reach is None or reach.is_several or not reach.known:
        return OwnerCodeNeeded(reach.names if reach else {})
    (only,) = reach.known
    return Entity(address, only)


def named(entity: Entity, reach: Reach | None) -> str:
    """For a sentence: its owner code, and its name where the token shows it."""
    names = reach.names if reach else {}
    return in_words({entity.owner_code: names.get(entity.owner_code, "")})


def owner_code_of(entity: str) -> int:
    """Of an entity's text form."""
    return int(entity.partition("@")[0])


def in_words(names: Mapping[int, str]) -> str:
    """Owner codes with their names, for a sentence."""
    return ", ".join(f"{code} {name}".strip() for code, name in names.items()) or "–"


@dataclass(frozen=True)
class CurrentEntity:
    """The entity that a company writes to now, as the ledger keeps it beside the settings.

    `entity`: its text form; None where it is not known, and then nothing is written. `trouble`: the code of the problem
    that people are told about. `unchecked`: by kind of record, the place after which records have not been looked at
    since the entity became this one. `has_moved`: a run under way may still write to the one before.
    """

    entity: str | None = None
    trouble: str = ""
    unchecked: Mapping[str, str] = field(default_factory=dict)
    has_moved: bool = False
    ver: int = 0

    def without_trouble(self) -> "CurrentEntity":
        return replace(self, trouble="")

    def checked_until(self, kind: str, place: str | None) -> "CurrentEntity":
        """Records of this kind were looked at until `place`; None where there are no more."""
        rest = {name: after for name, after in self.unchecked.items() if name != kind}
        return replace(self, unchecked=rest | ({} if place is None else {kind: place}))


@dataclass(frozen=True)
class Writers:
    """The companies that write to one entity: one, and those that an operator has allowed besides it."""

    companies: tuple[CompanyId, ...] = ()
    allowed: frozenset[CompanyId] = frozenset()
    ver: int = 0

    def may_join(self, company: CompanyId) -> bool:
        others = [each for each in self.companies if each != company]
        return not others or company in self.companies or company in self.allowed

    def joined_by(self, company: CompanyId) -> "Writers":
        rest = tuple(each for each in self.companies if each != company)
        return replace(self, companies=(*rest, company))

    def left_by(self, company: CompanyId) -> "Writers":
        return replace(self, companies=tuple(each for each in self.companies if each != company))
