"""Bad days on order: what happens to the next requests instead of a good answer."""

from collections import deque
from collections.abc import Callable

from werkzeug import Response
from werkzeug.exceptions import abort, default_exceptions

from local.serving import CloseConnection

LOST = "lost"
GATEWAY = {
    f"page-{status}": status for status in (401, 403, 502)
}  # as a firewall or a proxy before it answers


class Faults:
    """Used up one by one, first come first served."""

    def __init__(self) -> None:
        self._coming: deque[str] = deque()

    def order(self, words: list[str]) -> int:
        """How many are coming now."""
        for word in words:
            if (
                word != LOST
                and word not in GATEWAY
                and not (word.isdecimal() and int(word) in default_exceptions)
            ):
                raise ValueError(f"A fault is a status such as 503, {LOST}, or one of {', '.join(GATEWAY)}.")
        self._coming.extend(words)
        return len(self._coming)

    def around(self, answer: Callable[[], Response]) -> Response:
        fault = self._coming.popleft() if self._coming else None
        if fault in GATEWAY:
            page = "<html><body><h1>Access denied</h1></body></html>"
            return Response(page, GATEWAY[fault], content_type="text/html")
        if fault is not None and fault != LOST:
            abort(int(fault))
        answered = answer()
        if fault == LOST:
            raise CloseConnection
        return answered
