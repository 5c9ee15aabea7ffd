"""Jobs as trees: what a job asks for next follows from the answers that it has had, and from nothing else.

So each place in a job's tree is come to once, by telling it these answers again, however many schedules lead there.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from local.proof.office import Office, World
from local.twins.table import copied
from moment_xledger.domain.errors import Conflict, FileDiffers

DONE, BROKEN = -1, -2  # places of a job that asks for nothing more
MOST_ALIVE = 500  # jobs kept at the places last come to, which are most often those to go on from


@dataclass
class _Place:
    """A job behind these answers, at its next call."""

    job: int
    answers: tuple[Any, ...]
    call: Callable[[], Any]
    behind: dict[str, int] = field(default_factory=dict)  # each answer to that call


class Trees:
    """Worlds and places have numbers, by which they are the same or not."""

    def __init__(self, office: Office, jobs: Sequence[Callable[[], None]]) -> None:
        self._office, self._jobs = office, jobs
        self._worlds: list[World] = []
        self._numbers: dict[str, int] = {}
        self._places: list[_Place] = []
        self._alive: dict[int, Any] = {}
        self._steps: dict[tuple[int, int], tuple[int, int]] = {}
        self.now = self._number(office.world())
        self.beginnings = [self._begin(job) for job in range(len(jobs))]

    def step(self, world: int, place: int) -> tuple[int, int]:
        """The world when this call was made in it, and where the job is then. One that fails is begun anew."""
        found = self._steps.get((world, place))
        if found is None:
            found = self._steps[world, place] = self._make(world, place)
        return found

    def bring_about(self, world: int) -> None:
        """In the office."""
        self._office.hold(self._worlds[world])

    def endless(self) -> Iterator[int]:
        """Jobs that would go on for ever somewhere, though nobody disturbs them."""
        ended = set[tuple[int, int]]()
        for here in self._steps:
            path = dict[tuple[int, int], None]()
            while here in self._steps and here not in ended and here not in path:
                path[here] = None
                here = self._steps[here]
            if here in path:
                yield self._places[here[1]].job
            ended.update(path)

    def call(self, carry_out: Callable[[], Any]) -> Any:
        """By a job: its life stands still here until it is told the answer."""
        return getcurrent().parent.switch(carry_out)

    def _make(self, world: int, number: int) -> tuple[int, int]:
        place, office = self._places[number], self._office
        self.bring_about(world)
        before = office.table.written, len(office.bucket.files)
        answer, told = self._answer(place)
        is_changed = before != (office.table.written, len(office.bucket.files))
        after = self._number(office.world()) if is_changed else world
        if told not in place.behind:
            place.behind[told] = self._go_on(number, answer)
        return after, place.behind[told]

    def _answer(self, place: _Place) -> tuple[Any, str]:
        """And what tells it from others."""
        try:
            answer = self._office.in_peace(place.call)
        except (Conflict, FileDiffers) as error:
            return error, f"{error!r} {vars(error)}"
        return answer, repr(answer)

    def _go_on(self, number: int, answer: Any) -> int:
        place = self._places[number]
        life = self._alive.pop(number, None)
        if life:
            return self._come_to(place.job, (*place.answers, answer), life, [answer])
        return self._begin(place.job, (*place.answers, answer))

    def _begin(self, job: int, answers: tuple[Any, ...] = ()) -> int:
        return self._come_to(job, answers, greenlet(self._jobs[job]), [None, *answers])

    def _come_to(self, job: int, answers: tuple[Any, ...], life: Any, untold: Sequence[Any]) -> int:
        self._office.turns = self
        try:
            for answer in untold:
                call = _tell(life, answer)
        except Conflict:
            return self.beginnings[job]
        except FileDiffers:
            return BROKEN
        return DONE if life.dead else self._keep(_Place(job, answers, call), life)

    def _keep(self, place: _Place, life: Any) -> int:
        number = len(self._places)
        self._places.append(place)
        self._alive[number] = life
        if len(self._alive) > MOST_ALIVE:
            del self._alive[next(iter(self._alive))]
        return number

    def _number(self, world: World) -> int:
        number = self._numbers.setdefault(repr(world), len(self._worlds))
        if number == len(self._worlds):
            self._worlds.append(world)
        return number


def _tell(life: Any, answer: Any) -> Any:
    """What it asks for next. Of each answer it gets one of its own, to do with as it likes."""
    if isinstance(answer, Exception):
        return life.throw(copy(answer))
    return life.switch(copied(answer)) if life else life.switch()  # not yet begun: there was no question
