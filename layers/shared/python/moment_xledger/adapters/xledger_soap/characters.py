"""
Characters that XML 1.0 forbids, taken out before a parser meets them.

A text that was pasted into a voucher may hold a vertical tab. .NET writes it as `&#x0B;`, or as it is; no XML parser
takes either, and one such character would make the whole answer unreadable.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import IO

HEAD = 256  # holds the XML declaration
_SPACES = bytes.maketrans(b"\x0b\x0c", b"  ")  # a line break within a cell, and a page break
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\x0b\x0c"})
_RARE = tuple(
    bytes([each]) for each in _CONTROLS + b"\x0b\x0c"
)  # looking for one byte is the fastest there is
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_UNFINISHED = re.compile(rb"&(?:#(?:[xX]?[0-9a-fA-F]{0,40})?)?\Z|[\xed\xef][\x80-\xbf]?\Z")
_LONGEST = 50  # of what can be unfinished
_NO_CHARACTERS = re.compile(
    rb"\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf][\x80-\xbf]"
)  # in UTF-8: U+FFFE, U+FFFF, surrogates
_ENCODING = re.compile(rb"""^(\s*<\?xml[^>]*?)\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def pieces(body: IO[bytes], size: int) -> Iterator[bytes]:
    """What is left of a document, cleaned, some `size` bytes at a time."""
    head = body.read(HEAD)
    rest = iter(lambda: body.read(size), b"")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head[:4]:
        yield from cleaned(_as_utf8(head, rest))
    else:
        declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
        is_utf8 = declared is None or declared[2].lower() in (b"utf-8", b"utf8")
        yield from cleaned(_joined(head, rest), is_utf8=is_utf8)


def cleaned(given: Iterable[bytes], *, is_utf8: bool = True) -> Iterator[bytes]:
    """The same bytes without what XML forbids, wherever a piece ends."""
    held = b""
    for piece in given:
        data = held + piece if held else piece
        if any(map(data.__contains__, _RARE)):
            data = data.translate(_SPACES, _CONTROLS)
        unfinished = _UNFINISHED.search(data, max(0, len(data) - _LONGEST))
        held = unfinished[0] if unfinished else b""
        yield _sound(data[: len(data) - len(held)] if held else data, is_utf8)
    yield _sound(held, is_utf8)


def _sound(data: bytes, is_utf8: bool) -> bytes:
    if b"#" in data:
        data = _REFERENCE.sub(_allowed, data)
    if is_utf8 and (b"\xef" in data or b"\xed" in data):
        data = _NO_CHARACTERS.sub(b"", data)
    return data


def _allowed(reference: re.Match[bytes]) -> bytes:
    number = int(reference[1], 16) if reference[1] else int(reference[2][:20])
    if number in (0x0B, 0x0C):
        return b" "
    is_character = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return reference[0] if is_character or 0x10000 <= number <= 0x10FFFF else b""


def _joined(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _as_utf8(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16, whose every other byte is no character of its own."""
    is_little = head.startswith(codecs.BOM_UTF16_LE) or head[1:2] == b"\x00"
    decode = codecs.getincrementaldecoder("utf-16-le" if is_little else "utf-16-be")("surrogatepass").decode
    first = decode(head).removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    yield _ENCODING.sub(rb"\1", first)
    for piece in rest:
        yield decode(piece).encode("utf-8", "surrogatepass")
