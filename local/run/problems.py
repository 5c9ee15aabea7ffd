"""A problem as a run shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    kind: str
    number: str
    code: str
    message: str  # the sentence that people read
