"""Problems, one at a time for each record: the newest replaces the one before. The same again is counted up.

That a number is taken, or is the wrong one, or is that of a retired record, is said of a record that does not have it.
So it stands beside what is said of the one that has it. So does what Moment says later of an invoice.
How many there are of each kind and code is counted in the transactions that make and remove them. What people are told
of at once is marked in them as well.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.notices import look_mark
from moment_xledger.adapters.ledger.reasons import Reasons
from moment_xledger.adapters.table import Action, Delete, Item, Key, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_mails import RETURNED
from moment_xledger.domain.notices import ACT_NOW
from moment_xledger.domain.problems import NOBODY, OF_A_LATER_VERSION, Code, Problem
from moment_xledger.domain.releases import as_stored

# What a later reason for the same thing takes the place of. That a mail came back stays until a person has decided: a
# worker that stood still may tell his own reason after that, and it is the older one.
OF_ANOTHER = (Code.NUMBER_TAKEN, Code.NUMBER_CHANGED, Code.RETIRED_ID_SAVED)
OF_A_PROJECT = (
    Code.EXPENSE_PROJECT_UNKNOWN,
    Code.EXPENSE_PROJECT_CLOSED,
)  # which may have the number of a line
STANDS_BESIDE = (*OF_ANOTHER, *OF_A_LATER_VERSION)
REPLACED = tuple(code for code in Code if code not in (*STANDS_BESIDE, *OF_A_PROJECT, *RETURNED))
TRIES = 10  # where they do
KEPT_OF_NOBODY = timedelta(days=14)  # as long as the event itself: there is nobody to solve it
MOST_WORDS = 5_000  # signs that are kept of what the other system said; the item must hold them


class Problems:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._reasons = Reasons(table)

    def report(self, problems: Iterable[Problem]) -> None:
        problems = list(problems)
        self._reasons.meet(problems)
        for problem in problems:
            self._replace(problem)
            self._keep(problem)

    def _keep(self, problem: Problem) -> None:
        """One that is there is counted up; a new one counts among its like. Somebody else may be doing the same."""
        key = _key(problem.company, problem.kind, problem.code, problem.number)
        is_there = Attr("count").exists()
        for _ in range(TRIES):
            with suppress(Conflict):
                return self._table.write(_said(key, problem, when=is_there))
            with suppress(Conflict):
                return self._table.write(_said(key, problem, when=~is_there), *_counted(key, +1))
        raise Conflict

    def _replace(self, problem: Problem) -> None:
        if problem.code not in STANDS_BESIDE:
            among = OF_A_PROJECT if problem.code in OF_A_PROJECT else REPLACED
            others = [code for code in among if code is not problem.code]
            self.close(problem.company, [(problem.kind, problem.number)], others)

    def close(
        self,
        company: CompanyId,
        solved: Iterable[tuple[str, str]],
        codes: Iterable[Code] = tuple(Code),
        where: Callable[[Problem], bool] = lambda problem: True,
    ) -> None:
        """Of these kinds and numbers, and of these codes if not of any."""
        possible = list(self._possible(company, list(solved), tuple(codes)))
        for key, item in self._table.get_many(possible).items():
            if where(_problem(company, item)):
                self._remove(key)

    def _possible(
        self, company: CompanyId, solved: Sequence[tuple[str, str]], codes: Sequence[Code]
    ) -> Iterator[Key]:
        """Those that can be there, by their counters, where these are fewer to read: nearly always there is nothing."""
        counters = {number: _counter(company, number) for _, number in solved}
        asks = len(set(counters.values())) < len(solved) * len(codes)
        found = self._table.get_many(counters.values()) if asks else {}
        for kind, number in solved:
            counted = found.get(counters[number], {})
            for code in codes:
                if not asks or counted.get(f"{kind}#{code}", 0) > 0:
                    yield _key(company, kind, code, number)

    def _remove(self, key: Key) -> None:
        for _ in range(TRIES):
            with suppress(Conflict):
                return self._table.write(Delete(key, when=Attr("count").exists()), *_counted(key, -1))
            if self._table.get(key) is None:
                return None
        raise Conflict

    def get(self, company: CompanyId, kind: str, number: str, code: Code) -> Problem | None:
        item = self._table.get(_key(company, kind, code, number))
        return _problem(company, item) if item else None

    def among(
        self, company: CompanyId, wanted: Iterable[tuple[str, str, Code]]
    ) -> dict[tuple[str, str, Code], Problem]:
        """Those that there are, by kind, number and code."""
        places = {_key(company, kind, code, number): (kind, number, code) for kind, number, code in wanted}
        found = self._table.get_many(places)
        return {places[key]: _problem(company, item) for key, item in found.items()}

    def counts(self, company: CompanyId) -> dict[tuple[str, Code], int]:
        """Of each kind and code: the same few items are read, however many problems there are."""
        found: Counter[str] = Counter()
        for item in self._table.get_many(keys.problem_counts(company)).values():
            found.update({name: int(count) for name, count in item.items() if "#" in name})
        named = {name: count for name, count in sorted(found.items()) if count > 0}
        return {
            (kind, as_stored(Code, code)): n
            for (kind, code), n in ((k.split("#"), n) for k, n in named.items())
        }

    def page(
        self, company: CompanyId, size: int, after: str = "", kind: str = "", code: Code | None = None
    ) -> tuple[list[Problem], str]:
        """Some problems, and what the next page comes `after`; nothing where this is the last one."""
        prefix = _prefix(kind, code)
        start = f"PROB#{after}" if after else ""
        items = self._table.query(keys.company(company), prefix, after=start, limit=size + 1)
        found = [_problem(company, item) for item in islice(items, size + 1)]
        return found[:size], place_of(found[size - 1]) if len(found) > size else ""

    def of(self, company: CompanyId, kind: str = "", code: Code | None = None) -> Iterator[Problem]:
        prefix = _prefix(kind, code)
        yield from (_problem(company, item) for item in self._table.query(keys.company(company), prefix))


def _key(company: CompanyId, kind: str, code: Code, number: str) -> Key:
    return keys.company(company), f"PROB#{kind}#{code}#{number}"


def _prefix(kind: str, code: Code | None) -> str:
    return "PROB#" + (f"{kind}#{f'{code}#' if code else ''}" if kind else "")


def place_of(problem: Problem) -> str:
    """Where it stands among the company's."""
    return f"{problem.kind}#{problem.code}#{problem.number}"


def _said(key: Key, problem: Problem, when: ConditionBase) -> Update:
    said: Item = {
        "details": dict(problem.details),
        "their_words": problem.their_words[:MOST_WORDS],
        "last_seen": problem.last_seen and keys.stamp(problem.last_seen),
    }
    if problem.company == NOBODY and problem.last_seen:
        said["ttl"] = int((problem.last_seen + KEPT_OF_NOBODY).timestamp())
    first = {"first_seen": problem.first_seen and keys.stamp(problem.first_seen)}
    return Update(key, set=said, set_once=first, add={"count": problem.count}, when=when)


def _counted(key: Key, by: int) -> Iterator[Action]:
    _, kind, code, number = key[1].split("#", 3)
    yield Update((key[0], _shard(number)), add={f"{kind}#{code}": by})
    if code in ACT_NOW:
        yield look_mark(CompanyId(key[0].removeprefix("T#")))


def _counter(company: CompanyId, number: str) -> Key:
    return keys.company(company), _shard(number)


def _shard(number: str) -> str:
    """Always the same: whoever looks for the problems of a number asks one counter."""
    return f"PROBS#{zlib.crc32(number.encode()) % keys.COUNTERS:02}"


def _problem(company: CompanyId, item: Item) -> Problem:
    _, kind, code, number = item["sk"].split("#", 3)
    return Problem(
        company,
        kind,
        number,
        as_stored(Code, code),
        item["details"],
        item["their_words"],
        first_seen=keys.moment(item["first_seen"]) if item.get("first_seen") else None,
        last_seen=keys.moment(item["last_seen"]) if item.get("last_seen") else None,
        count=int(item["count"]),
    )
