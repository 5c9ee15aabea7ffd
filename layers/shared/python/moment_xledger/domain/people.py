"""A person's data: where it is found, what may be erased of it, and what is kept, why and until when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

STRUCK = "[erased]"
SHORTEST = 3  # of what is looked for: less is found in everything


class Fate(StrEnum):
    ERASED = "erased"
    STRUCK = "struck out"
    KEPT = "kept"
    ENDS = "ends by itself"


@dataclass(frozen=True)
class Found:
    """`what` it is, as the table of what is kept says. `why` it is kept; `until` when, where that is known."""

    what: str
    fate: Fate
    why: str = ""
    until: datetime | None = None


class Wanted:
    """What a person is known by: names, addresses, numbers, whole words of any case."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises `ValueError` where there is none, or one that would be found everywhere."""
        words = [text.split() for text in texts if text.strip()]
        if not words or any(len("".join(each)) < SHORTEST for each in words):
            raise ValueError(f"each line must have {SHORTEST} signs at least")
        patterns = (r"\s+".join(map(re.escape, each)) for each in words)
        self._pattern = re.compile("|".join(rf"(?<!\w){each}(?!\w)" for each in patterns), re.IGNORECASE)

    def are_in(self, value: Any) -> bool:
        if isinstance(value, str):
            return self._pattern.search(value) is not None
        if isinstance(value, dict):
            return any(self.are_in(each) for each in value.values())
        return isinstance(value, list) and any(map(self.are_in, value))

    def struck(self, value: Any) -> Any:
        """The same with each of them struck out."""
        if isinstance(value, str):
            return self._pattern.sub(STRUCK, value)
        if isinstance(value, dict):
            return {name: self.struck(each) for name, each in value.items()}
        return [self.struck(each) for each in value] if isinstance(value, list) else value
