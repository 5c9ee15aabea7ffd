"""Every schedule of a few jobs, with so many preemptions and deaths: nothing is left out, and nothing is played twice.

What may happen yet follows from what the world holds, who is at work, and where in its tree each job is: a state. Each
is left once in every way there is. To leave the work to another costs a preemption, but for a job that is done, or is
begun anew since it died or failed. It may die before and after each of its calls. A call is made at once and whole,
and the clock stands still.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from local.proof.answers import BROKEN, DONE, Trees
from local.proof.office import Office
from local.proof.taking_turns import Turn, Verdict

NOBODY = -1
State = tuple[int, ...]  # the world, who is at work, each job's place
Found = list[dict[State, State | None]]  # by the preemptions spent: states, and that which came before


class Way(NamedTuple):
    job: int
    verdict: Verdict
    to: State
    deaths: int
    preemptions: int


class Search:
    """`ends`: a state in which all is done, for each world. `broken`: those in which a job cannot be done any more."""

    def __init__(
        self, office: Office, jobs: Mapping[str, Callable[[], None]], preemptions: int, deaths: int
    ) -> None:
        self.trees = Trees(office, tuple(jobs.values()))
        self.ends: dict[int, State] = {}
        self.broken: list[State] = []
        self.states = self.steps = 0
        self._names, self._deaths = tuple(jobs), deaths
        self._known: Found = [{} for _ in range(preemptions + 1)]
        self._explore()

    def schedule(self, state: State) -> list[Turn]:
        """One that leads there."""
        path = [state]
        while (before := next(known[path[-1]] for known in self._known if path[-1] in known)) is not None:
            path.append(before)
        return [self._turn(one, other) for one, other in pairwise(reversed(path))]

    def endless(self) -> Iterator[str]:
        """Who would go on for ever somewhere, though nobody disturbs."""
        return (self._names[job] for job in self.trees.endless())

    def _turn(self, one: State, other: State) -> Turn:
        way = next(way for way in self._ways_from(one) if way.to == other)
        return self._names[way.job], way.verdict

    def _explore(self) -> None:
        """With fewer deaths first, and of those with fewer preemptions: whoever comes later with more finds no more."""
        new: Found = [{(self.trees.now, NOBODY, *self.trees.beginnings): None}]
        new += [{} for _ in self._known[1:]]
        for deaths in range(self._deaths + 1):
            dead: Found = [{} for _ in self._known]
            for preemptions, found in enumerate(new):
                while found:
                    state, before = found.popitem()
                    if not self._is_known(state, preemptions):
                        self.states += not self._is_known(state, len(self._known))
                        self._known[preemptions][state] = before
                        self._leave(state, preemptions, new, dead if deaths < self._deaths else None)
            new = dead

    def _leave(self, state: State, preemptions: int, new: Found, dead: Found | None) -> None:
        if BROKEN in state:
            self.broken.append(state)
        elif all(place == DONE for place in state[2:]):
            self.ends[state[0]] = state
        else:
            for way in self._ways_from(state, may_preempt=preemptions + 1 < len(self._known)):
                self._note(way, state, preemptions + way.preemptions, dead if way.deaths else new)

    def _note(self, way: Way, before: State, preemptions: int, found: Found | None) -> None:
        if found is not None:
            self.steps += 1
            if not self._is_known(way.to, preemptions):
                found[preemptions].setdefault(way.to, before)

    def _is_known(self, state: State, preemptions: int) -> bool:
        return any(state in known for known in self._known[: preemptions + 1])

    def _ways_from(self, state: State, may_preempt: bool = True) -> Iterator[Way]:
        at_work = state[1]
        for job, place in enumerate(state[2:]):
            is_preempted = at_work not in (NOBODY, job)
            if place != DONE and (may_preempt or not is_preempted):
                yield from self._turns_of(job, state, is_preempted)

    def _turns_of(self, job: int, state: State, is_preempted: bool) -> Iterator[Way]:
        world, beginning = state[0], self.trees.beginnings[job]
        others_before, others_after = state[2 : 2 + job], state[3 + job :]
        after, place = self.trees.step(world, state[2 + job])
        at_work = NOBODY if place in (DONE, beginning) else job
        to = (after, at_work, *others_before, place, *others_after)
        yield Way(job, "goes on", to, 0, is_preempted)
        to = (world, NOBODY, *others_before, beginning, *others_after)
        yield Way(job, "dies before", to, 1, is_preempted)
        if after != world:
            to = (after, NOBODY, *others_before, beginning, *others_after)
            yield Way(job, "dies after", to, 1, is_preempted)
