"""Reads assumed.toml: everything about the Export service that its true WSDL may prove wrong."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).parent / "assumed.toml"
PLAIN = ("service", "operations", "parameters", "values", "filters")


class Kind(StrEnum):
    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    AMOUNT = "amount"


class Column(NamedTuple):
    field: str
    name: str
    kind: Kind


@dataclass(frozen=True)
class Assumed:
    service: Mapping[str, str]
    operations: Mapping[str, str]
    parameters: Mapping[str, str]
    values: Mapping[str, str]
    filters: Mapping[str, str]
    columns: Mapping[str, Column]  # by name, in lower case
    also: Mapping[str, Column]  # by their other names
    dimensions: tuple[str, ...]  # names of the columns of GL objects, in lower case
    identities: tuple[tuple[str, ...], ...]
    key_refused: tuple[re.Pattern[str], ...]


@cache
def assumed() -> Assumed:
    content = tomllib.loads(FILE.read_text("utf-8"))
    columns = [Column(field, c["is"], Kind(c["kind"])) for field, c in content["columns"].items()]
    return Assumed(
        **{part: _plain(content[part]) for part in PLAIN},
        columns={column.name.lower(): column for column in columns},
        also={
            name.lower(): column
            for column in columns
            for name in content["columns"][column.field].get("also", ())
        },
        dimensions=tuple(content["dimensions"]["columns"]["is"]),
        identities=tuple(map(tuple, content["identity"]["one_of"]["is"])),
        key_refused=tuple(re.compile(words, re.I | re.S) for words in content["faults"]["key_refused"]["is"]),
    )


def _plain(entries: dict[str, Any]) -> dict[str, str]:
    return {name: entry["is"] for name, entry in entries.items()}


def says_key_refused(fault: str) -> bool:
    return any(words.search(fault) for words in assumed().key_refused)
