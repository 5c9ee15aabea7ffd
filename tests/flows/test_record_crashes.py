"""Whatever call the process dies at, people are told of each record that waits for them, and of no other.

It dies before the call, an event that was not taken in comes again, and a wake that was lost is made up for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.replies import Reply
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.flows.resolve_problem import Resolver, retry_problem
from tests.builders import COMPANY, a_customer, a_private_person, a_project
from tests.flows.crashing import CrashingTable, Died, Fate
from tests.world import World

Event = Mapping[str, Any]
Step = Callable[[World], None]

TOO_LONG: dict[str, Any] = {"name": "x" * 600}  # for Xledger

ANOTHER = a_customer("10002", organizationNumber="974760673")


def come(*events: Event) -> Step:
    messages = [Message(str(event["id"]), json.dumps(event)) for event in events]

    def received(world: World) -> None:
        receive_events(messages, world.receiver())

    return received


def carried(world: World) -> None:
    world.run()


def tried_again(world: World) -> None:
    """What has gone since it was refused, as if it had never been wrong."""
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    with suppress(LookupError):
        retry_problem(COMPANY.id, Kind.CUSTOMER, "10001", Code.REFERENCE_NOT_FOUND, resolver)
    world.run()


def country_added(world: World) -> None:
    world.server.state.tables["countries"].add({"dbId": 9_999, "code": "XX", "description": "Atlantis"})


def restored(event: Event) -> Event:
    """Said after all the others."""
    return {**event, "time": "2026-11-23T09:15:03Z"}


def taken_over(world: World) -> None:
    decided(world, "records", "", Code.MOMENT_WENT_BACK, Choice.TAKE_OVER)


def decided(world: World, kind: str, number: str, code: Code, choice: Choice, given: str = "") -> None:
    """A second click finds nothing to decide where the first one was done."""
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    with suppress(LookupError, ValueError):
        decide_problem(COMPANY.id, kind, number, code, choice, resolver, given)
    world.run()


def renumbered(number: str, to: str) -> Step:
    """By a person in Xledger, once."""

    def done(world: World) -> None:
        table = world.server.state.tables["customers"]
        for record in list(table.find("code", number)):
            world.server.state.change("customers", record, {"code": to})

    return done


def said(number: str, code: Code, choice: Choice, given: str = "") -> Step:
    return lambda world: decided(world, "customer", number, code, choice, given)


def moved(world: World) -> None:
    """As the nightly look tells of it, once."""
    now, code = world.time(), Code.NUMBER_MOVED_IN_XLEDGER
    told = Problem(COMPANY.id, "customer", "10001", code, {"theirs": "20001"}, "", now, now)
    if not world.ledger.problems.get(COMPANY.id, "customer", "10001", code):
        world.ledger.problems.report([told])


TOOK_NUMBER: Sequence[Step] = [
    come(a_customer("10001", id=1)),
    carried,
    renumbered("10001", to="20001"),
    moved,
    said("10001", Code.NUMBER_MOVED_IN_XLEDGER, Choice.TAKE_NUMBER),
]
NEW_ID: Sequence[Step] = [
    come(a_customer("10001", id=1)),
    carried,
    come(a_customer("10001", id=2, name="Ny id"), a_project("P-1", customerNumber="10001")),
    said("10001", Code.NUMBER_TAKEN, Choice.SAME_RECORD, "2"),
    carried,
]

STORIES: dict[str, Sequence[Step]] = {
    "a number is changed on both sides": [
        come(a_customer("10001", id=1)),
        carried,
        renumbered("10001", to="20001"),
        come(a_customer("20001", id=1, version=2), a_customer("10001", id=2)),
        come(a_project("P-1", customerNumber="20001")),
        said("20001", Code.NUMBER_CHANGED, Choice.CHANGED_ON_BOTH),
        carried,
    ],
    "two are swapped on both sides": [
        come(a_customer("10001", id=1), a_customer("10002", id=2)),
        carried,
        renumbered("10001", to="x"),
        renumbered("10002", to="10001"),
        renumbered("x", to="10002"),
        come(a_customer("10002", id=1, version=2), a_customer("10001", id=2, version=2)),
        said("10002", Code.NUMBER_CHANGED, Choice.CHANGED_ON_BOTH),
        said("10001", Code.NUMBER_CHANGED, Choice.CHANGED_ON_BOTH),
        carried,
    ],
    "Xledger's number is the right one": TOOK_NUMBER,
    "and Moment has it too": [*TOOK_NUMBER, come(a_customer("20001", id=1, version=2)), carried],
    "it is another record": [
        *TOOK_NUMBER[:-1],
        said("10001", Code.NUMBER_MOVED_IN_XLEDGER, Choice.LOOK_UP_AGAIN),
        carried,
    ],
    "a number is put back in Xledger": [
        *TOOK_NUMBER[:-1],
        renumbered("20001", to="10001"),
        said("10001", Code.NUMBER_MOVED_IN_XLEDGER, Choice.PUT_BACK),
        carried,
    ],
    "a new id is the same customer": NEW_ID,
    "and the old one is saved": [*NEW_ID, come(a_customer("10001", id=1, version=7, name="Gammel id"))],
    "and the two are separate after all": [
        *NEW_ID,
        come(a_customer("30001", id=1, version=7, name="Gammel id")),
        said("30001", Code.RETIRED_ID_SAVED, Choice.SEPARATE),
        carried,
    ],
    "Moment went back": [
        come(a_customer("10001", version=5), a_project("P-1", version=5)),
        carried,
        come(restored(a_customer("10001", version=3, name="Før")), restored(a_project("P-1", version=4))),
    ],
    "and is taken over": [
        come(a_customer("10001", version=5), a_project("P-1", version=5)),
        carried,
        come(restored(a_customer("10001", version=3, name="Før")), restored(a_project("P-1", version=4))),
        taken_over,
        carried,
    ],
    "or goes on": [
        come(a_customer("10001", version=5)),
        come(restored(a_customer("10001", version=3, name="Før"))),
        come(restored(a_customer("10001", version=6, name="Etter"))),
        carried,
    ],
    "a number is taken": [come(a_customer("10001", id=1)), come(a_customer("10001", id=2)), carried],
    "and is no more": [
        come(a_customer("10001", id=1), a_customer("10001", id=2)),
        come(a_customer("10002", id=2, version=2)),
        carried,
    ],
    "a number is handed on": [
        come(a_customer("10001", id=1), a_customer("10001", id=2)),
        come(a_customer("10002", id=1, version=2)),
        carried,
    ],
    "by one who gets none": [
        come(a_customer("10001", id=1), a_customer("10001", id=2), a_customer("10002", id=3)),
        come(a_customer("10002", id=1, version=2)),
        carried,
    ],
    "two numbers are swapped": [
        come(a_customer("10001", id=1), a_customer("10002", id=2)),
        come(a_customer("10002", id=1, version=3), a_customer("10001", id=2, version=2)),
        carried,
    ],
    "one of two that wait for a number does no more": [
        come(*[a_customer("10001", id=id_) for id_ in (1, 2, 3)]),
        come(a_customer("10002", id=2, version=2)),
        carried,
    ],
    "a number is changed": [
        come(a_customer("10001", id=1)),
        carried,
        come(a_customer("20001", id=1, version=2)),
    ],
    "and put back": [
        come(a_customer("10001", id=1)),
        carried,
        come(a_customer("20001", id=1, version=2)),
        come(a_customer("10001", id=1, version=3)),
        carried,
    ],
    "a person says try again": [
        come(a_private_person("10001", address={"countryCode": "XX"})),
        carried,
        country_added,
        tried_again,
        carried,
    ],
    "one of two is refused": [come(a_customer("10001", **TOO_LONG), ANOTHER), carried],
    "and corrected": [
        come(a_customer("10001", **TOO_LONG), ANOTHER),
        carried,
        come(a_customer("10001", version=2)),
        carried,
    ],
    "an event cannot be read": [
        come(a_customer("10001", name=None)),
        come(a_customer("10001", version=2)),
        carried,
    ],
    "a project has no customer": [come(a_project("P-1", customerNumber="999")), carried],
    "and then it has": [
        come(a_project("P-1", customerNumber="999")),
        carried,
        come(a_customer("999")),
        carried,
    ],
    "or needs none": [
        come(a_project("P-1", customerNumber="999")),
        carried,
        come(a_project("P-1", version=2, customerNumber=None)),
        carried,
    ],
}


def played(story: Sequence[Step], at: int = 0) -> tuple[list[int], Any]:
    """The calls at which a death tells something; what Xledger holds in the end, and what people are told."""
    world, fate = World(), Fate()
    world.ledger = Ledger(CrashingTable(fate))  # type: ignore[arg-type]
    world.ledger.companies.save(COMPANY)
    ask = world.xledger.ask

    def asked(*question: Any) -> Reply:
        fate.note_change()
        return ask(*question)

    world.xledger.ask = asked  # type: ignore[method-assign,assignment]
    fate.at, fate.calls, fate.telling = at, 0, []
    for step in story:
        fate.note_change()
        try:
            step(world)
        except Died:
            world.woken.clear()
            world.time.now += timedelta(minutes=3)
            step(world)
    telling = list(fate.telling)
    held = [
        (each["code"], each["description"]) for what in ("customers", "projects") for each in world.held(what)
    ]
    return telling, (sorted(held), sorted(world.problems()))


@pytest.mark.parametrize("name", STORIES)
def test_a_crash_at_any_call_changes_nothing_of_what_people_are_told(name: str) -> None:
    calls, wanted = played(STORIES[name])
    assert len(calls) > 10
    for call in calls:
        _, found = played(STORIES[name], call)
        assert found == wanted, f"call {call}"
