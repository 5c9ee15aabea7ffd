"""How far behind Xledger was: from what Moment published, and what was written to Xledger when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING, Any

from local.bench.contest.loads import code, is_poison, text
from local.bench.load import Edit

if TYPE_CHECKING:
    from local.xledger.engine import Xledger

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Written:
    """A customer or project got this name in Xledger."""

    at: datetime
    code: str
    name: str


def names_in(
    operation: str, variables: Mapping[str, Any], server: "Xledger", at: datetime
) -> Iterator[Written]:
    """What this mutation wrote. An update names a record by its id alone."""
    if not operation.endswith(("Customers", "Projects")):
        return
    held = server.state.tables["customers" if operation.endswith("Customers") else "projects"]
    for each in variables.get("inputs", ()):
        node = each["node"]
        found = held.get(int(node["dbId"])) if "dbId" in node else node
        if found:
            yield Written(at, found["code"], node["description"])


@dataclass(frozen=True)
class Freshness:
    """In minutes. `waits`: of each edit with an effect until Xledger had it or a newer one; infinite if never.
    `behind`: (since the start, how many records are in another version than their newest)."""

    waits: Sequence[float]
    behind: Sequence[tuple[float, int]]

    @property
    def wrong(self) -> int:
        return self.behind[-1][1] if self.behind else 0

    @property
    def done(self) -> float:
        """When all was in place for good; infinite if never."""
        return inf if self.wrong else self.behind[-1][0] if self.behind else 0

    def wait(self, share: float) -> float:
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def freshness(
    edits: Sequence[Edit], written: Sequence[Written], before: Mapping[str, str], start: datetime
) -> Freshness:
    good = [edit for edit in edits if not is_poison(edit.event)]
    return Freshness(list(_waits(good, written, before)), list(_behind(good, written, before, start)))


def _waits(edits: Sequence[Edit], written: Sequence[Written], before: Mapping[str, str]) -> Iterator[float]:
    arrivals: dict[str, list[Written]] = {}
    for each in written:
        arrivals.setdefault(each.code, []).append(each)
    by_code = groupby(sorted(edits, key=lambda edit: code(edit.event)), key=lambda edit: code(edit.event))
    for number, of_one in by_code:
        names = [before[number]] if number in before else []
        changes = [edit for edit in of_one if _is_new(text(edit.event), names)]
        rank = {name: place for place, name in enumerate(names)}
        for edit in changes:
            wanted = rank[text(edit.event)]
            came = (each.at for each in arrivals.get(number, ()) if rank.get(each.name, -1) >= wanted)
            at = next(came, None)
            yield inf if at is None else max(0.0, (at - edit.at) / MINUTE)


def _is_new(name: str, names: list[str]) -> bool:
    """Notes it, too."""
    if names and names[-1] == name:
        return False
    names.append(name)
    return True


def _behind(
    edits: Sequence[Edit], written: Sequence[Written], before: Mapping[str, str], start: datetime
) -> Iterator[tuple[float, int]]:
    wanted, held, behind = dict(before), dict(before), set[str]()
    known = before.keys() | {code(edit.event) for edit in edits}
    changes = [(edit.at, wanted, code(edit.event), text(edit.event)) for edit in edits]
    changes += [(each.at, held, each.code, each.name) for each in written if each.code in known]
    for at, names, number, name in sorted(changes, key=lambda change: change[0]):
        names[number] = name
        size = len(behind)
        (behind.discard if held.get(number) == wanted.get(number) else behind.add)(number)
        if len(behind) != size:
            yield (at - start) / MINUTE, len(behind)
