"""Whether the schema that an Xledger shows of itself has what our operations use. The uses: `operations/needs.json`."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from moment_xledger.adapters.xledger_graphql import OPERATIONS

_USE = re.compile(
    r"(?P<path>[\w.]+)(?: on (?P<type>\w+)|\((?P<argument>[\w.]+)(?:: (?P<typed>.+?)| = (?P<value>\w+))?\))?"
)
_LEAVES = ("SCALAR", "ENUM")

Type = Mapping[str, Any]


@cache
def needs() -> Mapping[str, tuple[str, ...]]:
    found = json.loads((OPERATIONS / "needs.json").read_text("utf-8"))
    return {operation: tuple(uses) for operation, uses in found.items()}


def lacks(answer: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]] | None:
    """By operation, what the schema has not, or has otherwise; operations that fit are left out. None where the answer
    is no schema."""
    schema = answer.get("__schema") or {}
    types = {str(each["name"]): each for each in schema.get("types") or () if each and each.get("name")}
    roots = [(schema.get(name) or {}).get("name") for name in ("queryType", "mutationType")]
    if roots[0] not in types:
        return None
    found = {
        operation: tuple(
            dict.fromkeys(
                _Checked(types, roots[operation.startswith(("Add", "Update"))] or "Mutation").lacking(uses)
            )
        )
        for operation, uses in needs().items()
    }
    return {operation: places for operation, places in found.items() if places}


class _Place(NamedTuple):
    """A field, as `Type.field`, and what the schema says of it."""

    name: str
    field: Mapping[str, Any]


class _Checked:
    def __init__(self, types: Mapping[str, Type], root: str) -> None:
        self._types, self._root = types, root

    def lacking(self, uses: Sequence[str]) -> Iterator[str]:
        given: dict[tuple[str, ...], set[str]] = {}  # arguments, by the path of their field
        for use in uses:
            parts = _USE.fullmatch(use)
            assert parts  # noqa: S101 we have written it
            path = tuple(parts["path"].split("."))
            if path[0].startswith("__"):
                continue  # every schema shows itself in the same form
            for length in range(1, len(path) + 1):
                given.setdefault(path[:length], set())
            place = self._at(path)
            if isinstance(place, str):
                yield place
            elif parts["argument"]:
                given[path].add(parts["argument"])
                yield from self._argument(place, parts["argument"].split("."), parts["typed"], parts["value"])
            else:
                yield from self._end(place, parts["type"])
        for path, names in given.items():
            place = self._at(path)
            if not isinstance(place, str):
                yield from self._left_out(place.name, place.field.get("args") or (), sorted(names))

    def _at(self, path: Sequence[str]) -> _Place | str:
        """The field that a path leads to, or the first that is not there."""
        kind, place = self._root, _Place("", {})
        for name in path:
            fields = {each["name"]: each for each in (self._types.get(kind) or {}).get("fields") or ()}
            if name not in fields:
                return f"{kind}.{name}"
            place = _Place(f"{kind}.{name}", fields[name])
            kind = _named(fields[name]["type"])
        return place

    def _end(self, place: _Place, type_name: str | None) -> Iterator[str]:
        found = self._types.get(_named(place.field["type"])) or {}
        if type_name is not None:
            if found.get("name") != type_name:
                yield f"{place.name}: {found.get('name')}, not {type_name}"
        elif found.get("kind") not in _LEAVES:
            yield f"{place.name}: {found.get('name')}, which has parts"

    def _argument(
        self, place: _Place, path: Sequence[str], typed: str | None, value: str | None
    ) -> Iterator[str]:
        holder, offered = place.name, place.field.get("args") or ()
        type_: Mapping[str, Any] = {}
        for name in path:
            found = next((each for each in offered if each["name"] == name), None)
            if found is None:
                yield f"{holder}({name})" if holder == place.name else f"{holder}.{name}"
                return
            type_ = found["type"]
            last = f"{holder}({name})" if holder == place.name else f"{holder}.{name}"
            holder = _named(type_)
            offered = (self._types.get(holder) or {}).get("inputFields") or ()
        if typed and not _fits(typed, type_):
            yield f"{last}: {_text(type_)}, not {typed}"
        if value and value not in [each["name"] for each in self._types[holder].get("enumValues") or ()]:
            yield f"{holder}.{value}"

    def _left_out(
        self, holder: str, offered: Sequence[Mapping[str, Any]], names: Sequence[str]
    ) -> Iterator[str]:
        """What must be given, and is not among what we give: of a field, and of each input object in it."""
        given: dict[str, list[str]] = {}
        for name in names:
            first, _, rest = name.partition(".")
            given.setdefault(first, []).extend([rest] if rest else [])
        for each in offered:
            parts = given.get(each["name"])
            if parts is None and _is_required(each):
                yield f"{holder}: {each['name']} is required"
            if parts:
                inner = _named(each["type"])
                fields = (self._types.get(inner) or {}).get("inputFields") or ()
                yield from self._left_out(inner, fields, parts)


def _named(type_: Mapping[str, Any]) -> str:
    while type_.get("ofType"):
        type_ = type_["ofType"]
    return str(type_.get("name") or "")


def _text(type_: Mapping[str, Any]) -> str:
    """As a document writes it."""
    inner = type_.get("ofType") or {}
    if type_.get("kind") == "NON_NULL":
        return f"{_text(inner)}!"
    return f"[{_text(inner)}]" if type_.get("kind") == "LIST" else str(type_.get("name") or "")


def _is_required(argument: Mapping[str, Any]) -> bool:
    return argument["type"].get("kind") == "NON_NULL" and argument.get("defaultValue") is None


def _fits(given: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a variable of this type may stand there: what may be null not where null is refused."""
    text = _text(wanted)
    if text.endswith("!"):
        return given.endswith("!") and _fits_inside(given[:-1], text[:-1])
    return _fits_inside(given.removesuffix("!"), text)


def _fits_inside(given: str, wanted: str) -> bool:
    if not wanted.startswith("["):
        return given == wanted
    if not given.startswith("["):
        return False
    inner, into = given[1:-1], wanted[1:-1]
    if into.endswith("!"):
        return inner.endswith("!") and _fits_inside(inner[:-1], into[:-1])
    return _fits_inside(inner.removesuffix("!"), into)
