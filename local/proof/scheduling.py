"""Many workers, one at a time: each hands on to the others at every call to the outside.

What happens next is decided by simulated time alone, and ties by the order of arrival, so one seed is one story. All
are greenlets of one thread: with threads of their own, most of a run was spent on waking them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]


class Died(BaseException):
    """The process is gone. Not an `Exception`: nothing in the code may catch it."""


IN_COMMON: AbstractContextManager[object] = nullcontext()
A_GLANCE = timedelta(milliseconds=200)


class Task:
    """One call of one function. `process` is entered whenever it carries on, and left whenever others do."""

    def __init__(
        self, name: str, work: Callable[[], None], process: AbstractContextManager[object] = IN_COMMON
    ) -> None:
        self.name = name
        self.process = process
        self.is_dead = False
        self.is_over = False
        self._work = work
        self._life = greenlet(self._run)

    def carry_on(self) -> None:
        """Until it waits for something, or is over."""
        self._life.parent = getcurrent()
        with self.process:
            self._life.switch()

    def hand_back(self) -> None:
        parent = self._life.parent
        assert parent is not None  # noqa: S101 -- it was carried on by somebody
        parent.switch()
        self.stop_if_dead()

    def stop_if_dead(self) -> None:
        if self.is_dead:
            raise Died

    def _run(self) -> None:
        try:
            self._work()
        except Died:
            self.is_dead = True
        finally:
            self.is_over = True


class Scheduler:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.current: Task | None = None
        self.running: list[Task] = []
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def clock(self) -> datetime:
        return self.now

    def later(self, delay: timedelta, what: Callable[[], None]) -> None:
        heappush(self._agenda, (self.now + delay, next(self._order), what))

    def start(
        self,
        name: str,
        work: Callable[[], None],
        delay: timedelta = timedelta(),
        process: AbstractContextManager[object] = IN_COMMON,
    ) -> Task:
        task = Task(name, work, process)
        self.running.append(task)
        self.later(delay, lambda: self._carry_on(task))
        return task

    def wait(self, pause: timedelta) -> None:
        """Called by a task: others carry on meanwhile."""
        task = self.current
        assert task is not None  # noqa: S101 -- only tasks call the outside
        until = self.now + pause
        if not self._agenda or self._agenda[0][0] > until:
            self.now = until
            return
        self.later(pause, lambda: self._carry_on(task))
        task.hand_back()

    def wait_for(self, task: Task, longest: timedelta) -> None:
        """Called by another task: until that one is over, or no longer."""
        until = self.now + longest
        while not task.is_over and self.now < until:
            self.wait(A_GLANCE)

    def run(self, until: Callable[[], bool]) -> None:
        """Until `until` says so, which is asked between any two things that happen."""
        while self._agenda and not until():
            at, _, what = heappop(self._agenda)
            self.now = max(self.now, at)
            what()

    def stop(self) -> None:
        """Ends whatever is still under way."""
        for task in list(self.running):
            task.is_dead = True
            self._carry_on(task)

    def _carry_on(self, task: Task) -> None:
        if task.is_over:
            return
        self.current = task
        task.carry_on()
        self.current = None
        if task.is_over:
            self.running.remove(task)
