"""Characters that XML 1.0 forbids: taken out where they stand, whatever shape and encoding they come in."""

from html import escape
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moment_xledger.adapters.xledger_soap.characters import cleaned, pieces
from moment_xledger.adapters.xledger_soap.envelopes import text_result
from moment_xledger.adapters.xledger_soap.exports import read_rows
from moment_xledger.adapters.xledger_soap.posting import Answer
from moment_xledger.domain.posted_lines import Row
from tests.adapters.test_xledger_soap_exports import OPERATION, SHAPES, Shape, elements, line, text
from tests.adapters.xledger_soap_fake import says

FORBIDDEN = [
    "&#x0B;",
    "&#11;",
    "&#x0;",
    "&#00031;",
    "&#xFFFE;",
    "&#xD800;",
    "&#x110000;",
    "\x01",
    "\x1f",
    "\uffff",
]


def rows(content: bytes) -> list[Row]:
    return [
        row for row in read_rows(Answer(200, "text/xml", BytesIO(content)), OPERATION) if isinstance(row, Row)
    ]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("character", FORBIDDEN)
def test_a_forbidden_character_costs_no_line(shape: Shape, character: str) -> None:
    bad = line(Text=f"Lyd{character}beregning", TransactionID=f"7{character}", Posting2=f"{character}P-1")
    content = says(OPERATION, shape(line() + bad + line(TransactionID="8"))).get_data()
    found = rows(content)
    assert [row.transaction_id for row in found] == ["1", "7", "8"]
    assert found[1].text in ("Lydberegning", "Lyd beregning")
    assert found[1].project == "P-1"


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "utf-8-sig"]
)
@pytest.mark.parametrize("shape", [elements, text])
def test_in_every_encoding(encoding: str, shape: Shape) -> None:
    plain = says(OPERATION, shape(line(Text="blå\x02bær ï¿¾"))).get_data(as_text=True)
    (row,) = rows(plain.replace("utf-8", encoding.removesuffix("-sig")).encode(encoding))
    assert row.text == "blåbær ï¿¾"


def test_a_text_that_speaks_of_such_a_reference_keeps_it() -> None:
    (row,) = rows(says(OPERATION, elements(line(Text=escape("skriv &#x0B; her")))).get_data())
    assert row.text == "skriv &#x0B; her"


def test_an_answer_of_the_other_services_is_cleaned_too() -> None:
    content = says("ReceiveFile", "&#x1;4711").get_data()
    assert text_result(Answer(200, "text/xml", BytesIO(content)), "ReceiveFile") == "4711"


PARTS = some.sampled_from(
    ["a", "æ", "&amp;", "&#x0B;", "&#65;", "&#xFFFF;", "\x00", "\x0c", "€", "\uffff", "＃", "&#"]
)


@given(some.lists(PARTS, max_size=30), some.integers(1, 9))
def test_it_is_the_same_wherever_a_piece_ends(parts: list[str], size: int) -> None:
    content = "".join(parts).encode()
    cut = [content[start : start + size] for start in range(0, len(content), size)]
    assert b"".join(cleaned(cut)) == b"".join(cleaned([content]))
    assert b"".join(pieces(BytesIO(content), size)) == b"".join(cleaned([content])) or b"\x00" in content[:4]
