import csv
import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.files import text as rules
from moment_xledger.domain.files.text import clean, tidy

TRIGGERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
NORWAY = "\N{REGIONAL INDICATOR SYMBOL LETTER N}\N{REGIONAL INDICATOR SYMBOL LETTER O}"

hostile = st.text(
    st.one_of(
        st.sampled_from(
            ' a;"\t\r\n\x00\x0b\x85\xa0=+-@＝＋－＠﹢\u037e\u0301\u200b\u200d\u2028\u202e\ufeff\uffff\ud83d\N{GIRL}'
        ),
        st.characters(exclude_categories=()),
    )
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("Prosjektering uke 40–43", "Prosjektering uke 40–43", id="ordinary text stays"),
        pytest.param("a;b", "a b", id="a separator becomes a space"),
        pytest.param('"a" b', "a b", id="quotes go"),
        pytest.param(
            "a\r\n\tb\x00\x85\u2028\u2029c", "a b c", id="breaks and control characters are one space"
        ),
        pytest.param("a \xa0 b  c ", "a b c", id="runs of blanks are one space"),
        pytest.param("A\u030angstro\u0308m", "Ångström", id="letters are composed"),
        pytest.param("a\u037eb", "a b", id="the Greek question mark becomes a semicolon when composed"),
        pytest.param("=1+1", "1+1", id="a formula sign is dropped"),
        pytest.param("+-=@@ cmd", "cmd", id="all of them"),
        pytest.param(" \xa0\u200b\ufeff=1", "1", id="behind blanks and what cannot be seen"),
        pytest.param("＝＋－＠1", "1", id="full-width"),
        pytest.param("﹢⁺₌1", "1", id="small, raised and lowered"),
        pytest.param("- Tillegg", "Tillegg", id="a dash at the start of a list too"),
        pytest.param("A-1 = B+2", "A-1 = B+2", id="within a text they stay"),
        pytest.param("\ud83d!", "\ufffd!", id="half a surrogate pair"),
        pytest.param("a\u202eb", "a b", id="writing cannot be turned around"),
        pytest.param("===", "", id="nothing may be left"),
        pytest.param("", "", id="empty"),
        pytest.param(FAMILY, FAMILY, id="an emoji of several stays whole"),
    ],
)
def test_text_becomes_one_harmless_line(text, cleaned):
    assert clean(text, 100) == cleaned


@pytest.mark.parametrize(
    ("text", "longest", "cleaned"),
    [
        pytest.param("abcdef", 3, "abc", id="at the maximum"),
        pytest.param("ab def", 3, "ab", id="no blank at the end"),
        pytest.param("ab\N{GIRL}", 3, "ab", id="not within a surrogate pair"),
        pytest.param("ab\N{GIRL}", 4, "ab\N{GIRL}", id="a character outside the BMP counts as two"),
        pytest.param("abq\u0323c", 3, "ab", id="not between a letter and its accent"),
        pytest.param("a" + FAMILY, 6, "a", id="not within an emoji"),
        pytest.param("a" + NORWAY, 4, "a", id="not within a flag"),
        pytest.param(NORWAY * 2, 4, NORWAY, id="but between two flags"),
        pytest.param("q" + "\u0323" * 9, 3, "q\u0323\u0323", id="unless there is no other place"),
        pytest.param("x" * 10_000, 100, "x" * 100, id="however long"),
    ],
)
def test_text_is_cut_where_a_reader_would(text, longest, cleaned):
    assert clean(text, longest) == cleaned


@given(hostile, st.integers(1, 120))
def test_whatever_the_text_its_cell_reads_back_unquoted_and_is_no_formula(text, longest):
    cleaned = clean(text, longest)

    assert next(csv.reader(io.StringIO(f"1;{cleaned};2\r\n", newline=""), delimiter=";")) == [
        "1",
        cleaned,
        "2",
    ]
    assert not cleaned.startswith(TRIGGERS)
    assert cleaned == cleaned.strip()
    assert len(cleaned.encode("utf-16-le")) <= 2 * longest


@given(hostile)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text, 100), 100) == clean(text, 100)
    assert tidy(tidy(text)) == tidy(text)


@given(hostile)
def test_the_quick_answer_is_the_thorough_one(text):
    if rules._is_clean(text):
        assert rules._without_triggers(tidy(text)) == text


def test_no_letter_or_digit_stands_for_a_formula_sign():
    """`_is_clean` relies on it."""
    letters = (sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isalnum())
    assert not [sign for sign in letters if unicodedata.normalize("NFKC", sign)[0] in "=+-@"]
