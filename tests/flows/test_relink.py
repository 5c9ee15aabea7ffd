"""A person says which record in Xledger is which one in Moment, and all that waited goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.relinking import NumberInUse
from moment_xledger.flows.decide_problem import decide_problem, offered
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import COMPANY, a_customer, a_private_person, a_project, an_invoice
from tests.world import World

MOVED, CHANGED, TAKEN = Code.NUMBER_MOVED_IN_XLEDGER, Code.NUMBER_CHANGED, Code.NUMBER_TAKEN
RETIRED = Code.RETIRED_ID_SAVED


@dataclass
class Office:
    """Customers 3100 (id 61) and 3200 (id 62) are in Xledger."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.come(a_private_person("3100", id=61, name="Lie"), a_private_person("3200", id=62, name="Moe"))

    def come(self, *events: Mapping[str, Any]) -> None:
        self.world.receive(*events)
        self.world.run()

    def renumber(self, number: str, to: str, table: str = "customers") -> None:
        """As a person does in Xledger's own pages."""
        (record,) = self.world.server.state.tables[table].find("code", number)
        self.world.server.state.change(table, record, {"code": to})

    def say(
        self, choice: Choice, number: str, code: Code, given: str = "", kind: Kind = Kind.CUSTOMER
    ) -> None:
        decide_problem(COMPANY.id, kind, number, code, choice, self.resolver, given)
        self.world.run()

    @property
    def resolver(self) -> Resolver:
        return Resolver(
            self.world.ledger,
            lambda kind, token: self.world.woken.append((kind, token)),
            self.world.time,
            "Kari",
        )

    def is_told_of(self, number: str, code: Code) -> None:
        """As the nightly look tells of it."""
        now = self.world.time()
        problem = Problem(COMPANY.id, "customer", number, code, {"theirs": "3999"}, "", now, now)
        self.world.ledger.problems.report([problem])

    def record(self, id_: int, kind: Kind = Kind.CUSTOMER) -> Record:
        return self.world.ledger.records.get_many(COMPANY.id, [(kind, id_)])[kind, id_]

    @property
    def names(self) -> list[tuple[str, str]]:
        return sorted((each["code"], each["description"]) for each in self.world.held("customers"))

    @property
    def projects(self) -> list[str]:
        return sorted(each["code"] for each in self.world.held("projects"))

    @property
    def invoices(self) -> list[int]:
        """Those that may leave."""
        return [each.invoice.invoice_number for each in self.world.ledger.invoices.since(COMPANY.id)]

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(number, code) for _, number, code in self.world.problems()]

    def offers(self, number: str, code: Code) -> list[tuple[Choice, str]]:
        problem = self.world.ledger.problems.get(COMPANY.id, "customer", number, code)
        assert problem
        return offered(problem, self.world.ledger)


@pytest.fixture
def office() -> Office:
    return Office()


# The number was changed on both sides


def test_a_number_that_was_changed_on_both_sides_goes_on_with_all_that_waits(office: Office) -> None:
    office.renumber("3100", to="7100")
    office.come(
        a_private_person("7100", id=61, version=2, name="Lie"), a_project("Q-1", customerNumber="7100")
    )
    assert (office.problems, office.projects) == ([("7100", CHANGED)], [])
    office.say(Choice.CHANGED_ON_BOTH, "7100", CHANGED)
    assert (office.problems, office.projects) == ([], ["Q-1"])
    assert office.names == [("3200", "Moe"), ("7100", "Lie")]
    assert (office.record(61).sent_number, office.record(61).state) == ("7100", State.SYNCED)


def test_the_old_number_is_free_for_another_then(office: Office) -> None:
    office.renumber("3100", to="7100")
    office.come(a_private_person("7100", id=61, version=2), a_private_person("3100", id=69, name="Ny"))
    assert office.problems == [("7100", CHANGED), ("3100", TAKEN)]
    office.say(Choice.CHANGED_ON_BOTH, "7100", CHANGED)
    assert office.problems == []
    assert ("3100", "Ny") in office.names


def test_numbers_that_were_swapped_on_both_sides_are_settled_by_saying_so_of_both(office: Office) -> None:
    office.renumber("3100", to="x")
    office.renumber("3200", to="3100")
    office.renumber("x", to="3200")
    office.come(
        a_private_person("3200", id=61, version=2, name="Lie"),
        a_private_person("3100", id=62, version=2, name="Moe"),
    )
    assert office.problems == [("3100", CHANGED), ("3200", CHANGED)]
    office.say(Choice.CHANGED_ON_BOTH, "3200", CHANGED)
    office.say(Choice.CHANGED_ON_BOTH, "3100", CHANGED)
    assert (office.problems, office.names) == ([], [("3100", "Moe"), ("3200", "Lie")])
    assert [office.record(id_).state for id_ in (61, 62)] == [State.SYNCED] * 2


def test_a_newer_version_meanwhile_keeps_what_the_person_said(office: Office) -> None:
    office.renumber("3100", to="7100")
    office.come(a_private_person("7100", id=61, version=2))
    decide_problem(COMPANY.id, "customer", "7100", CHANGED, Choice.CHANGED_ON_BOTH, office.resolver)
    office.come(a_private_person("7100", id=61, version=3, name="Lie Bygg"))
    assert (office.problems, ("7100", "Lie Bygg") in office.names) == ([], True)


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        pytest.param("3100", [("7100", CHANGED)], id="it was changed in Moment alone"),
        pytest.param("8100", [("7100", MOVED)], id="it is a third one in Xledger"),
    ],
)
def test_what_a_person_says_is_not_believed_before_xledger_shows_it(
    office: Office, theirs: str, told: list[tuple[str, str]]
) -> None:
    office.renumber("3100", to=theirs)
    office.come(a_private_person("7100", id=61, version=2, name="Aldri"))
    office.say(Choice.CHANGED_ON_BOTH, "7100", CHANGED)
    assert (office.problems, (theirs, "Lie") in office.names) == (told, True)
    problem = office.world.ledger.problems.get(COMPANY.id, "customer", *told[-1])  # type: ignore[arg-type]
    assert problem
    assert theirs in problem.sentence()


def test_and_then_the_third_number_can_be_taken_or_put_right(office: Office) -> None:
    office.renumber("3100", to="8100")
    office.come(a_private_person("7100", id=61, version=2, name="Lie"))
    office.say(Choice.CHANGED_ON_BOTH, "7100", CHANGED)
    office.renumber("8100", to="7100")
    office.say(Choice.PUT_BACK, "7100", MOVED)
    assert (office.problems, ("7100", "Lie") in office.names) == ([], True)


# The number was changed in Xledger


def test_the_number_in_xledger_counts_and_the_record_goes_when_moment_has_it_too(office: Office) -> None:
    office.renumber("3100", to="3999")
    office.is_told_of("3100", MOVED)
    office.say(Choice.TAKE_NUMBER, "3100", MOVED)
    (problem,) = office.world.ledger.problems.of(COMPANY.id)
    assert problem.code is CHANGED
    assert "Kunde 3100 i Moment hadde nummer 3999 i Xledger" in problem.sentence(COMPANY.language)
    assert ("3999", "Lie") in office.names
    office.come(a_private_person("3999", id=61, version=2, name="Lie Bygg"))
    assert (office.problems, ("3999", "Lie Bygg") in office.names) == ([], True)


def test_a_number_of_another_customer_is_not_taken(office: Office) -> None:
    now = office.world.time()
    details = {"theirs": "3200"}
    office.world.ledger.problems.report(
        [Problem(COMPANY.id, "customer", "3100", MOVED, details, "", now, now)]
    )
    with pytest.raises(NumberInUse):
        office.say(Choice.TAKE_NUMBER, "3100", MOVED)
    assert office.problems == [("3100", MOVED)]


def test_a_number_that_is_put_back_is_looked_at_and_goes(office: Office) -> None:
    office.is_told_of("3100", MOVED)
    office.say(Choice.PUT_BACK, "3100", MOVED)
    assert (office.problems, office.names) == ([], [("3100", "Lie"), ("3200", "Moe")])


def test_a_number_that_was_not_put_back_is_told_of_again(office: Office) -> None:
    office.renumber("3100", to="3999")
    office.is_told_of("3100", MOVED)
    office.say(Choice.PUT_BACK, "3100", MOVED)
    assert (office.problems, ("3999", "Lie") in office.names) == ([("3100", MOVED)], True)


def test_what_is_another_record_in_xledger_is_looked_up_again_by_its_number(office: Office) -> None:
    office.renumber("3100", to="3999")
    office.is_told_of("3100", MOVED)
    office.say(Choice.LOOK_UP_AGAIN, "3100", MOVED)
    assert office.problems == []
    assert office.names == [("3100", "Lie"), ("3200", "Moe"), ("3999", "Lie")]


# A record came back under a new id


def test_a_new_id_takes_over_the_link_the_number_and_what_waits(office: Office) -> None:
    known = office.record(61).db_id
    office.come(a_private_person("3100", id=961, name="Lie & Sønn"))
    assert office.offers("3100", TAKEN) == [(Choice.SAME_RECORD, "961")]
    office.say(Choice.SAME_RECORD, "3100", TAKEN, "961")
    heir, retired = office.record(961), office.record(61)
    assert (heir.db_id, heir.sent_number, heir.state, heir.replaces) == (known, "3100", State.SYNCED, (61,))
    assert (retired.db_id, retired.owned_number, retired.state, retired.replaced_by) == (
        None,
        None,
        State.RETIRED,
        961,
    )
    assert (office.problems, office.names) == ([], [("3100", "Lie & Sønn"), ("3200", "Moe")])
    office.come(a_project("Q-2", customerNumber="3100"))
    assert office.projects == ["Q-2"]


def test_the_old_id_is_told_of_and_never_sent_again(office: Office) -> None:
    office.come(a_private_person("3100", id=961, name="Lie"))
    office.say(Choice.SAME_RECORD, "3100", TAKEN, "961")
    office.come(a_private_person("3100", id=61, version=8, name="Feil"))
    assert (office.problems, ("3100", "Lie") in office.names) == ([("3100", RETIRED)], True)
    (problem,) = office.world.ledger.problems.of(COMPANY.id)
    assert "under id 61, which was replaced by id 961" in problem.sentence()
    office.come(a_private_person("3100", id=961, version=2, name="Lie Bygg"))
    assert ("3100", "Lie Bygg") in office.names
    assert office.problems == [("3100", RETIRED)]


def test_two_that_are_separate_after_all_are_two(office: Office) -> None:
    office.come(a_private_person("3100", id=961, name="Lie"))
    office.say(Choice.SAME_RECORD, "3100", TAKEN, "961")
    office.come(a_private_person("3300", id=61, version=8, name="Skilt ut"))
    office.say(Choice.SEPARATE, "3300", RETIRED)
    assert (office.problems, ("3300", "Skilt ut") in office.names) == ([], True)


def test_of_several_new_ids_one_takes_over_and_the_others_are_told_of_it(office: Office) -> None:
    office.come(a_private_person("3100", id=961, name="Lie"), a_private_person("3100", id=962, name="Lie"))
    assert office.offers("3100", TAKEN) == [(Choice.SAME_RECORD, "961"), (Choice.SAME_RECORD, "962")]
    office.say(Choice.SAME_RECORD, "3100", TAKEN, "962")
    (problem,) = office.world.ledger.problems.of(COMPANY.id)
    assert (problem.details["other"], office.offers("3100", TAKEN)) == ("962", [(Choice.SAME_RECORD, "961")])


def test_what_has_a_record_of_its_own_in_xledger_is_not_the_same(office: Office) -> None:
    """It came to want the number of another after it was synced."""
    office.renumber("3200", to="x")
    office.come(a_private_person("3100", id=62, version=2))
    assert office.problems == [("3100", CHANGED)]
    with pytest.raises(ValueError, match="does not offer"):
        office.say(Choice.SAME_RECORD, "3100", CHANGED, "62")


def test_a_chain_of_new_ids_remembers_them_all(office: Office) -> None:
    for old, new in ((61, 961), (961, 971)):
        office.come(a_private_person("3100", id=new, name="Lie"))
        office.say(Choice.SAME_RECORD, "3100", TAKEN, str(new))
        assert office.record(old).state is State.RETIRED
    assert office.record(971).replaces == (61, 961)


@pytest.mark.parametrize("given", ["", "61", "62", "404"])
def test_an_id_that_does_not_want_the_number_changes_nothing(office: Office, given: str) -> None:
    office.come(a_private_person("3100", id=961, name="Lie"))
    with pytest.raises((ValueError, Conflict)):
        office.say(Choice.SAME_RECORD, "3100", TAKEN, given)
    assert (office.problems, office.record(61).state) == ([("3100", TAKEN)], State.SYNCED)


def test_the_same_holds_for_projects(office: Office) -> None:
    office.come(a_project("Q-9", id=5, customerNumber="3100"))
    office.come(a_project("Q-9", id=95, customerNumber="3100", name="Gjenåpnet"))
    office.say(Choice.SAME_RECORD, "Q-9", TAKEN, "95", Kind.PROJECT)
    assert (office.problems, [each["description"] for each in office.world.held("projects")]) == (
        [],
        ["Gjenåpnet"],
    )


def test_an_invoice_goes_by_itself_when_the_number_of_its_customer_is_settled(office: Office) -> None:
    office.renumber("3100", to="7100")
    customer = {"customerNumber": "7100", "name": "Lie"}
    office.come(
        a_private_person("7100", id=61, version=2),
        an_invoice(20777, customer=customer, projectNumber=None),
    )
    assert office.invoices == []
    office.say(Choice.CHANGED_ON_BOTH, "7100", CHANGED)
    for _ in range(30):
        office.world.time.now += timedelta(minutes=1)
        office.world.sweep()
        office.world.run()
    assert office.invoices == [20777]


def test_a_company_customer_too(office: Office) -> None:
    office.come(a_customer("3300", id=63), a_customer("3300", id=963, email="ny@fjordbygg.example"))
    office.say(Choice.SAME_RECORD, "3300", TAKEN, "963")
    assert (office.problems, len(office.world.held("companies"))) == ([], 3)
