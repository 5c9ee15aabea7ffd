"""Over HTTP: one POST, no retry, and an end to every wait."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

from local.serving import Running
from local.xledger.document import schema
from local.xledger.plan import Plan
from local.xledger.server import start
from moment_xledger.adapters.xledger_graphql import OPERATIONS, XledgerGraphql
from moment_xledger.adapters.xledger_nodes import asked_for, made_since
from moment_xledger.domain.companies import Token
from moment_xledger.domain.moment import Project
from moment_xledger.domain.records import Record, State, before_adding
from moment_xledger.domain.replies import Data, Refused, TokenRefused, Unanswered
from tests.builders import COMPANY, a_project

TOKEN = Token("dGVzdC1rZXk")
A_PROJECT = {"inputs": [{"clientId": "1", "node": {"code": "P1", "description": "Brygge"}}]}


@pytest.fixture
def running() -> Iterator[Running]:
    with start(Plan(), TOKEN.secret) as running:
        yield running


@pytest.fixture
def xledger(running: Running) -> Iterator[XledgerGraphql]:
    with requests.Session() as session:
        session.trust_env = False
        yield XledgerGraphql(session, f"{running.url}/graphql", timedelta(seconds=1))


def replan(running: Running, **changes: Any) -> None:
    requests.post(f"{running.url}/_plan", json=changes, timeout=5).raise_for_status()


def state(running: Running) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{running.url}/_state", timeout=5).json()
    return found


def test_what_is_asked_is_answered(xledger: XledgerGraphql) -> None:
    added = xledger.ask(TOKEN, "AddProjects", A_PROJECT)
    assert isinstance(added, Data)
    wanted = {
        "withIds": False,
        "codes": ["P1", "P2"],
        "withCodes": True,
        "withSince": False,
        "withCustomerCodes": False,
    }
    found = xledger.ask(TOKEN, "LookUpProjects", wanted)
    assert isinstance(found, Data)
    assert [edge["node"]["code"] for edge in found.fields["byCode"]["edges"]] == ["P1"]


def test_a_wrong_token_is_refused(xledger: XledgerGraphql) -> None:
    assert isinstance(xledger.ask(Token("d3Jvbmc"), "LookUpProjects", {"codes": ["P1"]}), TokenRefused)


def test_a_refusal_is_told_with_its_field(xledger: XledgerGraphql) -> None:
    node = {"code": "P1", "description": "Brygge", "subledger": {"code": "nobody"}}
    reply = xledger.ask(TOKEN, "AddProjects", {"inputs": [{"clientId": "1", "node": node}]})
    assert isinstance(reply, Refused)
    assert (reply.refusals[0].field, reply.refusals[0].value) == ("subledger", "nobody")


@pytest.mark.parametrize(
    ("fault", "executed"),
    [
        ({"lost_requests": 1}, False),
        ({"lost_answers": 1}, True),
        ({"cut_bodies": 1}, True),
        ({"errors_5xx": 1}, False),
        ({"errors_5xx_after": 1}, True),
        ({"delays": 1, "delay_seconds": 2}, True),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_without_an_answer_it_is_asked_once_and_not_known_what_came_of_it(
    running: Running, xledger: XledgerGraphql, fault: dict[str, float], executed: bool
) -> None:
    replan(running, **fault)
    reply = xledger.ask(TOKEN, "AddProjects", A_PROJECT)
    assert isinstance(reply, Unanswered)
    assert TOKEN.secret not in repr(reply)
    assert state(running)["requests"]["total"] == 1
    assert len(state(running)["projects"]) == int(executed)


def test_nobody_at_the_address_is_no_answer(xledger: XledgerGraphql) -> None:
    with requests.Session() as session:
        nowhere = XledgerGraphql(session, "http://127.0.0.1:9/graphql", timedelta(seconds=1))
        assert isinstance(nowhere.ask(TOKEN, "LookUpProjects", {"codes": []}), Unanswered)


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_a_list_states_whose_records_it_means_and_whether_closed_ones_count(file: Path) -> None:
    """Neither default is published. How many entities there are is asked as every schema takes it, and a sample
    asks what the defaults are."""
    queries = schema().query_type
    assert queries is not None
    (asked,) = [
        each for each in parse(file.read_text()).definitions if isinstance(each, OperationDefinitionNode)
    ]
    if asked.operation is not OperationType.QUERY or file.stem == "CountEntities":
        return
    for field in asked.selection_set.selections:
        assert isinstance(field, FieldNode)
        if field.alias and field.alias.value == "unstated":
            continue
        stated = {argument.name.value for argument in field.arguments}
        offered = set(queries.fields[field.name.value].args) if field.name.value in queries.fields else set()
        assert {"ownerSet", "objectStatus"} & offered <= stated


@pytest.mark.parametrize(
    ("added", "since"),
    [
        (datetime(2026, 7, 3, 12, 0, tzinfo=UTC), "2026-07-03T12:45:00"),
        (datetime(2026, 1, 9, 0, 5, tzinfo=UTC), "2026-01-08T23:50:00"),
        (datetime(2026, 10, 25, 0, 50, tzinfo=UTC), "2026-10-25T01:35:00"),  # 02:50, an hour that comes twice
    ],
)
def test_what_was_made_since_is_asked_for_in_xledgers_own_time(added: datetime, since: str) -> None:
    content = Project.model_validate(a_project("P-9", customerNumber=None)["data"])
    fresh = Record(COMPANY.id, content, State.DIRTY, added)
    asked = asked_for([before_adding(fresh, "1@x", added), fresh])
    assert (asked["since"], asked["withSince"]) == (since, True)
    assert asked_for([fresh])["withSince"] is False
    nodes = [
        {"node": {"dbId": n, "createdAt": at}} for n, at in enumerate((since, "2019-05-05T08:00:00", None))
    ]
    found = made_since({"edges": nodes, "pageInfo": {"hasNextPage": False}}, asked)
    assert [node["dbId"] for node in found] == [0, 2]
