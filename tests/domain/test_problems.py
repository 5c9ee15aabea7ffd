"""The catalogue of reasons: complete, used, and readable."""

import re
from string import Formatter

import pytest

from local import ROOT
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.problems import REASONS, Code, Problem

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
