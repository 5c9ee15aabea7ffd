"""Every word in both languages, and amounts and times as Norwegians write them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from moment_xledger.console import showing, words
from moment_xledger.console.rendering import TEMPLATES
from moment_xledger.console.words import Words
from moment_xledger.domain.companies import Language

NORWEGIAN, ENGLISH = Words(Language.NORWEGIAN), Words(Language.ENGLISH)


def test_a_sentence_takes_the_same_values_in_both_languages() -> None:
    for name, (norwegian, english) in words._WORDS.items():
        assert re.findall(r"{\d}", norwegian) == re.findall(r"{\d}", english), name


def test_every_word_that_a_page_asks_for_is_there() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r'words\("(\w+)"[,) ](?! ?~)', pages))
    begun = set(re.findall(r'words\("(\w+)" ~', pages))
    assert asked
    assert asked <= set(words._WORDS)
    assert all(any(word.startswith(beginning) for word in words._WORDS) for beginning in begun)


@pytest.mark.parametrize(
    ("given", "norwegian", "english"),
    [
        ("not received", "ikke mottatt fra Moment", "not received"),
        ("not to be transferred", "skal ikke overføres", "not to be transferred"),
        ("a jump in the numbers", "et hopp i nummerserien", "a jump in the numbers"),
        ("left with export 3", "gikk med eksport 3", "left with export 3"),
        ("leaves another way: email", "går en annen vei: e-post", "leaves another way: mail"),
        (
            "dated after the limit of this export",
            "fakturadato etter grensen for eksporten",
            "dated after the limit of this export",
        ),
        ("held back: KID_INVALID", "holdt tilbake: KID er feil", "held back: its KID is wrong"),
        ("held back: SOMETHING_NEW", "holdt tilbake: SOMETHING_NEW", "held back: SOMETHING_NEW"),
        ("something new", "something new", "something new"),
    ],
)
def test_why_a_number_is_missing(given: str, norwegian: str, english: str) -> None:
    assert (NORWEGIAN.reason(given), ENGLISH.reason(given)) == (norwegian, english)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("1007 belongs before export 16", ("1007", "16")),
        ("1007-1009 belong before export 16", ("1007–1009", "16")),
        ("something new", None),
    ],
)
def test_late_numbers_are_read_out_of_the_manifest(sentence: str, found: tuple[str, str] | None) -> None:
    assert words.late(sentence) == found


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "0,00"),
        ("1.5", "1,50"),
        ("1234567.5", "1\u00a0234\u00a0567,50"),
        ("-1000", "\u22121\u00a0000,00"),
        ("-0.00", "0,00"),
        ("9999999999999.99", "9\u00a0999\u00a0999\u00a0999\u00a0999,99"),
    ],
)
def test_amounts(value: str, shown: str) -> None:
    assert showing.amount(Decimal(value)) == shown


def test_counts() -> None:
    assert showing.count(1_234_567) == "1\u00a0234\u00a0567"


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "23.11.2026 00:30"),
        (datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "01.07.2026 12:00"),
    ],
)
def test_times_are_those_of_oslo(utc: datetime, shown: str) -> None:
    assert showing.moment(utc) == shown
