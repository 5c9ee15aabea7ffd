"""Chance that falls the same way on every machine and every Python: it is read off one SHA-512 of a key."""

from collections.abc import Sequence
from hashlib import sha512
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """512 bits; each draw uses some up. Enough for what one record needs, and no record disturbs another."""

    def __init__(self, key: str) -> None:
        self._left = int.from_bytes(sha512(key.encode()).digest(), "big")

    def below(self, limit: int) -> int:
        self._left, drawn = divmod(self._left, limit)
        return drawn

    def of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def one_in(self, chances: int) -> bool:
        return self.below(chances) == 0
