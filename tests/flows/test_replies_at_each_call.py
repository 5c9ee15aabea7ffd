"""What happens for each reply that Xledger may give, at each place where we ask it something."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Token
from moment_xledger.domain.gate import FIRST_PROBE
from moment_xledger.domain.replies import Reply
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import COMPANY, a_customer, a_project
from tests.world import START, World

CALLS = [
    *("LookUpCustomers", "AddCompanies", "AddCustomers", "UpdateCustomers"),
    *("LookUpProjects", "AddProjects", "UpdateProjects"),
]
WRITES = [call for call in CALLS if not call.startswith("LookUp")]
BY_ITSELF = timedelta(minutes=3)


def an_error(message: str, code: str, **extensions: Any) -> bytes:
    error = {"message": message, "code": code, "extensions": {"code": code, **extensions}}
    return json.dumps({"errors": [error], "data": None}).encode()


BURST = an_error("Too many requests in the last 5 seconds.", "BAD_REQUEST.BURST_RATE_LIMIT_REACHED")
CROWD = an_error("Too many requests at once.", "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED")
NO_CREDITS = an_error("Insufficient credits.", "BAD_REQUEST.INSUFFICIENT_CREDITS")
BAD_TOKEN = an_error("The token is not valid.", "UNAUTHENTICATED")
VAGUE = an_error("No.", "E17")
NO_RIGHT = an_error("You have no access to this.", "FORBIDDEN")
WRONG = an_error("Cannot query field 'vat' on type 'Customer'.", "FIELDS_ON_CORRECT_TYPE")
REFUSED = an_error("That cannot be done.", "INVALID_VALUE")
PAGE = b"<html><body>Bad Gateway</body></html>"


@dataclass
class OneReply:
    """Answers as Xledger does, but says `body` instead the first time that `call` is made (executed or not)."""

    world: World
    call: str
    status: int
    body: bytes
    executed: bool = False

    def __post_init__(self) -> None:
        self._ask = self.world.xledger.ask
        self.answered = False
        self.times: list[tuple[str, timedelta]] = []

    def __call__(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        self.times.append((operation, self.world.time() - START))
        if operation != self.call or self.answered:
            return self._ask(token, operation, variables)
        self.answered = True
        if self.executed:
            self._ask(token, operation, variables)
        return read_reply(self.status, self.body, self.world.time())


def carried(call: str, status: int, body: bytes, *, executed: bool = False) -> tuple[World, OneReply]:
    """A world where one record of each kind is known already, so that all calls are made."""
    world = World()
    world.receive(a_customer("10001"), a_project("P-1"))
    world.run()
    replies = OneReply(world, call, status, body, executed)
    world.xledger.ask = replies  # type: ignore[method-assign]
    world.time.now = START
    world.receive(
        a_customer("10001", version=2, name="Nytt navn"),
        a_customer("10002", organizationNumber="974760673"),
        a_project("P-1", version=2, name="Nytt navn"),
        a_project("P-2"),
    )
    world.run()
    assert replies.answered
    return world, replies


def is_all_there_once(world: World) -> bool:
    customers = [(each["code"], each["description"]) for each in world.held("customers")]
    projects = [(each["code"], each["description"]) for each in world.held("projects")]
    return (
        sorted(customers) == [("10001", "Nytt navn"), ("10002", "Fjord Bygg 10002 AS")]
        and sorted(projects) == [("P-1", "Nytt navn"), ("P-2", "Skole P-2")]
        and len(world.held("companies")) == 2
        and not list(world.problems())
    )


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("body", [BURST, CROWD], ids=["burst", "concurrency"])
def test_too_many_too_fast_is_waited_out_in_place(call: str, status: int, body: bytes) -> None:
    world, _ = carried(call, status, body)
    assert world.time() < START + BY_ITSELF
    assert world.closed == []
    assert is_all_there_once(world)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 400])
def test_without_credits_nobody_calls_for_an_hour_and_then_all_goes(call: str, status: int) -> None:
    world, replies = carried(call, status, NO_CREDITS)
    at = [when for _, when in replies.times]
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert max(pauses) >= timedelta(hours=1)
    assert is_all_there_once(world)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, BAD_TOKEN, id="a code that says so"),
        pytest.param(401, VAGUE, id="401 with an error to read"),
    ],
)
def test_where_the_token_is_refused_nobody_calls_for_minutes_and_then_one_request_shows_that_it_is_taken(
    call: str, status: int, body: bytes
) -> None:
    world, replies = carried(call, status, body)
    place = [name for name, _ in replies.times].index(call)
    (_, refused), (_, tried) = replies.times[place : place + 2]
    assert tried - refused >= FIRST_PROBE
    assert list(world.problems()) == [("settings", "", "TOKEN_REFUSED")]
    watch_deadlines(COMPANY, world.ledger, world.time())
    assert is_all_there_once(world)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [NO_RIGHT, WRONG], ids=["a right is missing", "a field is not there"])
def test_where_a_request_is_refused_as_such_its_kind_waits_and_goes_on_by_itself(
    call: str, body: bytes
) -> None:
    world, replies = carried(call, 200, body)
    asked = [name for name, _ in replies.times]
    waited = max(later - earlier for (_, earlier), (_, later) in pairwise(replies.times))
    assert waited >= timedelta(minutes=4)
    assert asked.count(call) >= 2
    assert is_all_there_once(world)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(502, PAGE, id="502 with a page"),
        pytest.param(500, REFUSED, id="500 with an error"),
        pytest.param(200, b"", id="nothing"),
        pytest.param(200, b'{"data": {"addCus', id="cut JSON"),
        pytest.param(200, b'{"data": null}', id="no data and no error"),
        pytest.param(200, b"[]", id="other JSON"),
        pytest.param(302, b"", id="a redirect"),
        pytest.param(401, b"", id="401 without a body"),
        pytest.param(403, PAGE, id="403 with a page"),
        pytest.param(200, an_error("No.", "TOKEN_BUCKET_EMPTY"), id="a code about another token"),
        pytest.param(200, an_error("The query timed out", "TIMEOUT"), id="Xledger's own time-out"),
    ],
)
@pytest.mark.parametrize("executed", [False, True], ids=["not executed", "executed"])
def test_without_a_usable_answer_nothing_is_lost_and_nothing_doubled(
    call: str, status: int, body: bytes, executed: bool
) -> None:
    world, replies = carried(call, status, body, executed=executed)
    if call in WRITES:
        first = [name for name, _ in replies.times].index(call)
        (_, before), (_, after) = replies.times[first : first + 2]
        assert after - before >= timedelta(seconds=90)
    assert is_all_there_once(world)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 400])
def test_what_is_refused_is_a_problem_in_xledgers_own_words_and_the_rest_goes_on(
    call: str, status: int
) -> None:
    world, _ = carried(call, status, REFUSED)
    words = {problem.their_words for problem in world.ledger.problems.of(COMPANY.id)}
    assert words <= {"That cannot be done."}
    assert len(list(world.problems())) <= 1
    done = len(world.held("customers")) + len(world.held("projects"))
    assert done >= 3


@pytest.mark.parametrize("call", ["AddCompanies", "AddCustomers", "AddProjects"])
def test_an_answer_that_leaves_a_record_out_makes_it_a_problem_and_never_a_double(call: str) -> None:
    field = call[0].lower() + call[1:]
    world, _ = carried(call, 200, json.dumps({"data": {field: {"edges": None}}}).encode(), executed=True)
    assert [code for _, _, code in world.problems()] == ["REFUSED_BY_XLEDGER"]
    world.receive(a_customer("10002", version=3, name="Fjord Bygg igjen", organizationNumber="974760673"))
    world.receive(a_project("P-2", version=3, name="Igjen"))
    world.run()
    assert sorted(each["description"] for each in world.held("customers")) == [
        "Fjord Bygg igjen",
        "Nytt navn",
    ]
    assert sorted(each["description"] for each in world.held("projects")) == ["Igjen", "Nytt navn"]
    assert list(world.problems()) == []
