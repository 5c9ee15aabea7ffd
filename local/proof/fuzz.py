"""Events as a broken or malicious publisher might send them: each is read, or refused with a reason that quotes
nothing. Nothing else may happen."""

import json
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from local.proof.story import Size, tell
from moment_xledger.domain.events import Event, Unreadable, read_event

PERSONAL = "Strengt-Privat-Navn"  # in every event; no reason may hold it
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, 1e308, "", " ", "\u0000", "=1+1", "\ud800", "\U0001f525" * 50),
    *([], {}, [[]], {"a": {"b": []}}, "9" * 400, "2026-02-30", "NaN", "-0.00", "1e999"),
)
RAW = ("", "{", "]", "\x00", "NaN", '"', "\\u12", "1" * 300, "[" * 200, "\ufeff", "}" * 3)


@dataclass(frozen=True)
class Fuzzed:
    read: int
    refused: int
    wrong: tuple[str, ...]


def fuzz(first: int, count: int) -> Fuzzed:
    """Mutants number `first` and on; the same number is always the same mutant."""
    valid = [json.dumps(_marked(each.event)) for each in tell(Random(1), Size(), None).published]
    outcomes: Counter[type] = Counter()
    wrong: list[str] = []
    for n in range(first, first + count):
        random = Random(n)
        body = mutant(random.choice(valid), random)
        try:
            found = read_event(body)
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            wrong.append(f"mutant {n}: {type(error).__name__}")
            continue
        outcomes[type(found)] += 1
        if isinstance(found, Unreadable) and PERSONAL in f"{found.field} {found.fault} {found.number}":
            wrong.append(f"mutant {n}: the reason quotes what it refuses")
    return Fuzzed(outcomes[Event], outcomes[Unreadable], tuple(wrong))


def mutant(body: str, random: Random) -> str:
    """Half of them are no JSON any more, or not the JSON they were; the other half has odd values in odd places."""
    if random.random() < 0.5:
        for _ in range(random.randint(1, 3)):
            at, length = random.randrange(len(body) + 1), random.choice((0, 0, 1, 5, 200))
            body = body[:at] + random.choice((*RAW, chr(random.randrange(0x110000)))) + body[at + length :]
        return body
    document = json.loads(body)
    for _ in range(random.randint(1, 3)):
        _spoil(document, random)
    return json.dumps(document)


def _spoil(document: dict[str, Any], random: Random) -> None:
    place: Any = document
    while True:
        name = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
        inside = place[name]
        if isinstance(inside, dict | list) and inside and random.random() < 0.8:
            place = inside
            continue
        if isinstance(place, dict) and random.random() < 0.3:
            del place[name]
        else:
            place[name] = deepcopy(random.choice(ODD))
        return


def _marked(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    if "customer" in data:
        return {**event, "data": {**data, "customer": {**data["customer"], "name": PERSONAL}}}
    return {**event, "data": {**data, "name": PERSONAL}}
