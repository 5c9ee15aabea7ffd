"""A session that tells of each request before it is sent, for whoever counts them."""

from collections.abc import Callable
from typing import Any

import requests


class _Told(requests.Session):
    def __init__(self, tell: Callable[[str], None], whose: str) -> None:
        super().__init__()
        self._tell, self._whose = tell, whose

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """What `tell` raises is raised, and nothing is sent."""
        self._tell(f"{self._whose} {request.method} {_place(request.path_url)}")
        return super().send(request, **how)


def told_session(tell: Callable[[str], None], whose: str) -> requests.Session:
    return _Told(tell, whose)


def _place(path: str) -> str:
    """Its last part that says what is asked for."""
    return path.partition("/companies/")[2].partition("/")[2].partition("?")[0] or path.rpartition("/")[2]
