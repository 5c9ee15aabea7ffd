"""A token that is refused is tried again, and a refusal that names no reason is no refusal of the token."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Token
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate, Timing, take_over
from moment_xledger.domain.problems import Code
from moment_xledger.domain.replies import Reply
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import COMPANY, TOKEN, a_customer
from tests.world import START, TOKEN_ID, World

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def refused() -> World:
    """The token was refused."""
    world = World()
    world.server.replan({"tokens": [{"token": "YW5vdGhlcg"}]})
    world.receive(a_customer("10001"))
    world.carry_wakes()
    return world


def a_minute_passes(world: World) -> None:
    world.time.now += A_MINUTE
    world.receive(a_customer("10002", version=int((world.time.now - START) / A_MINUTE)))
    world.sweep()
    world.carry_wakes()


def test_a_token_that_is_taken_again_opens_its_gate_by_itself(refused: World) -> None:
    for _ in range(300):
        a_minute_passes(refused)
    refused.server.replan({"tokens": [{"token": TOKEN.secret}]})
    for _ in range(62):
        a_minute_passes(refused)
    refused.run()
    watch_deadlines(COMPANY, refused.ledger, refused.time())
    assert len(refused.held("customers")) == 2
    assert list(refused.problems()) == []


def test_while_a_refused_token_is_tried_nobody_is_told_that_it_works(refused: World) -> None:
    gate = refused.ledger.gates.get(TOKEN_ID)
    assert gate.closed_until
    trying = take_over(gate, "worker", gate.closed_until, Timing())
    assert isinstance(trying, Gate)
    refused.ledger.gates.save(TOKEN_ID, trying)
    watch_deadlines(COMPANY, refused.ledger, gate.closed_until)
    assert [code for *_, code in refused.problems()] == ["TOKEN_REFUSED"]


def test_a_gate_that_an_older_release_closed_for_good_is_tried_too(refused: World) -> None:
    gate = refused.ledger.gates.get(TOKEN_ID)
    years = replace(gate, closed_until=START + timedelta(days=3650), refusals=0)
    refused.ledger.gates.save(TOKEN_ID, years)
    refused.server.replan({"tokens": [{"token": TOKEN.secret}]})
    refused.run()
    assert len(refused.held("customers")) == 1


@pytest.mark.parametrize("answer", ["page", "empty", "json"])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("whose", ["a gateway's", "Xledger's own"])
def test_a_refusal_without_a_reason_is_told_as_what_it_is_after_an_hour(
    whose: str, status: int, answer: str
) -> None:
    """Nobody can tell whether it is the token, so nobody is told to make a new one."""
    world = World()
    before = world.server.plan.model_dump()
    theirs = {"tokens": [{"token": "YW5vdGhlcg"}], "token_error_status": status, "token_error_body": answer}
    ways = {"a gateway's": {"gateway": answer, "gateway_status": status}, "Xledger's own": theirs}
    world.server.replan(ways[whose])
    world.receive(a_customer("10001"))
    for _ in range(55):
        a_minute_passes(world)
    assert list(world.problems()) == []
    for _ in range(60):
        a_minute_passes(world)
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.code, problem.count) == (Code.REFUSED_WITHOUT_REASON, 1)
    assert f"HTTP {status}" in problem.sentence()
    assert world.requests["total"] < 30

    watch_deadlines(COMPANY, world.ledger, world.time())
    assert len(list(world.problems())) == 1
    world.server.replan(before)
    world.run()
    watch_deadlines(COMPANY, world.ledger, world.time())
    assert len(world.held("customers")) == 2
    assert list(world.problems()) == []


def test_a_gateways_code_about_a_token_of_its_own_is_no_answer() -> None:
    world = World()
    world.server.replan({"gateway": "code", "gateway_status": 200})
    world.receive(a_customer("10001"))
    for _ in range(10):
        a_minute_passes(world)
    assert world.ledger.gates.get(TOKEN_ID).closed_why is Why.DOWN
    assert list(world.problems()) == []


def test_a_write_that_a_gateway_answers_is_not_sent_twice() -> None:
    """It may have been carried out: a proxy can fail on the way back."""
    world = World()
    ask = world.xledger.ask
    turned: list[str] = []

    def answer(token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        reply = ask(token, operation, variables)
        if operation == "AddCustomers" and not turned:
            turned.append(operation)
            return read_reply(403, b"<html>", world.time())
        return reply

    world.xledger.ask = answer  # type: ignore[method-assign]
    world.receive(a_customer("10001"))
    world.run()
    assert turned
    assert len(world.held("customers")) == 1
