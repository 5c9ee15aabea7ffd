"""The link of one export: opens that page for fourteen days, and nothing else."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from moment_xledger.adapters.ledger.links import LIFETIME, Link, Links
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from tests.fakes import FakeTable

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NORDVIK = CompanyId("nordvik")


@pytest.fixture
def table() -> FakeTable:
    return FakeTable()


@pytest.fixture
def links(table: FakeTable) -> Links:
    return Links(table)  # type: ignore[arg-type]


def test_a_link_leads_to_its_export(links: Links) -> None:
    token = links.make(NORDVIK, 17, NOW)
    assert links.read(token, NOW) == Link(NORDVIK, 17)


def test_a_token_has_128_random_bits(links: Links) -> None:
    tokens = {links.make(NORDVIK, 17, NOW) for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {22}  # 16 bytes in base64


def test_the_table_never_holds_a_token(links: Links, table: FakeTable) -> None:
    token = links.make(NORDVIK, 17, NOW)
    held = json.dumps({pk: dict(items) for pk, items in table._partitions.items()}, default=str)
    assert "LINK#" in held
    assert token not in held


@pytest.mark.parametrize(
    ("age", "opens"),
    [
        (timedelta(0), True),
        (timedelta(days=14) - timedelta(seconds=1), True),
        (timedelta(days=14), False),
        (timedelta(days=15), False),  # still in the table: its time to live may be two days late
    ],
)
def test_a_link_ends_after_fourteen_days(links: Links, age: timedelta, opens: bool) -> None:
    token = links.make(NORDVIK, 17, NOW)
    assert (links.read(token, NOW + age) is not None) == opens


def test_what_is_kept_of_a_link_goes_by_itself(links: Links, table: FakeTable) -> None:
    links.make(NORDVIK, 17, NOW)
    held = [item for items in table._partitions.values() for item in items.values()]
    assert {item["ttl"] for item in held} == {int((NOW + LIFETIME).timestamp())}


def test_the_links_of_an_export_can_be_taken_back_without_knowing_them(links: Links) -> None:
    first, second = links.make(NORDVIK, 17, NOW), links.make(NORDVIK, 17, NOW)
    other = links.make(NORDVIK, 18, NOW)
    assert links.revoke(NORDVIK, 17) == 2
    assert links.read(first, NOW) is None
    assert links.read(second, NOW) is None
    assert links.read(other, NOW) == Link(NORDVIK, 18)


def test_another_company_cannot_take_back_a_link(links: Links) -> None:
    token = links.make(NORDVIK, 17, NOW)
    assert links.revoke(CompanyId("other"), 17) == 0
    assert links.read(token, NOW) is not None


def test_a_token_that_was_never_given_opens_nothing(links: Links) -> None:
    links.make(NORDVIK, 17, NOW)
    assert links.read("", NOW) is None
    assert links.read("A" * 22, NOW) is None


def test_a_token_that_is_drawn_twice_does_not_change_hands(table: FakeTable) -> None:
    links = Links(table, draw=lambda: "the-same")  # type: ignore[arg-type]
    links.make(NORDVIK, 17, NOW)
    with pytest.raises(Conflict):
        links.make(CompanyId("other"), 1, NOW)
    assert links.read("the-same", NOW) == Link(NORDVIK, 17)
