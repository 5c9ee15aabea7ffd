"""What DynamoDB would bill, as its documentation counts it."""

import pytest
from boto3.dynamodb.conditions import Attr

from local.bench.metering import MeteredTable
from moment_xledger.adapters.table import Delete, Put, Update
from moment_xledger.domain.errors import Conflict

KEY, OTHER = ("pk", "a"), ("pk", "b")
LONG = "x" * 2_000


@pytest.fixture
def table() -> MeteredTable:
    return MeteredTable()


def test_a_write_is_billed_by_the_kilobyte_of_the_larger_item(table):
    table.write(Put(KEY, {"text": LONG}))
    assert table.writes == 2
    table.write(Put(KEY, {"text": "short"}))
    assert table.writes == 4


def test_a_transaction_is_billed_twice(table):
    table.write(Put(KEY, {}), Put(OTHER, {}))

    assert (table.writes, table.calls) == (4, 1)


def test_a_refused_write_is_billed_too(table):
    with pytest.raises(Conflict):
        table.write(Update(KEY, set={"a": 1}, when=Attr("a").exists()))

    assert table.writes == 1


def test_the_index_is_billed_where_what_is_due_changes(table):
    table.write(Put(KEY, {"due": "0", "due_at": "2026"}))
    assert table.writes == 2
    table.write(Update(KEY, set={"other": 1}))
    assert table.writes == 3
    table.write(Delete(KEY))
    assert table.writes == 5


def test_reads_are_billed_by_four_kilobytes_and_for_nothing_too(table):
    table.write(Put(KEY, {"text": LONG * 3}))

    table.get(KEY)
    assert table.reads == 2
    table.get_many([KEY, OTHER])
    assert table.reads == 5
    assert list(table.query("nothing")) == []
    assert table.reads == 6
    assert table.calls == 4


def test_finding_work_need_not_be_consistent(table):
    assert list(table.due("0", "2026")) == []

    assert table.reads == 0.5
