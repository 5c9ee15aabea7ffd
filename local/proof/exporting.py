"""The export protocol by itself: the real flows take in one company's invoices and export them, again and again and at
the same time. By lot, and by every schedule of a few who meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from random import Random

from local.proof.every_schedule import Search, State
from local.proof.office import Office
from local.proof.taking_turns import Lot
from moment_xledger.domain.exports import SCHEDULE, SWEEP

DEATHS = 0.08  # before a call, and as many after one
CLICKS = 5
TIMES = [
    timedelta(),
    timedelta(minutes=1),
    timedelta(hours=1),
]  # after an hour, a worker has lost what it had taken

Jobs = dict[str, Callable[[], None]]
Meeting = tuple[Office, Jobs]


@dataclass(frozen=True)
class Told:
    steps: int
    deaths: int
    wrong: tuple[str, ...]


def play_lot(seed: int) -> Told:
    """Invoices late, doubled and in any order; clicks, some of them at the same moment and by the same name; exports of
    one part or of many."""
    random = Random(seed)
    office = Office(random, invoices=8, part=random.choice([1, 2, 3, 8]))
    events = [*office.published, *random.sample(office.published, 2)]
    random.shuffle(events)
    jobs: Jobs = {}
    while events:
        some = [events.pop() for _ in range(min(len(events), random.randint(1, 3)))]
        jobs[f"arrival {len(jobs)}"] = office.arrival(*some)
    for n in range(CLICKS):
        by = random.choice(["Kari", "Ola", SCHEDULE, SWEEP])
        jobs[f"click {n}"] = office.click(f"r{random.randrange(CLICKS)}", by, random.choice(TIMES))
    lot = Lot(random, DEATHS)
    try:
        wrong = office.play(jobs, lot)
    except Exception as error:  # noqa: BLE001 -- a job that always fails is never done
        wrong = [f"{type(error).__name__}: {error}"]
    return Told(office.steps, lot.died, tuple(wrong))


def two_people() -> Meeting:
    office = _office_that_has_one_of(2)
    return office, {"Kari": office.click("kari", "Kari"), "Ola": office.click("ola", "Ola"), **_late(office)}


def one_click_delivered_twice() -> Meeting:
    office = _office_that_has_one_of(2)
    return office, {"Kari": office.click("k", "Kari"), "again": office.click("k", "Kari"), **_late(office)}


def a_person_and_the_sweeper() -> Meeting:
    office = _office_that_has_one_of(2)
    return office, {"Kari": office.click("k", "Kari"), "sweeper": office.click("s", SWEEP), **_late(office)}


def the_clock_and_two_deliveries() -> Meeting:
    """Of the late invoice, once with another."""
    office = _office_that_has_one_of(3)
    both = office.arrival(*office.published[1:])
    return office, {"clock": office.click("c", SCHEDULE), "both": both, **_late(office)}


def two_workers_at_a_large_one() -> Meeting:
    """It is claimed in two parts. The second worker comes when the first has slept for too long."""
    office = Office(Random(1), 3, part=1)
    office.arrival(*office.published[:2])()
    late = {"late": office.arrival(office.published[2])}
    slow, other = office.click("kari", "Kari"), office.click("ola", "Ola", after=timedelta(hours=1))
    return office, {"slow": slow, "other": other, **late}


def _office_that_has_one_of(invoices: int) -> Office:
    office = Office(Random(1), invoices)
    office.arrival(office.published[0])()
    return office


def _late(office: Office) -> Jobs:
    return {"late": office.arrival(office.published[1])}


# Who meets at an export, while an invoice arrives.
MEETINGS: Mapping[str, Callable[[], Meeting]] = {
    "two people": two_people,
    "one click delivered twice": one_click_delivered_twice,
    "a person and the sweeper": a_person_and_the_sweeper,
    "the clock and two deliveries": the_clock_and_two_deliveries,
    "two workers at a large one": two_workers_at_a_large_one,
}


@dataclass(frozen=True)
class Explored:
    """`ends`: worlds in which all was done. `wrong`: what was wrong there, and a schedule that led to it."""

    states: int
    steps: int
    ends: int
    wrong: tuple[str, ...]


def explore(meeting: str, preemptions: int, deaths: int) -> Explored:
    """Every schedule of those who meet there, as `every_schedule` has it, and then a last export in peace.

    Nothing may be lost, doubled or changed at any end; no job may fail for ever, though it has the world for itself.
    """
    office, jobs = MEETINGS[meeting]()
    search = Search(office, jobs, preemptions, deaths)
    wrong = [f"never done: {_in_words(search, state)}" for state in search.broken]
    wrong += [f"goes on for ever: {name}" for name in search.endless()]
    for world, state in search.ends.items():
        search.trees.bring_about(world)
        wrong += [f"{each}: {_in_words(search, state)}" for each in office.wrong_after_a_last_export()]
    return Explored(search.states, search.steps, len(search.ends), tuple(wrong))


def _in_words(search: Search, state: State) -> str:
    turns = groupby(search.schedule(state))
    return ", ".join(f"{name} {verdict} ({len(list(each))})" for (name, verdict), each in turns)
