"""One story under each setting of what Xledger has not published: it ends the same under all of them.

Two of a group's entities are companies of ours, with the same numbers. Beside what we write, others have records:
in the entity above, in a sister, and a supplier with a customer's number.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from local.xledger.plan import parse_plan
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import CompanyId
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from tests.builders import a_company, a_customer, a_private_person, a_project, of
from tests.world import TOKEN, TOKEN_ID, World

TOP, NORTH, SOUTH, SISTER = 61_000, 61_001, 61_002, 61_003
GROUP: Mapping[str, Any] = {
    "entities": [
        {"ownerCode": TOP, "description": "Konsern"},
        {"ownerCode": NORTH, "description": "Nord", "parent": TOP},
        {"ownerCode": SOUTH, "description": "Sør", "parent": TOP},
        {"ownerCode": SISTER, "description": "Søster", "parent": TOP},
    ],
    "tokens": [{"token": TOKEN.secret, "ownerCode": TOP}],
    "credits_per_hour": None,
}
OWNER_FILTERS = tuple(f"{kind}_Filter.ownerDbId" for kind in ("Company", "Customer", "Project"))
SETTINGS: list[dict[str, Any]] = [
    *(
        {"default_owner_set": owner_set, "default_object_status": status}
        for owner_set, status in product(("CURRENT", "LOWER", "MINE", "ALL"), ("OPEN", "ALL"))
    ),
    {"default_owner_set": "MINE", "mine": "LOWER"},
    {"schema_lacks": OWNER_FILTERS},
    {"schema_lacks": ("Query.viewer",)},
    {"schema_lacks": ("Entity.glSetupEntries",)},
    {"codes": "trimmed"},
    {"codes": "padded"},
    {"codes": "upper_case"},
    {"codes_match": "any_case"},
    {"company_numbers": "without_blanks"},
    {"unique_codes": "entity"},
    {"ids": "numbers"},
    {"ids": "strings"},
    {"atomic_lists": False, "error_status": 400},
    {"vat_codes": "xledger", "zero_rates_have_rows": False},
    {"unknown_cursor": "nothing", "changes_kept_days": 1},
]


@dataclass
class Group:
    world: World

    def __post_init__(self) -> None:
        make = self.world.server.hands.make
        above = make("customers", "700", "Konsernkunde AS", TOP)
        make("customers", "702", "Søsterkunde AS", SISTER)
        make("projects", "Å-1", "Søsterprosjekt", SISTER)
        make("projects", "Å-1", "Konsernprosjekt", TOP, subledger=above["dbId"])
        make("suppliers", "701", "Leverandør AS", NORTH)
        self.known = make("customers", "701", "Kjent Kunde", NORTH)
        self.closed = make("customers", "702", "Lukket Kunde", NORTH, fields={"toDate": "2026-02-28"})
        self.strangers = self.of_others()

    def of_others(self) -> list[dict[str, Any]]:
        """All that is in no entity of ours, as it stands."""
        kinds = ("customers", "projects", "companies", "suppliers")
        tables = self.world.server.state.tables
        return [dict(r) for kind in kinds for r in tables[kind] if r["owner"]["ownerCode"] in (TOP, SISTER)]

    def held(self, kind: str, owner: int) -> dict[str, dict[str, Any]]:
        """By number; each stands once."""
        found = [r for r in self.world.server.state.tables[kind] if r["owner"]["ownerCode"] == owner]
        counted = Counter(record["code"].strip().casefold() for record in found)
        assert max(counted.values(), default=0) <= 1, counted
        return {record["code"].strip().casefold(): record for record in found}

    def problems(self, company: str) -> list[tuple[str, str, str]]:
        return sorted(self.world.problems(CompanyId(company)))

    def night(self) -> None:
        self.world.time.now += timedelta(days=2)
        guard_numbers(TOKEN_ID, Guard(self.world.worker(), Reference))


def a_group(**settings: Any) -> Group:
    companies = [a_company("north", owner_code=NORTH), a_company("south", owner_code=SOUTH)]
    plan = parse_plan({**GROUP, **settings})
    return Group(World(plan, companies))


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda each: ", ".join(f"{k} {v}" for k, v in each.items())
)
def test_the_story_ends_the_same(settings: dict[str, Any]) -> None:
    group = a_group(**settings)
    world, hands = group.world, group.world.server.hands
    for company in ("north", "south"):
        world.receive(of(company, a_customer("700", name="Vik Bygg AS", organizationNumber="998877008")))
        world.receive(of(company, a_project("Å-1", customerNumber="700", name="Brygge")))
    world.receive(of("north", a_private_person("701", name="Kjent Kunde")))
    world.receive(of("north", a_private_person("702", name="Lukket Kunde")))
    world.run()

    north, south = group.held("customers", NORTH), group.held("customers", SOUTH)
    assert set(north) == {"700", "701", "702"}
    assert set(south) == {"700"}
    assert north["701"]["dbId"] == group.known["dbId"]
    assert (north["702"]["dbId"], north["702"]["toDate"]) == (group.closed["dbId"], "2026-02-28")
    for owner, customers in ((NORTH, north), (SOUTH, south)):
        project = group.held("projects", owner)["å-1"]
        assert project["subledger"]["dbId"] == customers["700"]["dbId"]
    assert group.problems("north") == group.problems("south") == []

    world.receive(
        of("north", a_customer("700", version=2, name="Vik Bygg Bergen AS", organizationNumber="998877008"))
    )
    world.run()
    assert group.held("customers", NORTH)["700"]["description"] == "Vik Bygg Bergen AS"
    assert group.held("customers", SOUTH)["700"]["description"] == "Vik Bygg AS"

    hands.renumber("customers", group.known["dbId"], "9701")
    group.night()
    assert group.problems("north") == [
        ("customer", "701", "NUMBER_MOVED_IN_XLEDGER"),
        ("customer", "702", "CLOSED_IN_XLEDGER"),
    ]
    world.receive(of("north", a_private_person("701", version=2, name="Kjent Kunde i Bergen")))
    world.run()
    assert set(group.held("customers", NORTH)) == {"700", "702", "9701"}
    assert group.held("customers", NORTH)["9701"]["description"] == "Kjent Kunde"
    assert ("customer", "701", "NUMBER_MOVED_IN_XLEDGER") in group.problems("north")

    hands.renumber("customers", group.known["dbId"], "701")
    group.night()
    world.run()
    assert group.held("customers", NORTH)["701"]["description"] == "Kjent Kunde i Bergen"
    assert group.problems("north") == [("customer", "702", "CLOSED_IN_XLEDGER")]
    assert group.problems("south") == []
    assert group.of_others() == group.strangers


@pytest.mark.parametrize("unique", ["reach"])
def test_a_number_that_another_entity_keeps_for_itself_is_told_with_where_it_stands(unique: str) -> None:
    group = a_group(unique_codes=unique)
    group.world.receive(of("south", a_customer("700")))
    group.world.run()
    assert group.held("customers", SOUTH) == {}
    ((kind, number, _),) = group.problems("south")
    assert (kind, number) == ("customer", "700")
    assert group.of_others() == group.strangers


@pytest.mark.parametrize("shape", ["refused", "hidden", "null_with_error", "null"])
@pytest.mark.parametrize("denied", ["Owner", "Customer.owner"])
def test_where_the_token_does_not_show_whose_a_record_is_nothing_is_doubled(denied: str, shape: str) -> None:
    group = a_group(denied_types=shape)
    group.world.server.replan({"tokens": [{"token": TOKEN.secret, "ownerCode": TOP, "denied": [denied]}]})
    group.world.receive(of("north", a_private_person("701", name="Et annet navn")))
    group.world.receive(of("north", a_private_person("705")))
    group.world.run()
    assert group.held("customers", NORTH)["701"]["description"] == "Kjent Kunde"
    assert group.of_others() == group.strangers
    assert group.problems("north")
