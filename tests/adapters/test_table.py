"""What the ledger relies on, held by its twin in memory and by DynamoDB as others play it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from moto import mock_aws

from local.twins.table import FakeTable
from moment_xledger.adapters.table import Check, Delete, Put, Table, Update
from moment_xledger.domain.errors import Conflict, KeyTooLong
from tests.adapters.conftest import Embedded
from tests.template import resources

A, B = ("pk", "a"), ("pk", "b")
MADE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("dynamodb", "eu-north-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture(params=["twin", "moto", "embedded"])
def table(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "twin":
        yield FakeTable()
        return
    player = request.getfixturevalue(request.param)
    client = player.aws.client("dynamodb") if isinstance(player, Embedded) else player
    client.create_table(TableName="ledger", **_definition())
    yield Table(client, "ledger")
    client.delete_table(TableName="ledger")


@cache
def _definition() -> dict[str, Any]:
    """The template's own."""
    table = resources()["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: table[name] for name in wanted}


def put(table: Any, *sort_keys: str) -> None:
    for sk in sort_keys:
        table.write(Put(("pk", sk), {"n": 1}))


def found(items: Any) -> list[str]:
    return [item["sk"] for item in items]


def test_what_was_put_is_there_with_its_key(table: Any) -> None:
    table.write(Put(A, {"text": "å", "number": 7, "yes": True, "map": {"x": "y"}, "list": ["p", "q"]}))
    assert table.get(A) == {
        "pk": "pk",
        "sk": "a",
        "text": "å",
        "number": 7,
        "yes": True,
        "map": {"x": "y"},
        "list": ["p", "q"],
    }
    assert table.get(B) is None


def test_a_put_replaces_all_of_an_item(table: Any) -> None:
    table.write(Put(A, {"old": 1}))
    table.write(Put(A, {"new": 1}))
    assert table.get(A) == {"pk": "pk", "sk": "a", "new": 1}


def test_what_was_read_can_be_changed_without_changing_what_is_stored(table: Any) -> None:
    table.write(Put(A, {"map": {"x": "y"}}))
    table.get(A)["map"]["x"] = "z"
    assert table.get(A)["map"] == {"x": "y"}


def test_many_are_read_by_key_those_that_exist_each_once(table: Any) -> None:
    put(table, *[f"{n:03}" for n in range(250)])
    wanted = [("pk", f"{n:03}") for n in range(240, 260)] + [("pk", f"{n:03}") for n in range(250)] * 2
    assert len(table.get_many(wanted)) == 250
    assert table.get_many([]) == {}


def test_of_large_items_parts_can_be_read_and_what_is_not_there_is_left_out(table: Any) -> None:
    table.write(Put(A, {"owner": "me", "size": 1, "map": {"x": "y"}, "large": "x" * 1_000}))
    table.write(Put(B, {"large": "x"}))
    found = table.get_parts([A, B, ("pk", "c")], ["owner", "map", "none"])
    assert found == {A: {"pk": "pk", "sk": "a", "owner": "me", "map": {"x": "y"}}, B: {"pk": "pk", "sk": "b"}}
    put(table, *[f"{n:03}" for n in range(150)])
    assert len(table.get_parts([("pk", f"{n:03}") for n in range(150)], ["n"])) == 150


def test_an_update_makes_an_item_and_touches_only_what_it_names(table: Any) -> None:
    table.write(Update(A, set={"x": 1, "y": 2}))
    table.write(Update(A, set={"x": 3}))
    assert table.get(A) == {"pk": "pk", "sk": "a", "x": 3, "y": 2}


def test_set_once_leaves_what_is_there(table: Any) -> None:
    table.write(Update(A, set_once={"first": "one"}))
    table.write(Update(A, set_once={"first": "two"}, set={"last": "two"}))
    assert (table.get(A)["first"], table.get(A)["last"]) == ("one", "two")


def test_add_counts_up_from_nothing(table: Any) -> None:
    table.write(Update(A, add={"count": 2}))
    table.write(Update(A, add={"count": 3}))
    assert table.get(A)["count"] == 5


def test_remove_takes_attributes_away_also_those_that_are_not_there(table: Any) -> None:
    table.write(Put(A, {"x": 1, "y": 2}))
    table.write(Update(A, remove=["x", "z"], add={"y": 1}))
    assert table.get(A) == {"pk": "pk", "sk": "a", "y": 3}


def test_a_delete_removes_and_may_be_repeated(table: Any) -> None:
    put(table, "a")
    table.write(Delete(A))
    table.write(Delete(A))
    assert table.get(A) is None


def test_the_pauses_of_those_who_meet_are_at_random_and_grow() -> None:
    pauses = list[float]()
    table = Table(Mock(), "ledger", pauses.append, lambda: 0.5)
    for tries in range(5):
        table.pause(tries)
    assert pauses == [0.1, 0.2, 0.4, 0.5, 0.5]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        pytest.param(Attr("n").eq(1), True, id="equal"),
        pytest.param(Attr("n").eq(2), False, id="not equal"),
        pytest.param(Attr("gone").eq(1), False, id="equal to something, but absent"),
        pytest.param(Attr("n").exists(), True, id="exists"),
        pytest.param(Attr("gone").exists(), False, id="does not exist"),
        pytest.param(Attr("gone").not_exists(), True, id="is absent"),
        pytest.param(Attr("n").not_exists(), False, id="is not absent"),
        pytest.param(Attr("n").lt(2) & Attr("n").gt(0), True, id="between"),
        pytest.param(Attr("n").lt(1) & Attr("n").gt(0), False, id="not between"),
        pytest.param(Attr("n").lte(1) & Attr("n").gte(1), True, id="at the bounds"),
        pytest.param(Attr("gone").lt(2), False, id="less, but absent"),
        pytest.param(Attr("n").eq(2) | Attr("gone").not_exists(), True, id="one of two"),
        pytest.param(~Attr("n").eq(1), False, id="not"),
    ],
)
@pytest.mark.parametrize("kind", ["put", "update", "delete", "check"])
def test_a_write_is_made_only_if_its_condition_holds(table: Any, kind: str, when: Any, holds: bool) -> None:
    put(table, "a")
    by_kind: dict[str, list[Any]] = {
        "put": [Put(A, {"n": 9}, when=when)],
        "update": [Update(A, set={"n": 9}, when=when)],
        "delete": [Delete(A, when=when)],
        "check": [Check(A, when=when), Put(B, {})],
    }
    actions = by_kind[kind]
    before = table.get(A)
    if holds:
        table.write(*actions)
        assert (table.get(A), table.get(B)) != (before, None)
        return
    with pytest.raises(Conflict):
        table.write(*actions)
    assert (table.get(A), table.get(B)) == (before, None)


def test_a_transaction_is_made_whole_or_not_at_all_and_says_where_it_failed(table: Any) -> None:
    put(table, "a")
    absent = Attr("pk").not_exists()
    with pytest.raises(Conflict) as conflict:
        table.write(
            Put(B, {}), Put(A, {"n": 2}, when=absent), Delete(("pk", "c")), Put(("pk", "d"), {}, when=absent)
        )
    assert conflict.value.positions == (1,)
    assert found(table.query("pk")) == ["a"]
    table.write(Put(B, {}), Update(A, add={"n": 1}, when=Attr("n").eq(1)), Put(("pk", "d"), {}, when=absent))
    assert found(table.query("pk")) == ["a", "b", "d"]


def test_a_transaction_takes_a_hundred_actions_and_no_more(table: Any) -> None:
    table.write(*[Put(("pk", f"{n:03}"), {}) for n in range(100)])
    with pytest.raises(Exception, match="100"):
        table.write(*[Put(("more", f"{n:03}"), {}) for n in range(101)])
    assert len(found(table.query("pk"))) == 100
    assert found(table.query("more")) == []


def test_nothing_to_write_is_nothing_written(table: Any) -> None:
    table.write()
    assert found(table.query("pk")) == []


def test_a_query_brings_one_partition_in_order_by_prefix(table: Any) -> None:
    put(table, "INV#2", "INV#1", "INV#10", "IN", "JNV#1")
    table.write(Put(("other", "INV#1"), {}))
    assert found(table.query("pk", "INV#")) == ["INV#1", "INV#10", "INV#2"]
    assert found(table.query("pk")) == ["IN", "INV#1", "INV#10", "INV#2", "JNV#1"]
    assert found(table.query("nothing")) == []


def test_a_query_can_be_cut_go_on_behind_a_place_and_run_backwards(table: Any) -> None:
    put(table, "A#9", *[f"B#{n}" for n in range(5)], "C#1")
    assert found(table.query("pk", "B#", limit=2)) == ["B#0", "B#1"]
    assert found(table.query("pk", "B#", after="B#1", limit=2)) == ["B#2", "B#3"]
    assert found(table.query("pk", "B#", after="B#4")) == []
    assert found(table.query("pk", "B#", newest_first=True, limit=2)) == ["B#4", "B#3"]
    assert found(table.query("pk", "B#", newest_first=True, after="B#3")) == ["B#2", "B#1", "B#0"]
    assert found(table.query("pk", "B#", limit=0)) == []


def test_a_place_to_go_on_behind_need_not_exist(table: Any) -> None:
    put(table, "B#1", "B#3")
    assert found(table.query("pk", "B#", after="B#2")) == ["B#3"]


def test_what_is_due_is_found_by_shard_earliest_first_until_it_is_done(table: Any) -> None:
    for sk, at in (("x", "3"), ("y", "1"), ("z", "9")):
        table.write(Update(("pk", sk), set={"due": "DUE#1", "due_at": at}))
    table.write(Update(("pk", "elsewhere"), set={"due": "DUE#2", "due_at": "1"}))
    assert list(table.due("DUE#1", "5")) == [("pk", "y", "1"), ("pk", "x", "3")]
    assert list(table.due("DUE#1", "5", limit=1)) == [("pk", "y", "1")]
    table.write(Update(("pk", "y"), remove=["due", "due_at"]))
    table.write(Update(("pk", "x"), set={"due_at": "7"}))
    assert list(table.due("DUE#1", "5")) == []
    assert list(table.due("DUE#1", "7")) == [("pk", "x", "7")]
    table.write(Delete(("pk", "x")))
    assert list(table.due("DUE#1", "8")) == []


@pytest.mark.parametrize("letter", ["a", "å", "€", "𝄞"])
def test_keys_are_measured_in_bytes(letter: str) -> None:
    fits, too_long = letter * (1024 // len(letter.encode())), letter * (1024 // len(letter.encode()) + 1)
    table = FakeTable()
    assert table.get(("pk", fits)) is None
    for ask in (lambda: table.get(("pk", too_long)), lambda: list(table.query("pk", too_long))):
        with pytest.raises(KeyTooLong):
            ask()
    with pytest.raises(KeyTooLong):
        Table(Mock(), "ledger").get(("pk", too_long))


class Busy:
    """Processes one key of each request, from the `first` request on that it processes any."""

    def __init__(self, first: int) -> None:
        self.first, self.asked = first, 0

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- as boto3 has it
        self.asked += 1
        keys = RequestItems["ledger"]["Keys"]
        done = keys[:1] if self.asked >= self.first else []
        left = keys[len(done) :]
        return {
            "Responses": {"ledger": done},
            "UnprocessedKeys": {"ledger": {"Keys": left}} if left else {},
        }


def test_what_dynamodb_leaves_for_later_is_asked_for_again_with_pauses() -> None:
    client, pauses = Busy(first=4), list[float]()
    table = Table(client, "ledger", pauses.append, lambda: 1.0)  # type: ignore[arg-type]
    assert set(table.get_many([A, B])) == {A, B}
    assert pauses == [0.1, 0.2, 0.4, 0.05]


def test_a_table_that_processes_nothing_is_given_up() -> None:
    client, pauses = Busy(first=1000), list[float]()
    with pytest.raises(ClientError):
        Table(client, "ledger", pauses.append).get_many([A, B])  # type: ignore[arg-type]
    assert sum(pauses) < 20


def cancelled(*codes: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(answer, "TransactWriteItems")


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_met_too_much_load_is_tried_again_with_pauses(code: str) -> None:
    client, pauses = Mock(), list[float]()
    client.transact_write_items.side_effect = [cancelled("None", code)] * 2 + [{}]
    Table(client, "ledger", pauses.append, lambda: 1.0).write(Put(A, {}), Put(B, {}))
    assert pauses == [0.2, 0.6]


def test_one_that_goes_on_meeting_it_is_given_up_with_what_dynamodb_says() -> None:
    client, pauses = Mock(), list[float]()
    client.transact_write_items.side_effect = cancelled("ThrottlingError", "None")
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        Table(client, "ledger", pauses.append).write(Put(A, {}), Put(B, {}))
    assert client.transact_write_items.call_count == 4
    assert sum(pauses) < 3


def test_a_condition_that_failed_beside_too_much_load_is_a_conflict_at_once() -> None:
    client, pauses = Mock(), list[float]()
    client.transact_write_items.side_effect = cancelled("ThrottlingError", "ConditionalCheckFailed")
    with pytest.raises(Conflict) as caught:
        Table(client, "ledger", pauses.append).write(Put(A, {}), Put(B, {}))
    assert caught.value.positions == (1,)
    assert not pauses


def test_any_other_reason_goes_up_at_once() -> None:
    client, pauses = Mock(), list[float]()
    client.transact_write_items.side_effect = cancelled("ValidationError", "ConditionalCheckFailed")
    with pytest.raises(ClientError):
        Table(client, "ledger", pauses.append).write(Put(A, {}), Put(B, {}))
    assert not pauses


@pytest.mark.parametrize("action", [Put(A, {"n": 1}, books_of=MADE), Update(A, set={"n": 1}, books_of=MADE)])
def test_material_of_the_books_ends_when_they_need_not_be_kept(table: Any, action: Put | Update) -> None:
    table.write(action)
    assert table.get(A) == {"pk": "pk", "sk": "a", "n": 1, "ttl": 1_956_528_000}  # 2032-01-01, of 2026
    table.write(Update(B, set={"n": 1}), action)
    assert "ttl" not in table.get(B)


def test_a_deployment_may_keep_the_books_for_longer(moto: Any) -> None:
    moto.create_table(TableName="longer", **_definition())
    table = Table(moto, "longer", books_years=10)
    table.write(Put(A, {}, books_of=MADE))
    moto.delete_table(TableName="longer") if (found := table.get(A)) else None
    assert found
    assert datetime.fromtimestamp(int(found["ttl"]), UTC) == datetime(2037, 1, 1, tzinfo=UTC)
