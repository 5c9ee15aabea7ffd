"""Sentences about one or many: `{0} {0:faktura|fakturaer}` takes the first word where the count is 1."""

from collections.abc import Mapping


class _Value:
    """Written only where the sentence names it."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, words: str) -> str:
        one, is_counted, many = words.partition("|")
        if not is_counted:
            return format(self._value, words)
        return one if str(self._value) == "1" else many


def filled(sentence: str, *values: object, **named: object) -> str:
    """As `str.format`."""
    return sentence.format(*map(_Value, values), **{name: _Value(each) for name, each in named.items()})


def filled_from(sentence: str, details: Mapping[str, object]) -> str:
    """As `str.format_map`."""
    return sentence.format_map({name: _Value(each) for name, each in details.items()})
