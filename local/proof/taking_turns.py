"""Jobs that take turns at every call to the outside, as a chooser says: by lot, or by a script that leaves out nothing.

Lighter than `scheduling`: no time passes. A job that dies, or that fails, is begun anew, as its queue would do it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, Protocol, TypeVar

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from local.proof.scheduling import Died
from moment_xledger.domain.errors import Conflict

Verdict = Literal["goes on", "dies before", "dies after"]
Answer = TypeVar("Answer")
MOST_STEPS = 50_000


class Chooser(Protocol):
    def choose(self, turns: "Turns") -> tuple[str, Verdict]: ...


@dataclass
class Job:
    """`seen` sums up all that it has been told: the same job with the same answers is at the same place."""

    work: Callable[[], None]
    life: Any = None
    seen: int = 0


class NeverDone(AssertionError):
    pass


class Turns:
    def __init__(self, jobs: Mapping[str, Callable[[], None]]) -> None:
        self.jobs = {name: Job(work) for name, work in jobs.items()}
        self.current: str | None = None
        self.steps = 0

    def call(self, carry_out: Callable[[], Answer]) -> Answer:
        """By a job; what the stage itself does is none of its calls."""
        if self.current is None:
            return carry_out()
        job = self.jobs[self.current]
        verdict: Verdict = getcurrent().parent.switch()
        if verdict == "dies before":
            raise Died
        name, self.current = self.current, None  # what a twin asks of itself is no call
        try:
            answer = carry_out()
            job.seen = hash((job.seen, repr(answer)))
        except Conflict:
            job.seen = hash((job.seen, "conflict"))
            raise
        finally:
            self.current = name
            if verdict == "dies after":
                raise Died
        return answer

    def run(self, chooser: Chooser) -> None:
        for name in list(self.jobs):
            self._begin(name)
        while self.jobs:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise NeverDone(f"after {MOST_STEPS} calls there is still {', '.join(self.jobs)}")
            self._carry_on(*chooser.choose(self))

    def waiting(self) -> Sequence[str]:
        return tuple(self.jobs)

    def _begin(self, name: str) -> None:
        """Until its first call."""
        job = self.jobs[name]
        job.life, job.seen = greenlet(job.work), 0
        self._carry_on(name)

    def _carry_on(self, name: str, *verdict: Verdict) -> None:
        self.current, life = name, self.jobs[name].life
        try:
            life.switch(*verdict)
        except (Died, Conflict):
            self.current = None
            self._begin(name)
        finally:
            self.current = None
        if name in self.jobs and self.jobs[name].life is life and life.dead:
            del self.jobs[name]


@dataclass
class Lot:
    """Anybody may be next, and dies before or after their call as often as `deaths` says, of 1, each."""

    random: Random
    deaths: float
    died: int = 0

    def choose(self, turns: Turns) -> tuple[str, Verdict]:
        draw, name = self.random.random(), self.random.choice(turns.waiting())
        if draw >= 2 * self.deaths:
            return name, "goes on"
        self.died += 1
        return name, "dies before" if draw < self.deaths else "dies after"


class SeenBefore(Exception):  # no error: from here on another run has shown all there is
    pass


@dataclass(frozen=True)
class Choice:
    step: int
    name: str
    verdict: Verdict


@dataclass
class Script:
    """Whoever is at work stays at work, but for `choices`. `after` are those that could be made behind the last one."""

    choices: tuple[Choice, ...]
    state: Callable[[], int]
    known: set[Any]
    after: list[Choice] = field(default_factory=list)
    preempted: int = 0
    died: int = 0
    _last: str = ""

    def choose(self, turns: Turns) -> tuple[str, Verdict]:
        step, waiting = turns.steps, turns.waiting()
        usual = self._last if self._last in waiting else waiting[0]
        made = next((each for each in self.choices if each.step == step), None)
        if made:
            self._last = made.name
            self.preempted += made.name != usual
            self.died += made.verdict != "goes on"
            return made.name, made.verdict
        if not self.choices or step > self.choices[-1].step:
            self._note(turns, usual, step)
        self._last = usual
        return usual, "goes on"

    def _note(self, turns: Turns, usual: str, step: int) -> None:
        places = tuple((name, job.seen) for name, job in turns.jobs.items())
        here = (self.state(), places, usual, self.preempted, self.died)
        if here in self.known:
            raise SeenBefore
        self.known.add(here)
        self.after += [Choice(step, name, "goes on") for name in turns.waiting() if name != usual]
        self.after += [Choice(step, usual, "dies before"), Choice(step, usual, "dies after")]
