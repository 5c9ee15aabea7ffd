"""Whole runs of the real handlers with bad luck by seed. A failing seed tells its story: `make prove SEED=…`."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from local import ROOT
from local.proof.crashes import (
    SIZES,
    STORIES,
    TINY,
    Crash,
    calls_of,
    crashes,
    outcome_of,
    shared_out,
    together,
)
from local.proof.deployment import ANSWERING, CLOCKED, HANDLERS
from local.proof.fates import NONE, SLOW
from local.proof.outside import TableTwin
from local.proof.simulation import play
from local.proof.slowness import Service
from local.proof.stage import Setting
from local.proof.story import Cast, usual_size
from moment_xledger.adapters.table import Action, Delete, Put, Update
from tests.test_template import RIGHTS


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cast", [Cast.BOOKS, Cast.ROUTES, Cast.DESK, Cast.BELONGING])
def test_nothing_is_lost_doubled_or_old_whatever_happens(cast: Cast, seed: int) -> None:
    stage = play(Setting(seed, cast=cast))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert len(stage.schedule) > 10  # bad luck there was


@pytest.mark.parametrize("cast", STORIES)
def test_nor_where_services_of_aws_slow_down_fail_or_are_asked_twice(cast: Cast) -> None:
    """By lot, and beside nothing else: then no message wears out its receives either, and nobody asks without end."""
    size = SIZES.get(cast, TINY)
    stage = play(Setting(STORIES[cast], replace(NONE, slowness=0.02), size, cast=cast))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert {meets for _, meets in stage.fates.met} == set(SLOW)


@pytest.mark.parametrize("service", Service)
def test_nor_where_one_of_them_refuses_most_calls_for_half_an_hour(service: Service) -> None:
    stage = play(Setting(STORIES[Cast.ROUTES], NONE, TINY, cast=Cast.ROUTES, slow=service))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert stage.slowness.refused


@pytest.mark.parametrize("seed", range(2))
def test_nor_where_invoices_of_many_companies_are_held(seed: int) -> None:
    stage = play(Setting(seed, size=replace(usual_size(Cast.MANY), companies=8), cast=Cast.MANY))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert sum(count for site, count in stage.fates.seen.items() if site.startswith("settle_waits.")) > 50


def test_nor_where_all_companies_are_at_it_at_once() -> None:
    stage = play(Setting(0))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])


def test_nor_is_a_run_over_while_an_operator_still_holds_it_up() -> None:
    """Seed 842 was judged three minutes before its last pause was."""
    stage = play(Setting(842, cast=Cast.ROUTES))
    assert stage.rests
    assert all(rest.over for rest in stage.rests)


def test_one_seed_is_one_run() -> None:
    one, again = (play(Setting(7, cast=Cast.DESK)) for _ in range(2))
    assert one.schedule == again.schedule
    assert one.network.requests == again.network.requests
    assert one.bucket.files == again.bucket.files
    assert [mail.to for mail in one.post.mails] == [mail.to for mail in again.post.mails]
    assert one.told.fetched == again.told.fetched


def test_people_come_home_with_what_they_came_for() -> None:
    told = [
        play(Setting(seed, cast=Cast.DESK)).told for seed in (3, 5)
    ]  # not in every story does somebody want a file
    assert {each.piece for some in told for each in some.fetched} == {"file", "review", "manifest"}
    assert any(1 in each.entered.values() for each in told)


ASKED = {Put: "dynamodb:PutItem", Update: "dynamodb:UpdateItem", Delete: "dynamodb:DeleteItem"}


@pytest.mark.parametrize("cast", STORIES)
def test_no_function_does_to_the_ledger_what_its_role_would_not_let_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[tuple[str, str]] = set()
    write = TableTwin.write

    def noted(table: TableTwin, *actions: Action) -> None:
        if task := table._outside.scheduler.current:
            name = task.name.partition("/")[0]
            handler = HANDLERS[name].__name__.split(".")[1] if name in HANDLERS else name
            function = handler.title().replace("_", "")
            rights = (ASKED.get(type(each), "dynamodb:ConditionCheckItem") for each in actions)
            asked.update((function, right) for right in rights if function in RIGHTS)
        write(table, *actions)

    monkeypatch.setattr(TableTwin, "write", noted)
    play(Setting(0, size=replace(usual_size(cast), companies=4), cast=cast))
    assert len(asked) > 10
    assert not [(function, right) for function, right in sorted(asked) if right not in RIGHTS[function]]


@cache
def calls() -> dict[Cast, Counter[str]]:
    return shared_out({cast: calls_of(cast) for cast in STORIES})


@pytest.mark.parametrize(
    ("cast", "sites"),
    [(Cast.ROUTES, 200), (Cast.DESK, 80), (Cast.BOOKS, 10), (Cast.BELONGING, 10), (Cast.MANY, 10)],
)
def test_a_crash_before_or_after_any_call_site_changes_nothing_at_the_end(cast: Cast, sites: int) -> None:
    """Before one call site, after the next, and so on: the other half is tried by `make prove`."""
    assert len(calls()[cast]) >= sites
    alone: list[Crash] = []
    chosen = [each for n, each in enumerate(crashes(calls()[cast], each=1)) if n % 4 in (0, 3)]
    for several in together(cast, chosen):
        found = outcome_of(several)
        assert not found.wrong, (several, found.wrong)
        alone += found.left
    for one in alone:
        found = outcome_of(one)
        assert not found.wrong, (one, found.wrong)
        assert not found.left, one


def test_every_function_is_in_it() -> None:
    """But the one that CodeDeploy asks, which has to do with no work."""
    functions = [
        each.__name__.split(".")[1] for each in (*HANDLERS.values(), *CLOCKED.values(), *ANSWERING.values())
    ]
    all_of_them = {handler.parent.name for handler in ROOT.glob("functions/*/handler.py")}
    assert set(functions) == all_of_them - {"check_release"}
