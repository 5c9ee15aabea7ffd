"""Counts what is asked of Xledger, and what it refuses to answer for being asked too much."""

from collections.abc import Mapping
from typing import Any

from moment_xledger.adapters.xledger_graphql import XledgerGraphql
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import BurstLimit, ConcurrencyLimit, OutOfCredits, Reply
from moment_xledger.observability import Signal, publish


class XledgerMeasured:
    """Each request as it is answered, so that none is left out where the function dies behind it."""

    def __init__(self, xledger: XledgerGraphql) -> None:
        self._xledger = xledger

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        reply = self._xledger.ask(token, operation, variables)
        publish(
            {
                Signal.REQUESTS: 1,
                Signal.SPEED_REFUSALS: isinstance(reply, BurstLimit | ConcurrencyLimit),
                Signal.CREDIT_REFUSALS: isinstance(reply, OutOfCredits),
            }
        )
        return reply
