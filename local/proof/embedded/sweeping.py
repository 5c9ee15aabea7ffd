"""What the schedule does every minute, sooner; but never two at once, which on a busy machine would only pile up."""

import threading
from types import TracebackType
from typing import Self

from local.aws import EmbeddedAws

PAUSE_SECONDS = 3.0


class Sweeping:
    """For as long as the `with` block lasts. A sweep that is killed is made up for by the next."""

    def __init__(self, aws: EmbeddedAws, function: str) -> None:
        self._lambda = aws.client("lambda")
        self._function = function
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sweep, name="sweeping", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _sweep(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self._lambda.invoke(FunctionName=self._function, Payload=b"{}")
