"""A probe is recorded without secrets and personal data, and what is played again is found to be the same."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from local.cassettes.cleaning import Cleaner
from local.cassettes.playing import about, start
from local.cassettes.recording import recording
from local.moment import Shape
from local.xledger.soap.plan import PASSWORD
from moment_xledger.adapters.xledger_graphql import XledgerGraphql
from tests.builders import a_customer, a_project, an_invoice
from tests.flows.probing import EVERYTHING, PROJECTS, Room
from tests.office import MOMENT_KEY
from tests.world import TOKEN

CASSETTES = Path(__file__).parent.parent / "cassettes"
KARI = "Kari Ødegård Fotografi"
PLANS: Mapping[str, dict[str, Any]] = {
    "as_assumed": {},
    "otherwise": {
        "plan": {
            "vat_codes": "xledger",
            "ids": "strings",
            "codes": "padded",
            "entities": [{"dimensions": {3: "PROJECT", 1: "DEPARTMENT"}}],
            "soap": {"project_in": 3, "column_names": {"Account": "Kontonr"}, "result_shape": "dataset"},
        },
        "shape": Shape(only_included={"customers": ("email",)}, project_states=("inProgress", "finished")),
    },
    "in_the_way": {
        "plan": {
            "schema_lacks": ["AddProjectsInputNode.subledger"],
            "soap": {"filters": "ignored", "result_shape": "string"},
        },
        "shape": Shape(absent=("expenses",)),
    },
}


class OverHttp(Room):
    """Whose GraphQL goes over HTTP too, as a recording needs it."""

    def worker(self) -> Any:
        worker = super().worker()
        url = f"{getattr(self, 'answers', None) or self.xledger.url}/graphql"
        xledger = XledgerGraphql(requests.Session(), url, timedelta(seconds=10))
        object.__setattr__(worker, "xledger", xledger)
        return worker


def room_of(name: str) -> OverHttp:
    given = PLANS[name]
    plan = given.get("plan", {})
    events = [
        a_customer("10041", name=KARI, email="kari@odegard.example"),
        an_invoice(10231),
        *map(a_project, PROJECTS),
    ]
    soap = {"ledger": {"lines": 60}} | plan.get("soap", {})
    room = OverHttp({**plan, "soap": soap}, given.get("shape", Shape()), EVERYTHING, events)
    hands = room.world.server.hands
    hands.do({"do": "make", "kind": "customers", "code": "10041", "description": KARI})
    hands.do({"do": "make", "kind": "projects", "code": "P-1002", "description": "Bryllup i Ålesund"})
    return room


def record(name: str, folder: Path) -> None:
    room = room_of(name)
    with recording(room.company) as kept:
        probe = room.probe()
    room.close()
    kept.keep(folder, room.company, probe, "our own simulators")


@pytest.fixture
def replayed() -> Iterator[Any]:
    """What a probe finds where a cassette answers."""
    rooms: list[Room] = []

    def play(folder: Path) -> dict[str, str]:
        known = about(folder)
        room = OverHttp(settings={**EVERYTHING, **known["settings"]})
        rooms.append(room)
        with start(folder) as running:
            room.xledger = room.moment = running
            return room.cases()

    yield play
    for room in rooms:
        room.close()


@pytest.mark.parametrize(
    "folder", sorted(each for each in CASSETTES.iterdir() if each.is_dir()), ids=lambda f: f.name
)
def test_a_probe_of_each_cassette_finds_what_it_says(folder: Path, replayed: Any) -> None:
    assert replayed(folder) == about(folder)["found"]


@pytest.mark.parametrize("name", PLANS)
def test_what_is_recorded_now_is_found_again_and_holds_no_secret_and_no_name(
    name: str, replayed: Any, tmp_path: Path
) -> None:
    record(name, tmp_path)
    assert replayed(tmp_path) == about(tmp_path)["found"]
    text = "".join(file.read_text("utf-8") for file in tmp_path.iterdir())
    for secret in (TOKEN.secret, MOMENT_KEY.secret, PASSWORD, "kept-key"):
        assert secret not in text
    for personal in (KARI, "kari@odegard.example", "Bryllup", "Strandgaten", "Tegnprogram"):
        assert personal not in text


def test_each_plan_has_its_cassette() -> None:
    assert {each.name for each in CASSETTES.iterdir() if each.is_dir()} >= set(PLANS)
    for name in PLANS:
        assert about(CASSETTES / name)["made_by"] == "our own simulators"


def test_the_same_text_becomes_the_same_and_keeps_its_form() -> None:
    cleaner = Cleaner(12345)
    first = cleaner.text("P-1007 Kaia")
    assert first == cleaner.text("P-1007 Kaia") != "P-1007 Kaia"
    assert [each.isalpha() for each in first] == [each.isalpha() for each in "P-1007 Kaia"]
    assert cleaner.text("2026-11-22") == "2026-11-22"
    assert cleaner.text("4000") == "4000"
    assert cleaner.text("01017012345") != "01017012345"
    assert cleaner.owner(12345) == 99_168
    assert cleaner.owner(54321) == 99_169
