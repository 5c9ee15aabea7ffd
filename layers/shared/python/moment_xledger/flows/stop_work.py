"""Stops a kind of work for a token, tells people once, and takes it up again.

The stop is stored first: a process that dies before people are told is followed by a try that is refused as well, and
tells them.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.errors import GateClosed, Why, WrongRequest
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.stops import RECORDS, STOPPED, Stop, stopped

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.flows.sync_records import Worker

SETTINGS = "settings"  # under which everybody's mails look for what cannot wait


class Keeps(Protocol):
    """A worker, or any part of one: what is kept, and the time."""

    @property
    def ledger(self) -> "Ledger": ...

    @property
    def clock(self) -> Callable[[], datetime]: ...


def code_of(refused: WrongRequest) -> Code:
    return Code.RIGHT_LACKING if refused.lacks_right else Code.REQUEST_NOT_ACCEPTED


def why_stopped(token_id: TokenId, kind: Kind, worker: "Worker") -> Stop | None:
    """The stop of this kind of work; None where it goes. Raises `GateClosed` until it is to be tried again."""
    stop = worker.ledger.stops.get(token_id, kind)
    if stop and stop.stands(worker.clock(), worker.release):
        raise GateClosed(Why.STOPPED, stop.again)
    return stop


def stop_work(
    token_id: TokenId, kind: Kind, before: Stop | None, refused: WrongRequest, worker: "Worker"
) -> GateClosed:
    """What is to be raised: the rest waits."""
    stop = stopped(before, code_of(refused), refused.operation, refused.words, worker.release, worker.clock())
    worker.ledger.stops.save(token_id, kind, stop)
    carrying = [each for each in worker.ledger.companies.sharing(token_id) if each.carries(kind)]
    tell_once(carrying, str(kind), RECORDS[kind], refused, worker)
    return GateClosed(Why.STOPPED, stop.again)


def tell_once(
    companies: Iterable[Company], number: str, records: str, refused: WrongRequest, worker: Keeps
) -> None:
    """`records`: what the request was about, as the sentences call it."""
    now, code = worker.clock(), code_of(refused)
    for company in companies:
        if worker.ledger.problems.get(company.id, SETTINGS, number, code) is None:
            details = {"records": records}
            problem = Problem(company.id, SETTINGS, number, code, details, refused.words, now, now)
            worker.ledger.problems.report([problem])


def tell_it_is_over(companies: Iterable[Company], number: str, worker: Keeps) -> None:
    for company in companies:
        worker.ledger.problems.close(company.id, [(SETTINGS, number)], STOPPED)


def go_on(
    token_id: TokenId, kind: Kind, stop: Stop, answered: Collection[str], worker: "Worker"
) -> Stop | None:
    """The stop, unless Xledger has answered what it refused before. A new release may ask by another name, and where
    only its likeness told that a request was refused as such, any will do."""
    if not answered or (stop.operation not in ("", *answered) and stop.release == worker.release):
        return stop
    tell_it_is_over(worker.ledger.companies.sharing(token_id), str(kind), worker)
    worker.ledger.stops.remove(token_id, kind)
    return None
