"""Carries what is dirty under one Xledger token: company by company in turn, one list each."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.companies import Company, CompanyId, Token, TokenId
from moment_xledger.domain.entities import REREAD_AFTER, Entity
from moment_xledger.domain.errors import Conflict, GateClosed, MovedOn, Why, WrongRequest
from moment_xledger.domain.gate import Timing, token_missing
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.learnt_limits import FULL_LIST
from moment_xledger.domain.probes import WORK_OF
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, read_client_id
from moment_xledger.domain.turns import A_TURN, SIFTING, WORTH_A_TURN, first_of_round, in_turn, linger
from moment_xledger.flows.channel import Asks, Channel
from moment_xledger.flows.check_records import check_page, known_here
from moment_xledger.flows.find_entity import find_entity
from moment_xledger.flows.learn_reach import TokenReach
from moment_xledger.flows.lists import Turn
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.same_settings import SameSettings
from moment_xledger.flows.stop_work import SETTINGS, go_on, stop_work, why_stopped
from moment_xledger.flows.try_alike import try_alike

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault
    from moment_xledger.adapters.xledger_customers import Customers
    from moment_xledger.adapters.xledger_nodes import Sends
    from moment_xledger.adapters.xledger_projects import Projects
    from moment_xledger.adapters.xledger_reference import Reads, Reference

_PROBES = {Kind.CUSTOMER: "ReadOneCustomer", Kind.PROJECT: "ReadOneProject"}
RUN = timedelta(seconds=140)  # of a function that may take 150: one token never holds a worker for long

Carry = Callable[["Sends", Entity, list[Record], Outcomes, Turn], None]
WhenIdle = Callable[[Outcomes, "Reference"], datetime | None]
SIFTED = "sifting"  # the name of the share


@dataclass(frozen=True)
class Worker:
    """What a run needs of the world. `jitter` gives a number from 0 to 1, `new_id` one that was never given."""

    ledger: "Ledger"
    vault: "Vault"
    xledger: Asks
    customers: "Callable[[Sends, Entity], Customers]"
    projects: "Callable[[Sends, Entity], Projects]"
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    new_id: Callable[[], str]
    timing: Timing
    url: str  # where Xledger answers GraphQL
    reference: "Callable[[Reads], Reference]"
    run: timedelta = RUN
    release: str = ""  # of our code, by which a work that it has stopped is tried again


def sync_records(kind: Kind, token_id: TokenId, worker: Worker, carry: Carry, when_idle: WhenIdle) -> Report:
    """Until nothing is due. Raises `GateClosed` when the rest must wait; what was done until then is stored.

    `when_idle` is called for a company that has nothing dirty left and says when to look again, if ever.
    """
    report = Report()
    turns = _turns(kind, token_id, worker)
    first = next(turns, None)
    if first is None:
        return report
    stop = why_stopped(token_id, kind, worker)
    with open_channel(token_id, worker, holder=first[0]) as channel:
        reach = TokenReach(
            token_id, channel, worker.reference, worker.ledger, worker.url, worker.clock, _PROBES[kind]
        )
        try:
            for company, marks in chain([first], turns):
                with suppress(Conflict, MovedOn):  # its mark stays, so it has another turn
                    _serve(kind, company, marks, worker, report, carry, when_idle, channel, reach)
                if stop:
                    stop = go_on(token_id, kind, stop, channel.answered, worker)
        except WrongRequest as refused:
            raise stop_work(token_id, kind, stop, refused, worker) from refused
    return report


@contextmanager
def open_channel(token_id: TokenId, worker: Worker, holder: Company | None = None) -> Iterator[Channel]:
    """For one run, by the secret of this company or of any that has the token.

    Whoever opens it sees first to what the holder before has left in doubt. A gate that closes is told of.
    """
    with _channel(token_id, holder or _holder(token_id, worker), worker) as channel:
        _note_doubts(channel, worker)
        try:
            yield channel
        except GateClosed as closed:
            barred, silence = channel.gate.barred, channel.gate.silence
            if closed.why is Why.AUTH:
                report_token(token_id, worker)
            elif barred and barred.is_to_be_told:
                _tell(token_id, Code.REFUSED_WITHOUT_REASON, worker, status=str(barred.status))
            elif silence and silence.is_to_be_told:
                _tell(token_id, Code.XLEDGER_SILENT, worker)
            raise


def _note_doubts(channel: Channel, worker: Worker) -> None:
    """Records that the holder before us sent, but died before it stored what came of them."""
    write = channel.never_stored
    if write is None:
        return
    doubtful: dict[CompanyId, dict[tuple[Kind, int], int]] = defaultdict(dict)
    for company, kind, id_, version in filter(None, map(read_client_id, write.client_ids)):
        doubtful[company][kind, id_] = version
    operation = Operation.ADD if write.operation.startswith("Add") else Operation.UPDATE
    for company, versions in doubtful.items():
        if known := worker.ledger.companies.get(company):  # else it has left, and so has what was sent
            outcomes = Outcomes(worker.ledger, known, worker.clock)
            outcomes.unanswered(versions, operation, write.started)
    channel.doubts_are_noted()


def _serve(
    kind: Kind,
    company: Company,
    marks: int,
    worker: Worker,
    report: Report,
    carry: Carry,
    when_idle: WhenIdle,
    channel: Channel,
    reach: TokenReach,
) -> None:
    """One list of one company, and what it costs to find those at fault in it. Raises `Conflict` or `MovedOn` where its
    settings change meanwhile."""
    channel.served(company.id)
    records, ledger = worker.ledger.records, worker.ledger
    outcomes = Outcomes(ledger, company, worker.clock, report)
    reference = worker.reference(channel)
    carries = company.carries(kind)
    if not carries and not ledger.waits.to_look_up(company.id, kind, 1):
        _rest(kind, marks, worker, outcomes, when_idle, reference)
        return
    if carries and ledger.probes.hold(company.id).holds(WORK_OF[kind]):
        later = worker.clock() + REREAD_AFTER
        records.work_done(company.token_id, kind, company.id, marks, again=later)
        return
    found = find_entity(company, reach.for_company(company.owner_code), ledger, worker.url, worker.clock)
    if found is None:
        later = worker.clock() + REREAD_AFTER
        records.work_done(company.token_id, kind, company.id, marks, again=later)
        return
    entity, current = found
    if current.has_moved and current.unchecked.get(kind) == "":  # just now, and the other kind with it
        for other in (each for each in Kind if each in current.unchecked and each is not kind):
            records.mark_work(company.token_id, other, company.id, worker.clock())
    outcomes = replace(outcomes, entity=str(entity))
    sends = SameSettings(channel, company, ledger.companies)

    def carry_one(record: Record, trying: Outcomes) -> None:
        for known in known_here([record], str(entity), ledger):
            carry(sends, entity, [known], trying, Turn(lambda: channel.requests, 0))

    listed, longest = [], min(FULL_LIST, channel.longest_list)
    if carries:
        current = check_page(company, kind, current, ledger, worker.clock)
        listed = records.dirty(company.id, kind, longest)
        if not listed and kind in current.unchecked:
            return
    if not listed:
        alike = try_alike(kind, channel, outcomes, carry_one) if carries else None
        _rest(kind, marks, worker, outcomes, when_idle, reference, alike)
        return
    ready_at = min(record.since for record in listed) + linger(
        channel.gate.used(worker.clock()), channel.gate.plan
    )
    if len(listed) < longest and ready_at > worker.clock():
        records.work_done(company.token_id, kind, company.id, marks, again=ready_at)
        return
    unsuspected = [record for record in listed if not record.suspect]
    spent = ledger.spending.get(company.token_id, SIFTED, SIFTING, channel.gate.plan)
    left = spent.left(worker.clock())
    if not unsuspected and left < WORTH_A_TURN:
        later = spent.when_left(A_TURN, worker.clock())
        records.work_done(company.token_id, kind, company.id, marks, again=later)
        return
    turn = Turn(lambda: channel.requests, min(A_TURN, left), is_sifting=not unsuspected)
    try:
        if known := known_here(unsuspected or listed, str(entity), ledger):
            carry(sends, entity, known, outcomes, turn)
    finally:
        if turn.spent:
            ledger.spending.add(company.token_id, SIFTED, spent, turn.spent, worker.clock())


def _rest(
    kind: Kind,
    marks: int,
    worker: Worker,
    outcomes: Outcomes,
    when_idle: WhenIdle,
    reference: "Reference",
    alike: datetime | None = None,
) -> None:
    """Nothing is dirty. `alike`: when those that are refused alike are tried again."""
    company, ledger = outcomes.company, worker.ledger
    again = min(filter(None, (alike, when_idle(outcomes, reference))), default=None)
    ledger.records.work_done(company.token_id, kind, company.id, marks, again=again)


def _turns(kind: Kind, token_id: TokenId, worker: Worker) -> Iterator[tuple[Company, int]]:
    """Who has a turn, and the marks that stand for its work, until nothing is due.

    One look at what is due gives the first turns of the round, so a turn costs the same however many share the token.
    Who is marked meanwhile keeps its mark, and is seen at the next look. A pause is seen at the turn itself.
    """
    last_served: CompanyId | None = None
    while due := _due(kind, token_id, worker):
        order = in_turn(due, last_served or worker.ledger.gates.get(token_id).last_served)
        for place, id_ in enumerate(first_of_round(order)):
            last_served = id_
            if place and worker.ledger.pauses.of(id_):  # the first was looked at this moment
                continue
            company = worker.ledger.companies.get(id_)
            if company is None:
                worker.ledger.records.forget_work(token_id, kind, id_)
            elif company.token_id == token_id:
                yield company, due[id_]
            else:
                _pass_on(kind, company, token_id, due[id_], worker)


def _due(kind: Kind, token_id: TokenId, worker: Worker) -> dict[CompanyId, int]:
    """Whoever has something to do, and is not paused; the marks that stand for it."""
    work, now = worker.ledger.records.work(token_id, kind), worker.clock()
    pauses = worker.ledger.pauses.now()
    return {id_: marks for id_, (marks, since) in work.items() if since <= now and not pauses.of(id_)}


def _pass_on(kind: Kind, company: Company, from_token: TokenId, marks: int, worker: Worker) -> None:
    """It has another token now, and was marked by somebody who did not know yet."""
    worker.ledger.records.mark_work(company.token_id, kind, company.id, worker.clock())
    worker.ledger.records.work_done(from_token, kind, company.id, marks)


def report_token(token_id: TokenId, worker: Worker) -> None:
    _tell(token_id, Code.TOKEN_REFUSED, worker)


def _tell(token_id: TokenId, code: Code, worker: Worker, **details: str) -> None:
    """Once, though it is met again with every try."""
    now, problems = worker.clock(), worker.ledger.problems
    for company in worker.ledger.companies.sharing(token_id):
        if problems.get(company.id, SETTINGS, "", code) is None:
            problems.report([Problem(company.id, SETTINGS, "", code, details, "", now, now)])


def _holder(token_id: TokenId, worker: Worker) -> Company:
    """Not a company that has left: it is paused for good, and its keys are gone."""
    companies, pauses = worker.ledger.companies.sharing(token_id), worker.ledger.pauses.now()
    if not companies:  # the last one that had it has just been given another
        raise GateClosed(Why.HELD, worker.clock())
    return next((company for company in companies if not pauses.of(company.id)), companies[0])


def _channel(token_id: TokenId, holder: Company, worker: Worker) -> Channel:
    token = worker.vault.xledger_token(holder) or _token_of_another(token_id, holder, worker)
    if token is None:
        _shut_for_want_of(token_id, worker)
        raise GateClosed(Why.AUTH, worker.clock())
    return Channel(
        token_id,
        token,
        worker.new_id(),
        xledger=worker.xledger,
        gates=worker.ledger.gates,
        clock=worker.clock,
        sleep=worker.sleep,
        jitter=worker.jitter,
        timing=worker.timing,
        run_ends=worker.clock() + worker.run,
        plan=worker.ledger.companies.plan(token_id),
    )


def _token_of_another(token_id: TokenId, holder: Company, worker: Worker) -> Token | None:
    """The same one; that somebody took this company's keys away is no fault of theirs."""
    others = (each for each in worker.ledger.companies.sharing(token_id) if each.id != holder.id)
    return next(filter(None, map(worker.vault.xledger_token, others)), None)


def _shut_for_want_of(token_id: TokenId, worker: Worker) -> None:
    """Whoever saves a token opens it again. If somebody else writes the gate at this moment, the next wake does it."""
    gates = worker.ledger.gates
    report_token(token_id, worker)
    with suppress(Conflict):
        gates.save(token_id, token_missing(gates.get(token_id), worker.clock()))
