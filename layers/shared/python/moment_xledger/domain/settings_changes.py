"""What a save changed, as it is kept: field, old and new; of a key only that it changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moment_xledger.domain.companies import Company

LONGEST = 500  # of a value that is kept; the settings themselves hold the whole one


@dataclass(frozen=True)
class Change:
    """`old` and `new` are as in JSON; both are empty for a key."""

    field: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Saved:
    """One version of a company's settings. `who` is a person's name or role, never an address."""

    version: int
    when: datetime
    who: str
    changes: tuple[Change, ...]


def changes(before: Company | None, after: Company, keys: Collection[str]) -> tuple[Change, ...]:
    old, new = _flat(before), _flat(after)
    plain = [Change(name, old.get(name, ""), new[name]) for name in new if old.get(name) != new[name]]
    return (*plain, *(Change(name) for name in keys))


def _flat(company: Company | None) -> dict[str, str]:
    """By what names keys are known here says nothing to a person: that a key changed does."""
    if company is None:
        return {}
    plain = company.model_dump(mode="json", exclude={"token_id", "keys_id"})
    return dict(_items("", plain))


def _items(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if name == "file":
            yield from _items("file.", value)
        else:
            yield prefix + name, _text(value)[:LONGEST]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{key}={each}" for key, each in value.items())
    return str(value)
