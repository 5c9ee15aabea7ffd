"""A problem as a run shows it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from moment_xledger.domain.problems import Problem as LedgerProblem


@dataclass(frozen=True)
class Problem:
    kind: str
    number: str
    code: str
    message: str  # the sentence that people read


def shown(problem: LedgerProblem) -> Problem:
    return Problem(problem.kind, problem.number, str(problem.code), problem.sentence())


def others_than(kinds: Collection[str], problems: Iterable[LedgerProblem]) -> list[Problem]:
    """Those that are shown under none of these kinds, so that none is hidden, whatever it is about."""
    return [shown(problem) for problem in problems if problem.kind not in kinds]
