"""The facts of the first page. What it costs does not grow with the number of records: they are counted as they are
stored, and of invoices that wait only so many are looked at."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Key
from moment_xledger.console.day import HOURS, day_facts, first_hour
from moment_xledger.console.desk import Desk
from moment_xledger.console.expenses_card import expenses_card
from moment_xledger.console.facts.overview import GateFacts, InvoicesFacts, KindFacts, Overview, PauseFacts
from moment_xledger.domain.companies import Company, CompanyId, Route
from moment_xledger.domain.errors import Why
from moment_xledger.domain.exports import never_leaves_in_a_file
from moment_xledger.domain.gate import Closed, Gate, why_closed
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Fixer, fixer_of
from moment_xledger.domain.records import State

MOST_LOOKED_AT = 500
NOBODY = ""  # holds no lease: whoever holds one is at work, and that is no closing


def overview(company: Company, desk: Desk) -> Overview:
    now = desk.clock()
    desk = desk.beforehand(_read(company, now))
    gate = desk.ledger.gates.get(company.token_id)
    problems = desk.ledger.problems.counts(company.id)
    by_kind: Counter[str] = Counter()
    by_fixer: Counter[Fixer] = Counter()
    for (kind, code), count in problems.items():
        by_kind[kind] += count
        by_fixer[fixer_of(code)] += count
    counts = desk.ledger.records.counts(company.id)
    return {
        "now": now,
        "pause": _pause(company.id, desk),
        "gate": gate_facts(gate, company.requests_per_hour, now),
        "problems": sum(problems.values()),
        "problems_by_fixer": dict(sorted(by_fixer.items())),
        "kinds": [_kind(company, kind, counts[kind], by_kind[str(kind)], desk) for kind in Kind],
        "invoices": _invoices(company, by_kind["invoice"], desk),
        "expenses": expenses_card(company, by_kind, desk),
        "day": day_facts(company, gate, desk, now),
    }


def _pause(company: CompanyId, desk: Desk) -> PauseFacts | None:
    pause = desk.ledger.pauses.of(company)
    return {"since": pause.since, "who": pause.who, "why": pause.why} if pause else None


def _read(company: Company, now: datetime) -> list[Key]:
    return [
        keys.gate(company.token_id),
        *keys.record_counts(company.id),
        *keys.problem_counts(company.id),
        *keys.hours(company.id, first_hour(now), HOURS),
        keys.imports(company.id),
        keys.expense_count(company.id),
        *keys.pauses(company.id),
        *read_of_invoices(company.id),
    ]


def read_of_invoices(company: CompanyId) -> list[Key]:
    """What tells how many wait."""
    return [keys.watermark(company), keys.head(company), keys.mailing(company)]


def gate_facts(gate: Gate, plan: int | None, now: datetime) -> GateFacts:
    """`until` is nothing where no time is sure to open it."""
    closed = why_closed(gate, NOBODY, now)
    if gate.token_is_refused:
        closed = Closed(Why.AUTH, now)
    elif closed and closed.why is Why.HELD:
        closed = None
    never = closed is not None and closed.why is Why.AUTH
    return {
        "is_open": closed is None,
        "why": closed.why if closed else None,
        "until": closed.until if closed and not never else None,
        "used": gate.used(now),
        "plan": plan or gate.learnt.known_plan(now),
        "is_plan_learnt": plan is None and gate.learnt.known_plan(now) is not None,
    }


def _kind(company: Company, kind: Kind, counts: Mapping[State, int], problems: int, desk: Desk) -> KindFacts:
    states = [state for state in (State.DIRTY, State.WAITING) if counts[state]]
    waiting = sum(counts[state] for state in states)
    return {
        "kind": kind,
        "is_on": company.carries(kind),
        "in_xledger": counts[State.SYNCED],
        "waiting": waiting,
        "problems": problems,
        "oldest_waiting": desk.ledger.records.oldest_waiting(company.id, kind, states),
    }


def to_go(company: CompanyId, desk: Desk) -> tuple[dict[Route, int], bool]:
    """Invoices that wait, by the route that was fixed when each came; and whether there may be more than counted."""
    settled = desk.ledger.exports.watermark(company).settled
    files, mails = list(in_files(company, settled, desk)), list(_mails(company, desk))
    return _by_route(files, mails), MOST_LOOKED_AT in (len(files), len(mails))


def _by_route(files: Sequence[Snapshot], mails: Sequence[int]) -> dict[Route, int]:
    routes = Counter(each.route for each in files)
    if mails:
        routes[Route.EMAIL] = len(mails)
    return dict(sorted(routes.items()))


def _invoices(company: Company, problems: int, desk: Desk) -> InvoicesFacts:
    watermark = desk.ledger.exports.watermark(company.id)
    files = list(in_files(company.id, watermark.settled, desk))
    mails = list(_mails(company.id, desk))
    firsts = [*files[:1], *(desk.ledger.invoices.get(company.id, seq) for seq in mails[:1])]
    return {
        "received": desk.ledger.invoices.head(company.id),
        "route": company.route,
        "to_go": _by_route(files, mails),
        "is_more": MOST_LOOKED_AT in (len(files), len(mails)),
        "oldest_waiting": min((first.arrived for first in firsts if first), default=None),
        "problems": problems,
        "last_export": watermark.last_export or None,
        "last_export_at": watermark.last_at,
    }


def in_files(company: CompanyId, settled: int, desk: Desk) -> Iterator[Snapshot]:
    """Oldest first. Some that have left may lie among those that wait."""
    ledger = desk.ledger.invoices
    arrived = islice(ledger.between(company, settled, ledger.head(company)), 2 * MOST_LOOKED_AT)
    waiting = (each for each in arrived if each.export is None and not never_leaves_in_a_file(each))
    return islice(waiting, MOST_LOOKED_AT)


def _mails(company: CompanyId, desk: Desk) -> Iterator[int]:
    """Where they stand in the order of arrival: mails that are open, and invoices that have none yet."""
    ledger = desk.ledger
    if not ledger.mails.has_begun(company) and not ledger.invoices.has_fresh_mail(company):
        return iter(())
    fresh: Iterator[Snapshot] = iter(())
    if ledger.invoices.has_fresh_mail(company):
        settled, head = ledger.mails.desk(company).settled, ledger.invoices.head(company)
        fresh = islice(ledger.invoices.between(company, settled, head), MOST_LOOKED_AT)
    unmailed = (each.seq for each in fresh if each.route is Route.EMAIL)
    return islice(chain(ledger.mails.open_seqs(company), unmailed), MOST_LOOKED_AT)
