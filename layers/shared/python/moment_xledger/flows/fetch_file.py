"""Hands out the files of an export: the very bytes that were stored when it was made, or nothing."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import FileDiffers
from moment_xledger.domain.exports import Export
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.disk_sort import IN_MEMORY
from moment_xledger.flows.make_export import render

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger


class Piece(StrEnum):
    """The files of one export."""

    FILE = "file"  # what Xledger imports
    REVIEW = "review"  # the same for eyes
    MANIFEST = "manifest"  # what is in it


SUFFIXES = {Piece.FILE: ".csv", Piece.REVIEW: ".xlsx", Piece.MANIFEST: ".json"}
CONTENT_TYPES = {
    Piece.FILE: "text/csv",
    Piece.REVIEW: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Piece.MANIFEST: "application/json",
}


@dataclass(frozen=True)
class Shelf:
    """Where files are fetched from."""

    ledger: "Ledger"
    files: "Files"
    clock: Callable[[], datetime]


def name_of(export: Export, piece: Piece) -> str:
    return export.file_name(SUFFIXES[piece])


def is_there(export: Export, piece: Piece, files: "Files") -> bool:
    return files.sha256(export.folder + name_of(export, piece)) is not None


def fetch_file(export: Export, piece: Piece, who: str, shelf: Shelf) -> str | None:
    """A link for the next five minutes; None where there is no such file.

    Raises `FileDiffers` if what would be handed out is not what was exported, after reporting the problem.
    """
    name = name_of(export, piece)
    if piece is Piece.FILE:
        _ensure(export, name, shelf)
        shelf.ledger.problems.close(export.company, [("export", str(export.number))], [Code.FILE_DIFFERS])
    elif not is_there(export, piece, shelf.files):
        return None
    deed = Deed(export.company, shelf.clock(), who, What.FETCHED_FILE, export.number, name)
    shelf.ledger.audit.note(deed)
    return shelf.files.link(export.folder + name, CONTENT_TYPES[piece])


def read_file(export: Export, shelf: Shelf) -> bytes:
    """What Xledger imports, whole. Raises `FileDiffers` as `fetch_file` does, and where one byte is not as it was."""
    name = name_of(export, Piece.FILE)
    _ensure(export, name, shelf)
    content = shelf.files.read(export.folder + name)
    if content is None or hashlib.sha256(content).hexdigest() != export.sha256:
        _report(export, shelf)
        raise FileDiffers(name)
    return content


def _ensure(export: Export, name: str, shelf: Shelf) -> None:
    stored = shelf.files.sha256(export.folder + name)
    if stored == export.sha256 or (stored is None and _built_again(export, name, shelf)):
        return
    _report(export, shelf)
    raise FileDiffers(name)


def _built_again(export: Export, name: str, shelf: Shelf) -> bool:
    """With the renderer that made it; stored only if every byte is the same. Not where somebody stored another file, or
    one that does not say what it holds."""
    with SpooledTemporaryFile(IN_MEMORY) as out:
        totals = render(export, shelf.ledger, out)
        if totals.sha256 != export.sha256:
            return False
        out.seek(0)
        try:
            shelf.files.put_once(export.folder + name, out, CONTENT_TYPES[Piece.FILE], export.sha256)
        except FileDiffers:
            return False
    return True


def _report(export: Export, shelf: Shelf) -> None:
    now = shelf.clock()
    problem = Problem(
        export.company, "export", str(export.number), Code.FILE_DIFFERS, first_seen=now, last_seen=now
    )
    shelf.ledger.problems.report([problem])
