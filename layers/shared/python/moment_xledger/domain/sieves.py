"""Those that Xledger refuses, found among records that it refused as a list, with as few lists as may be.

Two records sent alone show whether most are refused. One that is refused shows what the rule may be (`likenesses`).
Records with nothing of it go as one list; of the others the one that tells most goes alone. When all that are left
have all of it, they are alike. Where no rule shows, a refused list is quartered.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.likenesses import (
    Accepted,
    Description,
    Guesses,
    KnownRule,
    Rule,
    described,
    only_value,
)
from moment_xledger.domain.replies import Refusal

ALONE_FIRST = 2
FEW = 5  # so few that are alike are tried one by one, for an answer of their own
SURE = 3  # refused alone, before the rest that are alike count as refused
ALMOST_SURE = SURE - 1  # so often counts what an earlier list has shown
SURE_OF_ALL = 8  # and where none was accepted
GREAT_MANY = 100
PARTS = 4
GOLDEN = 0.618
MOST_VALUES = 15  # of a field whose values are chosen from a list

Id = str


def group_of(answer: str) -> str:
    """The number that a group goes by: the same for the same answer, so that later ones join it."""
    return hashlib.sha256(answer.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Alike:
    """Records that are refused for the same reason, as far as can be told. `refusal` is the answer to one of them."""

    likeness: str
    ids: tuple[Id, ...]
    refusal: Refusal


@dataclass
class Sieve:
    """`fields`: what is sent of each record, by its client id; `open`: those whose end is not known yet. `known`: rules
    that earlier lists have met: one refused record is enough then to see that they still count."""

    fields: Mapping[Id, Fields]
    known: Sequence[KnownRule] = ()
    open: list[Id] = field(init=False)
    _lots: list[set[Id]] = field(default_factory=list)  # each holds at least one that is refused
    _accepted: Accepted = field(default_factory=Accepted)
    _refused: list[tuple[Id, Refusal]] = field(default_factory=list)
    _taken: list[Id] = field(default_factory=list)
    _answers: dict[str, Refusal] = field(init=False)  # by likeness
    _alone: int = 0  # records sent alone since the last list was refused

    def __post_init__(self) -> None:
        self.open = list(self.fields)
        names = sorted({name for each in self.fields.values() for name in each})
        self._of_few_values = [
            name for name in names if 1 < len(self._values(name, self.open)) <= MOST_VALUES
        ]
        self._described = {id_: described(fields, names) for id_, fields in self.fields.items()}
        self._answers = {rule.refusal.likeness: rule.refusal for rule in self.known}
        for rule in self.known:
            rule.teach(self._accepted)

    def accepted(self, ids: Iterable[Id]) -> None:
        """By Xledger, or found there as they are to be."""
        done = set(ids)
        self._alone += len(done) == 1
        for id_ in self.open:
            if id_ in done:
                self._accepted.add(self._described[id_])
                self._taken.append(id_)
        self._close(done)

    def refused(self, ids: Sequence[Id], refusals: Sequence[Refusal]) -> None:
        """As a list; one alone is at fault."""
        if len(ids) == 1:
            self._alone += 1
            self.at_fault(ids, refusals[0])
        else:
            self._alone = ALONE_FIRST if any(lot > set(ids) for lot in self._lots) else 0
            self._lots.append(set(ids))

    def at_fault(self, ids: Collection[Id], refusal: Refusal) -> None:
        """Refused alone, or named by Xledger. Whether the lists that held them hold others is not known any more."""
        key = refusal.likeness
        self._answers.setdefault(key, refusal)
        self._refused += [(id_, refusal) for id_ in ids]
        self._lots = [lot for lot in self._lots if lot.isdisjoint(ids)]
        self._close(set(ids))

    def set_aside(self, ids: Iterable[Id]) -> None:
        """Records that have been dealt with in another way: nothing is learnt from them."""
        others = set(ids)
        self._lots = [lot for lot in self._lots if lot.isdisjoint(others)]
        self._close(others)

    def next(self) -> list[Id]:
        """What to send now, as one list; empty where nothing more is to be tried."""
        guesses = self._guesses()
        shares = {id_: _most(guess.share(self._described[id_]) for guess in guesses) for id_ in self.open}
        if unlikely := [id_ for id_ in self.open if shares[id_] == 0]:
            return self._part(self._clear(unlikely, guesses))
        if uncertain := [id_ for id_ in self.open if shares[id_] < 1]:
            return [self._telling(uncertain, shares, guesses)]
        tried = max((len(rule.refused) for rule in self._rules()), default=0)
        enough = SURE if self._accepted.facts or self.known else SURE_OF_ALL
        return [_anyone(self.open, tried)] if self.open and (len(self.open) <= FEW or tried < enough) else []

    def _clear(self, unlikely: list[Id], guesses: Sequence[Guesses]) -> list[Id]:
        """Those that are far from every limit; else those below the widest gap on the way to one."""
        near = {id_: _most(guess.nearness(self._described[id_]) for guess in guesses) for id_ in unlikely}
        if far := [id_ for id_ in unlikely if near[id_] == 0]:
            return far
        steps = sorted({0.0, 1.0, *near.values()})
        widest = max(pairwise(steps), key=lambda step: step[1] - step[0])
        below = [id_ for id_ in unlikely if near[id_] <= widest[0]]
        return below or sorted(unlikely, key=near.__getitem__)[: -(-len(unlikely) // 2)]

    def alike(self) -> list[Alike]:
        """Those that are left and refused alike, as far as is known; the others are not among them."""
        times = Counter(refusal.likeness for _, refusal in self._refused)
        times.update({rule.refusal.likeness: ALMOST_SURE for rule in self.known})
        guessed = [(rule, guess) for rule, guess in self._guessed() if times[rule.likeness] >= SURE]
        found: dict[str, list[Id]] = {}
        for id_ in self.open:
            for rule, guess in guessed:
                if guess.share(self._described[id_]) == 1:
                    found.setdefault(rule.likeness, []).append(id_)
                    break
        return [Alike(key, tuple(ids), self._answers[key]) for key, ids in found.items() if len(ids) > FEW]

    def learnt(self, likeness: str) -> list[KnownRule]:
        """What the next list is to know of the rules behind this answer."""
        answer = self._answers[likeness]
        return [
            KnownRule(answer, rule.about, guess.facts, guess.limits)
            for rule, guess in self._guessed()
            if rule.likeness == likeness
        ]

    @property
    def is_refused_as_such(self) -> Refusal | None:
        """The one answer to all that was tried, of a great many, which speaks of no field: hardly about the records."""
        answers = list(self._answers.values())
        if (
            self._taken
            or len(answers) != 1
            or len(self._refused) < SURE_OF_ALL
            or len(self.open) < GREAT_MANY
        ):
            return None
        return answers[0] if answers[0].value is None and not self._field_named(answers[0]) else None

    def _part(self, clear: Sequence[Id]) -> list[Id]:
        """All that are clear; where it is known that these hold one that is refused, two of them alone, for it may be
        most of them, and then a part of the fewest such."""
        known = set(clear)
        lots = sorted((lot for lot in self._lots if lot <= known), key=len)
        if not lots:
            return list(clear)
        smallest = [id_ for id_ in clear if id_ in lots[0]]
        if self._alone < ALONE_FIRST and len(smallest) > PARTS:
            return [_anyone(smallest, self._alone + 1)]
        return smallest[: max(1, len(smallest) // PARTS)]

    def _rules(self) -> list[Rule]:
        """As few as explain what was refused, by what is known now: one for each answer, or more."""
        rules = [each.as_rule(ALMOST_SURE) for each in self.known]
        fields = self._fields_meant()
        values: dict[str, set[str | None]] = {}
        for _, refusal in self._refused:
            values.setdefault(refusal.likeness, set()).add(refusal.value)
        for id_, refusal in self._refused:
            one = Rule(refusal.likeness, fields[refusal.likeness], (self._told_of(id_, refusal, values),))
            for place, rule in enumerate(rules):
                if joined := rule.joined(one, self._accepted):
                    rules[place] = joined
                    break
            else:
                rules.append(one)
        return rules

    def _told_of(
        self, id_: Id, refusal: Refusal, values: Mapping[str, Collection[str | None]]
    ) -> Description:
        """Where Xledger named the value, only that, until it has named several: then they may have more in common."""
        name = self._field_named(refusal)
        is_all = len(values[refusal.likeness]) < SURE or not self._taken
        if refusal.value is not None and name and is_all:
            return only_value(name, self.fields[id_].get(name, ""))
        return self._described[id_]

    def _fields_meant(self) -> dict[str, str]:
        """By likeness: the field that Xledger named; else the only one with few values whose refused values are all
        others than the accepted ones, as with countries."""
        meant: dict[str, str] = {}
        for _, refusal in self._refused:
            meant[refusal.likeness] = meant.get(refusal.likeness) or self._field_named(refusal)
        for key in (key for key, name in meant.items() if not name):
            refused = [id_ for id_, refusal in self._refused if refusal.likeness == key]
            if min(len(refused), len(self._taken)) >= SURE:
                telling = [name for name in self._of_few_values if self._is_telling(name, refused)]
                meant[key] = telling[0] if len(telling) == 1 else ""
        return meant

    def _is_telling(self, name: str, refused: Sequence[Id]) -> bool:
        wrong, right = self._values(name, refused), self._values(name, self._taken)
        return len(wrong) > 1 and wrong.isdisjoint(right)

    def _values(self, name: str, ids: Iterable[Id]) -> set[str]:
        return {self.fields[id_].get(name, "") for id_ in ids}

    def _guessed(self) -> list[tuple[Rule, Guesses]]:
        return [(rule, guess) for rule in self._rules() if (guess := rule.guesses(self._accepted))]

    def _guesses(self) -> list[Guesses]:
        return [guess for _, guess in self._guessed()]

    def _telling(self, uncertain: Sequence[Id], shares: Mapping[Id, float], guesses: Sequence[Guesses]) -> Id:
        """The one that half of the guesses speak of; of several such, the one half-way to a limit."""

        def unevenness(id_: Id) -> tuple[float, float]:
            near = _most(guess.nearness(self._described[id_]) for guess in guesses)
            return abs(shares[id_] - 0.5), abs(near - 0.5)

        return min(uncertain, key=unevenness)

    def _field_named(self, refusal: Refusal) -> str:
        """In Xledger's own form, or the only one of our fields that its message mentions."""
        names = {name for each in self.fields.values() for name in each}
        if refusal.field:
            steps = refusal.field.split(".")
            return next((step for step in reversed(steps) if step in names), "")
        words = set(refusal.message.replace("'", " ").replace('"', " ").lower().split())
        mentioned = [name for name in names if name.lower() in words]
        return mentioned[0] if len(mentioned) == 1 else ""

    def _close(self, ids: set[Id]) -> None:
        self.open = [id_ for id_ in self.open if id_ not in ids]
        self._lots = [left for lot in self._lots if (left := lot - ids)]


def _anyone(ids: Sequence[Id], turn: int) -> Id:
    """Another one each time, from far away: those that are alike often lie together."""
    return ids[int(len(ids) * (turn * GOLDEN % 1))]


def _most(shares: Iterable[float]) -> float:
    return max(shares, default=0.0)
