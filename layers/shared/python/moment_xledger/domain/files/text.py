"""Text that can stand in a file unquoted, on one line, and never runs as a formula in a spreadsheet.

Part of renderer 1: what is changed here changes files that have left, so it goes into a new renderer.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# \s holds tabs, line breaks, NBSP and U+2028/U+2029. The next two ranges turn the direction of writing around, which
# can make a text look like another; the last two are no characters, and no XML can hold them.
_BREAKS = re.compile(r'[\s;"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]+')
_SURROGATES = re.compile("[\ud800-\udfff]")
_TRIGGERS = frozenset("=+-@")
# What belongs to the character before it: joiners, variation selectors, skin tones, flag tags.
_EXTENDING = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_JOINER = "\u200d"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


@lru_cache(maxsize=1_000)  # many invoices say the same; even of the longest texts this is 40 MB at most
def clean(text: str, longest: int) -> str:
    """One line without separators, quotes and leading formula signs, at most `longest` UTF-16 units.

    Xledger's services are .NET, which counts in those units: a character outside the BMP counts as two.
    """
    if (2 * len(text) <= longest or _fits(text, longest)) and _is_clean(text):
        return text
    return cut(_without_triggers(tidy(text)), longest)


def tidy(text: str) -> str:
    """One line in NFC. Composing comes first: it turns the Greek question mark into a semicolon."""
    composed = unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
    return _BREAKS.sub(" ", composed).strip()


def cut(text: str, longest: int) -> str:
    """Never within a surrogate pair, and not between a letter and its accents or the parts of an emoji."""
    if _fits(text, longest):
        return text
    whole = text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    end = next((end for end in range(len(whole), 0, -1) if _is_boundary(text, end)), len(whole))
    return text[:end].rstrip()


def _is_clean(text: str) -> bool:
    """Quick, and right wherever it says yes. Most texts are clean, and cleaning costs as much as writing."""
    return not text or (
        text[0].isalnum()
        and text.isprintable()  # which excludes all blanks but the plain space
        and ";" not in text
        and '"' not in text
        and "  " not in text
        and text[-1] != " "
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and len(text.encode("utf-16-le", "surrogatepass")) <= 2 * longest


def _without_triggers(text: str) -> str:
    start = next((at for at, sign in enumerate(text) if not _is_dropped(sign)), len(text))
    return text[start:]


def _is_dropped(sign: str) -> bool:
    """At the beginning: triggers in all their widths, and what is invisible or has nothing to stand on."""
    return (
        sign.isspace()
        or unicodedata.category(sign) in ("Cf", "Mn", "Me")
        or unicodedata.normalize("NFKC", sign)[0] in _TRIGGERS
    )


def _is_boundary(text: str, at: int) -> bool:
    extends = unicodedata.category(text[at]).startswith("M") or _EXTENDING.match(text[at])
    return not extends and text[at - 1] != _JOINER and not _splits_flag(text, at)


def _splits_flag(text: str, at: int) -> bool:
    """A flag is two letters of its own kind, so an odd number of them before `at` belongs with the next."""
    return ord(text[at]) in _FLAG_LETTERS and sum(1 for _ in _flag_letters_before(text, at)) % 2 == 1


def _flag_letters_before(text: str, at: int) -> Iterator[str]:
    for sign in reversed(text[:at]):
        if ord(sign) not in _FLAG_LETTERS:
            return
        yield sign
