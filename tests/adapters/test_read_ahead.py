"""What a page reads in one go, and what it asks for besides."""

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.read_ahead import ReadAhead
from moment_xledger.adapters.table import Put, Table
from tests.builders import COMPANY
from tests.fakes import FakeTable

A, B, GONE = ("pk", "a"), ("pk", "b"), ("pk", "gone")


@pytest.fixture
def table() -> FakeTable:
    table = FakeTable()
    table.write(Put(A, {"n": 1}), Put(B, {"n": 1}))
    return table


def over(table: FakeTable, *keys: tuple[str, str]) -> ReadAhead:
    return ReadAhead(table, keys)  # type: ignore[arg-type]


def test_what_was_read_beforehand_is_as_it_was_then_also_what_was_not_there(table: FakeTable) -> None:
    read = over(table, A, GONE)
    table.write(Put(A, {"n": 2}), Put(GONE, {"n": 2}))
    assert read.get(A) == {"pk": "pk", "sk": "a", "n": 1}
    assert read.get(GONE) is None
    assert list(read.get_many([A, GONE])) == [A]


def test_everything_else_is_asked_when_it_is_asked_for(table: FakeTable) -> None:
    read = over(table, A)
    table.write(Put(A, {"n": 2}), Put(B, {"n": 2}))
    assert {key: item["n"] for key, item in read.get_many([A, B, B, GONE]).items()} == {A: 1, B: 2}
    assert [item["n"] for item in read.query("pk", limit=1)] == [2]


def test_what_was_read_beforehand_is_not_asked_for_again(
    table: FakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = over(table, A, GONE)
    for name in ("get", "get_many", "query"):
        monkeypatch.delattr(FakeTable, name)
    assert (read.get(A) is None, read.get(GONE) is None, list(read.get_many([A, GONE]))) == (False, True, [A])


def test_a_ledger_of_what_was_read_beforehand_cannot_be_written_to(table: FakeTable) -> None:
    ledger: Table = table  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        Ledger(ledger).beforehand([]).tallies.add(COMPANY.id, "customer", "received", 1)
