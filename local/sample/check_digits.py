"""
Check digits as Moment would compute them when it makes a number.

The integration checks with code of its own. That the two agree is proof only while they share nothing.
"""

from itertools import cycle

ORGANISATION_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def mod10(digits: str) -> str:
    """Weights 2, 1, 2, 1 … from the right; a product of two digits counts as their sum."""
    products = (int(digit) * weight for digit, weight in zip(reversed(digits), cycle((2, 1)), strict=False))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def mod11(digits: str, weights: tuple[int, ...] = (2, 3, 4, 5, 6, 7)) -> str:
    """Weights from the right, over and over. Where the digit would be 10, a KID ends in a dash."""
    rest = (
        sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(weights), strict=False)) % 11
    )
    return {0: "0", 1: "-"}.get(rest, str(11 - rest))


def organisation_number(n: int) -> str:
    """
    The n-th of our own. Real ones begin with 8 or 9, these with 3, so nobody is named by accident.

    They come in no visible order, and do not repeat before n = 900,000.
    """
    stem = 3_100_000 + n * 389_171 % 900_000
    for last in "01":  # where 0 would need the check digit 10, 1 does not
        check = mod11(f"{stem}{last}", ORGANISATION_WEIGHTS[::-1])
        if check != "-":
            break
    return f"{stem}{last}{check}"
