"""Jobs that take turns at every call to the outside, as a chooser says: by lot, or as it is written down.

Lighter than `scheduling`: no time passes. A job that dies, or that fails, is begun anew, as its queue would do it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, Protocol, TypeVar

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from local.proof.scheduling import Died
from moment_xledger.domain.errors import Conflict

Verdict = Literal["goes on", "dies before", "dies after"]
Turn = tuple[str, Verdict]
Answer = TypeVar("Answer")
MOST_STEPS = 50_000


class Chooser(Protocol):
    def choose(self, turns: "Turns") -> Turn: ...


class NeverDone(AssertionError):
    pass


class Turns:
    def __init__(self, jobs: Mapping[str, Callable[[], None]]) -> None:
        self._work = dict(jobs)
        self._lives: dict[str, Any] = {}
        self._current: str | None = None
        self.steps = 0

    def call(self, carry_out: Callable[[], Answer]) -> Answer:
        """By a job; what the stage itself does is none of its calls."""
        if self._current is None:
            return carry_out()
        verdict: Verdict = getcurrent().parent.switch()
        if verdict == "dies before":
            raise Died
        name, self._current = self._current, None  # what a twin asks of itself is no call
        try:
            return carry_out()
        finally:
            self._current = name
            if verdict == "dies after":
                raise Died

    def run(self, chooser: Chooser) -> None:
        for name in self._work:
            self._begin(name)
        while self._lives:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise NeverDone(f"after {MOST_STEPS} calls there is still {', '.join(self._lives)}")
            self._carry_on(*chooser.choose(self))

    def waiting(self) -> Sequence[str]:
        return tuple(self._lives)

    def _begin(self, name: str) -> None:
        """Until its first call."""
        self._lives[name] = greenlet(self._work[name])
        self._carry_on(name)

    def _carry_on(self, name: str, *verdict: Verdict) -> None:
        self._current, life = name, self._lives[name]
        try:
            life.switch(*verdict)
        except (Died, Conflict):
            self._current = None
            self._begin(name)
        finally:
            self._current = None
        if life.dead and self._lives.get(name) is life:
            del self._lives[name]


@dataclass
class Lot:
    """Anybody may be next, and dies before or after their call as often as `deaths` says, of 1, each; but no more than
    `most` times in all."""

    random: Random
    deaths: float
    most: float = float("inf")
    died: int = 0

    def choose(self, turns: Turns) -> Turn:
        draw, name = self.random.random(), self.random.choice(turns.waiting())
        if draw >= 2 * self.deaths or self.died >= self.most:
            return name, "goes on"
        self.died += 1
        return name, "dies before" if draw < self.deaths else "dies after"


@dataclass
class Script:
    """So and no other way."""

    turns: Sequence[Turn]

    def choose(self, turns: Turns) -> Turn:
        return self.turns[turns.steps - 1]
