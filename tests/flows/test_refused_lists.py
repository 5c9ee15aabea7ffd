"""Many records that Xledger refuses: what it costs until the others are through and people know."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.domain.problems import Code
from moment_xledger.domain.turns import cost_of_trying
from moment_xledger.flows.resolve_problem import Resolver, retry_group
from tests.builders import COMPANY, a_company, a_customer, a_private_person, a_project, of
from tests.world import TOKEN_ID, World

A_MINUTE = timedelta(minutes=1)
MOST = 30

Event = dict[str, Any]
Change = Callable[[int], dict[str, Any]]

PLACES = [("5003", "Bergen"), ("0155", "Oslo"), ("8006", "Bodø"), ("9008", "Tromsø"), ("4006", "Stavanger")]
NAMES = ["Fjord Bygg", "Dal Tre", "Berg & Sønn", "Vik Data", "Nes Regnskap", "Haug Elektro", "Lie Rør"]


def an_ordinary(n: int, rng: random.Random, **but: Any) -> Event:
    zip_code, place = rng.choice(PLACES)
    name = f"{rng.choice(NAMES)} {rng.choice(['AS', 'DA', 'ANS'])}"
    address = {"street": f"Gata {n % 60 + 1}", "zipCode": zip_code, "place": place}
    values: Event = {
        "name": name,
        "email": f"post{n}@{name.split()[0].lower()}.example",
        "organizationNumber": None,
        "address": address | {"countryCode": rng.choice(["NO", "SE", "DK"])},
    }
    but = {name: values[name] | value if isinstance(value, dict) else value for name, value in but.items()}
    return values | but


RULES: dict[str, tuple[dict[str, Any], Change]] = {
    "a country": (
        {"field": "country", "pattern": "^(AX|FO)$"},
        lambda n: {"address": {"countryCode": ("AX", "FO")[n % 2]}},
    ),
    "a long name": (
        {"field": "description", "longest": 40},
        lambda n: {"name": f"Stiftelsen {NAMES[n % 7]} og {NAMES[n % 5]} i Nord-Norge {'x' * (n % 30)}"},
    ),
    "the form of an e-mail": (
        {"field": "email", "pattern": r"@[^.]*$"},
        lambda n: {"email": f"post{n}@{('fjord', 'dal', 'berg')[n % 3]}"},
    ),
    "no e-mail": ({"field": "email", "pattern": "^$"}, lambda n: {"email": None}),
    "how a number begins": ({"field": "code", "pattern": "^7"}, lambda n: {"customerNumber": f"7{n:04}"}),
    "a number with letters": (
        {"field": "code", "pattern": "[A-Z]"},
        lambda n: {"customerNumber": f"K{n:05}"},
    ),
}  # fmt: skip
NAMED, UNNAMED = "{field}: The value is not valid.", "One of the values is not valid."


def asked(world: World) -> int:
    total: int = world.requests["total"]
    return total


def through(world: World) -> set[str]:
    return {each["code"] for each in world.held("customers")}


def a_crowd(rule: str, seed: int, refused: int = 300, all_: int = 500) -> tuple[list[Event], set[str]]:
    """Events, and the numbers of those that nothing is wrong with."""
    rng = random.Random(seed)
    places = list(range(all_))
    if seed % 3 == 0:
        bad = set(rng.sample(places, refused))
    else:
        bad = set(places[:refused] if seed % 3 == 1 else places[-refused:])
    events, sound = [], set()
    for n in places:
        change = RULES[rule][1](n) if n in bad else {}
        fields = an_ordinary(n, rng, **change)
        number = fields.pop("customerNumber", f"{20_000 + n}")
        events.append(a_customer(number, id=n + 1, **fields))
        if n not in bad:
            sound.add(number)
    return events, sound


@pytest.mark.parametrize(
    ("rule", "message", "is_atomic", "seed"),
    [
        (rule, *way)
        for n, rule in enumerate(RULES)
        for way in (
            [(NAMED, True, 0), (UNNAMED, False, 0)] if n % 2 else [(NAMED, False, 1), (UNNAMED, True, 2)]
        )
    ],
)
def test_of_many_refused_alike_the_sound_ones_go_and_people_know_within_thirty_requests(
    rule: str, message: str, is_atomic: bool, seed: int
) -> None:
    plan = {"rules": [RULES[rule][0] | {"message": message}], "atomic_lists": is_atomic}
    world = World(Plan.model_validate({"credits_per_hour": None} | plan))
    events, sound = a_crowd(rule, seed)
    world.receive(*events)
    world.run(until=A_MINUTE)
    assert asked(world) <= MOST
    assert sound <= through(world)
    assert len(through(world)) == len(world.held("customers"))
    groups = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE))
    told = sum(int(group.details["count"]) for group in groups)
    alone = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_BY_XLEDGER))
    assert 1 <= len(groups) <= 2
    assert told + len(alone) == 300
    assert len(alone) <= 20


@pytest.mark.parametrize("is_atomic", [True, False])
def test_so_it_is_where_the_legal_register_refuses_them(is_atomic: bool) -> None:
    rule = RULES["a country"][0] | {"kind": "companies", "message": NAMED}
    plan = {"credits_per_hour": None, "rules": [rule], "atomic_lists": is_atomic}
    world = World(Plan.model_validate(plan))
    events, sound = a_crowd("a country", 3)
    world.receive(*events)
    world.run(until=A_MINUTE)
    assert asked(world) <= MOST
    assert through(world) == sound
    companies = [each["code"] for each in world.held("companies")]
    assert len(companies) == len(set(companies))


@pytest.mark.parametrize("message", [NAMED, UNNAMED])
def test_and_where_changes_are_refused(message: str) -> None:
    world = World(Plan(credits_per_hour=None))
    events, sound = a_crowd("the form of an e-mail", 5)
    world.receive(*events)
    world.run()
    rule = RULES["the form of an e-mail"][0] | {"message": message}
    world.server.replan({"rules": [rule], "atomic_lists": False})
    before = asked(world)
    changed = [event["data"] | {"version": 2, "name": event["data"]["name"] + " Norge"} for event in events]
    world.receive(*[event | {"data": data} for event, data in zip(events, changed, strict=True)])
    world.run(until=A_MINUTE)
    assert asked(world) - before <= MOST
    new = {each["code"] for each in world.held("customers") if each["description"].endswith(" Norge")}
    assert sound <= new


def test_a_wide_spread_of_values_that_xledger_names_costs_no_request_each() -> None:
    rule = {"field": "zipCode", "pattern": "^99", "message": "zipCode: '{value}' is not valid."}
    world = World(Plan.model_validate({"credits_per_hour": None, "rules": [rule]}))
    rng = random.Random(1)
    bad = set(rng.sample(range(500), 300))
    events = []
    for n in range(500):
        address = {"zipCode": f"99{n % 100:02}" if n in bad else f"{rng.randint(1000, 8999)}"}
        events.append(a_customer(str(n + 1), organizationNumber=None, address=address))
    world.receive(*events)
    world.run(until=A_MINUTE)
    assert asked(world) <= MOST
    assert through(world) == {str(n + 1) for n in range(500) if n not in bad}


def a_group(refused: int = 40, **plan: Any) -> World:
    """Those whose e-mail Xledger refuses are a group; nobody is waiting."""
    rule = RULES["the form of an e-mail"][0] | {"message": NAMED}
    world = World(Plan.model_validate({"credits_per_hour": None, "rules": [rule]} | plan))
    events, _ = a_crowd("the form of an e-mail", 0, refused, refused + 10)
    world.receive(*events)
    world.run(until=A_MINUTE)
    return world


def group_of(world: World) -> Any:
    (found,) = world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE)
    return found


def singles(world: World) -> int:
    return len(list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_BY_XLEDGER)))


def test_a_group_says_how_many_and_names_some_and_quotes_xledger() -> None:
    problem = group_of(a_group())
    assert 30 <= int(problem.details["count"]) < 40
    assert len(problem.details["examples"].split(", ")) == 3
    assert problem.their_words == "email: The value is not valid."


def test_its_members_are_tried_again_within_a_tenth_of_the_hour_and_stay_one_problem() -> None:
    world = a_group()
    world.ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": 100}))
    before, left, alone = asked(world), group_of(world).details["count"], singles(world)
    world.run(until=timedelta(hours=2))
    tried = asked(world) - before
    assert 8 <= tried <= 26
    assert group_of(world).details["count"] == left
    assert int(group_of(world).details["certain"]) >= 3
    assert singles(world) == alone


@pytest.mark.parametrize("percent", [35, 55])
def test_where_no_rule_shows_the_sound_ones_go_one_by_one_within_the_share(percent: int) -> None:
    rng = random.Random(percent)
    numbers = [str(n) for n in range(61_000, 61_300)]
    bad = [number for number in numbers if rng.random() * 100 < percent]
    rule = {"field": "code", "pattern": f"^({'|'.join(bad)})$", "message": "Not now."}
    world = World(Plan.model_validate({"credits_per_hour": None, "rules": [rule]}))
    world.ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": 500}))
    world.receive(*[a_private_person(number) for number in numbers])
    world.run(until=timedelta(minutes=10))
    groups = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE))
    assert groups
    before, alone = asked(world), singles(world)
    world.run(until=timedelta(minutes=70))
    assert asked(world) - before <= 60
    assert singles(world) <= alone + 2


def test_it_is_over_by_itself_when_xledger_takes_them() -> None:
    world = a_group()
    world.ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": 500}))
    world.server.replan({"rules": []})
    world.run(until=timedelta(hours=3))
    assert list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE)) == []
    alone = list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_BY_XLEDGER))
    assert len(through(world)) == 50 - len(alone)


def test_a_member_that_is_saved_again_leaves_it() -> None:
    world = a_group()
    number = group_of(world).details["examples"].split(", ")[0]
    left = int(group_of(world).details["count"])
    world.receive(a_customer(number, id=int(number) - 19_999, version=2, organizationNumber=None))
    world.run(until=timedelta(minutes=12))
    assert number in through(world)
    assert int(group_of(world).details["count"]) < left


def test_trying_all_again_costs_no_more_than_the_page_says() -> None:
    world = a_group()
    problem = group_of(world)
    count = int(problem.details["count"])
    retry_group(problem, Resolver(world.ledger, world._wake, world.time, "Kari"))
    before = asked(world)
    world.run(until=A_MINUTE)
    assert asked(world) - before <= cost_of_trying(count)
    assert int(group_of(world).details["count"]) >= count - 10


def test_and_all_go_if_xledger_takes_them_now() -> None:
    world = a_group()
    world.server.replan({"rules": []})
    retry_group(group_of(world), Resolver(world.ledger, world._wake, world.time, "Kari"))
    before = asked(world)
    world.run(until=A_MINUTE)
    assert asked(world) - before <= 4
    world.run(until=timedelta(minutes=30))
    assert list(world.ledger.problems.of(COMPANY.id, "customer", Code.REFUSED_ALIKE)) == []


@pytest.mark.parametrize("seed", range(4))
def test_on_a_shared_token_nobody_waits_for_the_refused_records_of_another(seed: int) -> None:
    """Two hundred, each refused for a reason of its own, on a plan of a hundred requests an hour."""
    rng = random.Random(seed)
    rule = {"field": "description", "pattern": "feil", "message": "{value} is not what it should be."}
    entities = [{"ownerCode": 10_005}, *({"ownerCode": code, "parent": 10_005} for code in (10_051, 10_052))]
    plan = {"credits_per_hour": 100, "rules": [rule], "entities": entities}
    plan["tokens"] = [{"token": "c29tZQ", "ownerCode": 10_005}]
    companies = [
        a_company(name, owner_code=code, requests_per_hour=100)
        for name, code in (("north", 10_051), ("south", 10_052))
    ]
    world = World(Plan.model_validate(plan), companies)
    bad = [
        a_customer(str(n), name=f"{rng.choice(NAMES)} feil {'abcdefghij'[n % 10]}", organizationNumber=None)
        for n in range(30_000, 30_200)
    ]
    world.receive(*[of("north", event) for event in bad])
    waited = []
    for n in range(6):
        world.run(until=timedelta(seconds=rng.randint(0, 900)))
        came = world.time()
        world.receive(of("south", a_customer(str(40_000 + n), organizationNumber=None)))
        while str(40_000 + n) not in through(world):
            world.carry_wakes()
            if str(40_000 + n) in through(world):
                break
            world.time.now += timedelta(seconds=10)
            if world.time().second < 10:
                world.sweep()
            assert world.time() - came < timedelta(hours=1)
        waited.append(world.time() - came)
    assert max(waited) <= timedelta(minutes=2)


@pytest.mark.parametrize("gone", [300, 20])
@pytest.mark.parametrize("is_atomic", [True, False])
def test_those_that_are_gone_from_xledger_cost_a_few_requests(gone: int, is_atomic: bool) -> None:
    """Also where they are removed after they were looked up."""
    total = 300 if gone == 300 else 500
    world = World(Plan(credits_per_hour=None, atomic_lists=is_atomic))
    numbers = [str(n) for n in range(50_000, 50_000 + total)]
    world.receive(*[a_customer(number, organizationNumber=None) for number in numbers])
    world.run()
    by_code = {each["code"]: each["dbId"] for each in world.held("customers")}
    removed = random.Random(gone).sample(numbers, gone)
    asks, waiting = world.xledger.ask, list(removed)

    def ask(token: Any, operation: str, variables: Any) -> Any:
        if operation == "UpdateCustomers":
            while waiting:
                world.server.remove("customers", by_code[waiting.pop()])
        return asks(token, operation, variables)

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(*[a_customer(number, version=2, name="Ny", organizationNumber=None) for number in numbers])
    before = asked(world)
    world.run()
    assert asked(world) - before <= (6 if gone == 300 else 8)
    codes = {(number, code) for _, number, code in world.problems()}
    assert codes == {(number, "GONE_FROM_XLEDGER") for number in removed}
    left = {each["code"]: each["description"] for each in world.held("customers")}
    assert left == dict.fromkeys(set(numbers) - set(removed), "Ny")


def test_projects_whose_customers_are_gone_cost_a_few_requests() -> None:
    world = World(Plan(credits_per_hour=None))
    customers = [str(n) for n in range(60_000, 60_100)]
    world.receive(*[a_customer(number, organizationNumber=None) for number in customers])
    world.run()
    gone = set(customers[::5])
    for each in world.held("customers"):
        if each["code"] in gone:
            world.server.remove("customers", each["dbId"])
    projects = [a_project(f"P-{n}", customerNumber=customers[n % 100]) for n in range(400)]
    world.receive(*projects)
    before = asked(world)
    world.run(until=timedelta(minutes=5))
    assert asked(world) - before <= 8
    assert len(world.held("projects")) == 320


def test_a_country_that_xledger_is_known_not_to_have_is_told_before_anything_is_sent() -> None:
    world = World(Plan(credits_per_hour=None))
    world.ledger.references.save_countries(TOKEN_ID, {"NO", "SE"}, world.time())
    world.receive(
        a_customer("1", organizationNumber=None, address={"countryCode": "NO"}),
        a_customer("2", organizationNumber=None, address={"countryCode": "QQ"}),
        a_customer("3", organizationNumber=None, address={}),
    )
    world.run()
    assert through(world) == {"1", "3"}
    assert list(world.problems()) == [("customer", "2", "REFERENCE_NOT_FOUND")]
    assert world.requests["by_operation"]["AddCustomers"] == 1


def test_a_list_of_countries_is_believed_for_some_days_and_never_without_norway() -> None:
    world = World(Plan(credits_per_hour=None))
    world.ledger.references.save_countries(TOKEN_ID, {"SE"}, world.time())
    world.receive(a_customer("1", organizationNumber=None, address={"countryCode": "DK"}))
    world.run()
    world.ledger.references.save_countries(TOKEN_ID, {"NO"}, world.time())
    world.time.now += timedelta(days=4)
    world.receive(a_customer("2", organizationNumber=None, address={"countryCode": "DK"}))
    world.run()
    assert through(world) == {"1", "2"}
