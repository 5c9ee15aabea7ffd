"""
Runs another module as its own, for as long as whoever started it lives.

    python -m local.tether MODULE ARGUMENT …

The starter holds the other end of standard input. When that end closes, for whatever reason and however
suddenly, this process and everything it has started is ended, and the folder it was given is removed.
"""

import os
import runpy
import shutil
import signal
import sys
import threading

FOLDER = "TETHERED_FOLDER"  # to be removed when the starter no longer can


def main() -> None:
    line = _take_standard_input()
    threading.Thread(target=end_with, args=(line,), daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _take_standard_input() -> int:
    """The line to the starter, kept from whatever processes are started here."""
    line = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return line


def end_with(line: int) -> None:
    """Once it is closed: this process and all others of its group."""
    while os.read(line, 1):
        pass
    if folder := os.environ.get(FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
