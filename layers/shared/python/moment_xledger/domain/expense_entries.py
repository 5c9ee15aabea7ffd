"""What became of each posted line that is of our concern, and what has to be done when it is seen again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from moment_xledger.domain.expenses import ELSEWHERE, OF_NO_CONCERN, OF_PROJECTS, Expense, Left
from moment_xledger.domain.releases import is_known


class State(StrEnum):
    INTENT = "intent"  # Moment may have been told: look there before anything else
    BOOKED = "booked"  # Moment has it
    CANCELLED = "cancelled"  # Moment has it with no amount
    COUNTERED = "countered"  # the line takes back another one, whose expense is cancelled
    HELD = "held"  # goes by itself when Moment takes it; till then Moment has nothing of it, or no amount
    STOPPED = "stopped"  # needs a person, or a corrected line


@dataclass(frozen=True)
class Entry:
    """`expense` is what Moment was last told, or is to be told. `rev` counts the writes of this item."""

    id: str  # of the line
    state: State
    expense: Expense | None = None
    moment_id: int | None = None
    match_id: str | None = None
    voucher: str | None = None
    counters: str | None = None  # the line that this one takes back
    countered_by: str | None = None
    why: Left | None = None  # of what was last wanted and not done
    asked: str | None = None  # the digest of that
    rev: int = 0
    day: date | None = None  # of its posting, when Moment was last told
    line_no: str | None = None
    is_paid_net: bool = False  # its bill said then that no VAT was paid to the supplier

    @property
    def is_paired(self) -> bool:
        return bool(self.counters or self.countered_by)

    def told(self, moment_id: int, expense: Expense, wish: "Wish | None" = None) -> "Entry":
        """Moment has it, just so."""
        told = replace(self, state=State.BOOKED, moment_id=moment_id, expense=expense, why=None, asked=None)
        return told.seen(wish) if wish else told

    def seen(self, wish: "Wish") -> "Entry":
        """With what the line says of itself besides the expense."""
        line_no = wish.line_no or self.line_no
        return replace(self, day=wish.day or self.day, line_no=line_no, is_paid_net=wish.is_paid_net)


class Step(StrEnum):
    NOTHING = "nothing"  # it is as it should be
    COUNT = "count"  # left, as was said before or as nobody needs to know
    FORGET = "forget"  # it waited, and does not belong here any more
    CREATE = "create"
    UPDATE = "update"
    CANCEL = "cancel"
    LEAVE = "leave"  # and say so


def next_step(entry: Entry | None, wanted: Expense | Left, *, moved: bool = False) -> Step:
    """Not for an intent, which has to be looked up in Moment first, nor for one half of a reversal.

    `moved`: the line stands elsewhere than when Moment was told.
    """
    if entry is not None and not is_known(entry.state):
        return Step.COUNT
    if entry is not None and entry.moment_id is not None:
        return _of_known(entry, wanted, moved)
    if isinstance(wanted, Left):
        if wanted in OF_NO_CONCERN:
            return Step.FORGET if entry is not None else Step.COUNT
        return Step.COUNT if entry is not None and entry.why is wanted else Step.LEAVE
    is_stopped = entry is not None and entry.why is Left.INVOICED and entry.asked == wanted.digest()
    return Step.COUNT if is_stopped else Step.CREATE


def _of_known(entry: Entry, wanted: Expense | Left, moved: bool) -> Step:
    """Moment has an expense for it. A setting that changes never takes that back; a line that is moved does."""
    if entry.why is Left.DELETED:
        return Step.NOTHING
    if isinstance(wanted, Left):
        if moved and entry.state in _CANCELLED_FOR.get(wanted, ()):
            return Step.COUNT if entry.why is Left.INVOICED and entry.asked == wanted else Step.CANCEL
        is_said = wanted in OF_NO_CONCERN or entry.why is wanted
        return Step.COUNT if is_said else Step.LEAVE
    if entry.why is Left.INVOICED and entry.asked == wanted.digest():
        return Step.COUNT
    same = entry.state is State.BOOKED and not differences(entry.expense, wanted)
    return Step.NOTHING if same else Step.UPDATE


# What a line that is moved elsewhere takes its amount from; with a project to wait for, it waits from then on.
_CANCELLED_FOR: Mapping[Left, tuple[State, ...]] = {
    left: (State.BOOKED, State.HELD, *([State.CANCELLED] if left in OF_PROJECTS else []))
    for left in ELSEWHERE
}


def is_moved(entry: Entry, account: str | None, project: str | None) -> bool:
    """The line no longer stands where it stood when Moment was told."""
    return entry.expense is not None and (entry.expense.account, entry.expense.project) != (account, project)


def is_moved_before_start(entry: Entry, wish: "Wish", wanted: Expense | Left) -> bool:
    """The line was given a day before the from-date. If only the from-date has changed, the line stays."""
    return wanted is Left.BEFORE_START and entry.day is not None and entry.day != wish.day


# The project manager decides these in Moment, after we have proposed one.
THEIRS = {"billable", "external_id"}


def differences(told: Expense | None, wanted: Expense) -> dict[str, object]:
    """What Moment has to be told anew, by field. What Xledger has lost sight of since (a supplier) stays."""
    if told is None:
        return {name: value for name, value in wanted if name not in THEIRS}
    return {
        name: value
        for name, value in wanted
        if name not in THEIRS and value is not None and value != getattr(told, name)
    }


@dataclass(frozen=True)
class Wish:
    """What a line asks for; without an expense where the line does not give one."""

    id: str
    expense: Expense | None = None
    match_id: str | None = None
    voucher: str | None = None
    day: date | None = None  # of posting
    currency: str = ""
    line_no: str | None = None
    vat_code: str = ""
    is_paid_net: bool = False

    def entry(self, state: State, before: Entry | None) -> Entry:
        return Entry(
            self.id,
            state,
            self.expense,
            match_id=self.match_id,
            voucher=self.voucher,
            rev=before.rev if before else 0,
            day=self.day,
            line_no=self.line_no,
            is_paid_net=self.is_paid_net,
        )


def merged(told: Expense | None, wanted: Expense) -> Expense:
    """What Moment knows when it has been told the differences."""
    kept = {name: getattr(told, name) for name, value in wanted if value is None and told}
    kept |= {name: getattr(told, name) for name in THEIRS if told}
    return wanted.model_copy(update=kept)
