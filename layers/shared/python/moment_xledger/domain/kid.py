"""KID, the payer's reference on a Norwegian invoice: 2-25 characters, the last a check digit by MOD10 or MOD11."""

from itertools import cycle


def is_valid_kid(kid: str) -> bool:
    """Which of the two check digits applies is between the company and its bank, so either will do."""
    base, check = kid[:-1], kid[-1:]
    return (
        2 <= len(kid) <= 25
        and base.isascii()
        and base.isdigit()
        and check in (mod10_check_digit(base), mod11_check_digit(base))
    )


def mod10_check_digit(base: str) -> str:
    weighted = (int(digit) * weight for digit, weight in zip(reversed(base), cycle((2, 1)), strict=False))
    return str(-sum(product // 10 + product % 10 for product in weighted) % 10)


def mod11_check_digit(base: str) -> str:
    """`-` where the check digit would be ten."""
    weights = cycle((2, 3, 4, 5, 6, 7))
    remainder = sum(int(digit) * weight for digit, weight in zip(reversed(base), weights, strict=False)) % 11
    return {0: "0", 1: "-"}.get(remainder, str(11 - remainder))
