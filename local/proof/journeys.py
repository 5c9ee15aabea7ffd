"""A request to another system and back: it can be lost, its answer can, or it is carried out when nobody waits for it
any more. Whoever sent it may die meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from local.proof.fates import Meets, call_site
from local.proof.outside import Outside
from local.proof.slowness import Service

Answer = TypeVar("Answer")
LATE = 0.98  # of the sender's time-out: later than this nothing is carried out any more


@dataclass
class Journey(Generic[Answer]):
    """As the network saw it. `over`: when its sender knew an answer, gave up or died. `is_answered`: the answer came
    back to whoever asked; `is_lost`: the request never arrived."""

    sender: str
    operation: str
    sent: datetime
    over: datetime | None = None
    carried_out: datetime | None = None
    answer: Answer | None = None
    is_answered: bool = False
    is_lost: bool = False
    meets: Meets = "nothing"
    timeout: float = field(default=60, repr=False)


def travel(
    outside: Outside,
    operation: str,
    carry_out: Callable[[], Answer],
    *,
    timeout: float = 60,
    inputs: int = 0,
    service: Service | None = None,
    begun: Callable[[Journey[Answer]], None] = lambda journey: None,
) -> Journey[Answer]:
    """Until its sender goes on. `begun` hears of it as soon as it is under way. `inputs` make it slower.
    `service`: where it is one of AWS, whose own trouble raises what its client would."""
    task = outside.scheduler.current
    assert task is not None  # noqa: S101 -- only tasks call the outside
    task.stop_if_dead()
    site = call_site(operation)
    meets = outside.draw(site, service)
    if meets == "dies before":
        outside.bad_luck(site, meets, "before")
    journey = Journey[Answer](task.name, operation, outside.scheduler.now, timeout=timeout, meets=meets)
    begun(journey)
    arrives, answered = _way(journey, outside, inputs)
    if arrives is not None:
        outside.scheduler.later(arrives, lambda: _carry_out(journey, outside, carry_out))
    _await(journey, outside, meets, arrives, answered)
    journey.over = outside.scheduler.now
    journey.is_answered = answered is not None
    outside.bad_luck(site, meets, "after")
    return journey


def _way(
    journey: Journey[Answer], outside: Outside, inputs: int
) -> tuple[timedelta | None, timedelta | None]:
    """How long until it is carried out, and until its answer is there; None: never."""
    fates, rates, name = outside.fates, outside.fates.rates, f"{journey.sender}: {journey.operation}"
    arrives = timedelta(seconds=fates.random.uniform(0.05, 0.4) + 0.02 * inputs)
    if fates.happens(rates.lost_requests):
        outside.note(f"{name} is lost on its way")
        journey.is_lost = True
        return None, None
    if fates.happens(rates.lost_answers):
        outside.note(f"{name}: its answer is lost")
        return arrives, None
    if fates.happens(rates.late_requests):
        arrives = timedelta(seconds=fates.random.uniform(1, LATE * journey.timeout))
        outside.note(f"{name} is under way for {arrives.seconds} s, and given up before")
        return arrives, None
    return arrives, arrives + timedelta(seconds=fates.random.uniform(0.02, 0.3))


def _await(
    journey: Journey[Answer],
    outside: Outside,
    meets: str,
    arrives: timedelta | None,
    answered: timedelta | None,
) -> None:
    """A sender that dies does so while its request is under way or when it is carried out, before it would give up."""
    if meets == "dies after":
        dies = outside.fates.random.uniform(0, 2) * (arrives or timedelta())
        outside.scheduler.wait(min(dies, timedelta(seconds=journey.timeout)))
    elif answered is not None:
        outside.scheduler.wait(answered)
    else:
        outside.scheduler.wait(_gives_up(journey, outside, arrives))


def _gives_up(journey: Journey[Answer], outside: Outside, arrives: timedelta | None) -> timedelta:
    """A connection that is cut, or one that is silent until the time-out."""
    random, timeout = outside.fates.random, journey.timeout
    silent = timeout if arrives is None else min(timeout, arrives.total_seconds())
    return timedelta(seconds=timeout if random.random() < 0.3 else random.uniform(0.5, max(1.0, silent)))


def _carry_out(journey: Journey[Answer], outside: Outside, carry_out: Callable[[], Answer]) -> None:
    journey.carried_out = outside.scheduler.now
    journey.answer = carry_out()
