"""KID, the payer's reference on a Norwegian invoice: 2-25 characters, the last a check digit by MOD10 or MOD11."""

import unicodedata
from enum import StrEnum
from itertools import cycle

SHORTEST, LONGEST = 2, 25
# What a word processor makes of the hyphen that stands for MOD11's ten.
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")


class KidFault(StrEnum):
    """Which check a KID fails. The texts are those of `faults`, which has them in Norwegian."""

    LENGTH = "must have 2 to 25 characters"
    CHARACTERS = "must be digits, with a hyphen at the end if need be"
    CHECK_DIGIT = "has a last digit that is wrong by MOD10 and by MOD11"


def bare(kid: str) -> str:
    """As a person types or pastes it, without blanks and invisible characters, and with ordinary digits for
    full-width ones."""
    visible = (each for each in unicodedata.normalize("NFKC", kid) if unicodedata.category(each) != "Cf")
    return "".join("".join(visible).split()).translate(_HYPHENS)


def kid_fault(kid: str) -> KidFault | None:
    """None for a valid one. Which of the two check digits applies is between the company and its bank."""
    base, check = kid[:-1], kid[-1:]
    if not SHORTEST <= len(kid) <= LONGEST:
        return KidFault.LENGTH
    if not (base.isascii() and base.isdigit() and check in "0123456789-"):
        return KidFault.CHARACTERS
    if check not in (mod10_check_digit(base), mod11_check_digit(base)):
        return KidFault.CHECK_DIGIT
    return None


def is_valid_kid(kid: str) -> bool:
    return kid_fault(kid) is None


def mod10_check_digit(base: str) -> str:
    weighted = (int(digit) * weight for digit, weight in zip(reversed(base), cycle((2, 1)), strict=False))
    return str(-sum(product // 10 + product % 10 for product in weighted) % 10)


def mod11_check_digit(base: str) -> str:
    """`-` where the check digit would be ten."""
    weights = cycle((2, 3, 4, 5, 6, 7))
    remainder = sum(int(digit) * weight for digit, weight in zip(reversed(base), weights, strict=False)) % 11
    return {0: "0", 1: "-"}.get(remainder, str(11 - remainder))
