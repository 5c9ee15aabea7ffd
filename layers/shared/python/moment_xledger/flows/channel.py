"""The way through the gate into Xledger, for one worker and one token."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain import gate as gates_domain
from moment_xledger.domain.companies import CompanyId, Token, TokenId
from moment_xledger.domain.errors import Conflict, GateClosed, NoRight, Rejected, Why, WrongRequest
from moment_xledger.domain.gate import Closed, Gate, InFlight, Timing
from moment_xledger.domain.learnt_limits import FULL_LIST, SHORTEST_LIST
from moment_xledger.domain.replies import (
    BurstLimit,
    ConcurrencyLimit,
    Data,
    OutOfCredits,
    Refused,
    Reply,
    RequestRefused,
    TokenRefused,
    Unanswered,
)

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger.gates import Gates

BURST_PAUSE = timedelta(seconds=5)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)
ATTEMPTS = 5  # at one request, within this run


class Asks(Protocol):
    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply: ...


class Channel(AbstractContextManager["Channel"]):
    """Holds the token's lease from `with` to its end. `owner` names this run and no other.

    Raises `GateClosed` whenever no request may be sent now, also when entered.
    """

    def __init__(
        self,
        token_id: TokenId,
        token: Token,
        owner: str,
        *,
        xledger: Asks,
        gates: "Gates",
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        timing: Timing,
        run_ends: datetime,
        plan: int | None = None,
    ) -> None:
        self._token_id, self._token, self._owner = token_id, token, owner
        self._xledger, self._gates = xledger, gates
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._timing, self._run_ends, self._plan = timing, run_ends, plan
        self._gate = Gate()
        self.requests = 0  # that this run has sent
        self.answered: set[str] = set()  # operations that Xledger has carried out in this run

    @property
    def gate(self) -> Gate:
        return self._gate

    def __enter__(self) -> "Channel":
        stored = self._gates.get(self._token_id)
        stored = replace(stored, plan=self._plan or stored.learnt.known_plan(self._clock()))
        self._save(_open(gates_domain.take_over(stored, self._owner, self._clock(), self._timing)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the lease back, unless somebody else has it by now, or a write of ours is still in doubt."""
        if self._gate.owner == self._owner and (kind is None or issubclass(kind, GateClosed)):
            try:
                self._save(gates_domain.leave(self._gate, self._owner))
            except GateClosed:
                return

    @property
    def longest_list(self) -> int:
        """How many records Xledger takes at once, as far as is known."""
        return self._gate.learnt.longest_list(self._clock())

    @property
    def never_stored(self) -> InFlight | None:
        """The write that was in flight when the holder before us ended."""
        return self._gate.in_flight

    def doubts_are_noted(self) -> None:
        self._gate = replace(self._gate, in_flight=None)

    def served(self, company: CompanyId) -> None:
        """Remembered with the next request, so that the next run begins with another company."""
        self._pause(timedelta())
        self._gate = replace(self._gate, last_served=company)

    def read(
        self, operation: str, variables: Mapping[str, Any], *, optional: bool = False
    ) -> Mapping[str, Any]:
        """The answer's data. Raises `Rejected` with what Xledger says, `WrongRequest` where it would say so of any such
        request, `GateClosed` when it must be later.

        `optional`: records go without it, so where the token has no right to it, `NoRight` is raised and the gate
        stays open. A page is as much smaller than it is asked for as lists are.
        """
        if "first" in variables:
            page = variables["first"] * self.longest_list // FULL_LIST
            variables = {**variables, "first": max(1, page)}
        return self._send(operation, variables, writes=False, optional=optional)

    def write(self, operation: str, inputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """As `read`. What came of the last write must be stored before anything else is sent."""
        client_ids = tuple(str(each["clientId"]) for each in inputs)
        return self._send(operation, {"inputs": inputs}, writes=True, client_ids=client_ids)

    def _send(
        self,
        operation: str,
        variables: Mapping[str, Any],
        *,
        writes: bool,
        client_ids: tuple[str, ...] = (),
        optional: bool = False,
    ) -> Mapping[str, Any]:
        for attempt in range(ATTEMPTS):
            self._pass_gate(operation, writes, client_ids)
            self.requests += 1
            reply = self._xledger.ask(self._token, operation, variables)
            match reply:
                case Data(fields):
                    self._gate = gates_domain.answered(self._gate, operation)
                    self.answered.add(operation)
                    return fields
                case Refused(refusals):  # of its values, so the request as such will do
                    self._gate = gates_domain.answered(self._gate, operation)
                    self.answered.add(operation)
                    raise Rejected(refusals)
                case OutOfCredits(reset_at):
                    learnt = gates_domain.credits_used_up(self._gate, operation, self._clock())
                    self._shut(gates_domain.out_of_credits(learnt, reset_at, self._clock()))
                case RequestRefused(refusals, lacks_right) if not (optional and lacks_right):
                    self._gate = gates_domain.answered(self._gate, operation)
                    raise WrongRequest(operation, refusals, lacks_right=lacks_right)
                case TokenRefused(refusals) | RequestRefused(refusals) if (
                    optional and not self._gate.refusals
                ):
                    self._gate = gates_domain.answered(self._gate, operation)
                    raise NoRight(refusals)
                case TokenRefused():
                    self._shut(gates_domain.token_refused(self._gate, self._clock()))
                case Unanswered(_, status, is_too_much):
                    before = self.longest_list
                    if status is not None:
                        self._gate = gates_domain.barred(self._gate, operation, status, self._clock())
                    if is_too_much and _is_large(variables):
                        self._gate = gates_domain.too_much(self._gate, self._clock())
                    self._shut(
                        gates_domain.unanswered(
                            self._gate, writes=writes, now=self._clock(), timing=self._timing
                        )
                    )
                    if self.longest_list < before:  # the next run asks for less
                        self._save(self._gate)
                        raise GateClosed(Why.DOWN, self._clock())
                case _:
                    self._gate = gates_domain.turned_away(self._gate, self._clock())
            self._pause(_pause_after(reply, attempt, self._jitter()))
        raise GateClosed(Why.DOWN, self._clock() + LONGEST_PAUSE)

    def _pass_gate(self, operation: str, writes: bool, client_ids: tuple[str, ...]) -> None:
        self._pause(gates_domain.wait_before(self._gate, self._clock()))
        asked_at = self._clock()
        entered = gates_domain.enter(
            self._gate,
            owner=self._owner,
            in_flight=InFlight(operation, asked_at, client_ids) if writes else None,
            now=asked_at,
            timing=self._timing,
        )
        if isinstance(entered, Closed):
            self._gate = gates_domain.held_back(self._gate, entered, asked_at)
        self._save(_open(entered))
        if not self._timing.is_safe_to_send(asked_at, self._clock()):
            raise GateClosed(Why.HELD, self._clock() + self._timing.lease)

    def _pause(self, pause: timedelta) -> None:
        """Waits in place, unless the answer to a request after that could come too late for this run."""
        if self._clock() + pause + self._timing.timeout > self._run_ends:
            why = Why.BARRED if self._gate.barred and self._gate.failures else Why.SLICE
            raise GateClosed(why, self._clock())
        if pause > timedelta():
            self._sleep(pause.total_seconds())

    def _shut(self, gate: Gate) -> None:
        """Where this gate is closed: for everybody, and tells our caller. Else only remembers it."""
        if gate.closed_until and (why := gates_domain.said_why(gate)):
            self._save(gate)
            raise GateClosed(why, gate.closed_until)
        self._gate = gate

    def _save(self, gate: Gate) -> None:
        """Somebody else wrote the gate: he has the lease now, and we must not send anything more."""
        try:
            self._gate = self._gates.save(self._token_id, gate)
        except Conflict:
            raise GateClosed(Why.HELD, self._clock() + self._timing.lease) from None


def _is_large(variables: Mapping[str, Any]) -> bool:
    """Less can be asked for at once."""
    lists = (len(each) for each in variables.values() if isinstance(each, list))
    return max(lists, default=0) > SHORTEST_LIST or "first" in variables


def _open(result: Gate | Closed) -> Gate:
    if isinstance(result, Closed):
        raise GateClosed(result.why, result.until)
    return result


def _pause_after(reply: Reply, attempt: int, jitter: float) -> timedelta:
    """`jitter` is from 0 to 1. A burst is over after five seconds; anything else is asked again ever more slowly."""
    if isinstance(reply, BurstLimit):
        return BURST_PAUSE + FIRST_PAUSE * jitter
    doubled: timedelta = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
    return doubled if isinstance(reply, ConcurrencyLimit) else doubled * jitter
