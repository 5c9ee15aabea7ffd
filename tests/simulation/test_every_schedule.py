"""The search through every schedule of an export: that it finds what is wrong, and that real runs agree with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random
from typing import Any

import pytest

from local.proof.every_schedule import Search
from local.proof.exporting import MEETINGS, a_person_and_the_sweeper, explore
from local.proof.guards import GUARDS, Guard
from local.proof.office import Office, Table
from local.proof.taking_turns import Chooser, Script, Turn, Turns
from moment_xledger.adapters.table import Put, Update
from moment_xledger.domain.errors import Conflict

NUMBER = ("T#any", "NUMBER")


@pytest.mark.parametrize("meeting", MEETINGS)
def test_no_schedule_with_a_preemption_or_a_death_loses_or_doubles_an_invoice(meeting: str) -> None:
    with_preemption, with_death = explore(meeting, 1, 0), explore(meeting, 0, 1)
    assert with_preemption.wrong + with_death.wrong == ()
    assert with_preemption.states > 1_000
    assert with_death.states > 1_000


@pytest.mark.parametrize("guard", [each for each in GUARDS if each.by_lot], ids=lambda guard: guard.name)
def test_without_this_guard_a_preemption_or_a_death_is_enough(guard: Guard) -> None:
    with guard.is_down():
        assert explore("a person and the sweeper", 0, 1).wrong or explore("two people", 1, 0).wrong


def test_without_the_conditions_of_an_arrival_two_deliveries_lose_an_invoice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = Table.write

    def unconditional(table: Table, *actions: Any) -> None:
        places = ("HEAD", "INV#", "SEQ#")
        write(table, *(replace(a, when=None) if a.key[1].startswith(places) else a for a in actions))

    monkeypatch.setattr(Table, "write", unconditional)
    wrong = explore("the clock and two deliveries", 1, 0).wrong
    assert any(" is lost: " in each for each in wrong)


@pytest.mark.parametrize(("preemptions", "deaths"), [(1, 0), (0, 1)])
def test_jobs_that_really_take_turns_come_to_the_same_ends(preemptions: int, deaths: int) -> None:
    office, jobs = a_person_and_the_sweeper()
    search = Search(office, jobs, preemptions, deaths)
    ends = {}
    for world, state in search.ends.items():
        script = Script(search.schedule(state))
        search.trees.bring_about(world)
        ends[repr(office.world())] = script
    assert {text: played(script) for text, script in ends.items()} == {text: text for text in ends}
    by_lot = {played(Sparing(Random(n), preemptions, deaths)) for n in range(60)}
    assert by_lot <= ends.keys()
    assert len(by_lot) > 2


def played(chooser: Chooser) -> str:
    """What the office holds then, before a last export is made."""
    office, jobs = a_person_and_the_sweeper()
    turns = office.turns = Turns(jobs)
    turns.run(chooser)
    return repr(office.world())


@dataclass
class Sparing:
    """Any schedule within bounds."""

    random: Random
    preemptions: int
    deaths: int
    _at_work: str = ""

    def choose(self, turns: Turns) -> Turn:
        name = self.random.choice(self._possible(turns.waiting()))
        self.preemptions -= self._at_work in turns.waiting() and name != self._at_work
        self._at_work = name
        if not self.deaths or self.random.random() < 0.95:
            return name, "goes on"
        self.deaths -= 1
        self._at_work = ""
        return name, self.random.choice(["dies before", "dies after"])

    def _possible(self, waiting: Sequence[str]) -> Sequence[str]:
        is_kept = self._at_work in waiting and not (self.preemptions and self.random.random() < 0.05)
        return [self._at_work] if is_kept else waiting


def an_office() -> Office:
    return Office(Random(1), invoices=1)


def adding(office: Office) -> Callable[[], None]:
    return lambda: office.table.write(Update(NUMBER, add={"is": 1}))


def counting(office: Office) -> Callable[[], None]:
    """Reads a number and writes the next one, whatever the others have written since."""

    def count() -> None:
        number = (office.table.get(NUMBER) or {"is": 0})["is"]
        office.table.write(Put(NUMBER, {"is": number + 1}))

    return count


def numbers(preemptions: int, deaths: int, adds: bool = False) -> set[int]:
    """That two who count come to."""
    office = an_office()
    job = adding(office) if adds else counting(office)
    search = Search(office, {"one": job, "other": job}, preemptions, deaths)
    return {_number(office, search, world) for world in search.ends}


def _number(office: Office, search: Search, world: int) -> int:
    search.trees.bring_about(world)
    return office.in_peace(lambda: int((office.table.get(NUMBER) or {})["is"]))


def test_a_count_is_lost_by_one_preemption_and_by_none_without() -> None:
    assert numbers(preemptions=0, deaths=0) == {2}
    assert numbers(preemptions=1, deaths=0) == {1, 2}


def test_whoever_dies_after_a_call_makes_it_again() -> None:
    assert numbers(0, deaths=0, adds=True) == {2}
    assert numbers(0, deaths=1, adds=True) == {2, 3}
    assert numbers(0, deaths=2, adds=True) == {2, 3, 4}


def test_whoever_died_gives_way_to_another_at_no_cost() -> None:
    """Doubled, one more, and doubled again."""
    office = an_office()
    adding(office)()

    def double() -> None:
        office.table.write(Put(NUMBER, {"is": 2 * (office.table.get(NUMBER) or {})["is"]}))

    search = Search(office, {"doubles": double, "adds": adding(office)}, preemptions=0, deaths=1)
    assert (2 * 1 + 1) * 2 in {_number(office, search, world) for world in search.ends}


def test_a_job_that_fails_for_ever_is_named() -> None:
    office = an_office()

    def fail() -> None:
        office.table.get(NUMBER)
        raise Conflict

    search = Search(office, {"adds": adding(office), "fails": fail}, preemptions=0, deaths=0)
    assert set(search.endless()) == {"fails"}


def test_a_file_that_would_change_is_a_job_that_is_never_done() -> None:
    office = an_office()

    def store(content: bytes) -> Callable[[], None]:
        return lambda: office.bucket.put_once("a file", BytesIO(content), "text/csv", "")

    search = Search(office, {"one": store(b"a"), "other": store(b"b")}, preemptions=0, deaths=0)
    assert search.ends == {}
    assert {tuple(search.schedule(state)) for state in search.broken} == {
        (("one", "goes on"), ("other", "goes on")),
        (("other", "goes on"), ("one", "goes on")),
    }
