"""The whole integration in one process, on a clock that the test moves."""

from local.twins.world import (
    COMPANY,
    START,
    TOKEN,
    TOKEN_ID,
    URL,
    Time,
    World,
    XledgerInProcess,
    entities_of,
    reach_of,
)

__all__ = [
    "COMPANY",
    "START",
    "TOKEN",
    "TOKEN_ID",
    "URL",
    "Time",
    "World",
    "XledgerInProcess",
    "entities_of",
    "reach_of",
]
