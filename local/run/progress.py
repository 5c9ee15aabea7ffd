"""What a person sees while waiting: a line for each step, and one that is rewritten where a terminal can."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

_PLAIN_SECONDS = 2.0  # between two plain lines about the same thing
_CLEAR = "\r\x1b[K"


class Progress:
    def __init__(self, out: TextIO = sys.stdout, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._began = clock()
        self._last_line = ""
        self._last_said = -_PLAIN_SECONDS

    def step(self, line: str) -> None:
        """Something is done."""
        self._say(f"{self._clear()}{self._stamp()} {line}\n")
        self._last_line, self._last_said = "", -_PLAIN_SECONDS

    def live(self, line: str) -> None:
        """Where it stands, until the next step."""
        if line == self._last_line:
            return
        if self._out.isatty():
            self._say(f"{_CLEAR}{self._stamp()} {line}")
        elif self._clock() - self._last_said >= _PLAIN_SECONDS:
            self._say(f"{self._stamp()} {line}\n")
            self._last_said = self._clock()
        self._last_line = line

    def say(self, text: str = "") -> None:
        """As it is: for what is read afterwards."""
        self._say(f"{self._clear()}{text}\n")

    def _stamp(self) -> str:
        return f"{self._clock() - self._began:5.1f} s "

    def _clear(self) -> str:
        return _CLEAR if self._out.isatty() else ""

    def _say(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
