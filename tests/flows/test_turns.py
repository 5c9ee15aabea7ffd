"""Many companies on one token: each has its turn, none pays for the others, and no mark of theirs is lost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from local.bench.metering import MeteredTable
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import Company, Token, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pause
from moment_xledger.flows import sync_records
from moment_xledger.flows.sync_customers import sync_customers
from tests.builders import a_company, a_private_person, of
from tests.world import START, TOKEN, TOKEN_ID, World, entities_of, reach_of

MANY = 40  # so that one look at what is due gives several turns
LIST = 3  # records at once here, to have long backlogs of few


def companies(count: int) -> list[Company]:
    return [a_company(f"company-{n:03}", owner_code=20_000 + n) for n in range(count)]


def sharing(count: int) -> World:
    """So many companies with one token, each in an entity of its own."""
    return World(entities_of(companies(count)), companies(count))


def saved(n: int, record: int = 0, **but: Any) -> dict[str, Any]:
    """A customer of company `n`; its number begins with the company's."""
    return of(f"company-{n:03}", a_private_person(f"{n + 100}{record:03}", **but))


def owner(code: str) -> int:
    return int(code[:3]) - 100


def added(world: World) -> list[int]:
    """Whose customers were added, list by list."""
    lists = [variables["inputs"] for asked, variables in world.xledger.asked if asked == "AddCustomers"]
    return [owner(inputs[0]["node"]["code"]) for inputs in lists]


def wake(world: World) -> None:
    """One, and no other that was made meanwhile: what is left, the sweep finds by its mark."""
    world.sync()
    world.woken.clear()


@pytest.fixture
def many() -> World:
    """Each has one new customer."""
    world = sharing(MANY)
    world.receive(*map(saved, range(MANY)))
    return world


def when(world: World, company: int, act: Callable[[], None]) -> None:
    """`act` is done once, just after this company's customer was added."""
    asks, todo = world.xledger.ask, [act]

    def ask(token: Token, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == "AddCustomers" and owner(variables["inputs"][0]["node"]["code"]) == company and todo:
            todo.pop()()
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]


def test_companies_that_share_a_token_are_woken_for_once() -> None:
    world = sharing(MANY)
    world.receive(*map(saved, range(MANY)))
    assert world.woken == [(Kind.CUSTOMER, TOKEN_ID)]


@pytest.mark.parametrize("count", [5, MANY])
def test_whoever_has_much_to_do_gets_as_many_lists_as_the_others(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_records, "FULL_LIST", LIST)
    world = sharing(count)
    for n in range(count):
        world.receive(*(saved(n, record) for record in range(LIST * (6 if n % 2 else 3))))
    sync_customers(TOKEN_ID, replace(world.worker(), run=timedelta(hours=2)), lambda *_: {})
    shares = Counter(added(world)[: 3 * count])  # so long, everybody has something left
    assert set(shares.values()) == {3}


def test_in_a_run_that_goes_on_where_another_was_cut_off_nobody_is_served_twice(many: World) -> None:
    """The credits end in the middle, with turns left of the last look."""
    many.server.replan({"credits_per_hour": 65})
    wake(many)
    (closed,) = many.closed
    *served, _ = added(many)  # the last one was turned away
    assert (str(closed.why), served) == ("credits", list(range(len(served))))
    assert len(served) in range(2, MANY)
    many.run()
    assert (len(many.held("customers")), len(added(many))) == (MANY, MANY + 1)


@pytest.mark.parametrize("company", [0, 1, 2, MANY - 1], ids=lambda n: f"company {n}")
def test_a_company_that_is_marked_again_while_others_are_served_keeps_its_mark(
    many: World, company: int
) -> None:
    """Before, at and after its own turn of the look."""
    when(many, 1, lambda: many.receive(saved(company, 1)))
    wake(many)
    many.run()
    assert len(many.held("customers")) == MANY + 1
    assert many.ledger.records.work(TOKEN_ID, Kind.CUSTOMER) == {}


def test_a_mark_that_comes_at_the_clearing_of_one_that_was_read_before_stays(
    many: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another company's turn lies between the reading of this mark and its clearing."""
    done, late = many.ledger.records.work_done, [saved(1, 1)]

    def work_done(token: Any, kind: Any, company: str, *given: Any, **named: Any) -> None:
        if company == "company-001" and late:
            many.receive(late.pop())
        done(token, kind, company, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(many.ledger.records, "work_done", work_done)
    wake(many)
    many.run()
    assert len(many.held("customers")) == MANY + 1


@pytest.mark.parametrize("everybody", [False, True], ids=["this company", "all of them"])
def test_a_pause_that_is_set_meanwhile_is_seen_at_the_next_turn(many: World, everybody: bool) -> None:
    paused = None if everybody else companies(MANY)[1].id
    when(many, 0, lambda: many.ledger.pauses.pause(paused, Pause(START, "Kari", "a wrong account")))
    wake(many)
    assert added(many) == ([0] if everybody else [0, *range(2, MANY)])
    many.ledger.pauses.lift(paused, many.time())
    many.run()
    assert sorted(added(many)) == list(range(MANY))


def moved(world: World, n: int, token: TokenId) -> None:
    company = world.ledger.companies.get_known(companies(MANY)[n].id)
    world.ledger.companies.save(company.model_copy(update={"token_id": token}))


def test_a_company_that_got_another_token_meanwhile_is_served_under_that_one_only(many: World) -> None:
    other = TokenId("another")
    when(many, 0, lambda: moved(many, 1, other))
    wake(many)
    assert 1 not in added(many)
    assert list(many.ledger.records.work(other, Kind.CUSTOMER)) == ["company-001"]
    many.sync(token=other)
    assert Counter(added(many))[1] == 1


def test_marks_are_told_apart_also_if_a_company_went_away_and_came_back(many: World) -> None:
    """As many marks as were read before, but not the same ones."""
    records = many.ledger.records
    (company, *_) = companies(MANY)
    (read, _) = records.work(TOKEN_ID, Kind.CUSTOMER)[company.id]
    moved(many, 0, TokenId("another"))
    moved(many, 0, TOKEN_ID)
    records.work_done(TOKEN_ID, Kind.CUSTOMER, company.id, read)
    assert company.id in records.work(TOKEN_ID, Kind.CUSTOMER)


@pytest.fixture(scope="module")
def sent() -> dict[int, tuple[World, float]]:
    """Worlds of few and of many, each company with one customer that was sent, and the read units that one took."""
    return {count: _sent(count) for count in (2, 200)}


def _sent(count: int) -> tuple[World, float]:
    world = World(entities_of(companies(count)), companies=())
    world.table = MeteredTable()
    world.ledger = Ledger(world.table)  # type: ignore[arg-type]
    for company in companies(count):
        world.ledger.companies.save(company)
    world.ledger.entities.save_reach(TOKEN_ID, reach_of(world.server.plan, START))
    world.receive(*map(saved, range(count)))
    units = _units(world, world.run)
    assert len(world.held("customers")) == count
    return world, units / count


def _units(world: World, act: Callable[[], object]) -> float:
    assert isinstance(world.table, MeteredTable)
    before = world.table.reads
    act()
    return world.table.reads - before


def test_a_company_costs_the_same_however_many_share_its_token(sent: dict[int, tuple[World, float]]) -> None:
    few, more = (units for _, units in sent.values())
    assert more == pytest.approx(few, rel=0.1)


def test_an_edit_costs_a_look_at_who_is_due_and_nobody_elses_settings(
    sent: dict[int, tuple[World, float]],
) -> None:
    """Such a look is some kilobytes, where 200 share the token."""
    units = []
    for world, _ in sent.values():
        world.time.now += timedelta(hours=2)
        world.receive(saved(0, version=2, name="Nytt navn"))
        asked = len(world.xledger.asked)
        units.append(_units(world, world.sync))
        assert len(world.xledger.asked) == asked + 3
    few, more = units
    assert more < few + 40


class Robbed:
    """Somebody has taken the keys of the first company away."""

    def xledger_token(self, company: Company) -> Token | None:
        return None if company.id == "company-000" else TOKEN


def test_a_company_whose_keys_are_gone_holds_up_nobody_who_has_the_same_token(many: World) -> None:
    sync_customers(TOKEN_ID, replace(many.worker(), vault=cast(Any, Robbed())), lambda *_: {})
    assert sorted(added(many)) == list(range(MANY))
    assert [told for company in companies(MANY) for told in many.problems(company.id)] == []
