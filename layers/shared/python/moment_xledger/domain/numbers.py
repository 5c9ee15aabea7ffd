"""Customer and project numbers, compared as Xledger may return them: trimmed, and without regard to case."""

import unicodedata
from collections.abc import Iterable, Iterator


def number_key(number: str) -> str:
    """Equal for two spellings of one number."""
    return unicodedata.normalize("NFC", number.strip().casefold())


def same_number(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and number_key(one) == number_key(other)


def spellings(numbers: Iterable[str]) -> Iterator[str]:
    """Each number as it is typed, in capitals and in small letters: it is not known whether Xledger's `_in` filter
    minds the case."""
    for number in numbers:
        yield from dict.fromkeys((number, number.upper(), number.lower()))
