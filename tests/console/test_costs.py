"""What a page costs does not grow with what a company has: as many questions to the ledger, as many items read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import MOST_KEYS, Item, Key
from moment_xledger.domain.attempts import Attempt, Operation
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, settle, tried
from tests.builders import COMPANY, a_customer
from tests.console.site import Site, opened
from tests.world import START

# Each with the most questions that it may put to the ledger: one after another, they are what one waits for.
# Two are those of every page: whose session it is, and what company.
PAGES = {
    "/overview": 7,
    "/problems": 4,
    "/problems/group?kind=customer&code=NUMBER_TAKEN": 4,
    "/exports": 4,
    "/exports/1": 5,
    "/record?kind=customer&number=1": 4,
    "/record?kind=invoice&number=1": 8,
    "/settings": 5,
    "/log": 4,
}
FEW, MANY = 60, 1_500
OF_ONE_INVOICE = "SAID#000000000001#"


def filled(monkeypatch: pytest.MonkeyPatch, size: int) -> Site:
    """With so many customers in Xledger and problems, and some invoices that have left."""
    site = opened(monkeypatch)
    site.world.receive(a_customer("1"))
    site.world.run()
    (one,) = site.world.ledger.records.by_number(COMPANY.id, Kind.CUSTOMER, ["1"]).values()
    ledger = site.world.ledger
    assert not ledger.records.save([(None, numbered(one, number)) for number in range(2, size)])
    ledger.problems.report(
        Problem(COMPANY.id, "customer", str(number), Code.NUMBER_TAKEN, {"owner": "1"}, first_seen=START)
        for number in range(size)
    )
    for _ in range(size):
        ledger.audit.note(Deed(COMPANY.id, START, "Kari Nordmann", What.FETCHED_FILE, export=1))
    site.export(*range(1, 30 + size // 30))
    return site


def numbered(one: Record, number: int) -> Record:
    content = one.content.model_copy(update={"id": 50_000 + number, "customer_number": str(number)})
    fresh = replace(one, content=content, rev=0, attempts=(), sent_number=None)
    attempt = Attempt(START, Operation.ADD, 1, db_id=number)
    return tried(settle(fresh, fresh, number, START), attempt, {"code": str(number)})


def costs(
    site: Site, monkeypatch: pytest.MonkeyPatch, pages: Iterable[str] = tuple(PAGES)
) -> dict[str, tuple[int, int]]:
    """Of each page: questions, and items."""
    browser, table, asked = site.browser(), site.world.table, [0, 0]
    get, query = table.get, table.query

    def counted_get(key: Key) -> Item | None:
        asked[0] += 1
        asked[1] += 1
        return get(key)

    def counted_get_many(wanted: Iterable[Key]) -> dict[Key, Item]:
        known = list(dict.fromkeys(wanted))
        asked[0] += -(-len(known) // MOST_KEYS)
        asked[1] += len(known)
        return {key: item for key in known if (item := get(key))}

    def counted_query(pk: str, prefix: str = "", **kwargs: Any) -> Iterator[Any]:
        is_among_all = pk in (keys.records(COMPANY.id), keys.invoices(COMPANY.id))
        assert not is_among_all or prefix == OF_ONE_INVOICE, "lies among all that there are"
        asked[0] += 1
        for item in query(pk, prefix, **kwargs):
            asked[1] += 1
            yield item

    monkeypatch.setattr(table, "get", counted_get)
    monkeypatch.setattr(table, "get_many", counted_get_many)
    monkeypatch.setattr(table, "query", counted_query)
    found = {}
    for page in pages:
        asked[:] = [0, 0]
        assert browser.get(page).status == 200, page
        found[page] = (asked[0], asked[1])
    return found


def test_every_page_costs_the_same_for_twenty_five_times_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    few = costs(filled(monkeypatch, FEW), monkeypatch)
    assert costs(filled(monkeypatch, MANY), monkeypatch) == few


def test_a_page_asks_the_ledger_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {page: questions for page, (questions, _) in costs(filled(monkeypatch, FEW), monkeypatch).items()}
    assert {page: questions for page, questions in asked.items() if questions > PAGES[page]} == {}, asked


def test_in_peace_the_overview_asks_five_times(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch)
    site.world.receive(a_customer("1"))
    site.world.run()
    asked, _ = costs(site, monkeypatch, ["/overview"])["/overview"]
    assert asked <= 5
