"""Problems, one at a time for each record: the newest replaces the one before. The same again is counted up.

That a number is taken is said of the record that has it not, so it stands beside what is said of the one that has it.
"""

from collections.abc import Iterable, Iterator

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Item, Key, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code, Problem

REPLACED = tuple(code for code in Code if code is not Code.NUMBER_TAKEN)
NOBODY = CompanyId("?")  # problems of no company that is known; no company can be called so


class Problems:
    def __init__(self, table: Table) -> None:
        self._table = table

    def report(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._replace(problem)
            self._table.write(
                Update(
                    _key(problem.company, problem.kind, problem.code, problem.number),
                    set={
                        "details": dict(problem.details),
                        "their_words": problem.their_words,
                        "last_seen": problem.last_seen and keys.stamp(problem.last_seen),
                    },
                    set_once={"first_seen": problem.first_seen and keys.stamp(problem.first_seen)},
                    add={"count": problem.count},
                )
            )

    def _replace(self, problem: Problem) -> None:
        if problem.code in REPLACED:
            others = [code for code in REPLACED if code is not problem.code]
            self.close(problem.company, [(problem.kind, problem.number)], others)

    def close(
        self, company: CompanyId, solved: Iterable[tuple[str, str]], codes: Iterable[Code] = tuple(Code)
    ) -> None:
        """Of these kinds and numbers, and of these codes if not of any."""
        codes = tuple(codes)
        possible = [_key(company, kind, code, number) for kind, number in solved for code in codes]
        for key in self._table.get_many(possible):
            self._table.write(Delete(key))

    def get(self, company: CompanyId, kind: str, number: str, code: Code) -> Problem | None:
        item = self._table.get(_key(company, kind, code, number))
        return _problem(company, item) if item else None

    def of(self, company: CompanyId, kind: str = "") -> Iterator[Problem]:
        prefix = f"PROB#{kind}#" if kind else "PROB#"
        yield from (_problem(company, item) for item in self._table.query(keys.company(company), prefix))


def _key(company: CompanyId, kind: str, code: Code, number: str) -> Key:
    return keys.company(company), f"PROB#{kind}#{code}#{number}"


def _problem(company: CompanyId, item: Item) -> Problem:
    _, kind, code, number = item["sk"].split("#", 3)
    return Problem(
        company,
        kind,
        number,
        Code(code),
        item["details"],
        item["their_words"],
        first_seen=keys.moment(item["first_seen"]) if item.get("first_seen") else None,
        last_seen=keys.moment(item["last_seen"]) if item.get("last_seen") else None,
        count=int(item["count"]),
    )
