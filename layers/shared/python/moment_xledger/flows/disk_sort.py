"""Sorts more texts than memory holds: some at a time go to a file, in order, and are merged as they are read."""

import struct
from collections.abc import Iterable, Iterator
from heapq import merge
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY = 4 * 1024 * 1024  # of what is sorted; the rest lies on disk
BLOCK = 32 * 1024  # read at once, from each place that has texts left

_HEAD = struct.Struct("<qI")  # the key, and how long the text is


class DiskSort:
    """Texts by whole numbers. The file is gone when it is closed, or when the process ends."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- open as long as this is
        self._ends = [0]

    def close(self) -> None:
        self._file.close()

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """As many at once as memory holds. Not while they are read."""
        self._file.seek(self._ends[-1])
        for key, text in sorted(texts):
            content = text.encode()
            self._file.write(_HEAD.pack(key, len(content)) + content)
        self._ends.append(self._file.tell())

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return merge(*map(self._between, self._ends, self._ends[1:]))

    def _between(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        rest = b""
        while start < end:
            self._file.seek(start)  # others have read elsewhere meanwhile
            block = rest + self._file.read(min(BLOCK, end - start))
            start += len(block) - len(rest)
            at = 0
            while at + _HEAD.size <= len(block):
                key, length = _HEAD.unpack_from(block, at)
                if at + _HEAD.size + length > len(block):
                    break
                at += _HEAD.size + length
                yield key, block[at - length : at].decode()
            rest = block[at:]
