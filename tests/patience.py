"""For what other processes do in their own time."""

import time
from collections.abc import Callable


def soon(true: Callable[[], object], seconds: float = 10) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.05)
    return False
