"""Every sentence with a count says one thing of one, and another of many, in both languages."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from moment_xledger.console import words
from moment_xledger.domain import preflight, problems
from moment_xledger.domain.companies import Language
from moment_xledger.domain.counted import filled, filled_from
from moment_xledger.mails import export_ready, notice

# Of many; what stands between the count and them is at most one word.
NOUNS = {
    Language.NORWEGIAN: (
        "nye|ulike|fakturaer|fakturaene|kreditnotaer|kunder|prosjekter|posteringer|bilag som|linjer|verdier|saker|"
        "problemer|forespørsler|ganger|dager|timer|filer|numre|utgifter|kostnader|beløpene|selskaper|poster"
    ),
    Language.ENGLISH: (
        "invoices|credit notes|customers|projects|vouchers|lines|values|matters|problems|requests|times|days|hours|"
        "files|numbers|gaps|expenses|costs|amounts|companies|records|are"
    ),
}
OF_MANY = {language: re.compile(rf"\b1 (?:\w+ )?(?:{nouns})\b") for language, nouns in NOUNS.items()}
NEVER_ONE = ("page: waiting_more",)  # it counts to a hundred, and says that there are more


def sentences() -> Iterator[tuple[str, str, str]]:
    for name, both in words._WORDS.items():
        yield f"page: {name}", *both
    for code, reason in problems.REASONS.items():
        yield f"problem: {code}", reason.norwegian, reason.english
    for name, both in notice._WORDS.items():
        yield f"notice: {name}", *both
    yield "preflight", *preflight._STOPS_SOME
    subject = export_ready._SUBJECT
    yield "subject", subject[Language.NORWEGIAN], subject[Language.ENGLISH]


def names(sentence: str) -> set[str]:
    """Of its placeholders, also of those within the words of a count."""
    found: set[str] = set()
    for _, name, words_of_count, _ in Formatter().parse(sentence):
        found |= {name} if name else set()
        found |= names(words_of_count) if words_of_count else set()
    return found


ALL = [pytest.param(*both, id=name) for name, *both in sentences() if name not in NEVER_ONE]


@pytest.mark.parametrize(("norwegian", "english"), ALL)
def test_a_sentence_about_one_speaks_of_one(norwegian: str, english: str):
    for language, sentence in ((Language.NORWEGIAN, norwegian), (Language.ENGLISH, english)):
        said = said_of("1", sentence)
        assert not OF_MANY[language].search(said), said


@pytest.mark.parametrize(("norwegian", "english"), ALL)
def test_both_languages_count_the_same(norwegian: str, english: str):
    assert names(norwegian) == names(english)


def said_of(count: str, sentence: str) -> str:
    asked = names(sentence)
    if any(name.isdecimal() for name in asked):
        return filled(sentence, *[count] * 9)
    return filled_from(sentence, dict.fromkeys(asked, count))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 brev venter, de er nye"),
        (1, "1 brev venter, det er nytt"),
        ("1", "1 brev venter, det er nytt"),
        (2, "2 brev venter, de er nye"),
        (21, "21 brev venter, de er nye"),
        ("1\u00a0001", "1\u00a0001 brev venter, de er nye"),
    ],
)
def test_the_words_are_chosen_by_the_count(count: object, said: str):
    assert filled("{0} brev venter, {0:det er nytt|de er nye}", count) == said
    assert filled_from("{n} brev venter, {n:det er nytt|de er nye}", {"n": count}) == said


def test_what_the_sentence_does_not_name_is_not_written():
    class Unwritable:
        def __str__(self) -> str:
            raise AssertionError

    assert filled("{0:én|{0} av {2}}", 3, Unwritable(), 4) == "3 av 4"
