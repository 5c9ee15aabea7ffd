"""What one release left in the ledger, another can work with: for the minutes of a roll-out in both directions."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from local import ROOT
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.ledger.due import Work
from moment_xledger.adapters.table import Item, Put
from moment_xledger.domain.kinds import Kind
from tests.adapters import ledger_story as story
from tests.fakes import FakeTable

FIRST_RELEASE = ROOT / "tests" / "expected" / "ledger" / "first_release.json"
SINCE_THEN = (
    "reasons.json",
    "entities.json",
    "decisions.json",
    "runs.json",
    "probes.json",
)  # kinds of items that came later
# Text that is read into a model. What else is JSON holds data under names of its own.
MODELS = {"settings", "content", "invoice", "expense", "terms", "series"}
BY_CHANCE = re.compile(r"#[0-9a-f]{32}$")  # at the end of an audit line's key


@cache
def left_by_the_releases() -> tuple[Item, ...]:
    files = [FIRST_RELEASE, *(FIRST_RELEASE.parent / name for name in SINCE_THEN)]
    return tuple(item for file in files for item in json.loads(file.read_text("utf-8")))


def over(items: Iterator[Item] | tuple[Item, ...]) -> Ledger:
    table = FakeTable()
    for item in items:
        attributes = {name: value for name, value in item.items() if name not in ("pk", "sk")}
        table.write(Put((item["pk"], item["sk"]), attributes))
    return Ledger(table)  # type: ignore[arg-type]


@cache
def written_now() -> FakeTable:
    table = FakeTable()
    story.write(story.with_drawn(table))  # type: ignore[arg-type]
    return table


def items_of(table: FakeTable) -> list[Item]:
    return [item for partition in table._partitions.values() for item in partition.values()]


@pytest.mark.parametrize("what", story.READINGS)
def test_what_the_first_release_left_is_read_as_it_was_meant(what: str) -> None:
    read = story.READINGS[what]
    assert read(over(left_by_the_releases())) == read(Ledger(written_now()))  # type: ignore[arg-type]


@pytest.mark.parametrize("what", story.READINGS)
def test_what_a_later_release_adds_is_passed_over(what: str) -> None:
    """As the release before does with what this one adds."""
    read = story.READINGS[what]
    later = over(map(with_more, left_by_the_releases()))
    assert read(later) == read(over(left_by_the_releases()))


def test_work_of_a_kind_that_a_later_release_adds_is_left_to_it() -> None:
    """Else nobody would be woken while it is rolled out, nor after it is withdrawn."""
    table = FakeTable()
    table.write(Put(("T#nordvik", "LATER#1"), {"due": keys.SHARDS[0], "due_at": keys.stamp(story.NOW)}))
    assert Ledger(table).due.until(story.LATER) == Work()  # type: ignore[arg-type]


def with_more(item: Item) -> Item:
    if item["sk"].startswith("TALLY#"):
        return item  # counts under whatever names
    more = {
        name: json.dumps(json.loads(value) | {"addedLater": "x"})
        for name, value in item.items()
        if name in MODELS
    }
    return item | more | {"added_later": "x"}


def test_nothing_that_the_first_release_wrote_is_left_out_or_written_otherwise() -> None:
    """It still has to read what is written now."""
    now = {place(item): item for item in items_of(written_now())}
    for item in left_by_the_releases():
        assert is_within(item, now[place(item)]), place(item)


def test_an_invoice_that_arrived_before_a_release_is_known_to_be_the_same_after_it() -> None:
    """Else every one of them would be a problem: changed after it was finalized."""
    ledger = over(left_by_the_releases())
    known = ledger.invoices.arrived(story.NORDVIK, [10231, 10232])
    assert {number: each.hash for number, each in known.items()} == {
        snapshot.invoice.invoice_number: snapshot.invoice.content_hash()
        for snapshot in ledger.invoices.since(story.NORDVIK)
    }


def test_a_record_that_was_sent_before_a_release_is_not_sent_again_after_it() -> None:
    found = over(left_by_the_releases()).records.by_number(story.NORDVIK, Kind.CUSTOMER, ["10001"])
    assert found["10001"].sent_hash == found["10001"].content.content_hash()


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": "1"}),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}),
        ({"a": '{"b": 1}'}, {"a": '{"c": 1}'}),
        ({"a": "text"}, {"a": None}),
    ],
)
def test_a_change_that_an_older_release_cannot_read_is_seen(before: Item, now: Item) -> None:
    assert not is_within(before, now)
    assert is_within(before, before | {"more": 1})


def place(item: Item) -> tuple[str, str]:
    return item["pk"], BY_CHANCE.sub("", item["sk"])


def is_within(before: Any, now: Any) -> bool:
    """Whether a reader of `before` finds in `now` all that it looks for. Lists are read by position."""
    if isinstance(before, str) and before[:1] in ("{", "["):
        return isinstance(now, str) and is_within(json.loads(before), json.loads(now))
    if isinstance(before, dict):
        return isinstance(now, dict) and all(
            name in now and is_within(each, now[name]) for name, each in before.items()
        )
    if isinstance(before, list):
        return isinstance(now, list) and len(before) == len(now) and all(map(is_within, before, now))
    return type(before) is type(now)
