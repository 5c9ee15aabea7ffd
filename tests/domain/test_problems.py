"""The catalogue of reasons: complete, used, and readable."""

import re
from dataclasses import replace
from string import Formatter

import pytest

from local import ROOT
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.errors import WrongRequest
from moment_xledger.domain.problems import REASONS, Code, Problem
from moment_xledger.domain.replies import Refusal

SOURCES = [
    *(ROOT / "layers" / "shared" / "python").rglob("*.py"),
    *(ROOT / "functions").rglob("*.py"),
]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def raised() -> set[str]:
    found: set[str] = set()
    for source in SOURCES:
        if source.name != "problems.py" or source.parent.name != "domain":
            found |= set(re.findall(r"\bCode\.([A-Z][A-Z_]+)", source.read_text("utf-8")))
    return found


def test_every_reason_that_is_raised_is_in_the_catalogue() -> None:
    assert raised() <= {code.name for code in REASONS}


def test_every_reason_in_the_catalogue_is_raised_somewhere() -> None:
    assert {code.name for code in REASONS} <= raised()


def test_every_code_has_a_reason() -> None:
    assert set(Code) == set(REASONS)


@pytest.mark.parametrize("code", Code)
def test_both_languages_fill_in_the_same(code: Code) -> None:
    reason = REASONS[code]
    assert placeholders(reason.norwegian) - {"kind"} == placeholders(reason.english) - {"kind"}


@pytest.mark.parametrize("code", [code for code in Code if "kind" in placeholders(REASONS[code].norwegian)])
def test_a_norwegian_sentence_about_any_kind_fits_a_project_as_well_as_a_customer(code: Code) -> None:
    """`en kunde`, but `et prosjekt`."""
    assert set(re.findall(r"\w+", REASONS[code].norwegian)).isdisjoint({"den", "annen", "én"})


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("language", Language)
def test_a_sentence_ends_and_leaves_nothing_open(code: Code, language: Language) -> None:
    reason = REASONS[code]
    open_names = placeholders(reason.norwegian) | placeholders(reason.english)
    details = dict.fromkeys(open_names - {"kind", "number"}, "…")
    problem = Problem(CompanyId("x"), "customer", "1", code, details)
    sentence = problem.sentence(language)
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_a_problem_of_an_older_version_that_lacks_a_detail_is_told_without_it() -> None:
    """In a mail too: nobody's mails must stop for it."""
    problem = Problem(CompanyId("nordvik"), "invoice", "10231", Code.VAT_CODE_UNMAPPED)
    assert problem.sentence(Language.NORWEGIAN).startswith("Noe må ses på ved faktura 10231")
    assert problem.sentence().startswith("The invoice 10231 needs to be looked at")
    assert all("VAT_CODE_UNMAPPED" not in problem.sentence(language) for language in Language)


@pytest.mark.parametrize("language", Language)
def test_a_sentence_begins_with_a_capital_letter(language: Language) -> None:
    for code in Code:
        for kind in ("customer", "project", "invoice"):
            found = Problem(CompanyId("x"), kind, "30 7", code, {})
            details = dict.fromkeys(placeholders(found.reason.norwegian + found.reason.english), "q")
            said = replace(found, details=details).sentence(language)
            assert said[0].isupper() or said.startswith("Q"), said


def test_blanks_in_a_number_are_seen() -> None:
    code, details = Code.NUMBER_SPELLED_OTHERWISE, {"theirs": "30 7 "}
    found = Problem(CompanyId("x"), "project", "30 7", code, details)
    assert "«30 7 »" in found.sentence(Language.NORWEGIAN)
    assert "“30 7 ”" in found.sentence(Language.ENGLISH)


@pytest.mark.parametrize("language", Language)
def test_what_a_key_reaches_is_left_out_where_nothing_is_known(language: Language) -> None:
    empty = Problem(CompanyId("x"), "settings", "", Code.OWNER_CODE_NEEDED, {"reached": "–"})
    known = replace(empty, details={"reached": "77 Vik AS"})
    assert "–" not in empty.sentence(language)
    assert (
        known.sentence(language)
        == f"{empty.sentence(language)} {known.sentence(language)[len(empty.sentence(language)) + 1 :]}"
    )
    assert known.sentence(language).endswith("77 Vik AS.")


def test_a_group_does_not_say_that_all_others_are_through() -> None:
    details = {"count": "31", "records": "projects", "examples": "P-4, P-6, P-9", "certain": "4"}
    said = Problem(CompanyId("x"), "project", "5e", Code.REFUSED_ALIKE, details).sentence()
    assert "Of them 4 are certainly refused. Sound ones may be among the others" in said
    assert "gone through" not in said


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            'Variable "$inputs" got invalid value {"description":"Kari Vik","email":"kari@vik.example"}',
            '"$inputs"',
        ),
        ("Variable '$rows' got invalid value 'Storgata 4'; no such field.", "'$rows'"),
        ('Cannot query field "ownerSet" on type "Project".', '"ownerSet" on type "Project"'),
        ("x" * 900, "xxx"),
    ],
)
def test_words_about_a_request_hold_nothing_of_a_customer(message: str, kept: str) -> None:
    words = WrongRequest("AddProjects", [Refusal(message)]).words
    assert kept in words
    assert len(words) <= 300
    assert not any(name in words for name in ("Kari", "kari@", "Storgata"))
