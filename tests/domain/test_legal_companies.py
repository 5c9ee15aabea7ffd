"""Which company in Xledger's legal register is a customer's, and which is a stranger's."""

from dataclasses import replace
from typing import Any

import pytest

from moment_xledger.domain.company_names import clearly_differ
from moment_xledger.domain.legal_companies import Join, LegalCompany, Make, choose
from moment_xledger.domain.legal_ids import LegalId
from moment_xledger.domain.moment import Address
from moment_xledger.domain.plans import Stopped
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, as_problem, as_same_company, settle
from tests.domain.test_records import LATER, NOW, customer, record, synced, taken

EQUINOR = "923609016"
SCHIBSTED = "933739384"


@pytest.mark.parametrize(
    ("country", "number", "same"),
    [
        ("NO", "974 760 673", ("NO", "974760673")),
        ("SJ", "NO974760673MVA", ("NO", "974760673")),
        (None, "Org.nr. 974 760 673 MVA", ("NO", "974760673")),
        ("Norge", "974760673", ("NO", "974760673")),
        ("SE", "SE556703748501", ("SE", "5567037485")),
        ("SE", "556703-7485", ("SE", "5567037485")),
        ("Sverige", "16556703-7485", ("SE", "5567037485")),
        ("DK", "DK 25 31 37 63", ("DK", "25313763")),
        ("GB", "GB 980 7806 84", ("GB", "980780684")),
        ("UK", "sc123456", ("GB", "SC123456")),
        ("DE", "DE 136,695 976", ("DE", "136695976")),
        ("FI", "2077474-0", ("FI", "20774740")),
        ("FI", "FI 20774740", ("FI", "20774740")),
        ("FR", "FR 40 303 265 045", ("FR", "303265045")),
        ("CH", "CHE-107.787.577 IVA", ("CH", "CHE107787577")),
        ("US", "94-2404110", ("US", "942404110")),
    ],
)
def test_a_company_is_its_country_and_its_number_however_they_are_written(
    country: str | None, number: str, same: tuple[str, str]
) -> None:
    assert LegalId.read(country, number) == LegalId(*same)


@pytest.mark.parametrize(
    ("country", "number"), [(None, "25313763"), ("", "SC123456"), ("NO", ""), (None, None)]
)
def test_without_a_country_only_a_norwegian_number_identifies(
    country: str | None, number: str | None
) -> None:
    assert LegalId.read(country, number) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Havn & Sjø AS", "SJØ OG HAVN"),
        ("Fjord Bygg A/S", "Fjordbygg ASA"),
        ("Multiconsult Norge AS", "Multiconsult"),
        ("Oslo kommune", "Oslo kommune, Bymiljøetaten"),
        ("Müller GmbH", "MULLER"),
        ("Bergen Tak AS", "Bergan Tak AS"),
        ("NRK AS", "Norsk Rikskringkasting Kanal"),
        ("", "Hva som helst"),
    ],
)
def test_names_of_one_company(one: str, other: str) -> None:
    assert not clearly_differ(one, other)
    assert not clearly_differ(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Peab AS", "Veidekke AS"),
        ("Fjord Bygg AS", "Hansen Bygg AS"),
        ("Bravida Norge AS", "Caverion Norge AS"),
        ("Kari Nordmann", "Stål og Glass AS"),
    ],
)
def test_names_of_two_companies(one: str, other: str) -> None:
    assert clearly_differ(one, other)
    assert clearly_differ(other, one)


def company(
    db_id: int = 70, name: str = "Fjord Bygg AS", number: str | None = EQUINOR, **but: Any
) -> LegalCompany:
    return LegalCompany(db_id, name, number, **({"country": "NO"} | but))


NEW = record(customer(name="Fjord Bygg AS"))
PERSON = record(customer(name="Kari Nordmann", organizationNumber=None))
KNOWN = replace(synced(customer(name="Fjord Bygg AS")), refers_to=70)


def own(of: Record, **but: Any) -> LegalCompany:
    address = Address(street="Strandgaten 1", zip_code="5013", place="Bergen")
    return company(80, "Kari Nordmann", None, **({"code": of.own_code, "address": address} | but))


@pytest.mark.parametrize(
    ("register", "chosen"),
    [
        pytest.param([], Make(), id="it is not in the register: make it"),
        pytest.param([company()], Join(company()), id="country, number and name agree: join it"),
        pytest.param([company(71), company(70)], Join(company(70)), id="of several, the oldest"),
        pytest.param(
            [company(number="NO 923 609 016 MVA")], Join(company(number="NO 923 609 016 MVA")), id="MVA"
        ),
        pytest.param([company(country=None)], Join(company(country=None)), id="no country: Norway"),
        pytest.param([company(country="SE")], Make(), id="the same digits in another country"),
        pytest.param(
            [company(70, "Stål og Glass AS"), company(71)], Join(company(71)), id="the one with the name"
        ),
    ],
)
def test_the_company_of_a_new_customer(register: list[LegalCompany], chosen: object) -> None:
    assert choose(NEW, None, register) == chosen


def test_a_clearly_different_name_is_asked_about_and_a_person_can_say_that_it_is_the_same() -> None:
    stranger = company(name="Stål og Glass AS")
    asked = choose(NEW, None, [stranger])
    assert isinstance(asked, Stopped)
    assert asked.code is Code.LEGAL_COMPANY_NAME_DIFFERS
    assert asked.details["theirs"] == "Stål og Glass AS"
    told = as_same_company(as_problem(NEW, asked.code, NOW, asked.details), LATER)
    assert choose(told, None, [stranger]) == Join(stranger)


def test_a_customer_that_is_taken_over_must_not_be_another_company() -> None:
    theirs = company(name="Fjord Bygg AS", number=SCHIBSTED)
    asked = choose(NEW, theirs, [company()])
    assert isinstance(asked, Stopped)
    assert asked.code is Code.LEGAL_COMPANY_NUMBER_DIFFERS
    assert (asked.details["their_number"], asked.details["organization_number"]) == (SCHIBSTED, EQUINOR)


def test_a_customer_that_has_the_company_that_moment_gave_before_moves_to_the_one_that_it_gives_now() -> None:
    """It was added, the answer was lost, and the organisation number changed before anybody looked."""
    before = record(customer(organizationNumber=SCHIBSTED))
    changed = taken(before, customer(2, organizationNumber=EQUINOR))
    assert choose(changed, company(71, number=SCHIBSTED), [company(70)]) == Join(company(70))
    settled = settle(changed, changed, 1, NOW)
    assert settled.former_companies == ()


@pytest.mark.parametrize("number", ["923 609 016", "NO923609016MVA"])
@pytest.mark.parametrize("country", ["NO", None])
def test_a_customer_that_is_taken_over_stays_with_its_company(number: str, country: str | None) -> None:
    theirs = company(71, "Et annet navn", number, country=country)
    assert choose(NEW, theirs, [company(70)]) == Join(theirs)


def test_a_private_person_never_joins_a_company_that_a_stranger_could_have_made() -> None:
    register = [company(70, number=None, code="10001"), own(replace(PERSON, company="another"))]  # type: ignore[arg-type]
    assert choose(PERSON, None, register) == Make()


def test_a_private_person_finds_the_own_company_again() -> None:
    assert choose(PERSON, None, [own(PERSON)]) == Join(own(PERSON))


def test_a_company_with_our_code_that_has_a_number_by_now_is_no_longer_ours() -> None:
    assert choose(PERSON, None, [replace(own(PERSON), number=EQUINOR)]) == Make()


def test_the_code_of_a_private_persons_company_is_short_and_begins_with_the_number() -> None:
    code = record(customer(number="X" * 25, organizationNumber=None)).own_code
    assert code.startswith("X" * 17 + "-M")
    assert len(code) == 25


@pytest.mark.parametrize(
    "but",
    [{"name": "Kari Hansen"}, {"address": {"street": "Torget 2", "zipCode": "5014", "countryCode": "NO"}}],
)
def test_a_private_person_who_is_renamed_or_moves_changes_the_own_company(but: Any) -> None:
    known = replace(synced(customer(name="Kari Nordmann", organizationNumber=None)), refers_to=80)
    edited = taken(known, customer(2, **({"name": "Kari Nordmann", "organizationNumber": None} | but)))
    assert choose(edited, own(edited), []) == Join(own(edited), is_outdated=True)
    shared = company(70)
    assert choose(edited, shared, []) == Join(shared)


def test_a_company_that_a_person_chose_in_xledger_is_not_overruled_by_an_edit() -> None:
    head_office = company(90, "Fjord Konsern", SCHIBSTED)
    edited = taken(KNOWN, customer(2, name="Fjord Bygg og Anlegg AS"))
    assert choose(edited, head_office, []) == Join(head_office)


def test_another_organisation_number_moves_the_customer() -> None:
    edited = taken(KNOWN, customer(2, name="Schibsted ASA", organizationNumber=SCHIBSTED))
    schibsted = company(91, "SCHIBSTED", SCHIBSTED)
    assert choose(edited, company(), [schibsted]) == Join(schibsted)
    assert choose(edited, company(), []) == Make()


def test_an_organisation_number_that_is_taken_away_moves_the_customer_to_a_company_of_its_own() -> None:
    edited = taken(KNOWN, customer(2, name="Fjord Bygg", organizationNumber=None))
    assert choose(edited, company(), []) == Make()


def test_an_organisation_number_that_is_added_moves_a_private_person() -> None:
    known = replace(synced(customer(name="Kari Nordmann", organizationNumber=None)), refers_to=80)
    edited = taken(known, customer(2, name="Fjord Bygg AS"))
    assert choose(edited, own(edited), [company()]) == Join(company())


def test_that_moment_lacks_a_number_which_xledger_has_moves_nobody() -> None:
    assert choose(PERSON, company(), []) == Join(company())
