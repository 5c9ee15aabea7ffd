"""The walls that keep the promises. Each can be taken down, to see that the simulation notices."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from local.proof.exporting import play_lot
from local.proof.simulation import play
from local.proof.stage import USUAL, Setting
from local.proof.story import Cast
from moment_xledger.adapters import xledger_nodes, xledger_projects
from moment_xledger.adapters.ledger.exports import Exports
from moment_xledger.adapters.ledger.invoices import Invoices
from moment_xledger.adapters.moment_expenses import MomentExpenses
from moment_xledger.adapters.table import Action, Check, Table
from moment_xledger.adapters.xledger_customers import Customers
from moment_xledger.adapters.xledger_nodes import owner_of
from moment_xledger.adapters.xledger_projects import Projects
from moment_xledger.domain import (
    customers,
    expense_runs,
    invoice_references,
    plans,
    projects,
    records,
    uploads,
)
from moment_xledger.domain.entities import Writers
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.invoice_mails import InvoiceMail, later
from moment_xledger.domain.invoice_references import Standing
from moment_xledger.domain.legal_companies import LegalCompany
from moment_xledger.domain.legal_ids import NORWAY, LegalId
from moment_xledger.domain.plans import Owner
from moment_xledger.domain.plans import _decided as plans_decided
from moment_xledger.domain.records import Record, State, settle, take_in
from moment_xledger.domain.soap_outcomes import InDoubt, UploadOutcome
from moment_xledger.domain.uploads import after
from moment_xledger.flows import (
    check_records,
    find_customers,
    invoice_standing,
    mail_invoice,
    outcomes,
    take_in_records,
)
from moment_xledger.flows.mail_invoice import Run as MailRun
from moment_xledger.flows.outcomes import Outcomes

Change = Callable[[Setting], Setting]


@dataclass(frozen=True)
class Guard:
    """`down` are replacements of what the code does, `change` of what is around it.

    `shown_by` is a seed that showed the need for it once: tried first, to be quick; when the code moves, others are.
    `by_lot`: the seeds are those of the export protocol by itself.
    """

    name: str
    shown_by: int
    down: tuple[tuple[Any, str, Any], ...] = ()
    change: Change = lambda setting: setting
    cast: Cast = Cast.BOOKS
    by_lot: bool = False

    def wrong(self, seed: int) -> Sequence[str]:
        """In this run. Taken down or not."""
        if self.by_lot:
            return play_lot(seed).wrong
        return play(self.change(Setting(seed, cast=self.cast))).wrong

    @contextmanager
    def is_down(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, instead in self.down:
                stack.enter_context(patch.object(owner, name, instead))
            yield


def _take_in_anything(
    stored: Record | None, company: Any, content: Any, said_at: Any, now: Any, **how: Any
) -> Any:
    older = stored and replace(
        stored, content=stored.content.model_copy(update={"version": content.version - 1})
    )
    return take_in(older, company, content, said_at, now, **how)


def _settle_whatever_came(record: Record, sent: Record, db_id: int, now: Any) -> Record:
    return replace(settle(record, sent, db_id, now), state=State.SYNCED, problem=None, details={})


def _over(weak: Callable[[Any], Any]) -> Callable[[Any, Table], None]:
    def opened(self: Any, table: Table) -> None:
        self._table = weak(table)

    return opened


@dataclass(frozen=True)
class _Weak:
    _table: Table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


class _Unconditional(_Weak):
    """Writes whatever the others have written."""

    def write(self, *actions: Action) -> None:
        self._table.write(*(replace(each, when=None) for each in actions if not isinstance(each, Check)))


class _OneByOne(_Weak):
    """Writes one thing after the other."""

    def write(self, *actions: Action) -> None:
        for each in actions:
            self._table.write(each)


def _nothing(*_: object) -> None:
    return None


def _mail_again(mail: InvoiceMail, run: MailRun) -> None:
    run.mailer.ledger.mails.save(later(mail, run.mailer.clock()))


def _upload_again(upload: uploads.Upload) -> tuple[uploads.Upload, None]:
    return replace(upload, state=uploads.State.PENDING), None


def _upload_again_after(upload: uploads.Upload, outcome: UploadOutcome, now: datetime) -> Any:
    return (uploads.later(upload, now), None) if isinstance(outcome, InDoubt) else after(upload, outcome, now)


def _known_everywhere(record: Record, entity: str | None) -> Record:
    return record if entity is None else replace(record, entity=entity)


def _as_if_ours(node: Any, owner_code: int) -> Owner:
    return owner_of(node, owner_code)._replace(is_ours=True)


def _decided_by_id(record: Record, here: Any, hits: Any) -> Any:
    return here if here and here.owner.is_ours else plans_decided(record, here, hits)


def _with_code(client_id: str, db_id: int, node: Any) -> Any:
    return {"clientId": client_id, "node": {"dbId": db_id} | node}


def _number_alone(company: LegalCompany) -> LegalId | None:
    return LegalId.read(NORWAY, company.number)


def _undisputed(*_: object) -> set[str]:
    return set()


def _in_xledger(*_: object) -> Standing:
    return Standing.IN_XLEDGER


def _unmarked(self: Outcomes, records: Sequence[Record]) -> list[Record]:
    return list(records)


# Two workers at once, of whom one stands still, while requests are late: seldom enough otherwise.
CROWDED = replace(USUAL, stalls=0.04, deaths=0, late_requests=0.4, doubled_messages=0.5)

GUARDS = (
    Guard("version check at arrival", 0, ((take_in_records, "take_in", _take_in_anything),)),
    Guard("clean only if still the version sent", 13, ((outcomes, "settle", _settle_whatever_came),)),
    Guard(
        "lease checked on one's own clock",
        3,
        ((Timing, "is_safe_to_send", lambda *_: True),),
        change=lambda setting: replace(setting, rates=CROWDED),
    ),
    Guard("waiting until a write in doubt is over", 5, ((Timing, "doubt", timedelta(0)),)),
    Guard("sweeper", 0, change=lambda setting: replace(setting, has_sweeper=False)),
    Guard(
        "look up before add",
        0,
        (
            (Customers, "look_up", lambda *_: customers.Found()),
            (Projects, "look_up", lambda *_: projects.Found()),
        ),
    ),
    Guard(
        "conditions of an export's claim and members",
        26,
        ((Exports, "__init__", _over(_Unconditional)),),
        by_lot=True,
    ),
    Guard(
        "an invoice and its place in one transaction",
        0,
        ((Invoices, "__init__", _over(_OneByOne)),),
        by_lot=True,
    ),
    Guard(
        "asking a person about a mail in doubt",
        4,
        ((mail_invoice, "_ask_a_person", _mail_again),),
        cast=Cast.ROUTES,
    ),
    Guard(
        "asking a person about a file in doubt",
        28,
        ((uploads, "left_behind", _upload_again), (uploads, "after", _upload_again_after)),
        cast=Cast.ROUTES,
    ),
    Guard(
        "looking for an expense before making it", 12, ((MomentExpenses, "find", _nothing),), cast=Cast.ROUTES
    ),
    Guard(
        "reading again what was read before", 2, ((expense_runs, "OVERLAP", timedelta(0)),), cast=Cast.ROUTES
    ),
    Guard(
        "what was learnt in another entity is void",
        0,
        tuple((module, "known_in", _known_everywhere) for module in (records, check_records, find_customers)),
        cast=Cast.BELONGING,
    ),
    Guard(
        "the number is looked at before a write by id",
        5,
        ((plans, "_decided", _decided_by_id),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "records of other entities are not ours",
        0,
        ((xledger_nodes, "owner_of", _as_if_ours),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "an update sends no number",
        2,
        ((xledger_nodes, "update", _with_code),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "a legal company has its country's number",
        0,
        ((LegalCompany, "legal_id", property(_number_alone)),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "one company writes to an entity",
        0,
        ((Writers, "may_join", lambda *_: True),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "invoices on a disputed number are held",
        42,
        ((invoice_standing, "disputed_numbers", _undisputed), (invoice_references, "DISPUTES", ())),
        cast=Cast.BELONGING,
    ),
    Guard(
        "an invoice goes to the customer that it was issued to",
        113,
        ((invoice_standing, "standing_of_holder", _in_xledger),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "the number of an add is stored before it is sent",
        3,
        ((Outcomes, "before_adding", _unmarked),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "what an unanswered add made is looked for under other numbers",
        14,
        ((plans, "traces", lambda *_: {}),),
        cast=Cast.BELONGING,
    ),
    Guard(
        "what people closed is not opened",
        19,
        ((projects, "tells_end", lambda *_: True), (xledger_projects, "tells_end", lambda *_: True)),
        cast=Cast.BELONGING,
    ),
)
