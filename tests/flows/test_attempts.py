"""What is remembered of a record's way into Xledger, whatever happened on it."""

from datetime import timedelta

from local.xledger.faults import Fault
from moment_xledger.adapters.ledger.hours import Count
from moment_xledger.domain.attempts import Attempt, with_all_sent
from moment_xledger.domain.kinds import Kind
from tests.builders import COMPANY, a_customer, a_project
from tests.world import START, World


def attempts(world: World, kind: Kind = Kind.CUSTOMER, number: str = "10001") -> tuple[Attempt, ...]:
    return world.ledger.records.by_number(COMPANY.id, kind, [number])[number].attempts


def story(world: World, kind: Kind = Kind.CUSTOMER, number: str = "10001") -> list[tuple[str, int, str]]:
    """Which operation, which version, and what came of it."""
    return [
        (str(each.operation), each.version, "taken" if each.is_carried else each.words)
        for each in attempts(world, kind, number)
    ]


def test_each_version_that_went_is_told_with_what_it_changed() -> None:
    world = World()
    world.receive(a_customer())
    world.run()
    world.receive(a_customer(version=2, email="faktura@fjordbygg.example"))
    world.run()
    assert story(world) == [("add", 1, "taken"), ("update", 2, "taken")]
    first, second = attempts(world)
    assert first.changed["streetAddress"] == "Strandgaten 1"
    assert second.changed == {"email": "faktura@fjordbygg.example"}
    assert {first.db_id, second.db_id} == {int(world.held("customers")[0]["dbId"])}


def test_what_is_told_as_sent_is_what_xledger_got() -> None:
    world = World()
    world.receive(a_customer(), a_project(startDate="2026-01-01"))
    world.run()
    for operation, kind, number in (
        ("AddCustomers", Kind.CUSTOMER, "10001"),
        ("AddProjects", Kind.PROJECT, "P-1"),
    ):
        (sent,) = [variables["inputs"] for asked, variables in world.xledger.asked if asked == operation]
        ((_, told),) = with_all_sent(attempts(world, kind, number))
        node = {name: value for name, value in sent[0]["node"].items() if name not in ("company", "owner")}
        customer = {"subledger": "10001"} if "subledger" in node else {}  # sent as an id, told as a number
        assert (
            told
            == {name: value.get("code") if isinstance(value, dict) else value for name, value in node.items()}
            | customer
        )


def test_a_refusal_is_told_in_xledgers_own_words_and_counted() -> None:
    world = World()
    world.receive(a_customer(name="x" * 600))
    world.run()
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert story(world) == [("add", 1, problem.their_words)]
    counted = world.ledger.hours.since(COMPANY.id, START)
    assert counted == {(START, Kind.CUSTOMER): Count(refused=1)}


def test_what_was_in_xledger_already_is_told_as_found() -> None:
    world = World()
    world.receive(a_customer())
    world.run()
    found = World()
    found.server, found.xledger = world.server, world.xledger
    found.receive(a_customer())
    found.run()
    assert story(found) == [("look up", 1, "taken")]
    assert attempts(found)[0].changed == {}


def test_an_edit_that_changes_nothing_for_xledger_is_no_attempt() -> None:
    world = World()
    world.receive(a_customer())
    world.run()
    world.receive(a_customer(version=2))
    world.run()
    assert story(world) == [("add", 1, "taken")]


def test_an_answer_that_never_came_is_told_and_then_what_was_found() -> None:
    world = World()
    world.receive(a_customer())
    world.server.next_faults.append(Fault("lost_answers", only="addCustomers"))
    world.run()
    assert story(world) == [("add", 1, ""), ("look up", 1, "taken")]
    first, second = attempts(world)
    assert second.when - first.when >= timedelta(seconds=60)
    assert world.ledger.hours.since(COMPANY.id, START) == {(START, Kind.CUSTOMER): Count(carried=1)}
