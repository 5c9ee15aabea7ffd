"""Many records that Xledger refuses: what it costs until the others are through and people know."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.domain.problems import Code
from tests.builders import COMPANY, a_customer
from tests.world import World

A_MINUTE = timedelta(minutes=1)
MOST = 30

Event = dict[str, Any]
Change = Callable[[int], dict[str, Any]]

PLACES = [("5003", "Bergen"), ("0155", "Oslo"), ("8006", "Bodø"), ("9008", "Tromsø"), ("4006", "Stavanger")]
NAMES = ["Fjord Bygg", "Dal Tre", "Berg & Sønn", "Vik Data", "Nes Regnskap", "Haug Elektro", "Lie Rør"]


def an_ordinary(n: int, rng: random.Random, **but: Any) -> Event:
    zip_code, place = rng.choice(PLACES)
    name = f"{rng.choice(NAMES)} {rng.choice(['AS', 'DA', 'ANS'])}"
    address = {"street": f"Gata {n % 60 + 1}", "zipCode": zip_code, "place": place}
    values: Event = {
        "name": name,
        "email": f"post{n}@{name.split()[0].lower()}.example",
        "organizationNumber": None,
        "address": address | {"countryCode": rng.choice(["NO", "SE", "DK"])},
    }
    but = {name: values[name] | value if isinstance(value, dict) else value for name, value in but.items()}
    return values | but


RULES: dict[str, tuple[dict[str, Any], Change]] = {
    "a country": (
        {"field": "country", "pattern": "^(AX|FO)$"},
        lambda n: {"address": {"countryCode": ("AX", "FO")[n % 2]}},
    ),
    "a long name": (
        {"field": "description", "longest": 40},
        lambda n: {"name": f"Stiftelsen {NAMES[n % 7]} og {NAMES[n % 5]} i Nord-Norge {'x' * (n % 30)}"},
    ),
    "the form of an e-mail": (
        {"field": "email", "pattern": r"@[^.]*$"},
        lambda n: {"email": f"post{n}@{('fjord', 'dal', 'berg')[n % 3]}"},
    ),
    "no e-mail": ({"field": "email", "pattern": "^$"}, lambda n: {"email": None}),
    "how a number begins": ({"field": "code", "pattern": "^7"}, lambda n: {"customerNumber": f"7{n:04}"}),
    "a number with letters": (
        {"field": "code", "pattern": "[A-Z]"},
        lambda n: {"customerNumber": f"K{n:05}"},
    ),
}  # fmt: skip
NAMED, UNNAMED = "{field}: The value is not valid.", "One of the values is not valid."


def asked(world: World) -> int:
    total: int = world.requests["total"]
    return total


def through(world: World) -> set[str]:
    return {each["code"] for each in world.held("customers")}


def a_crowd(rule: str, seed: int, refused: int = 300, all_: int = 500) -> tuple[list[Event], set[str]]:
    """Events, and the numbers of those that nothing is wrong with."""
    rng = random.Random(seed)
    places = list(range(all_))
    if seed % 3 == 0:
        bad = set(rng.sample(places, refused))
    else:
        bad = set(places[:refused] if seed % 3 == 1 else places[-refused:])
    events, sound = [], set()
    for n in places:
        change = RULES[rule][1](n) if n in bad else {}
        fields = an_ordinary(n, rng, **change)
        number = fields.pop("customerNumber", f"{20_000 + n}")
        events.append(a_customer(number, id=n + 1, **fields))
        if n not in bad:
            sound.add(number)
    return events, sound


@pytest.mark.parametrize(
    ("message", "is_atomic", "seed"),
    [(NAMED, True, 0), (NAMED, False, 1), (UNNAMED, True, 2), (UNNAMED, False, 0)],
)
@pytest.mark.parametrize("rule", RULES)
def test_of_many_refused_alike_the_sound_ones_go_and_people_know_within_thirty_requests(
    rule: str, message: str, is_atomic: bool, seed: int
) -> None:
    plan = {"rules": [RULES[rule][0] | {"message": message}], "atomic_lists": is_atomic}
    world = World(Plan.model_validate({"credits_per_hour": None} | plan))
    events, sound = a_crowd(rule, seed)
    world.receive(*events)
    world.run(until=A_MINUTE)
    assert asked(world) <= MOST
    assert sound <= through(world)
    assert len(through(world)) == len(world.held("customers"))
    groups = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE))
    told = sum(int(group.details["count"]) for group in groups)
    alone = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_BY_XLEDGER))
    assert 1 <= len(groups) <= 2
    assert told + len(alone) == 300
    assert len(alone) <= 20
