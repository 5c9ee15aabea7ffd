"""Mails what waits of one company, invoice by invoice, one worker at a time.

Most days each goes on the first try. What is left behind by a worker that died comes first, what failed before comes
last, so that a bad invoice never holds up the others. When the mail service or Moment fails, the run ends: they are
asked again after a while that doubles, not once for each invoice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.invoice_mails import Desk, InvoiceMail, State, leaves_by_mail, wait_before
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.flows.mail_invoice import Mailer, Outcome, Run, mail_invoice
from moment_xledger.flows.mailing_turn import Turn

SLICE = timedelta(seconds=80)  # of a function that may run for 150: one company never holds a worker for long
TAKEN_IN_AT_ONCE = 49  # a mail and its pointer each, and how far we are: one transaction
PACE = timedelta(seconds=0.2)  # from mail to mail; two workers at most, so ten mails a second in all
LOOK_AGAIN = timedelta(minutes=15)  # whether a person has put the settings right
PATIENCE = 3  # invoices in a row that Moment does not deliver

WAITS_FOR_SETTINGS = {Outcome.HELD, Outcome.KEY_REFUSED}
MAIL_SERVICE_FAILS = {Outcome.DELAYED, Outcome.REFUSED, Outcome.IN_DOUBT}


def mail_invoices(company_id: CompanyId, mailer: Mailer) -> Counter[Outcome]:
    """What became of how many. Empty where another worker has the turn, or the work is paused.

    Raises `Conflict` if the turn is lost while new invoices are taken in: the wake comes back.
    """
    ledger = mailer.ledger
    if ledger.pauses.now().of(company_id):
        return Counter()
    turn = Turn(company_id, mailer.new_id(), ledger.mails, mailer.clock)
    if not turn.take():
        return Counter()
    run = Run(ledger.companies.get_known(company_id), turn, mailer)
    desk, head = ledger.mails.desk(company_id), ledger.invoices.head(company_id)
    _take_in(run, desk, head)
    outcomes, wait = _carry(run, desk)
    if not outcomes[Outcome.TURN_LOST]:
        failures = desk.failures + 1 if wait and not outcomes[Outcome.HELD] else 0
        again = _look_again(run, wait)
        ledger.mails.end_turn(company_id, turn.worker, desk, head, again, failures)
    return outcomes


def _take_in(run: Run, desk: Desk, head: int) -> None:
    """A mail for each invoice that has come since."""
    company, ledger, since = run.company.id, run.mailer.ledger, desk.settled
    arrived = takewhile(lambda each: each.seq <= head, ledger.invoices.since(company, since))
    for some in _chunks(arrived):
        mails = [InvoiceMail(company, each.seq, each.invoice.number) for each in some if leaves_by_mail(each)]
        run.turn.hold(timedelta(minutes=1))
        ledger.mails.add(company, run.turn.worker, since, some[-1].seq, mails)
        since = some[-1].seq


def _chunks(snapshots: Iterable[Snapshot]) -> Iterator[list[Snapshot]]:
    snapshots = iter(snapshots)
    while some := list(islice(snapshots, TAKEN_IN_AT_ONCE)):
        yield some


def _carry(run: Run, desk: Desk) -> tuple[Counter[Outcome], timedelta | None]:
    """And how long everything must wait, if it must."""
    outcomes: Counter[Outcome] = Counter()
    ends, undelivered = run.mailer.clock() + SLICE, 0
    for mail in _in_turn(run):
        began = run.mailer.clock()
        if began >= ends or run.mailer.ledger.pauses.now().of(run.company.id):
            break
        outcome = mail_invoice(mail, run)
        outcomes[outcome] += 1
        undelivered = undelivered + 1 if outcome is Outcome.MOMENT_DOWN else 0
        if outcome is Outcome.TURN_LOST:
            break
        if outcome in WAITS_FOR_SETTINGS:
            return outcomes, LOOK_AGAIN
        if outcome in MAIL_SERVICE_FAILS or undelivered == PATIENCE:
            return outcomes, wait_before(desk.failures + 1)
        _keep_pace(run, began)
    return outcomes, None


def _in_turn(run: Run) -> list[InvoiceMail]:
    now = run.mailer.clock()
    due = [mail for mail in run.mailer.ledger.mails.open(run.company.id) if mail.is_due(now)]
    return sorted(due, key=lambda mail: (mail.state is State.PENDING, mail.tries > 0, mail.seq))


def _keep_pace(run: Run, began: datetime) -> None:
    early = PACE - (run.mailer.clock() - began)
    if early > timedelta():
        run.mailer.sleep(early.total_seconds())


def _look_again(run: Run, wait: timedelta | None) -> datetime | None:
    """None where nothing is left to do."""
    now = run.mailer.clock()
    again = min((mail.again or now for mail in run.mailer.ledger.mails.open(run.company.id)), default=None)
    return again if again is None or wait is None else max(again, now + wait)
