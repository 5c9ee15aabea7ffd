"""Pieces of work over all cores, each in a process that lives on; results as they come."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from local.tether import end_with

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Workers:
    """Begun anew rather than copied: what this process has opened is none of theirs. Ctrl-C reaches only us."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or os.cpu_count() or 1
        theirs, self._line = multiprocessing.Pipe(duplex=False)
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.count, spawn, _tether, (theirs,))

    def each(
        self, work: Callable[[Piece], Result], pieces: Sequence[Piece]
    ) -> Iterator[tuple[Piece, Result]]:
        """In no order. An error in one ends all."""
        with _deaf_to_ctrl_c():  # and so whoever is begun meanwhile, for good
            left = {self._pool.submit(work, piece): piece for piece in pieces}
        while left:
            done, _ = wait(left, return_when=FIRST_COMPLETED)
            for future in done:
                yield left.pop(future), future.result()

    def close(self) -> None:
        """At once, with all that they have started. Whatever has been begun does not end without it."""
        self._line.close()
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _tether(line: Connection) -> None:
    """In a worker: it and all that it starts end when the other end of the line closes, however suddenly.

    By nothing else: once one worker has ended, the pool tells the others to, and would leave behind what they started.
    Nor by having nothing left to do: as the thread is no daemon, a worker that leaves waits for it.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda _, __: None)
    threading.Thread(target=end_with, args=(os.dup(line.fileno()),)).start()
