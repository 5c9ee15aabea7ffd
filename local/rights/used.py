"""Rights that were given, used and refused, by function: from what the roles say and what the witness wrote down."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.aws import EmbeddedAws, Stack

# Not asked by our code, and not held against a role by the emulator: Lambda writes the log and takes messages from the
# queue in the function's name, reports its failure, and what is encrypted is opened by the services that keep it.
BY_OTHERS = ("Log", "Takes", "Reports")


@dataclass(frozen=True)
class Right:
    action: str
    on: str  # may have stars where it was granted

    def covers(self, asked: "Right") -> bool:
        return self.action == asked.action and fnmatchcase(asked.on, self.on)

    def __str__(self) -> str:
        return f"{self.action} on {self.on.rpartition(':')[2]}"


@dataclass(frozen=True)
class Rights:
    granted: frozenset[Right]
    used: frozenset[Right]
    refused: frozenset[Right]

    @property
    def not_used(self) -> list[Right]:
        left = (right for right in self.granted if not any(right.covers(each) for each in self.used))
        return sorted(left, key=lambda right: (right.action, right.on))

    def __or__(self, other: "Rights") -> "Rights":
        """Of two tours."""
        return Rights(self.granted | other.granted, self.used | other.used, self.refused | other.refused)


def granted_to(aws: EmbeddedAws, stack: Stack, function: str) -> Iterator[tuple[str, Right]]:
    """By the name of the statement, from the role as it was deployed."""
    role = stack.resources[f"{function}Role"]
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="does")["PolicyDocument"]
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            for action in _several(statement["Action"]):
                for on in _several(statement["Resource"]):
                    yield statement["Sid"], Right(action, on)


def rights(aws: EmbeddedAws, stack: Stack, witness: Path) -> dict[str, Rights]:
    """By the function's name in the template, with the template's names of everything in place of the real ones."""
    asked = [json.loads(line) for line in witness.read_text("utf-8").splitlines()]
    found = {}
    for function in stack.functions:
        name = stack.resources[function]
        its = [each for each in asked if each["who"].endswith(f"/{name}")]
        granted = (right for sid, right in granted_to(aws, stack, function) if sid not in BY_OTHERS)
        answered: dict[bool, set[Right]] = {True: set(), False: set()}
        for each in its:
            answered[each["given"]].add(_named(Right(each["action"], each["on"]), stack))
        named = frozenset(_named(right, stack) for right in granted)
        found[function] = Rights(named, frozenset(answered[True]), frozenset(answered[False]))
    return found


def _named(right: Right, stack: Stack) -> Right:
    """A queue is known by its address, whose end is its name."""
    on = right.on
    longest_first = sorted(stack.resources.items(), key=lambda each: len(each[1]), reverse=True)
    for logical, real in longest_first:  # a function's name may be the beginning of its queue's
        on = on.replace(real.rpartition("/")[2], logical)
    return Right(right.action, on)


def _several(one_or_more: Any) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else list(one_or_more)
