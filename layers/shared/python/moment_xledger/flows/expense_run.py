"""What a run of the import works with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from moment_xledger.domain.account_ranges import EVERY, AccountRanges
from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.expense_doubts import Looked
from moment_xledger.domain.expense_entries import Entry
from moment_xledger.domain.expense_runs import PassedOver, Report, Window
from moment_xledger.domain.expenses import Expense, InMoment, ProjectState, Terms
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Project
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.supplier_bills import Bills
from moment_xledger.flows.mailing_turn import Turn

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


class Books(Protocol):
    """Xledger's: `adapters.xledger_postings`, or its twin in tests."""

    def lines(self, window: Window, accounts: AccountRanges) -> Iterator[Row | BadRow]: ...
    def suppliers(self, window: Window) -> Iterator[Row | BadRow]: ...


class Moment(Protocol):
    """`adapters.moment_expenses`, or its twin in tests."""

    def find(self, external_id: str) -> InMoment | None: ...
    def get(self, moment_id: int) -> InMoment | None: ...
    def add(self, expense: Expense) -> int: ...
    def change(self, moment_id: int, changes: Mapping[str, object]) -> None: ...
    def project(self, number: str) -> ProjectState: ...


@dataclass(frozen=True)
class Importer:
    """`go_on` starts another run of a company's, for what this one had no time for."""

    ledger: "Ledger"
    open_books: Callable[[Company], Books]
    open_moment: Callable[[Company], Moment]
    go_on: Callable[[CompanyId], None]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


class OutOfTime(Exception):
    """This run has had its share; another one goes on."""


class Paused(Exception):
    """Somebody has stopped the work; the next hour's run goes on from here, if it may."""


@dataclass
class Run:
    company: Company
    terms: Terms
    importer: Importer
    turn: Turn
    books: Books
    moment: Moment
    ends: datetime
    report: Report = field(default_factory=Report)
    projects: dict[str, ProjectState] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)  # of the lines at hand, as they are stored now
    looked: Looked = field(default_factory=Looked)
    passed_over: list[PassedOver] = field(default_factory=list)  # minutes that could not be read
    bills: tuple[Window, Bills] | None = None  # those that were read last
    read_as: str = ""  # the reach under which windows are read; what is learnt meanwhile changes it
    reached: datetime | None = None  # all that was changed before has been read
    halved: int = 0  # windows, since an answer could not be read
    freed: set[str] = field(default_factory=set)  # lines whose reversal was undone by this run
    unusable: set[str] = field(
        default_factory=set
    )  # rows that people were told of, by what was known of them

    @property
    def ledger(self) -> "Ledger":
        return self.importer.ledger

    def read_lines(self, window: Window) -> Iterator[Row | BadRow]:
        """Those on other accounts in full too, until whole vouchers have shown what an id and an amount are."""
        return self.books.lines(window, self.terms.accounts if self.terms.facts.is_settled else EVERY)

    def hold(self, needed: timedelta) -> None:
        """Just before whatever nobody else may do meanwhile."""
        if not self.turn.hold(needed):
            raise Conflict
        if self.importer.clock() >= self.ends:
            raise OutOfTime
        if self.ledger.pauses.now().of(self.company.id):
            raise Paused

    def learn_projects(self, numbers: set[str]) -> None:
        """From what Moment has published; else Moment is asked, once for each in a run."""
        unknown = sorted(numbers - self.projects.keys())
        records = self.ledger.records.by_number(self.company.id, Kind.PROJECT, unknown)
        for number in unknown:
            content = records[number].content if number in records else None
            if isinstance(content, Project):
                self.projects[number] = ProjectState.OPEN if content.active else ProjectState.CLOSED
            else:
                self.projects[number] = self.moment.project(number)
