"""The functions that carry records, with their queue: what becomes of a wake."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
import time_machine
from moto import mock_aws

import functions.sync_customers.handler as customers
import functions.sync_projects.handler as projects
from local.xledger.plan import Plan
from moment_xledger.adapters.queues import Queues
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.outcomes import Report
from moment_xledger.flows.sync_records import Worker
from moment_xledger.wakes import LONGEST_CHAIN, answer_long_wakes, answer_wakes
from tests.builders import a_customer, a_project
from tests.template import resources
from tests.world import COMPANY, START, TOKEN_ID, World

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CONTEXT: Any = SimpleNamespace(
    function_name="sync",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-north-1:123456789012:function:sync",
    aws_request_id="1",
)


@dataclass
class Use:
    """What the handlers take from the wiring."""

    world: World
    queues: Queues
    url: str

    def queue(self, kind: object) -> str:
        return self.url

    def worker(self) -> Worker:
        return self.world.worker()

    def ask_moment(self, *_: object) -> None:
        return None

    def read_moment(self, *_: object) -> dict[int, Any]:
        return {}


@dataclass
class Queue:
    """A wake queue with its dead-letter queue, as the template has them, and what Lambda does with it."""

    sqs: Any
    clock: Any
    world: World

    def __post_init__(self) -> None:
        wanted = resources()["CustomersQueue"]["Properties"]
        self.dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": wanted["RedrivePolicy"]["maxReceiveCount"]}
        attributes = {
            "VisibilityTimeout": str(wanted["VisibilityTimeout"]),
            "RedrivePolicy": json.dumps(redrive),
        }
        self.url = self.sqs.create_queue(QueueName="wakes", Attributes=attributes)["QueueUrl"]
        self.queues = Queues(self.sqs)

    def wake(self) -> None:
        self.queues.send(self.url, {"token": TOKEN_ID}, group=TOKEN_ID)

    def move_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        self.world.time.now = moment

    def deliver(self, handler: Callable[[Any, Any], Any]) -> int:
        """One poll: what is not reported as failed is deleted. Returns how many were reported as failed."""
        received = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=1).get("Messages", [])
        if not received:
            return 0
        records = [
            {"messageId": m["MessageId"], "receiptHandle": m["ReceiptHandle"], "body": m["Body"]}
            for m in received
        ]
        answer = handler({"Records": records}, CONTEXT)
        self.clock.move_to(self.world.time.now)
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for record in records:
            if record["messageId"] not in failed:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"])
        return len(failed)

    def is_visible(self) -> bool:
        counted = self.sqs.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return bool(counted["Attributes"]["ApproximateNumberOfMessages"] != "0")

    def dead_letters(self) -> int:
        return len(self.sqs.receive_message(QueueUrl=self.dead).get("Messages", []))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    with mock_aws(), time_machine.travel(START, tick=False) as clock:
        sqs = boto3.client("sqs", "eu-north-1", aws_access_key_id="x", aws_secret_access_key="x")
        made = Queue(sqs, clock, World(Plan(credits_per_hour=0)))
        for module in (customers, projects):
            monkeypatch.setattr(module, "wire", lambda: Use(made.world, made.queues, made.url))
        yield made


@pytest.mark.parametrize("module", [customers, projects], ids=["customers", "projects"])
def test_a_throttled_wake_comes_back_when_the_gate_opens_and_not_before(
    queue: Queue, module: ModuleType
) -> None:
    queue.world.receive(a_customer("10001"), a_project("P-1", customerNumber=None))
    queue.wake()
    assert queue.deliver(module.lambda_handler) == 1
    until = queue.world.ledger.gates.get(TOKEN_ID).closed_until
    assert until is not None
    assert until > START + HOUR
    queue.move_to(until - MINUTE)
    assert not queue.is_visible()
    queue.move_to(until + timedelta(seconds=1))
    queue.world.server.replan({"credits_per_hour": 1000})
    assert queue.deliver(module.lambda_handler) == 0
    assert (len(queue.world.held("customers")), len(queue.world.held("projects"))) == (1, 1)
    assert not queue.is_visible()


def test_it_comes_back_after_an_hour_where_xledger_does_not_say_when(queue: Queue) -> None:
    queue.world.server.replan({"reset_at": "absent"})
    queue.world.receive(a_customer("10001"))
    queue.wake()
    queue.deliver(customers.lambda_handler)
    queue.move_to(START + HOUR - MINUTE)
    assert not queue.is_visible()
    queue.move_to(START + HOUR + MINUTE)
    assert queue.is_visible()


def test_a_wait_that_is_longer_than_sqs_allows_begins_with_what_it_allows(queue: Queue) -> None:
    queue.world.server.replan({"reset_after_seconds": 20 * 3600})
    queue.world.receive(a_customer("10001"))
    queue.wake()
    assert queue.deliver(customers.lambda_handler) == 1
    queue.move_to(START + 11 * HOUR)
    assert not queue.is_visible()
    queue.move_to(START + 12 * HOUR)
    assert queue.is_visible()


def test_a_wake_that_sqs_hides_no_longer_is_done_with_and_the_sweep_makes_another(queue: Queue) -> None:
    queue.world.server.replan({"reset_after_seconds": 20 * 3600})
    queue.world.receive(a_customer("10001"))
    queue.world.woken.clear()
    queue.wake()
    queue.deliver(customers.lambda_handler)
    queue.move_to(START + 12 * HOUR)
    assert queue.deliver(customers.lambda_handler) == 0
    assert queue.world.requests["total"] == 1
    queue.move_to(START + 20 * HOUR + MINUTE)
    queue.world.server.replan({"credits_per_hour": 1000})
    queue.world.sweep()
    assert queue.world.woken == [(Kind.CUSTOMER, TOKEN_ID)]


def test_a_day_without_credits_brings_no_wake_into_the_dead_letter_queue(queue: Queue) -> None:
    queue.world.receive(a_customer("10001"))
    queue.wake()
    for _ in range(24):
        queue.deliver(customers.lambda_handler)
        queue.move_to(queue.world.time.now + HOUR + MINUTE)
        if not queue.is_visible():  # SQS has hidden it for twelve hours
            queue.wake()
    assert queue.dead_letters() == 0
    assert queue.world.requests["refused"] == 24
    queue.world.server.replan({"credits_per_hour": 1000})
    assert queue.deliver(customers.lambda_handler) == 0
    assert len(queue.world.held("customers")) == 1


@pytest.mark.parametrize("why", [why for why in Why if why is not Why.CREDITS])
def test_for_any_other_closing_the_wake_is_done_with_and_the_sweep_makes_another(
    queue: Queue, why: Why
) -> None:
    def closed(*_: object) -> Report:
        raise GateClosed(why, START + HOUR)

    queue.wake()
    queue.deliver(lambda event, _: answer_wakes(event, queue.url, queue.queues, closed))
    queue.move_to(START + 24 * HOUR)
    assert not queue.is_visible()


def test_of_several_wakes_only_the_throttled_ones_come_back_and_they_are_put_back_last() -> None:
    done: list[str] = []

    class Recording:
        def put_back(self, url: str, receipt: str, until: datetime, now: datetime) -> bool:
            done.append(f"put back {receipt}")
            return True

    def carry(token: str, _: object) -> Report:
        done.append(f"carried {token}")
        if token.startswith("dry"):
            raise GateClosed(Why.CREDITS, START + HOUR)
        if token.startswith("held"):
            raise GateClosed(Why.HELD, START + HOUR)
        return Report()

    tokens = ["dry 1", "good", "held", "dry 2"]
    records = [
        {"messageId": f"id {token}", "receiptHandle": token, "body": json.dumps({"token": token})}
        for token in tokens
    ]
    answer = answer_wakes({"Records": records}, "url", Recording(), carry)  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "id dry 1"}, {"itemIdentifier": "id dry 2"}]}
    assert done == [*(f"carried {token}" for token in tokens), "put back dry 1", "put back dry 2"]


def a_list_that_waits(queue: Queue) -> None:
    """To be joined: a tenth of the company's hour is used."""
    queue.world.server.replan({"credits_per_hour": 1000})
    queue.world.ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": 30}))
    queue.world.receive(a_customer("10001"))
    queue.world.sync()
    queue.move_to(queue.world.time.now)
    queue.world.receive(a_customer("10002"))


@pytest.mark.parametrize("module", [customers, projects], ids=["customers", "projects"])
def test_a_list_that_waits_to_be_joined_wakes_its_function_itself(queue: Queue, module: ModuleType) -> None:
    a_list_that_waits(queue)
    queue.wake()
    begun = queue.world.time.now
    assert queue.deliver(module.lambda_handler) == 0
    assert len(queue.world.held("customers")) == 1
    queue.move_to(begun + timedelta(seconds=13))
    assert not queue.is_visible()
    queue.move_to(begun + timedelta(seconds=14))
    assert queue.deliver(module.lambda_handler) == 0
    assert len(queue.world.held("customers")) == 2
    queue.move_to(begun + HOUR)
    assert not queue.is_visible()


def test_a_chain_of_wakes_ends_before_lambda_takes_it_for_a_loop(queue: Queue) -> None:
    """Each run leaves a list that came while it was at work. Lambda stops about the sixteenth run of a chain."""
    a_list_that_waits(queue)
    asks, numbers = queue.world.xledger.ask, count(10_003)

    def ask(token: Token, operation: str, variables: Any) -> Any:
        if operation == "AddCustomers":
            queue.world.receive(a_customer(str(next(numbers))))
        return asks(token, operation, variables)

    queue.world.xledger.ask = ask  # type: ignore[method-assign]
    queue.wake()
    runs = 0
    while queue.is_visible():
        queue.deliver(customers.lambda_handler)
        runs += 1
        queue.move_to(queue.world.time.now + 3 * MINUTE)
    assert runs == LONGEST_CHAIN + 1 < 16
    queue.world.woken.clear()
    queue.world.sweep()
    assert queue.world.woken == [(Kind.CUSTOMER, TOKEN_ID)]


def test_a_batch_of_none_has_no_failures(queue: Queue) -> None:
    assert customers.lambda_handler({"Records": []}, CONTEXT) == {"batchItemFailures": []}


class TestWorkThatOneCallDoesNotFinish:
    """Of the two functions that queue their own next call for a company."""

    @staticmethod
    def calls(most: int, chain: int | None) -> list[tuple[str, int]]:
        """What is queued by calls that each find more to do, until nothing is queued any more."""
        queued: list[tuple[str, int]] = []

        def work(company: CompanyId, go_on: Callable[[CompanyId], None]) -> dict[str, int]:
            go_on(company)
            return {"done": 1}

        body: dict[str, Any] = {"company": "fjord"} | ({} if chain is None else {"chain": chain})
        for _ in range(most):
            before = len(queued)
            event = {"Records": [{"messageId": "1", "body": json.dumps(body)}]}
            answer_long_wakes(event, work, lambda *sent: queued.append(sent))
            if len(queued) == before:
                break
            company, place = queued[-1]
            body = {"company": company, "chain": place}
        return queued

    def test_a_chain_ends_before_lambda_would_end_it_and_the_sweep_begins_another(self) -> None:
        queued = self.calls(100, None)
        assert queued == [("fjord", place) for place in range(1, LONGEST_CHAIN + 1)]
        assert len(queued) < 15

    def test_one_that_has_come_far_goes_on_from_there(self) -> None:
        assert self.calls(100, LONGEST_CHAIN - 2) == [("fjord", 9), ("fjord", 10)]
