"""Whatever can be wrong with a field is told in Norwegian, too."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.events import Envelope, first_fault
from moment_xledger.domain.faults import in_english, in_norwegian
from moment_xledger.domain.moment import Customer, Invoice, Project
from moment_xledger.domain.problems import Code, Problem
from tests.builders import a_customer, a_project, an_invoice

LINE = {"vatCode": "3", "net": "1.00", "vat": "0.00", "gross": "1.00"}
WRONG: list[Any] = [
    *(None, 0, -1, 1.5, 10**13, 2**70, float("inf"), True, [], {}, [1], [LINE] * 101),
    *("", " ", "x" * 20_000, "Æ Ø!", "\ud800", "1e999", "NaN", "12.345", "9" * 30),
    *("2026-13-40", "2026-01-01T10:00:00"),
]
MORE: dict[str, Any] = {
    "kid": "1",
    "projectNumber": "P-1",
    "creditedInvoiceNumber": 3,
    "doNotTransfer": False,
}
READ: dict[type[BaseModel], Any] = {
    Envelope: a_customer(),
    Customer: a_customer()["data"],
    Project: a_project(startDate="2026-01-01", endDate="2026-02-01")["data"],
    Invoice: an_invoice(1, **MORE)["data"],
}


def places(document: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(document, list):
        document = dict(enumerate(document))
    for name, value in document.items() if isinstance(document, dict) else ():
        yield (*above, name)
        yield from places(value, (*above, name))


def spoilt(document: Any, at: tuple[Any, ...], wrong: Any) -> Any:
    whole = part = copy.deepcopy(document)
    for step in at[:-1]:
        part = part[step]
    part[at[-1]] = wrong
    return whole


def faults(model: type[BaseModel]) -> Iterator[str]:
    document = json.loads(json.dumps(READ[model]))
    for at in places(document):
        for wrong in WRONG:
            try:
                model.model_validate(spoilt(document, at, wrong))
            except ValidationError as error:
                yield first_fault(error)[1]


@pytest.mark.parametrize("model", READ)
def test_whatever_is_wrong_with_a_field_is_told_in_norwegian(model: type[BaseModel]) -> None:
    found = set(faults(model))
    assert len(found) > 5
    assert {fault for fault in found if in_norwegian(fault) == fault} == set()


@pytest.mark.parametrize(
    ("english", "norwegian"),
    [
        ("must have at most 1000 characters", "kan ha høyst 1000 tegn"),
        ("must be 'INVOICE' or 'CREDIT_NOTE'", "må være 'INVOICE' eller 'CREDIT_NOTE'"),
        ("something that is not known here", "something that is not known here"),
    ],
)
def test_numbers_and_what_is_quoted_stay_as_they_are(english: str, norwegian: str) -> None:
    assert in_norwegian(english) == norwegian


def test_a_problem_tells_it_in_the_language_of_its_sentence() -> None:
    details = {"field": "data.name", "fault": "must be a valid string", "event": "1"}
    problem = Problem(CompanyId("nordvik"), "customer", "10001", Code.FIELD_INVALID, details)
    assert "cannot be used: it must be text" in problem.sentence()
    assert "Feltet navn" in (said := problem.sentence(Language.NORWEGIAN))
    assert "(må være tekst)" in said


@pytest.mark.parametrize("model", READ)
def test_pydantic_is_not_heard_in_english(model: type[BaseModel]) -> None:
    for fault in faults(model):
        said = in_english(fault)
        assert not re.search(r"input|validation|instance|pattern|datetime|items|dictionary|boolean", said), (
            said
        )


@pytest.mark.parametrize(
    ("pydantic", "plain"),
    [
        ("decimal input should have no more than 4 decimal places", "must have at most 4 decimal places"),
        ("must have at least 1 item after validation, not 0", "must have at least one line"),
        ("must be a valid boolean, unable to interpret input", "must be yes or no"),
    ],
)
def test_a_fault_is_told_in_plain_english(pydantic: str, plain: str) -> None:
    assert in_english(pydantic) == plain


def test_yes_or_no_is_enough_in_norwegian() -> None:
    assert in_norwegian("must be a valid boolean, unable to interpret input") == "må være ja eller nei"
