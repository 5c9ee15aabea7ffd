"""What functions answer to the check of a release."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from moment_xledger.domain.release_check import CHECK, CHECKED, NOBODY

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from moment_xledger.wiring import Wiring

Answer = TypeVar("Answer")
Handler = Callable[[dict[str, Any], "LambdaContext"], Answer]


def answers_checks(wire: Callable[[], "Wiring"]) -> Callable[[Handler[Answer]], Handler[Answer]]:
    """For a function that is woken by a queue or the clock: neither ever sends such an event."""

    def around(handler: Handler[Answer]) -> Handler[Answer]:
        @wraps(handler)
        def answered(event: dict[str, Any], context: "LambdaContext") -> Any:
            return _checked(wire()) if event == CHECK else handler(event, context)

        return answered

    return around


def _checked(use: "Wiring") -> dict[str, bool]:
    from moment_xledger.domain.companies import CompanyId

    use.ledger.pauses.of(CompanyId(NOBODY))  # by the function's own role, and through the key
    _load_all(use.speaks_soap)
    return dict(CHECKED)


def _load_all(speaks_soap: bool) -> None:
    """Also what a function loads only when it needs it: a layer that lacks something is found now."""
    from importlib import import_module
    from pkgutil import walk_packages

    from moment_xledger import adapters, flows

    for package in (adapters, flows):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            try:
                import_module(module.name)
            except ModuleNotFoundError as missing:
                if speaks_soap or missing.name not in ("lxml", "zeep"):  # most functions do without
                    raise
