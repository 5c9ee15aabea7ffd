"""Problems, at most one at a time for each record: the newest replaces the one before, and counts on."""

from collections.abc import Iterable, Iterator

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Item, Key, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code, Problem

NOBODY = CompanyId("?")  # problems of no company that is known; no company can be called so


class Problems:
    def __init__(self, table: Table) -> None:
        self._table = table

    def report(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._table.write(
                Update(
                    _key(problem.company, problem.kind, problem.number),
                    set={
                        "code": str(problem.code),
                        "details": dict(problem.details),
                        "their_words": problem.their_words,
                        "last_seen": problem.last_seen and keys.stamp(problem.last_seen),
                    },
                    set_once={"first_seen": problem.first_seen and keys.stamp(problem.first_seen)},
                    add={"count": problem.count},
                )
            )

    def close(self, company: CompanyId, solved: Iterable[tuple[str, str]]) -> None:
        """Of these kinds and numbers."""
        found = self._table.get_many(_key(company, kind, number) for kind, number in solved)
        for key in found:
            self._table.write(Delete(key))

    def of(self, company: CompanyId, kind: str = "") -> Iterator[Problem]:
        prefix = f"PROB#{kind}#" if kind else "PROB#"
        yield from (_problem(company, item) for item in self._table.query(keys.company(company), prefix))


def _key(company: CompanyId, kind: str, number: str) -> Key:
    return keys.company(company), f"PROB#{kind}#{number}"


def _problem(company: CompanyId, item: Item) -> Problem:
    _, kind, number = item["sk"].split("#", 2)
    return Problem(
        company,
        kind,
        number,
        Code(item["code"]),
        item["details"],
        item["their_words"],
        first_seen=keys.moment(item["first_seen"]) if item.get("first_seen") else None,
        last_seen=keys.moment(item["last_seen"]) if item.get("last_seen") else None,
        count=int(item["count"]),
    )
