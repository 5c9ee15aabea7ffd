"""
Rows out of an export's answer, in any of three shapes, and never more than a piece of them at a time.

The result may hold the rows as elements, as text (XML, escaped once more), or as a .NET DataSet with its schema and
a diffgram. The parser builds its tree as pieces are fed to it; after each piece the rows that are complete are
read and taken out of the tree. That is faster than an event for each element.
"""

import re
from collections.abc import Container, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import IO
from xml.parsers import expat

from lxml import etree

from moment_xledger.adapters.xledger_soap.characters import cleaned, pieces
from moment_xledger.adapters.xledger_soap.envelopes import (
    Element,
    growing_body,
    pull_parser,
    result_element,
    started,
)
from moment_xledger.adapters.xledger_soap.posting import PIECE, Answer
from moment_xledger.adapters.xledger_soap.rows import read_row
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.soap_outcomes import BROKEN, CallFailed, InDoubt, NoResult, NotSoap, Oddity

SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
DIFFGRAM = "{urn:schemas-microsoft-com:xml-diffgram-v1}"
_DECLARATION = re.compile(r"[\s\ufeff]*(?:<\?xml[^>]*\?>\s*)?")
_LONGEST_DECLARATION = 200

# What holds the rows, as far as it has been read, after each piece; and whether that was the last one.
Growing = Iterator[tuple[Element, bool]]


def read_rows(
    answer: Answer, operation: str, accounts: Container[str] | None = None
) -> Iterator[Row | BadRow]:
    """When this returns, it is certain that no fault came instead. Read it to the end, or close it.

    `accounts`: see `read_row`.
    """
    with ExitStack() as unless_read:
        unless_read.callback(answer.body.close)
        tops = _in_its_shape(answer, operation)
        unless_read.pop_all()
        return _numbered(answer.body, tops, accounts)


def read_cells(answer: Answer, operation: str) -> Iterator[dict[str, str]]:
    """As `read_rows`, each row as it came: texts by the columns' names."""
    with ExitStack() as unless_read:
        unless_read.callback(answer.body.close)
        tops = _in_its_shape(answer, operation)
        unless_read.pop_all()
        return _cells(answer.body, tops)


def _cells(body: IO[bytes], tops: Growing) -> Iterator[dict[str, str]]:
    with body:
        for element in _row_elements(tops):
            yield {etree.QName(cell.tag).localname: (cell.text or "").strip() for cell in element}


def _in_its_shape(answer: Answer, operation: str) -> Growing:
    results = _results(answer, operation)
    for result, finished in results:
        if (result.text or "").strip():
            return _inner(answer, operation)
        if finished or len(result):
            return chain([(result, finished)], results)
    raise CallFailed(NoResult(operation))


def _results(answer: Answer, operation: str) -> Growing:
    for body, finished in growing_body(answer):
        if (result := result_element(answer, operation, body, finished)) is not None:
            yield result, finished


def _numbered(body: IO[bytes], tops: Growing, accounts: Container[str] | None) -> Iterator[Row | BadRow]:
    with body:
        for number, element in enumerate(_row_elements(tops), 1):
            yield read_row(element, number, accounts)


def _row_elements(tops: Growing) -> Iterator[Element]:
    table = None
    for top, finished in tops:
        if table is None:
            table = _table(top, finished)
        if table is not None:
            complete = len(table) - (0 if finished else 1)
            yield from (row for row in list(table)[:complete] if not _aside(row))
            del table[:complete]
            if finished:
                yield from _left_over(table, top)


def _table(top: Element, finished: bool) -> Element | None:
    """What holds the rows: two levels above the first element without children, once that is known to have ended."""
    path = [top]
    while (
        child := next((child for child in path[-1] if not child.tag.startswith(SCHEMA)), None)
    ) is not None:
        path.append(child)
    ended = finished or any(step.getnext() is not None for step in path[1:])
    if len(path) < 3 or not ended or path[-2].tag.startswith(DIFFGRAM):
        return None
    return path[-3]


def _aside(element: Element) -> bool:
    """A DataSet's schema, and what a diffgram says of rows before a change."""
    return element.tag.startswith((SCHEMA, DIFFGRAM))


def _left_over(table: Element, top: Element) -> Iterator[Element]:
    """Elements after the table are no rows that we know of; read as such they are reported, not passed over."""
    step: Element | None = table
    while step is not None and step is not top:
        yield from (element for element in step.itersiblings() if not _aside(element))
        step = step.getparent()


def _inner(answer: Answer, operation: str) -> Growing:
    """The rows of a result that is text."""
    parser = pull_parser("rows")
    rows: Element | None = None
    try:
        parser.feed("<rows>")
        for text in cleaned(_without_declaration(_texts(answer.body, operation))):
            if b"<!DOCTYPE" in text:
                raise CallFailed(NotSoap(answer.status, Oddity.DTD))
            parser.feed(text)
            rows = started(parser) if rows is None else rows
            if rows is not None:
                yield rows, False
        parser.feed("</rows>")
        rows = parser.close()
    except etree.XMLSyntaxError:
        has_rows = rows is not None and len(rows)
        oddity = Oddity.BROKEN_ROWS if has_rows else Oddity.NO_ROWS
        raise CallFailed(NotSoap(answer.status, oddity)) from None
    if not len(rows) and (rows.text or "").strip():
        raise CallFailed(NotSoap(answer.status, Oddity.NO_ROWS))
    yield rows, True


def _without_declaration(texts: Iterator[str]) -> Iterator[bytes]:
    """.NET writes `encoding="utf-16"` into strings, which is not true of them here."""
    head = ""
    for text in texts:
        head += text
        if len(head) > _LONGEST_DECLARATION:
            break
    yield _DECLARATION.sub("", head, count=1).encode()
    yield from (text.encode() for text in texts)


def _texts(body: IO[bytes], operation: str) -> Iterator[str]:
    """lxml would gather the whole text first, and gives up at ten million characters. The DTD was refused before."""
    body.seek(0)
    found: list[str] = []
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.buffer_text, reader.buffer_size = True, PIECE

    def starts(name: str, _: object) -> None:
        if name.rpartition(" ")[2] == f"{operation}Result":
            reader.CharacterDataHandler = found.append

    def ends(name: str) -> None:
        if name.rpartition(" ")[2] == f"{operation}Result":
            reader.CharacterDataHandler = None

    reader.StartElementHandler, reader.EndElementHandler = starts, ends
    try:
        for piece in pieces(body, PIECE):
            reader.Parse(piece)
            yield "".join(found)
            found.clear()
        reader.Parse(b"", True)
    except expat.ExpatError:
        raise CallFailed(InDoubt(BROKEN)) from None
    yield "".join(found)
