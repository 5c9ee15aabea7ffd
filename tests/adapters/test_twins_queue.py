"""What the simulations rely on of queues, held by the twin and by AWS as others play it."""

from collections.abc import Iterator

import pytest
import time_machine
from botocore.exceptions import ClientError

from tests.adapters.conftest import Client
from tests.adapters.lines import MOST_RECEIVES, START, VISIBILITY, Delivery, Line, LineOfSqs, LineOfTwin

TWELVE_HOURS = 43_200


@pytest.fixture
def line(played_by: str, client: Client, request: pytest.FixtureRequest) -> Iterator[Line]:
    match played_by:
        case "twin":
            yield LineOfTwin()
        case "moto":
            with time_machine.travel(START, tick=False) as clock:
                yield LineOfSqs(client("sqs"), clock.shift)
        case _:
            yield LineOfSqs(client("sqs"), request.getfixturevalue("embedded").pass_time)


def bodies(deliveries: list[Delivery]) -> list[str]:
    return [each.body for each in deliveries]


def a_delivery(line: Line) -> Delivery:
    """That is still to be done: hidden for now, and no longer than others."""
    line.fail.add("a")
    line.put("a")
    (delivery,) = line.after(10)
    return delivery


def hiding_is_refused_as(line: Line, delivery: Delivery, seconds: int) -> str:
    with pytest.raises(ClientError) as refused:
        line.hide(delivery, seconds)
    return refused.value.response["Error"]["Code"]


def test_what_was_deleted_does_not_come_again(line: Line) -> None:
    line.put("a")
    line.put("b")
    assert bodies(line.after(10)) == ["a", "b"]
    assert bodies(line.after(VISIBILITY + 10)) == []


def test_what_was_not_deleted_is_hidden_for_a_while_and_comes_again(line: Line) -> None:
    a_delivery(line)
    assert bodies(line.after(VISIBILITY - 15)) == []
    assert bodies(line.after(20)) == ["a"]


def test_of_several_only_those_that_failed_come_again(line: Line) -> None:
    line.fail = {"b"}
    for body in ("a", "b", "c"):
        line.put(body)
    assert bodies(line.after(10)) == ["a", "b", "c"]
    assert bodies(line.after(VISIBILITY + 5)) == ["b"]


def test_what_waits_is_counted_and_what_is_hidden_or_delayed_is_not(line: Line) -> None:
    line.fail.add("a")
    line.put("a")
    line.put("later", delay=300)
    assert line.waiting() == 1
    line.after(10)
    assert line.waiting() == 0


def test_what_is_delayed_does_not_come_before(line: Line) -> None:
    line.put("a", delay=300)
    assert bodies(line.after(290)) == []
    assert bodies(line.after(20)) == ["a"]


def test_what_was_received_too_often_is_put_aside(line: Line) -> None:
    a_delivery(line)
    for _ in range(MOST_RECEIVES - 1):
        assert bodies(line.after(VISIBILITY + 5)) == ["a"]
    assert line.dead() == []
    assert bodies(line.after(VISIBILITY + 5)) == []
    assert line.dead() == ["a"]


def test_to_be_hidden_wears_out_no_receive(line: Line) -> None:
    delivery = a_delivery(line)
    for _ in range(MOST_RECEIVES + 1):
        line.hide(delivery, 600)
        assert bodies(line.after(300)) == []
    assert bodies(line.after(305)) == ["a"]
    assert line.dead() == []


def test_it_can_be_hidden_for_longer(line: Line) -> None:
    line.hide(a_delivery(line), 600)
    assert bodies(line.after(590)) == []
    assert bodies(line.after(15)) == ["a"]


def test_longer_is_of_that_one_time_only(line: Line) -> None:
    line.hide(a_delivery(line), 600)
    assert bodies(line.after(605)) == ["a"]
    assert bodies(line.after(VISIBILITY + 5)) == ["a"]


def test_it_can_be_let_go_at_once(line: Line) -> None:
    line.hide(a_delivery(line), 0)
    assert bodies(line.after(1)) == ["a"]


def test_nothing_is_hidden_for_more_than_twelve_hours(line: Line, played_by: str) -> None:
    delivery = a_delivery(line)
    if played_by == "embedded":  # differs: it hides for as long as it is told
        line.hide(delivery, TWELVE_HOURS + 1)
        return
    assert hiding_is_refused_as(line, delivery, TWELVE_HOURS + 1).endswith("InvalidParameterValue")


def test_the_twelve_hours_are_counted_from_when_it_was_received(line: Line, played_by: str) -> None:
    line.fail.add("a")
    line.put("a")
    (delivery,) = line.after(30)
    if played_by == "embedded":  # differs: it counts from now on
        line.hide(delivery, TWELVE_HOURS - 5)
        return
    assert bodies(line.after(20)) == []
    assert hiding_is_refused_as(line, delivery, TWELVE_HOURS - 5).endswith("InvalidParameterValue")
    line.hide(delivery, TWELVE_HOURS - 100)


def test_what_somebody_deleted_meanwhile_cannot_be_hidden(line: Line, played_by: str) -> None:
    """Where a message was out twice. The adapter takes AWS's refusal for what it is: nothing is left to be hidden."""
    line.put("a")
    (delivery,) = line.after(10)
    differs = {"moto": "ReceiptHandleIsInvalid", "embedded": "ReceiptHandleIsInvalid"}
    assert hiding_is_refused_as(line, delivery, 600) == differs.get(played_by, "InvalidParameterValue")
