"""The walls that keep the promises. Each can be taken down, to see that the simulation notices."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from local.proof.stage import Setting
from local.proof.story import Cast
from moment_xledger.adapters import ledger
from moment_xledger.adapters.ledger import exports as ledger_exports
from moment_xledger.adapters.moment_expenses import MomentExpenses
from moment_xledger.adapters.table import Action, Check, Table
from moment_xledger.adapters.xledger_books import Customers, Projects
from moment_xledger.domain import expense_runs, uploads
from moment_xledger.domain.customers import Found
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.invoice_mails import InvoiceMail, later
from moment_xledger.domain.records import Record, State, settle, take_in
from moment_xledger.flows import mail_invoice, outcomes, take_in_records
from moment_xledger.flows.mail_invoice import Run as MailRun

Change = Callable[[Setting], Setting]


@dataclass(frozen=True)
class Guard:
    """`down` are replacements of what the code does, `change` of what is around it.

    `shown_by` is a seed that showed the need for it once: tried first, to be quick; when the code moves, others are.
    """

    name: str
    shown_by: int
    down: tuple[tuple[Any, str, Any], ...] = ()
    change: Change = lambda setting: setting
    cast: Cast = Cast.BOOKS

    def setting(self, seed: int) -> Setting:
        return self.change(Setting(seed, cast=self.cast))

    @contextmanager
    def is_down(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, instead in self.down:
                stack.enter_context(patch.object(owner, name, instead))
            yield


def _take_in_anything(stored: Record | None, company: Any, content: Any, said_at: Any, now: Any) -> Any:
    older = stored and replace(
        stored, content=stored.content.model_copy(update={"version": content.version - 1})
    )
    return take_in(older, company, content, said_at, now)


def _settle_whatever_came(record: Record, sent: Record, db_id: int, now: Any) -> Record:
    return replace(settle(record, sent, db_id, now), state=State.SYNCED, problem=None, details={})


class _Careless(ledger_exports.Exports):
    """Writes whatever the others have written."""

    def __init__(self, table: Table) -> None:
        super().__init__(_Unconditional(table))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Unconditional:
    _table: Table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def write(self, *actions: Action) -> None:
        self._table.write(*(replace(each, when=None) for each in actions if not isinstance(each, Check)))


def _nothing(*_: object) -> None:
    return None


def _mail_again(mail: InvoiceMail, run: MailRun) -> None:
    run.mailer.ledger.mails.save(later(mail, run.mailer.clock()))


def _upload_again(upload: uploads.Upload) -> tuple[uploads.Upload, None]:
    return replace(upload, state=uploads.State.PENDING), None


GUARDS = (
    Guard("version check at arrival", 0, ((take_in_records, "take_in", _take_in_anything),)),
    Guard("clean only if still the version sent", 2, ((outcomes, "settle", _settle_whatever_came),)),
    Guard("lease checked on one's own clock", 19, ((Timing, "is_safe_to_send", lambda *_: True),)),
    Guard("waiting until a write in doubt is over", 2, ((Timing, "doubt", timedelta(0)),)),
    Guard("sweeper", 0, change=lambda setting: replace(setting, has_sweeper=False)),
    Guard(
        "look up before add",
        0,
        (
            (Customers, "look_up", lambda *_: Found()),
            (Projects, "look_up", lambda *_: {}),
        ),
    ),
    Guard("conditions of an export's claim and members", 7, ((ledger, "Exports", _Careless),)),
    Guard(
        "asking a person about a mail in doubt",
        0,
        ((mail_invoice, "_ask_a_person", _mail_again),),
        cast=Cast.ROUTES,
    ),
    Guard(
        "asking a person about a file in doubt",
        0,
        ((uploads, "left_behind", _upload_again),),
        cast=Cast.ROUTES,
    ),
    Guard(
        "looking for an expense before making it", 0, ((MomentExpenses, "find", _nothing),), cast=Cast.ROUTES
    ),
    Guard(
        "reading again what was read before", 0, ((expense_runs, "OVERLAP", timedelta(0)),), cast=Cast.ROUTES
    ),
)
