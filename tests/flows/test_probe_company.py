"""A probe finds each guess that is wrong, names it, and leaves the right ones alone; and it changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import requests

from local.moment import Shape
from moment_xledger.adapters.moment_api import MomentApi
from moment_xledger.adapters.moment_expenses import MomentExpenses
from moment_xledger.adapters.xledger_postings import Postings
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.assumptions import CASES, Assumption, Verdict, Work
from moment_xledger.domain.companies import Language
from moment_xledger.domain.dimensions import Source, slots_of
from moment_xledger.domain.errors import UnusableAnswer
from moment_xledger.domain.expense_runs import Window
from moment_xledger.domain.expenses import ProjectState
from moment_xledger.domain.followed import columns_of, names_of
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.probe_report import as_data, reported
from moment_xledger.domain.probes import MOST_REQUESTS
from moment_xledger.domain.soap_outcomes import CallFailed
from moment_xledger.flows.probe_company import probe_company
from tests.flows.probing import EVERYTHING, NORDVIK, Room
from tests.office import MOMENT_KEY
from tests.world import START, TOKEN

Rooms = Callable[..., Room]


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    made: list[Room] = []

    def make(**given: Any) -> Room:
        room = Room(**given)
        made.append(room)
        hands = room.world.server.hands
        hands.do({"do": "make", "kind": "customers", "code": "10007", "description": "Havn Regnskap AS"})
        hands.do({"do": "make", "kind": "projects", "code": "P-1001", "description": "Kaia"})
        return room

    yield make
    for each in made:
        each.close()


def test_where_every_guess_is_right_nothing_is_different(rooms: Rooms) -> None:
    room = rooms()
    before = room.world.server.seen()
    probe = room.probe()
    verdicts = {str(each.assumption): each.verdict for each in probe.findings}
    unknown = [name for name, verdict in verdicts.items() if verdict is Verdict.UNKNOWN]
    assert unknown == ["moment_expenses", "null_clears", "atomic_lists", "reset_at"]
    assert set(verdicts.values()) == {Verdict.AS_ASSUMED, Verdict.UNKNOWN}
    assert set(verdicts) == {str(each) for each in Assumption}
    assert probe.passed
    after = room.world.server.seen()
    assert all(after[name] == before[name] for name in ("customers", "projects", "companies"))


def test_its_requests_are_told_of_counted_and_few(rooms: Rooms) -> None:
    room = rooms()
    probe = room.probe()
    assert probe.requests == len(room.told) <= MOST_REQUESTS
    asked = sum(room.world.server.seen()["soapRequests"].values())
    assert asked == 2
    assert room.world.requests["total"] == sum(not each.startswith(("SOAP", "Moment")) for each in room.told)


def test_it_never_asks_more_often_than_it_may(rooms: Rooms) -> None:
    everything_hidden = Shape(only_included={"customers": ("email",), "invoices": ("total",)})
    settings = {**EVERYTHING, "route": "upload", "import_code": "X1"}
    room = rooms(shape=everything_hidden, settings=settings)
    probe = room.probe()
    assert probe.requests == MOST_REQUESTS == len(room.told)
    assert "ListCountries" not in room.told


SUB = {"ownerCode": 99170, "description": "Nordvik Nord AS", "parent": 99168}
TWO = {"entities": [{"ownerCode": 99168}, SUB]}


@pytest.mark.parametrize(
    ("plan", "stops", "assumption", "case"),
    [
        ({**TWO, "all_owners": "CURRENT"}, {Work.CUSTOMERS}, "all_customers", "missed"),
        ({**TWO, "all_statuses": "OPEN"}, {Work.PROJECTS}, "all_projects", "missed"),
        (
            {"entities": [{"dimensions": {3: "PROJECT"}}], "soap": {"project_in": 3}},
            set(),
            "dimensions",
            "other",
        ),
        ({"schema_lacks": ["Customer_Filter.code_in"]}, {Work.CUSTOMERS, Work.PROJECTS}, "schema", "lacks"),
        ({"schema_lacks": ["AddProjectsInputNode.subledger"]}, {Work.PROJECTS}, "schema", "lacks"),
        ({"schema_lacks": ["Query.taxTableSetups.ownerSet"]}, set(), "schema", "goes_without"),
        ({"id_filters": "Int64String"}, {Work.CUSTOMERS, Work.PROJECTS}, "schema", "lacks"),
        ({"vat_codes": "xledger"}, {Work.INVOICES}, "sales_vat", "absent"),
        ({"soap": {"column_names": {"Account": "Kontonr"}}}, set(), "export_columns", "renamed"),
        ({"soap": {"column_names": {"Posting2": "Oppdrag"}}}, set(), "export_columns", "renamed"),
        ({"soap": {"column_names": {"Amount": "Saldo"}}}, {Work.EXPENSES}, "export_columns", "lacks"),
        ({"soap": {"ids_name": "voucher"}}, set(), "export_ids", "voucher"),
        ({"soap": {"filters": "ignored"}}, {Work.EXPENSES}, "export_filter", "ignored"),
        ({"soap": {"filters": "no_lines"}}, {Work.EXPENSES}, "export_filter", "empty"),
        ({"soap": {"filters": "refused"}}, {Work.EXPENSES}, "export_filter", "refused"),
        (
            {"soap": {"export_names": {"GetGLTransactionsData": "GetEntriesOfBooks"}}},
            {Work.EXPENSES},
            "export_wsdl",
            "lacks",
        ),
        ({"soap": {"export_names": {"iEntityCode": "iNumber"}}}, {Work.EXPENSES}, "export_wsdl", "lacks"),
        (
            {"soap": {"export_names": {"GetGLTransactionsData": "GetLedgerTransactions"}}},
            set(),
            "export_wsdl",
            "renamed",
        ),
        (
            {"soap": {"export_names": {"sFilter": "sWhere", "iEntityCode": "iOwnerCode"}}},
            set(),
            "export_wsdl",
            "renamed",
        ),
    ],
)
def test_a_wrong_guess_about_xledger_is_found_and_named(
    rooms: Rooms, plan: dict[str, Any], stops: set[Work], assumption: str, case: str
) -> None:
    room = rooms(plan=plan)
    hands = room.world.server.hands
    if len(room.world.server.plan.entities) > 1:
        below = {"ownerCode": 99170, "description": "Sund AS"}
        hands.do({"do": "make", "kind": "customers", "code": "20007", **below})
        hands.do({"do": "close", "kind": "projects", "record": "P-1001", "toDate": "2026-01-31"})
    probe = room.probe()
    found = {str(each.assumption): each for each in probe.findings}
    assert found[assumption].case == case
    assert found[assumption].stops == stops
    assert found[assumption].verdict is (Verdict.STOP if stops else Verdict.FOLLOWED)
    assert probe.passed is (not stops)
    other_stops = {each.assumption for each in probe.findings if each.verdict is Verdict.STOP}
    assert other_stops <= {assumption, "rights"}  # what the schema has not is refused as well


@pytest.mark.parametrize(
    ("shape", "assumption", "case", "stops"),
    [
        (Shape(only_included={"customers": ("organizationNumber",)}), "moment_customers", "include", set()),
        (Shape(left_out={"customers": ("name",)}), "moment_customers", "lacking", {Work.NIGHTS}),
        (Shape(left_out={"customers": ("email",)}), "moment_customers", "not_seen", set()),
        (Shape(project_states=("inProgress", "finished")), "moment_projects", "state", set()),
        (Shape(project_states=("warm", "cold")), "moment_projects", "state_unknown", {Work.EXPENSES}),
        (Shape(only_included={"invoices": ("vatLines",)}), "moment_invoices", "include", set()),
        (Shape(absent=("expenses",)), "moment_expenses", "absent", {Work.EXPENSES}),
    ],
)
def test_a_wrong_guess_about_moment_is_found_and_named(
    rooms: Rooms, shape: Shape, assumption: str, case: str, stops: set[Work]
) -> None:
    room = rooms(shape=shape)
    found = room.finding(assumption)
    assert (found.case, set(found.stops)) == (case, stops)
    assert found.verdict is not (Verdict.STOP if not stops else Verdict.AS_ASSUMED)


@pytest.mark.parametrize("how", ["refused", "null_with_error", "null", "hidden"])
def test_a_right_to_a_nested_type_that_is_missing_is_found(rooms: Rooms, how: str) -> None:
    denied = [{"token": TOKEN.secret, "denied": ["Customer.company"]}]
    room = rooms(plan={"denied_types": how})
    room.world.server.replan({"tokens": denied})
    found = {str(each.assumption): each for each in room.probe().findings}
    named = [each for each in found.values() if each.verdict is Verdict.STOP]
    assert Work.CUSTOMERS in {work for each in named for work in each.stops}
    assert {str(each.assumption) for each in named} <= {"rights", "schema"}
    assert any("ompany" in each.evidence() for each in named)


def test_rates_that_are_others_are_found(rooms: Rooms) -> None:
    room = rooms(settings={**EVERYTHING, "vat_codes": {"3": "31"}})
    found = room.finding("sales_vat")
    assert (found.case, found.details["pairs"]) == ("differ", "3 (25 %) → 31 (15 %)")
    tax = rooms(plan={"vat_codes": "xledger"}).finding("purchase_vat")
    assert tax.details["rates"] == "1 = 25 %, 11 = 15 %, 12 = 12 %"


def test_where_the_settings_name_another_dimension_than_xledger_the_import_must_not_begin(
    rooms: Rooms,
) -> None:
    found = rooms(settings={**EVERYTHING, "project_dimension": 4}).finding("dimensions")
    assert (found.case, found.details) == ("typed", {"slot": "2", "typed": "4"})
    assert Work.EXPENSES in found.stops


def test_where_xledger_does_not_say_the_lines_show_the_dimension_and_it_is_used(rooms: Rooms) -> None:
    room = rooms(plan={"schema_lacks": ["Query.viewer"], "soap": {"project_in": 3}})
    assert room.cases()["export_project"] == "other"
    slots = slots_of(room.company, room.world.ledger.references.dimensions(room.company.token_id))
    assert (slots.project, slots.source) == (3, Source.XLEDGER)


def test_a_code_of_an_entity_that_is_not_its_owner_code_confuses_nobody(rooms: Rooms) -> None:
    assert rooms(plan={"entities": [{"ownerCode": 99168, "code": "7"}]}).cases()["entity"] == "fits"


def test_an_owner_code_that_is_not_reached_or_not_said_is_named(rooms: Rooms) -> None:
    assert rooms(settings={**EVERYTHING, "owner_code": 12345}).cases()["entity"] == "not_reached"
    learnt = {**EVERYTHING, "owner_code": None, "import_expenses": False}
    assert rooms(settings=learnt).cases()["entity"] == "learnt"
    several = rooms(plan=TWO, settings=learnt).finding("entity")
    assert several.case == "needed"
    assert "99170 Nordvik Nord AS" in several.evidence()


def test_introspection_that_is_closed_leaves_the_schema_unknown_and_the_rest_known(rooms: Rooms) -> None:
    cases = rooms(plan={"introspection": False}).cases()
    assert cases["schema"] == "unknown"
    assert cases["rights"] == cases["all_customers"] == "fits"


def test_a_firewall_in_between_passes_nothing(rooms: Rooms) -> None:
    room = rooms(plan={"gateway": "page"})
    probe = room.probe()
    of_xledger = [each for each in probe.findings if not each.assumption.startswith(("moment", "export"))]
    assert {each.verdict for each in of_xledger} == {Verdict.UNKNOWN}
    answers = next(each for each in probe.findings if each.assumption == "answers")
    assert "firewall" in answers.evidence()


def test_a_token_that_is_refused_stops_everything_and_little_is_asked(rooms: Rooms) -> None:
    room = rooms()
    room.world.server.replan({"tokens": []})
    probe = room.probe()
    answers = next(each for each in probe.findings if each.assumption == "answers")
    assert (answers.case, answers.stops) == ("token", frozenset(Work))
    assert sum(not each.startswith("Moment") for each in room.told) <= 6
    assert not [
        each
        for each in probe.findings
        if each.verdict is Verdict.AS_ASSUMED and "moment" not in each.assumption
    ]


def test_what_is_empty_is_not_called_as_assumed(rooms: Rooms) -> None:
    room = Room(events=[], plan={"soap": {"ledger": {"lines": 0}}})
    cases = room.cases()
    room.close()
    assert {name for name, case in cases.items() if case == "unknown"} >= {
        *("all_customers", "all_projects", "export_columns", "export_project", "export_filter"),
        *("moment_customers", "moment_projects", "moment_invoices"),
    }


def test_what_no_switch_needs_is_not_asked_for(rooms: Rooms) -> None:
    off = {"owner_code": 99168, "export_customers": False, "export_projects": False, "route": "off"}
    room = rooms(settings=off)
    cases = room.cases()
    assert not {"sales_vat", "export_columns", "all_customers", "moment_expenses"} & cases.keys()
    assert not [each for each in room.told if each.startswith("SOAP")]


def test_a_probe_is_kept_with_what_it_teaches_and_who_asked(rooms: Rooms) -> None:
    shape = Shape(only_included={"customers": ("email",)}, project_states=("active", "closed"))
    room = rooms(plan={"soap": {"column_names": {"Account": "Konto"}}}, shape=shape)
    probe = room.probe()
    kept = room.world.ledger.probes.newest(NORDVIK)
    assert kept == probe
    assert kept.by == "Kari"
    assert room.world.ledger.probes.follows(NORDVIK) == {
        "export.column.account": "konto",
        "moment.include.customers": "base+email",
        "moment.project.state": "projectState",
    }


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_can_be_read_in_both_languages(language: Language) -> None:
    for assumption, cases in CASES.items():
        for name, case in cases.items():
            texts = (case.norwegian, case.english)
            assert all(text.endswith((".", "}")) and len(text) > 10 for text in texts), (assumption, name)
            assert ("{stops}" in case.norwegian) == ("{stops}" in case.english)


def test_the_report_names_each_assumption_as_text_and_as_json(rooms: Rooms) -> None:
    probe = rooms(plan={"soap": {"filters": "no_lines"}}).probe()
    lines = list(reported(probe, Language.ENGLISH))
    assert len(lines) == 2 * len(probe.findings) + 1
    assert "  Different: stop. The filter does not give the line that was changed then. No expense would ever come. Stops: expenses." in lines  # fmt: skip  # noqa: E501
    data = as_data(probe)
    assert not data["passed"]
    by_name = {each["assumption"]: each for each in data["findings"]}
    assert by_name["export_filter"]["stops"] == ["expenses"]
    assert set(by_name["export_filter"]["evidence"]) == {"no", "en"}


def test_numbers_are_found_however_xledger_keeps_them(rooms: Rooms) -> None:
    for codes in ("as_sent", "padded", "trimmed", "upper_case"):
        assert rooms(plan={"codes": codes}).cases()["all_projects"] == "fits"


def test_columns_of_other_names_are_read_from_then_on(rooms: Rooms) -> None:
    room = rooms(plan={"soap": {"column_names": {"Account": "Kontokode", "Posting2": "Oppdrag"}}})
    room.probe()
    names = columns_of(room.world.ledger.probes.follows(NORDVIK))
    assert names == {"account": "kontokode", "project": "oppdrag"}
    line = Line(host("demo", room.xledger.url), requests.Session(), timedelta(seconds=10))
    assert room.login
    year = Window(START - timedelta(days=500), START)

    def read(names: Mapping[str, str]) -> tuple[int, int]:
        postings = Postings(XledgerSoap(room.login, line), 99168, names=names)  # type: ignore[arg-type]
        rows = [
            each for each in postings.lines(year, AccountRanges.read("4000-7999")) if isinstance(each, Row)
        ]
        return sum(bool(row.account) for row in rows), sum(bool(row.project) for row in rows)

    assert read({}) == (0, 0)
    accounts, projects = read(names)
    assert accounts == 300
    assert projects > 50


def test_moments_lists_are_read_as_they_were_found_to_be(rooms: Rooms) -> None:
    shape = Shape(
        only_included={"customers": ("organizationNumber",)}, project_states=("inProgress", "archived")
    )
    room = rooms(shape=shape)
    url = f"{room.moment.url}/api/1.0"
    unprobed = MomentApi(requests.Session(), url)
    found = unprobed.record(NORDVIK, MOMENT_KEY, Kind.CUSTOMER, "10001")
    assert isinstance(found, Customer)
    assert found.organization_number is None
    with pytest.raises(UnusableAnswer):
        unprobed.record(NORDVIK, MOMENT_KEY, Kind.PROJECT, "P-1003")

    room.probe()
    probed = MomentApi(requests.Session(), url, follows=room.world.ledger.probes.follows)
    customer = probed.record(NORDVIK, MOMENT_KEY, Kind.CUSTOMER, "10001")
    assert isinstance(customer, Customer)
    assert customer.organization_number == "923609016"
    project = probed.record(NORDVIK, MOMENT_KEY, Kind.PROJECT, "P-1003")
    assert isinstance(project, Project)
    assert project.active
    follows = room.world.ledger.probes.follows(NORDVIK)
    expenses = MomentExpenses(requests.Session(), url, NORDVIK, MOMENT_KEY, follows=follows)
    assert expenses.project("P-1003") is ProjectState.OPEN


def test_what_a_later_probe_gets_no_answer_to_stays_as_it_was_found(rooms: Rooms) -> None:
    shape = Shape(project_states=("started", "done"))
    room = rooms(plan={"soap": {"column_names": {"Account": "Kto"}, "filters": "ignored"}}, shape=shape)
    first = room.probe()
    taught = {"export.column.account": "kto", "moment.project.state": "projectState"}
    assert first.follows == taught
    room.world.server.replan({"soap": {"filters": "honoured", "html_pages": 1}})
    room.moment.server.shutdown()
    later = room.probe()
    assert later.follows == taught
    assert [each.assumption for each in later.findings if each.verdict is Verdict.STOP] == ["export_filter"]
    room.world.server.replan({"soap": {"html_pages": 0, "column_names": {}}})
    again = room.probe()
    assert "export.column.account" not in again.follows
    assert again.passed


def test_nothing_more_is_asked_once_it_has_taken_too_long(rooms: Rooms) -> None:
    room = rooms()
    slow = room.worker()
    told: list[str] = []

    def tell(name: str) -> None:
        told.append(name)
        room.world.time.now += timedelta(seconds=9)

    prober = room.prober()
    object.__setattr__(prober, "worker", slow)
    probe = probe_company(NORDVIK, "Kari", prober, tell)
    assert len(told) == probe.requests < 12
    late = [each for each in probe.findings if each.details.get("why") == "time_used"]
    assert late
    assert all("too long" in each.evidence() for each in late)


def test_operations_and_fields_of_other_names_are_called_so_from_then_on(rooms: Rooms) -> None:
    names = {"GetGLTransactionsData": "GetGLTransactions", "sUserName": "sLogonID", "eDataOption": "eOption"}
    room = rooms(plan={"soap": {"export_names": names}})
    cases = room.cases()
    assert cases["export_wsdl"] == "renamed"
    assert cases["export_columns"] == cases["export_filter"] == "fits"
    assert names_of(room.world.ledger.probes.follows(NORDVIK)) == names
    line = Line(host("demo", room.xledger.url), requests.Session(), timedelta(seconds=10))
    assert room.login
    soap = XledgerSoap(room.login, line)
    with pytest.raises(CallFailed):
        list(soap.cells("posted_lines", "", 99168))
    soap.names = names
    assert len(list(soap.cells("posted_lines", "", 99168))) == 300
