"""A table of which some items were read beforehand, all in one go."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moment_xledger.adapters.table import Item, Key, Table


class ReadAhead:
    """Whoever asks for one of them gets it as it was then; everything else is asked of the table.

    For a page, which shows one moment. Not for whoever writes by what it reads, so it cannot be written to.
    """

    def __init__(self, table: "Table | ReadAhead", keys: "Iterable[Key]") -> None:
        self._table = table
        self._asked = frozenset(keys)
        self._found = table.get_many(self._asked)

    def get(self, key: "Key") -> "Item | None":
        return self._found.get(key) if key in self._asked else self._table.get(key)

    def get_many(self, keys: "Iterable[Key]") -> "dict[Key, Item]":
        wanted = dict.fromkeys(keys)
        found = {key: self._found[key] for key in wanted if key in self._found}
        others = [key for key in wanted if key not in self._asked]
        return found | self._table.get_many(others) if others else found

    def query(self, pk: str, prefix: str = "", **sought: Any) -> "Iterator[Item]":
        return self._table.query(pk, prefix, **sought)
