"""Who is told of what, and when. Calm: what cannot wait goes at once and once, the rest twice on a working day.

* act now    something stands still for the whole company: at once, on any day, then silence until it is over
* needs you  a digest at 07:00 and 13:00 in Oslo from Monday to Friday, if anything is new since the last one;
             on Monday mornings also if it is not. A public holiday counts as a working day: the mail can wait there.
* all clear  when what was told is over: of the first kind at once, of the second with the next digest

No address gets more than one mail of the first kind in an hour, so two mails in any hour at most.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from moment_xledger.domain.days import OSLO
from moment_xledger.domain.problems import Code, Fixer, Problem, fixer_of
from moment_xledger.domain.releases import as_stored

ACT_NOW = frozenset(
    {
        Code.TOKEN_REFUSED,
        Code.REFUSED_WITHOUT_REASON,
        Code.XLEDGER_SILENT,
        Code.ASSUMPTION_WRONG,
        Code.TOKEN_EXPIRES,
        Code.MOMENT_KEY_REFUSED,
        Code.RECEPTION_ADDRESS_STOPPED,
        Code.EXPORT_FAILED,
        Code.REQUEST_NOT_ACCEPTED,
        Code.RIGHT_LACKING,
        Code.OWNER_CODE_NEEDED,
        Code.OWNER_CODE_NOT_REACHED,
        Code.ENTITY_TAKEN,
    }
)
ACT_NOW_KINDS = (
    "settings",
    "export",
)  # under which they are kept, so that nobody has to read all problems for them

MORNING, AFTERNOON, EVENING = time(7), time(13), time(19)
AN_HOUR = timedelta(hours=1)
# A problem is stored a while after it was seen, and the clocks of two functions differ. What was seen so shortly before
# a digest may not have been in it, and is new once more.
STORED_LATE = timedelta(minutes=5)
MONDAY, SATURDAY = 0, 5
MOST_EXAMPLES = 20  # in a whole mail
MOST_IN_GROUP = 8


@dataclass(frozen=True)
class Told:
    """What one address was told: keys of what it had to act on, and the last digest (slot, when, and of how many)."""

    urgent: frozenset[str] = frozenset()
    urgent_at: datetime | None = None
    slot: str = ""
    digest_at: datetime | None = None
    open_then: int = 0


@dataclass(frozen=True)
class Group:
    """Problems with one reason. `first` gives the sentence, `others` some numbers more, `more` how many besides."""

    first: Problem
    others: tuple[str, ...]
    more: int
    count: int
    repeats: int  # how often it was met again, over all of them

    @property
    def fixer(self) -> Fixer:
        return fixer_of(self.first.code)


@dataclass(frozen=True)
class Notice:
    """`urgent` and `needs_you` by reason; `over`: reasons that were told and are no more; `new`: how many problems."""

    urgent: tuple[Group, ...] = ()
    needs_you: tuple[Group, ...] = ()
    over: tuple[Code, ...] = ()
    is_digest: bool = False
    new: int = 0

    @property
    def all_clear(self) -> bool:
        return not self.urgent and not self.needs_you

    @property
    def count(self) -> int:
        return sum(group.count for group in (*self.urgent, *self.needs_you))


def key(problem: Problem) -> str:
    return f"{problem.kind}#{problem.code}#{problem.number}"


def urgent_notice(problems: Iterable[Problem], told: Told, now: datetime) -> Notice | None:
    """What this address must hear at once; None where that is nothing new, or it had a mail within the hour."""
    urgent = [problem for problem in problems if problem.code in ACT_NOW]
    new = [problem for problem in urgent if key(problem) not in told.urgent]
    over = _over(told, urgent)
    if not new and not over:
        return None
    if told.urgent_at and now - told.urgent_at < AN_HOUR:
        return None
    return Notice(urgent=grouped(urgent), over=over, new=len(new))


def after_urgent(problems: Iterable[Problem], told: Told, now: datetime | None) -> Told:
    """`now` is None where no mail went."""
    urgent = frozenset(key(problem) for problem in problems if problem.code in ACT_NOW)
    return Told(urgent, now or told.urgent_at, told.slot, told.digest_at, told.open_then)


def digest(problems: Sequence[Problem], told: Told, now: datetime) -> Notice | None:
    waiting = [problem for problem in problems if problem.code not in ACT_NOW]
    urgent = grouped([problem for problem in problems if problem.code in ACT_NOW])
    if not waiting:
        return Notice(urgent, is_digest=True) if told.open_then else None
    new = [problem for problem in waiting if _is_new(problem, told)]
    if not new and not _is_monday_morning(now):
        return None
    return Notice(urgent, grouped(waiting), is_digest=True, new=len(new))


def slot(now: datetime) -> str | None:
    """The digest whose time it is: one that was missed at 07:00 goes until 13:00, one at 13:00 until 19:00."""
    local = now.astimezone(OSLO)
    if local.weekday() >= SATURDAY or not MORNING <= local.time() < EVENING:
        return None
    return f"{local.date()} {'07' if local.time() < AFTERNOON else '13'}"


def grouped(problems: Collection[Problem]) -> tuple[Group, ...]:
    """The commonest reason first. At most `MOST_EXAMPLES` numbers in all, each reason with at least one."""
    by_code: dict[Code, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_code[problem.code].append(problem)
    groups = sorted(by_code.values(), key=lambda each: (-len(each), str(each[0].code)))
    left = max(0, MOST_EXAMPLES - len(groups))
    made = []
    for group in groups:
        shown = min(left, MOST_IN_GROUP, len(group) - 1)
        made.append(_group(group, shown))
        left -= shown
    return tuple(made)


def _group(problems: Sequence[Problem], shown: int) -> Group:
    first, *rest = sorted(problems, key=lambda problem: (problem.first_seen or _NEVER, problem.number))
    repeats = sum(problem.count - 1 for problem in problems)
    others = tuple(problem.number for problem in rest[:shown])
    return Group(first, others, len(rest) - shown, len(problems), repeats)


_NEVER = datetime.fromtimestamp(0, OSLO)


def _over(told: Told, urgent: Collection[Problem]) -> tuple[Code, ...]:
    """A reason is over when nothing has it any more: a nearer date of the same key is not the end of it."""
    before = {as_stored(Code, each.split("#")[1]) for each in told.urgent if "#" in each}
    return tuple(sorted(before - {problem.code for problem in urgent}))


def _is_new(problem: Problem, told: Told) -> bool:
    if told.digest_at is None or problem.first_seen is None:
        return True
    return problem.first_seen >= told.digest_at - STORED_LATE


def _is_monday_morning(now: datetime) -> bool:
    local = now.astimezone(OSLO)
    return local.weekday() == MONDAY and local.time() < AFTERNOON
