"""Names of companies, compared as a person would: is it clear that these are two different ones?"""

import re
import unicodedata
from difflib import SequenceMatcher

ALIKE = 0.8  # of two words, or of two names without blanks; a slip of the pen leaves more than that
SHORTEST_STEM = 4

_WORD = re.compile(r"\w+")
_LEGAL_FORMS = frozenset(
    _WORD.findall(
        "as asa enk ans da sa ba ks nuf sf iks kf fkf brl sti aksjeselskap aksjeselskapet ab hb kb aps ps is oy oyj "
        "gmbh ag kg ug ltd limited plc llp llc inc corp corporation co bv nv sarl sas srl spa sl"
    )
)
_SMALL_WORDS = frozenset(_WORD.findall("og and und och av of for i the de la et en"))
# Words that strangers have in common.
_COMMON_WORDS = frozenset(
    _WORD.findall(
        "norge norway noreg norsk norske norwegian nordic scandinavia sverige danmark gruppen group konsern holding "
        "invest bygg eiendom service drift consult consulting konsulent international avd avdeling company firma"
    )
)
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "&": " og ", "+": " og "})
_INSIDE_A_WORD = re.compile(r"[./'’`´]")


def clearly_differ(one: str, other: str) -> bool:
    """No word that means anything is alike, and neither are the names as a whole. Legal forms, case, punctuation, the
    order of words and `&` for `og` make no difference. A name without words differs from nothing."""
    ones, others = _words(one), _words(other)
    if not ones or not others:
        return False
    if any(_are_alike(a, b) for a in _telling(ones) for b in _telling(others)):
        return False
    return not (_are_alike("".join(ones), "".join(others)) or _is_short_for(ones, others))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _INSIDE_A_WORD.sub("", name.casefold().translate(_LETTERS)))
    words: list[str] = _WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))
    return [word for word in words if word not in _LEGAL_FORMS | _SMALL_WORDS] or words


def _telling(words: list[str]) -> list[str]:
    telling = [word for word in words if word not in _COMMON_WORDS and len(word) > 1 and not word.isdigit()]
    return telling or words


def _are_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if one == other or (len(shorter) >= SHORTEST_STEM and longer.startswith(shorter)):
        return True
    return len(shorter) >= SHORTEST_STEM and SequenceMatcher(None, one, other).ratio() >= ALIKE


def _is_short_for(ones: list[str], others: list[str]) -> bool:
    """NRK for Norsk Rikskringkasting Kanal."""
    initials = ["".join(word[0] for word in words) for words in (ones, others) if len(words) > 1]
    return any([each] in (ones, others) for each in initials)
