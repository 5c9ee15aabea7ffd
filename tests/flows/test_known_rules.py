"""Thousands that are refused alike: what was learnt from one list is known to the next."""

from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows import sync_records
from moment_xledger.flows.outcomes import Outcomes
from tests.builders import COMPANY
from tests.flows.test_refused_lists import NAMED, RULES, UNNAMED, a_crowd, asked, through
from tests.world import World

LIST, LISTS = 120, 5
FIRST, FURTHER = 30, 7  # requests for a list


def a_world(rule: str, message: str, **but: Any) -> World:
    plan = {"credits_per_hour": None, "rules": [RULES[rule][0] | {"message": message}], **but}
    world = World(Plan.model_validate(plan))
    world.ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": 5_000}))
    return world


@pytest.mark.parametrize("refused", [LIST * LISTS, LIST * LISTS * 3 // 5], ids=["all", "three in five"])
@pytest.mark.parametrize(
    ("rule", "message", "is_atomic"),
    [
        ("a country", NAMED, True),
        ("a long name", UNNAMED, True),
        ("the form of an e-mail", UNNAMED, False),
        ("a number with letters", NAMED, False),
    ],
)
def test_a_further_list_costs_few_requests(
    monkeypatch: pytest.MonkeyPatch, rule: str, message: str, is_atomic: bool, refused: int
) -> None:
    monkeypatch.setattr(sync_records, "FULL_LIST", LIST)
    world = a_world(rule, message, atomic_lists=is_atomic)
    events, sound = a_crowd(rule, 0, refused, LIST * LISTS)
    world.receive(*events)
    world.run(until=timedelta(minutes=8))
    assert asked(world) <= FIRST + (LISTS - 1) * FURTHER
    assert sound <= through(world)


def test_a_rule_that_was_met_once_does_not_put_sound_records_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Xledger has another rule by now, about something else."""
    monkeypatch.setattr(sync_records, "FULL_LIST", LIST)
    world = a_world("a country", UNNAMED)
    events, _ = a_crowd("a country", 0, 40, LIST)
    world.receive(*events)
    world.run(until=timedelta(minutes=5))
    world.server.replan({"rules": [RULES["a long name"][0] | {"message": UNNAMED}]})
    before = asked(world)
    later, sound = a_crowd("a long name", 1, 40, LIST)
    world.receive(
        *[each | {"data": each["data"] | {"id": each["data"]["id"] + 5_000}} for each in moved(later)]
    )
    world.run(until=timedelta(minutes=4))
    assert {f"9{number}" for number in sound} <= through(world)
    assert asked(world) - before <= 2 * FIRST


def moved(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """To numbers of their own."""
    return [
        each | {"data": each["data"] | {"customerNumber": f"9{each['data']['customerNumber']}"}}
        for each in events
    ]


def test_what_is_known_goes_with_its_group() -> None:
    world = a_world("the form of an e-mail", NAMED)
    events, _ = a_crowd("the form of an e-mail", 0, 40, 50)
    world.receive(*events)
    world.run(until=timedelta(minutes=1))
    outcomes = Outcomes(world.ledger, COMPANY, world.time)
    (rule,) = outcomes.known_rules(Kind.CUSTOMER)
    assert (rule.about, rule.refusal.message) == ("email", "email: The value is not valid.")
    world.server.replan({"rules": []})
    world.run(until=timedelta(hours=2))
    assert outcomes.known_rules(Kind.CUSTOMER) == []
