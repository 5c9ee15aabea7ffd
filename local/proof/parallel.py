"""Pieces of work over all cores, each in a process that lives on; results as they come."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Workers:
    """Begun anew rather than copied: what this process has opened is none of theirs."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or os.cpu_count() or 1
        self._pool = ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("spawn"))

    def each(
        self, work: Callable[[Piece], Result], pieces: Sequence[Piece]
    ) -> Iterator[tuple[Piece, Result]]:
        """In no order. An error in one ends all."""
        left = {self._pool.submit(work, piece): piece for piece in pieces}
        while left:
            done, _ = wait(left, return_when=FIRST_COMPLETED)
            for future in done:
                yield left.pop(future), future.result()

    def stop(self) -> None:
        self._pool.shutdown(cancel_futures=True)
