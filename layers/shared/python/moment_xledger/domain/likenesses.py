"""What records have in common that Xledger refuses, learnt from those that it took and those that it refused.

A rule of Xledger's that we do not know is mostly about one field: a value, a length, a sign, how it begins or ends.
So each record is described by many such facts. What all refused ones have and no accepted one has may be the rule;
a record that has none of it is clear, and one that has all of it is refused as well, as far as anybody can tell.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.replies import Refusal

Fact = tuple[str, str, str]  # field, what is said of it, and a value
Measure = tuple[str, str]  # field, and what is measured of it

LONGEST_AFFIX = 4
SHORT = 16  # a value so short may be told by any two signs in it
MISSED = ("@", ".", " ", "-", "digit", "letter")


@dataclass(frozen=True)
class Description:
    facts: frozenset[Fact]
    measures: Mapping[Measure, float]


def described(fields: Fields, names: Iterable[str]) -> Description:
    """`names`: of all fields that any of the records has; one that this record lacks is absent here."""
    facts: set[Fact] = set()
    measures: dict[Measure, float] = {}
    for name in names:
        value = fields.get(name, "")
        facts |= {(name, what, which) for what, which in _facts(value)}
        measures |= {(name, what): size for what, size in _measures(value)}
    return Description(frozenset(facts), measures)


def only_value(name: str, value: str) -> Description:
    """The one fact that Xledger has told: this value will not do in this field."""
    return Description(frozenset({(name, "is", value)}), {})


def _facts(value: str) -> set[tuple[str, str]]:
    if not value:
        return {("is", "absent")}
    kinds = {_kind_of(sign) for sign in value}
    signs = kinds | {sign for sign in value if not (sign.isascii() and sign.isalnum())}
    facts = {("is", "present"), ("is", value), ("shape", _shape(value))}
    facts |= {("has", sign) for sign in signs} | {("lacks", sign) for sign in MISSED if sign not in signs}
    facts |= {("begins", value[:n]) for n in range(1, min(LONGEST_AFFIX, len(value)) + 1)}
    facts |= {("ends", value[-n:]) for n in range(1, min(LONGEST_AFFIX, len(value)) + 1)}
    facts |= {("holds", word) for word in re.split(r"[\s@.]+", value) if word}
    if len(value) <= SHORT:
        facts |= {("holds", value[n : n + 2]) for n in range(len(value) - 1)}
    if "@" in value:
        facts.add(("ends", value[value.rindex("@") :]))
    return facts


def _kind_of(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    if sign.isalpha():
        return "letter" if sign.isascii() else "foreign letter"
    return "space" if sign.isspace() else "sign"


def _shape(value: str) -> str:
    return re.sub(r"9+", "9", re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", value)))


def _measures(value: str) -> Iterable[tuple[str, float]]:
    yield "length", len(value)
    if value and (digits := re.sub(r"\D", "", value)) and len(digits) == sum(map(str.isalnum, value)):
        yield "number", int(digits[:15])  # of a date too: the digits of 2026-11-22 are in order


@dataclass
class Accepted:
    """All that is known of those that Xledger took: the facts, and the least and the most of each measure."""

    facts: set[Fact] = field(default_factory=set)
    least: dict[Measure, float] = field(default_factory=dict)
    most: dict[Measure, float] = field(default_factory=dict)

    def add(self, description: Description) -> None:
        self.facts |= description.facts
        for measure, size in description.measures.items():
            self.least[measure] = min(size, self.least.get(measure, size))
            self.most[measure] = max(size, self.most.get(measure, size))


@dataclass(frozen=True)
class Limit:
    """Refused from `refused` on, accepted up to `accepted`; below zero the other way about."""

    measure: Measure
    accepted: float
    refused: float

    def share(self, description: Description) -> float:
        """Where its size lies between the two: from 0, as those that were accepted, to 1."""
        if self.measure not in description.measures:
            return 0.0
        size = description.measures[self.measure]
        return min(1.0, max(0.0, (size - self.accepted) / (self.refused - self.accepted)))


@dataclass(frozen=True)
class Rule:
    """What was refused in one way. `about`: the field that Xledger named, if it did."""

    likeness: str
    about: str
    refused: tuple[Description, ...]

    def joined(self, other: "Rule", accepted: Accepted) -> "Rule | None":
        """One rule for both, if there may be one; where a field was named, it is about that field."""
        if (self.likeness, self.about) != (other.likeness, other.about):
            return None
        rule = Rule(self.likeness, self.about, (*self.refused, *other.refused))
        found = rule._common(accepted)
        return rule if (found.about(self.about) if self.about else found) else None

    def guesses(self, accepted: Accepted) -> "Guesses":
        found = self._common(accepted)
        return found.about(self.about) or found

    def _common(self, accepted: Accepted) -> "Guesses":
        """All that the refused have in common and no accepted one has."""
        facts = frozenset.intersection(*(each.facts for each in self.refused)) - accepted.facts
        measures = set.intersection(*(set(each.measures) for each in self.refused))
        limits = [limit for measure in measures for limit in self._limits(measure, accepted)]
        return Guesses(facts, tuple(limits))

    def _limits(self, measure: Measure, accepted: Accepted) -> Iterable[Limit]:
        """None where the two overlap, or nothing is accepted yet that would show a limit."""
        sizes = [each.measures[measure] for each in self.refused]
        most, least = accepted.most.get(measure), accepted.least.get(measure)
        if most is not None and most < min(sizes):
            yield Limit(measure, most, min(sizes))
        if least is not None and least > max(sizes):
            yield Limit(measure, least, max(sizes))


@dataclass(frozen=True)
class KnownRule:
    """What is left of the guesses about a rule that an earlier list has met, and the answer to those it is about."""

    refusal: Refusal
    about: str
    facts: frozenset[Fact]
    limits: tuple["Limit", ...]

    def as_rule(self, times: int) -> "Rule":
        """As if so many records had been refused that have nothing but this."""
        measures = {limit.measure: limit.refused for limit in self.limits}
        return Rule(self.refusal.likeness, self.about, (Description(self.facts, measures),) * times)

    def teach(self, accepted: "Accepted") -> None:
        """The sizes that were accepted then: without them no limit shows."""
        for limit in self.limits:
            sizes = accepted.most if limit.accepted < limit.refused else accepted.least
            sizes[limit.measure] = limit.accepted


@dataclass(frozen=True)
class Guesses:
    """Each of them may be the rule."""

    facts: frozenset[Fact]
    limits: tuple[Limit, ...]

    def about(self, name: str) -> "Guesses | None":
        facts = frozenset(fact for fact in self.facts if fact[0] == name)
        limits = tuple(limit for limit in self.limits if limit.measure[0] == name)
        return Guesses(facts, limits) if facts or limits else None

    def __bool__(self) -> bool:
        return bool(self.facts or self.limits)

    def share(self, description: Description) -> float:
        """How many of the guesses say that it is refused as well: none, 0; all, 1."""
        said = len(self.facts & description.facts)
        said += sum(limit.share(description) == 1 for limit in self.limits)
        return said / (len(self.facts) + len(self.limits))

    def nearness(self, description: Description) -> float:
        """How near it comes to a limit that it does not reach."""
        shares = [limit.share(description) for limit in self.limits]
        return max((share for share in shares if share < 1), default=0.0)
