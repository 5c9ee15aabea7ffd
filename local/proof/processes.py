"""What a function that answers requests keeps in its globals while it does. On AWS each call has a process to itself;
here all share one, so each puts its own in place whenever it carries on."""

from contextlib import AbstractContextManager
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from moment_xledger.console.application import app

_PLACES: tuple[tuple[Any, str], ...] = (
    (BaseRouter, "current_event"),
    (BaseRouter, "lambda_context"),
    (app, "context"),
)


class Process(AbstractContextManager["Process"]):
    def __init__(self) -> None:
        self._own: list[Any] = [None, None, {}]

    def __enter__(self) -> "Process":
        self._change_places()
        return self

    def __exit__(self, *_: object) -> None:
        self._change_places()

    def _change_places(self) -> None:
        for n, (owner, name) in enumerate(_PLACES):
            mine, self._own[n] = self._own[n], getattr(owner, name, None)
            setattr(owner, name, mine)
