"""Accounts as the form lists them: numbers and ranges with commas between, such as `4000-4999,6550`."""

import re
from dataclasses import dataclass

_PART = re.compile(r"([0-9]{3,10})(?:\s*-\s*([0-9]{3,10}))?")
MOST_PARTS = 100


@dataclass(frozen=True)
class AccountRanges:
    """Both ends of a range belong to it."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, text: str) -> "AccountRanges":
        """Raises `ValueError` for a list that is empty or too long, or holds anything else or a range run backwards."""
        parts = [_PART.fullmatch(part.strip()) for part in text.split(",")]
        found = tuple((int(part[1]), int(part[2] or part[1])) for part in parts if part)
        if len(found) < len(parts) or len(parts) > MOST_PARTS or any(low > high for low, high in found):
            raise ValueError("accounts are numbers and ranges with commas between, such as 4000-4999,6550")
        return cls(found)

    def __contains__(self, account: object) -> bool:
        if not isinstance(account, str) or not (account.isascii() and account.isdigit()):
            return False
        number = int(account)
        return any(low <= number <= high for low, high in self.ranges)


EVERY = AccountRanges(((0, 10**10),))
